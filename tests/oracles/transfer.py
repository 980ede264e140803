"""Reference model of the transfer.

Heads are carried over their lines one after the other, on lists of vehicles by lane.
"""

from __future__ import annotations

import numpy as np

from tests.oracles.road_state import unpack
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.packed_state import EXIT


class Crossings:
    """What happens to the heads that have crossed their line when the transfer begins."""

    def __init__(self, program: Program) -> None:
        self.program, self.net, self.work = program, program.net, program.work
        self.road = unpack(program)
        self.route_position = program.trips.row.route_position.astype(np.int64)
        self.connection = program.trips.row.connection.astype(np.int64)
        self.last_conn = self.work.lane.last_conn.astype(np.int64)
        self.over = self.work.lane.over.astype(np.int64)
        self.taken = self.work.taken.astype(np.int64)
        self.arrivals: dict[int, tuple[int, int, int]] = {}
        """By lane: trip, place, speed."""
        self.left: set[int] = set()
        self.held: set[int] = set()
        self.finished: set[int] = set()
        self.inside: set[int] = set()

    def on_lane(self, lane: int) -> np.ndarray:
        """Return the slots of a lane's vehicles, leader first."""
        return np.flatnonzero(self.road.lane == lane)

    def order(self, tick: int) -> list[int]:
        """Return the lanes whose head has crossed: those with priority first, from alternating ends."""
        crossing = [int(lane) for lane in np.unique(self.road.lane) if self.moved(lane) >= 0]
        crossing = crossing if tick % 2 else crossing[::-1]
        conn = self.work.lane.head_conn
        return sorted(crossing, key=lambda lane: conn[lane] >= 0 and self.gives_way(int(conn[lane])))

    def gives_way(self, conn: int) -> bool:
        """Whether a connection gives way to others."""
        return bool(self.net.conn.yields[conn + 1] > self.net.conn.yields[conn])

    def moved(self, lane: int) -> int:
        """Return where the head of a lane is after the tick."""
        return int(self.work.moved[self.on_lane(lane)[0]]) >> 16

    def turn(self, trip: int) -> int:
        """Return the next turn of a trip."""
        return int(self.program.trips.manoeuvre.turn[self.program.trips.route[self.route_position[trip]]])

    def connections(self, lane: int, turn: int) -> list[int]:
        """Return the connections of a lane for a turn."""
        first, last = self.net.reach[self.net.lane.turns[lane] + turn :][:2]
        return list(range(first, last))

    def choice(self, lane: int, trip: int) -> int:
        """Return the connection that leads closest to a wanted lane, and there to the most room; else the nearest."""
        turn = self.turn(trip)
        wanted = int(
            self.program.trips.manoeuvre.wanted[self.program.trips.route[self.route_position[trip] + 1]]
        )
        found = self.connections(lane, turn)
        if found:
            return max(found, key=lambda conn: (-self.changes(conn, wanted), self.room(conn), -conn))
        link = self.net.lane.link[lane]
        beside = [other for other in range(self.net.lanes) if self.net.lane.link[other] == link]
        beside.sort(key=lambda other: (abs(other - lane), other))
        return next(self.connections(other, turn)[0] for other in beside if self.connections(other, turn))

    def changes(self, conn: int, wanted: int) -> int:
        """Return how many lanes lie between where a connection leads and the nearest lane that is wanted."""
        to = int(self.net.conn.to[conn])
        side = int(self.net.lane.side[to])
        far = [abs(side - lane) for lane in range(int(self.net.lane.beside[to])) if wanted >> lane & 1]
        return min(far, default=0)

    def room(self, conn: int) -> int:
        """Return the cells beyond a connection up to the last vehicle."""
        to = int(self.net.conn.to[conn])
        slots = self.on_lane(to)
        return max(int(self.road.rear[slots[-1]]) + int(self.net.lane.length[to]) + 1000, 0) if len(slots) else 16000

    def rear_over(self, lane: int) -> int:
        """Return the position of a rear that reaches back over the line of a lane; far away if there is none."""
        none, distance, here = 16000, 0, lane
        while self.over[lane] and distance < self.net.scale.overhang and self.last_conn[here] >= 0:
            conn = int(self.last_conn[here])
            to = int(self.net.conn.to[conn])
            entry = int(self.net.lane.length[to] + self.net.conn.length[conn]) + distance
            if to in self.arrivals and self.connection[self.arrivals[to][0]] == conn:
                trip, place, _ = self.arrivals[to]
                back = place - self.cells(trip) + entry
                return back if back < 0 else none
            back = [int(self.road.rear[slot]) + entry for slot in self.on_lane(to)[::-1]
                    if self.connection[self.road.trip[slot]] == conn]
            if back and back[0] < 0:
                return back[0]
            if len(self.on_lane(to)):
                return none
            distance, here = entry, to
        return none

    def cells(self, trip: int) -> int:
        """Return the cells that a trip's vehicle takes."""
        return int(self.road.length[self.road.trip == trip][0])

    def place(self, conn: int, beyond: int) -> int | None:
        """Return where a vehicle comes to that is so far beyond the line; None if the lane there is full or taken."""
        to = int(self.net.conn.to[conn])
        entry = int(self.net.lane.length[to] + self.net.conn.length[conn])
        slots = self.on_lane(to)
        place = min(beyond - entry, int(self.road.rear[slots[-1]]) if len(slots) else self.rear_over(to))
        return place if to not in self.arrivals and place >= -entry else None

    def carry(self, lane: int) -> None:
        """Carry the head of a lane over its line, and over as many short links as it covers."""
        slot = int(self.on_lane(lane)[0])
        trip, beyond, here, first = int(self.road.trip[slot]), self.moved(lane), lane, True
        speed = int(self.work.moved[slot]) & 0xFFF
        while self.turn(trip) != EXIT:
            chosen = int(self.work.lane.head_conn[lane]) if first else -1
            conn = chosen if chosen >= 0 else self.choice(here, trip)
            waits = first and bool(self.work.lane.to_waiting_area[lane])
            place = self.place_inside(conn) if waits else self.place(conn, beyond)
            if place is None:
                if first:
                    self.held.add(lane)
                    return
                self.arrivals[here] = (trip, -1, 0)
                break
            self.last_conn[here], self.over[here] = conn, 1
            self.connection[trip] = conn
            self.route_position[trip] += 1
            if waits:
                self.inside.add(trip)
                break
            here, beyond, first = int(self.net.conn.to[conn]), place, False
            if place < 0:
                self.arrivals[here] = (trip, place, speed)
                break
        else:
            self.finished.add(trip)
        self.left.add(lane)

    def place_inside(self, conn: int) -> int | None:
        """Take an internal waiting area; None if all are taken."""
        waiting_area = int(self.net.conn.waiting_area[conn])
        if self.taken[waiting_area] >= self.net.conn.places[conn]:
            return None
        self.taken[waiting_area] += 1
        return -1
