"""Whatever the network, the demand and the lanes that are closed: nobody drives onto a closed stretch or vanishes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.road_state import faults, overhang_faults, unpack
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_plan
from trafficsim.engines.ca.loop import advance, check_invariants
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.timeline import Timeline
from trafficsim.plan.arrays import Plan
from trafficsim.plan.happenings import Stretch, lane_closure_arrays
from trafficsim.spec.world import World

TICKS, OPENS = 150, 110


@st.composite
def closed_worlds(draw: st.DrawFn) -> tuple[World, list[tuple[float, float, int]]]:
    """A world with up to four stretches: where on its link by share, length by share, and bits of its lanes."""
    share = st.floats(0.0, 0.99)
    return draw(worlds()), draw(st.lists(st.tuples(share, share, st.integers(1, 15)), min_size=1, max_size=4))


def closed_plan(world: World, chosen: list[tuple[float, float, int]]) -> Plan:
    """Close the stretches from tick 20 or 50 on, on different links."""
    plan = make_plan(world)
    stretches = []
    for number, (begin, extent, bits) in enumerate(chosen[:len(plan.link_id)]):
        length_m = float(plan.links.length_m[number])
        lanes = tuple(lane for lane in range(int(np.diff(plan.links.lane_start)[number])) if bits >> lane & 1)
        stretches.append(Stretch(number, lanes, begin * length_m, begin * length_m + 1.0 + extent * length_m,
                                 20.0 + 30.0 * (number % 2), float(OPENS)))
    return replace(plan, lane_closures=lane_closure_arrays(plan, stretches))


def on_closed(program: Program) -> set[int]:
    """Trips whose front is on a stretch that is closed now."""
    road, closed = unpack(program), program.net.closed
    found: set[int] = set()
    for row in range(1, int(closed.next[0]) + 1):
        here = (road.lane == closed.lane[row]) & (road.front >= closed.first[row]) & (road.front <= closed.last[row])
        found |= set(road.trip[here].tolist())
    return found


@settings(phases=NO_SHRINKING)
@given(closed_worlds())
def test_nobody_drives_onto_what_is_closed(drawn: tuple[World, list[tuple[float, float, int]]]) -> None:
    world, chosen = drawn
    plan = closed_plan(world, chosen)
    program = compile_plan(plan, CellularAutomaton())
    line = Timeline.of(plan, CellularAutomaton(), program.zones)
    driving_off: set[int] = set()
    with np.errstate(over="ignore"):
        for tick in range(TICKS):
            known = int(program.net.closed.next[0])
            line.apply(program, tick)
            if int(program.net.closed.next[0]) != known:  # who is there when it closes drives off
                driving_off |= on_closed(program)
            inside = set(unpack(program).trip.tolist())
            advance(program, tick, tick + 1)
            found = faults(program) + overhang_faults(program)
            assert not found, f"after tick {tick}: {found}"
            # who enters the network in the middle of a link begins there
            came = {trip for trip in on_closed(program) - driving_off if trip in inside}
            assert not came, f"after tick {tick}: {came}"
            driving_off = on_closed(program)
    check_invariants(program)
