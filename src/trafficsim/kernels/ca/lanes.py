"""Lane changes: mandatory towards lanes that lead on, discretionary past slower leaders; one direction per tick.

On links with ``keep`` (outside built-up areas by default) drivers leave the nearside lane to overtake, early enough not
to lose their speed, and go back when they can drive there at their own speed for some seconds (Vienna Convention on
Road Traffic 1968, articles 10 and 11; the seconds are a modelling assumption). In a queue they choose their lane as in
towns. For their route they change from a distance before the end of the link on; before that the whole road is theirs.

A change is a rotation between two adjacent slices of the dense array; nothing else moves.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import float32, int32, int64, njit, uint8, uint32, uint64

from trafficsim.kernels.ca.busy import find_busy, list_flagged, place_of
from trafficsim.kernels.ca.closed import room_to_closed
from trafficsim.kernels.ca.overhang import overhang
from trafficsim.kernels.ca.packed_state import (
    FLAG_CONNECTOR,
    FLAG_WRONG,
    WRONG_BIT,
    cap,
    length,
    pos,
    rear,
    vel,
    wish,
    with_flags,
)
from trafficsim.kernels.ca.repack import move_slot
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.vehicles import PackedSlot
from trafficsim.kernels.decisions.braking import JUDGED_HEADWAY, safe_speed
from trafficsim.kernels.jit import part, per_vehicle, spliced
from trafficsim.kernels.rng import draw32

WIDE, WIDE_SPEED = 300, 60
"""Gap (cells) and speed that stand for "nobody ahead" in the next lane."""
HELD_UP, TRIES = 1, 2
"""Marks: a vehicle is held up by its leader, and tries to change in this tick."""
SHIFT = 16
ONE_LANE = 1 << SHIFT
"""More vehicles than one lane can hold: its positions are 16-bit numbers."""


class Pair(NamedTuple):
    """Two neighbouring lanes, and who may change between them."""

    lower: int
    """The one on the nearside."""
    side: int
    """Direction of the changes: 1 towards the offside, -1 towards the nearside."""
    draw: int
    """Key of the random draws of this tick."""
    kept: bool
    """Whether drivers keep to the nearside there."""


class Change(NamedTuple):
    """A vehicle, and the place between two others in the next lane that it may change to."""

    source: int
    target: int
    slot: int
    behind: int
    """Slot of the one in the target lane that would be behind it."""
    draw: int
    kept: bool


class Ahead(NamedTuple):
    """What is ahead in the target lane."""

    gap: int
    speed: int


@njit(inline="always")
def lane_flags(net, trips, lane, route_position):
    """Return the flags of packed state Y for a lane: the wish, and whether the lane does not serve the turn at all."""
    side = net.lane[lane].side
    wanted = int32(trips.manoeuvre[trips.route[route_position]].wanted)
    flags = int32(1)
    if (wanted >> side) & 1 == 0 and wanted != 0:
        flags = int32(2) if (wanted >> side) != 0 else int32(0)
    merges = net.lane[lane].ends > 0 and flags != int32(1)
    if merges or (int32(trips.manoeuvre[trips.route[route_position]].feasible) >> side) & 1 == 0:
        flags |= int32(FLAG_WRONG)
    return flags


@part
def candidates(vehicles, n, tick, draw, scale, found):
    """Flat pass: mark vehicles that must change to a side, or are held up and free to, and those held up.

    Of those held up every fourth tries in a tick, where nobody keeps to the nearside; who stands there too.
    """
    # 32-bit arithmetic, and truth values as numbers: else the loop does not fill vector registers
    side, phase = int32(1) if tick & 1 else int32(-1), uint32(tick >> 1)
    X, Y, KEY = vehicles.X, vehicles.Y, vehicles.KEY
    queue_speed, near = int32(scale.queue_speed), int32(scale.near)
    half = int32(queue_speed >> int32(1))
    for k in range(uint64(1), uint64(n)):
        j = k - uint64(1)
        x, y = X[k], Y[k]
        v, want = vel(x), int32(wish(y))
        gap = int32(int32(pos(X[j]) - length(Y[j])) - pos(x))
        moves, urgent = int32(v >= half), int32(y >> int32(WRONG_BIT)) & int32(1)
        close = int32(gap <= int32(int32(2) * v + near)) & int32(int32(int32(256) * int32(v + queue_speed)) <= cap(y))
        free = int32(want == int32(0)) & close
        slow, stands = int32(free & moves), int32(free & int32(int32(1) - moves))
        due = moves | urgent | int32(uint32(uint32(KEY[k] + phase) & uint32(3)) == uint32(0))
        drawn = int32(uint32(draw32(KEY[k], draw) & uint32(3)) == uint32(0))
        tries = int32(int32(int32(want == side) & due) | int32(int32(slow | stands) & drawn))
        impeded = int32(int32(tries | slow) & int32(int32(1) - stands))
        found[k] = uint8(int32(int32(tries * int32(TRIES)) | impeded))


@part
def change_lanes(road, draw, tick):
    """Change lanes in one direction: towards the offside on odd ticks, towards the nearside on even ones."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    side = int32(1) if tick & 1 else int32(-1)
    n = start[net.lanes]
    if n > 0:
        work.candidate[0] = TRIES | HELD_UP
        candidates(vehicles, n, tick, draw, net.scale, work.candidate)
    listed = int64(list_flagged(work.candidate, work.candidate_blocks, work.listed, n, TRIES))
    other = int64(0)
    for at in range(list_pairs(road, side, listed)):
        lower = int64(work.outs[at])
        if net.lane[lower].keep:
            other |= sweep(road, Pair(lower, side, draw, True), int64(0), int64(start[lower + 2] - start[lower]))
        else:
            packed = int64(work.listed[at])
            other |= sweep(road, Pair(lower, side, draw, False), packed >> SHIFT, packed & (ONE_LANE - 1))
    if other:
        find_busy(start, work, net.lanes)


@part
def list_pairs(road, side, listed):
    """List the lower lanes of pairs in which somebody may change: marked vehicles, or any who keep to the nearside.

    For the former the list of marked vehicles is overwritten by what a sweep needs: how many vehicles of the lane stand
    before its first marked one, and how many marks it has. Both stay true when vehicles move from or into another lane:
    those before the first mark in a lane move with the lane's start.
    """
    net, start, work = road.net, road.start, road.work
    pairs, i, place = int64(0), int64(0), int64(0)
    while i < listed:
        first, begin = int64(work.listed[i]), i
        place = place_of(work, start, place, first)
        lane = int64(work.busy[place])
        while i < listed and int64(work.listed[i]) < start[lane + 1]:
            i += 1
        beside = int64(net.lane[lane].side) + side
        if net.lane[lane].keep == 0 and 0 <= beside < int64(net.lane[lane].beside):
            work.outs[pairs] = min(lane, lane + side)
            work.listed[pairs] = (first - int64(start[lane])) << SHIFT | (i - begin)
            pairs += 1
    for at in range(len(net.kept)):
        lower = int64(net.kept[at])
        work.outs[pairs] = lower
        pairs += 1 if start[lower] < start[lower + 2] else 0
    return pairs


@per_vehicle
def sweep(road, pair, before, left):
    """Walk along two neighbouring lanes, leader first, and change those who can; return 1 if a lane emptied or filled.

    ``before`` vehicles of the lane stand before the first that may change, and ``left`` may change at most.
    """
    vehicles, start, work = road.vehicles, road.start, road.work
    lower, side, keep = pair.lower, pair.side, pair.kept
    source = lower if side > 0 else lower + 1
    target = lower + 1 if side > 0 else lower
    x = start[source] + before
    j = start[target]
    other = int64(0)
    while left > 0 and x < start[source + 1]:
        if work.candidate[x] & TRIES == 0 and not keep:
            x += 1
            continue
        left -= 1
        p = pos(vehicles.X[x])
        while j < start[target + 1] and pos(vehicles.X[j]) >= p:
            j += 1
        if accepts(road, Change(source, target, x, j, pair.draw, keep)):
            work.count[Count.LANE_CHANGES] += 1
            work.lane[source].used -= length(vehicles.Y[x])
            work.lane[target].used += length(vehicles.Y[x])
            if start[source + 1] - start[source] == 1:
                work.lane[source].wait = 0
                other = int64(1)
            if start[target] == start[target + 1]:
                other = int64(1)
            if side > 0:
                move_up(road, x, j, target)
            else:
                move_down(road, x, j, target)
                x += 1
                j += 1
        else:
            x += 1
    return other


@spliced
def fits(road, change, must, ahead):
    """Whether neither the vehicle nor the follower in the target lane has to brake too hard."""
    net, vehicles, x, j = road.net, road.vehicles, change.slot, change.behind
    v = vel(vehicles.X[x])
    give = net.scale.soft
    if must:
        give = net.scale.urgent if vehicles.Y[x] & FLAG_WRONG else net.scale.firm
    if j < road.start[change.target + 1]:
        gap = rear(vehicles.X[x], vehicles.Y[x]) - pos(vehicles.X[j])
        if gap < 0:
            return False
        if safe_speed(gap, v, JUDGED_HEADWAY, net.scale.safe) < float32(vel(vehicles.X[j]) - give):
            return False
    return safe_speed(ahead.gap, ahead.speed, JUDGED_HEADWAY, net.scale.safe) >= float32(v - give)


@spliced
def gains(road, change, own, ahead):
    """Whether a change that nothing demands is worth it: more room ahead, or back to the nearside without losing speed.

    ``own`` is the gap to the own leader.
    """
    net, vehicles, x = road.net, road.vehicles, change.slot
    # in dense traffic drivers need not keep to the nearside (StVO section 7 (1))
    first = x == road.start[change.source]
    keep = change.kept and (first or vel(vehicles.X[x - 1]) > net.scale.queueing)
    if change.kept and not keep and road.work.candidate[x] & HELD_UP == 0:
        return False
    desired = cap(vehicles.Y[x]) >> int32(8)
    if keep and change.target < change.source:
        closing = max(desired - ahead.speed, int32(0))
        seen = min(ahead.gap, -pos(vehicles.X[x]))  # what stands beyond the stop line is not known here
        return seen >= int32(2) * vel(vehicles.X[x]) + net.scale.horizon * closing
    leader_speed = vel(vehicles.X[x - 1])
    if ahead.gap <= own + net.scale.gain and not (keep and ahead.speed > leader_speed):
        return False
    if not keep:
        return True
    impeded = leader_speed + (net.scale.queue_speed >> 1) <= desired
    return impeded and own <= int32(3) * vel(vehicles.X[x]) + net.scale.near


@spliced
def room_beside(road, change, p):
    """Return what is ahead in the target lane of a vehicle at ``p``: the vehicle there, or a rear over its line."""
    vehicles, j = road.vehicles, change.behind
    if j > road.start[change.target]:
        return Ahead(int32(rear(vehicles.X[j - 1], vehicles.Y[j - 1]) - p), vel(vehicles.X[j - 1]))
    if p > -int32(WIDE):
        over, speed = overhang(road.net, vehicles, road.start, road.trips, road.work, change.target)
        if over < 0:
            return Ahead(int32(over - p), speed)
    return Ahead(int32(WIDE), int32(WIDE_SPEED))


@spliced
def before_closed(net, lane, front, back, ahead):
    """Return what is ahead in a lane with a closed stretch: that, if it is nearer than the vehicle there."""
    room = room_to_closed(net, lane, front, back, ahead.gap)
    return Ahead(room, ahead.speed if room == ahead.gap else int32(0))


@spliced
def accepts(road, change):
    """Whether a vehicle may change, and wants to."""
    net, vehicles, trips, x = road.net, road.vehicles, road.trips, change.slot
    X, y = vehicles.X, vehicles.Y[x]
    p = pos(X[x])
    side = int32(change.target - change.source)
    near = not change.kept or p >= -net.scale.ahead or net.lane[change.source].closed > 0
    must = wish(y) == side and near
    first = x == road.start[change.source]
    if first and not must and not (change.kept and side < 0):  # the head of a lane has nobody to overtake
        return False
    # where nobody keeps to the nearside only those drawn are marked
    if change.kept and not must and draw32(vehicles.KEY[x], change.draw) & uint32(1):
        return False
    limit = -min(net.lane[change.source].length, net.lane[change.target].length)
    if (y & FLAG_CONNECTOR) or rear(X[x], y) < limit or p >= 0:
        return False
    own = int32(WIDE) if first else rear(X[x - 1], vehicles.Y[x - 1]) - p
    ahead = room_beside(road, change, p)
    if net.lane[change.target].closed > 0:
        ahead = before_closed(net, change.target, p, rear(X[x], y), ahead)
    if ahead.gap < 0:
        return False
    if not must and not gains(road, change, own, ahead):
        return False
    if not fits(road, change, must, ahead):
        return False
    vid = vehicles.ID[x]
    if (net.lane[change.target].allowed & trips.kind[trips.row[vid].kind].bit) == 0:
        return False
    if must:
        return True
    return not near or lane_flags(net, trips, change.target, trips.row[vid].route_position) == int32(1)


@njit(inline="always")
def shift(vehicles, work, to, frm):
    """Copy the packed state of a slot."""
    vehicles.X[to] = vehicles.X[frm]
    move_slot(vehicles, to, frm)
    work.candidate[to] = work.candidate[frm]


@spliced
def place_vehicle(road, slot, vehicle, target):
    """Write the packed state of a vehicle that changed into its new slot, with its wish on the new lane."""
    net, vehicles, trips = road.net, road.vehicles, road.trips
    flags = int32(lane_flags(net, trips, target, trips.row[vehicle.trip].route_position))
    flags = int32(flags | (vehicle.y & int32(0xFF & ~(3 | FLAG_WRONG))))
    vehicles.X[slot] = vehicle.x
    vehicles.Y[slot] = with_flags(vehicle.y, flags)
    vehicles.Z[slot] = vehicle.z
    vehicles.KEY[slot] = vehicle.key
    vehicles.ID[slot] = vehicle.trip
    vehicles.W[slot] = vehicle.w
    road.work.candidate[slot] = 0


@njit(inline="always")
def taken_out(vehicles, slot):
    """Return the packed state of a vehicle."""
    return PackedSlot(vehicles.X[slot], vehicles.Y[slot], vehicles.Z[slot], vehicles.KEY[slot], vehicles.ID[slot],
                        vehicles.W[slot])


@spliced
def move_up(road, x, j, target):
    """Rotate slots x .. j - 1 to the left: the vehicle goes to slot j - 1 and the upper lane begins one earlier."""
    vehicle = taken_out(road.vehicles, x)
    for slot in range(x, j - 1):
        shift(road.vehicles, road.work, slot, slot + 1)
    place_vehicle(road, j - 1, vehicle, target)
    road.start[target] -= 1


@spliced
def move_down(road, x, j, target):
    """Rotate slots j .. x to the right: the vehicle goes to slot j and the lower lane ends one later."""
    vehicle = taken_out(road.vehicles, x)
    for slot in range(x, j, -1):
        shift(road.vehicles, road.work, slot, slot - 1)
    place_vehicle(road, j, vehicle, target)
    road.start[target + 1] += 1
