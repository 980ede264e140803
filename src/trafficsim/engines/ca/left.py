"""Where vehicles are at the end of a run, since when they stand there, and behind what."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import CAUSE_CLOSED, CAUSE_ENTRY, CAUSE_INSIDE, CAUSE_MOVING, CAUSE_NOBODY, WAITING
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.permission import SHUT
from trafficsim.kernels.measurement.gridlock import FREE, find_causes
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import LeftRecord, nothing_left


def left_record(plan: Plan, settings: CellularAutomaton, program: Program, tick: int) -> LeftRecord:
    """Return a row per lane with vehicles, per connection with some that wait on it, and per link to be entered.

    Parameters
    ----------
    tick
        The last one.
    """
    if int(program.start[-1]) == 0 and not program.work.taken.any() and not _waiting(plan, program).any():
        return nothing_left()
    parts = (_on_lanes(plan, settings, program, tick), _inside(program), _at_entries(plan, program))
    return LeftRecord(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in LeftRecord._fields})


def _on_lanes(plan: Plan, settings: CellularAutomaton, program: Program, tick: int) -> LeftRecord:
    cause, behind = (np.full(max(program.net.lanes, 1), CAUSE_NOBODY, np.int32) for _ in range(2))
    find_causes(program.road, cause, behind)
    lanes = np.flatnonzero(cause != CAUSE_NOBODY)
    link, start = program.net.lane["link"].astype(np.int32), np.asarray(program.start, np.int64)
    since_s = plan.start_s + (tick - program.work.lane["wait"][lanes]) * settings.tick_s
    ahead = behind[lanes]
    cause[lanes[_closed_ahead(program, lanes)]] = CAUSE_CLOSED
    return LeftRecord(
        link=link[lanes], vehicles=np.diff(start)[lanes].astype(np.int32),
        trip=np.asarray(program.vehicles.ID)[start[lanes]].astype(np.int32),
        since_s=np.where(cause[lanes] == CAUSE_MOVING, -1.0, since_s), cause=cause[lanes],
        behind=np.where(ahead == FREE, -1, link[np.maximum(ahead, 0)]).astype(np.int32),
    )


def _closed_ahead(program: Program, lanes: np.ndarray) -> np.ndarray:
    """Whether the first vehicle of each lane stands before a movement that is closed."""
    net, link = program.net, program.net.lane["link"][lanes].astype(np.int64)
    shut = net.conn[np.flatnonzero(net.conn.manner & SHUT)]
    closed = set(zip(net.lane["link"][shut.origin].tolist(), shut.turn.tolist(), strict=True))
    turn = program.vehicles.Z[np.asarray(program.start, np.int64)[lanes]] & 0xFF
    stands = program.work.lane["wait"][lanes] > 0
    there = np.array([one in closed for one in zip(link.tolist(), turn.tolist(), strict=True)], np.bool_)
    return np.asarray(there & stands)


def _inside(program: Program) -> LeftRecord:
    """Vehicles that wait inside junctions, by the movement that they make; since when is not kept."""
    places = np.flatnonzero(program.work.taken[: len(program.net.waiting_areas)])
    conn = program.net.waiting_areas[places].astype(np.int64)
    link = program.net.lane["link"][program.net.conn["origin"][conn]] if len(conn) else np.zeros(0)
    none = np.full(len(places), -1)
    trip = program.work.waiting_area["trip"][places, 0] if len(places) else none
    return LeftRecord(np.asarray(link, np.int32), program.work.taken[places].astype(np.int32),
                      np.asarray(trip, np.int32), none.astype(np.float64), np.full(len(places), CAUSE_INSIDE, np.int32),
                      none.astype(np.int32))


def _at_entries(plan: Plan, program: Program) -> LeftRecord:
    """Trips that wait to enter, by their first link; trips stand in the order of their departures."""
    waiting = np.flatnonzero(_waiting(plan, program))
    first_link = np.asarray(plan.trips.route_link)[np.asarray(plan.trips.route_start)[waiting]]
    link, first, count = np.unique(first_link, return_index=True, return_counts=True)
    trip = waiting[first]
    return LeftRecord(link.astype(np.int32), count.astype(np.int32), trip.astype(np.int32), plan.trips.depart_s[trip],
                      np.full(len(link), CAUSE_ENTRY, np.int32), np.full(len(link), -1, np.int32))


def _waiting(plan: Plan, program: Program) -> np.ndarray:
    return np.asarray(program.trips.row.status[: len(plan.trips.name)] == WAITING)
