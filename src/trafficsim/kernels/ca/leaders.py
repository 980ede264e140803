"""Flat passes over all slots: who is ahead, speed bounds, and the guard that nobody overlaps."""

from __future__ import annotations

from numba import int16, int32, uint64

from trafficsim.kernels.ca.packed_state import NO_BOUND, length, light, pack_x, pos, rear, vel
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.jit import kernel, part


@kernel
def leader_states(vehicles, work, n):
    """Write the rear position and speed of slot k - 1 for every slot; heads of lanes are overwritten afterwards.

    All bounds of speed are lifted.
    """
    X, Y, leader, bound = vehicles.X, vehicles.Y, work.leader, work.bound
    for k in range(uint64(1), uint64(n)):
        j = k - uint64(1)
        leader[k] = X[j] - int32(length(Y[j]) << int32(16))
    for k in range(uint64(0), uint64(n)):
        bound[k] = int16(NO_BOUND)


@part
def apply_bounds(vehicles, work, n, brake_light):
    """Slow down the vehicles for which a decision set a lower speed than the rule; ``brake_light`` is their light."""
    X, moved, bound = vehicles.X, work.moved, work.bound
    for k in range(uint64(0), uint64(n)):
        v = min(vel(moved[k]), int32(bound[k]))
        brakes = int32(int32(v < vel(moved[k])) & int32(v < vel(X[k])))
        lit = int32(light(moved[k]) | int32(int32(brake_light) * brakes))
        moved[k] = pack_x(int32(pos(X[k]) + v), int32(v | lit))


@kernel
def guard(vehicles, start, work, lanes):
    """Guarantee that nobody overlaps: a vector check of all followers, and a scalar repair only if it finds one."""
    X, Y, moved, leader = vehicles.X, vehicles.Y, work.moved, work.leader
    bad = int32(0)
    for k in range(uint64(1), uint64(start[lanes])):
        j = k - uint64(1)
        follows = int32(leader[k] == int32(X[j] - int32(length(Y[j]) << int32(16))))
        bad = int32(bad | int32(follows & int32(int32(pos(moved[j]) - length(Y[j])) < pos(moved[k]))))
    if bad == 0:
        return
    for lane in range(lanes):
        close_up(vehicles, start, work, lane)


@part
def close_up(vehicles, start, work, lane):
    """Hold back every follower of the lane that would run into its leader."""
    X, Y, moved = vehicles.X, vehicles.Y, work.moved
    for k in range(start[lane] + 1, start[lane + 1]):
        room = rear(moved[k - 1], Y[k - 1])
        if room < pos(moved[k]):
            old = pos(X[k])
            now = max(room, old)
            moved[k] = pack_x(now, now - old)
            work.count[Count.REPAIRS] += 1
