"""Casualties between runs: by hand, where they do not apply and why, intervals that are never replications alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from tests.support.same_tables import assert_same_tables
from trafficsim.base.errors import InputError
from trafficsim.report.material import from_folder
from trafficsim.results.asked import question_from
from trafficsim.results.between import with_between
from trafficsim.results.casualties import NO_FORM, WITH_FORM, seen_of
from trafficsim.results.compared import compared
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.indicator import Pair
from trafficsim.results.indicators import registered
from trafficsim.results.question import Question
from trafficsim.spec.casualties import Casualties, Coefficient

NAMES = ("ksi_rel", "deaths_rel", "injury_crashes_rel", "fatal_crashes_rel")
TRAFFIC = {"a": 3.0, "b": 1.0, "calm": 4.0}
"""Vehicle-km by link; no alternative acts on the last."""


def speeds(labels: Labels, mean: dict[str, float], limit: float, *, good: bool = True, traversals: int = 50) -> Any:
    links = list(mean)
    return frame(labels, {
        "place": strings(f"{link} 1" for link in links), "link": strings(links),
        "road_class": strings("urban" if link == "a" else "rural" for link in links),
        "limit_kmh": nullable([limit] * len(links)), "undisturbed": nullable([good] * len(links)),
        "unimpeded_traversals": nullable([traversals] * len(links)),
        "unimpeded_mean_kmh": nullable(list(mean.values())),
    })


def ledger(labels: Labels, *fields: str) -> pd.DataFrame:
    return frame(labels, {"field": strings(fields)})


def links(labels: Labels, factor: float = 1.0) -> pd.DataFrame:
    return frame(labels, {"link": strings(TRAFFIC), "vehicle_km": nullable([factor * km for km in TRAFFIC.values()])})


def study_tables(after: dict[str, float], replications: int = 3, **other: Any) -> dict[str, pd.DataFrame]:
    """Runs in which links a and b are driven at 50 and 80 km/h before and at other speeds after."""
    names = ("indicators", "links", "free_speeds", "ledger", "runs")
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in names}
    for number in range(1, replications + 1):
        for arm, mean in (("do nothing", {"a": 50.0, "b": 80.0}), ("slower", after)):
            labels, acts = Labels("town", arm, number, "ca"), arm == "slower"
            moved = other.get("traffic", 1.0) if acts else 1.0
            noise = 1.0 + 0.01 * (number - 2) * acts
            parts["indicators"].append(frame(labels, {
                "indicator": strings(["mean_delay_s"]), "value": nullable([1.0]), "unit": strings(["s"]),
                "reason": strings([None])}))
            parts["links"].append(links(labels, moved))
            parts["free_speeds"].append(speeds(labels, {link: one * noise for link, one in mean.items()},
                                               30.0 if acts else 50.0, good=other.get("good", True)))
            parts["runs"].append(frame(labels, {"status": strings(["complete"])}))
            if acts:
                parts["ledger"].append(ledger(labels, *other.get("fields", ("link.speed_limit_ms",))))
    return {name: pd.concat(part, ignore_index=True) for name, part in parts.items()}


def asked(**settings: Any) -> Question:
    return Question(primary=NAMES[:1], outcomes={"casualties": Casualties(**settings)})


def found(tables: dict[str, pd.DataFrame], question: Question | None = None) -> dict[str, Any]:
    comparison = compared(tables, question or asked())
    return {one.indicator: one for one in comparison.differences if one.alternative == "slower"}


def test_they_are_registered_and_computed_on_request() -> None:
    assert [registered()[name].on_request for name in NAMES] == ["casualties"] * 4
    assert all(registered()[name].origin == "extrapolated" for name in NAMES)
    tables = study_tables({"a": 45.0, "b": 76.0})
    assert with_between(tables, "do nothing") is tables["indicators"]
    table = with_between(tables, "do nothing", {"casualties": Casualties()})
    assert set(table["indicator"]) == {"mean_delay_s", *NAMES}


def test_what_the_baseline_changes_counts_too() -> None:
    """Beside an alternative that changes signals there are no casualties of one that does not."""
    tables = study_tables({"a": 45.0, "b": 76.0}, fields=("signal.phase_s", "link.speed_limit_ms"))
    beside = with_between(tables, "slower", {"casualties": Casualties()})
    rows = beside[(beside["indicator"] == "ksi_rel")].set_index("alternative")
    assert rows.loc["do nothing", "value"].isna().all()
    assert rows.loc["do nothing", "reason"].str.contains("changes signals").all()
    assert (rows.loc["slower", "value"] == 1.0).all()
    limits = study_tables({"a": 45.0, "b": 76.0})
    other = with_between(limits, "slower", {"casualties": Casualties()}).set_index(["indicator", "alternative"])
    assert (other.loc[("ksi_rel", "do nothing"), "value"] > 1.0).all()


def test_by_hand() -> None:
    one = found(study_tables({"a": 45.0, "b": 76.0}, replications=1))["injury_crashes_rel"]
    ratio = 0.99  # the noise of the first replication
    by_hand = (3.0 * (0.9 * ratio) ** 1.2 + (0.95 * ratio) ** 1.6 + 4.0) / 8.0
    assert one.mean == pytest.approx(by_hand)
    assert one.baseline_mean == 1.0


def test_the_interval_is_wider_than_that_of_replications() -> None:
    tables = study_tables({"a": 45.0, "b": 76.0})
    one = found(tables)["ksi_rel"]
    values = with_between(tables, "do nothing", {"casualties": Casualties()}).query(
        "indicator == 'ksi_rel' and alternative == 'slower'")["value"].to_numpy(np.float64)
    assert one.low < one.mean - 1.0 < one.high
    assert one.high - one.low > 2.0 * np.ptp(values)
    assert NO_FORM in one.reason
    assert "links weighted by traffic" in one.reason
    assert one.bootstrap_low is None


def test_no_change_is_exactly_nothing_with_the_widest_models() -> None:
    same = study_tables({"a": 50.0, "b": 80.0}, replications=2)
    same["free_speeds"]["unimpeded_mean_kmh"] = nullable(
        same["free_speeds"]["link"].map({"a": 50.0, "b": 80.0}).to_numpy(np.float64))
    for one in (found(same)[name] for name in NAMES):
        assert (one.mean, one.diff, one.low, one.high, one.p) == (1.0, 0.0, 0.0, 0.0, 1.0)


def test_a_given_coefficient_adds_the_form() -> None:
    beta = {name: Coefficient(value_h_km=value, low_h_km=value / 2, high_h_km=value * 1.5, source="ours")
            for name, value in (("beta_fatal", 0.12), ("beta_injury", 0.09))}
    tables = study_tables({"a": 45.0, "b": 76.0})
    plain, both = found(tables)["ksi_rel"], found(tables, asked(form="both", **beta))["ksi_rel"]
    assert WITH_FORM in both.reason
    assert both.half_width > plain.half_width


@pytest.mark.parametrize(("other", "told"), [
    ({"fields": ("link.speed_limit_ms", "signal.offset_s")}, "not applicable: the alternative changes signals"),
    ({"fields": ("lane.width_m",)}, "not applicable: the alternative changes lane.width_m"),
    ({"traffic": 1.2}, r"not applicable: traffic changes by \+20%"),
    ({"good": False}, "not applicable: free speeds are not known on links that carry 50%"),
])
def test_where_they_do_not_apply_the_reason_is_told(other: dict[str, Any], told: str) -> None:
    question = asked(weights={"a": 3.0, "b": 1.0}) if "good" in other else asked()
    told = told.replace("50%", "100%") if "good" in other else told
    one = found(study_tables({"a": 45.0, "b": 76.0}, **other), question)["ksi_rel"]
    assert one.mean is None
    assert one.verdict == "no evidence"
    assert pd.Series([one.reason]).str.contains(told).all()


def test_a_measure_that_leaves_speeds_alone_has_its_reason_too() -> None:
    tables = study_tables({"a": 50.0, "b": 80.0}, fields=("signal.phase_s",))
    del tables["free_speeds"]
    assert "changes signals" in found(tables)["deaths_rel"].reason


def test_changes_beyond_the_studies_are_flagged() -> None:
    one = found(study_tables({"a": 30.0, "b": 79.0}))["ksi_rel"]
    assert "extrapolated: on links that carry 38%" in one.reason


def test_weights_by_casualties_change_the_result() -> None:
    tables = study_tables({"a": 45.0, "b": 80.0}, replications=1)
    all_on_a = found(tables, asked(weights={"a": 2.0}))["injury_crashes_rel"]
    assert all_on_a.mean == pytest.approx((0.9 * 0.99) ** 1.2)
    assert "links weighted by baseline casualties" in (all_on_a.reason or "")


def test_links_without_a_good_place_take_the_change_of_their_like() -> None:
    before, after = Labels("town", "do nothing", 1, "ca"), Labels("town", "slower", 1, "ca")
    tables = [speeds(before, {"b": 80.0, "c": 40.0}, 80.0), speeds(after, {"b": 72.0, "c": 40.0}, 70.0)]
    for table in tables:
        table["undisturbed"] = table["link"] == "b"
    pair = Pair({"links": frame(before, {"link": strings(["b", "c"]), "vehicle_km": nullable([1.0, 1.0])}),
                 "free_speeds": tables[0], "ledger": ledger(before)},
                {"links": frame(after, {"link": strings(["b", "c"]), "vehicle_km": nullable([1.0, 1.0])}),
                 "free_speeds": tables[1], "ledger": ledger(after, "link.speed_limit_ms")})
    change = seen_of(pair).change
    assert change is not None
    assert (change.after_kmh / change.before_kmh)[:2].tolist() == pytest.approx([0.9, 0.9])


@pytest.mark.parametrize(("settings", "told"), [
    ({"form": "both"}, "needs beta_fatal"), ({"weights": {"a": -1.0}}, "a negative one of link 'a'"),
    ({"weights": {"a": 0.0}}, "all are zero"), ({"exponents": "elvik_1998"}, "elvik_2009"),
    ({"deaths_of_ksi": 0.0}, "greater than 0"), ({"draws": 10}, "1000"),
    ({"beta_fatal": {"value_h_km": 0.08, "low_h_km": 0.1, "high_h_km": 0.2, "source": "x"}}, "outside 0.1 to 0.2"),
    ({"beta_fatal": {"value_h_km": 0.08, "low_h_km": 0.1, "source": "x"}}, "give low_h_km and high_h_km"),
    ({"beta_fatal": {"value_h_km": 0.08, "source": ""}}, "at least 1 character"),
])
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Casualties.model_validate(settings)


def road_study(**more: Any) -> ts.Study:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=300)
    road = ts.Scenario(name="road", time=ts.Time(analysis_s=240, clear_s=300), network=ts.corridor([500, 300]),
                       demand=ts.Demand(flows=(flow,)))
    slower = ts.policies.SpeedLimit(on=ts.links("east1"), limit_kmh=30)
    return ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit 30": [slower]}, replications=2, **more)


def test_a_study_that_asks_measures_by_itself_and_is_judged_alike_from_files(tmp_path: Any) -> None:
    result = ts.compare(road_study(primary=["ksi_rel"]), out=tmp_path)
    assert set(result.free_speeds["link"]) == {"east1"}, "nothing acts on the other link"
    one = next(iter(result.comparison.chosen("ksi_rel")))
    # a sign alone slows drivers by 0.38 of 20 km/h on one of two links: (42.4 / 50)^2 to (42.4 / 50)^3 there
    assert 0.75 < one.mean < 0.95
    assert one.mean - 1.0 == pytest.approx(one.diff)
    again = next(iter(from_folder(tmp_path).comparison.chosen("ksi_rel")))
    assert again == one
    assert "free_speeds" not in ts.compare(road_study()).tables


def test_the_same_bits_for_any_number_of_workers() -> None:
    one, two = (ts.compare(road_study(casualties={}), workers=workers) for workers in (1, 2))
    assert_same_tables(one.tables, two.tables)
    assert one.comparison.as_json() == two.comparison.as_json()


def test_weights_of_links_that_are_not_there_are_refused() -> None:
    with pytest.raises(InputError, match=r"casualties.weights.*west9"):
        ts.compare(road_study(casualties={"weights": {"west9": 2.0}}))


def test_what_was_asked_is_read_back() -> None:
    question = question_from({"baseline": "do nothing", "casualties": {"exponents": "elvik_2004"}})
    assert question.outcomes["casualties"] == Casualties(exponents="elvik_2004")
    assert question_from({"baseline": "b", "primary": ["deaths_rel"]}).outcomes["casualties"] == Casualties()
    assert question_from({"baseline": "b"}).outcomes == {}


def test_a_study_file_with_a_wrong_table_names_the_key(tmp_path: Any) -> None:
    path = tmp_path / "study.toml"
    path.write_text('scenarios = ["s.toml"]\n[alternatives]\n"do nothing" = []\n[casualties]\nform = "both"\n')
    with pytest.raises(InputError, match="casualties"):
        ts.compare(path)
