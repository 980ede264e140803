"""Who may enter a junction, said plainly from the vehicles on the road: gaps in a stream, and order of arrival."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.oracles.road_state import Road, unpack
from trafficsim.base.codes import RED, RED_AMBER, STOP_ARROW
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.packed_state import EXIT, turn_of
from trafficsim.kernels.ca.state import View

HEADWAY_OVER_ALONE = {"nobody": 1.0, "facing": 4.7 / 3.9, "across": 5.8 / 3.9, "two": 7.0 / 3.9, "three": 9.6 / 3.9}


@dataclass(frozen=True)
class GapRequest:
    """A driver before a connection, in a tick, looking since an instant, after a wait; known by its key."""

    conn: int
    tick: int
    since: float
    waited: int
    key: int


class Junctions:
    """A program's state, and the questions that a driver asks."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.net, self.work = program.net, program.work
        self.road: Road = unpack(program)
        self.turn = np.array([turn_of(packed) for packed in program.vehicles.Z[: len(self.road.lane)]], np.int64)

    def indication(self, conn: int) -> int:
        """Return what the signal of a connection shows; -1 without a signal."""
        group = int(self.net.conn.group[conn])
        return int(self.program.signals.group.state[group]) if group >= 0 else -1

    def conflicting_ones(self, conn: int) -> list[int]:
        """Return those to whom a connection gives way now."""
        everybody = bool(self.net.conn.manner[conn] & 4) or self.indication(conn) == STOP_ARROW
        conn_rows = self.net.conn
        start, rows = (conn_rows.crosses, self.net.crosses) if everybody else (conn_rows.yields, self.net.yields)
        return rows[start[conn]: start[conn + 1]].tolist()

    def on_lane(self, lane: int) -> np.ndarray:
        """Return the slots of a lane's vehicles, leader first."""
        return np.flatnonzero(self.road.lane == lane)

    def head(self, lane: int) -> int | None:
        """Return the slot of the first vehicle before a stop line."""
        slots = self.on_lane(lane)
        return int(slots[0]) if len(slots) else None

    def is_stuck_on(self, conn: int, request: GapRequest) -> bool:
        """Whether somebody else stands on a connection before its middle, and not only since this moment."""
        since = request.tick - int(self.work.conn.last_entry[conn])
        squeezes = request.waited > self.net.scale.impatience_time and since > self.net.scale.stuck
        if self.work.conn.on_conn[conn] == 0 or since <= self.net.scale.resolve or squeezes:
            return False
        to = int(self.net.conn.to[conn])
        slots = self.on_lane(to)
        if not len(slots) or self.road.speed[slots[-1]] > self.net.scale.queue_speed:
            return False
        if int(self.program.vehicles.KEY[slots[-1]]) == request.key:
            return False
        middle = -self.net.lane.length[to] - self.net.conn.length[conn] // 2
        return bool(self.road.rear[slots[-1]] < middle)

    def arrival(self, conn: int, request: GapRequest, gap: float) -> float:
        """Return when the next vehicle of a connection reaches the conflict."""
        lane = int(self.net.conn.origin[conn])
        limit = self.net.link.limit[self.net.lane.link[lane]] / 256.0
        seen = int(min((gap + 2.0) * max(5.0 * self.net.scale.approach, limit), 32000.0))
        for slot in self.on_lane(lane):
            if -self.road.front[slot] <= seen and self.turn[slot] == self.net.conn.turn[conn]:
                distance = -self.road.front[slot] + self.net.conn.length[conn] // 2
                return request.tick + distance / max(self.road.speed[slot], self.net.scale.approach)
        return math.inf

    def gap_instant(self, request: GapRequest, gap: float) -> float:
        """Return the instant at which the driver enters for whom a gap is enough; infinity if it has to wait."""
        link = self.net.lane.link[self.net.conn.to]
        lane = int(self.net.conn.origin[request.conn])
        arrivals, passings = [math.inf], [request.since]
        for conflicting in self.conflicting_ones(request.conn):
            passings.append(float(self.work.conn.passed[conflicting]))
            crosses_now = self.work.conn.last_crossing[conflicting] == request.tick
            if crosses_now or (link[conflicting] != link[request.conn] and self.is_stuck_on(conflicting, request)):
                return math.inf
            first = self.head(int(self.net.conn.origin[conflicting]))
            waits = (
                first is not None
                and self.road.speed[first] == 0
                and self.work.lane.blocking_reason[self.road.lane[first]] > 0
            )
            if self.indication(conflicting) not in (RED, RED_AMBER) and not waits:
                arrivals.append(self.arrival(conflicting, request, gap))
        follows = float(self.work.gap_request.entered[lane] + self.net.conn.follow_up[request.conn])
        instant = max(*passings, follows)
        return instant if instant <= request.tick and min(arrivals) - instant >= gap else math.inf

    def turn_instant(self, request: GapRequest) -> float:
        """Return the instant at which the driver's turn comes at an all-way stop; infinity if it has to wait."""
        lane = int(self.net.conn.origin[request.conn])
        alone = float(self.net.conn.follow_up[request.conn])
        present, across, instants = set(), False, [request.since]
        for conflicting in self.net.crosses[
            self.net.conn.crosses[request.conn] : self.net.conn.crosses[request.conn + 1]
        ].tolist():
            other = int(self.net.conn.origin[conflicting])
            if self.work.conn.last_crossing[conflicting] == request.tick or self.is_stuck_on(conflicting, request):
                return math.inf
            if self.work.lane.last_conn[other] == conflicting:
                instants.append(float(self.work.gap_request.entered[other]) + alone * 9.6 / 3.9 / 4.0)
            first = self.head(other)
            if first is None or -self.road.front[first] > self.net.scale.overhang:
                continue
            present |= {int(self.net.lane.link[other])} - {int(self.net.lane.link[lane])}
            if self.turn[first] == self.net.conn.turn[conflicting]:
                across = True
                if self.comes_before(first, conflicting, request):
                    return math.inf
        case = ("nobody", "across" if across else "facing", "two", "three")[min(len(present), 3)]
        instants.append(float(self.work.gap_request.entered[lane]) + alone * HEADWAY_OVER_ALONE[case])
        return max(instants) if max(instants) <= request.tick else math.inf

    def comes_before(self, slot: int, conflicting: int, request: GapRequest) -> bool:
        """Whether the head of another lane stood at its line before the driver did, or ranks first of two at once."""
        lane = int(self.net.conn.origin[conflicting])
        at_line = self.road.speed[slot] == 0 and -self.road.front[slot] <= self.net.scale.slack + 1
        if not at_line or self.work.lane.blocking_reason[lane] == 2:
            return False
        stood = int(self.work.lane.wait[lane])
        rows = slice(self.net.conn.yields[request.conn], self.net.conn.yields[request.conn + 1])
        return stood > request.waited or (stood == request.waited and conflicting in self.net.yields[rows])

    def has_room(self, view: View, cells: int) -> bool:
        """Whether a vehicle fits beyond a junction: on the road up to the first standing vehicle or closed line."""
        route_positions = self.program.trips.row.route_position[view.trip] + view.ahead
        empty, lengths, conn = True, 0, view.conn
        for further in range(1, 5):
            lane = int(self.net.conn.to[conn])
            others = [slot for slot in self.on_lane(lane) if self.road.trip[slot] != view.trip]
            lengths += int(self.net.lane.length[lane] - self.road.length[others].sum())
            empty = empty and not others
            turn = int(self.program.trips.manoeuvre[self.program.trips.route[route_positions + further]].turn)
            if lengths >= cells or turn == EXIT:
                return True
            if others and self.is_held_up(others, view.tick):
                return False
            connections = self.net.reach[self.net.lane.turns[lane] + turn : self.net.lane.turns[lane] + turn + 2]
            if connections[0] == connections[1] or self.indication(int(connections[0])) in (RED, RED_AMBER):
                return empty and bool(self.work.lane.wait[view.lane] > self.net.scale.impatience_time)
            conn = int(connections[0])
        return True

    def is_held_up(self, slots: list[int], tick: int) -> bool:
        """Whether the first of a lane stands, or the last one does and has not just come."""
        came = self.program.trips.row.connection[self.road.trip[slots[-1]]]
        just = tick - self.work.conn.last_entry[came] <= 2
        return bool(self.road.speed[slots[0]] == 0 or (self.road.speed[slots[-1]] == 0 and not just))
