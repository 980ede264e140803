"""Junctions of a map: which nodes are one, what may be driven through them, their controls and their programs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from trafficsim import network_from_graph
from trafficsim.design.consolidation.merging import Consolidated, consolidate
from trafficsim.design.timing.designed import with_designed_times
from trafficsim.io.network_file import read_network, write_network
from trafficsim.spec.network import Network

Places = dict[int, tuple[float, float]]


def road_map(places: Places, links: dict[tuple[int, int], dict[str, Any]], **nodes: dict[str, Any]) -> nx.MultiDiGraph:
    """A graph as an import makes it; ``n3={...}`` are attributes of node 3."""
    graph = nx.MultiDiGraph()
    for node, (x, y) in places.items():
        graph.add_node(str(node), x_m=float(x), y_m=float(y), osm_nodes=str(node), **nodes.get(f"n{node}", {}))
    for (tail, head), attributes in links.items():
        defaults = {"lanes": 1, "priority": 4, "osm_way": f"{min(tail, head)}{max(tail, head)}"}
        graph.add_edge(str(tail), str(head), id=f"{tail}-{head}", **{**defaults, **attributes})
    return graph


def both(*pairs: tuple[int, int], **attributes: Any) -> dict[tuple[int, int], dict[str, Any]]:
    return {pair: attributes for tail, head in pairs for pair in ((tail, head), (head, tail))}


def one(*pairs: tuple[int, int], **attributes: Any) -> dict[tuple[int, int], dict[str, Any]]:
    return {pair: {"osm_way": f"{pair[0]}>{pair[1]}", **attributes} for pair in pairs}


def network_of(joined: Consolidated) -> Network:
    return with_designed_times(network_from_graph(joined.graph, banned_turns=joined.banned_turns, design_signals=True))


def turns(network: Network) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for movement in network.connections:
        found.setdefault(movement.from_link, set()).add(movement.to_link)
    return found


DUAL = {1: (0, 0), 2: (0, 14), 3: (-150, 0), 4: (150, 0), 5: (-150, 14), 6: (150, 14), 7: (0, -120), 8: (0, 140)}
"""A road with carriageways 14 m apart, eastward below, that a street from 7 to 8 crosses at nodes 1 and 2."""


def dual(**nodes: dict[str, Any]) -> nx.MultiDiGraph:
    links = one((3, 1), (1, 4), (6, 2), (2, 5), lanes=2) | both((7, 1), (1, 2), (2, 8))
    return road_map(DUAL, links, **nodes)


SIGNAL = {"control": "signal"}


def test_a_dual_carriageway_with_signals_is_one_junction_with_one_program() -> None:
    joined = consolidate(dual(n1=SIGNAL, n2=SIGNAL))
    assert joined.junctions == {"1": ("1", "2")}
    assert joined.graph.nodes["1"]["osm_nodes"] == "1;2"
    network = network_of(joined)
    assert [program.id for program in network.signals] == ["1"]
    assert turns(network)["3-1"] == {"1-4", "1-7", "2-8"}  # straight on, right, left: nobody turns back
    assert turns(network)["7-1"] == {"2-8", "1-4", "2-5"}
    assert {movement.signal for movement in network.connections if movement.turn != "u_turn"} == {"1"}


def test_its_stop_lines_stay_where_they_were_and_movements_have_their_length() -> None:
    network = network_of(consolidate(dual(n1=SIGNAL, n2=SIGNAL)))
    straight = next(one for one in network.connections if (one.from_link, one.to_link) == ("7-1", "2-8"))
    left = next(one for one in network.connections if (one.from_link, one.to_link) == ("3-1", "2-8"))
    setback = 2 * 3.25 / 2 + 6.0  # half of a carriageway of two lanes, and the corner
    assert network.links["7-1"]["length_m"] == pytest.approx(120.0 - setback, abs=0.1)
    assert straight.length_m == pytest.approx(14.0 + 2 * setback, abs=0.2)
    assert 14.0 < left.length_m < 45.0


def test_a_median_that_holds_a_car_makes_two_junctions_where_nobody_has_a_signal() -> None:
    wide = {**DUAL, 2: (0, 25), 5: (-150, 25), 6: (150, 25)}
    links = one((3, 1), (1, 4), (6, 2), (2, 5), lanes=2) | both((7, 1), (1, 2), (2, 8))
    assert consolidate(road_map(wide, links)).junctions == {}
    assert consolidate(road_map(wide, links, n1=SIGNAL, n2=SIGNAL)).junctions == {"1": ("1", "2")}


def test_bans_hold_along_the_links_within_a_junction() -> None:
    graph = dual(n1=SIGNAL, n2=SIGNAL)
    assert "2-8" not in turns(network_of(consolidate(graph, [("3-1", "1-2")])))["3-1"]
    over = consolidate(graph, [("7-1", "1-2", "2-5")])
    assert turns(network_of(over))["7-1"] == {"2-8", "1-4"}
    assert over.left_over == ()


def test_a_ban_over_links_between_junctions_is_left_over() -> None:
    graph = dual()
    graph.nodes["2"]["y_m"] = 80.0
    assert consolidate(graph, [("7-1", "1-2", "2-5")]).left_over == (("7-1", "1-2", "2-5"),)


def test_turning_back_over_the_median_needs_a_marking() -> None:
    graph = dual(n1=SIGNAL, n2=SIGNAL)
    graph.edges["3", "1", 0]["turn_lanes"] = ["through;right", "through;left;u_turn"]
    assert "2-5" in turns(network_of(consolidate(graph)))["3-1"]


def staggered(apart_m: float) -> nx.MultiDiGraph:
    """Two side streets on opposite sides of a road, so far apart."""
    places = {1: (0, 0), 2: (apart_m, 0), 3: (-150, 0), 4: (150 + apart_m, 0), 5: (0, 100), 6: (apart_m, -100)}
    return road_map(places, both((3, 1), (1, 2), (2, 4)) | both((1, 5), (2, 6), priority=2))


def test_a_staggered_crossing_stays_two_junctions_while_a_car_fits_between() -> None:
    assert consolidate(staggered(20.0)).junctions == {}
    assert consolidate(staggered(12.0)).junctions == {"1": ("1", "2")}


def test_a_short_block_between_signals_stays() -> None:
    graph = staggered(30.0)
    for node in "12":
        graph.nodes[node]["control"] = "signal"
    assert consolidate(graph).junctions == {}
    assert len(network_of(consolidate(graph)).signals) == 2


def test_a_signal_before_the_stop_line_belongs_to_its_junction() -> None:
    places = {1: (0, 0), 2: (-150, 0), 3: (150, 0), 4: (0, 150), 5: (0, -150), 6: (-15, 0), 7: (0, 15)}
    links = both((2, 6), (6, 1), (1, 3), (4, 7), (7, 1), (1, 5))
    joined = consolidate(road_map(places, links, n6=SIGNAL, n7=SIGNAL))
    assert joined.graph.nodes["1"]["control"] == "signal"
    assert set(joined.graph) == {"1", "2", "3", "4", "5"}
    assert joined.graph.edges["2", "1", 0]["signal_at_end"]
    assert [program.id for program in network_of(joined).signals] == ["1"]


def test_a_lone_crossing_for_pedestrians_keeps_a_program_of_its_own() -> None:
    places = {1: (0, 0), 2: (-150, 0), 3: (150, 0), 4: (0, 150), 6: (-15, 0)}
    joined = consolidate(road_map(places, both((2, 6), (6, 1), (1, 3), (4, 1)), n6=SIGNAL))
    program, = network_of(joined).signals
    assert program.id == "6"
    assert program.cycle_s == 90.0
    assert program.origin.startswith("designed: one stage and a crossing for pedestrians")


def test_stop_line_and_crossing_are_one_signal() -> None:
    places = {1: (0, 0), 2: (100, 0), 3: (105, 0), 4: (300, 0)}
    joined = consolidate(road_map(places, both((1, 2), (2, 3), (3, 4)), n2=SIGNAL, n3=SIGNAL))
    assert [node for node, row in joined.graph.nodes(data=True) if row.get("control") == "signal"] == ["2"]


def test_a_slip_lane_stays_and_gives_way() -> None:
    places = {1: (0, 0), 2: (-150, 0), 3: (150, 0), 4: (0, 150), 5: (0, -150), 6: (-40, 0), 7: (0, -40)}
    links = both((2, 6), (6, 1), (1, 3), (4, 1), (1, 7), (7, 5)) | one((6, 7), priority=3, osm_class="primary_link")
    network = network_of(consolidate(road_map(places, links, n1=SIGNAL)))
    assert "6-7" in network.links
    assert turns(network)["6-7"] == {"7-5"}
    slip = next(movement for movement in network.connections if movement.from_link == "6-7")
    assert {network.connections[other].from_link for other in slip.yields_to} == {"1-7"}
    assert slip.signal is None


def peanut() -> nx.MultiDiGraph:
    """A roundabout with a waist: four arms, of which two have entry and exit 5 m apart."""
    ring = {1: (20, -3), 2: (20, 3), 3: (0, 8), 4: (-20, 3), 5: (-20, -3), 6: (0, -8)}
    places = {**ring, 11: (120, -3), 12: (120, 3), 13: (0, 120), 14: (-120, 3), 15: (-120, -3), 16: (0, -120)}
    circle = one((1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 1), osm_junction="roundabout", priority=10)
    arms = one((1, 11), (12, 2), (4, 14), (15, 5)) | both((3, 13), (6, 16))
    return road_map(places, circle | arms, **{f"n{node}": {"control": "roundabout"} for node in ring})


def test_a_peanut_stays_a_ring_and_everybody_gives_way_to_it() -> None:
    joined = consolidate(peanut())
    assert joined.junctions == {"1": ("1", "2"), "4": ("4", "5")}  # no car fits between these
    network = network_of(joined)
    assert {"2-3", "3-4", "5-6", "6-1"} <= set(network.links)
    for movement in network.connections:
        rivals = {network.connections[other].from_link for other in movement.yields_to}
        if movement.from_link in ("12-2", "13-3", "15-5", "16-6"):
            assert rivals <= {"2-3", "3-4", "5-6", "6-1"}
            assert rivals
            assert (movement.critical_gap_s, movement.follow_up_s) == (4.98, 2.61)
        else:
            assert not rivals


def test_a_street_that_splits_into_carriageways_has_no_conflict_and_no_turning_back() -> None:
    places = {1: (0, 0), 2: (-150, 0), 3: (60, 8), 4: (60, -8)}
    network = network_of(consolidate(road_map(places, both((2, 1)) | one((1, 4), (3, 1)))))
    assert turns(network) == {"2-1": {"1-4"}, "3-1": {"1-2"}, "1-2": {"2-1"}}
    assert all(not movement.crosses for movement in network.connections)


def test_signs_beat_the_class_of_the_road_and_stop_means_stop() -> None:
    places = {1: (0, 0), 2: (-150, 0), 3: (150, 0), 4: (0, 150)}
    links = both((2, 1), (1, 3), priority=5) | both((4, 1), priority=7)
    links[4, 1] = {**links[4, 1], "stop_at_end": True}
    network = network_of(consolidate(road_map(places, links)))
    from_minor = [movement for movement in network.connections if movement.from_link == "4-1"]
    assert all(movement.must_stop and movement.yields_to for movement in from_minor)
    assert not any(movement.must_stop for movement in network.connections if movement.from_link == "2-1")


def test_pieces_without_room_for_a_car_are_joined_and_reported() -> None:
    places = {1: (0, 0), 2: (100, 0), 3: (104, 0), 4: (300, 0)}
    joined = consolidate(road_map(places, one((1, 2), (2, 3), (3, 4), lanes=2)))
    assert set(joined.graph) == {"1", "3", "4"}
    assert [note.where for note in joined.notes if note.act == "repaired"] == ["2-3"]


def test_a_link_that_ends_with_lanes_for_right_turns_opens_them_on_the_right() -> None:
    places = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (200, 100), 5: (200, -100), 6: (300, 0)}
    links = one((1, 2), lanes=2) | one((2, 3), lanes=3, turn_lanes=["right", "through", "left"])
    links |= one((3, 6), (3, 4), (3, 5))
    network = network_of(consolidate(road_map(places, links)))
    found = {(one.from_lane, one.to_lane) for one in network.connections if one.from_link == "1-2"}
    assert found == {(0, 0), (0, 1), (1, 2)}


def crossing(**attributes: Any) -> nx.MultiDiGraph:
    places = {1: (0, 0), 2: (-200, 0), 3: (200, 0), 4: (0, 200), 5: (0, -200)}
    return road_map(places, both((2, 1), (3, 1), (4, 1), (5, 1), **attributes), n1=SIGNAL)


def test_a_designed_program_never_shows_green_to_two_streams_that_cross() -> None:
    for graph in (crossing(), crossing(lanes=2), crossing(lanes=3), dual(n1=SIGNAL, n2=SIGNAL)):
        network = network_of(consolidate(graph))
        program, = network.signals
        assert program.origin.startswith("designed: ")
        for phase in program.phases:
            for movement in network.connections:
                for other in movement.crosses:
                    beside = network.connections[other]
                    both_green = phase.state[movement.signal_index or 0] == "G" == phase.state[beside.signal_index or 0]
                    assert not both_green or beside.from_link == movement.from_link
        for place in range(len(program.phases[0].state)):
            assert any(phase.state[place] in "Gg" for phase in program.phases)


def test_left_turns_with_lanes_of_their_own_across_three_lanes_have_a_stage() -> None:
    marks = ["through;right", "through", "through", "left"]
    network = network_of(consolidate(crossing(lanes=4, turn_lanes=marks)))
    program, = network.signals
    greens = [phase.state for phase in program.phases if set(phase.state) & set("Gg") and "y" not in phase.state]
    assert len(greens) == 4
    lefts = [movement.signal_index or 0 for movement in network.connections if movement.turn == "left"]
    assert all(state[place] in "Gr" for state in greens for place in lefts)


def test_given_volumes_beat_expected_ones() -> None:
    joined = consolidate(crossing())
    network = network_from_graph(joined.graph, banned_turns=joined.banned_turns, design_signals=True)
    busy = with_designed_times(network, {("2-1", "1-3"): 900.0, ("4-1", "1-5"): 100.0})
    program, = busy.signals
    assert "given" in program.origin
    greens = [phase.duration_s for phase in program.phases if "G" in phase.state and "y" not in phase.state]
    assert max(greens) > 2 * min(greens)


def test_left_hand_traffic_is_the_mirror_image() -> None:
    graph = dual(n1=SIGNAL, n2=SIGNAL)
    mirrored = graph.copy()
    for _, row in mirrored.nodes(data=True):
        row["x_m"] = -row["x_m"]
    right, left = consolidate(graph), consolidate(mirrored)
    ours = network_of(right)
    theirs = network_from_graph(left.graph, banned_turns=left.banned_turns, left_hand_traffic=True)
    assert right.banned_turns == left.banned_turns
    lengths = [[(one.from_link, one.to_link, one.length_m) for one in network.connections]
               for network in (ours, theirs)]
    assert all(a[:2] == b[:2] and math.isclose(a[2], b[2], abs_tol=0.01) for a, b in zip(*lengths, strict=True))


def test_the_graph_that_is_given_stays_as_it_is() -> None:
    graph = dual(n1=SIGNAL, n2=SIGNAL)
    before = (list(graph.nodes(data=True)), [dict(row) for *_, row in graph.edges(data=True)])
    consolidate(graph)
    assert (list(graph.nodes(data=True)), [dict(row) for *_, row in graph.edges(data=True)]) == before


def test_network_files_keep_where_a_program_comes_from_and_say_nothing_where_nobody_knows(tmp_path: Path) -> None:
    network = network_of(consolidate(crossing()))
    write_network(network, tmp_path / "designed.json")
    assert read_network(tmp_path / "designed.json").signals == network.signals
    write_network(network_from_graph(crossing()), tmp_path / "default.json")
    assert "origin" not in json.loads((tmp_path / "default.json").read_text())["signals"][0]
