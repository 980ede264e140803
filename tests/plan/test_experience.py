"""Routes that drivers know: who switches when, who has a choice, what the cheapest path is, and the relative gap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.small import Demand, diamond, flow, join, link, network, trip, world
from trafficsim.plan.experience import INTERVAL_S, Learning, has_choice, with_routes
from trafficsim.plan.lower import DESIGN_DAY, lower
from trafficsim.plan.network import turn_of
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.spec.demand import Stop
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time

LINKS = 6
PAIRS = [(a, b) for a in range(LINKS) for b in range(LINKS) if a != b]


def fork(*more: tuple[str, str]) -> Network:
    """a -> (b: short, c: long) -> d."""
    links = [link("a", "1", "2"), link("b", "2", "3"), link("c", "2", "3", length_m=200.0), link("d", "3", "4")]
    return network(links, [join(*pair) for pair in (("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), *more)])


def turn_s(prepared: Prepared, **seconds: float) -> np.ndarray:
    """Times by turn, the same in all intervals; 10 s where nothing is reported."""
    names, turns = prepared.network.link_id, prepared.network.turns
    pairs = [names[tail] + names[head] for tail, head in zip(turns.from_link, turns.to_link, strict=True)]
    return np.array([[seconds.get(pair, 10.0) for pair in pairs]])


def taken(prepared: Prepared, replication: int = 1) -> dict[str, str]:
    plan = lower(prepared, (), replication).plan
    routes = np.split(plan.trips.route_link, plan.trips.route_start[1:-1])
    return {name: "".join(plan.link_id[one] for one in route)
            for name, route in zip(plan.trips.name, routes, strict=True)}


def test_every_round_has_its_share() -> None:
    keys, cell = np.arange(40_000, dtype=np.uint64), (np.zeros(40_000, np.int64), np.zeros(40_000, np.int32))
    table = prepare(world(Demand(flows=(flow(),)), fork())).routes
    last, earlier = (replace(table, found=np.zeros((rounds, 1, 1), np.int32)).last_switch(keys, cell)
                     for rounds in (4, 3))
    np.testing.assert_allclose(np.bincount(last) / len(last), 0.2, atol=0.01)
    np.testing.assert_array_equal(earlier[last < 4], last[last < 4])


def test_a_round_moves_its_share_and_nobody_else() -> None:
    prepared = prepare(world(Demand(flows=(flow(volume_veh_h=3000.0),), trips=(trip("given", route=("a", "b", "d")),)),
                             fork()))
    learning = Learning(prepared)
    gap, after = learning.look_back(turn_s(prepared, bd=50.0))
    assert gap == pytest.approx((10.0 + 50.0) / 20.0 - 1.0)
    free, learnt = taken(prepared), taken(with_routes(prepared, after))
    assert set(free.values()) == {"abd"}
    assert learnt["given"] == "abd"
    assert list(learnt.values()).count("acd") / len(learnt) == pytest.approx(0.5, abs=0.03)
    learning.routes = after
    assert learning.look_back(turn_s(prepared, bd=50.0))[0] == pytest.approx(1.0, abs=0.07)


def test_routes_are_those_of_the_person_on_every_day() -> None:
    prepared = prepare(world(Demand(trips=tuple(trip(f"t{n}", float(n)) for n in range(200))), fork()))
    prepared = with_routes(prepared, Learning(prepared).look_back(turn_s(prepared, bd=50.0))[1])
    assert taken(prepared, 1) == taken(prepared, 2) == taken(prepared, DESIGN_DAY)
    assert set(taken(prepared).values()) == {"abd", "acd"}


def test_each_interval_of_departure_looks_at_its_own_times() -> None:
    prepared = prepare(world(Demand(trips=tuple(trip(f"t{n}", 10.0 * n) for n in range(240))), fork(),
                             time=Time(analysis_s=2400.0)))
    times = np.concatenate([turn_s(prepared), turn_s(prepared, bd=50.0), turn_s(prepared)])
    learnt = taken(with_routes(prepared, Learning(prepared).look_back(times)[1]))
    interval = {name: int(10.0 * int(name[1:]) // INTERVAL_S) for name in learnt}
    assert {interval[name] for name, route in learnt.items() if route == "acd"} == {1}


def test_a_trip_with_stops_keeps_its_timetabled_way() -> None:
    bus = trip("bus", stops=(Stop(link="d", position_m=50.0, dwell_s=10.0),))
    prepared = prepare(world(Demand(trips=(bus, *(trip(f"t{n}") for n in range(20)))), fork()))
    after = Learning(prepared).look_back(turn_s(prepared, bd=50.0))[1]
    learnt = taken(with_routes(prepared, after))
    assert learnt["bus"] == "abd"
    assert "acd" in learnt.values()


def test_there_is_no_choice_on_one_road_nor_where_the_other_is_closed() -> None:
    assert has_choice(prepare(world(Demand(flows=(flow(),)), fork())))
    assert not has_choice(prepare(world(Demand(flows=(flow(),)), diamond())))  # the other route is for buses
    assert has_choice(prepare(world(Demand(flows=(flow(vehicle_classes={"bus": 1.0}),)), diamond())))
    assert not has_choice(prepare(world(Demand(flows=(flow(route=("a", "b", "d")),)), fork())))


@given(turns=st.lists(st.sampled_from(PAIRS), min_size=1, max_size=14, unique=True), ends=st.sampled_from(PAIRS))
def test_choice_is_a_second_simple_path(turns: list[tuple[int, int]], ends: tuple[int, int]) -> None:
    graph = nx.DiGraph(turns)
    paths = list(nx.all_simple_paths(graph, *ends)) if {*ends} <= {*graph} else []
    if paths:
        assert has_choice(random_world(turns, ends)) == (len(paths) > 1)


@given(turns=st.lists(st.sampled_from(PAIRS), min_size=1, max_size=20, unique=True), ends=st.sampled_from(PAIRS),
       seconds=st.lists(st.integers(1, 300), min_size=20, max_size=20))
def test_gap_is_what_the_fastest_path_of_networkx_would_save(
    turns: list[tuple[int, int]], ends: tuple[int, int], seconds: list[int]
) -> None:
    graph = nx.DiGraph(turns)
    if not {*ends} <= {*graph} or not nx.has_path(graph, *ends):
        return
    prepared = random_world(turns, ends)
    rows = prepared.network.turns
    times = np.array([seconds[:len(rows.from_link)]], np.float64)
    for tail, head, time in zip(rows.from_link.tolist(), rows.to_link.tolist(), seconds, strict=False):
        graph.edges[tail, head]["s"] = time
    gap, after = Learning(prepared).look_back(times)
    least = nx.dijkstra_path_length(graph, *ends, weight="s")
    free = [int(name) for name in taken(prepared)["t"]]
    assert gap == pytest.approx(nx.path_weight(graph, free, "s") / least - 1.0)
    best = after.link[after.start[after.found[-1, 0, 0]]:after.start[after.found[-1, 0, 0] + 1]].tolist()
    assert (best[0], best[-1], nx.path_weight(graph, best, "s")) == (*ends, least)
    assert (turn_of(rows, *np.array(list(pairwise(best))).T) >= 0).all()


def random_world(turns: list[tuple[int, int]], ends: tuple[int, int]) -> Prepared:
    road = network([link(str(n), f"{n}a", f"{n}b") for n in range(LINKS)], [join(str(a), str(b)) for a, b in turns])
    unrouted = trip(origin=str(ends[0]), destination=str(ends[1]))
    return prepare(world(Demand(trips=(unrouted,)), road, time=Time(analysis_s=600.0)))
