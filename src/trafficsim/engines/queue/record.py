"""From the final state of a run of the queue engine to its record, back in SI units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trafficsim.base.codes import (
    CAUSE_CLOSED,
    CAUSE_ENTRY,
    CAUSE_GIVES_WAY,
    CAUSE_MOVING,
    CAUSE_NO_ROOM,
    CAUSE_RED,
    COMPLETED,
    EN_ROUTE,
    WAITING,
)
from trafficsim.engines.closed_stretches import name_closed
from trafficsim.engines.gridlocks import gridlock_record
from trafficsim.engines.queue.areas import area_record
from trafficsim.engines.queue.detectors import detector_record
from trafficsim.engines.queue.moments import moments_of
from trafficsim.engines.queue.places import Places
from trafficsim.engines.queue.representation import CONTROL_TICK_S
from trafficsim.engines.queue.signals import signals_shown
from trafficsim.engines.queue.traversals import traversal_record
from trafficsim.kernels.queue.tables import EXIT, NEVER, NOBODY, SHUT, World
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import (
    LeftRecord,
    LinkRecord,
    Performance,
    Record,
    SignalRecord,
    TripRecord,
    TurnRecord,
    no_blocking,
)
from trafficsim.plan.shown import green_of_turns_s
from trafficsim.plan.unmeasured import unmeasured

if TYPE_CHECKING:
    from trafficsim.engines.queue.loop import Collected


def make_record(
    plan: Plan, world: World, collected: Collected, performance: Performance
) -> Record:
    """Return the record of a run that has ended."""
    end = collected.end
    vehicles = world.vehicles
    status = np.where(vehicles.ended >= 0, COMPLETED, np.where(vehicles.begun >= 0, EN_ROUTE, WAITING))
    shown = signals_shown(plan, collected.reacted.switches())
    parts = unmeasured(plan)
    parts["links"], parts["turns"] = _links(plan, collected), _turns(plan, world, shown)
    places = Places(plan, world, end / 1000.0, moments_of(plan))
    if collected.looks is not None:
        parts["queues"] = collected.looks.queues()
    parts["detectors"] = detector_record(places, len(collected.links))
    counts = {code: int(np.count_nonzero(status == code)) for code in (WAITING, EN_ROUTE, COMPLETED)}
    return Record(
        engine="queue", end_s=plan.start_s + end / 1000.0, trips=_trips(plan, world, status), demanded=len(status),
        waiting=counts[WAITING], en_route=counts[EN_ROUTE], completed=counts[COMPLETED], state=_state(world),
        gridlocks=gridlock_record(collected.watch.found, world.net.link_of, lambda ms: plan.start_s + ms / 1000.0),
        left=name_closed(plan, left_record(plan, world, end, status), plan.start_s + end / 1000.0),
        traversals=traversal_record(places),
        areas=area_record(places, len(collected.links)),
        blocking=no_blocking() if collected.looks is None else collected.looks.blocking(),
        performance=performance, signals=shown, control=collected.reacted.record(plan.start_s, CONTROL_TICK_S),
        routes=collected.routes, emergency=collected.emergency, roadside=collected.roadside, **parts,
    )


def _state(world: World) -> bytes:
    arrays = (*world.vehicles, *world.lanes, *world.links)
    return b"".join(one.astype("<f8" if one.dtype.kind == "f" else "<i8").tobytes() for one in arrays)


def _clock_s(plan: Plan, times: np.ndarray) -> np.ndarray:
    return np.where(times < 0, -1.0, plan.start_s + times / 1000.0)


def _trips(plan: Plan, world: World, status: np.ndarray) -> TripRecord:
    vehicles, trips = world.vehicles, world.trips
    partly = np.where(status == EN_ROUTE, vehicles.covered * trips.length[vehicles.cursor], 0.0)
    return TripRecord(
        status=status.astype(np.uint8), entry_s=_clock_s(plan, vehicles.begun), exit_s=_clock_s(plan, vehicles.ended),
        distance_m=vehicles.distance + partly, waiting_s=vehicles.waiting / 1000.0,
        stops=vehicles.stops.astype(np.int32), dwell_s=dwelled_s(plan, world, status),
    )


def dwelled_s(plan: Plan, world: World, status: np.ndarray) -> np.ndarray:
    """Return how long each vehicle has stood at its stops: those on links that it has left."""
    trip = np.repeat(np.arange(len(status)), np.diff(world.trips.stop_start))
    done = (world.trips.stop_place < world.vehicles.cursor[trip]) | (status[trip] == COMPLETED)
    return np.bincount(trip, done * world.trips.dwell_ms / 1000.0, len(status))


def _links(plan: Plan, collected: Collected) -> LinkRecord:
    def of(name: str, unit: float = 1.0) -> np.ndarray:
        rows = [getattr(one, name) for one in collected.links]
        return np.stack(rows) * unit if rows else np.zeros((0, len(plan.link_id)))

    return LinkRecord(entered=of("entered"), left=of("left"), vehicle_s=of("vehicle_ms", 0.001),
                      vehicle_m=of("vehicle_m"), waiting_s=of("waiting_ms", 0.001), traversed=of("traversed"),
                      free_s=of("free_ms", 0.001))


def _turns(plan: Plan, world: World, shown: SignalRecord) -> TurnRecord:
    counts = world.counts
    return TurnRecord(volume=counts.volume.copy(), travel_s=counts.travel_ms / 1000.0,
                      delay_s=counts.delay_ms / 1000.0, green_s=green_of_turns_s(plan, shown))


def left_record(plan: Plan, world: World, end: int, status: np.ndarray) -> LeftRecord:
    """Return a row per lane with a queue, per link with vehicles on its running section, and per entry."""
    rows = [*_in_queues(plan, world), *_running(world, end), *_at_entries(plan, world, status)]
    columns = list(zip(*rows, strict=True)) or [()] * 6
    whole = (np.int32, np.int32, np.int32, np.float64, np.int32, np.int32)
    return LeftRecord(*(np.array(column, kind) for column, kind in zip(columns, whole, strict=True)))


Row = tuple[int, int, int, float, int, int]


def _in_queues(plan: Plan, world: World) -> list[Row]:
    lanes, rows = world.lanes, []
    for lane in np.flatnonzero(lanes.head != NOBODY).tolist():
        number, vehicle = 0, int(lanes.head[lane])
        while vehicle != NOBODY:
            number, vehicle = number + 1, int(world.vehicles.after[vehicle])
        behind, cause = int(lanes.blocked[lane]), CAUSE_MOVING
        if closed_ahead(world, int(lanes.head[lane])):
            cause = CAUSE_CLOSED
        elif behind != NOBODY:
            cause = CAUSE_NO_ROOM
        elif lanes.gives_way[lane]:
            cause = CAUSE_GIVES_WAY
        elif lanes.due[lane] == NEVER:
            cause = CAUSE_RED
        since_s = -1.0 if cause == CAUSE_MOVING else plan.start_s + int(lanes.since[lane]) / 1000.0
        rows.append((int(world.net.link_of[lane]), number, int(lanes.head[lane]), since_s, cause, behind))
    return rows


def closed_ahead(world: World, vehicle: int) -> bool:
    """Whether the movement that a vehicle wants to make is closed."""
    turn = world.trips.turn[world.vehicles.cursor[vehicle]]
    return bool((world.net.manner[world.net.turn == turn] & SHUT != 0).any()) if turn != EXIT else False


def _running(world: World, end: int) -> list[Row]:
    rows = []
    for link in np.flatnonzero(world.links.first != NOBODY).tolist():
        first = vehicle = int(world.links.first[link])
        number = 0
        while vehicle != NOBODY:
            number, vehicle = number + 1, int(world.vehicles.after[vehicle])
        stands = world.vehicles.ready[first] <= end
        rows.append((link, number, first, -1.0, CAUSE_NO_ROOM if stands else CAUSE_MOVING, link if stands else -1))
    return rows


def _at_entries(plan: Plan, world: World, status: np.ndarray) -> list[Row]:
    rows = []
    waiting = np.flatnonzero(status == WAITING)
    first_link = world.trips.link[world.trips.route_start[waiting]]
    for link in np.unique(first_link).tolist():
        trips = waiting[first_link == link]
        rows.append((link, len(trips), int(trips[0]), float(plan.trips.depart_s[trips[0]]), CAUSE_ENTRY, -1))
    return rows
