"""Signals of GMNS that react: their detectors by phase, and coordinated plans by time of day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trafficsim.io.gmns.day_plans import DayPlans
from trafficsim.io.gmns.roads import MOST_LANE, Read
from trafficsim.io.gmns.signals import Signals
from trafficsim.io.gmns.tables import Row
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_controls import STOP_LINE_M, LaneZone, Reacting
from trafficsim.spec.control import ControlPlan

WEEKDAY = "mon"
"""Day whose plans a signal that reacts runs (modelling assumption; programs that are fixed tell weekdays apart)."""


def read_reacting(signals: Signals, rows: Sequence[Row], read: Read, ledger: Ledger) -> dict[str, Reacting]:
    """Return the signals that react: those whose phases have an extension.

    Raises
    ------
    InputError
        If a lane or place of a detector is no number.
    """
    zones: dict[str, list[LaneZone]] = {}
    for row in rows:
        zones.setdefault(row.key("controller_id"), []).extend(_zones(row, read))
    found = {}
    for node, coordinated in signals.coordinated.items():
        plans = tuple(_plans(signals.plans[node], node, ledger)) if coordinated and node in signals.plans else ()
        if not coordinated and node in signals.plans:
            ledger.note("ignored", "plans by time of day of a signal that runs without coordination", f"node {node!r}",
                        level="warning")
        found[node] = Reacting(f"controller {node}", "coordinated" if coordinated else "actuated",
                               tuple(zones.get(node, ())), plans=plans,
                               least_s=signals.least_s[node])
    return found


def _zones(row: Row, read: Read) -> Iterator[LaneZone]:
    """One zone for each lane that a detector covers; its front is next to the stop line, its back away from it."""
    pieces, number = read.roads.pieces.get(row.key("link_id")), row.whole("signal_phase_num")
    if pieces is None or number is None:
        return
    ends = [abs(value) for name in ("det_zone_front", "det_zone_back") if (value := row.number(name)) is not None]
    at = abs(row.number("det_zone_lr") or 0.0)
    distance_m = min(ends, default=at) * read.units.short_m
    length_m = (max(ends) - min(ends)) * read.units.short_m if len(ends) > 1 else STOP_LINE_M
    first, last = row.whole("start_lane"), row.whole("end_lane")
    listed = [first] if first is None or last is None else range(min(first, last), max(first, last) + 1)[:MOST_LANE]
    for lane_number in listed:
        lane = None if not lane_number else pieces[-1].lane(lane_number)
        if lane is not None:
            yield LaneZone(f"{row.key('detector_id')} lane {lane_number}", pieces[-1].id, lane, distance_m, length_m,
                           (number,))


def _plans(day: DayPlans, node: str, ledger: Ledger) -> Iterator[ControlPlan]:
    """Coordinated plans of a Monday, each until the next one begins."""
    begun: dict[float, str] = {time.begin_s: time.plan for time in day.times if WEEKDAY in time.weekdays}
    if any(WEEKDAY not in time.weekdays for time in day.times):
        ledger.note("ignored", "plan of other weekdays of a signal that reacts: it runs those of a Monday",
                    f"node {node!r}", level="warning")
    for begin_s, name in sorted(begun.items()):
        timing = day.timings[name]
        if not timing.coordinated:
            ledger.note("ignored", "plan without coordination of a signal that reacts", f"node {node!r}",
                        level="warning")
            continue
        splits: Mapping[int, float] = {phase.number: phase.split_s for phase in timing.phases}
        yield ControlPlan(begin_s=begin_s, cycle_s=timing.cycle_s, offset_s=timing.offset_s % timing.cycle_s,
                          splits_s=dict(splits))
