"""One vehicle alone never waits for ever, whatever the network and its route."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import assume, given, settings

from tests.properties.junctions import drawn_worlds
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import link, make_network, make_plan, make_world
from trafficsim.base.codes import COMPLETED
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import compile_plan
from trafficsim.plan.arrays import Plan
from trafficsim.plan.free_flow import free_flow_time_s
from trafficsim.plan.network import turn_of
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.demand import Demand, Trip
from trafficsim.spec.network import Connection
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

TIMEOUT_S = 60.0
"""After so long at a line drivers squeeze in; where there is a signal, they do so at its next green."""
LINK_S = 12.0
"""Speeding up, stopping once at the line, a stop sign, a gap or a turn from the wrong lane."""
VEHICLE_M = 14.5
"""A bus or truck and the gap behind it."""
EXAMPLES = settings().max_examples if os.environ.get("NUMBA_DISABLE_JIT", "0") == "0" else 15
"""Without a compiler a run takes seconds."""
TINY_TO_LONG_M = (0.2, 0.2, 0.3, 1.0, 2.0, 5.0, 8.0, 20.0, 60.0, 120.0)


@settings(phases=NO_SHRINKING, max_examples=EXAMPLES)
@given(worlds(most_trips=1, lengths_m=TINY_TO_LONG_M))
def test_a_vehicle_alone_arrives_within_the_cycles_of_its_signals(world: World) -> None:
    assume(smallest_round_m(make_plan(world)) > VEHICLE_M)  # nobody can drive round a ring shorter than the vehicle
    arrives_alone(world)


@settings(phases=NO_SHRINKING, max_examples=EXAMPLES)
@given(drawn_worlds())
def test_a_vehicle_alone_arrives_in_a_network_with_inferred_junctions(world: World) -> None:
    for trip in world.demand.trips[:3]:
        alone = replace(world, demand=Demand(trips=(trip,)))
        assume(smallest_round_m(make_plan(alone)) > VEHICLE_M)
        arrives_alone(alone)


def test_who_turns_round_over_tiny_links_comes_back_to_a_signal_that_is_red_by_then() -> None:
    # a car does not fit between the two lines, and only one of them has green at a time
    rows = [link("in", 100.0), link("a", 0.2), link("b", 0.2), link("out", 100.0)]
    joints = [
        Connection(from_link="in", from_lane=0, to_link="a", to_lane=0, length_m=9.0, signal="s", signal_index=0,
                   crosses=(2,)),
        Connection(from_link="a", from_lane=0, to_link="b", to_lane=0),
        Connection(from_link="b", from_lane=0, to_link="out", to_lane=0, length_m=9.0, signal="s", signal_index=1,
                   crosses=(0,)),
    ]
    phases = tuple(Phase(duration_s=duration, state=state) for duration, state in ((20, "Gr"), (10, "rr"), (20, "rG")))
    network = make_network(rows, joints, [SignalProgram(id="s", phases=(*phases, Phase(duration_s=10, state="rr")))])
    arrives_alone(make_world(network, trips=[Trip(id="t", depart_s=25.0, route=("in", "a", "b", "out"))]))


def test_who_stands_in_a_lane_whose_signal_is_always_red_turns_at_green_of_the_turn() -> None:
    rows = [link("in", 5.0, lanes=2), link("on", 100.0), link("side", 100.0)]
    joints = [
        Connection(from_link="in", from_lane=0, to_link="side", to_lane=0, signal="s", signal_index=0),
        Connection(from_link="in", from_lane=1, to_link="on", to_lane=0, signal="s", signal_index=1),
    ]
    phases = (Phase(duration_s=20, state="rG"), Phase(duration_s=40, state="rr"))
    network = make_network(rows, joints, [SignalProgram(id="s", phases=phases)])
    trip = Trip(id="t", depart_s=30.0, route=("in", "on"), vehicle_class="bus", depart_lane=0)
    arrives_alone(make_world(network, trips=[trip]))


def arrives_alone(world: World) -> None:
    """Run the only trip of a world for as long as it may take."""
    plan = make_plan(world)
    program = compile_plan(plan, world.scenario.ca)
    most = int(plan.trips.depart_s[0] - plan.start_s + most_time_s(plan)) + 1
    advance(program, 0, most)
    row = program.trips.row[0]
    route = [plan.link_id[at] for at in plan.trips.route_link]
    assert row.status == COMPLETED, f"after {most} s at route position {row.route_position} of {route}"


def smallest_round_m(plan: Plan) -> float:
    """Return the length of the shortest part of the only route that comes back to the link where it began."""
    trips = plan.trips
    turns = turn_of(plan.turns, trips.route_link[:-1], trips.route_link[1:])
    connector_m = turn_means(plan.connections, len(plan.turns.from_link))[0][turns]
    position_m = np.append(0.0, np.cumsum(plan.links.length_m[trips.route_link[:-1]] + connector_m))
    route_positions = range(len(trips.route_link))
    return min(
        (
            position_m[b] - position_m[a]
            for a, b in combinations(route_positions, 2)
            if trips.route_link[a] == trips.route_link[b]
        ),
        default=math.inf,
    )


def most_time_s(plan: Plan) -> float:
    """Time in which a vehicle alone arrives: free flow, and at every line a cycle and the patience of a driver."""
    time_s = 2.0 * float(free_flow_time_s(plan)[0]) + LINK_S + float(plan.trips.stop_dwell_s.sum())
    for crossed in plan.trips.route_link[:-1]:
        lanes = range(plan.links.lane_start[crossed], plan.links.lane_start[crossed + 1])
        groups = plan.connections.signal_group[np.isin(plan.connections.from_lane, lanes)]
        time_s += LINK_S + TIMEOUT_S + longest_cycle_s(plan, groups[groups >= 0])
    return time_s


def longest_cycle_s(plan: Plan, groups: np.ndarray) -> float:
    """Return the longest cycle of the programs of some signal groups; 0 without one."""
    programs = set((np.searchsorted(plan.signals.group_start, groups, side="right") - 1).tolist())
    phases = [slice(*plan.signals.phase_start[each : each + 2]) for each in programs]
    return max((float(plan.signals.duration_s[of].sum()) for of in phases), default=0.0)
