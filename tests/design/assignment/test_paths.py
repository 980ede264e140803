"""Shortest paths against plain Python: parallel links, turns, nodes that are not passed through."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.shortest_paths import all_or_nothing, cheapest_path
from tests.support.static_networks import braess, network_of, random_network
from trafficsim.base.errors import DemandError, NetworkError
from trafficsim.design.assignment.paths import PathSearch
from trafficsim.spec.od_matrix import ODMatrix, matrix_of
from trafficsim.spec.static_network import StaticNetwork

LINE = {"ab": ("a", "b", 1.0, 0.0, 1.0, 1.0), "bc": ("b", "c", 1.0, 0.0, 1.0, 1.0),
        "ac": ("a", "c", 5.0, 0.0, 1.0, 1.0)}


def costs_of(network: StaticNetwork) -> np.ndarray:
    return np.concatenate((network.free_time, [network.turns[turn] for turn in network.penalised]))


def along(network: StaticNetwork, path: list[int]) -> float:
    """Cost of a path, link by link and turn by turn; infinite where links do not follow each other."""
    total = float(network.free_time[path].sum())
    for first, second in pairwise(path):
        joined = network.head[first] == network.tail[second]
        total += network.turns.get((network.link[first], network.link[second]), 0.0) if joined else np.inf
    return total


def some_turns(network: StaticNetwork, seed: int) -> dict[tuple[str, str], float]:
    """Half of the turns of some nodes banned or with a penalty."""
    draw = np.random.default_rng(seed)
    turns = [(network.link[first], network.link[second]) for first in range(len(network.link))
             for second in range(len(network.link)) if network.head[first] == network.tail[second]]
    return {turn: float(draw.choice([np.inf, 0.5, 3.0])) for turn in turns if draw.random() < 0.3}


@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_paths_and_volumes_are_those_of_plain_python(seed: int, turns: bool, closed: bool) -> None:
    network, matrix = random_network(seed, nodes=6)
    network = replace(network, turns=some_turns(network, seed) if turns else {},
                      no_through=frozenset({"n1"}) if closed else frozenset())
    search = PathSearch(network, matrix.zones)
    between = search.between(costs_of(network))
    cost = network.free_time.tolist()
    pairs = {(a, b): float(matrix.trips[i, j]) for i, a in enumerate(matrix.zones) for j, b in enumerate(matrix.zones)}
    for (origin, destination), found in zip(pairs, between.ravel(), strict=True):
        if origin != destination:
            assert found == pytest.approx(cheapest_path(network, cost, origin, destination)[0])
            if np.isfinite(found):
                ends = (matrix.zones.index(zone) for zone in (origin, destination))
                assert along(network, search.path(costs_of(network), *ends)) == pytest.approx(found)
    if np.isfinite(between).all():
        loaded = search.load(costs_of(network), matrix.trips)[: len(network.link)]
        assert loaded == pytest.approx(all_or_nothing(network, cost, pairs))


def test_of_parallel_links_the_cheapest_is_taken() -> None:
    network = network_of({"slow": ("a", "b", 2.0, 0.0, 1.0, 1.0), "fast": ("a", "b", 1.0, 0.0, 1.0, 1.0)})
    loaded = PathSearch(network, ("a", "b")).load(network.free_time, np.array([[0.0, 7.0], [0.0, 0.0]]))
    assert loaded.tolist() == [0.0, 7.0]


def test_a_link_that_costs_nothing_is_a_link() -> None:
    network = network_of({"ab": ("a", "b", 0.0, 0.0, 1.0, 1.0), "bc": ("b", "c", 0.0, 0.0, 1.0, 1.0)})
    loaded = PathSearch(network, ("a", "c")).load(network.free_time, np.array([[0.0, 3.0], [0.0, 0.0]]))
    assert loaded.tolist() == [3.0, 3.0]


def test_nodes_without_through_traffic_are_passed_around() -> None:
    network = network_of(LINE)
    trips = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert PathSearch(network, ("a", "c")).load(network.free_time, trips).tolist() == [1.0, 1.0, 0.0]
    closed = replace(network, no_through=frozenset({"b"}))
    assert PathSearch(closed, ("a", "c")).load(closed.free_time, trips).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(("penalty", "volumes"), [(2.0, [1.0, 1.0, 0.0, 1.0]), (np.inf, [0.0, 0.0, 1.0])])
def test_turns_cost_or_are_banned(penalty: float, volumes: list[float]) -> None:
    network = replace(network_of(LINE), turns={("ab", "bc"): penalty})
    loaded = PathSearch(network, ("a", "c")).load(costs_of(network), np.array([[0.0, 1.0], [0.0, 0.0]]))
    assert loaded.tolist() == volumes


def test_zones_that_no_path_joins_are_named() -> None:
    network = network_of(LINE)
    matrix = matrix_of([("a", "c", 5.0), ("c", "a", 2.0), ("c", "b", 1.0)])
    with pytest.raises(DemandError, match=r"from zone 'c' to zone 'a': found no path \(2 pairs with 3 trips"):
        PathSearch(network, matrix.zones).require_paths(matrix.trips)


def test_zones_that_are_not_there_are_named() -> None:
    with pytest.raises(DemandError, match="zone 'x': found no such zone in the network"):
        PathSearch(braess()[0], ("o", "x"))


@pytest.mark.parametrize(("change", "message"), [
    ({"capacity": np.zeros(3), "b": np.ones(3)}, r"link 'ab': capacity: found 0; expected a finite number > 0"),
    ({"free_time": np.array([1.0, -1.0, 1.0])}, r"link 'bc': free_time: found -1"),
    ({"power": np.full(3, 0.5)}, r"link 'ab': power: found 0.5; expected 0, or a finite number >= 1"),
    ({"b": np.full(3, np.nan)}, r"link 'ab': b: found nan"),
    ({"length": np.ones(2)}, r"length: found shape \(2,\)"),
    ({"turns": {("ab", "ac"): 1.0}}, "links that do not follow each other"),
    ({"turns": {("ab", "bc"): -1.0}}, "a penalty of -1.0"),
    ({"zones": ("a", "z")}, "zones: found 'z', which is no node"),
    ({"link": ("ab", "ab", "ac")}, "link 'ab': found this name a second time"),
])
def test_networks_that_cannot_be_used_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        replace(network_of(LINE), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(("trips", "message"), [
    ([[0.0, -1.0], [0.0, 0.0]], "from zone 'a' to zone 'b': found -1 trips"),
    ([[0.0, np.nan], [0.0, 0.0]], "found nan trips"),
    ([[0.0, 1.0]], r"found shape \(1, 2\)"),
])
def test_matrices_that_are_none_are_refused(trips: list[list[float]], message: str) -> None:
    with pytest.raises(DemandError, match=message):
        ODMatrix(("a", "b"), np.array(trips))
