"""Whatever the rule, the road and the traffic: nobody overlaps, overtakes in a lane, vanishes or drives too fast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.road_state import Road, faults, unpack
from tests.properties.networks import NO_SHRINKING, worlds
from tests.properties.test_road import motion_faults
from tests.support.rings import at_random, rule_ring
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.world import World

RULES = ("default", "nasch", "vdr", "brake-light")
LENGTH = {"default": 14, "nasch": 1, "vdr": 1, "brake-light": 5}
SLOTS, RING_TICKS, WORLD_TICKS = 60, 60, 120


def along_the_ring(program: Program, road: Road) -> tuple[np.ndarray, np.ndarray]:
    """Return trips and fronts (cells from the start of the first link), from the foremost back."""
    per_link = int(program.net.lane[0].length)
    front = (road.lane + 1) * per_link + road.front
    order = np.argsort(-front, kind="stable")
    return road.trip[order], front[order]


@pytest.mark.parametrize("rule", RULES)
@settings(phases=NO_SHRINKING, max_examples=12)
@given(vehicles=st.integers(1, SLOTS), v_max=st.integers(1, 11), seed=st.integers(0, 10**6))
def test_on_a_ring_order_distance_and_speed_are_kept(rule: str, vehicles: int, v_max: int, seed: int) -> None:
    length, ca = LENGTH[rule], CellularAutomaton(rule=rule)  # type: ignore[arg-type]
    cells = SLOTS * 2 * length
    fronts = [length * front for front in at_random(SLOTS, vehicles, seed)]
    program = rule_ring(ca, v_max, cells, fronts, 0, RING_TICKS)
    order, _ = along_the_ring(program, unpack(program))
    for tick in range(RING_TICKS):
        advance(program, tick, tick + 1)
        road = unpack(program)
        trips, front = along_the_ring(program, road)
        assert len(trips) == vehicles
        assert trips.tolist() == np.roll(order, -order.tolist().index(trips[0])).tolist(), "nobody overtakes"
        gap = np.append(front[:-1] - front[1:], front[-1] + cells - front[0])[: max(vehicles - 1, 1)]
        assert vehicles == 1 or gap.min() >= length, "nobody overlaps"
        dither = 1.0 + float(program.rule.give_back) if rule == "default" else 0.0
        assert road.speed.max() <= v_max + dither
    assert program.work.count[Count.REPAIRS] == 0


@pytest.mark.parametrize("rule", RULES[1:])
@settings(phases=NO_SHRINKING, max_examples=12)
@given(world=worlds())
def test_on_any_network_the_road_stays_in_order(rule: str, world: World) -> None:
    ca = CellularAutomaton(rule=rule)  # type: ignore[arg-type]
    scenario = world.scenario.model_copy(update={"ca": ca})
    program = make_program(World(scenario, world.network, world.demand, world.vehicle_classes))
    before: Road | None = None
    for tick in range(WORLD_TICKS):
        route_positions = program.trips.row.route_position.copy()
        advance(program, tick, tick + 1)
        road = unpack(program)
        found = faults(program) + (motion_faults(program, before, road, route_positions) if before is not None else [])
        assert not found, f"after tick {tick}: {found}"
        before = road
