"""The glossary: complete rows in order, and no term that nothing else uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
ROWS = [[cell.strip() for cell in line.strip("|").split("|")]
        for line in GLOSSARY.read_text(encoding="utf-8").split("\n") if line.startswith("| ")][1:]
UNITS = {"–", "1", "%", "s", "m", "m/s", "km/h", "s/veh", "veh/h"}
SOURCES = re.compile(r"HCM|RiLSA|SUMO|own|modelling assumption|\b(19|20)\d\d\b|Law")
TEXTS = [path.read_text(encoding="utf-8").lower() for path in (
    *(path for path in (ROOT / "docs").rglob("*.md") if path != GLOSSARY and "_build" not in path.parts),
    ROOT / "README.md", *(ROOT / "src").rglob("*.toml"), *(ROOT / "src").rglob("*.py"))]


def test_rows_are_complete_and_in_order() -> None:
    assert len(ROWS) > 50
    assert all(len(row) == 4 and all(row) for row in ROWS)
    terms = [row[0] for row in ROWS]
    assert terms == sorted(set(terms))
    assert {row[2] for row in ROWS} <= UNITS
    assert all(SOURCES.search(row[3]) for row in ROWS)


@pytest.mark.parametrize("term", [row[0] for row in ROWS])
def test_every_term_is_used(term: str) -> None:
    pattern = re.compile(r"\b" + r"[\s_-]+".join(map(re.escape, re.split(r"[ -]", term.lower()))))
    assert any(pattern.search(text) for text in TEXTS)
