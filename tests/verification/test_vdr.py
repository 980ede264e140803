"""NaSch with slow-to-start (VDR) on ring roads: two branches at one density, and the speed of a jam's front.

Parameters are those of Barlovic et al. 1998 (doi:10.1007/s100510050504): v_max 5, p 1/64, p0 3/4. Vehicles leave a jam
one per 1 / (1 - p0) ticks and stand in it one per cell, so its front moves upstream at 1 - p0 cells per tick and the
road carries (1 - p0)(1 - density); without a jam it carries (v_max - p) density.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.road_state import unpack
from tests.support.rings import evenly, flow_per_tick, jammed, rule_ring
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton

V_MAX, P, P0 = 5, 1.0 / 64.0, 0.75
VDR = CellularAutomaton(rule="vdr")


def homogeneous(density: float) -> float:
    program = rule_ring(VDR, V_MAX, 1000, evenly(1000, round(density * 1000)), V_MAX, 10_000)
    return flow_per_tick(program, 2000, 8000)


def from_a_jam(density: float, cells: int, ticks: int) -> float:
    # A jam grows and shrinks at random: on a short ring it vanishes for good before long.
    program = rule_ring(VDR, V_MAX, cells, jammed(round(density * cells)), 0, ticks)
    return flow_per_tick(program, 8000, ticks - 8000)


@pytest.mark.parametrize("density", [0.04, 0.08, 0.10])
def test_homogeneous_branch(density: float) -> None:
    # 4e5 speeds with a variance of p (1 - p): a standard error of 2e-5; at 0.10 now and then one is held up (0.1 %)
    assert homogeneous(density) == pytest.approx((V_MAX - P) * density, rel=0.002)


@pytest.mark.parametrize("density", [0.08, 0.10])
def test_jammed_branch(density: float) -> None:
    # The formula leaves out that vehicles stop one after the other: 2 %. 18,000 departures from the jam, drawn with
    # 1 - p0: a standard error of 0.65 %, of which two are allowed.
    flow = from_a_jam(density, 10_000, 80_000)
    assert flow == pytest.approx((1.0 - P0) * (1.0 - density), rel=0.02 + 2 * 0.0065)


@pytest.mark.long
def test_hysteresis_ends_at_the_lower_branch_point() -> None:
    # (1 - p0) / (v_max - p + 1 - p0) = 0.0478: below it no jam lasts, above it both states do
    assert from_a_jam(0.04, 2000, 20_000) == pytest.approx((V_MAX - P) * 0.04, abs=5e-4)
    assert from_a_jam(0.06, 20_000, 24_000) < 0.85 * homogeneous(0.06)


def places(program: Program) -> list[tuple[int, int, int]]:
    """Return trip, lane and front of all vehicles."""
    road = unpack(program)
    return list(zip(road.trip.tolist(), road.lane.tolist(), road.front.tolist(), strict=True))


@pytest.mark.parametrize("p0", [0.75, 0.5])
def test_front_of_a_jam_moves_upstream_at_1_less_p0(p0: float) -> None:
    # Of 1,500 vehicles about 1,300 leave, one of a cell each: binomial, and three standard errors are allowed.
    vehicles, ticks = 1500, round(1300 / (1.0 - p0))
    program = rule_ring(CellularAutomaton(rule="vdr", start_p=p0), V_MAX, 12_000, jammed(vehicles), 0, ticks)
    before = set(places(program))
    advance(program, 0, ticks)
    left = vehicles - len(before.intersection(places(program)))
    error = np.sqrt(p0 * (1.0 - p0) / ticks)
    assert left / ticks == pytest.approx(1.0 - p0, abs=3 * error)
