"""Words that must not come back: names and texts use the terms of the field (see the glossary in the reference)."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
MADE = ("_build", "generated", "notebooks")
"""Folders of the documentation that are made from other files."""
PAGES = sorted([*(page for page in (ROOT / "docs").rglob("*.md") if not set(page.parts) & set(MADE)),
                ROOT / "README.md", ROOT / "CONTRIBUTING.md",
                *(ROOT / "src").rglob("*.toml"), *(ROOT / "src").rglob("*.html")])
OWN = (
    Path("tests/architecture/test_words.py"),
    Path("src/trafficsim/base/old_names.py"),
    Path("tests/results/test_old_names.py"),
)

NAMES = {
    "foe": "conflicting movement",
    "foes": "conflicting movements",
    "lamp": "signal indication",
    "lamps": "signal indications",
    "hop": "route position",
    "hops": "route positions",
    "luck": "random draw",
    "kerb": "nearside",
    "crawl": "queue speed",
    "patience": "impatience time",
    "gate": "measurement section",
    "gates": "measurement sections",
    "passage": "traversal",
    "passages": "traversals",
    "pocket": "waiting area",
    "tally": "counters",
    "crew": "worker pool",
    "board": "job queue",
    "settle": "place, resolve",
    "settled": "resolved",
    "claim": "last crossing",
    "twin": "reference model",
    "twins": "reference models",
    "way": "movement, route",
    "ways": "movements, routes",
    "zip": "merge zone",
}
"""Parts of names, with the term that is used instead."""
FIELD_OWN = re.compile(
    r"(gives?|giving|right_of|all|two|one)_?way|TwoWay|zip(_longest|file)?$|BadZipFile|in_the_way", re.IGNORECASE
)
"""Python's own, and terms of the field that hold one of these words."""
EXEMPT = {  # where a word is the field's or the format's own
    "hop": (
        "src/trafficsim/engines/bench/",
        "tests/engines/test_bench.py",
        "tests/verification/test_tasep.py",
    ),  # of random walks
    "hops": ("src/trafficsim/engines/bench/", "tests/engines/test_bench.py", "benchmarks/"),
    "foes": ("src/trafficsim/io/sumo/", "tests/io/", "tests/fuzz/"),  # an attribute of SUMO's networks
    # of test functions, in sentences; and what OpenStreetMap calls a piece of road
    "way": ("tests/", "src/trafficsim/io/osm/", "src/trafficsim/spec/fixes.py", "src/trafficsim/design/inference/fix",
            "src/trafficsim/io/first_fixes.py", "src/trafficsim/design/inference/osmnx_ids.py",
            "src/trafficsim/report/interactive/findings.py", "src/trafficsim/design/consolidation/"),
    "ways": ("tests/", "src/trafficsim/io/osm/", "src/trafficsim/spec/fixes.py", "src/trafficsim/design/inference/fix",
            "src/trafficsim/io/first_fixes.py", "src/trafficsim/design/inference/osmnx_ids.py",
            "src/trafficsim/design/consolidation/"),
}
TEXTS = {
    r"people, trips and luck": "common random numbers",
    r"drivers (are )?alike": "homogeneous drivers",
    r"mean wait to enter": "entry delay",
    r"behind the one before": "headway to the leader",
    r"ways with a name": "named routes",
    r"serves? somebody": "phases with a green movement",
    r"broke off": "failed",
    r"\bis said\b": "is reported",
    r"\bfoes?\b": "conflicting movement",
    r"\blamps?\b": "signal",
    r"\bluck\b": "random draw",
    r"\b(oracle |slow |plain )?twins?\b": "reference model",
    r"\bkerb (side|lane)\b": "nearside",
    r"\bhops?\b": "route position",
    r"\bcells of the ledger\b": "values changed",
}
TEXT_EXEMPT = {
    r"\bhops?\b": ("src/trafficsim/engines/bench/", "tests/verification/test_tasep.py", "tests/engines/test_bench.py"),
    r"\bfoes?\b": ("src/trafficsim/io/sumo/", "tests/io/", "tests/fuzz/", "docs/reference/glossary.md"),
}


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parts_of(name: str) -> set[str]:
    """Words of a name, in small letters."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def tokens_of(path: Path) -> Iterator[tokenize.TokenInfo]:
    yield from tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)


def names_of(path: Path) -> Iterator[tuple[int, str]]:
    """Names, and strings that are one name (keys, columns), with their lines."""
    for token in tokens_of(path):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string
        elif token.type == tokenize.STRING and re.fullmatch(r"(['\"])[a-z_]\w*\1", token.string):
            yield token.start[0], token.string[1:-1]


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Comments and strings with their lines."""
    for token in tokens_of(path):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            yield token.start[0], token.string


@pytest.mark.parametrize("path", CODE, ids=where)
def test_names_are_terms_of_the_field(path: Path) -> None:
    if path.relative_to(ROOT) in OWN:
        return
    bad = [
        f"{where(path)}:{line}: {name} (say {NAMES[word]})"
        for line, name in names_of(path)
        if not FIELD_OWN.search(name)
        for word in sorted(parts_of(name) & set(NAMES))
        if not where(path).startswith(EXEMPT.get(word, ("-",)))
    ]
    assert bad == []


@pytest.mark.parametrize("path", [*CODE, *PAGES], ids=where)
def test_texts_use_the_terms_of_the_field(path: Path) -> None:
    if path.relative_to(ROOT) in OWN:
        return
    pieces = texts_of(path) if path.suffix == ".py" else enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    bad = [
        f"{where(path)}:{line}: {found[0]} (say {term})"
        for line, text in pieces
        for word, term in TEXTS.items()
        if not where(path).startswith(TEXT_EXEMPT.get(word, ("-",)))
        for found in [re.search(word, text, re.IGNORECASE)]
        if found
    ]
    assert bad == []


@pytest.mark.parametrize(("name", "parts"), [("foe_rows", {"foe", "rows"}), ("GateArrays", {"gate", "arrays"}),
                                             ("ASK_FIELDS", {"ask", "fields"}), ("two_way", {"two", "way"})])
def test_names_are_taken_apart(name: str, parts: set[str]) -> None:
    assert parts_of(name) == parts
