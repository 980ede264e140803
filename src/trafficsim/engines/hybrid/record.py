"""One record of both engines: trips as a whole, links and movements from the engine that moved them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trafficsim.base.codes import CAUSE_NO_ROOM, COMPLETED, EN_ROUTE, WAITING
from trafficsim.engines.ca.record import make_record as automaton_record
from trafficsim.engines.gridlocks import gridlock_record
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.queue.loop import Collected as QueueCollected
from trafficsim.engines.queue.record import make_record as queue_record
from trafficsim.engines.reacting import ReactingRecord
from trafficsim.kernels.hybrid.border import IN_CA
from trafficsim.plan.arrays import BOOL, Plan
from trafficsim.plan.record import LeftRecord, Performance, Record, TripRecord, nothing_left
from trafficsim.plan.unmeasured import unmeasured

if TYPE_CHECKING:
    from trafficsim.engines.hybrid.loop import Run


def make_record(plan: Plan, parts: HybridParts, this: Run, tick: int, performance: Performance) -> Record:
    """Return the record of a run that finished at a tick."""
    automaton = automaton_record(plan, parts.automaton, this.programs.automaton, this.automaton, tick, performance)
    world = this.programs.queues
    reacted = ReactingRecord(world.control, world.sensing.shown)
    collected = QueueCollected(reacted, links=this.queues, end=this.ms(tick))
    queues = queue_record(plan, this.programs.queues, collected, performance)
    trips = whole_trips(plan, this, automaton.trips, queues.trips)
    in_ca, movement = this.programs.division.in_ca, this.programs.division.in_ca[plan.turns.from_link]
    counts = {code: int(np.count_nonzero(trips.status == code)) for code in (WAITING, EN_ROUTE, COMPLETED)}
    shared = unmeasured(plan)
    shared["links"] = either(in_ca, automaton.links, queues.links)
    shared["turns"] = either(movement, automaton.turns, queues.turns)._replace(green_s=automaton.turns.green_s)
    at = in_ca[plan.lanes.link[plan.detectors.lane]] if len(plan.detectors.name) else np.zeros(0, np.bool_)
    shared["detectors"] = either(at, automaton.detectors, queues.detectors)
    tick_s = parts.automaton.tick_s
    return Record(
        engine="hybrid", end_s=automaton.end_s, trips=trips, demanded=len(trips.status), waiting=counts[WAITING],
        en_route=counts[EN_ROUTE], completed=counts[COMPLETED], state=automaton.state + queues.state,
        gridlocks=gridlock_record(this.watches.found(), plan.lanes.link, lambda ticks: plan.start_s + ticks * tick_s),
        left=joined([rows_of(in_ca, automaton.left), rows_of(~in_ca, queues.left), at_the_border(this)]),
        performance=performance, signals=automaton.signals,
        **shared,
    )


def either(in_ca: BOOL, automaton: Any, queues: Any) -> Any:
    """Return a record of one engine where it moved the link, of the other elsewhere; the last axis are links."""
    return type(automaton)(*(np.where(in_ca, one, other) for one, other in zip(automaton, queues, strict=True)))


def whole_trips(plan: Plan, this: Run, automaton: TripRecord, queues: TripRecord) -> TripRecord:
    """Return trips with what they did in both engines."""
    programs, route = this.programs, plan.trips
    border, in_ca, cell_m = programs.border, programs.division.in_ca, programs.border.cell_m
    moved = border.mover == IN_CA
    first = in_ca[route.route_link[route.route_start[:-1]]]
    tick_s = this.tick_ms / 1000.0
    distance_m = queues.distance_m - np.where(moved, _partly(this, queues), 0.0)
    return TripRecord(
        status=np.where(moved, automaton.status, queues.status).astype(np.uint8),
        entry_s=np.where(first, automaton.entry_s, queues.entry_s),
        exit_s=np.where(moved, automaton.exit_s, queues.exit_s),
        distance_m=distance_m + np.where(moved, automaton.distance_m, border.distance * cell_m),
        waiting_s=queues.waiting_s + np.where(moved, automaton.waiting_s, border.waiting * tick_s),
        stops=(queues.stops + border.stops + np.where(moved, automaton.stops, 0)).astype(np.int32),
        dwell_s=np.zeros(len(moved)),
    )


def _partly(this: Run, queues: TripRecord) -> np.ndarray:
    """Return what the queue engine counts of the way on a link that it does not move."""
    world = this.programs.queues
    return np.where(queues.status == EN_ROUTE, queues.distance_m - world.vehicles.distance, 0.0)


def rows_of(links: BOOL, left: LeftRecord) -> LeftRecord:
    """Return the rows of some links."""
    columns: list[Any] = [np.asarray(column)[links[left.link]] for column in left]
    return LeftRecord(*columns)


def at_the_border(this: Run) -> LeftRecord:
    """Return a row for every virtual lane with vehicles beyond the line that find no room in the queue engine."""
    automaton, border = this.programs.automaton, this.programs.border
    rows = []
    for lane in border.out_lane.tolist():
        trips = np.asarray(automaton.vehicles.ID[automaton.start[lane]:automaton.start[lane + 1]])
        trips = trips[trips < border.blocker]
        trips = trips[border.mover[trips] == IN_CA]
        if len(trips):
            link = int(automaton.net.lane["link"][lane])
            rows.append((link, len(trips), int(trips[0]), -1.0, CAUSE_NO_ROOM, link))
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * len(LeftRecord._fields)
    kinds = [np.asarray(none).dtype for none in nothing_left()]
    return LeftRecord(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def joined(parts: list[LeftRecord]) -> LeftRecord:
    """Return the rows of all parts."""
    return LeftRecord(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
