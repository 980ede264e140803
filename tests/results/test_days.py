"""Means over days, and which simulated days are held against each other."""

from __future__ import annotations

import pandas as pd

from trafficsim.results.days import DayPairs, over_days, spans, traffic_by_day, weighted_means
from trafficsim.results.frames import Labels

DAYS = pd.DataFrame({
    "scenario": "s", "engine": "ca", "replication": 1,
    "alternative": ["do nothing"] * 6 + ["camera"] * 6 + ["broken"] * 3,
    "day": [*range(1, 7), *range(1, 7), 1, 2, 3],
    "traffic_of_day": [1, 1, 1, 4, 4, 4, 1, 1, 3, 4, 4, 6, 1, 1, 1],
})
BASE, CAMERA = Labels("s", "do nothing", 1, "ca"), Labels("s", "camera", 1, "ca")


def table(values: list[float | None], days: list[int], alternative: str = "camera") -> pd.DataFrame:
    return pd.DataFrame({"scenario": "s", "alternative": alternative, "replication": 1, "engine": "ca", "day": days,
                         "indicator": "x", "value": pd.array(values, dtype="Float64"), "reason": ["a", "b", "a", None]})


def test_every_two_simulated_days_that_stand_for_one_day_are_a_pair() -> None:
    pairs = DayPairs(DAYS, "do nothing")
    assert pairs.of(CAMERA) == {(1, 1): 2, (3, 1): 1, (4, 4): 2, (6, 4): 1}
    assert pairs.of(BASE) == {(1, 1): 3, (4, 4): 3}


def test_a_chain_that_a_failed_run_cut_short_is_left_out() -> None:
    assert ("s", "broken", 1, "ca") not in traffic_by_day(DAYS)
    assert not DayPairs(DAYS, "do nothing").of(CAMERA._replace(alternative="broken"))


def test_days_weigh_by_the_days_that_they_stand_for() -> None:
    weights = pd.Series({(*chain, day): float(count) for chain, days in spans(DAYS).items()
                         for day, count in days.items()})
    found = weighted_means(table([1.0, 2.0, 4.0, 8.0], [1, 3, 4, 6]), weights)
    assert found["value"].tolist() == [(2 * 1.0 + 2.0 + 2 * 4.0 + 8.0) / 6.0]
    assert found["reason"].tolist() == ["a; b"]
    assert "day" not in found


def test_days_without_a_value_do_not_count_and_none_gives_none() -> None:
    weights = pd.Series({("s", "camera", 1, "ca", day): 1.0 for day in (1, 3, 4, 6)})
    assert weighted_means(table([1.0, None, 3.0, None], [1, 3, 4, 6]), weights)["value"].tolist() == [2.0]
    assert weighted_means(table([None] * 4, [1, 3, 4, 6]), weights)["value"].isna().all()


def test_single_trips_are_those_of_the_last_simulated_day_and_the_ledger_has_all_days() -> None:
    given = {"days": DAYS, "trips": table([1.0, 2.0, 4.0, 8.0], [1, 3, 4, 6]).rename(columns={"value": "delay_s"}),
             "ledger": table([5.0] * 4, [1, 3, 4, 6]).assign(reason="set")}
    view = over_days(given)
    assert view["trips"]["delay_s"].tolist() == [8.0]
    assert len(view["ledger"]) == 1
    assert view["days"] is DAYS


def test_tables_without_days_are_themselves() -> None:
    plain = {"indicators": table([1.0] * 4, [1] * 4)}
    assert over_days(plain) is plain
