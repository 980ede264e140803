"""What given routes cost under times that depend on the moment, and their hashes."""

from __future__ import annotations

from trafficsim.kernels.jit import kernel
from trafficsim.kernels.paths.tables import NO_HASH, between, column_of, mixed, part_of


@kernel
def drive_routes(profile, start, turn, route, clock, cost):
    """Cost of routes whose first link is entered at clock times, up to the entry of their last link.

    ``turn[start[r]:start[r + 1]]`` are the movements of route r, one per link; the last of them is none.
    """
    for row in range(len(route)):
        now, total = clock[row], 0
        for place in range(start[route[row]], start[route[row] + 1] - 1):
            column = column_of(profile, now)
            share = part_of(profile, now, column)
            time = max(between(profile.time, turn[place], column, share, profile.width), 1)
            total += time
            if profile.extra.shape[1] > 0:
                total += max(between(profile.extra, turn[place], column, share, profile.width), 0)
            now += time
        cost[row] = total


@kernel
def hash_routes(start, link, found):
    """Hash of every route, as a tree gives it to the same links."""
    for route in range(len(found)):
        state = NO_HASH
        for place in range(start[route], start[route + 1]):
            state = mixed(state, link[place])
        found[route] = state
