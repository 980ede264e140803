"""Capacities of junctions in the queue engine against gap-acceptance theory on the headways that it makes itself.

The theory is told, event by event, on the recorded passings. Asked for: 10 %. Instants in the engine are milliseconds,
so that it is far nearer; where not, the reason stands beside the tolerance.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.queue_junctions import departure_headways, minor_road, permitted_left, roundabout_entry
from tests.verification.test_gap_acceptance import ALL_WAY, STOP, YIELD
from trafficsim.design.synthetic import junction

TOLERANCE = 0.01


@pytest.mark.parametrize("volume_veh_h", [0, 300, 600, 900])
@pytest.mark.parametrize("movement", YIELD)
def test_capacity_of_a_yield_sign(movement: str, volume_veh_h: float) -> None:
    gap_s, follow_up_s = YIELD[movement]
    seen = minor_road(volume_veh_h, gap_s, follow_up_s)
    assert seen.flow_veh_h == pytest.approx(seen.theory_veh_h(gap_s, follow_up_s), rel=TOLERANCE)


@pytest.mark.parametrize("volume_veh_h", [0, 600])
@pytest.mark.parametrize("movement", STOP)
def test_capacity_of_a_stop_sign(movement: str, volume_veh_h: float) -> None:
    gap_s, follow_up_s = STOP[movement]
    seen = minor_road(volume_veh_h, gap_s, follow_up_s, must_stop=True)
    assert seen.flow_veh_h == pytest.approx(seen.theory_veh_h(gap_s, follow_up_s), rel=TOLERANCE)


@pytest.mark.parametrize("circulating_veh_h", [0, 200, 400, 600, 800, 1000])
def test_capacity_of_a_roundabout_entry(circulating_veh_h: float) -> None:
    # 2 %: who comes is seen on the link before the entry only, 19 m; further away is a gap that the theory refuses
    seen, (gap_s, follow_up_s) = roundabout_entry(circulating_veh_h, 10_000)
    assert seen.flow_veh_h == pytest.approx(seen.theory_veh_h(gap_s, follow_up_s), rel=0.02)


def test_impatience_shortens_gaps_by_no_more_than_thirty_per_cent() -> None:
    seen = minor_road(700.0, 7.1, 3.5, impatience_ms=1000.0)
    assert seen.theory_veh_h(0.8 * 7.1, 3.5) < seen.flow_veh_h <= 1.01 * seen.theory_veh_h(0.7 * 7.1, 3.5)


@pytest.mark.parametrize("opposing_veh_h", [0, 200, 400, 600, 800])
def test_permitted_left_turns_and_sneakers(opposing_veh_h: float) -> None:
    # per cycle; tolerance as for the cellular automaton: the theory's queue starts at once, this one loses time
    left = permitted_left(opposing_veh_h, cycles=120)
    assert left.in_green == pytest.approx(left.theory, rel=0.1, abs=0.15)
    assert 0.7 <= left.after_green <= left.places + 1  # one who comes at yellow may be too near to stop


@pytest.mark.parametrize("case", ALL_WAY)
def test_departure_headways_of_an_all_way_stop(case: str) -> None:
    arms, headway_s = ALL_WAY[case]
    found = departure_headways(junction(control="all_way_stop"), arms, seconds=3900)
    assert found == pytest.approx(np.full(len(arms), headway_s), rel=0.005)  # HCM 2016 ch. 21
