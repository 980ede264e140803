"""The k cheapest paths without a loop, against all paths tried one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.simple_paths import cheapest_paths
from trafficsim.plan.arrays import TurnArrays
from trafficsim.plan.k_shortest import TICKS_PER_S, PathNetwork

LINKS = 7
PAIRS = [(tail, head) for tail in range(LINKS) for head in range(LINKS) if tail != head]
COSTS = st.dictionaries(st.sampled_from(PAIRS), st.integers(1, 6), min_size=4, max_size=22)


def network(costs: dict[tuple[int, int], int]) -> PathNetwork:
    pairs = np.array(sorted(costs), np.int32)
    cost_s = np.array([costs[pair] for pair in sorted(costs)]) / TICKS_PER_S
    return PathNetwork(TurnArrays(pairs[:, 0], pairs[:, 1]), LINKS, cost_s, np.ones(len(pairs), np.bool_))


@given(COSTS, st.integers(1, 6))
def test_they_are_the_cheapest_of_all_paths(costs: dict[tuple[int, int], int], most: int) -> None:
    found = network(costs).paths(0, LINKS - 1, most, np.inf)
    expected = cheapest_paths(costs, 0, LINKS - 1, most)
    assert [one.cost for one in found] == [cost for cost, _ in expected]
    every = {path: cost for cost, path in cheapest_paths(costs, 0, LINKS - 1, 10**6)}
    assert all(every[one.links] == one.cost for one in found)
    assert len({one.links for one in found}) == len(found)


@given(COSTS)
def test_next_movements_lead_to_the_destination_at_least_cost(costs: dict[tuple[int, int], int]) -> None:
    roads, target = network(costs), LINKS - 1
    distance = roads.distances(np.array([target]))[0]
    onward = roads.next_turns(distance)
    pairs = sorted(costs)
    for link in range(LINKS):
        best = cheapest_paths(costs, link, target, 1)
        assert np.isinf(distance[link]) == (not best)
        path, cost = [link], 0
        while path[-1] != target and onward[path[-1]] >= 0:
            tail, head = pairs[onward[path[-1]]]
            assert tail == path[-1]
            path.append(head)
            cost += costs[tail, head]
        if best:
            assert (path[-1], cost) == (target, best[0][0])


def test_paths_that_cost_too_much_are_left_out() -> None:
    roads = network({(0, 1): 1, (1, 6): 1, (0, 2): 2, (2, 6): 1, (0, 3): 4, (3, 6): 1})
    assert [one.cost for one in roads.paths(0, 6, 5, 1.5)] == [2, 3]
    assert [one.cost for one in roads.paths(0, 6, 5, 9.0)] == [2, 3, 5]
    assert [one.cost for one in roads.paths(0, 6, 2, 9.0)] == [2, 3]


def test_a_destination_that_is_the_origin_needs_no_path() -> None:
    roads = network({(0, 1): 1})
    assert [one.links for one in roads.paths(3, 3, 4, 2.0)] == [(3,)]
    assert roads.paths(1, 6, 4, 2.0) == []
