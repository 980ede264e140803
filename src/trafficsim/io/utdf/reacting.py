"""Signals of UTDF that react: their kind, gap reduction, and the detectors of their lane groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trafficsim.io.ring_controls import LaneZone, Reacting
from trafficsim.io.utdf.roads import Read
from trafficsim.io.utdf.sections import Utdf
from trafficsim.spec.control import Method
from trafficsim.spec.ring_barrier import RingBarrier, RingPhase

ACTUATED: dict[int, Method] = {1: "actuated", 2: "actuated", 3: "coordinated"}
"""Methods by ``Control Type``: 0 is pretimed, 1 actuated, 2 semi-actuated, 3 actuated and coordinated. Source:
Synchro's manual, Controller Type."""
MORE = {"MinGap": "min_gap_s", "TimeBeforeReduce": "before_reduction_s", "TimeToReduce": "to_reduce_s"}
USES = {1: "call", 2: "extend", 3: "both"}
MOST_DETECTORS, MOST_PHASES_OF_A_GROUP = 5, 4
RECORDS = {"mingap", "timebeforereduce", "timetoreduce", "dualentry", "numdetects",
           *(f"detect{what}{place}" for what in ("pos", "size", "type", "phase") for place in range(1, 6))}
"""Records that are read here."""


def read_reacting(utdf: Utdf, read: Read, timings: Mapping[str, RingBarrier]) -> dict[str, Reacting]:
    """Read which signals react, with the gap reduction of their phases and their detectors.

    Raises
    ------
    InputError
        If a value cannot be used.
    """
    found = {}
    for node, timing in timings.items():
        kind = utdf.timeplans.whole(node, "Control Type", "DATA") or 0
        if kind in ACTUATED:
            method: Method = ACTUATED[kind] if timing.coordinated else "actuated"
            more = {phase.number: _more(utdf, node, f"D{phase.number}", phase) for phase in timing.phases}
            found[node] = Reacting(f"node {node}", method, tuple(_zones(utdf, node, read)), more)
    return found


def _more(utdf: Utdf, node: str, column: str, phase: RingPhase) -> dict[str, object]:
    values = {ours: utdf.phases.number(node, name, column, least=0) for name, ours in MORE.items()}
    found: dict[str, object] = {name: value for name, value in values.items() if value is not None}
    if phase.extension_s is not None and (values["min_gap_s"] or 0.0) > phase.extension_s:
        found["min_gap_s"] = phase.extension_s
    dual = utdf.phases.whole(node, "DualEntry", column)
    return {**found, **({} if dual is None else {"dual_entry": dual == 1})}


def _zones(utdf: Utdf, node: str, read: Read) -> Iterator[LaneZone]:
    """Detectors of the lane groups of a node, one for each of their lanes."""
    m = read.metre
    lanes: dict[str, set[tuple[str, int]]] = {}
    for (link, lane, *_), groups in read.served.items():
        for group in groups:
            if group.node == node:
                lanes.setdefault(group.column, set()).add((link, lane))
    for column, listed in lanes.items():
        count = min(utdf.lanes.whole(node, "numDetects", column) or 0, MOST_DETECTORS)
        numbers = (utdf.lanes.whole(node, f"DetectPhase{place}", column)
                   for place in range(1, MOST_PHASES_OF_A_GROUP + 1))
        phases = tuple(number for number in numbers if number)
        for place in range(1, count + 1 if phases else 1):
            at = utdf.lanes.number(node, f"DetectPos{place}", column, least=0) or 0.0
            size = utdf.lanes.number(node, f"DetectSize{place}", column, least=0) or 0.0
            use = USES.get(utdf.lanes.whole(node, f"DetectType{place}", column) or 3, "both")
            for link, lane in sorted(listed):
                yield LaneZone(f"{node} {column} {place} lane {lane}", link, lane, at * m, size * m, phases, use)
