"""Emergency vehicles among those of the queue engine: who stands in queues and drives on running sections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trafficsim.base.codes import GREEN
from trafficsim.engines.emergency.crossing import Crossings, check_in
from trafficsim.engines.emergency.traffic import Pass, Seen
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.diverting import look_at_lanes
from trafficsim.kernels.queue.tables import NOBODY, SHUT, World
from trafficsim.plan.arrays import Plan

M_PER_CM, S_PER_MS = 0.01, 0.001


class RoadUsersOfQueues:
    """The engine's side of emergency vehicles. Who makes way loses no time: queues know no speed.

    Parameters
    ----------
    world, plan
        The program, and what it was made of.

    Attributes
    ----------
    world : the program with the routes as they are now
    now : time of the present look, ms since the start
    """

    def __init__(self, world: World, plan: Plan) -> None:
        self.world, self.now = world, 0
        self._crossings, self._length_m = Crossings(plan), plan.links.length_m
        self._check_in_m = plan.controls.turns.emergency_m
        self._shut = np.zeros(0, np.int64)

    def vehicles(self, link: int) -> Sequence[Seen]:
        """Return the vehicles on a link: queues stand from the stop line back, others are where their time says."""
        first, last = (int(self.world.net.lane_start[link + end]) for end in (0, 1))
        found: list[Seen] = []
        ends = [self._in_queue(lane, lane - first, found) for lane in range(first, last)]
        self._on_way(link, ends, found)
        return sorted(found)

    def _in_queue(self, lane: int, side: int, found: list[Seen]) -> float:
        lanes, vehicles, trips, net = self.world.lanes, self.world.vehicles, self.world.trips, self.world.net
        vehicle, front_m = int(lanes.head[lane]), 0.0
        while vehicle != NOBODY:
            rear_m = front_m + float(net.spacing[trips.kind[vehicle]]) * M_PER_CM
            found.append(Seen(front_m, rear_m, 0.0, vehicle, side))
            vehicle, front_m = int(vehicles.after[vehicle]), rear_m
        return front_m

    def _on_way(self, link: int, ends_m: list[float], found: list[Seen]) -> None:
        """Add those on the running section, each in the lane for which it is meant; who waits there stands."""
        vehicles, trips, net = self.world.vehicles, self.world.trips, self.world.net
        vehicle, first = int(self.world.links.first[link]), int(net.lane_start[link])
        while vehicle != NOBODY:
            since, ready = int(vehicles.since[vehicle]), int(vehicles.ready[vehicle])
            side = int(vehicles.planned[vehicle]) - first
            speed = float(self._length_m[link]) / max((ready - since) * S_PER_MS, S_PER_MS)
            front_m = max((ready - self.now) * S_PER_MS * speed, ends_m[side])
            rear_m = front_m + float(net.spacing[trips.kind[vehicle]]) * M_PER_CM
            stands = ready <= self.now
            found.append(Seen(front_m, rear_m, 0.0 if stands else speed, vehicle, side))
            if stands:
                ends_m[side] = rear_m
            vehicle = int(vehicles.after[vehicle])

    def is_open(self, turn: int) -> bool:
        """Whether a movement has priority now."""
        net, own = self.world.net, self._crossings.of(turn).own
        group = int(net.group[own[0]])
        if group >= 0:
            return int(self.world.shown.state[group]) == GREEN
        return not bool((net.yield_start[own + 1] > net.yield_start[own]).any())

    def last_entry_s(self, turn: int) -> float:
        """Return how long ago somebody last used a way that crosses a movement."""
        passed = self.world.shown.passed[self._crossings.of(turn).crossing]
        return (self.now - int(passed.max(initial=-(1 << 30)))) * S_PER_MS

    def hold(self, turns: frozenset[int]) -> None:
        """Let nobody enter a way that crosses these movements, and everybody all others that it has shut."""
        net = self.world.net
        wanted = self._crossings.crossing(turns)
        opened = np.setdiff1d(self._shut, wanted)
        net.manner[opened] &= ~SHUT
        fresh = wanted[(net.manner[wanted] & SHUT) == 0]
        net.manner[fresh] |= SHUT
        self._shut = np.union1d(np.intersect1d(self._shut, wanted), fresh)
        if len(opened):
            arguments = self.world, np.unique(net.origin[opened]).astype(np.int64), self.now
            entry_of(look_at_lanes, *arguments)(*arguments)

    def make_way(self, stretches: Sequence[Pass], speed_ms: float, staying: frozenset[int]) -> None:
        """Lose no time: queues know no speed."""

    def check_in(self, distance_m: dict[int, float]) -> None:
        """Tell controllers of units."""
        check_in(self.world.control.sensors.emergency, self._check_in_m, distance_m)
