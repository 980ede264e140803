"""Reference model of the insertion: every trip that is due tries every lane of its link, first come first served."""

from __future__ import annotations

import numpy as np

from tests.oracles.entry import Lane, Newcomer, entry
from tests.oracles.transfer import Crossings
from trafficsim.base.codes import GREEN
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.packed_state import EXIT, brake_code, headway_code
from trafficsim.kernels.decisions.braking import stop_bound

TRIED = 6
"""Waiting trips that are looked at for one that finds its lane free."""
FREE_SPEED = 200


class Entries:
    """Who enters the network in a tick on a road on which nobody moves."""

    def __init__(self, program: Program, tick: int, desired: dict[tuple[int, int], int]) -> None:
        self.program, self.net, self.tick = program, program.net, tick
        self.desired = desired
        """Whole speed (cells per tick) that a trip wants on a link."""
        self.state = Crossings(program)
        self.entered: dict[int, tuple[int, int, int]] = {}
        """By lane: trip, place, speed."""

    def enter_all(self) -> None:
        """Let the trips of all entries enter, as many of each as it has lanes."""
        queues, trips = self.program.queues, self.program.trips
        for number in range(queues.entries):
            link = int(queues.entry.link[number])
            waiting = queues.trip[queues.entry.next[number] : queues.entry.start[number + 1]].tolist()
            for _ in range(int(self.net.link.lane[link + 1] - self.net.link.lane[link])):
                due = [trip for trip in waiting[:TRIED] if trips.end.depart[trip] < self.tick + 1.0]
                who = next((trip for trip in due if self.enter(trip, link)), None)
                if who is not None:
                    waiting.remove(who)

    def enter(self, trip: int, link: int) -> bool:
        """Let a trip enter the best of the lanes where it can; return whether it could."""
        best = None
        since = min(self.tick + 1.0 - float(self.program.trips.end.depart[trip]), 1.0)
        for lane in range(self.net.link.lane[link], self.net.link.lane[link + 1]):
            side = int(lane - self.net.link.lane[link])
            may = self.may(trip, lane, side)
            found = entry(self.lane(lane), self.newcomer(trip, link, lane, since)) if may else None
            if found:
                rank = (self.leads_on(trip, side), 64 * found[1] - len(self.state.on_lane(lane)), -lane)
                best = max(best, (rank, lane, found)) if best else (rank, lane, found)
        if best:
            self.entered[int(best[1])] = (trip, *best[2])
        return best is not None

    def may(self, trip: int, lane: int, side: int) -> bool:
        """Whether a trip may enter in a lane in which nobody else does in this tick."""
        row, manoeuvre = self.program.trips.row[trip], self.manoeuvre(trip)
        allowed = self.net.lane.allowed[lane] & self.program.trips.kind.bit[row.kind]
        leads_on = not manoeuvre.feasible or manoeuvre.feasible >> side & 1
        suits = row.depart_lane == side if row.depart_lane >= 0 else leads_on
        return bool(allowed and suits and lane not in self.entered)

    def manoeuvre(self, trip: int) -> np.record:
        """Return how a trip goes on at the end of its first link."""
        return self.program.trips.manoeuvre[self.program.trips.route[self.state.route_position[trip]]]

    def leads_on(self, trip: int, side: int) -> bool:
        """Whether a lane leads on without a lane change."""
        return bool(self.manoeuvre(trip).wanted >> side & 1)

    def lane(self, lane: int) -> Lane:
        """Return the vehicles of a lane, and the rear that reaches back over its line."""
        road, slots = self.state.road, self.state.on_lane(lane)
        rows = [(int(road.front[slot]), int(road.length[slot]), int(road.speed[slot])) for slot in slots]
        over = self.state.rear_over(lane)
        speed = FREE_SPEED if over == 16000 else self.speed_over(lane)
        return Lane(rows, (over, speed), float(self.net.scale.safe), int(self.net.scale.firm))

    def speed_over(self, lane: int) -> int:
        """Return the speed of the vehicle that reaches back over the line of a lane."""
        road, conn = self.state.road, int(self.state.last_conn[lane])
        while True:
            to = int(self.net.conn.to[conn])
            mine = [slot for slot in self.state.on_lane(to)[::-1] if self.state.connection[road.trip[slot]] == conn]
            if mine or len(self.state.on_lane(to)):
                return int(road.speed[mine[0]])
            conn = int(self.state.last_conn[to])

    def newcomer(self, trip: int, link: int, lane: int, since: float) -> Newcomer:
        """Return a trip as one who wants to enter a lane."""
        row, packed = self.program.trips.row[trip], self.program.trips.end.packed[trip]
        wanted = self.desired[trip, link]
        begin = min(-int(self.net.lane.length[lane]) + max(int(row.depart_cell), 0), -1)
        scale = self.net.scale
        return Newcomer(
            cells=int(self.program.trips.kind.cells[row.kind]), wanted=wanted,
            theta=float(np.float32(headway_code(packed)) * scale.headway_unit - np.float32(0.5)),
            brake=float(np.float32(brake_code(packed)) * scale.braking_unit),
            line=self.speed_to_line(trip, lane, min(begin + int(wanted * since), -1), wanted),
            begin=begin, passed=since,
        )

    def speed_to_line(self, trip: int, lane: int, place: int, wanted: int) -> int:
        """Return the speed from which a vehicle can stop at the first closed line in sight."""
        trips, scale = self.program.trips, self.net.scale
        route_position, distance = int(self.state.route_position[trip]), -1 - place
        sight = wanted + int(np.float32(wanted * wanted) / (np.float32(2.0) * scale.comfort)) + int(scale.clear)
        while trips.manoeuvre.turn[trips.route[route_position]] != EXIT and distance < sight:
            found = self.state.connections(lane, int(trips.manoeuvre.turn[trips.route[route_position]]))
            if not found or self.is_closed(found[0]):
                return min(wanted, int(stop_bound(np.int32(distance), trips.row.brake[trip])))
            lane = int(self.net.conn.to[found[0]])
            distance += int(self.net.conn.length[found[0]] + self.net.lane.length[lane])
            route_position += 1
        return wanted

    def is_closed(self, conn: int) -> bool:
        """Whether a connection shows no protected green, or gives way where there is no signal."""
        group = int(self.net.conn.group[conn])
        if group >= 0:
            return bool(self.program.signals.group.state[group] != GREEN)
        return self.state.gives_way(conn) or bool(self.net.conn.manner[conn] & 1)
