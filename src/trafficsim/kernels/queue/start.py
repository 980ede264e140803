"""Queues that stood at red: lost time spread over the first vehicles, and the decision at yellow of who speeds up.

Who stood d metres before the line crosses it at ``sqrt(2 a d)``, at most at the own speed or that of the turn.
"""

from __future__ import annotations

from math import sqrt

from numba import int32, int64, uint32

from trafficsim.kernels.decisions.signals import occasion_of
from trafficsim.kernels.decisions.yellow import DECIDED_GO, chosen_at_yellow
from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.tables import EXIT, NEVER, NOBODY

HARDEST_MS2 = 5.0
"""Hardest braking that drivers accept, as with the cellular automaton."""
FAR_CM = 100_000
"""Who is so far back, or did not stand, crosses the line at full speed."""


@per_vehicle
def time_of_start(world, conn, lane, vehicle):
    """Return when the head of a lane has started and come to the line.

    Turns do not slow down who still speeds up. Who is slower than the mean needs longer for the way to the line, and
    those behind follow.
    """
    ready = world.vehicles.ready[vehicle]
    if ready > stood_until(world, conn, lane):
        return ready
    mean_ms = world.lanes.gone[lane] * 10.0 / world.net.mean_speed[world.net.link_of[lane]]
    return time_at_pace(world, conn, lane, world.trips.kind[vehicle]) + int(world.trips.slower[vehicle] * mean_ms)


@per_vehicle
def stood_until(world, conn, lane):
    """Return until when the head of a lane stood in its queue; NEVER where no queue starts."""
    place = world.lanes.place[lane]
    if place == 0:
        return world.shown.opened[world.net.group[conn]]
    return world.lanes.left[lane] if world.lanes.gone[lane] < FAR_CM else -NEVER


@per_vehicle
def time_at_pace(world, conn, lane, kind):
    """Return when the head of a lane crosses in a queue of drivers of the mean speed."""
    net, place = world.net, world.lanes.place[lane]
    before = world.shown.opened[net.group[conn]] if place == 0 else world.lanes.pace[lane]
    more = net.start_lag[place] if place < len(net.start_lag) else 0
    return before + net.exit_headway[net.link_of[lane], kind] + more


@per_vehicle
def note_start(world, lane, conn, vehicle, room):
    """Note that the head of a lane leaves: where it stood, and that the next one is a place further back."""
    if conn == NOBODY or world.net.group[conn] < 0:
        return
    lanes = world.lanes
    if world.vehicles.ready[vehicle] > stood_until(world, conn, lane):
        lanes.gone[lane] = FAR_CM
    lanes.pace[lane] = time_at_pace(world, conn, lane, world.trips.kind[vehicle])
    world.vehicles.ahead[vehicle] = lanes.gone[lane]
    lanes.gone[lane] = min(lanes.gone[lane] + room, FAR_CM)
    lanes.place[lane] += 1


@per_vehicle
def stands_at_red(world, lane, conn):
    """Note that the queue of a lane starts anew when the signal of its head opens."""
    lanes, head = world.lanes, world.lanes.head[lane]
    turn = EXIT if head == NOBODY else world.trips.turn[world.vehicles.cursor[head]]
    if turn == EXIT or turn == world.net.turn[conn]:
        lanes.place[lane], lanes.gone[lane] = 0, 0


@per_vehicle
def goes_at_yellow(world, conn, lane, vehicle, time):
    """Whether the head of a lane, which would cross at this time, goes at the yellow that its signal shows.

    It decides at the begin of yellow, from where it was and how fast.
    """
    net, trips = world.net, world.trips
    group, kind = net.group[conn], trips.kind[vehicle]
    since = int64(world.shown.since[group])
    own = net.mean_speed[net.link_of[lane]] / (1.0 + trips.slower[vehicle])
    rest = max(time - since, 0) * 0.001
    stood = world.lanes.gone[lane] if world.vehicles.ready[vehicle] <= world.lanes.left[lane] else FAR_CM
    speed, distance = speed_and_distance(net.acceleration[kind], stood * 0.01, min(own, net.line_speed[conn]), rest)
    if speed <= 0.0:
        return False
    if distance * 2.0 * HARDEST_MS2 < speed * speed:
        return True
    eighths = min(int(distance * 8.0 / speed), net.stop_probability.shape[1] - 1)
    chance = net.stop_probability[net.link_of[lane], eighths]
    return chosen_at_yellow(trips.key[vehicle], occasion_of(uint32(since), uint32(group)), int32(chance)) == DECIDED_GO


@per_vehicle
def late_in_middle(world, conn, kind, stood):
    """Return how much later (ms) than at full speed a vehicle gets to the middle of a junction that stood so far back.

    There the ways of others cross; ``stood`` is its way to the line, cm.
    """
    net, middle = world.net, world.net.middle[conn]
    acceleration, full = net.acceleration[kind], net.line_speed[conn]
    before = min(stood * 0.01, full * full / (2.0 * acceleration))
    beyond = min(before + middle, full * full / (2.0 * acceleration))
    rising = sqrt(2.0 * beyond / acceleration) - sqrt(2.0 * before / acceleration)
    return int(1000.0 * (rising - (beyond - before) / full))


@per_vehicle
def speed_and_distance(acceleration, stood, full, rest):
    """Return speed and way to the line at a time ``rest`` (s) before a vehicle crosses it that stood before it (m)."""
    steady = max(stood - full * full / (2.0 * acceleration), 0.0) / full
    crossed = full if steady > 0.0 else min(sqrt(2.0 * acceleration * stood), full)
    if rest <= steady:
        return crossed, crossed * rest
    rising = rest - steady
    return crossed - acceleration * rising, crossed * rest - 0.5 * acceleration * rising * rising
