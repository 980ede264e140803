"""GraphML of OSMnx and NetworkX: as the graph in memory, with names that outlive it; hostile files are refused."""

from __future__ import annotations

import gzip
import shutil
import warnings
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import trafficsim as ts
from tests.cli.support import output_of
from tests.design.test_osmnx import hanover
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.schema import EDGE_ATTRIBUTES

LINK = "1@11"


def written(folder: Path, graph: nx.MultiDiGraph[Any]) -> Path:
    """Write a graph as OSMnx does: all values as texts."""
    plain: nx.MultiDiGraph[Any] = nx.MultiDiGraph(**{name: str(value) for name, value in graph.graph.items()})
    for node, row in graph.nodes(data=True):
        plain.add_node(node, **{name: str(value) for name, value in row.items()})
    for tail, head, key, row in graph.edges(keys=True, data=True):
        plain.add_edge(tail, head, key, **{name: str(value) for name, value in row.items()})
    nx.write_graphml(plain, folder / "town.graphml")
    return folder / "town.graphml"


def test_links_are_named_by_way_and_node_and_say_where_values_come_from() -> None:
    graph = hanover(lanes="2", maxspeed="30 mph")
    for tail, head, row in graph.edges(data=True):
        row["reversed"] = tail > head
    graph.nodes[12]["highway"] = "traffic_signals"
    network = ts.from_osmnx(graph)
    assert set(network.links) == {LINK, "1@12", "-1@13", "-1@12"}
    link = network.links[LINK]
    assert (link["osm_way"], link["from"], link["to"]) == ("1;2", "11", "12")
    assert link["origins"] == {
        "lanes": "inferred: half of lanes=2", "speed_limit_kmh": "read: maxspeed=30 mph",
        "road_class": "inferred: primary road", "priority": "inferred: primary road",
    }
    assert network.graph.nodes["12"]["origins"] == {"control": "read: node 12, highway=traffic_signals"}
    assert network.graph.nodes["12"]["osm_nodes"] == "12"
    assert "id" not in next(iter(graph.edges(data=True)))[2]
    fixes = Fixes.model_validate({"link": [{"way": 2, "direction": "backward", "lanes": 3}]})
    fixed = ts.from_osmnx(graph, fixes=fixes)
    assert {name for name, row in fixed.links.items() if row["lanes"] == 3} == {"-1@13", "-1@12"}


def test_a_file_gives_what_the_graph_gives(tmp_path: Path) -> None:
    graph = hanover(lanes=["2", "3"], maxspeed="50", geometry="LINESTRING (9.73 52.37, 9.7315 52.3705, 9.733 52.37)")
    network = ts.from_osmnx(graph)
    file = written(tmp_path, graph)
    found = ts.read(file)
    names = [one.name for one in EDGE_ATTRIBUTES] + ["origins", "osm_way"]
    for link, row in network.links.items():
        assert {name: found.network.links[link].get(name) for name in names} == {name: row.get(name) for name in names}
    assert found.network.connections == network.connections
    assert found.counts["read"] == {"node": 3, "edge": 4}
    with gzip.open(tmp_path / "town.graphml.gz", "wb") as packed:
        packed.write(file.read_bytes())
    assert ts.read(tmp_path / "town.graphml.gz").network.connections == network.connections
    assert ts.read(file, hand="left").network.left_hand_traffic
    assert "wrote" in output_of("import", "osmnx", file, "--out", tmp_path / "town.toml")


def test_a_real_graph_of_osmnx(real_data: Path, tmp_path: Path) -> None:
    ox = pytest.importorskip("osmnx", reason="needs the extra osm: pip install 'trafficsim[osm]'")
    with gzip.open(real_data / "osm_osm2streets" / "kingsway_junction.osm.gz") as packed, (
            tmp_path / "a.osm").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # osmnx speaks of extracts of others
        graph = ox.graph_from_xml(tmp_path / "a.osm")
        ox.save_graphml(graph, tmp_path / "a.graphml")
    found, network = ts.read(tmp_path / "a.graphml").network, ts.from_osmnx(graph)
    assert set(found.links) == set(network.links)
    assert len(found.links) == graph.number_of_edges() > 50
    for link, row in found.links.items():
        assert row["lanes"] == network.links[link]["lanes"]
        assert row["length_m"] == pytest.approx(network.links[link]["length_m"], abs=0.01)


def test_any_graph_of_networkx_may_be_a_file(tmp_path: Path) -> None:
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_edge("a", "b", length_m=200.0, lanes=2, id="first")
    graph.add_edge("b", "c", length_m=100.0, lanes=1, speed_limit_kmh=30.0)
    nx.write_graphml(graph, tmp_path / "plain.graphml")
    network = ts.read(tmp_path / "plain.graphml").network
    assert network.links["first"]["lanes"] == 2
    assert network.links["b->c"]["speed_limit_kmh"] == 30.0


HEAD = '<graphml><key id="d0" for="edge" attr.name="lanes" attr.type="{kind}"/><graph edgedefault="{edges}">'
BODY = '<node id="a"/><node id="b"/><edge source="a" target="{to}"><data key="{key}">{value}</data></edge></graph>'


@pytest.mark.parametrize(("change", "says"), [
    ({"edges": "undirected"}, "a graph without directions"),
    ({"value": "two", "kind": "int"}, "lanes = 'two'"),
    ({"value": "2.5", "kind": "int"}, "a whole number"),
    ({"value": "1e999", "kind": "double"}, "a finite number"),
    ({"value": "maybe", "kind": "boolean"}, "true or false"),
    ({"to": ""}, "<edge> without target"),
    ({"to": "c"}, "no edges"),
    ({"end": "<graph/>"}, "a second graph"),
    ({"end": "</graphml>"}, "cannot be parsed"),
])
def test_broken_files_are_one_message(change: dict[str, str], says: str, tmp_path: Path) -> None:
    values = {"kind": "string", "edges": "directed", "to": "b", "key": "d0", "value": "2", "end": "", **change}
    (tmp_path / "a.graphml").write_text((HEAD + BODY + "{end}</graphml>").format(**values))
    with pytest.raises(ts.InputError) as caught:
        ts.read(tmp_path / "a.graphml")
    assert says in str(caught.value)


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><graphml><graph>&b;</graph></graphml>'
    deep = "<graphml>" * 500
    for text, says in ((bomb, "document type"), (deep, "nested more than"), ("<net/>", "root element <net>")):
        (tmp_path / "a.graphml").write_text(text)
        with pytest.raises(ts.InputError, match=says):
            ts.read(tmp_path / "a.graphml")
    lists = '<key id="d0" for="edge" attr.name="highway" attr.type="string"/>'
    body = BODY.format(to="b", key="d0", value="[" * 50_000)
    (tmp_path / "a.graphml").write_text(f'<graphml>{lists}<graph edgedefault="directed">{body}</graphml>')
    with pytest.raises(ts.InputError):
        ts.read(tmp_path / "a.graphml")
