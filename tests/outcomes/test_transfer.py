"""Evidence carried to another setting: every difference named, intervals widened by the rule, or refused."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.outcomes.differences import differences
from trafficsim.outcomes.practice import Entry, Evidence, Modelled, Practice, Source, SourceSetting
from trafficsim.outcomes.transfer import Carried, between_studies, carry, expected_range
from trafficsim.spec.setting import Setting

Z = float(norm.ppf(0.975))
FLANDERS = SourceSetting(countries=("BE",), road_classes=("motorway",), limit_kmh=(120, 120))
ALIKE = Setting(country="BE", road_class="motorway", limit_kmh=120, driving_side="right")


def finding(**changed: Any) -> Evidence:
    return Evidence.model_validate({"outcome": "crashes", "value": -20, "source": "x", "grade": "A", **changed})


def entry(*evidence: Evidence) -> Entry:
    practice = Practice(id="p", name="P", group="signals", summary="s", mechanism="m", acts_on=("supply",),
                        evidence=evidence, modelled=Modelled(planned="later"))
    return Entry(practice=practice, sources={"x": Source(cite="X")}, origin="here")


def carried(evidence: Evidence, target: Setting = ALIKE, peers: tuple[Evidence, ...] = ()) -> Carried:
    return carry(entry(evidence, *peers), evidence, target)


def log_ends(one: Carried) -> tuple[float, float]:
    assert one.low is not None
    assert one.high is not None
    return math.log1p(one.low / 100.0), math.log1p(one.high / 100.0)


def test_one_estimate_alone_does_not_exclude_that_nothing_happens_elsewhere() -> None:
    one = carried(finding(setting=FLANDERS))
    assert one.between is not None
    assert one.between.basis == "assumed"
    assert one.counted == 0
    assert (one.value, one.low, one.high) == (
        pytest.approx(-20.0), pytest.approx(100.0 * (0.8**2 - 1.0)), pytest.approx(0.0, abs=1e-9))


def test_a_published_standard_deviation_gives_the_prediction_interval_of_higgins() -> None:
    one = carried(finding(tau=0.15, studies=10, low=-28, high=-11, spread="95 % interval"))
    y, s = math.log(0.8), (math.log(0.89) - math.log(0.8)) / Z
    assert math.log(0.8) - math.log(0.72) < s * Z, "the farther end counts"
    half = float(t.ppf(0.975, 8)) * math.hypot(s, 0.15)
    assert log_ends(one) == (pytest.approx(y - half), pytest.approx(y + half))


def test_a_pooled_interval_bounds_the_standard_deviation() -> None:
    between = between_studies(finding(value=-9, low=-12, high=-6, spread="95 % interval", studies=67), ())
    s = (math.log(0.94) - math.log(0.91)) / Z
    assert max(s, (math.log(0.91) - math.log(0.88)) / Z) > s
    assert (between.basis, between.tau, between.quantile) == (
        "pooled interval", pytest.approx((math.log(0.91) - math.log(0.88)) / Z * math.sqrt(67)),
        pytest.approx(t.ppf(0.975, 65)))


@pytest.mark.parametrize(("studies", "factor"), [(None, 1.12838), (10, 3.07751), (35, 4.21322)])
def test_a_range_is_divided_by_the_range_of_so_many_normal_numbers(studies: int | None, factor: float) -> None:
    """Factors: table of d2 of control charts for 2 and 10, Tippett's integral for 35."""
    between = between_studies(finding(value=None, low=-49, high=-8, studies=studies), ())
    width = math.log(0.92) - math.log(0.51)
    assert between.tau == pytest.approx(width / factor, rel=1e-4)
    assert expected_range(studies or 2) == pytest.approx(factor, rel=1e-4)


def test_three_estimates_of_one_outcome_have_a_standard_deviation_of_their_own() -> None:
    peers = (finding(value=-50), finding(value=-35), finding(value=-90, unverified=True), finding(outcome="deaths"))
    between = between_studies(finding(), (finding(), *peers))
    logs = pd.Series([math.log(0.8), math.log(0.5), math.log(0.65)])
    assert (between.basis, between.tau, between.quantile) == (
        "estimates", pytest.approx(logs.std()), pytest.approx(t.ppf(0.975, 2)))


def test_relative_effects_differ_between_places_by_some_tenth_at_least() -> None:
    assert between_studies(finding(value=-1), ()).tau == 0.1
    assert between_studies(finding(value=-1, unit="km/h"), ()).tau == pytest.approx(1.0 / Z)


@given(st.integers(0, 4), st.floats(-80, 80), st.floats(1, 15))
def test_every_difference_adds_the_variance_between_studies_once_more(number: int, value: float, wide: float) -> None:
    """The oracle is the formula, worked out anew with variances in place of widths."""
    changed = [("country", "JO"), ("limit_kmh", 100.0), ("driving_side", "left"), ("enforcement", "regular")][:number]
    there = FLANDERS.model_copy(update={"enforcement": "occasional"})
    target = Setting.model_validate({**ALIKE.model_dump(), "enforcement": "occasional", **dict(changed)})
    ends = {"low": value - wide, "high": value + wide, "spread": "95 % interval"}
    one = carried(finding(value=value, setting=there, **ends), target)
    assert one.counted == number
    assert one.between is not None
    s2 = (math.log((100 + value) / (100 + value - wide)) / Z) ** 2
    expected = one.between.quantile**2 * (s2 + one.between.tau**2 + number * one.between.tau**2)
    low, high = log_ends(one)
    assert ((high - low) / 2.0) ** 2 == pytest.approx(expected, rel=1e-9)
    assert low <= math.log1p((value - wide) / 100.0)
    assert high >= math.log1p((value + wide) / 100.0)


@pytest.mark.parametrize(("target", "quantity", "verdict"), [
    ({}, "country", "same"), ({"country": "JO"}, "country", "different"),
    ({"country": None}, "country", "not declared"),
    ({"road_class": "urban"}, "road_class", "refused"), ({"road_class": None}, "road_class", "not declared"),
    ({"limit_kmh": 118}, "limit_kmh", "same"), ({"limit_kmh": 100}, "limit_kmh", "beyond"),
    ({"limit_kmh": 150}, "limit_kmh", "beyond"), ({"limit_kmh": 89}, "limit_kmh", "refused"),
    ({"driving_side": "left"}, "driving_side", "different"),
    ({"share_over_limit": 0.5}, "share_over_limit", "same"), ({"share_over_limit": 0.8}, "share_over_limit", "beyond"),
    ({"share_over_limit": 0.05}, "share_over_limit", "refused"),
    ({"deaths_per_billion_km": 9.0}, "deaths_per_billion_km", "beyond"),
    ({"deaths_per_billion_km": 2.4}, "deaths_per_billion_km", "refused"),
    ({"enforcement": "regular"}, "enforcement", "different"), ({"enforcement": "automated"}, "enforcement", "beyond"),
])
def test_each_property_is_compared(target: dict[str, Any], quantity: str, verdict: str) -> None:
    there = FLANDERS.model_copy(update={
        "share_over_limit": (0.4, 0.6), "deaths_per_billion_km": (5.0, 7.0), "enforcement": "occasional"})
    found = {one.quantity: one for one in differences(
        Setting.model_validate({**ALIKE.model_dump(), **target}), there)}
    assert list(found) == list(Setting.model_fields)
    assert found[quantity].verdict == verdict


def test_what_a_source_does_not_state_is_named_and_widens_nothing() -> None:
    one = carried(finding())
    assert {each.verdict for each in one.differences} == {"not stated"}
    assert one.counted == 0


@pytest.mark.parametrize(("evidence", "target", "reason"), [
    (finding(setting=FLANDERS), {"road_class": "urban"},
     "out of reach of the source: road_class urban, source motorway"),
    (finding(setting=FLANDERS), {"limit_kmh": 50}, "out of reach of the source: limit_kmh 50, source 120"),
    (finding(unverified=True), {}, "the number could not be confirmed"),
    (finding(value=None, note="little"), {}, "no number is published"),
])
def test_out_of_reach_is_refused(evidence: Evidence, target: dict[str, Any], reason: str) -> None:
    one = carried(evidence, Setting.model_validate({**ALIKE.model_dump(), **target}))
    assert (one.status, one.reason) == ("refused", reason)
    assert (one.value, one.low, one.high, one.between, one.sourced()) == (None, None, None, None, None)


def test_beyond_the_range_is_flagged_and_carried() -> None:
    one = carried(finding(setting=FLANDERS), ALIKE.model_copy(update={"limit_kmh": 100.0}))
    assert (one.status, one.reason) == ("flagged", "beyond the range of the source: limit_kmh 100, source 120")
    sourced = one.sourced()
    assert sourced is not None
    assert (sourced.value, sourced.origin) == (pytest.approx(0.8), "extrapolated")
    assert sourced.low is not None
    assert sourced.low == pytest.approx(1.0 + (one.low or 0.0) / 100.0)


def test_the_table_has_a_row_for_every_difference() -> None:
    here = ts.Setting(country="JO", road_class="motorway", limit_kmh=100, driving_side="right")
    table = ts.transfer(here)
    sizes = table.groupby(["practice", "source", "outcome", "published"], sort=False).size()
    assert sizes.mod(7).eq(0).all()
    refused = table["status"] == "refused"
    assert table.loc[refused, ["value", "low", "high"]].isna().all(axis=None)
    assert table.loc[refused, "reason"].str.len().gt(0).all()
    assert table.loc[~refused, ["value", "low", "high"]].notna().all(axis=None)
    assert (table.loc[~refused, "low"] <= table.loc[~refused, "value"]).all()
    assert set(table.loc[table["practice"] == "city_wide_30", "status"]) == {"refused"}


def study(setting: dict[str, Any] | None) -> ts.Study:
    camera = ts.policies.SpeedCamera(at=(ts.policies.CameraPlace(link="a", position_m=1.0),))
    slower = ts.policies.SpeedLimit(on=ts.links("a"), limit_kmh=30)
    alternatives = {"do nothing": [], "camera": [camera], "both": [camera, slower]}
    return ts.Study(scenarios=("s.toml",), alternatives=alternatives, setting=setting)


def test_of_a_study_those_practices_that_its_policies_represent() -> None:
    table = ts.transfer(study({"country": "JO", "road_class": "urban"}))
    found = table[["alternative", "policy", "practice"]].drop_duplicates().itertuples(index=False)
    assert [tuple(row) for row in found] == [
        ("camera", "speed_camera", "fixed_speed_camera"), ("both", "speed_camera", "fixed_speed_camera"),
        ("both", "speed_limit", "city_wide_30")]
    assert len(ts.transfer(study({"country": "JO"}), ["mova"])) == 0


@pytest.mark.parametrize(("setting", "practices", "message"), [
    (None, None, "study 'study': setting: found nothing"),
    ({"country": "JO"}, ["trafic_calming"], "practice 'trafic_calming': found no such practice"),
])
def test_what_cannot_be_carried_is_said(
    setting: dict[str, Any] | None, practices: list[str] | None, message: str,
) -> None:
    with pytest.raises(InputError, match=message):
        ts.transfer(study(setting), practices)
