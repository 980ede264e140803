"""The section on rollouts, in both languages: what is built, what it avoids, what counts would pretend."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import trafficsim as ts
from tests.report.studies import study
from tests.report.test_sites import crashes
from trafficsim.results.rollout import Programme, write_programmes

PLACES = (ts.Candidate(link="east2", position_m=100.0, area="centre"),
          ts.Candidate(link="west2", position_m=300.0, area="centre"),
          ts.Candidate(link="east1", position_m=200.0, area="edge"))


@pytest.fixture(scope="module")
def programmes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Programme, ...]:
    table = tmp_path_factory.mktemp("crashes") / "crashes.csv"
    crashes()[["id", "date", "severity", "place"]].to_csv(table, index=False)
    history = ts.History(crashes=str(table), begin="2020-01-01", end="2021-12-31", expansion_factor=10.0)
    money = {"candidates": PLACES, "cost": 60000.0, "budget_per_year": 70000.0}
    asked = (ts.Rollout(name="cameras", order="equity", **money),
             ts.Rollout(name="trial", stepped_wedge=ts.SteppedWedge(), order="observed counts", **money))
    return ts.rollouts(study(history=history, rollout=asked))


def section(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    part = text[text.index('<h2 id="rollout">'):text.index('<h2 id="methods">')]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


@pytest.fixture(scope="module")
def results(folder: Path, programmes: tuple[Programme, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("rollout") / "small"
    shutil.copytree(folder, copy)
    write_programmes(copy, programmes)
    return copy


def test_the_page_says_what_is_built_and_what_it_avoids(results: Path, programmes: tuple[Programme, ...]) -> None:
    told = section(ts.report(results))
    assert "cameras : cost and benefit by year, small" in told
    assert "Order: equity: one per area first" in told
    assert f"{programmes[0].years['avoided'].iloc[-1]:.3f}" in told
    assert "by observed counts" in told
    assert "Høye 2015" in told
    assert "injury crashes near the sites, predicted from speeds" in told


def test_it_says_what_a_comparison_of_counts_would_pretend(results: Path, programmes: tuple[Programme, ...]) -> None:
    told, seen = section(ts.report(results)), programmes[1].regression
    assert seen["without_effect"] is not None
    assert "the difference is regression to the mean" in told
    assert f"{100.0 * seen['without_effect']:.1f}".replace("-", "−") in told
    assert "Stepped wedge" in told


def test_the_arabic_section_has_the_same_numbers(results: Path) -> None:
    english, arabic = (section(ts.report(results, results / f"{language}.html", language=language))
                       for language in ("en", "ar"))
    assert "تصميم الإسفين المتدرج" in arabic
    figures = re.compile(r"(?<![\w.])\d+\.\d+")
    assert sorted(figures.findall(english)) == sorted(figures.findall(arabic))


def test_a_study_without_rollout_has_no_such_section(folder: Path, tmp_path: Path) -> None:
    assert 'id="rollout"' not in ts.report(folder, tmp_path / "page.html").read_text(encoding="utf-8")
