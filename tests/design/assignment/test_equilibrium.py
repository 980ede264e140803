"""User equilibrium and system optimum: cases by hand, properties on random networks, known solutions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trafficsim as ts
from tests.support.static_networks import BENCHMARKS, braess, network_of, random_network
from trafficsim.base.errors import DemandError, InputError, NetworkError
from trafficsim.design.assignment.equilibrium import equilibrium
from trafficsim.design.assignment.paths import PathSearch
from trafficsim.design.assignment.roads import static_network
from trafficsim.spec.od_matrix import matrix_of


def test_braess_by_hand() -> None:
    """Each of three paths carries 2 of 6 trips at cost 92; without the bridge 3 and 3 at cost 83."""
    with_bridge = equilibrium(*braess(), gap=1e-12)
    assert with_bridge.links["volume"].tolist() == pytest.approx([4.0, 2.0, 2.0, 2.0, 4.0], rel=1e-9)
    assert with_bridge.total_time == pytest.approx(6 * 92.0, rel=1e-9)
    assert with_bridge.beckmann == pytest.approx(386.0, rel=1e-9)
    without = equilibrium(*braess(bridge=False), gap=1e-12)
    assert without.total_time == pytest.approx(6 * 83.0, rel=1e-9)
    optimum = equilibrium(*braess(), "system_optimum", gap=1e-12)
    assert optimum.links["volume"].tolist() == pytest.approx([3.0, 3.0, 3.0, 0.0, 3.0], abs=1e-9)
    assert optimum.total_time == pytest.approx(498.0, rel=1e-9)


def test_two_parallel_links_by_hand() -> None:
    """Times 10 + v / 10 and 20 + v / 10: of 150 trips 125 and 25, at 22.5 each."""
    network = network_of({"one": ("a", "b", 10.0, 1.0, 1.0, 100.0), "two": ("a", "b", 20.0, 1.0, 1.0, 200.0)})
    found = equilibrium(network, matrix_of([("a", "b", 150.0)]), gap=1e-12)
    assert found.links["volume"].tolist() == pytest.approx([125.0, 25.0])
    assert found.links["time"].tolist() == pytest.approx([22.5, 22.5])


def test_tolls_and_lengths_change_the_choice_and_are_no_time() -> None:
    network = network_of({"toll": ("a", "b", 10.0, 0.0, 1.0, 1.0), "free": ("a", "b", 12.0, 0.0, 1.0, 1.0)},
                         toll=np.array([5.0, 0.0]), length=np.array([1.0, 2.0]))
    matrix = matrix_of([("a", "b", 4.0)])
    paid = equilibrium(network, matrix, weights={"toll": 0.1})
    assert (paid.links["volume"].tolist(), paid.total_time, paid.total_cost) == ([4.0, 0.0], 40.0, 42.0)
    assert equilibrium(network, matrix, weights={"toll": 1.0}).links["volume"].tolist() == [0.0, 4.0]
    assert equilibrium(network, matrix, weights={"toll": 1.0, "length": 4.0}).links["volume"].tolist() == [4.0, 0.0]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.booleans())
def test_properties_of_equilibria(seed: int, turns: bool) -> None:
    network, matrix = random_network(seed)
    if turns:  # a turn back to where one came from costs half a minute
        back = {(network.link[a], network.link[b]): 0.5 for a in range(len(network.link))
                for b in range(len(network.link)) if network.head[a] == network.tail[b]
                and network.tail[a] == network.head[b]}
        network = replace(network, turns=back)
    user, system = (equilibrium(network, matrix, objective, gap=1e-6, iterations=5000)
                    for objective in ("user_equilibrium", "system_optimum"))
    for result in (user, system):
        volume = result.links["volume"].to_numpy()
        assert result.converged
        assert (volume >= 0).all()
        balance = np.bincount(network.tail, volume, len(network.node)) - np.bincount(network.head, volume,
                                                                                     len(network.node))
        wanted = {zone: matrix.trips[row].sum() - matrix.trips[:, row].sum() for row, zone in enumerate(matrix.zones)}
        assert balance == pytest.approx([wanted.get(node, 0.0) for node in network.node], abs=1e-6)
        values = result.iterations["objective"].to_numpy()
        assert (np.diff(values) <= 1e-9 * values[0]).all(), "the objective never increases"
    assert user.total_cost >= system.total_cost * (1.0 - 1e-6)
    if not turns:  # trips on used paths have the least cost, on the mean within the gap
        least = PathSearch(network, matrix.zones).between(user.links["cost"].to_numpy())
        assert float((least * matrix.trips).sum()) == pytest.approx(user.total_cost, rel=1e-6)


@pytest.mark.parametrize("name", ["SiouxFalls", "Anaheim"])
def test_known_solutions_are_found(real_data: Path, name: str) -> None:
    case = BENCHMARKS[name]
    files = case.file(real_data, "net"), case.file(real_data, "trips")
    user = ts.assign(*files, gap=case.gap, iterations=5000)
    assert user.converged
    assert -1e-9 * case.beckmann <= user.beckmann - case.beckmann <= case.gap * user.total_cost
    assert user.total_cost == pytest.approx(case.total_cost, rel=1e-4)
    system = ts.assign(*files, "system_optimum", gap=1e-5, iterations=5000)
    assert system.converged
    assert user.total_cost >= system.total_cost


def test_an_assignment_that_does_not_converge_says_so() -> None:
    network, matrix = random_network(1)
    result = equilibrium(network, matrix, gap=1e-9, iterations=3)
    assert not result.converged
    assert result.iterations["iteration"].tolist() == [0, 1, 2, 3]
    assert result.relative_gap > 1e-9
    assert np.isfinite(result.links["volume"]).all()


@pytest.mark.parametrize(("settings", "message"), [
    ({"objective": "best"}, "assign: objective: found 'best'"),
    ({"gap": 0.0}, "assign: gap: found 0.0"),
    ({"gap": float("nan")}, "assign: gap: found nan"),
    ({"iterations": 0}, "assign: iterations: found 0"),
    ({"weights": {"fuel": 1.0}}, "weights: fuel"),
    ({"weights": {"toll": float("inf")}}, "weights: toll: found inf"),
])
def test_settings_that_cannot_be_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        equilibrium(*braess(), **settings)  # type: ignore[arg-type]


def test_absurd_costs_are_named() -> None:
    network, matrix = braess()
    with pytest.raises(NetworkError, match="link 'a': found a cost of inf; expected a finite cost under all trips"):
        equilibrium(replace(network, power=np.full(5, 1e4)), matrix)
    subsidised = replace(network, toll=np.array([0.0, 0.0, -100.0, 0.0, 0.0]))
    with pytest.raises(NetworkError, match="link 'c': found a cost of -50; expected a cost >= 0"):
        equilibrium(subsidised, matrix, weights={"toll": 1.0})


def test_a_matrix_without_trips_is_refused() -> None:
    with pytest.raises(DemandError, match="no trip between two zones"):
        equilibrium(braess()[0], matrix_of([("o", "o", 5.0), ("o", "d", 0.0)]))


def test_trips_within_zones_use_no_link() -> None:
    network, matrix = braess()
    more = matrix_of([("o", "d", 6.0), ("o", "o", 100.0)])
    result = equilibrium(network, more, gap=1e-10)
    assert result.links["volume"].tolist() == pytest.approx(equilibrium(network, matrix, gap=1e-10).links["volume"])
    assert result.as_dict()["trips_within_zones"] == 100.0


def test_the_same_bits_again() -> None:
    one, other = (equilibrium(*random_network(7), gap=1e-6) for _ in range(2))
    assert one.links.equals(other.links)
    assert one.iterations.equals(other.iterations)


def test_roads_become_static_networks() -> None:
    """Lanes, limits and movements: no turn back where no connection is, capacity by open lanes."""
    roads = ts.grid(2, 3)
    static = static_network(roads)
    link = static.link[0]
    attributes = roads.links[link]
    assert static.capacity[0] == 1800.0 * attributes["lanes"]
    assert static.free_time[0] == pytest.approx(attributes["length_m"] / 1000 / attributes["speed_limit_kmh"] * 60)
    joined = {(one.from_link, one.to_link) for one in roads.connections}
    assert static.turns
    assert not joined & set(static.turns)


def test_lanes_for_others_carry_nothing() -> None:
    roads = ts.grid(2, 2)
    tail, head, key = next(iter(roads.graph.edges(keys=True)))
    roads.graph.edges[tail, head, key]["allow"] = (("bus",),) * roads.graph.edges[tail, head, key]["lanes"]
    closed = roads.graph.edges[tail, head, key]["id"]
    assert closed not in static_network(roads).link
    assert closed in static_network(roads, "bus").link


def test_costs_and_paths_between_zones() -> None:
    network, matrix = braess()
    result = equilibrium(network, matrix, gap=1e-12)
    between = result.costs_between()
    assert between.loc["o", "d"] == pytest.approx(92.0)
    assert between.loc["o", "o"] == 0.0
    assert between.isna().sum().sum() == 1  # nothing leads from d to o
    path = result.cheapest_path("o", "d")
    assert result.links.set_index("link").loc[list(path), "cost"].sum() == pytest.approx(92.0)
    assert (result.cheapest_path("d", "o"), result.cheapest_path("o", "o")) == ((), ())
    with pytest.raises(DemandError, match="zone 'x': found no such zone in the matrix"):
        result.cheapest_path("o", "x")
