"""Giving way against its slow twin, on whatever state random worlds come to; and the decision on injected times."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.gap_acceptance import capacity_veh_h, entries
from tests.oracles.giveway import Ask, Junctions
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.kernels.ca.giveway import (
    NEVER,
    accepts,
    asking,
    entry_instant,
    gap_instant,
    has_room,
    keeps_clear,
    stop_headway,
    turn_instant,
)
from trafficsim.kernels.ca.state import View
from trafficsim.kernels.ca.words import EXIT, turn_of
from trafficsim.kernels.jit import from_python
from trafficsim.spec.world import World

GAP_INSTANT, TURN_INSTANT = from_python(gap_instant), from_python(turn_instant)
HAS_ROOM = from_python(has_room)


@settings(phases=NO_SHRINKING, max_examples=30)
@given(worlds(), st.integers(10, 150), st.sampled_from((0, 3, 70)))
def test_instants_are_those_of_the_twin(world: World, ticks: int, waited: int) -> None:
    program = make_program(world)
    advance(program, 0, ticks)
    junctions = Junctions(program)
    for conn in range(len(world.network.connections)):
        lane = int(program.net.conn.origin[conn])
        key = int(program.vehicles.KEY[program.start[lane]])
        for since, gap in ((ticks - 1.0, 2.0), (float(ticks), 6.2)):
            ask, plain = asking(conn, lane, key, ticks, waited), Ask(conn, ticks, since, waited, key)
            assert _finite(GAP_INSTANT(program.road, ask, since, gap)) == junctions.gap_instant(plain, gap)
            assert _finite(TURN_INSTANT(program.road, ask, since)) == junctions.turn_instant(plain)


@settings(phases=NO_SHRINKING, max_examples=30)
@given(worlds(lengths_m=(0.2, 2.0, 5.0, 13.0)), st.integers(10, 150), st.sampled_from((0, 70)))
def test_room_beyond_is_that_of_the_twin(world: World, ticks: int, waited: int) -> None:
    program = make_program(world)
    advance(program, 0, ticks)
    junctions = Junctions(program)
    for lane in np.flatnonzero(np.diff(program.start)):
        slot = program.start[lane]
        turn = turn_of(program.vehicles.Z[slot])
        first, last = program.net.reach[program.net.lane.turns[lane] + turn :][:2] if turn != EXIT else (0, 0)
        program.work.lane.wait[lane] = waited
        for conn in range(first, last):
            key, y = int(program.vehicles.KEY[slot]), int(program.vehicles.Y[slot])
            view = View(conn, int(program.vehicles.ID[slot]), 0, int(lane), 0, 0, y, key, ticks)
            for cells in (1, 7, 14, 29):
                assert bool(HAS_ROOM(program.road, view, cells)) == junctions.has_room(view, cells)


def _finite(instant: float) -> float:
    return math.inf if instant == NEVER else instant


def injected(conflicts: np.ndarray, gap: float, follow_up: float, ticks: int) -> list[float]:
    """Return the instants at which a queue enters when the engine's decision is asked once per tick."""
    entered, found = -1.0e6, []
    passed_by = np.searchsorted(conflicts, np.arange(ticks), side="right")
    padded = np.concatenate([[-1.0e6], conflicts, [1.0e15]])
    for tick in range(ticks):
        passed, arrival = padded[passed_by[tick]], padded[passed_by[tick] + 1]
        instant = entry_instant(tick - 1.0, entered, follow_up, passed)
        if accepts(instant, tick, arrival, gap):
            entered = instant
            found.append(instant)
    return found


MOVEMENTS = {
    "left from the major road": (4.1, 2.2), "right from the minor road": (6.2, 3.3), "minor through": (6.5, 4.0),
    "left from the minor road": (7.1, 3.5), "permitted left": (4.5, 2.5), "roundabout": (4.98, 2.61),
}


@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize("volume_veh_h", [200, 600, 1000])
def test_injected_poisson_conflicts_give_the_theoretical_capacity(movement: str, volume_veh_h: int) -> None:
    # 30 h of Poisson arrivals: the standard error of the capacity is below 2 %, hence 5 % as asked for. Against the
    # same arrivals told event by event the instants agree but for gaps inside one tick, which nobody can use.
    gap, follow_up = MOVEMENTS[movement]
    hours = 30
    random = np.random.default_rng(volume_veh_h)
    conflicts = np.cumsum(random.exponential(3600.0 / volume_veh_h, int(hours * volume_veh_h * 1.1)))
    found = injected(conflicts, gap, follow_up, hours * 3600)
    assert len(found) / hours == pytest.approx(capacity_veh_h(volume_veh_h, gap, follow_up), rel=0.05)
    told = entries(conflicts.tolist(), gap, follow_up, -1.0, hours * 3600.0 - 1.0)
    assert np.allclose(found[: len(told)], told)


@pytest.mark.parametrize("volume_veh_h", [100, 400, 800])
def test_a_roundabout_entry_with_injected_conflicts_has_the_capacity_of_the_manual(volume_veh_h: int) -> None:
    # 1380 exp(-0.00102 v): HCM 2016, ch. 22. The critical gap and the follow-up time are those of the formula, whose
    # derivation treats gaps as continuous: 1-2 % of difference, plus the standard error of 30 h.
    random = np.random.default_rng(volume_veh_h)
    conflicts = np.cumsum(random.exponential(3600.0 / volume_veh_h, 33 * volume_veh_h))
    found = injected(conflicts, 4.98, 2.61, 30 * 3600)
    assert len(found) / 30 == pytest.approx(1380.0 * math.exp(-0.00102 * volume_veh_h), rel=0.05)


def test_headways_at_an_all_way_stop_grow_with_the_conflict() -> None:
    cases = [(0, False), (1, False), (1, True), (2, True), (3, True)]
    assert [3.9 * stop_headway(*case) for case in cases] == pytest.approx([3.9, 4.7, 5.8, 7.0, 9.6])


def test_who_keeps_clear_is_nested() -> None:
    keys = np.random.default_rng(5).integers(0, 2**32, 4000, dtype=np.uint32)

    def those(share: float) -> set[int]:
        net = SimpleNamespace(scale=SimpleNamespace(keep_clear=round(share * 65536)))
        plain = getattr(keeps_clear, "py_func", keeps_clear)
        return {int(key) for key in keys if plain(net, key)}

    few, most = those(0.6), those(0.9)
    assert few < most
    assert len(few) / len(keys) == pytest.approx(0.6, abs=0.03)  # four standard errors
    assert those(1.0) == set(map(int, keys))
    assert not those(0.0)
