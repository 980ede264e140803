"""Queues that stood at red: lost time spread over the first vehicles; the decision at yellow of who still speeds up.

Who stood d metres before the line crosses it at ``sqrt(2 a d)``, at most at the own speed or that of the turn.
"""

from __future__ import annotations

from math import sqrt

from numba import int32, uint32

from trafficsim.kernels.decisions.signals import occasion_of
from trafficsim.kernels.decisions.yellow import DECIDED_GO, chosen_at_yellow
from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.tables import EXIT, NOBODY

HARDEST_MS2 = 5.0
"""Hardest braking that drivers accept, as with the cellular automaton."""
FAR_CM = 100_000
"""Who is so far back, or did not stand, crosses the line at full speed."""


@per_vehicle
def time_of_start(world, conn, lane, vehicle):
    """Return when the head of a lane has started and come to the line.

    Turns do not slow down who still speeds up.
    """
    net, lanes, ready = world.net, world.lanes, world.vehicles.ready[vehicle]
    place, opened = lanes.place[lane], world.shown.opened[net.group[conn]]
    before = opened if place == 0 else lanes.left[lane]
    if place >= len(net.start_lag) or ready > before:
        return ready
    return before + net.exit_headway[net.link_of[lane], world.trips.kind[vehicle]] + net.start_lag[place]


@per_vehicle
def note_start(world, lane, conn, vehicle, room):
    """Note that the head of a lane leaves: where it stood, and that the next one is a place further back."""
    if conn == NOBODY or world.net.group[conn] < 0:
        return
    lanes, place = world.lanes, world.lanes.place[lane]
    before = world.shown.opened[world.net.group[conn]] if place == 0 else lanes.left[lane]
    if world.vehicles.ready[vehicle] > before:
        lanes.place[lane], lanes.gone[lane] = len(world.net.start_lag), FAR_CM
    world.vehicles.ahead[vehicle] = lanes.gone[lane]
    lanes.gone[lane] = min(lanes.gone[lane] + room, FAR_CM)
    lanes.place[lane] += 1


@per_vehicle
def stands_at_red(world, lane, conn):
    """Note that the queue of a lane starts anew when the signal of its head opens."""
    lanes, head = world.lanes, world.lanes.head[lane]
    if head == NOBODY or world.trips.turn[world.vehicles.cursor[head]] in (EXIT, world.net.turn[conn]):
        lanes.place[lane], lanes.gone[lane] = 0, 0


@per_vehicle
def goes_at_yellow(world, conn, lane, vehicle, time):
    """Whether the head of a lane, which would cross at this time, goes at the yellow that its signal shows.

    It decides at the begin of yellow, from where it was and how fast.
    """
    net, trips = world.net, world.trips
    group, kind, cursor = net.group[conn], trips.kind[vehicle], world.vehicles.cursor[vehicle]
    since = world.shown.since[group]
    own = trips.length[cursor] * 1000.0 / trips.free[cursor]
    rest = max(time - since, 0) * 0.001
    stood = world.lanes.gone[lane] if world.vehicles.ready[vehicle] <= world.lanes.left[lane] else FAR_CM
    speed, way = speed_and_way(net.acceleration[kind], stood * 0.01, min(own, net.line_speed[conn]), rest)
    if speed <= 0.0:
        return False
    if way * 2.0 * HARDEST_MS2 < speed * speed:
        return True
    eighths = min(int(way * 8.0 / speed), net.stop_probability.shape[1] - 1)
    chance = net.stop_probability[net.link_of[lane], eighths]
    return chosen_at_yellow(trips.key[vehicle], occasion_of(uint32(since), uint32(group)), int32(chance)) == DECIDED_GO


@per_vehicle
def speed_and_way(acceleration, stood, full, rest):
    """Return speed and way to the line at a time ``rest`` (s) before a vehicle crosses it that stood before it (m)."""
    steady = max(stood - full * full / (2.0 * acceleration), 0.0) / full
    crossed = full if steady > 0.0 else min(sqrt(2.0 * acceleration * stood), full)
    if rest <= steady:
        return crossed, crossed * rest
    rising = rest - steady
    return crossed - acceleration * rising, crossed * rest - 0.5 * acceleration * rising * rising
