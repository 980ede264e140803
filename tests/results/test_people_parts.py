"""Casualties of a study with people: parts by speed, exposure, risk and severity, in the tables and on the page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from trafficsim.run.result import StudyResult

PARTS = ("ksi_by_speed", "ksi_by_exposure", "ksi_by_risk", "ksi_by_severity")
P = ts.policies
GROUPS = (ts.PersonGroup(name="new", share=0.3, age_years=(18, 20), licence_months=(0, 12)),
          ts.PersonGroup(name="old", share=0.7, age_years=(40, 60), licence_months=(200, 300)))
NOTHING = (P.AccompaniedDriving(share=0.0), P.BeltWearing(share=0.95), P.SupervisedPractice())


def road(people: bool = True) -> ts.Scenario:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    return ts.Scenario(name="road", network=ts.corridor([300, 400]), demand=ts.Demand(flows=(flow,)),
                       population=ts.Population(people=2000, groups=GROUPS) if people else None,
                       time=ts.Time(analysis_s=300))


@pytest.fixture(scope="module")
def results() -> StudyResult:
    alternatives = {
        "do nothing": (), "nothing": NOTHING, "driving": (P.AccompaniedDriving(),),
        "belts": (P.BeltWearing(share=1.0),), "night": (P.NightLimit(compliance=0.1),),
        "limit": (P.SpeedLimit(on=ts.links("east1", "east2"), limit_kmh=40.0), P.HazardPerception()),
    }
    return ts.run(ts.Study(name="s", scenarios=(road(),), replications=2, primary=("ksi_rel",),
                           alternatives=alternatives))


def means(results: StudyResult, alternative: str) -> dict[str, float]:
    found = results.compare(to="do nothing").table("ksi_rel", *PARTS)
    rows = found[found["alternative"] == alternative]
    return dict(zip(rows["indicator"], rows["diff"].astype(float), strict=True))


@pytest.mark.parametrize("alternative", ["driving", "belts", "limit", "night"])
def test_parts_add_up_to_the_whole(results: StudyResult, alternative: str) -> None:
    found = means(results, alternative)
    assert sum(found[part] for part in PARTS) == pytest.approx(found["ksi_rel"], abs=1e-12)
    assert found["ksi_rel"] != 0.0


def test_each_measure_shows_in_its_part(results: StudyResult) -> None:
    driving, belts, limit = (means(results, name) for name in ("driving", "belts", "limit"))
    assert driving["ksi_by_risk"] < 0.0 < driving["ksi_by_exposure"]
    assert driving["ksi_by_speed"] == driving["ksi_by_severity"] == 0.0
    assert belts == pytest.approx({"ksi_rel": 0.40 / 0.43 - 1.0, "ksi_by_severity": 0.40 / 0.43 - 1.0,
                                   "ksi_by_speed": 0.0, "ksi_by_exposure": 0.0, "ksi_by_risk": 0.0})
    assert limit["ksi_by_speed"] < 0.0
    assert limit["ksi_by_risk"] < 0.0
    assert limit["ksi_by_exposure"] == 0.0


def test_trips_that_are_not_made_are_exposure_and_not_risk(results: StudyResult) -> None:
    night = means(results, "night")  # the run begins at midnight
    assert night["ksi_by_exposure"] < 0.0
    assert abs(night["ksi_by_risk"]) < 1e-12
    assert night["ksi_by_severity"] == 0.0  # the part by speed holds that others are measured


def test_nothing_from_measures_that_do_nothing(results: StudyResult) -> None:
    assert set(means(results, "nothing").values()) == {0.0}
    for name in ("trips", "links", "exposure"):
        table = results.tables[name].drop(columns="alternative")
        of = results.tables[name]["alternative"]
        one, other = (table[of == alternative].reset_index(drop=True) for alternative in ("do nothing", "nothing"))
        pd.testing.assert_frame_equal(one, other)


def test_the_table_holds_all_kilometres(results: StudyResult) -> None:
    exposure, indicators = results.tables["exposure"], results.tables["indicators"]
    keys = ["alternative", "replication"]
    driven = exposure.groupby(keys)["vehicle_km"].sum()
    known = indicators[indicators["indicator"] == "vehicle_km"].set_index(keys)["value"]
    assert driven.to_numpy() == pytest.approx(known.reindex(driven.index).to_numpy(np.float64))
    assert exposure["impaired_share"].between(0.0, 1.0).all()
    assert set(exposure["group"]) == {"new", "old"}


def test_the_page_tells_exposure_from_risk(results: StudyResult, tmp_path: Path) -> None:
    text = {language: ts.report(results, tmp_path / f"{language}.html", language=language).read_text("utf-8")
            for language in ("en", "ar")}
    english = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text["en"]))
    for words in ("Casualties: exposure and risk", "by exposure: kilometres of people", "Who drives and who crashes",
                  "by severity: belts −6.98"):
        assert words in english, words
    assert "الضحايا: التعرّض والخطر" in text["ar"]


def test_without_people_there_are_no_parts() -> None:
    slower = P.SpeedLimit(on=ts.links("east2"), limit_kmh=40.0)
    found = ts.run(ts.Study(name="s", scenarios=(road(people=False),), replications=1, primary=("ksi_rel",),
                            alternatives={"do nothing": (), "limit": (slower,)}))
    assert "exposure" not in found.tables
    said = set(found.compare(to="do nothing").table()["indicator"])
    assert "ksi_rel" in said
    assert not said & set(PARTS)
