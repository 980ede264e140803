"""What controllers need to know of turns: which phases serve them, what follows them, what their links hold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.plan.approaches import Approaches, approaches_of
from trafficsim.plan.arrays import F8, I4, U1, Plan
from trafficsim.plan.control_arrays import ServeArrays, TurnControlArrays
from trafficsim.plan.network import starts, turn_of
from trafficsim.spec.control import SignalControl

BY_QUEUES = ("max_pressure", "sotl")
"""Methods that count vehicles by movement."""
JAM_SPACING_M = 7.5
"""Road that a vehicle takes up in a queue (Nagel & Schreckenberg 1992)."""


class Served(NamedTuple):
    """Turns that the phases of one controller serve: rows ``(turn, lanes, protected)`` by phase."""

    rows: list[list[tuple[int, int, int]]]


def served_turns(plan: Plan, first_group: int, letters: list[U1]) -> Served:
    """Return the turns that are green in each phase, with the number of lanes that serve them."""
    conns, rows = plan.connections, []
    for codes in letters:
        found: dict[int, list[int]] = {}
        inside = np.flatnonzero((conns.signal_group >= first_group) & (conns.signal_group < first_group + len(codes)))
        for number in inside.tolist():
            code = int(codes[conns.signal_group[number] - first_group])
            if code in (GREEN, PERMITTED):
                row = found.setdefault(int(conns.turn[number]), [0, 0])
                row[0] += 1
                row[1] |= code == GREEN
        rows.append([(turn, lanes, int(protected)) for turn, (lanes, protected) in sorted(found.items())])
    return Served(rows)


def serve_arrays(served: list[Served]) -> tuple[ServeArrays, I4]:
    """Return the turns served by all phases, and where those of each phase begin."""
    phases = [rows for one in served for rows in one.rows]
    flat = [row for rows in phases for row in rows]
    turn, lanes, protected = (np.array([row[place] for row in flat], np.int32) for place in range(3))
    return ServeArrays(turn, lanes, protected.astype(np.uint8)), starts([len(rows) for rows in phases])


def turn_arrays(plan: Plan, controls: list[SignalControl], served: list[Served], compatible: list[list[int]],
                ) -> tuple[TurnControlArrays, I4, F8]:
    """Return what controllers need to know of all turns, and the turns beyond with their shares."""
    count = len(plan.turns.to_link)
    controller, preempts = np.full(count, -1, np.int32), np.zeros(count, np.int64)
    transit_m, emergency_m = np.zeros(count), np.zeros(count)
    reach_m, outside = np.full(count, np.inf), np.zeros(count, np.bool_)
    wanted = np.zeros(count, np.bool_)
    for number, (control, one) in enumerate(zip(controls, served, strict=True)):
        turns = sorted({row[0] for rows in one.rows for row in rows})
        controller[turns] = number
        if control.priority is not None:
            transit_m[turns] = control.priority.check_in_m
        if control.preemption is not None:
            emergency_m[turns] = control.preemption.check_in_m
        wanted[turns] |= control.method == "max_pressure"
        if control.method in BY_QUEUES:
            reach_m[turns], outside[turns] = _reach_m(control), True
        for turn in turns:
            preempts[turn] = _preempting(plan, control, one, compatible[number], turn)
    lanes = np.add.reduceat(plan.lanes.length_m, plan.links.lane_start[:-1]) if len(plan.link_id) else np.zeros(0)
    chains = approaches_of(plan)
    storage = np.maximum(chains.total(lanes) / JAM_SPACING_M, 1.0)
    start, beyond, share = _beyond(plan, wanted, chains)
    reach_m = _reach_beyond(reach_m, controller, start, beyond)
    return TurnControlArrays(controller, transit_m, emergency_m, preempts, reach_m, outside,
                             storage[plan.turns.from_link], storage[plan.turns.to_link], start), beyond, share


def _reach_m(control: SignalControl) -> float:
    options = control.max_pressure if control.method == "max_pressure" else control.sotl
    return np.inf if options.detection_m is None else options.detection_m


def _reach_beyond(reach_m: F8, controller: I4, start: I4, beyond: I4) -> F8:
    """Where nobody controls a turn, it is seen as far as the turn that leads to it; the least of several."""
    found = reach_m.copy()
    own = np.repeat(reach_m, np.diff(start))
    free = controller[beyond] < 0
    np.minimum.at(found, beyond[free], own[free])
    return found


def _preempting(plan: Plan, control: SignalControl, served: Served, compatible: list[int], turn: int) -> int:
    """Phases for an emergency vehicle: the one that serves its turn best, and others of its approach beside it."""
    link = plan.turns.from_link[turn]

    def worth(phase: int) -> tuple[int, int, int, int]:
        rows = [row for row in served.rows[phase] if plan.turns.from_link[row[0]] == link]
        own = [row for row in rows if row[0] == turn]
        return (len(own), max((row[2] for row in own), default=0), len(rows), -phase)

    order = sorted(range(len(served.rows)), key=worth, reverse=True)
    mask, rings = 1 << order[0], {control.phases[order[0]].ring}
    for phase in order[1:]:
        if worth(phase)[2] and control.phases[phase].ring not in rings and mask & ~compatible[phase] == 0:
            mask |= 1 << phase
            rings.add(control.phases[phase].ring)
    return mask


def _beyond(plan: Plan, wanted: np.ndarray, chains: Approaches) -> tuple[I4, I4, F8]:
    """Turns that follow those that are wanted, with the share of the trips of the plan that make each."""
    if not wanted.any():
        return np.zeros(len(wanted) + 1, np.int32), np.zeros(0, np.int32), np.zeros(0)
    turns, trips = plan.turns, plan.trips
    same = np.diff(np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))) == 0
    made = turn_of(turns, trips.route_link[:-1][same], trips.route_link[1:][same])
    volume = np.bincount(made[made >= 0], minlength=len(wanted)).astype(np.float64)
    rows: list[list[tuple[int, float]]] = []
    for turn in range(len(wanted)):
        link = int(chains.last[turns.to_link[turn]])
        after = range(int(plan.links.turn_start[link]), int(plan.links.turn_start[link + 1])) if wanted[turn] else ()
        total = float(volume[list(after)].sum()) if after else 0.0
        rows.append([(one, float(volume[one]) / total if total > 0.0 else 1.0 / len(after)) for one in after])
    flat = [row for part in rows for row in part]
    return (starts([len(part) for part in rows]), np.array([row[0] for row in flat], np.int32),
            np.array([row[1] for row in flat], np.float64))
