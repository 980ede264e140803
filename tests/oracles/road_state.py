"""What must hold on the road after every tick, said plainly: no overlap, order, storage, books that balance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.base.codes import COMPLETED, EN_ROUTE, EVENT_WRONG_LANE
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.packed_state import EXIT
from trafficsim.kernels.ca.state import ARRIVES, Count

FLAG_CONNECTOR = 64


@dataclass(frozen=True)
class Road:
    """The vehicles on the road, unpacked: one element per slot, lane by lane, leader first."""

    lane: np.ndarray
    front: np.ndarray
    """Cells; the stop line is 0."""
    rear: np.ndarray
    length: np.ndarray
    speed: np.ndarray
    desired: np.ndarray
    """Cells per tick."""
    trip: np.ndarray
    flagged: np.ndarray
    """Whether the vehicle is still on a connector that is watched."""


def unpack(program: Program) -> Road:
    """Read the words of all vehicles."""
    n = int(program.start[-1])
    x, y = (np.asarray(packed[:n], np.int64) for packed in (program.vehicles.X, program.vehicles.Y))
    front, length = x >> 16, (y >> 8) & 0xFF
    return Road(
        lane=np.repeat(np.arange(program.net.lanes), np.diff(program.start)), front=front, rear=front - length,
        length=length, speed=x & 0x0FFF, desired=(y >> 16 & 0xFFFF) / 256.0,
        trip=program.vehicles.ID[:n].astype(np.int64), flagged=(y & FLAG_CONNECTOR) != 0,
    )


def arrivals_of(program: Program) -> dict[int, tuple[int, int, int]]:
    """Return trip, place and speed of the vehicles that arrive on lanes in this tick, by lane."""
    lanes, came = np.flatnonzero(program.work.event & ARRIVES).tolist(), program.work.arrive
    return {lane: (int(came.trip[lane]), int(came.x[lane]) >> 16, int(came.x[lane]) & 0x0FFF) for lane in lanes}


def route_starts(program: Program) -> np.ndarray:
    """Return the first route position of every trip."""
    ends = np.flatnonzero(program.trips.manoeuvre[program.trips.route].turn == EXIT)
    return np.append(0, ends[:-1] + 1)


def faults(program: Program) -> list[str]:
    """Return what is wrong with the state of a program, in words; empty when all is well."""
    road = unpack(program)
    return [*_on_lanes(program, road), *_books(program, road), *_counts(program, road)]


def _on_lanes(program: Program, road: Road) -> list[str]:
    found = []
    lane = program.net.lane[road.lane]
    conn = program.trips.row.connection[road.trip]
    before = np.where(conn >= 0, program.net.conn.length[conn], 0)
    # who crosses the line in the same tick as the one ahead is carried over in the next: only heads may be beyond it
    head = np.arange(len(road.front)) == program.start[road.lane]
    outside = ((road.front >= 0) & ~head) | (road.front < -(lane.length + before))
    if outside.any():
        found.append(f"a front outside its lane: {road.front[outside]}")
    same = road.lane[1:] == road.lane[:-1]
    overlap = same & (road.rear[:-1] < road.front[1:])
    if overlap.any():
        at = int(np.flatnonzero(overlap)[0])
        found.append(f"overlap in lane {road.lane[at]}: rear {road.rear[at]} of the leader, front {road.front[at + 1]}")
    taken = np.bincount(road.lane, road.length, program.net.lanes)
    longest = int(road.length.max(initial=0))
    reach = program.net.lane.length + _longest_connector(program) + longest
    if (taken > reach).any():
        found.append(f"more vehicles than fit in lane {int(np.flatnonzero(taken > reach)[0])}")
    return found


def _longest_connector(program: Program) -> np.ndarray:
    longest = np.zeros(program.net.lanes, np.int64)
    conns = program.net.conn[:-1]
    np.maximum.at(longest, conns.to, conns.length)
    return longest


def overhang_faults(program: Program) -> list[str]:
    """Rears that still stand before the stop line which they crossed: nobody may stand in them.

    Who turned from a wrong lane came over another line than that of its connection, and is left out.
    """
    found = []
    road = unpack(program)
    events = program.counters.events[:program.work.count[Count.EVENTS]]
    turned = set(events.trip[events.code == EVENT_WRONG_LANE].tolist())
    for slot in range(len(road.trip)):
        conn = program.trips.row.connection[road.trip[slot]]
        if conn < 0 or int(road.trip[slot]) in turned:
            continue
        entry = program.net.lane.length[road.lane[slot]] + program.net.conn.length[conn]
        origin = int(program.net.conn.origin[conn])
        head = int(program.start[origin])
        rear = road.rear[slot] + entry
        if rear < 0 and head < program.start[origin + 1] and head != slot and road.front[head] > rear:
            found.append(f"front {road.front[head]} of lane {origin} stands in a vehicle whose rear is at {rear}")
    return found


def _books(program: Program, road: Road) -> list[str]:
    found = []
    used = np.bincount(road.lane, road.length, program.net.lanes).astype(np.int64)
    if (used != program.work.lane.used[: program.net.lanes]).any():
        at = np.flatnonzero(used != program.work.lane.used[: program.net.lanes])
        found.append(f"used cells of lanes {at}: {used[at]} taken, {program.work.lane.used[at]} in the books")
    conn = program.trips.row.connection[road.trip[road.flagged]]
    on_conn = np.bincount(conn, minlength=len(program.net.conn))
    if (on_conn != program.work.conn.on_conn).any():
        at = np.flatnonzero(on_conn != program.work.conn.on_conn)
        found.append(f"vehicles on connectors {at}: {on_conn[at]}, {program.work.conn.on_conn[at]} in the books")
    return found


def _counts(program: Program, road: Road) -> list[str]:
    found = []
    count = program.work.count
    status = program.trips.row.status[:-1]
    inside = int(count[Count.INSIDE])
    if len(np.unique(road.trip)) != len(road.trip):
        found.append("a vehicle that is on the road twice")
    if int((status == EN_ROUTE).sum()) != len(road.trip) + inside:
        found.append(f"{int((status == EN_ROUTE).sum())} trips en route, {len(road.trip)} on the road, "
                     f"{inside} in junctions")
    if int((status == COMPLETED).sum()) != count[Count.COMPLETED]:
        found.append(f"{int((status == COMPLETED).sum())} trips completed, {count[Count.COMPLETED]} counted")
    if count[Count.RED_WITHOUT_DECISION]:
        found.append(f"{count[Count.RED_WITHOUT_DECISION]} crossings at red without a decision")
    return found
