"""Times by volumes for the links of a world, as a static assignment has them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trafficsim.design.assignment.roads import static_network
from trafficsim.plan.arrays import F8
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.turn_times import group_red_s

S_PER_MIN, LEAST_GREEN = 60.0, 0.05


def volume_delay(prepared: Prepared) -> Callable[[F8], F8]:
    """Return a function from volumes (veh/h) to times (s) of the links of a world, both of shape (..., links).

    At a signal a link has the capacity of its green: that of the movement with the longest. Links that are closed to
    cars, whose static network has none of them, take the time at their limit.
    """
    network = prepared.network
    static = static_network(prepared.world.network)
    place = np.array([network.link_index[link] for link in static.link], np.int64)
    free_s = network.links.length_m / network.links.speed_limit_ms

    green = link_green(prepared)

    def times(volume: F8) -> F8:
        volume = volume / green
        found = np.array(np.broadcast_to(free_s, volume.shape))
        found[..., place] = static.time(volume[..., place]) * S_PER_MIN
        return found

    return times


def link_green(prepared: Prepared) -> F8:
    """Largest share of the cycle that a movement of each link has green; 1 without a signal, never below 5 %."""
    network = prepared.network
    group = network.connections.signal_group
    at_signal = np.flatnonzero(group >= 0)
    share = np.ones(len(network.link_id))
    if len(at_signal):
        red_s, cycle_s = group_red_s(prepared.signals)
        link = network.lanes.link[network.connections.from_lane[at_signal]]
        share[link] = 0.0
        np.maximum.at(share, link, 1.0 - red_s[group[at_signal]] / cycle_s[group[at_signal]])
    return np.asarray(np.maximum(share, LEAST_GREEN))
