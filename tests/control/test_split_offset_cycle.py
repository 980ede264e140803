"""Steps of splits, offset and cycle, against choices worked out by hand and a count by hand of queues."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.control.split_offset_cycle import (
    SLICE_S,
    Approach,
    Junction,
    Stream,
    better_cycle_s,
    better_offset,
    moved,
    queued_veh_s,
    scaled,
)

SOME = st.lists(st.integers(0, 5), min_size=1, max_size=12)


def test_a_stage_that_is_loaded_more_takes_green_from_the_one_that_follows() -> None:
    # 16 / (0.5 x 30) = 1.07 and 6 / (0.5 x 30) = 0.4; a step of 4 s: 0.94 and 0.46; another one: 0.84 and 0.55.
    streams = [Stream((0,), 16.0, 0.5), Stream((1,), 6.0, 0.5)]
    assert moved([30.0, 30.0], streams, [5.0, 5.0], 4.0) == [1, -1]
    # 12 / 17 = 0.71 and 10 / 13 = 0.77 after a step, 0.80 and 0.67 without: the step wins, and the next one is none.
    assert moved([30.0, 30.0], [Stream((0,), 12.0, 0.5), Stream((1,), 10.0, 0.5)], [5.0, 5.0], 4.0) == [1, 0]


def test_equal_loads_and_least_greens_keep_greens_as_they_are() -> None:
    streams = [Stream((0,), 10.0, 0.5), Stream((1,), 10.0, 0.5)]
    assert moved([30.0, 30.0], streams, [5.0, 5.0], 4.0) == [0, 0]
    assert moved([50.0, 8.0], [Stream((0,), 40.0, 0.5)], [5.0, 5.0], 4.0) == [0, 0]  # 8 - 4 is under 5
    assert moved([50.0, 9.0], [Stream((0,), 40.0, 0.5)], [5.0, 5.0], 4.0) == [1, 0]


def test_a_lane_that_several_stages_serve_has_the_greens_of_all() -> None:
    # Stage 1 protects who may go in stage 0, too: 14 / (0.5 x 40) = 0.7 in both; the third stage has 9 / (0.5 x 20).
    streams = [Stream((0, 1), 14.0, 0.5), Stream((2,), 9.0, 0.5)]
    assert moved([30.0, 10.0, 20.0], streams, [5.0, 5.0, 5.0], 4.0) == [0, -1, 0]


def test_another_cycle_shares_what_is_over_least_greens() -> None:
    greens = scaled([40.0, 20.0], [10.0, 10.0], 100.0, 10.0)
    assert greens == pytest.approx([10.0 + 70.0 * 0.75, 10.0 + 70.0 * 0.25])
    assert sum(scaled([5.0, 5.0], [5.0, 5.0], 60.0, 10.0)) == pytest.approx(50.0)


def junction(vehicles: float, lost_s: float = 10.0) -> Junction:
    return Junction((40.0, 40.0), (5.0, 5.0), lost_s, (Stream((0,), vehicles, 0.5), Stream((1,), vehicles, 0.5)))


def test_the_cycle_is_the_shortest_within_a_step_in_which_no_stream_is_over_90_percent() -> None:
    # At 90 s: 17 / 20 = 0.85. At 82 s: 17 x 82 / 90 / (0.5 x 36) = 0.86; at 98 s: 0.84.
    assert better_cycle_s(90.0, [junction(17.0)], (40.0, 120.0)) == 82.0
    # 17.9 / 20 = 0.895; at 82 s: 17.9 x 82 / 90 / 18 = 0.906: too short.
    assert better_cycle_s(90.0, [junction(17.9)], (40.0, 120.0)) == 90.0
    # 18.5 / 20 = 0.925: longer; the busier of two junctions decides.
    assert better_cycle_s(90.0, [junction(18.5)], (40.0, 120.0)) == 98.0
    assert better_cycle_s(90.0, [junction(5.0), junction(18.5)], (40.0, 120.0)) == 98.0
    assert better_cycle_s(60.0, [Junction((25.0, 25.0), (5.0, 5.0), 10.0, ())], (40.0, 120.0)) == 56.0


def test_the_cycle_stays_within_its_limits_and_where_longer_helps_nowhere() -> None:
    assert better_cycle_s(90.0, [junction(5.0)], (90.0, 120.0)) == 90.0
    assert better_cycle_s(90.0, [junction(25.0)], (40.0, 95.0)) == 90.0
    assert better_cycle_s(80.0, [junction(25.0, 0.0)], (40.0, 120.0)) == 80.0  # nothing is lost: no cycle has more
    assert better_cycle_s(44.0, [Junction((15.0, 15.0), (15.0, 15.0), 14.0, ())], (20.0, 120.0)) == 44.0


@given(arrivals=SOME, seed=st.integers(0, 99))
def test_queues_of_a_cycle_are_counted_as_by_hand(arrivals: list[int], seed: int) -> None:
    discharge = np.random.default_rng(seed).integers(0, 4, len(arrivals))
    line: list[int] = []
    total = 0
    for cycle in range(2):
        for comes, leaves in zip(arrivals, discharge.tolist(), strict=True):
            line += [1] * comes
            del line[:leaves]
            total += len(line) * (cycle == 1)
    assert queued_veh_s(np.array(arrivals, float), discharge.astype(float)) == total * SLICE_S


def test_an_offset_follows_the_platoon_that_comes_and_the_one_that_it_sends() -> None:
    green = np.array([2.0, 2.0, 0.0, 0.0, 0.0, 0.0])
    early, late = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 2.0]), np.array([0.0, 2.0, 2.0, 0.0, 0.0, 0.0])
    assert better_offset([Approach(early, green)], []) == -1  # who comes a slice before green waits for it
    assert better_offset([Approach(late, green)], []) == 1  # half of them come a slice after its end
    assert better_offset([Approach(np.array([2.0, 2.0, 0.0, 0.0, 0.0, 0.0]), green)], []) == 0
    # Downstream a platoon that comes a slice before its green should be sent later.
    assert better_offset([], [Approach(early, green)]) == 1
    assert better_offset([Approach(early, green)], [Approach(3 * early, green + 4 * (green > 0))]) == 1
