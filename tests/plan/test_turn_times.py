"""Times of links and turns from the counters of a run, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.plan.small import Demand, trip, world
from tests.run.fake_engine import run as fake_run
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.record import LinkRecord, Record, TurnRecord
from trafficsim.plan.turn_times import EXPECTED, red_delay_s, turn_times_s

PLAN = lower(world(Demand(trips=(trip(),)))).plan
A, B, D = 0, 1, 3
AB, AC, BD = 0, 1, 2
RED_B, RED_C = 50.0**2 / 180.0, 40.0**2 / 180.0  # the program of the diamond: 40 s green for b, 50 s for c


def record(plan: Plan = PLAN, **counters: float) -> Record:
    """Two intervals and nobody seen; ``a_left=3`` sets a counter of link a in the first interval."""
    parts = {name: np.zeros((2, 4)) for name in ("entered", "left", "vehicle_s", "vehicle_m", "waiting_s", "traversed",
                                                "free_s")}
    for name, value in counters.items():
        parts[name[2:]][0, "abcd".index(name[0])] = value
    return replace(fake_run(plan, None), links=LinkRecord(**parts))


def test_turns_of_the_diamond() -> None:
    turns = [(PLAN.link_id[tail], PLAN.link_id[head])
             for tail, head in zip(PLAN.turns.from_link, PLAN.turns.to_link, strict=True)]
    assert turns == [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def test_empty_roads_take_their_free_flow_time_and_the_wait_for_green() -> None:
    times = turn_times_s(PLAN, record())
    assert times.shape == (2, 4)
    np.testing.assert_allclose(red_delay_s(PLAN), [RED_B, RED_C, 0.0, 0.0])
    assert times[0, AB] == pytest.approx(100.0 / (50.0 / 3.6) + RED_B + 10.0 / 10.0)
    assert times[0, AC] == pytest.approx(100.0 / (50.0 / 3.6) + RED_C + 5.0 / 10.0)
    assert times[0, BD] == pytest.approx(300.0 / 20.0 + 15.0 / 10.0)


def test_delay_is_vehicle_seconds_over_exits() -> None:
    times = turn_times_s(PLAN, record(b_left=1000.0, b_vehicle_s=45_000.0, b_free_s=15_000.0))
    assert times[0, BD] == pytest.approx(15.0 + 30.0 + 1.5, rel=0.01)
    # Nobody came in the second interval: the delay of the whole run is expected.
    assert times[1, BD] == pytest.approx(times[0, BD], rel=0.01)


def test_few_vehicles_say_little() -> None:
    delay = turn_times_s(PLAN, record(b_left=1.0, b_vehicle_s=75.0, b_free_s=15.0))[0, BD] - 16.5
    of_run = 60.0 / (1.0 + EXPECTED)
    assert delay == pytest.approx((60.0 + EXPECTED * of_run) / (1.0 + EXPECTED))


def test_a_standing_queue_counts_though_nobody_leaves() -> None:
    times = turn_times_s(PLAN, record(b_vehicle_s=9000.0))
    assert times[0, BD] > 1000.0


def test_a_turn_waits_longer_than_its_link() -> None:
    seen = record(a_left=2000.0, a_vehicle_s=2000.0 * 37.2, a_free_s=2000.0 * 7.2)
    turns = TurnRecord(np.array([1000.0, 1000.0, 0.0, 0.0]), np.zeros(4), np.array([10_000.0, 50_000.0, 0.0, 0.0]),
                       np.zeros(4))
    times = turn_times_s(PLAN, replace(seen, turns=turns))[0]
    assert times[AB] == pytest.approx(7.2 + 10.0 + 1.0, rel=0.02)
    assert times[AC] == pytest.approx(7.2 + 50.0 + 0.5, rel=0.02)


def test_without_free_flow_times_the_speed_limit_serves() -> None:
    seen = record(b_left=1000.0, b_vehicle_s=45_000.0, b_free_s=0.0)
    times = turn_times_s(PLAN, replace(seen, links=seen.links._replace(free_s=None)))
    assert times[0, BD] == pytest.approx(15.0 + 30.0 + 1.5, rel=0.01)


def test_nothing_is_ever_negative() -> None:
    fast = record(b_left=1000.0, b_vehicle_s=1000.0, b_free_s=15_000.0)
    assert turn_times_s(PLAN, fast)[0, BD] == pytest.approx(16.5)
