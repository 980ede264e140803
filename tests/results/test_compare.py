"""Verdicts: paired, adjusted, in the indicator's own direction, and never NaN."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from trafficsim.base.errors import InputError
from trafficsim.results.compare import Question, compare
from trafficsim.results.difference import FEW_PAIRS, NO_DIRECTION, NO_MEAN, NO_PAIR, NO_VARIANCE, RARE_COUNT
from trafficsim.results.indicator import BY_NAME, Indicator
from trafficsim.results.indicators import FEW_THROUGH, NO_THROUGH
from trafficsim.results.statistics import holm, paired_p

Arms = dict[str, dict[str, list[float | None]]]


def table(arms: Arms) -> pd.DataFrame:
    rows = [
        {"scenario": "s", "alternative": arm, "replication": number, "engine": "ca", "indicator": name, "value": value}
        for arm, indicators in arms.items() for name, values in indicators.items()
        for number, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows).astype({"value": "Float64"})


def entries(arms: Arms, **question: object) -> dict[str, dict[str, dict[str, object]]]:
    result = compare(table(arms), Question(**question)).as_json()  # type: ignore[arg-type]
    json.dumps(result, allow_nan=False)
    return result["s"]["ca"]


BASE = {"mean_delay_s": [10.0, 12.0, 11.0, 13.0], "mean_speed_kmh": [30.0, 31.0, 29.0, 30.0]}


def test_an_identical_arm_is_equivalent() -> None:
    for entry in entries({"do nothing": BASE, "same": BASE})["same"].values():
        assert [entry[key] for key in ("diff", "low", "high", "p", "p_adjusted")] == [0.0, 0.0, 0.0, 1.0, 1.0]
        assert entry["verdict"] == "equivalent"


def test_keys_of_an_entry() -> None:
    entry = entries({"do nothing": BASE, "same": BASE})["same"]["mean_delay_s"]
    assert list(entry) == [
        "mean", "diff", "low", "high", "p", "p_adjusted", "verdict", "unit", "n", "origin", "primary", "left_out",
        "baseline_mean", "bootstrap_low", "bootstrap_high", "equivalence_p", "half_width", "relative_half_width",
        "replications_needed", "variance_ratio", "correlation", "reason",
    ]
    assert (entry["unit"], entry["n"], entry["origin"]) == ("s", 4, "emergent")


def test_direction_belongs_to_the_indicator() -> None:
    lower = {name: [value - 5.0 + 0.01 * at for at, value in enumerate(values)] for name, values in BASE.items()}
    found = entries({"do nothing": BASE, "lower": lower})["lower"]
    assert found["mean_delay_s"]["verdict"] == "better"
    assert found["mean_speed_kmh"]["verdict"] == "worse"


def test_an_indicator_without_direction_gives_no_verdict() -> None:
    found = entries({"do nothing": {"vehicle_km": [1.0, 2.0, 3.0]}, "more": {"vehicle_km": [2.0, 3.0, 4.0]}})
    entry = found["more"]["vehicle_km"]
    assert (entry["verdict"], entry["p"]) == ("no evidence", 0.0)
    assert str(entry["reason"]).startswith(NO_DIRECTION)


def test_differences_are_taken_in_pairs_of_equal_number() -> None:
    rows = table({"do nothing": {"mean_delay_s": [10.0, 20.0, 30.0]}, "plan": {"mean_delay_s": [9.0, 19.0, 29.1]}})
    shuffled = rows.sample(frac=1.0, random_state=3)
    entry = compare(shuffled, Question()).as_json()["s"]["ca"]["plan"]["mean_delay_s"]
    assert entry["diff"] == pytest.approx(-29 / 30, abs=1e-12)
    assert entry["verdict"] == "better"


def test_holm_runs_over_the_primary_family() -> None:
    values = np.random.default_rng(4).normal(0.0, 1.0, (3, 8))
    base = {"mean_delay_s": [0.0] * 8, "stops_per_trip": [0.0] * 8}
    arms: Arms = {"do nothing": base}
    for at, row in enumerate(values):
        arms[f"plan {at}"] = {"mean_delay_s": (row + 0.5).tolist(), "stops_per_trip": row.tolist()}
    found = entries(arms, primary=("mean_delay_s",))
    raw = sorted(found[f"plan {at}"]["mean_delay_s"]["p"] for at in range(3))
    adjusted = sorted(found[f"plan {at}"]["mean_delay_s"]["p_adjusted"] for at in range(3))
    assert adjusted[0] == pytest.approx(min(1.0, 3 * raw[0]))
    assert adjusted[2] >= raw[2]


def test_one_replication_gives_no_interval_but_a_reason() -> None:
    entry = entries({"do nothing": {"mean_delay_s": [10.0]}, "plan": {"mean_delay_s": [5.0]}})["plan"]["mean_delay_s"]
    assert (entry["mean"], entry["diff"], entry["low"], entry["p"]) == (5.0, -5.0, None, None)
    assert entry["verdict"] == "no evidence"
    assert "replications" in str(entry["reason"])


def test_a_missing_value_drops_its_pair() -> None:
    entry = entries({"do nothing": BASE, "plan": {"mean_delay_s": [9.0, None, 10.1, 12.0]}})["plan"]["mean_delay_s"]
    assert entry["n"] == 3
    nothing = entries({"do nothing": BASE, "plan": {"mean_delay_s": [None] * 4}})["plan"]["mean_delay_s"]
    assert (nothing["mean"], nothing["n"], nothing["verdict"]) == (None, 0, "no evidence")


def test_equivalence_needs_a_margin() -> None:
    near = {name: [value + shift for value, shift in zip(values, (0.01, -0.01, 0.02, -0.01), strict=True)]
            for name, values in BASE.items()}
    arms = {"do nothing": BASE, "near": near}
    assert entries(arms)["near"]["mean_delay_s"]["verdict"] == "no evidence"
    margin = entries(arms, margins={"mean_delay_s": 0.05})["near"]
    assert (margin["mean_delay_s"]["verdict"], margin["mean_speed_kmh"]["verdict"]) == ("equivalent", "no evidence")


def test_no_variance_of_a_difference_is_decided() -> None:
    less = [value - 1.0 for value in BASE["mean_delay_s"]]
    shifted = {"mean_delay_s": less, "mean_speed_kmh": BASE["mean_speed_kmh"]}
    found = entries({"do nothing": BASE, "shifted": shifted})["shifted"]
    assert (found["mean_delay_s"]["p"], found["mean_delay_s"]["verdict"]) == (0.0, "better")
    assert (found["mean_speed_kmh"]["p"], found["mean_speed_kmh"]["verdict"]) == (1.0, "no evidence")


def test_a_constant_difference_of_counts_is_judged_by_its_sign() -> None:
    found = entries({"do nothing": {"red_violations": [0.0, 1.0, 0.0]}, "plan": {"red_violations": [1.0, 2.0, 1.0]}})
    entry = found["plan"]["red_violations"]
    assert [entry[key] for key in ("diff", "low", "high", "p", "verdict")] == [1.0, 1.0, 1.0, 0.25, "no evidence"]
    assert NO_VARIANCE in str(entry["reason"])


def test_one_more_vehicle_in_each_of_few_pairs_is_no_evidence() -> None:
    # vehicles in 700 s: the differences per hour are equal but for rounding
    before, after = ([number * 3600.0 / 700.0 for number in vehicles] for vehicles in ((57, 100, 83), (58, 101, 84)))
    entry = entries({"do nothing": {"throughput_veh_h": before}, "plan": {"throughput_veh_h": after}})
    found = entry["plan"]["throughput_veh_h"]
    assert (found["p"], found["half_width"], found["verdict"]) == (0.25, 0.0, "no evidence")
    assert NO_VARIANCE in str(found["reason"])


def test_equal_values_in_an_arm_that_differs_elsewhere() -> None:
    arm = {"mean_delay_s": BASE["mean_delay_s"], "mean_speed_kmh": [31.0, 31.5, 30.0, 30.0]}
    arms = {"do nothing": BASE, "plan": arm}
    entry = entries(arms)["plan"]["mean_delay_s"]
    assert [entry[key] for key in ("diff", "low", "high", "half_width", "p", "p_adjusted")] == [0.0] * 4 + [1.0] * 2
    assert entry["verdict"] == "no evidence"
    assert entries(arms, margins={"mean_delay_s": 0.01})["plan"]["mean_delay_s"]["verdict"] == "equivalent"


def test_zeros_everywhere_are_defined() -> None:
    zeros = {"red_violations": [0.0] * 6, "mean_speed_kmh": [30.0, 31.0, 29.0, 30.0, 28.0, 27.0]}
    arm = {**zeros, "mean_speed_kmh": [31.0, 31.0, 29.5, 30.0, 28.0, 27.5]}
    asked = {"margins": {"red_violations": 0.1}, "precision": {"red_violations": 0.1}}
    entry = entries({"do nothing": zeros, "plan": arm}, **asked)["plan"]["red_violations"]
    assert (entry["bootstrap_low"], entry["bootstrap_high"], entry["verdict"]) == (0.0, 0.0, "equivalent")
    assert [entry[key] for key in ("relative_half_width", "replications_needed", "variance_ratio", "correlation")] == (
        [None] * 4)
    assert NO_MEAN in str(entry["reason"])


def test_rounding_is_no_difference() -> None:
    arm = {name: [value * (1.0 + 1e-15 * (at + 1)) for at, value in enumerate(values)] for name, values in BASE.items()}
    entry = entries({"do nothing": BASE, "plan": arm})["plan"]["mean_delay_s"]
    assert [entry[key] for key in ("diff", "low", "high", "p", "verdict")] == [0.0, 0.0, 0.0, 1.0, "no evidence"]


def test_the_bootstrap_needs_five_pairs_and_says_which_interval_to_trust() -> None:
    counts: Arms = {"do nothing": {"red_violations": [0, 1, 0, 2, 0]}, "plan": {"red_violations": [1, 0, 1, 0, 3]}}
    four = entries({arm: {name: values[:4] for name, values in rows.items()} for arm, rows in counts.items()})
    entry = four["plan"]["red_violations"]
    assert (entry["bootstrap_low"], entry["bootstrap_high"], entry["reason"]) == (None, None, FEW_PAIRS)
    entry = entries(counts)["plan"]["red_violations"]
    assert entry["low"] < entry["bootstrap_low"] < entry["diff"] < entry["bootstrap_high"] < entry["high"]  # type: ignore[operator]
    assert entry["reason"] == RARE_COUNT


def test_primary_and_secondary_are_marked() -> None:
    found = entries({"do nothing": BASE, "same": BASE}, primary=("mean_speed_kmh",))["same"]
    assert {name: entry["primary"] for name, entry in found.items()} == {"mean_delay_s": False, "mean_speed_kmh": True}


def test_the_primary_family_is_alternatives_times_indicators() -> None:
    values = np.random.default_rng(6).normal(10.0, 1.0, (5, 2, 8)).tolist()
    names = ("mean_delay_s", "stops_per_trip")
    arms: Arms = {f"plan {at}" if at else "do nothing": dict(zip(names, rows, strict=True))
                  for at, rows in enumerate(values)}
    found = entries(arms, primary=names)
    p_values = [found[f"plan {at}"][name]["p"] for at in range(1, 5) for name in names]
    adjusted = [found[f"plan {at}"][name]["p_adjusted"] for at in range(1, 5) for name in names]
    assert adjusted == holm(p_values)  # type: ignore[arg-type]
    alone = entries(arms, primary=("vehicle_km",))
    for name in names:
        family = [alone[f"plan {at}"][name]["p"] for at in range(1, 5)]
        assert [alone[f"plan {at}"][name]["p_adjusted"] for at in range(1, 5)] == holm(family)  # type: ignore[arg-type]


def test_precision_is_reached_or_says_how_many_replications_it_needs() -> None:
    # Differences -2, -1.9, -1.8, -1.7: sd 0.129, t(3) 3.182, half-width 0.2054 of a mean of 11.5.
    plan = {"mean_delay_s": [value - 2.0 + 0.1 * at for at, value in enumerate(BASE["mean_delay_s"])]}
    arms = {"do nothing": {"mean_delay_s": BASE["mean_delay_s"]}, "plan": plan}
    entry = entries(arms, precision={"mean_delay_s": 0.01})["plan"]["mean_delay_s"]
    assert (entry["half_width"], entry["relative_half_width"]) == pytest.approx((0.20543, 0.017863), rel=1e-4)
    # 0.115 wanted: t(6) 2.447 x 0.1291 / sqrt(7) = 0.1194, t(7) 2.365 x 0.1291 / sqrt(8) = 0.1079.
    assert entry["replications_needed"] == 8
    assert entries(arms)["plan"]["mean_delay_s"]["replications_needed"] is None


def test_failed_replications_are_named() -> None:
    rows = table({"do nothing": BASE, "plan": {"mean_delay_s": [9.0, None, 10.1, 12.0]}})
    runs = pd.DataFrame({
        "scenario": "s", "engine": "ca", "alternative": ["do nothing"] * 5 + ["plan"] * 5 + ["broken"],
        "replication": [1, 2, 3, 4, 5] * 2 + [1],
    })
    result = compare(rows, Question(), runs).as_json()["s"]["ca"]
    assert (result["plan"]["mean_delay_s"]["n"], result["plan"]["mean_delay_s"]["left_out"]) == (3, [2, 5])
    assert (result["broken"]["mean_delay_s"]["n"], result["broken"]["mean_delay_s"]["verdict"]) == (0, "no evidence")
    assert result["broken"]["mean_delay_s"]["mean"] is None


def test_the_table_of_a_comparison() -> None:
    plan = {"mean_delay_s": [9.0, None, 10.1, 12.0], "mean_speed_kmh": BASE["mean_speed_kmh"]}
    comparison = compare(table({"do nothing": BASE, "plan": plan}), Question(primary=("mean_speed_kmh",)))
    assert comparison.table()["indicator"].tolist() == ["mean_speed_kmh", "mean_delay_s"]
    one = comparison.table("mean_delay_s").iloc[0]
    assert (one["alternative"], one["n"], one["left_out"], one["unit"]) == ("plan", 3, 1, "s")
    assert one["diff"] == pytest.approx(-29 / 30, abs=0.02)
    assert one["bootstrap_low"] is pd.NA
    numbers = comparison.table().select_dtypes("Float64")
    assert np.isfinite(numbers.to_numpy(np.float64, na_value=0.0)).all()
    with pytest.raises(InputError, match="unknown"):
        comparison.table("mean_delay")


@pytest.mark.parametrize("value", [float("inf"), -1e200])
def test_a_value_that_is_no_traffic_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="finite numbers"):
        compare(table({"do nothing": BASE, "plan": {"mean_delay_s": [value, 1.0]}}), Question())


def test_a_value_that_is_there_twice_is_refused() -> None:
    rows = table({"do nothing": BASE})
    with pytest.raises(InputError, match="two values"):
        compare(pd.concat([rows, rows]), Question())


def test_familywise_error_between_equal_arms() -> None:
    # 2,000 studies of three arms without any effect: at 5 % the standard error is 0.5 points, so 6.5 % is three.
    draws = np.random.default_rng(5).normal(0.0, 1.0, (2000, 3, 8))
    wrong = sum(min(holm([paired_p(row.tolist()) for row in study])) <= 0.05 for study in draws)
    assert wrong / len(draws) <= 0.065


@pytest.mark.parametrize(("name", "found"), [("mean_delay", "unknown"), ("planned", "not computed")])
def test_indicators_of_the_question_are_checked(name: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = Indicator("planned", "formula", "1", "lower", "everybody", "extrapolated", None, "no model is built yet")
    monkeypatch.setitem(BY_NAME, planned.name, planned)
    with pytest.raises(InputError, match=found):
        Question(primary=(name,)).check()


@pytest.mark.parametrize("key", ["margins", "precision"])
@pytest.mark.parametrize("share", [0.0, -0.1, float("inf"), float("nan")])
def test_shares_of_the_question_are_checked(key: str, share: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        Question(**{key: {"mean_delay_s": share}}).check()  # type: ignore[arg-type]


def test_a_missing_baseline_is_named() -> None:
    with pytest.raises(InputError, match="do nothing"):
        compare(table({"plan": BASE}), Question())


def test_times_along_paths_are_one_family() -> None:
    values = np.random.default_rng(5).normal(0.4, 1.0, (2, 8)).tolist()
    base = {"mean_delay_s": [0.0] * 8, "path_time_s[a]": [0.0] * 8, "path_time_s[b]": [0.0] * 8}
    plan = {"mean_delay_s": [1.0] * 8, "path_time_s[a]": values[0], "path_time_s[b]": values[1]}
    found = entries({"do nothing": base, "plan": plan})["plan"]
    names = ["path_time_s[a]", "path_time_s[b]"]
    assert [found[name]["p_adjusted"] for name in names] == pytest.approx(holm([found[name]["p"] for name in names]))


def test_the_reason_of_a_table_is_that_of_the_comparison() -> None:
    rows = table({"do nothing": {"path_time_s[a]": [10.0, 12.0]}, "plan": {"path_time_s[a]": [None, None]}})
    rows["reason"] = [FEW_THROUGH, FEW_THROUGH, NO_THROUGH, NO_THROUGH]
    entry = compare(rows, Question()).as_json()["s"]["ca"]["plan"]["path_time_s[a]"]
    assert entry["reason"] == f"{NO_THROUGH}; {FEW_THROUGH}; {NO_PAIR}"
