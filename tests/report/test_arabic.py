"""The Arabic page: the same numbers as the English one, from right to left, and no English left but names and codes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.report.html import Page
from trafficsim.base.errors import InputError
from trafficsim.cli import app
from trafficsim.policies import load_policies
from trafficsim.policies.catalogue import catalogue as policies
from trafficsim.report import language
from trafficsim.report.language import load, tagged

TO_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩٫٬", "0123456789.,")
PLACES = re.compile(r"\{\w+\}")
CODES = {"trafficsim", "question", "json", "study", "distribution", "table", "speed", "counts", "BCa", "HCM", "SHA",
         "kmh", "links", "begin", "end", "economics", "trajectories", "share",
         "FHWA", "GEH", "BDAE", "BDSE", "II", "III", "IV",
         "RiLSA", "De", "Pauw", "et", "al", "Ragn", "ye", "strict", "open"}
"""Names of programs, files, methods, books and authors that are the same in every language."""
OF_DATA = re.compile("\u2068[^\u2067\u2068\u2069]*\u2069")
"""Names that the study gives, in texts without markup."""
LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = {"do", "nothing", "camera", "small", "ca", "main", "webster", "alpha", "east", "west", "middle"}
"""Names of the small study, in captions with markup that become labels."""


def written(folder: Path, out: Path, digits: str) -> Page:
    return Page(ts.report(folder, out / f"{digits}.html", language="ar", digits=digits).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pages(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    out = tmp_path_factory.mktemp("arabic")
    return {digits: written(folder, out, digits) for digits in ("latin", "arabic-indic")}


def figures(page: Page) -> Counter[str]:
    """Numbers of a page that stand outside figures, in Latin digits."""
    return Counter(text.translate(TO_LATIN) for text, around in page.texts
                   if around and around[-1][0] == "bdi" and around[-1][1].get("dir") == "ltr")


def test_every_text_has_the_places_of_the_english_one() -> None:
    english, arabic = language.catalogue("en"), load("ar").texts
    wrong = [key for key, text in english.items()
             if Counter(PLACES.findall(text)) != Counter(PLACES.findall(arabic.get(key, "")))]
    assert wrong == []
    assert [key for key in arabic if key not in english and not key.startswith("text.")] == []


def test_numbers_are_those_of_the_english_page(page: str, pages: dict[str, Page]) -> None:
    english = figures(Page(page))
    assert english.total() > 500
    assert figures(pages["latin"]) == english
    assert figures(pages["arabic-indic"]) == english


def test_numbers_of_figures_are_those_of_the_english_page(page: str, pages: dict[str, Page]) -> None:
    def ticks(one: Page) -> Counter[str]:
        texts = [text.translate(TO_LATIN) for text, around in one.texts if any(tag == "svg" for tag, _ in around)]
        return Counter(text for text in texts if re.fullmatch(r"[−+]?[0-9.,:]+", text))

    latin, indic = ticks(pages["latin"]), ticks(pages["arabic-indic"])
    assert latin.total() > 50
    assert indic.total() == latin.total()
    assert set(ticks(Page(page))) & set(latin)


def test_the_page_runs_from_right_to_left(pages: dict[str, Page]) -> None:
    assert pages["latin"].named("html") == [{"lang": "ar", "dir": "rtl"}]
    assert pages["arabic-indic"].named("html") == [{"lang": "ar-u-nu-arab", "dir": "rtl"}]


def test_no_english_is_left_but_names_and_codes(pages: dict[str, Page]) -> None:
    for page in pages.values():
        left = set()
        for text, around in page.texts:
            if any("translate" in attributes or tag in ("svg", "style", "code") for tag, attributes in around):
                continue
            left |= set(LATIN.findall(OF_DATA.sub("", text)))
        assert left <= CODES


def test_alternative_texts_are_arabic(pages: dict[str, Page]) -> None:
    for _, attributes in pages["latin"].tags:
        label = attributes.get("aria-label", "")
        assert not label or re.search("[\u0600-\u06ff]", label)
        assert set(LATIN.findall(OF_DATA.sub("", label))) <= CODES | NAMES


def test_what_policies_say_of_themselves_is_translated() -> None:
    words = load("ar")
    for kind, facts in policies(load_policies(), *()).items():
        said = [facts["mechanism"], facts["limits"], *(one.get("origin", "") for one in facts["parameters"].values())]
        if kind in {"webster", "green_wave", "speed_limit", "speed_camera", "section_control", "signal_plan",
                    "change_times", "red_light_camera", "mode_shift", "vehicle_shift", "diversion", "vehicle_ban",
                    "variable_speed_limit"}:
            assert [text for text in said if text and "lang=" in words.reason(text)] == []


def test_digits_are_chosen_and_no_others(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "ar.html"
    asked = ["report", str(folder), "--lang", "ar", "--digits", "arabic-indic", "--out", str(out)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0
    assert "٪" in out.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="one of latin, arabic-indic"):
        tagged("ar", "roman")
    assert CliRunner().invoke(app, ["report", str(folder), "--lang", "xx"]).exit_code == 2


def test_numbers_of_texts_take_the_digits_and_codes_keep_theirs() -> None:
    words = load("ar-u-nu-arab")
    assert "٩٥٪" in words.plain("page.assumed", baseline="b")
    assert "SHA-256" in words.word("record.digest_caption")
    assert words.number(-1234.5, 1) == "−١٬٢٣٤٫٥"
    assert words.digits("16:30") == "١٦:٣٠"


def test_reasons_with_numbers_are_found() -> None:
    words = load("ar")
    assert words.reason("no reason that anybody knows") == language.foreign("no reason that anybody knows")
    assert "lang=" not in words.reason("no trip is due in the analysis period")


def test_matplotlib_shapes_arabic_by_itself() -> None:
    """Joined letters are narrower than the same letters apart, and the text runs from right to left."""
    from matplotlib import ft2font
    from matplotlib.font_manager import findfont

    assert ft2font.__libraqm_version__
    font = ft2font.FT2Font(findfont("DejaVu Sans"))
    widths = []
    for text in ("تأخير", "\u200c".join("تأخير")):
        font.set_text(text)
        widths.append(font.get_width_height()[0])
    assert widths[0] < widths[1]
