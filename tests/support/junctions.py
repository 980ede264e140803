"""Junctions whose minor streams never run dry: who enters when, and when those with priority pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.oracles.gap_acceptance import entries
from tests.support.worlds import UNIFORM, link, make_network, make_program, make_world, through
from trafficsim.design.synthetic import junction
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import SignalProgram

CARS = {"car": 1.0}
BEGIN_S = 300
"""Queues have grown by then."""
ENDLESS_VEH_H = 2000.0
PATIENT_S = 1.0e9


@dataclass(frozen=True)
class Crossing:
    """What was seen at a junction: instants (s) of the entries from one lane, and of passings with priority."""

    entered: np.ndarray
    passed: np.ndarray
    hours: float

    @property
    def flow_veh_h(self) -> float:
        """Entries per hour."""
        return len(self.entered) / self.hours

    def theory_veh_h(self, gap_s: float, follow_up_s: float) -> float:
        """What gap acceptance gives on the recorded passings."""
        end = BEGIN_S + self.hours * 3600.0
        return len(entries(self.passed.tolist(), gap_s, follow_up_s, BEGIN_S, end)) / self.hours


def watch(program: Program, seconds: int, minor: Iterable[int], major: Iterable[int]) -> Crossing:
    """Run, and record who enters by the connections ``minor`` and who passes on ``major``."""
    minor, major = list(minor), list(major)
    passed_before = program.work.conn.passed.copy()
    entered: list[float] = []
    passed: list[float] = []
    for tick in range(seconds):
        advance(program, tick, tick + 1)
        now = program.work.conn.passed
        lanes = program.net.conn.origin
        entered += [
            float(program.work.gap_request.entered[lanes[conn]]) for conn in minor if now[conn] != passed_before[conn]
        ]
        passed += [float(now[conn]) for conn in major if now[conn] != passed_before[conn]]
        passed_before = now.copy()
    late = np.array([instant for instant in entered if instant >= BEGIN_S])
    return Crossing(late, np.sort(passed), (seconds - BEGIN_S) / 3600.0)


def saturated(network: Network, flows: Mapping[tuple[str, ...], float], seconds: int,
              impatience_time_s: float = PATIENT_S, keep_clear_share: float = 1.0) -> Program:
    """Compile a network with flows (veh/h) by the links of their route; unless told, drivers do not grow impatient."""
    demand = [Flow(id=f"f{number}", volume_veh_h=volume, route=route, vehicle_classes=CARS)
              for number, (route, volume) in enumerate(flows.items()) if volume > 0]
    world = make_world(network, demand, time=Time(analysis_s=float(seconds), clear_s=0.0),
                       drivers=UNIFORM.model_copy(update={"keep_clear_share": keep_clear_share}))
    program = make_program(world)
    program.net.scale["impatience_time"] = impatience_time_s
    return program


def minor_network(gap_s: float, follow_up_s: float, must_stop: bool) -> Network:
    """Return one lane that gives way to one that it crosses."""
    rows = [link("major", 600.0), link("beyond", 200.0), link("minor", 300.0), link("out", 200.0)]
    first, = through("major", "beyond", length_m=12.0, crosses=(1,))
    second = Connection(from_link="minor", from_lane=0, to_link="out", to_lane=0, length_m=12.0, speed_limit_kmh=30.0,
                        yields_to=(0,), crosses=(0,), critical_gap_s=gap_s, follow_up_s=follow_up_s,
                        must_stop=must_stop)
    return make_network(rows, [first, second])


def minor_road(conflicting_veh_h: float, gap_s: float, follow_up_s: float, *, must_stop: bool = False,
               seconds: int = 5000, impatience_time_s: float = PATIENT_S) -> Crossing:
    """One lane that gives way to one stream that it crosses."""
    flows = {("major", "beyond"): conflicting_veh_h, ("minor", "out"): ENDLESS_VEH_H}
    program = saturated(minor_network(gap_s, follow_up_s, must_stop), flows, seconds, impatience_time_s)
    return watch(program, seconds, [1], [0])


def roundabout_entry(circulating_veh_h: float, seconds: int) -> tuple[Crossing, tuple[float, float]]:
    """Measure the entry of arm 1 of a one-lane roundabout; also return its critical gap and follow-up time (s)."""
    network = junction(control="roundabout")
    (entry,) = (
        movement for movement in network.connections if (movement.from_link, movement.to_link) == ("in1", "ring1")
    )
    flows = {("in0", "ring0", "ring1", "out2"): circulating_veh_h, ("in1", "ring1", "out2"): ENDLESS_VEH_H}
    program = saturated(network, flows, seconds)
    before, into = (connections_of(network, program, [pair]) for pair in (("ring0", "ring1"), ("in1", "ring1")))
    return watch(program, seconds, into, before), (entry.critical_gap_s, entry.follow_up_s)


def connections_of(network: Network, program: Program, pairs: Sequence[tuple[str, str]]) -> list[int]:
    """Return the engine's connections between links."""
    links = list(network.links)
    net = program.net
    wanted = {(links.index(a), links.index(b)) for a, b in pairs}
    return [conn for conn in range(len(network.connections))
            if (net.lane.link[net.conn.origin[conn]], net.lane.link[net.conn.to[conn]]) in wanted]


@dataclass(frozen=True)
class PermittedLeft:
    """Left turns per cycle through an opposing stream."""

    in_green: float
    after_green: float
    """Sneakers: who left a waiting area after the end of green."""
    theory: float
    """Entries during green by gap acceptance on the recorded passings."""
    places: int


def permitted_left(opposing_veh_h: float, cycles: int) -> PermittedLeft:
    """Measure the left turn from arm 0 of a junction of one-lane streets with the default signal program."""
    network = junction(control="signal")
    (movement,) = (
        movement for movement in network.connections if (movement.from_link, movement.to_link) == ("in0", "out3")
    )
    signal, = network.signals
    green = green_of(signal, movement.signal_index or 0)
    warm = int(BEGIN_S // signal.cycle_s) + 1
    seconds = round((warm + cycles) * signal.cycle_s)
    flows = {("in2", "out0"): opposing_veh_h, ("in0", "out3"): ENDLESS_VEH_H}
    program = saturated(network, flows, seconds)
    left, = connections_of(network, program, [("in0", "out3")])
    seen = watch(program, seconds, [left], connections_of(network, program, [("in2", "out0")]))
    begin = warm * signal.cycle_s
    within = np.mod(seen.entered[seen.entered >= begin], signal.cycle_s)
    of_green = int(((within >= green[0]) & (within < green[1])).sum())
    told = [
        entries(seen.passed.tolist(), movement.critical_gap_s, movement.follow_up_s, at + green[0] + 1.0, at + green[1])
        for at in begin + signal.cycle_s * np.arange(cycles)
    ]
    return PermittedLeft(of_green / cycles, (len(within) - of_green) / cycles, sum(map(len, told)) / cycles,
                         int(program.net.conn.places[left]))


def green_of(signal: SignalProgram, index: int) -> tuple[float, float]:
    """Return begin and end (s in the cycle) of the only green of a signal index."""
    ends = np.cumsum([phase.duration_s for phase in signal.phases])
    at, = (place for place, phase in enumerate(signal.phases) if phase.state[index] in "gG")
    return float(ends[at] - signal.phases[at].duration_s), float(ends[at])


def departure_headways(network: Network, arms: Sequence[int], seconds: int) -> np.ndarray:
    """Return the mean headway (s) of departures straight on from endless queues in some arms of a junction of four."""
    pairs = [(f"in{arm}", f"out{(arm + 2) % 4}") for arm in arms]
    program = saturated(network, dict.fromkeys(pairs, ENDLESS_VEH_H), seconds)
    return 3600.0 / flows_by_movement(network, program, pairs, seconds)


def flows_by_movement(network: Network, program: Program, pairs: Sequence[tuple[str, str]], seconds: int) -> np.ndarray:
    """Run, and return the flow (veh/h) of movements between links."""
    conns = [connections_of(network, program, [pair]) for pair in pairs]
    crossed = np.zeros(len(pairs))
    for tick in range(seconds):
        advance(program, tick, tick + 1)
        if tick >= BEGIN_S:
            crossed += [sum(program.work.conn.last_entry[one] == tick) for one in conns]
    return crossed * 3600.0 / (seconds - BEGIN_S)
