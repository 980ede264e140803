"""Fixes of graphs and of finished networks: applied with their origin, or reported with what was sought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import trafficsim as ts
from trafficsim.base.repairs import refuse_repairs
from trafficsim.design.timing.fixed_network import fixed_network
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.plane import PROJECTION

ARMS = {"n": (0.0, 200.0), "e": (200.0, 0.0), "s": (0.0, -200.0), "w": (-200.0, 0.0)}


def crossing() -> nx.MultiDiGraph[Any]:
    """A crossing of ways 1 (west to east) and 2 (south to north), as an import from OpenStreetMap makes it."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(**{PROJECTION: {"longitude": 9.0, "latitude": 52.0}})
    graph.add_node("9", x_m=0.0, y_m=0.0, osm_nodes="9;10")
    for node, (x_m, y_m) in ARMS.items():
        graph.add_node(node, x_m=x_m, y_m=y_m)
    for way, name, (first, last) in ((1, "Main Street", "we"), (2, "Side Street", "sn")):
        for link, ends in ((f"{way}@{first}", (first, "9")), (f"{way}@9", ("9", last)),
                           (f"-{way}@{last}", (last, "9")), (f"-{way}@9", ("9", first))):
            graph.add_edge(*ends, id=link, osm_way=str(way), name=name, lanes=1,
                           origins={"lanes": "inferred: residential, no lanes"})
    return graph


def both(**tables: Any) -> list[ts.Network]:
    """Fixes applied to the graph, and to the network made of it."""
    fixes = Fixes.model_validate(tables | {"source": "city.fixes.toml"})
    return [ts.network_from_graph(crossing(), fixes=fixes), fixed_network(ts.network_from_graph(crossing()), fixes)]


def told(network: ts.Network, code: str) -> list[str]:
    return [f"{one.where}: {one.message}" for one in network.findings if one.code == code]


@pytest.mark.parametrize(("select", "links"), [
    ({"id": "1@w"}, {"1@w"}),
    ({"way": 1}, {"1@w", "1@9", "-1@e", "-1@9"}),
    ({"way": 1, "direction": "backward"}, {"-1@e", "-1@9"}),
    ({"name": "Side Street"}, {"2@s", "2@9", "-2@n", "-2@9"}),
    ({"near_m": (-100.0, 4.0), "bearing_deg": 80.0}, {"1@w"}),
    ({"near_m": (-100.0, 4.0), "bearing_deg": 270.0}, {"-1@9"}),
    ({"near": (52.0009, 9.0), "bearing_deg": 180.0}, {"-2@n"}),
])
def test_links_are_selected(select: dict[str, Any], links: set[str]) -> None:
    for network in both(link=[{**select, "speed_limit_kmh": 30, "lanes": 2}]):
        fixed = {link for link, row in network.links.items() if row["speed_limit_kmh"] == 30.0}
        assert fixed == {link for link, row in network.links.items() if row["lanes"] == 2} == links
        for link in fixed:
            origins = network.links[link]["origins"]
            assert origins["lanes"] == origins["speed_limit_kmh"] == "fixed: city.fixes.toml, entry link[0]"
        assert told(network, "fixed")
        refuse_repairs(network.findings)


def test_lanes_change_the_movements_of_their_junctions_alone() -> None:
    before = ts.network_from_graph(crossing())
    for network in both(link=[{"id": "1@w", "lanes": 2, "turn_lanes": ["right;through", "left"]}]):
        def turns(of: ts.Network) -> set[tuple[int, str]]:
            return {(one.from_lane, one.to_link) for one in of.connections if one.from_link == "1@w"}

        assert turns(before) == {(0, "1@9"), (0, "2@9"), (0, "-2@9")}
        assert turns(network) == {(0, "1@9"), (0, "-2@9"), (1, "2@9")}
        others = [{(one.from_link, one.to_link) for one in of.connections if one.from_link != "1@w"}
                  for of in (before, network)]
        assert others[0] == others[1]
        for number, one in enumerate(network.connections):
            assert all(number in network.connections[other].crosses for other in one.crosses)


def test_the_more_exact_entry_stands_whatever_the_order() -> None:
    entries = [{"id": "1@w", "speed_limit_kmh": 40}, {"name": "Main Street", "speed_limit_kmh": 60}]
    for network in both(link=entries):
        assert [network.links[link]["speed_limit_kmh"] for link in ("1@w", "1@9")] == [40.0, 60.0]
        assert not told(network, "fix-contradicted")


def test_of_equally_exact_entries_the_later_one_stands_and_that_is_told() -> None:
    entries = [{"way": 1, "lanes": 2}, {"way": 1, "direction": "forward", "lanes": 3}]
    for network in both(link=entries):
        assert network.links["1@w"]["lanes"] == 3
        (text,) = told(network, "fix-contradicted")
        assert "link[0] and link[1]" in text
        assert "lanes of '1@w': 2 and 3" in text or "lanes of '1@9': 2 and 3" in text
        with pytest.raises(ts.InputError, match="--strict"):
            refuse_repairs(network.findings)


@pytest.mark.parametrize(("entry", "says"), [
    ({"id": "1@v", "lanes": 2}, ("link '1@v'", "1@w")),
    ({"way": 3, "lanes": 2}, ("way 3",)),
    ({"name": "Main Stret", "lanes": 2}, ("Main Stret", "nearest: Main Street")),
    ({"near_m": (-100.0, 90.0), "bearing_deg": 90, "lanes": 2}, ("within 30 m", "90 m to 90 deg")),
    ({"near": (52.0009, 9.0), "bearing_deg": 90, "lanes": 2}, ("leads to 90 deg", "0 m to")),
    ({"id": "1@v", "remove": True}, ("link '1@v'",)),
])
def test_what_is_not_there_is_told_with_the_nearest(entry: dict[str, Any], says: tuple[str, ...]) -> None:
    before = ts.network_from_graph(crossing())
    for network in both(link=[entry]):
        (text,) = told(network, "fix-not-found")
        assert text.startswith("city.fixes.toml: link[0]")
        assert all(part in text for part in says), text
        assert network.connections == before.connections


def test_entries_that_the_extract_has_caught_up_with_are_told() -> None:
    for network in both(link=[{"way": 2, "lanes": 1}], junction=[{"id": 9, "control": "priority"}]):
        assert len(told(network, "fix-needless")) == 2


def test_junctions_are_set_by_any_of_their_nodes() -> None:
    for select in ({"id": 10}, {"id": "9"}, {"near": (52.0, 9.0)}, {"near_m": (5.0, 5.0)}):
        for network in both(junction=[{**select, "control": "all_way_stop"}]):
            assert network.graph.nodes["9"]["control"] == "all_way_stop"
            assert all(one.must_stop for one in network.connections if network.links[one.from_link]["to"] == "9")
    for network in both(junction=[{"id": 11, "control": "signal"}]):
        assert "node '11'" in told(network, "fix-not-found")[0]


def test_links_and_junctions_are_removed_and_joined() -> None:
    for network in both(link=[{"way": 2, "remove": True}]):
        assert set(network.links) == {"1@w", "1@9", "-1@e", "-1@9"}
        assert {(one.from_link, one.to_link) for one in network.connections} >= {("1@w", "1@9"), ("-1@e", "-1@9")}
        assert set(map(str, network.graph)) == {"9", "w", "e"}
    for network in both(junction=[{"id": "9", "join": ["e"]}]):
        assert "e" not in network.graph
        assert network.graph.nodes["9"]["osm_nodes"] == "9;e;10"
        assert "1@9" not in network.links


def test_turns_are_banned() -> None:
    before = {(one.from_link, one.to_link) for one in ts.network_from_graph(crossing()).connections}
    for network in both(ban=[{"from": 1, "to": "2@9", "via": 9}]):
        now = {(one.from_link, one.to_link) for one in network.connections}
        assert before - now == {("1@w", "2@9"), ("-1@e", "2@9")}
        refuse_repairs(network.findings)
    for network in both(ban=[{"from": "1@w", "to": "1@w"}]):
        assert "does not lead to" in told(network, "fix-impossible")[0]
    for network in both(allow_turn=[{"from": "1@w", "to": "-1@9"}]):
        assert "no lane leads" in told(network, "fix-impossible")[0]


def test_signals_get_programs_by_the_names_of_links() -> None:
    stages = [{"green": [1], "duration_s": 30}, {"green": ["2@s", "-2@n"], "duration_s": 20}]
    for network in both(signal=[{"junction": 9, "stages": stages, "offset_s": 5}]):
        (program,) = network.signals
        assert [phase.duration_s for phase in program.phases] == [30.0, 3.0, 2.0, 20.0, 3.0, 2.0]
        assert program.offset_s == 5.0
        first = {one.from_link for one in network.connections
                 if one.signal_index is not None and program.phases[0].state[one.signal_index] in "Gg"}
        assert first == {"1@w", "-1@e"}
        assert "g" in program.phases[0].state, "left turns look for a gap"
    for network in both(signal=[{"junction": 9, "stages": stages[:1]}]):
        assert "no stage gives green from" in told(network, "fix-impossible")[0]
    for network in both(signal=[{"junction": 9, "phases": [{"duration_s": 30, "state": "Gr"}]}]):
        assert "2 letters for 12 signal indices" in told(network, "fix-impossible")[0]
    for network in both(signal=[{"junction": "x", "stages": stages}]):
        assert "junction or signal 'x'" in told(network, "fix-not-found")[0]


def test_a_file_of_another_network_fails_nothing() -> None:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_edge("a", "b", length_m=200)
    fixes = Fixes.model_validate({"link": [{"near": (52.0, 9.0), "bearing_deg": 0, "lanes": 2}],
                                  "junction": [{"near": (52.0, 9.0), "control": "signal"}]})
    network = ts.network_from_graph(graph, fixes=fixes)
    assert len(told(network, "fix-impossible")) == 2


def test_networks_of_files_take_fixes(real_data: Path) -> None:
    network = ts.read(real_data / "sumo_bologna_acosta" / "acosta_buslanes.net.xml").network
    link = next(name for name, row in network.links.items() if row["lanes"] == 2)
    fixed = fixed_network(network, Fixes.model_validate({"link": [{"id": link, "lanes": 3}]}))
    ends = {network.links[link]["from"], network.links[link]["to"]}
    same = [[one.model_copy(update={"yields_to": (), "crosses": ()}) for one in of.connections
             if of.links[one.from_link]["to"] not in ends] for of in (network, fixed)]
    assert same[0] == same[1]
    assert len(same[0]) > 100
    assert {one.from_lane for one in fixed.connections if one.from_link == link} == {0, 1, 2}
