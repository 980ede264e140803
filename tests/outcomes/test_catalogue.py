"""The catalogue of practices: complete, sourced, and nothing in it that the models would not take."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.io.practices import load_practices
from trafficsim.outcomes.catalogue import COLUMNS, finding_text
from trafficsim.outcomes.practice import GROUPS, Evidence, Modelled, SourceSetting
from trafficsim.policies import BUILT_IN, load_policies

ENTRIES = load_practices()
NUMBERED = [one for one in ENTRIES.values() if one.practice.number is not None]
PER_GROUP = {"enforcement": 10, "licensing": 8, "prevention": 4, "infrastructure": 4, "signals": 6, "emergency": 5}


def test_all_practices_are_there_in_order() -> None:
    numbers = [one.practice.number for one in ENTRIES.values()]
    assert [number for number in numbers if number is not None] == list(range(1, 37)), "those of the evidence base"
    assert Counter(one.practice.group for one in ENTRIES.values()) == PER_GROUP
    assert tuple(PER_GROUP) == GROUPS


def test_rows_within_a_practice_are_evidence_of_it() -> None:
    rows = {number: {one.row for one in entry.practice.evidence} for number, entry in enumerate(NUMBERED, 1)}
    assert {number: found for number, found in rows.items() if found - {str(number)}} == {
        1: {"1", "1a", "1b", "1c", "1d"}, 2: {"2", "2a"}, 3: {"3", "3a"}, 4: {"4", "4a"}, 22: {"22", "22a"}, 25: {"4a"}}


@pytest.mark.parametrize("name", list(ENTRIES))
def test_an_entry_says_what_it_is_and_how_it_is_modelled(name: str) -> None:
    practice = ENTRIES[name].practice
    assert practice.summary.endswith(".")
    assert practice.mechanism.endswith(".")
    assert set(practice.modelled.policies) <= set(load_policies())
    assert practice.evidence or "found" in practice.caveats
    assert bool(practice.grade) == bool(practice.evidence)


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_number_is_one_that_models_can_take(name: str) -> None:
    entry = ENTRIES[name]
    for index, one in enumerate(entry.practice.evidence):
        sourced = one.sourced(f"{name} {index}", entry.cite(one))
        assert (sourced is None) == (one.value is None)
        if sourced is not None:
            assert sourced.source.startswith(entry.sources[one.source].cite)
            assert sourced.grade == one.grade
            assert sourced.has_interval == (one.spread != "range" and None not in (one.low, one.high))


SCENARIOS = {"closure", "contraflow", "controlled", "diversion", "hard_shoulder_running", "lane_control", "mode_shift",
             "ramp_metering", "road_pricing", "self_organising", "transit_priority", "turn_ban", "vehicle_ban",
             "vehicle_shift"}
"""Policies whose effect on demand the user gives, or of which the catalogue has no evidence: none is claimed."""


def test_every_policy_of_ours_represents_a_practice() -> None:
    ours = {kind for kind, policy in load_policies().items() if policy.__module__ in BUILT_IN}
    assert {kind for one in ENTRIES.values() for kind in one.practice.modelled.policies} == ours - SCENARIOS


@pytest.mark.parametrize(("name", "row", "outcome", "value", "low", "high"), [
    ("fixed_speed_camera", "1", "injury crashes", -22.0, None, None),
    ("fixed_speed_camera", "1a", "mean speed at the camera", -6.4, None, None),
    ("average_speed_control", "2a", "mean section speed", -15.0, None, None),
    ("red_light_cameras", "4", "casualty crashes", -29.0, -45.0, -7.0),
    ("demerit_points", "6", "deaths in 18 months", -18.0, -19.9, -16.2),
    ("campaigns", "18", "crashes", -9.0, -12.0, -6.0),
    ("city_wide_30", "22a", "casualties on treated roads", -26.2, None, None),
    ("incident_management", "36", "share of crashes that are secondary", 9.2, None, None),
])
def test_numbers_are_those_of_their_sources(
    name: str, row: str, outcome: str, value: float, low: float | None, high: float | None,
) -> None:
    found = [one for one in ENTRIES[name].practice.evidence if (one.row, one.outcome) == (row, outcome)]
    assert (value, low, high) in [(one.value, one.low, one.high) for one in found]


def test_a_relative_change_becomes_a_ratio() -> None:
    one = Evidence(outcome="crashes", value=-29, low=-45, high=-7, spread="95 % interval", source="x", grade="A")
    sourced = one.sourced("red light", "X")
    assert sourced is not None
    assert (sourced.value, sourced.low, sourced.high, sourced.unit, sourced.log) == (
        pytest.approx(0.71), pytest.approx(0.55), pytest.approx(0.93), "1", True)


def test_the_table_has_one_row_per_practice() -> None:
    table = ts.catalogue()
    assert tuple(table.columns) == COLUMNS
    assert table["id"].tolist()[:37] == list(ENTRIES)
    assert table.loc[0, "countries"] == ("FR", "SE", "ES", "GB", "PL", "FI", "NO")
    assert set(ts.catalogue("emergency")["group"]) == {"emergency"}


def test_driving_side_follows_from_the_countries() -> None:
    asked = (("GB",), ("AT",), ("GB", "AT"))
    sides = {countries: SourceSetting(countries=countries).driving_side for countries in asked}
    assert sides == {("GB",): "left", ("AT",): "right", ("GB", "AT"): None}
    assert SourceSetting().driving_side is None


@pytest.mark.parametrize(("given", "text"), [
    ({"value": -20}, "crashes: -20 %, grade A"),
    ({"low": -14, "high": -2}, "crashes: -14 to -2 %, grade A"),
    ({"value": -9, "low": -14, "high": -2}, "crashes: -9 % (range -14 to -2), grade A"),
    ({"value": -31.2, "high": -24.3, "spread": "95 % interval"},
     "crashes: -31.2 % (one end of the 95 % interval at -24.3), grade A"),
    ({"value": -0.14, "unit": "elasticity"}, "crashes: -0.14, grade A"),
    ({"note": "fewer", "unverified": True}, "crashes: fewer, grade A, unverified"),
])
def test_a_finding_is_written_on_one_line(given: dict[str, Any], text: str) -> None:
    assert finding_text(Evidence(outcome="crashes", source="x", grade="A", **given)) == text


@pytest.mark.parametrize(("given", "message"), [
    ({"value": -10, "low": -5, "high": -2}, "put low, value and high in order"),
    ({"low": -2, "high": -5}, "put low, value and high in order"),
    ({"value": -100}, "give a relative change above -100 %"),
    ({}, "say what was found"),
    ({"value": -10, "studies": 0}, "greater than or equal to 1"),
    ({"value": -10, "setting": {"limit_kmh": (120, 80)}}, "put the lower end first"),
])
def test_a_finding_that_is_none_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Evidence.model_validate({"outcome": "crashes", "source": "x", "grade": "A", **given})


@pytest.mark.parametrize("given", [{}, {"planned": "later", "not_modelled": "never"}])
def test_a_practice_is_modelled_in_one_of_three_ways(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give one of policies, planned, not_modelled"):
        Modelled.model_validate(given)


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'enforcement'"):
        ts.catalogue("enforcment")
