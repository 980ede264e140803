"""All words come from the catalogue, and a language that runs from right to left is a file and no rewrite."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import trafficsim as ts
from tests.report.html import Page
from trafficsim.base.errors import InputError
from trafficsim.report import language
from trafficsim.results import difference, indicators

HOME = Path(language.__file__).parent
LATIN = re.compile(r"[A-Za-z]{2,}")
MARKS = str.maketrans("", "", "⟦⟧\u2067\u2068\u2069")
"""What the made-up language adds: its marks, and the isolates of a language from right to left."""

ISOLATES = str.maketrans("", "", "\u2067\u2068\u2069")


def pseudo(key: str, text: str) -> str:
    """Put every text between marks; numbers stay, and the page runs from right to left."""
    own = {"language.code": "xx", "language.direction": "rtl"}
    return own.get(key, f"⟦{text}⟧" if text and not key.startswith("number.") else text)


@pytest.fixture
def pseudo_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogues with English and a made-up language beside it."""
    texts = language.catalogue("en")
    sections: dict[str, list[str]] = {}
    for key, text in texts.items():
        section, name = key.split(".", 1)
        sections.setdefault(section, []).append(f"{name} = {json.dumps(pseudo(key, text), ensure_ascii=False)}")
    content = "\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items())
    folder = tmp_path / "strings"
    folder.mkdir()
    (folder / "en.toml").write_text((HOME / "strings" / "en.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "xx.toml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(language, "folder", lambda: folder)
    language.load.cache_clear()
    yield folder
    language.load.cache_clear()


@pytest.fixture
def pseudo_page(pseudo_locale: Path, folder: Path, tmp_path: Path) -> str:
    return ts.report(folder, tmp_path / "xx.html", language="xx").read_text(encoding="utf-8")


def without_figures(page: str) -> str:
    """A page without its drawings: their coordinates depend on the width of words."""
    return re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


def test_nothing_but_the_catalogue_changes(pseudo_page: str, page: str) -> None:
    ours = without_figures(pseudo_page).translate(MARKS)
    assert ours.replace('<html lang="xx" dir="rtl">', '<html lang="en" dir="ltr">') == without_figures(page)


def test_no_code_outside_the_catalogue(pseudo_page: str) -> None:
    """Beside catalogued words there are only names, codes, and texts marked as English."""
    depth, bare = 0, []
    for text, around in Page(pseudo_page).texts:
        if any("translate" in attributes or tag in ("svg", "style") for tag, attributes in around):
            continue
        outside = ""
        for letter in text:
            outside += letter if depth == 0 else ""
            depth += (letter == "⟦") - (letter == "⟧")
        if LATIN.search(outside):
            bare.append(text)
    assert depth == 0
    assert bare == []


def test_labels_of_figures_are_catalogued(pseudo_page: str) -> None:
    labels = [text for text, around in Page(pseudo_page).texts if any(tag == "svg" for tag, _ in around)]
    inside = [label.translate(ISOLATES) for label in labels]
    assert "⟦travel time (s)⟧" in inside
    assert "⟦distance along the route (m)⟧" in inside


def test_the_style_sheet_knows_no_left_and_right() -> None:
    style = (HOME / "templates" / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"\b(left|right)\b|\b(margin|padding|border)-(top|bottom)\b", style)
    template = (HOME / "templates" / "report.html").read_text(encoding="utf-8")
    assert 'dir="{{ words.direction }}"' in template
    assert "style=" not in template


def patterns_used() -> list[str]:
    """Regular expressions of the keys that code and templates ask for; parts in braces stand for anything."""
    sources = [path.read_text(encoding="utf-8") for path in HOME.rglob("*.py")]
    template = (HOME / "templates" / "report.html").read_text(encoding="utf-8")
    found = []
    for text in sources:
        found += re.findall(r'(?:say|plain|word)\(\s*f?"([a-z_0-9.{}()\', \[\]]+?)"[,)]', text)
        found += re.findall(r'"((?:junctions|plot|verdicts|map)\.[a-z_0-9]+)"', text)
        found += [f"{family}.{{}}" for family in re.findall(r'named\(\s*"([a-z_]+)"', text)]
    found += re.findall(r"\bt\('([a-z_0-9.]+)'[,)]", template)
    found += [f"{prefix}{{}}" for prefix in re.findall(r"\bt\('([a-z_]+\.)' ~", template)]
    found += on_the_interactive_map()
    found += ["columns.{}", "reason.{}", "language.{}", "number.{}"]
    return [re.sub(r"\\\{.*?\\\}", ".*", re.escape(one)) for one in dict.fromkeys(found)]


def on_the_interactive_map() -> list[str]:
    """Keys that the page and the scripts of the interactive map ask for; names of attributes and values are data."""
    folder = HOME / "templates" / "map"
    found = re.findall(r't\("([a-z_.]+)"\)', (folder / "page.html").read_text(encoding="utf-8"))
    for script in (path.read_text(encoding="utf-8") for path in folder.glob("*.js")):
        asked = re.findall(r'(?:text|row)\([\["`]+([A-Za-z_${}.]+)["`]', script)
        asked += [name for pair in re.findall(r'text\([^()]*\? "(\w+)" : "(\w+)"', script) for name in pair]
        heads = re.findall(r"const heads = \[(.*?)\]", script)
        asked += re.findall(r"\w+", " ".join(heads))
        asked += re.findall(r'list\(box, "([a-z_]+)"', script)
        asked += re.findall(r'\["(\w+)"', " ".join(re.findall(r"const counts = (.*)", script)))
        found += [f"network_map.{re.sub(r'[$][{].*?[}]', '{}', one)}" for one in asked]
    kinds = ("link", "node", "connection", "signal", "finding", "detector", "stop", "zone", "enforcement",
             "error", "warning", "info")
    return [*found, *(f"network_map.{kind}" for kind in kinds), "attribute.{}", "network_value.{}", "network_map.title"]


def test_every_text_is_used() -> None:
    used = re.compile("|".join(f"(?:{one})" for one in patterns_used()))
    assert [key for key in language.catalogue("en") if not used.fullmatch(key)] == []


def test_every_used_text_exists() -> None:
    keys = list(language.catalogue("en"))
    missing = [one for one in patterns_used() if not any(re.fullmatch(one, key) for key in keys)]
    assert missing == []


def test_every_translated_text_of_the_tables_is_said() -> None:
    """Texts of the catalogue that nobody says any more are left over; they may be put together from several parts."""
    code = [ast.parse(path.read_text(encoding="utf-8")) for path in HOME.parent.rglob("*.py")]
    said = "\n".join(node.value for tree in code for node in ast.walk(tree)
                     if isinstance(node, ast.Constant) and isinstance(node.value, str))
    known = (*indicators.registered().values(), indicators.annual_cost("eur"))
    said += "\n".join(text for one in known for text in (one.formula, one.population, one.reason))
    said += "".join(path.read_text(encoding="utf-8") for path in HOME.parent.glob("outcomes/practices/*.toml"))
    texts = [key.removeprefix("text.") for key in language.load("ar").texts if key.startswith("text.")]
    assert len(texts) > 50
    assert [text for text in texts if not all(part in said for part in re.split(r"\{.*?\}|: |, ", text))] == []


def test_every_column_that_is_asked_for_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (HOME / "sections").glob("*.py"))
    template = (HOME / "templates" / "report.html").read_text(encoding="utf-8")
    code += template.replace("t('columns.", "'").replace("'", '"')
    columns = [key.removeprefix("columns.") for key in language.catalogue("en") if key.startswith("columns.")]
    assert [one for one in columns if not re.search(rf'"#?{one}"', code)] == []


def test_reasons_and_definitions_of_the_tables_are_translated() -> None:
    words = language.load("ar")
    said = {getattr(difference, name) for name in
            ("NO_PAIR", "ONE_PAIR", "FEW_PAIRS", "NO_VARIANCE", "RARE_COUNT", "NO_MEAN", "NO_DIRECTION")}
    said.add(indicators.FEW_THROUGH)
    for one in (*indicators.registered().values(), indicators.path_time("any")):
        said |= {one.formula, one.population, one.reason}
        assert language.load("en").named("indicator", one.name) or one.name.startswith("path_time_s")
    assert [text for text in said - {""} if "lang=" in words.reason(text)] == []


def test_a_catalogue_that_lacks_a_text_is_refused(pseudo_locale: Path) -> None:
    path = pseudo_locale / "xx.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("better = ", "best = "), encoding="utf-8")
    with pytest.raises(InputError, match=r"no text for verdict\.better"):
        language.load("xx")


def test_numbers_follow_the_language(pseudo_locale: Path) -> None:
    path = pseudo_locale / "xx.toml"
    text = path.read_text(encoding="utf-8").replace('decimal = "."', 'decimal = ","')
    path.write_text(text.replace('group = ","', 'group = "."'), encoding="utf-8")
    assert language.load("xx").number(-1234.5, 1) == "−1.234,5"
