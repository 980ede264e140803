"""What changes within a run: limits, speeds and zones. Who is on a link keeps the speed at which it was entered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trafficsim.engines.queue.moments import moment_times, plan_at
from trafficsim.engines.queue.network import compile_network
from trafficsim.engines.queue.route_times import slower_than_mean
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.trips import times_of_places
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.diverting import look_at_lanes
from trafficsim.kernels.queue.lanes import find_lanes
from trafficsim.kernels.queue.tables import NEVER, World
from trafficsim.plan.arrays import BOOL, Plan
from trafficsim.plan.happenings import open_share

OF_SPEEDS = ("headway", "own_headway", "exit_headway", "back", "mean_speed", "reaction")
"""Columns of the network that follow from speeds; the storage stays that of the start."""


class Timeline:
    """The moments of a run that are still to come."""

    def __init__(self, plan: Plan, settings: QueueSettings) -> None:
        self._settings, self._roadside = settings, plan.roadside
        self._coming = moment_times(plan)[1:]

    def next_change(self) -> int:
        """Return the time of the next change, :data:`NEVER` without one."""
        return self._coming[0][0] if self._coming else NEVER

    def apply(self, world: World, driven: Plan, now: int) -> None:
        """Let the world hold what is valid from now on; ``driven`` has the routes as they are now."""
        while self.next_change() <= now:
            _, time_s = self._coming.pop(0)
            self._hold(world, plan_at(replace(driven, roadside=self._roadside), time_s), now)

    def react(self, world: World, driven: Plan, now: int) -> None:
        """Let the world hold what a plan shows at its roadside from now on."""
        self._roadside = driven.roadside
        self._hold(world, plan_at(driven, driven.start_s + now / 1000.0), now)

    def _hold(self, world: World, plan: Plan, now: int) -> None:
        net = compile_network(plan, self._settings)
        shorter = np.any(net.headway < world.net.headway, axis=1), np.any(
            net.exit_headway < world.net.exit_headway, axis=1)
        for name in OF_SPEEDS:
            getattr(world.net, name)[:] = getattr(net, name)
        if (net.allowed != world.net.allowed).any():
            world.net.allowed[:] = net.allowed
            find_lanes(world.net, world.trips)
        _change_times(plan, world)
        hold_blocked(world, plan, now)
        _look(world, shorter[0], shorter[1], now)


def hold_blocked(world: World, plan: Plan, now: int) -> None:
    """Let the headway of a blocked link count from the time at which it is blocked, whenever the last one left."""
    lanes = np.flatnonzero((open_share(plan) == 0.0)[plan.lanes.link])
    world.lanes.left[lanes] = np.maximum(world.lanes.left[lanes], now)


def _look(world: World, conns: BOOL, links: BOOL, now: int) -> None:
    """Have the heads of lanes looked at that may leave earlier than they were to."""
    lanes = np.union1d(world.net.origin[conns], np.flatnonzero(links[world.net.link_of])).astype(np.int64)
    if len(lanes):
        arguments = world, lanes, now
        entry_of(look_at_lanes, *arguments)(*arguments)


def _change_times(plan: Plan, world: World) -> None:
    """Write the driving times of all places that nobody drives on now."""
    trips, vehicles = world.trips, world.vehicles
    place = vehicles.cursor[(vehicles.begun >= 0) & (vehicles.ended < 0)]
    kept = trips.free[place]
    trips.free[:] = np.maximum(np.rint(times_of_places(plan) * 1000.0), 1)
    trips.free[place] = kept
    trips.slower[:] = slower_than_mean(plan)
