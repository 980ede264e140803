"""Turns written into the state of vehicles on the road are those that the kernels write when they enter a link."""

from __future__ import annotations

import numpy as np

from tests.support.small_city import city_plan, city_program
from trafficsim.engines.ca.rerouting import lane_flags
from trafficsim.kernels.ca import lanes as kernels


def test_lane_flags_are_those_of_the_kernel() -> None:
    plan, program = city_plan(), city_program()
    net, trips = program.net, program.trips
    links = plan.trips.route_link
    seen = set()
    for position in range(0, len(links), 3):
        link = int(links[position])
        for lane in range(int(net.link[link].lane), int(net.link[link + 1].lane)):
            ours = lane_flags(net.lane[[lane]], trips.manoeuvre[trips.route[[position]]])
            theirs = int(kernels.lane_flags(net, trips, lane, position))
            assert int(ours[0]) == theirs
            seen.add(theirs)
    assert len(seen) > 2
    assert np.isin(16, [flags & 16 for flags in seen])
