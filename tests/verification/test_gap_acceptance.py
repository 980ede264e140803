"""Capacities of junctions in the engine against gap-acceptance theory on the headways that the engine itself makes.

A major stream of vehicles that follow each other has other headways than a Poisson stream: theory is told, event by
event, on the recorded passings. Tolerance as asked for: 10 %. 80 minutes of simulation; the theory sees the same
passings, so that only the entries vary (standard error below 2 %).
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.junctions import departure_headways, minor_road, permitted_left, roundabout_entry
from trafficsim.design.synthetic import junction

TOLERANCE = 0.10
YIELD = {"left from the major road": (4.1, 2.2), "right": (6.2, 3.3), "through": (6.5, 4.0), "left": (7.1, 3.5)}
STOP = {name: YIELD[name] for name in ("right", "through", "left")}


def _long(volume_veh_h: float) -> object:
    """Volumes between those that every test run takes: the curve is verified at all of them."""
    return pytest.param(volume_veh_h, marks=pytest.mark.long)


@pytest.mark.parametrize("volume_veh_h", [0, _long(300), 600, _long(900)])
@pytest.mark.parametrize("movement", YIELD)
def test_capacity_of_a_yield_sign(movement: str, volume_veh_h: float) -> None:
    gap_s, follow_up_s = YIELD[movement]
    seen = minor_road(volume_veh_h, gap_s, follow_up_s)
    assert seen.flow_veh_h == pytest.approx(seen.theory_veh_h(gap_s, follow_up_s), rel=TOLERANCE)


@pytest.mark.parametrize("volume_veh_h", [0, _long(300), 600, _long(900)])
@pytest.mark.parametrize("movement", STOP)
def test_capacity_of_a_stop_sign(movement: str, volume_veh_h: float) -> None:
    gap_s, follow_up_s = STOP[movement]
    seen = minor_road(volume_veh_h, gap_s, follow_up_s, must_stop=True)
    assert seen.flow_veh_h == pytest.approx(seen.theory_veh_h(gap_s, follow_up_s), rel=TOLERANCE)


@pytest.mark.parametrize("circulating_veh_h", [0, _long(200), 400, _long(600), 800, _long(1000)])
def test_capacity_of_a_roundabout_entry(circulating_veh_h: float) -> None:
    seen, (gap_s, follow_up_s) = roundabout_entry(circulating_veh_h, 5000)
    assert seen.flow_veh_h == pytest.approx(seen.theory_veh_h(gap_s, follow_up_s), rel=TOLERANCE)


def test_impatience_shortens_gaps_by_no_more_than_thirty_per_cent() -> None:
    # With a patience of one second every driver who has stood for a tick is at the bound: 0.7 times the critical gap.
    # Who moves up and finds a gap at once has not waited, so the capacity stays below that of the bound.
    seen = minor_road(700.0, 7.1, 3.5, impatience_time_s=1.0)
    assert seen.theory_veh_h(0.8 * 7.1, 3.5) < seen.flow_veh_h <= 1.01 * seen.theory_veh_h(0.7 * 7.1, 3.5)


@pytest.mark.parametrize("opposing_veh_h", [0, _long(200), 400, _long(600), 800])
def test_permitted_left_turns_and_sneakers(opposing_veh_h: float) -> None:
    # Per cycle: entries of the theory during green, and those who wait inside at its end. One place: up to one sneaker.
    # 60 cycles: of one vehicle per cycle the count varies by a few per cent, hence 0.15 vehicles more.
    left = permitted_left(opposing_veh_h, cycles=60)
    assert left.in_green == pytest.approx(left.theory, rel=TOLERANCE, abs=0.15)
    assert 0.7 <= left.after_green <= left.places


ALL_WAY = {"alone": ((0,), 3.9), "facing": ((0, 2), 4.7), "across": ((0, 1), 5.8), "three": ((0, 1, 2), 7.0),
           "four": ((0, 1, 2, 3), 9.6)}


@pytest.mark.parametrize("case", ALL_WAY)
def test_departure_headways_of_an_all_way_stop(case: str) -> None:
    # HCM 2016 ch. 21, 5 % as asked for: an hour of endless queues, 375 departures or more per approach.
    arms, headway_s = ALL_WAY[case]
    found = departure_headways(junction(control="all_way_stop"), arms, seconds=3900)
    assert found == pytest.approx(np.full(len(arms), headway_s), rel=0.05)
