"""The section that holds the model against observations: first sentence, words by use of the data, both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trafficsim as ts


def section(page: str) -> str:
    text = page[page.index('<h2 id="validation">'):page.index('<h2 id="distribution">')]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", text, flags=re.S)))


@pytest.fixture(scope="module")
def told(page: str) -> str:
    return section(page)


def test_the_first_sentence_counts_what_is_met(told: str) -> None:
    assert re.search(r"Of 10 hourly counts that the model has never seen, it meets \d+ \(GEH below 5\); in sum it is "
                     r"\s*\d+\s*% (higher|lower)\s*\.", told)


def test_words_follow_the_use_of_the_data(told: str) -> None:
    held, used = told.split("Fit, on data that the calibration has used")
    assert "Validation, on data that were held out" in held
    assert "calibrat" not in held
    assert "it is no validation" in used
    assert "Validation" not in used


def test_scaled_values_are_marked_and_criteria_of_days_are_there(told: str) -> None:
    assert "* Shorter than an hour, and scaled to one." in told
    assert re.search(r"FHWA 2019, by place; met: I \d/4 ; II \d/4 ; III \d/4 ; IV \d/4", told)


def test_both_pictures_have_texts_instead(page: str) -> None:
    assert re.search(r'aria-label="Simulated over observed flows within the bands of guidelines: \d+ of \d+ have a GEH',
                     page)
    assert "Simulated values over the time of day within the envelopes of observed days" in page


def test_without_observations_there_is_no_section(tmp_path: Path) -> None:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
                       demand=ts.Demand(flows=(flow,)))
    study = ts.Study(scenarios=[road], alternatives={"do nothing": []}, replications=2)
    assert '<h2 id="validation">' not in ts.report(ts.run(study), tmp_path / "r.html").read_text(encoding="utf-8")
