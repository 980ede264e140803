"""Verdicts: paired, adjusted, in the indicator's own direction, and never NaN."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from trafficsim.base.errors import InputError
from trafficsim.results.compare import NO_DIRECTION, Question, compare
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


def test_familywise_error_between_equal_arms() -> None:
    # 2,000 studies of three arms without any effect: at 5 % the standard error is 0.5 points, so 6.5 % is three.
    draws = np.random.default_rng(5).normal(0.0, 1.0, (2000, 3, 8))
    wrong = sum(min(holm([paired_p(row.tolist()) for row in study])) <= 0.05 for study in draws)
    assert wrong / len(draws) <= 0.065


@pytest.mark.parametrize(("name", "found"), [("mean_delay", "unknown"), ("co2_kg", "not computed")])
def test_indicators_of_the_question_are_checked(name: str, found: str) -> None:
    with pytest.raises(InputError, match=found):
        Question(primary=(name,)).check()


def test_a_missing_baseline_is_named() -> None:
    with pytest.raises(InputError, match="do nothing"):
        compare(table({"plan": BASE}), Question())
