"""Queues, said plainly: chains of vehicles, joined into trees of lanes by those who find no room beyond their line."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trafficsim.base.codes import RED, RED_AMBER
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.packed_state import EXIT

AHEAD = 4
"""Links ahead on which a driver looks for room."""


@dataclass(frozen=True)
class Vehicle:
    """One vehicle of a lane; the stop line is 0."""

    front: int
    rear: int
    speed: int
    trip: int
    turn: int


@dataclass
class Queue:
    """What stands before the stop line of a lane.

    Attributes
    ----------
    cells : of its own lane
    whole : whether the chain reaches the last vehicle of the lane
    into, gap : lane whose queue it goes on behind, and the cells between
    may_go : whether its first vehicle is let go by the signal
    """

    cells: int
    whole: bool
    into: int | None = None
    gap: int = 0
    may_go: bool = False
    feeders: list[int] = field(default_factory=list)


def lanes_of(program: Program) -> dict[int, list[Vehicle]]:
    """Vehicles of all lanes that have any, leader first."""
    found: dict[int, list[Vehicle]] = {}
    for lane in range(program.net.lanes):
        for slot in range(int(program.start[lane]), int(program.start[lane + 1])):
            front, cells = int(program.vehicles.X[slot]) >> 16, int(program.vehicles.Y[slot]) >> 8 & 0xFF
            found.setdefault(lane, []).append(Vehicle(
                front, front - cells, int(program.vehicles.X[slot]) & 0x0FFF, int(program.vehicles.ID[slot]),
                int(program.vehicles.Z[slot]) & 0xFF))
    return found


def queues(program: Program) -> dict[int, Queue]:
    """Return the queues of all lanes with vehicles, joined."""
    lanes = lanes_of(program)
    found = {lane: own_queue(program, lane, row) for lane, row in lanes.items()}
    for lane, row in lanes.items():
        head = row[0]
        if found[lane].cells and head.speed <= int(program.clock.wait_speed) and head.turn != EXIT:
            _join(program, lanes, found, lane)
    return found


def own_queue(program: Program, lane: int, row: list[Vehicle]) -> Queue:
    """From the stop line back to the last standing vehicle of those who follow each other within 30 m."""
    ahead, cells = 0, 0
    for one in row:
        if ahead - one.front > int(program.net.scale.queue_gap):
            return Queue(min(cells, int(program.net.lane.length[lane])), False)
        ahead = one.rear
        cells = -one.rear if one.speed <= int(program.clock.wait_speed) else cells
    return Queue(min(cells, int(program.net.lane.length[lane])), True)


def _join(program: Program, lanes: dict[int, list[Vehicle]], found: dict[int, Queue], lane: int) -> None:
    slot = int(program.net.lane.turns[lane]) + lanes[lane][0].turn
    connections = range(int(program.net.reach[slot]), int(program.net.reach[slot + 1]))
    beyond = [full_lane(program, lanes, lane, conn) for conn in connections]
    if not beyond or any(one is None for one in beyond):
        return
    assert beyond[0] is not None
    found[lane].into, found[lane].gap = beyond[0]
    found[lane].may_go = any(not is_red(program, conn) for conn in connections)
    found[beyond[0][0]].feeders.append(lane)


def full_lane(program: Program, lanes: dict[int, list[Vehicle]], lane: int, conn: int) -> tuple[int, int] | None:
    """Return (lane, cells to its beginning) of the queue that leaves the first vehicle of a lane no room on its way."""
    net, head = program.net, lanes[lane][0]
    needed = head.front - head.rear
    if program.work.lane.wait[lane] > net.scale.impatience_time:
        needed //= 2
    route_position, gap, room = int(program.trips.row.route_position[head.trip]), 0, 0
    for at in range(AHEAD):
        to = int(net.conn.to[conn])
        gap += int(net.conn.length[conn])
        room += int(net.lane.length[to]) - int(program.work.lane.used[to])
        if to in lanes:
            last = lanes[to][-1]
            over_line = at == 0 and last.rear < -(int(net.lane.length[to]) + gap)
            stands = last.speed <= int(program.clock.wait_speed)
            return (to, gap) if stands and (room < needed or over_line) else None
        route_position += 1
        turn = int(program.trips.manoeuvre.turn[program.trips.route[route_position]])
        if room >= needed or turn == EXIT:
            return None
        gap += int(net.lane.length[to])
        slot = int(net.lane.turns[to]) + turn
        conn = int(net.reach[slot])
        if conn == int(net.reach[slot + 1]) or is_red(program, conn):
            return None
    return None


def is_red(program: Program, conn: int) -> bool:
    group = int(program.net.conn.group[conn])
    return group >= 0 and int(program.signals.group.state[group]) in (RED, RED_AMBER)


def in_circle(found: dict[int, Queue], lane: int) -> bool:
    """Whether a queue bites its own tail."""
    seen, at = set(), found[lane].into
    while at is not None and at not in seen:
        if at == lane:
            return True
        seen.add(at)
        at = found[at].into
    return False


def reach(program: Program, found: dict[int, Queue], lane: int) -> tuple[int, int]:
    """Return (cells, lane in which it ends) of the queue from the stop line of a lane; circles are cut."""
    best = (found[lane].cells, -lane)
    if found[lane].whole:
        for feeder in found[lane].feeders:
            if not in_circle(found, feeder):
                cells, tail = reach(program, found, feeder)
                best = max(best, (cells + found[feeder].gap + int(program.net.lane.length[lane]), -tail))
    return best[0], -best[1]


def begins_at(found: dict[int, Queue], lane: int) -> int:
    """Return the lane at whose stop line the queue begins that blocks a lane; the first one of a circle."""
    at = found[lane].into
    assert at is not None
    if in_circle(found, lane):
        return at
    while found[at].into is not None and not in_circle(found, at):
        at = found[at].into
    return at


@dataclass
class Books:
    """What adds up over the looks at a run.

    Attributes
    ----------
    longest : by link, (cells, link in which it ends)
    spilled : looks at which the queue of a link reached beyond its approach
    blocked : looks at which the first vehicle of a lane might go but had no room, by (lane, link that it waits for)
    """

    longest: dict[int, tuple[int, int]] = field(default_factory=dict)
    spilled: dict[int, int] = field(default_factory=dict)
    blocked: dict[tuple[int, int], int] = field(default_factory=dict)

    def look(self, program: Program, approach: np.ndarray) -> None:
        """Look at the road after a tick."""
        found, link_of = queues(program), program.net.lane.link
        beyond = set()
        for lane, queue in found.items():
            link = int(link_of[lane])
            cells, tail = reach(program, found, lane)
            ending = int(link_of[tail])
            if cells > self.longest.get(link, (0, 0))[0]:
                self.longest[link] = cells, ending
            if cells and approach[ending] != approach[link]:
                beyond.add(link)
            if queue.into is not None and queue.may_go:
                pair = lane, int(link_of[begins_at(found, lane)])
                self.blocked[pair] = self.blocked.get(pair, 0) + 1
        for link in beyond:
            self.spilled[link] = self.spilled.get(link, 0) + 1
