"""Routes rewritten within a run: values by place of the routes move along, for any routes and any trips."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.detours import detour_world
from trafficsim.plan.lower import lower
from trafficsim.plan.rewriting import rewritten

PLAN = lower(detour_world(volume_veh_h=30.0)).plan
COUNT = len(PLAN.trips.key)


@given(st.dictionaries(st.integers(0, COUNT - 1), st.lists(st.integers(0, 5), min_size=1, max_size=9), min_size=1))
def test_every_place_keeps_its_value_and_new_ones_have_theirs(routes: dict[int, list[int]]) -> None:
    rows = sorted(routes)
    new = rewritten(PLAN, np.array(rows), [routes[row] for row in rows])
    before, after = PLAN.trips, new.plan.trips
    value = np.arange(len(before.route_link)) * 10
    moved = new.moved(value, np.arange(len(new.part.trips.route_link)) + 10**6)
    fresh = 0
    for trip in range(COUNT):
        here = slice(after.route_start[trip], after.route_start[trip + 1])
        if trip in routes:
            assert after.route_link[here].tolist() == routes[trip]
            assert moved[here].tolist() == list(range(10**6 + fresh, 10**6 + fresh + len(routes[trip])))
            fresh += len(routes[trip])
        else:
            old = slice(before.route_start[trip], before.route_start[trip + 1])
            assert after.route_link[here].tolist() == before.route_link[old].tolist()
            assert moved[here].tolist() == value[old].tolist()
        assert before.route_start[trip] + new.shift[trip] == after.route_start[trip]
    assert new.part.trips.name == tuple(PLAN.trips.name[row] for row in rows)
