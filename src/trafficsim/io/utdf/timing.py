"""Signals of UTDF: phases in rings with their greens, and the lane groups that they serve."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trafficsim.base.errors import InputError
from trafficsim.design.timing.ring_barrier import Served, program_of, windows
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_timing import STANDARD, Plan, fitted, known_phases
from trafficsim.io.row_models import made_of
from trafficsim.io.utdf.roads import SIDES, Group, Read
from trafficsim.io.utdf.sections import Utdf
from trafficsim.spec.ring_barrier import Reference, RingBarrier, RingPhase

REFERENCES: dict[int, Reference] = {0: "last_begin_of_green", 1: "first_begin_of_yellow", 2: "first_begin_of_red",
                                    3: "first_begin_of_green"}
"""By ``Referenced To``: begin of green (of the last phase to get it), yellow, red (of the first), TS2 first green.
Source: Synchro's manual, Offset Settings."""
RECALLS = {0: "none", 1: "minimum", 2: "pedestrian", 3: "maximum", 4: "coordinated maximum", 5: "coordinated minimum"}
NEAR_S = 0.11
"""Files state times to 0.1 s."""
COLUMN = re.compile(r"D(\d{1,2})$")


def read_timing(utdf: Utdf, read: Read, ledger: Ledger) -> dict[str, RingBarrier]:
    """Read the timing of every signalised node.

    Raises
    ------
    InputError
        If a value cannot be used, or two phases have one place.
    """
    found = {}
    for node in utdf.phases.records:
        if node not in read.roads.graph:
            ledger.note("ignored", "timing of a node that is not in [Nodes]", utdf.phases.place(node, "BRP", "D1"))
            continue
        phases = [phase for column in _columns(utdf, node) if (phase := _phase(utdf, node, column, ledger))]
        if not phases:
            continue
        timing = _timing(utdf, node, phases)
        cycle_s = utdf.timeplans.number(node, "Cycle Length", "DATA", least=0)
        found[node] = fitted(Plan(timing, cycle_s or None, (), f"node {node}", may_be_splits=False), ledger)
        _check_starts(utdf, node, found[node], ledger)
    return found


def _columns(utdf: Utdf, node: str) -> Iterable[str]:
    names = {name for record in utdf.phases.records[node].values() for name in record if COLUMN.match(name)}
    return sorted(names, key=lambda name: int(name[1:]))


def _phase(utdf: Utdf, node: str, column: str, ledger: Ledger) -> RingPhase | None:
    number = int(column[1:])
    values = {name: utdf.phases.number(node, name, column, least=0)
              for name in ("MaxGreen", "MinGreen", "Yellow", "AllRed", "VehExt", "Walk", "DontWalk", "Recall")}
    green_s = values["MaxGreen"]
    if not green_s:
        return None
    place = utdf.phases.text(node, "BRP", column)
    if place.isdigit() and len(place) == 3:
        barrier, ring, position = (int(digit) for digit in place)
    else:
        ring, barrier, position = STANDARD.get(number, (1, number, 1))
        ledger.repair("signal-without-barrier", utdf.phases.place(node, "BRP", column))
    recall = values["Recall"]
    return made_of(
        RingPhase, utdf.phases.place(node, "BRP", column), number=number, ring=ring, barrier=barrier,
        position=position, green_s=green_s, yellow_s=values["Yellow"] or 0.0, all_red_s=values["AllRed"] or 0.0,
        min_green_s=values["MinGreen"], max_green_s=green_s, extension_s=values["VehExt"], walk_s=values["Walk"],
        ped_clearance_s=values["DontWalk"], recall=RECALLS.get(int(recall), "") if recall is not None else "")


def _timing(utdf: Utdf, node: str, phases: list[RingPhase]) -> RingBarrier:
    reference = utdf.timeplans.whole(node, "Reference Phase", "DATA") or 0
    numbers = {phase.number for phase in phases}
    coordinated = tuple(one for one in (reference // 100, reference % 100) if one in numbers)
    kind = utdf.timeplans.whole(node, "Referenced To", "DATA") or 0
    where = utdf.timeplans.place(node, "Referenced To", "DATA")
    if kind not in REFERENCES:
        raise InputError(where, f"{kind}", f"one of {', '.join(map(str, REFERENCES))}", "correct the reference")
    return made_of(RingBarrier, where, phases=tuple(phases), reference=REFERENCES[kind],
                               offset_s=utdf.timeplans.number(node, "Offset", "DATA") or 0.0, coordinated=coordinated)


def _check_starts(utdf: Utdf, node: str, timing: RingBarrier, ledger: Ledger) -> None:
    """Compare the beginnings of phases that the file states with those that greens and offset lead to."""
    begins_s = program_of(node, timing, [Served(always="G")]).offset_s
    for number, window in windows(timing).items():
        stated = utdf.phases.number(node, "Start", f"D{number}")
        if stated is None:
            continue
        apart_s = (stated - begins_s - window.begin_s) % timing.cycle_s
        if min(apart_s, timing.cycle_s - apart_s) > NEAR_S:
            ledger.repair("signal-start-contradicted", f"{utdf.phases.place(node, 'Start', f'D{number}')} "
                          f"({stated:g} s, now {(begins_s + window.begin_s) % timing.cycle_s:.1f} s)")
        else:
            ledger.note("read", "beginning of a phase that agrees with greens and offset", f"node {node}")


def phases_of(utdf: Utdf, read: Read, groups: list[Group], timing: RingBarrier) -> Served:
    """Return the phases that serve a lane, those of all its lane groups.

    Movements without a phase go with that of their neighbour, as Synchro lets right turns go with the through
    movement.
    """
    protected: list[int] = []
    permitted: list[int] = []
    on_red = "s" if all(group.side in ("R", "R2") and utdf.lanes.whole(group.node, "Allow RTOR", group.column) == 1
                        for group in groups) else "r"
    for group in groups:
        own = _stated(utdf, group)
        if not any(own):
            own = next((found for one in _neighbours(read, group) if any(found := _stated(utdf, one))), ([], []))
            if group.turn in ("left", "u_turn"):
                own = [], [*own[0], *own[1]]
        protected += own[0]
        permitted += own[1]
    kept = known_phases(timing, protected)
    return Served(kept, tuple(one for one in known_phases(timing, permitted) if one not in kept), on_red)


def _stated(utdf: Utdf, group: Group) -> tuple[list[int], list[int]]:
    found: list[list[int]] = []
    for record in ("Phase", "PermPhase"):
        numbers = (utdf.lanes.whole(group.node, f"{record}{place}", group.column) for place in range(1, 5))
        found.append([number for number in numbers if number])
    return found[0], found[1]


def _neighbours(read: Read, group: Group) -> list[Group]:
    """Other lane groups of the approach, the through movement first, then the nearest."""
    place = SIDES.index(group.side)
    others = [one for one in read.groups[group.link] if one.column != group.column]
    return sorted(others, key=lambda one: (one.side != "T", abs(SIDES.index(one.side) - place)))
