"""What results show of themselves in a notebook: the words and numbers of the terminal, escaped."""

from __future__ import annotations

import re
from html import unescape

from tests.results.test_compare import BASE, table
from trafficsim.results.compare import Comparison, Question, compare
from trafficsim.results.html import comparison_html, indicators_html
from trafficsim.run.result import StudyResult
from trafficsim.spec.study import Study

PLAN = {"mean_delay_s": [value - 2.0 + 0.1 * at for at, value in enumerate(BASE["mean_delay_s"])],
        "mean_speed_kmh": BASE["mean_speed_kmh"]}


def compared(name: str = "plan") -> Comparison:
    return compare(table({"do nothing": BASE, name: PLAN}), Question(precision={"mean_delay_s": 0.03}))


def rows_of(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", page)
    return [[unescape(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows]


def test_a_comparison_shows_its_primary_indicators() -> None:
    page = compared()._repr_html_()
    # Differences -2, -1.9, -1.8, -1.7: mean -1.85, standard error 0.0645, t(3) 3.182; 1.85 of 11.5 is 16 %.
    assert rows_of(page)[1:] == [
        ["mean_delay_s", "9.65", "-1.85 (-16 %)", "-2.055 … -1.645", "s", "< 0.001", "4", "better"]]
    assert "compared to do nothing" in page
    assert "3 % needs about" in page, "the precision asked for"
    assert "1 further indicators" in page


def test_indicators_can_be_chosen_and_secondary_ones_are_in_brackets() -> None:
    rows = rows_of(comparison_html(compared(), "mean_speed_kmh", "mean_delay_s"))[1:]
    assert [row[0] for row in rows] == ["mean_speed_kmh", "mean_delay_s"]
    assert rows[0][-1].startswith("(")


def test_names_are_no_markup() -> None:
    page = compared("<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_run_shows_indicators_vehicles_and_reasons() -> None:
    entry = {"mean": 12.5, "low": None, "high": None, "unit": "s", "n": 1}
    page = indicators_html({
        "scenario": "s", "engine": "ca", "seed": 1, "replications": 1, "digest": "d1", "indicators": {"a_s": entry},
        "status": "incomplete", "gridlocks": [],
        "vehicles": {"demanded": 5, "en_route": 1}, "not_computed": {"co2_kg": "no emission model is built yet"}})
    assert rows_of(page)[1] == ["a_s", "12.5", "–", "–", "s", "1"]
    assert "5 demanded, 1 en route" in page
    assert "co2_kg: not computed, no emission model is built yet" in page


def test_a_study_shows_its_comparison() -> None:
    study = Study(name="plans", scenarios=("s.toml",), alternatives={"do nothing": (), "plan": ()})
    indicators = table({"do nothing": BASE, "plan": PLAN})
    runs = indicators[["scenario", "alternative", "replication", "engine"]].drop_duplicates().assign(status="done")
    assert "plans, compared to do nothing" in StudyResult(study, {"indicators": indicators, "runs": runs})._repr_html_()
