"""Network files bring back exactly what was written, and broken ones are named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from trafficsim.base.errors import InputError, MachineError
from trafficsim.design.inference.network import network_from_graph
from trafficsim.design.synthetic import corridor, grid, junction, ring
from trafficsim.io.network_file import network_schema, read_network, write_network
from trafficsim.spec.network import Network


def by_hand() -> Network:
    graph = nx.MultiDiGraph(source="by hand")
    graph.add_node(1, x_m=0.1, y_m=1 / 3, name="Grüner Platz")
    graph.add_edge(1, 2, lanes=2, length_m=100 / 3, allow=(("bus",), None), turn_lanes=("right;through", ""),
                   lane_length_m=(30.0, 33.0), colour="red", tags=["a", 1])
    graph.add_edge(1, 2, length_m=70, geometry=[(0, 0), (1.5, 2.5)])
    graph.add_edge(2, 1, length_m=70)
    return network_from_graph(graph, groups={"g": ["2->1"]}, left_hand_traffic=True)


@pytest.mark.parametrize("name", ["network.json", "network.json.gz"])
@pytest.mark.parametrize("network", [by_hand(), grid(2, 3), ring(777.7, links=3), junction(control="roundabout"),
                                     corridor((300, 300), two_way=True, signals=(1,), side_streets=(1,))])
def test_round_trip_is_exact(tmp_path: Path, network: Network, name: str) -> None:
    write_network(network, tmp_path / name)
    back = read_network(tmp_path / name)
    assert dict(back.graph.nodes(data=True)) == dict(network.graph.nodes(data=True))
    assert list(back.graph.edges(keys=True, data=True)) == list(network.graph.edges(keys=True, data=True))
    assert back.graph.graph == network.graph.graph
    for field in ("connections", "signals", "groups", "paths", "findings", "left_hand_traffic"):
        assert getattr(back, field) == getattr(network, field), field
    write_network(back, tmp_path / ("again_" + name))
    assert (tmp_path / ("again_" + name)).read_bytes() == (tmp_path / name).read_bytes()


def damaged(tmp_path: Path, change: dict[str, Any]) -> Path:
    path = tmp_path / "network.json"
    write_network(ring(500), path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    return path


@pytest.mark.parametrize(("change", "message"), [
    ({"format": "other"}, "no network file"), ({"version": 99}, "update trafficsim"), ({"links": None}, "links"),
    ({"links": [{"from": "n0", "to": "n0", "id": "a", "length_m": -1}]}, "length_m: found -1"),
    ({"links": [{"from": "n0", "to": "nowhere", "id": "a", "length_m": 1}]}, "unknown node 'nowhere'"),
    ({"links": [{"from": "n0"}]}, "links[0].to"),
    ({"connections": [{"from_link": "a"}]}, "connections[0]"), ({"signals": [{"id": "s", "phases": []}]}, "signals[0]"),
])
def test_wrong_content_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_network(damaged(tmp_path, change))
    assert "network.json" in str(caught.value)
    assert message in str(caught.value)


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(gzip.compress(b'{"format": "trafficsim network"}' * 50)[:30])
    text, number = tmp_path / "text.json", tmp_path / "nan.json"
    text.write_text("no json")
    number.write_text('{"a": NaN}')
    for path, message in ((tmp_path / "none.json", "no such file"), (cut, "truncated"), (text, "no valid JSON"),
                          (number, "NaN")):
        with pytest.raises(InputError, match=message):
            read_network(path)
    with pytest.raises(MachineError):
        write_network(ring(500), tmp_path / "no folder" / "network.json")
    network = ring(500)
    network.graph.nodes["n0"]["strange"] = object()
    with pytest.raises(InputError, match="type object"):
        write_network(network, tmp_path / "strange.json")


def test_the_schema_names_every_attribute() -> None:
    link = network_schema()["properties"]["links"]["items"]
    assert {"length_m", "lanes", "speed_limit_kmh", "turn_lanes"} <= set(link["properties"])
    assert link["properties"]["length_m"]["minimum"] == 0.01
