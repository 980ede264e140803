"""Any road graph becomes a network: connections, right of way, defaults, and what is reported."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trafficsim.base.errors import NetworkError
from trafficsim.design.inference.network import network_from_graph
from trafficsim.spec.check import check
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase, SignalProgram

ARMS = {"E": (200.0, 0.0), "N": (0.0, 200.0), "W": (-200.0, 0.0), "S": (0.0, -200.0)}


def crossing(control: str = "priority", lanes: int = 1, **edge: object) -> nx.MultiDiGraph:
    """A crossing whose street from east to west has priority."""
    graph = nx.MultiDiGraph()
    graph.add_node("C", x_m=0.0, y_m=0.0, control=control)
    for arm, (x, y) in ARMS.items():
        graph.add_node(arm, x_m=x, y_m=y, control="dead_end")
        graph.add_edge(arm, "C", id=f"{arm}in", priority=int(arm in "EW"), lanes=lanes, **edge)
        graph.add_edge("C", arm, id=f"{arm}out", lanes=lanes)
    return graph


def movements(network: Network) -> dict[tuple[str, str], Connection]:
    return {(movement.from_link[0], movement.to_link[0]): movement for movement in network.connections}


def yields(network: Network) -> set[tuple[str, str]]:
    """Pairs such as ("EN", "WE"): who yields to whom, by arms."""
    name = [movement.from_link[0] + movement.to_link[0] for movement in network.connections]
    return {(name[n], name[other]) for n, movement in enumerate(network.connections) for other in movement.yields_to}


def test_turns_lengths_and_speeds_of_a_crossing() -> None:
    movement = movements(network_from_graph(crossing()))
    assert len(movement) == 12  # no u-turns
    assert {key: one.turn for key, one in movement.items() if key[0] == "S"} == {
        ("S", "E"): "right", ("S", "N"): "through", ("S", "W"): "left"}
    # Stop lines lie half a street (3.25 m) and a corner of 6 m from the middle; the lane's middle 1.625 m beside it.
    assert movement["S", "N"].length_m == pytest.approx(18.5)
    radius = 9.25 - 1.625
    assert movement["S", "E"].length_m == pytest.approx(radius * math.pi / 2, abs=1e-3)
    assert movement["S", "E"].speed_limit_kmh == pytest.approx(3.6 * math.sqrt(3.0 * radius), abs=1e-3)
    assert movement["S", "W"].length_m == pytest.approx((9.25 + 1.625) * math.pi / 2, abs=1e-3)


def test_the_priority_street_goes_first() -> None:
    found = yields(network_from_graph(crossing()))
    assert {("SN", "EW"), ("SN", "WE"), ("SE", "WE"), ("SW", "NS"), ("ES", "WE"), ("ES", "WS"), ("SW", "NW")} <= found
    assert not any(waiting[0] in "EW" and other[0] in "NS" for waiting, other in found)
    assert not any(waiting in ("EW", "WE", "EN", "WS") for waiting, _ in found)


def test_gaps_follow_the_movement() -> None:
    movement = movements(network_from_graph(crossing()))
    assert [
        (movement[key].critical_gap_s, movement[key].follow_up_s)
        for key in (("E", "S"), ("S", "E"), ("S", "N"), ("S", "W"))
    ] == [(4.1, 2.2), (6.2, 3.3), (6.5, 4.0), (7.1, 3.5)]
    wide = movements(network_from_graph(crossing(lanes=2)))
    assert (wide["S", "E"].critical_gap_s, wide["S", "W"].critical_gap_s) == (6.9, 7.5)
    signal = movements(network_from_graph(crossing("signal")))
    assert (signal["S", "W"].critical_gap_s, signal["S", "W"].follow_up_s) == (4.5, 2.5)


def test_right_before_left_without_a_circle() -> None:
    network = network_from_graph(crossing("right_before_left"))
    found = yields(network)
    assert ("WE", "SN") in found  # for a driver heading east, the south is on the right
    straight = {"WE", "SN", "EW", "NS"}
    assert nx.is_directed_acyclic_graph(nx.DiGraph([pair for pair in found if set(pair) <= straight]))
    assert any(finding.code == "right-of-way-cut" for finding in network.findings)


@pytest.mark.parametrize("control", ["priority", "signal", "right_before_left", "all_way_stop", "roundabout"])
def test_right_of_way_decides_every_conflict_once_and_never_locks(control: str) -> None:
    network = network_from_graph(crossing(control, lanes=2))
    pairs = [(n, other) for n, movement in enumerate(network.connections) for other in movement.yields_to]
    conflicts = {frozenset((n, other)) for n, movement in enumerate(network.connections) for other in movement.crosses}
    assert {frozenset(pair) for pair in pairs} == conflicts
    assert len(pairs) == len(conflicts)
    assert nx.is_directed_acyclic_graph(nx.DiGraph(pairs))
    assert all(movement.must_stop == (control == "all_way_stop") for movement in network.connections)


def test_left_hand_traffic_is_the_mirror_image() -> None:
    graph = crossing(lanes=2)
    right, left = network_from_graph(graph), network_from_graph(graph, left_hand_traffic=True)
    mirrored = {"E": "W", "W": "E", "N": "N", "S": "S"}
    as_seen = {(movement.from_link[0], movement.from_lane, movement.to_link[0], movement.to_lane, movement.length_m)
               for movement in right.connections}
    assert {
        (
            mirrored[movement.from_link[0]],
            movement.from_lane,
            mirrored[movement.to_link[0]],
            movement.to_lane,
            movement.length_m,
        )
        for movement in left.connections
    } == as_seen
    assert movements(left)["S", "W"].turn == "left"  # lane 0 is on the nearside, so the left turn starts there
    assert {
        movement.from_lane for movement in left.connections if (movement.from_link, movement.to_link) == ("Sin", "Wout")
    } == {0}


def test_turns_across_the_opposing_traffic_wait_inside() -> None:
    movement = movements(network_from_graph(crossing("signal")))
    # The left turn from the south crosses x = -1.625 m, the opposing lane's middle, on an arc of radius 10.875 m about
    # (-9.25, -9.25): at an angle whose cosine is (9.25 - 1.625) / 10.875, less half a lane width.
    radius = 9.25 + 1.625
    expected = radius * math.acos((9.25 - 1.625) / radius) - 3.25 / 2
    assert movement["S", "W"].waiting_area_m == pytest.approx(expected, abs=0.2)  # the arc is a polyline of six pieces
    assert movement["S", "N"].waiting_area_m == movement["S", "E"].waiting_area_m == 0.0
    priority = movements(network_from_graph(crossing()))
    assert priority["E", "S"].waiting_area_m > 0.0  # from the major road
    assert priority["S", "W"].waiting_area_m == 0.0  # who comes from the minor road waits at the line


def test_all_way_stops_serve_in_order_of_arrival() -> None:
    for movement in network_from_graph(crossing("all_way_stop")).connections:
        assert movement.first_come
        assert movement.must_stop
        assert movement.follow_up_s == 3.9
    assert not any(movement.first_come for movement in network_from_graph(crossing()).connections)


@pytest.mark.parametrize("left_hand", [False, True])
def test_nearside_turns_on_red_stand_in_the_default_program(left_hand: bool) -> None:
    graph = crossing("signal")
    graph.nodes["C"]["nearside_turn_on_red"] = "allowed"
    network = network_from_graph(graph, left_hand_traffic=left_hand)
    program, = network.signals
    for movement in network.connections:
        letters = {phase.state[movement.signal_index or 0] for phase in program.phases}
        assert ("r" not in letters) == (movement.turn == ("left" if left_hand else "right"))
        assert ("s" in letters) == ("r" not in letters)


def test_marked_lanes_are_followed() -> None:
    network = network_from_graph(crossing(lanes=2, turn_lanes=("right;through", "left")))
    lanes = {(movement.from_link[0], movement.to_link[0]): movement.from_lane for movement in network.connections}
    assert (lanes["S", "E"], lanes["S", "N"], lanes["S", "W"]) == (0, 0, 1)


def test_marks_that_lead_nowhere_are_reported() -> None:
    graph = crossing(lanes=2, turn_lanes=("right;through", "left"))
    graph.remove_node("W")
    found = {finding.code for finding in network_from_graph(graph).findings}
    assert "turn-lane-without-exit" in found


def test_reserved_lanes_go_straight_on_and_cars_turn_beside_them() -> None:
    network = network_from_graph(crossing(lanes=2, allow=(("bus",), None)))
    lanes = {
        (movement.from_lane, movement.to_link[0]) for movement in network.connections if movement.from_link == "Sin"
    }
    assert lanes == {(0, "E"), (0, "N"), (1, "E"), (1, "N"), (1, "W")}


def test_a_plain_graph_without_coordinates_is_accepted_and_reported() -> None:
    graph = nx.DiGraph()
    graph.add_edge(1, 2, length_m=100)
    graph.add_edge(2, 3, length_m=50, speed_limit_kmh=30, speed="30")
    graph.add_edge(2, (4, 4), length_m=70, speed="30")
    network = network_from_graph(graph)
    assert list(network.links) == ["1->2", "2->3", "2->(4, 4)"]
    assert {(movement.from_link, movement.to_link) for movement in network.connections} == {
        ("1->2", "2->3"),
        ("1->2", "2->(4, 4)"),
    }
    codes = {finding.code: finding for finding in network.findings}
    assert {"id-inferred", "no-coordinates", "node-renamed", "unread-attribute"} <= set(codes)
    assert "speed" in codes["unread-attribute"].where
    assert "id" not in graph.edges[1, 2]  # the graph of the user is not changed


def test_lengths_come_from_coordinates_less_the_junction() -> None:
    network = network_from_graph(crossing())
    assert network.links["Ein"]["length_m"] == pytest.approx(200 - 9.25)
    assert any(finding.code == "length-inferred" for finding in network.findings)
    kept = network_from_graph(crossing(length_m=200.0))
    assert kept.links["Ein"]["length_m"] == 200.0
    assert any(finding.code == "length-kept" for finding in kept.findings)


def test_a_cul_de_sac_turns_round_and_a_dead_end_does_not() -> None:
    graph = nx.DiGraph()
    graph.add_edge("a", "b", length_m=100)
    graph.add_edge("b", "a", length_m=100)
    assert {movement.turn for movement in network_from_graph(graph).connections} == {"u_turn"}
    nx.set_node_attributes(graph, "dead_end", "control")
    assert network_from_graph(graph).connections == ()


def test_signals_get_a_program_with_protected_lefts_where_they_have_a_lane() -> None:
    network = network_from_graph(crossing("signal", lanes=2, turn_lanes=("right;through", "left")))
    (program,) = network.signals
    assert program.cycle_s == 90
    assert sum("G" in phase.state for phase in program.phases) == 4
    assert not any("g" in phase.state for phase in program.phases)
    assert not [finding for finding in check(network) if finding.level == "error"]


def test_a_given_program_is_used_and_a_strange_one_refused() -> None:
    program = SignalProgram(id="C", phases=(Phase(duration_s=30, state="r" * 12),))
    assert network_from_graph(crossing(), signals=[program]).signals == (program,)
    with pytest.raises(NetworkError, match="no node of this name"):
        network_from_graph(crossing(), signals=[program.model_copy(update={"id": "D"})])


@pytest.mark.parametrize(("attributes", "message"), [
    ({"length_m": -5}, "length_m: found -5"), ({"length_m": math.inf}, "a finite number in m"),
    ({"length_m": "100"}, "length_m: found '100'"), ({"length_m": 10, "lanes": 0}, "lanes: found 0"),
    ({"length_m": 10, "lanes": 1.5}, "a finite integer"), ({"length_m": 10, "speed_limit_kmh": math.nan}, "km/h"),
    ({"length_m": 10, "road_class": "urbn"}, "did you mean 'urban'"), ({}, "no length"),
    ({"length_m": 10, "turn_lanes": ("left", "right")}, "one per lane"),
    ({"length_m": 10, "turn_lanes": ("links",)}, "directions among"),
    ({"length_m": 10, "allow": (("tank",),)}, "kinds among"), ({"length_m": 10, "geometry": [(0, "x")]}, "points"),
])
def test_bad_attributes_are_named(attributes: dict[str, object], message: str) -> None:
    graph = nx.DiGraph()
    graph.add_edge("a", "b", id="road", **attributes)
    with pytest.raises(NetworkError) as caught:
        network_from_graph(graph)
    assert "road" in str(caught.value)
    assert message in str(caught.value)


def test_graphs_that_are_no_roads_are_refused() -> None:
    for graph in (nx.Graph([("a", "b")]), nx.DiGraph()):
        with pytest.raises(NetworkError):
            network_from_graph(graph)
    twice = nx.DiGraph()
    twice.add_edge("a", "b", id="x", length_m=1)
    twice.add_edge("b", "c", id="x", length_m=1)
    with pytest.raises(NetworkError, match="two edges with this id"):
        network_from_graph(twice)


@st.composite
def graphs(draw: st.DrawFn) -> nx.MultiDiGraph:
    nodes = draw(st.integers(2, 6))
    place = st.tuples(st.integers(-300, 300), st.integers(-300, 300))
    places = draw(st.lists(place, min_size=nodes, max_size=nodes, unique=True))
    control = st.sampled_from(["priority", "signal", "right_before_left", "all_way_stop", "roundabout", "uncontrolled"])
    graph = nx.MultiDiGraph()
    for node, (x, y) in enumerate(places):
        graph.add_node(node, x_m=x, y_m=y, control=draw(control))
    end = st.integers(0, nodes - 1)
    pairs = draw(st.lists(st.tuples(end, end, st.integers(1, 4), st.integers(-1, 1)), min_size=1, max_size=12))
    for tail, head, lanes, priority in pairs:
        graph.add_edge(tail, head, lanes=lanes, priority=priority, length_m=draw(st.floats(2, 500)))
    return graph


@settings(max_examples=60, deadline=None)
@given(graphs(), st.booleans())
def test_every_graph_gives_a_consistent_network(graph: nx.MultiDiGraph, left_hand: bool) -> None:
    network = network_from_graph(graph, left_hand_traffic=left_hand)
    links, order = network.links, {link: place for place, link in enumerate(network.links)}
    keys = [(order[w.from_link], w.from_lane, order[w.to_link], w.to_lane) for w in network.connections]
    assert keys == sorted(set(keys))
    for number, movement in enumerate(network.connections):
        assert movement.from_lane < links[movement.from_link]["lanes"]
        assert movement.to_lane < links[movement.to_link]["lanes"]
        assert links[movement.from_link]["to"] == links[movement.to_link]["from"]
        assert set(movement.yields_to) <= set(movement.crosses)
        assert all(number in network.connections[other].crosses for other in movement.crosses)
        assert math.isfinite(movement.length_m)
    served = {(movement.from_link, movement.from_lane) for movement in network.connections}
    for link, attributes in links.items():
        if network.graph.out_degree(attributes["to"]) > 0 and any(w[0] == link for w in served):
            assert {(link, lane) for lane in range(attributes["lanes"])} <= served
    assert not [finding for finding in check(network) if finding.level == "error" and finding.code != "no-movement"]


@pytest.mark.parametrize(("nodes_m", "attributes", "found"), [
    (1e-308, {}, "length_m"), (1e-3, {}, "0.001 m from its geometry"), (1e7, {}, "m from its geometry"),
    (1e9, {}, "x_m"), (100.0, {"geometry": [(0, 0), (1e-308, 0)]}, "0 m from its geometry"), (100.0, {3: 4}, "named 3"),
])
def test_graphs_out_of_all_proportion_are_refused(nodes_m: float, attributes: dict[Any, Any], found: str) -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for name, x, y in (("a", 0, 0), ("b", 1, 0), ("c", 2, 0), ("d", 1, 1)):
        graph.add_node(name, x_m=x * nodes_m, y_m=y * nodes_m)
    for tail, head in (("a", "b"), ("b", "c"), ("d", "b"), ("b", "d")):
        graph.edges[tail, head, graph.add_edge(tail, head)].update(attributes)
    with pytest.raises(NetworkError, match=found):
        network_from_graph(graph)
