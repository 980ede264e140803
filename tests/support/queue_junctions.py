"""Junctions of the queue engine whose minor streams never run dry: who leaves which line when, to the millisecond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tests.oracles.gap_acceptance import entries
from tests.support.junctions import (
    BEGIN_S,
    CARS,
    ENDLESS_VEH_H,
    Crossing,
    PermittedLeft,
    green_of,
    minor_network,
)
from tests.support.worlds import UNIFORM, make_plan, make_world
from trafficsim.design.synthetic import junction
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.signals import commands_of, control_of
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.agenda import advance
from trafficsim.plan.arrays import Plan
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time

PATIENT_MS = 1.0e12
Pair = tuple[str, str]


class Times(NamedTuple):
    """When vehicles came to a line, but for those before them, and when they crossed it, s."""

    ready: np.ndarray
    left: np.ndarray


Passings = dict[Pair, Times]
"""By movement (link in, link out)."""


def plan_of(network: Network, flows: Mapping[tuple[str, ...], float], seconds: float) -> Plan:
    """Lower a network with flows (veh/h) by the links of their route, and a detector on every lane."""
    demand = [Flow(id=f"f{number}", volume_veh_h=volume, route=route, vehicle_classes=CARS)
              for number, (route, volume) in enumerate(flows.items()) if volume > 0]
    plan = make_plan(make_world(network, demand, time=Time(analysis_s=seconds, clear_s=0.0), drivers=UNIFORM))
    lanes = len(plan.lanes.link)
    everywhere = plan.detectors._replace(name=("d",) * lanes, lane=np.arange(lanes, dtype=np.int32),
                                         position_m=np.array(plan.lanes.length_m))
    return replace(plan, detectors=everywhere)


def passings(plan: Plan, impatience_ms: float = PATIENT_MS) -> Passings:
    """Run, and return when lines were crossed; unless told, drivers do not grow impatient."""
    world = compile_plan(plan, QueueSettings())
    world = world._replace(net=world.net._replace(impatience=impatience_ms))
    with np.errstate(over="ignore"):
        arguments = (world, commands_of(control_of(plan)), 0, round((plan.end_s - plan.start_s) * 1000.0))
        entry_of(advance, *arguments)(*arguments)
    rows = int(world.counts.total[4])
    place, ready, left = world.log.place[:rows], world.log.ready[:rows] / 1000.0, world.log.left[:rows] / 1000.0
    turn = world.trips.turn[place]
    return {(plan.link_id[a], plan.link_id[b]): Times(ready[turn == number], left[turn == number])
            for number, (a, b) in enumerate(zip(plan.turns.from_link, plan.turns.to_link, strict=True))}


def crossing(seen: Passings, minor: Pair, major: Sequence[Pair], seconds: float) -> Crossing:
    """Return the entries of a movement, and those that pass before it."""
    late = seen[minor].left[seen[minor].left >= BEGIN_S]
    return Crossing(late, np.sort(np.concatenate([seen[pair].left for pair in major])), (seconds - BEGIN_S) / 3600.0)


def minor_road(conflicting_veh_h: float, gap_s: float, follow_up_s: float, *, must_stop: bool = False,
               seconds: int = 10_000, impatience_ms: float = PATIENT_MS) -> Crossing:
    """One lane that gives way to one stream that it crosses."""
    network = minor_network(gap_s, follow_up_s, must_stop)
    flows = {("major", "beyond"): conflicting_veh_h, ("minor", "out"): ENDLESS_VEH_H}
    seen = passings(plan_of(network, flows, seconds), impatience_ms)
    return crossing(seen, ("minor", "out"), [("major", "beyond")], seconds)


def roundabout_entry(circulating_veh_h: float, seconds: int) -> tuple[Crossing, tuple[float, float]]:
    """Measure the entry of arm 1 of a one-lane roundabout; also return its critical gap and follow-up time (s)."""
    network = junction(control="roundabout")
    (entry,) = (one for one in network.connections if (one.from_link, one.to_link) == ("in1", "ring1"))
    flows = {("in0", "ring0", "ring1", "out2"): circulating_veh_h, ("in1", "ring1", "out2"): ENDLESS_VEH_H}
    seen = passings(plan_of(network, flows, seconds))
    return (crossing(seen, ("in1", "ring1"), [("ring0", "ring1")], seconds), (entry.critical_gap_s, entry.follow_up_s))


def permitted_left(opposing_veh_h: float, cycles: int) -> PermittedLeft:
    """Measure the left turn from arm 0 of a junction of one-lane streets with the default signal program.

    Gaps end when somebody comes, who may stop at yellow then: nobody knows that before.
    """
    network = junction(control="signal")
    (movement,) = (one for one in network.connections if (one.from_link, one.to_link) == ("in0", "out3"))
    signal, = network.signals
    green = green_of(signal, movement.signal_index or 0)
    warm = int(BEGIN_S // signal.cycle_s) + 1
    seconds = round((warm + cycles) * signal.cycle_s)
    plan = plan_of(network, {("in2", "out0"): opposing_veh_h, ("in0", "out3"): ENDLESS_VEH_H}, seconds)
    seen = passings(plan)
    begin = warm * signal.cycle_s
    entered, opposing = seen["in0", "out3"].left, np.sort(np.concatenate(seen["in2", "out0"]))
    within = np.mod(entered[entered >= begin], signal.cycle_s)
    of_green = int(((within >= green[0]) & (within < green[1])).sum())
    told = [entries(opposing.tolist(), movement.critical_gap_s, movement.follow_up_s, at + green[0] + 1.0,
                    at + green[1]) for at in begin + signal.cycle_s * np.arange(cycles)]
    (conn,) = (row for row in range(len(plan.connections.turn))
               if plan.link_id[plan.lanes.link[plan.connections.from_lane[row]]] == "in0"
               and plan.link_id[plan.lanes.link[plan.connections.to_lane[row]]] == "out3")
    places = int(compile_plan(plan, QueueSettings()).net.inside[conn])
    return PermittedLeft(of_green / cycles, (len(within) - of_green) / cycles, sum(map(len, told)) / cycles, places)


def departure_headways(network: Network, arms: Sequence[int], seconds: int) -> np.ndarray:
    """Return the mean headway (s) of departures straight on from endless queues in some arms of a junction of four."""
    pairs = [(f"in{arm}", f"out{(arm + 2) % 4}") for arm in arms]
    seen = passings(plan_of(network, dict.fromkeys(pairs, ENDLESS_VEH_H), seconds))
    return np.array([(seconds - BEGIN_S) / np.count_nonzero(seen[pair].left >= BEGIN_S) for pair in pairs])
