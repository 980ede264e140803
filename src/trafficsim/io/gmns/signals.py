"""Signals of GMNS: plans, phases in rings, and the movements that they serve."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from trafficsim.base.errors import InputError, NetworkError, quoted
from trafficsim.design.inference.staging import yellow_s
from trafficsim.design.timing.ring_barrier import Served
from trafficsim.io.gmns.day_plans import DayPlans, plan_time
from trafficsim.io.gmns.movements import Key, Stated
from trafficsim.io.gmns.roads import Read
from trafficsim.io.gmns.tables import Folder, Row
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_timing import STANDARD, Plan, Rings, fitted
from trafficsim.io.row_models import made_of
from trafficsim.spec.ring_barrier import MOST_PHASE, Reference, RingBarrier, RingPhase

REFERENCES: dict[str, Reference] = {
    "": "last_begin_of_green", "begin_of_green": "last_begin_of_green", "begin_of_yellow": "first_begin_of_yellow",
    "begin_of_red": "first_begin_of_red", **{one: one for one in get_args(Reference)},
}
Block = tuple[str, str]
"""Plan and controller."""


@dataclass
class Signals:
    """Timing by node, and the phases that serve each connection there."""

    timings: dict[str, RingBarrier] = field(default_factory=dict)
    served: dict[Key, Served] = field(default_factory=dict)
    plans: dict[str, DayPlans] = field(default_factory=dict)
    """Plans by time of day, of nodes that have several."""
    coordinated: dict[str, bool] = field(default_factory=dict)
    """Nodes whose phases vehicles extend, and whether the chosen plan has a cycle."""
    least_s: dict[str, dict[int, float]] = field(default_factory=dict)
    """Shortest minimum green of each phase of these over all plans: plans with a cycle often state splits there."""


@dataclass
class _Tables:
    plans: dict[str, list[Row]]
    coordination: dict[Block, Row]
    phases: dict[Block, list[Row]]
    ledger: Ledger


def read_signals(folder: Folder, stated: Stated, read: Read, ledger: Ledger) -> Signals:
    """Read the signals of a folder: of each controller its plans, the first that states a cycle before the others.

    Raises
    ------
    InputError, NetworkError
        If a value cannot be used.
    """
    tables = _read_tables(folder, stated, ledger)
    found = Signals()
    by_controller: dict[str, list[Block]] = defaultdict(list)
    for block in tables.phases:
        by_controller[block[1]].append(block)
    for controller, blocks in by_controller.items():
        node = controller if controller in read.roads.graph else ""
        if not node:
            ledger.note("ignored", "signal controller that is no node of the network", f"controller {controller!r}")
            continue
        speed_kmh = max((read.speed_kmh[link] for link, ends in read.ends.items() if ends[1] == node), default=50.0)
        timings = {block[0]: timing for block in blocks
                   if (timing := _fitted(tables, block, blocks, speed_kmh)) is not None}
        if timings:
            chosen = next((block[0] for block in blocks if _cycle(tables, block) and block[0] in timings), None)
            found.timings[node] = timings[chosen or next(iter(timings))]
            if any(phase.extension_s for phase in found.timings[node].phases):
                found.coordinated[node] = chosen is not None and bool(found.timings[node].coordinated)
                found.least_s[node] = _least(timings.values())
            _note_day(tables, node, timings, chosen or next(iter(timings)), found)
    _serve(folder.table("signal_phase_mvmt"), tables, stated, found, ledger)
    return found


def _least(timings: Iterable[RingBarrier]) -> dict[int, float]:
    found: dict[int, float] = {}
    for phase in (phase for timing in timings for phase in timing.phases):
        if phase.min_green_s is not None:
            found[phase.number] = min(found.get(phase.number, phase.min_green_s), phase.min_green_s)
    return found


def _fitted(tables: _Tables, block: Block, blocks: Sequence[Block], speed_kmh: float) -> RingBarrier | None:
    """Timing of a plan that fills its cycle, if need be with the rings of another plan of the controller."""
    timing = _timing(tables, block, speed_kmh)
    if timing is None:
        return None
    others = tuple(rings for one in blocks if one != block and (rings := _rings(tables.phases[one])) is not None)
    where = f"plan {block[0]} of controller {block[1]}"
    if _cycle(tables, block) is None:
        tables.ledger.note("inferred", "fixed program of a plan without a cycle, from its greatest greens", where,
                           level="warning")
    return fitted(Plan(timing, _cycle(tables, block), others, where), tables.ledger)


def _note_day(tables: _Tables, node: str, timings: Mapping[str, RingBarrier], chosen: str, found: Signals) -> None:
    """Keep the times of a controller's plans, if it has several."""
    times = tuple(time for plan in timings for row in tables.plans.get(plan, ())
                  if (time := plan_time(row, tables.ledger)) is not None)
    if len(timings) < 2:
        return
    if not times:
        tables.ledger.note("ignored", "timing plan of which no time of day is known", f"controller {node!r}",
                           times=len(timings) - 1)
        return
    named = {time.plan for time in times}
    found.plans[node] = DayPlans(timings, times, next((plan for plan in timings if plan not in named), chosen))


def _read_tables(folder: Folder, stated: Stated, ledger: Ledger) -> _Tables:
    plans: dict[str, list[Row]] = defaultdict(list)
    for row in folder.table("signal_timing_plan"):
        plans[row.key("timing_plan_id")].append(row)
    folder.table("signal_controller")
    coordination = {(row.key("timing_plan_id"), row.key("controller_id", "node_id")): row
                    for row in folder.table("signal_coordination")}
    rings = {(row.key("node_id"), row.whole("signal_phase_id")): row
             for row in folder.table("signal_phase_concurrency")}
    phases: dict[Block, list[Row]] = defaultdict(list)
    rows = folder.table("signal_timing_phase")
    shared: dict[str, int] = defaultdict(int)
    for row in rows:
        block = _block(row, plans, coordination, phases, shared, ledger)
        extra = rings.get((row.key("node_id"), row.whole("signal_phase_num")))
        phases[block].append(row if extra is None else Row(row.where, {**extra.values, **row.values}))
    return _Tables(plans, coordination, phases, ledger)


def _block(row: Row, plans: Mapping[str, list[Row]], coordination: Mapping[Block, Row],
           phases: Mapping[Block, list[Row]], shared: dict[str, int], ledger: Ledger) -> Block:
    """Plan and controller of a phase: as the file says, else the next one of its plan where a number returns."""
    plan = row.key("timing_plan_id")
    own = row.key("controller_id", "node_id")
    if own:
        known = (name for name, rows in plans.items()
                 if own in (one.key("controller_id", "node_id") for one in rows))
        return plan or next(known, ""), own
    stated = [one.key("controller_id", "node_id") for one in plans.get(plan, ())]
    listed = list(dict.fromkeys([*stated, *(controller for other, controller in coordination if other == plan)]))
    if not listed:
        raise NetworkError(f"{row.where}: timing_plan_id", quoted(plan), "a plan of the table signal_timing_plan",
                           "correct the plan, or add it")
    number = row.whole("signal_phase_num")
    block = plan, listed[min(shared[plan], len(listed) - 1)]
    if any(other.whole("signal_phase_num") == number for other in phases.get(block, ())):
        if shared[plan] + 1 >= len(listed):
            raise NetworkError(f"{row.where}: signal_phase_num", f"phase {number} a second time in plan {plan!r}",
                               "every phase of a controller once", "remove one, or name the controller")
        shared[plan] += 1
        block = plan, listed[shared[plan]]
        ledger.repair("signal-plan-shared", f"{row.where} (phase {number}: now controller {block[1]})")
    return block


def _cycle(tables: _Tables, block: Block) -> float | None:
    rows = [row for row in tables.plans.get(block[0], ()) if row.key("controller_id", "node_id") in ("", block[1])]
    return next((cycle for row in (*rows, *tables.plans.get(block[0], ())) if (cycle := row.number("cycle_length"))),
                None)


def _rings(rows: Sequence[Row]) -> Rings | None:
    places = {row.whole("signal_phase_num"): (row.whole("ring"), row.whole("barrier"), row.whole("position") or 0)
              for row in rows}
    known = {number: place for number, place in places.items() if None not in place}
    return known if known and len(set(known.values())) == len(known) else None  # type: ignore[return-value]


def _timing(tables: _Tables, block: Block, speed_kmh: float) -> RingBarrier | None:
    phases: list[RingPhase] = []
    for row in tables.phases[block]:
        phase = _phase(row, block, phases, speed_kmh, tables.ledger)
        if phase is not None:
            phases.append(phase)
    if not phases:
        return None
    plan = next((row for row in tables.plans.get(block[0], ())
                 if row.key("controller_id", "node_id") == block[1]), None)
    found = tables.coordination.get(block) or plan
    timing: RingBarrier = (
        made_of(RingBarrier, f"plan {block[0]} of controller {block[1]}", phases=tuple(phases)) if found is None
        else _coordinated(found, phases))
    return timing


def _coordinated(row: Row, phases: Sequence[RingPhase]) -> RingBarrier:
    where = row.text("coord_ref_to").lower()
    if where not in REFERENCES:
        raise InputError(f"{row.where}: coord_ref_to", quoted(where), f"one of {', '.join(REFERENCES)}",
                         "correct the reference")
    numbers = {phase.number for phase in phases}
    return made_of(RingBarrier, row.where, phases=tuple(phases), offset_s=row.number("offset") or 0.0,
                              coordinated=tuple(one for one in _coordinated_phases(row) if one in numbers),
                              reference=REFERENCES[where])


def _coordinated_phases(row: Row) -> list[int]:
    """One phase, several with something between them, or two in one number as Synchro writes them: 206 for 2 and 6."""
    found = [int(part) for part in re.findall(r"\d{1,4}", row.text("coord_phase"), re.ASCII)]
    return [*divmod(found[0], 100)] if len(found) == 1 else found


def _phase(row: Row, block: Block, before: Sequence[RingPhase], speed_kmh: float, ledger: Ledger) -> RingPhase | None:
    number = row.whole("signal_phase_num", least=1)
    green_s, least_s = row.number("max_green", least=0), row.number("min_green", least=0)
    if number is None or number > MOST_PHASE:
        raise NetworkError(f"{row.where}: signal_phase_num", quoted(row.text("signal_phase_num")),
                           f"a number from 1 to {MOST_PHASE}", "correct the phase")
    if not green_s and not least_s:
        ledger.note("ignored", "phase without green", row.where)
        return None
    clearance_s = row.number("clearance", least=0) or 0.0
    yellow = min(clearance_s, yellow_s(speed_kmh))
    if clearance_s:
        ledger.note("inferred", "yellow of a clearance: 3 s up to 50 km/h, 4 s up to 60, else 5 s; the rest is all-red",
                    row.where)
    ring, barrier = row.whole("ring", least=1), row.whole("barrier", least=1)
    position = row.whole("position")
    if ring is None or barrier is None:
        ledger.repair("signal-without-barrier", f"{row.where}: phase {number}")
        ring, barrier = _next_place(before)
    if position is None:
        position = STANDARD.get(number, (0, 0, number))[2]
        while any((one.ring, one.barrier, one.position) == (ring, barrier, position) for one in before):
            position += 1
    return made_of(
        RingPhase, row.where, number=number, ring=ring, barrier=barrier, position=position,
        green_s=max(green_s or 0.0, least_s or 0.0), yellow_s=yellow, all_red_s=round(clearance_s - yellow, 3),
        min_green_s=least_s, max_green_s=green_s, extension_s=row.number("extension", least=0),
        walk_s=row.number("walk_time", least=0), ped_clearance_s=row.number("ped_clearance", least=0))


def _next_place(before: Sequence[RingPhase]) -> tuple[int, int]:
    """Place of a phase without ring or barrier: alone before a barrier of its own, after all others."""
    return 1, max((one.barrier for one in before), default=0) + 1


def _serve(rows: Sequence[Row], tables: _Tables, stated: Stated, found: Signals, ledger: Ledger) -> None:
    """Give every connection its phases, by the number of the phase at its own node."""
    number_of = {row.key("timing_phase_id"): (row.whole("signal_phase_num"), block)
                 for block, listed in tables.phases.items() for row in listed if not row.key("node_id")}
    chosen: dict[Key, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        number, block = number_of.get(row.key("timing_phase_id"), (row.whole("phase_num"), None))
        keys, node = _connections(row, stated)
        if number is None or not keys:
            what = "crosswalk of a phase" if row.key("link_id") else "phase of a movement that is not in the network"
            ledger.note("ignored", what, row.where)
            continue
        timing = found.timings.get(node)
        if timing is None:
            continue
        if number not in {phase.number for phase in timing.phases}:
            ledger.note("ignored", "phase of a movement that its controller does not run", row.where, level="warning")
            continue
        if block is not None and block[1] != node:
            ledger.repair("signal-phase-elsewhere", f"{row.where} (phase {number} of node {node})")
        protection = row.text("protection").lower()
        side = "permitted" if protection.startswith("permi") else "protected"
        for key in keys:
            chosen[key][side].append(number)
            if protection == "rtor":
                chosen[key]["red"].append(number)
    for key, sides in chosen.items():
        protected = tuple(dict.fromkeys(sides["protected"]))
        permitted = tuple(one for one in dict.fromkeys(sides["permitted"]) if one not in protected)
        found.served[key] = Served(protected, permitted, "s" if sides["red"] else "r")


def _connections(row: Row, stated: Stated) -> tuple[list[Key], str]:
    """Connections that a row is about, and their node: by the name of the movement, else by its id."""
    name, node = row.text("mvmt_text_id").upper(), row.key("node_id")
    if name and node:
        return stated.by_name.get((node, name), []), node
    movement = row.key("mvmt_id")
    return stated.by_id.get(movement, []), stated.node.get(movement, "")
