"""Graphs with the names of OSMnx: everything that is read or guessed is a finding, what cannot be read an error."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import trafficsim as ts
from trafficsim.base.errors import NetworkError
from trafficsim.io.network_file import read_network, write_network
from trafficsim.spec.plane import Plane

Graph = nx.MultiDiGraph


class Line:
    """A line as geographic packages have it: coordinates in ``coords``."""

    def __init__(self, *coords: tuple[float, float]) -> None:
        self.coords = coords


def hanover(**edge: Any) -> Graph:
    """Three nodes in degrees along a street of two directions, 204 m apart."""
    graph: Graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    row = {"length": 204.3, "highway": "primary", "oneway": False, **edge}
    for node, x in ((11, 9.730), (12, 9.733), (13, 9.736)):
        graph.add_node(node, x=x, y=52.370, street_count=2)
    for tail, head in ((11, 12), (12, 13), (13, 12), (12, 11)):
        graph.add_edge(tail, head, osmid=[1, 2], **row)
    return graph


def codes(network: ts.Network) -> dict[str, str]:
    return {finding.code: finding.level for finding in network.findings}


def first(network: ts.Network) -> dict[str, Any]:
    return dict(next(iter(network.links.values())))


def test_degrees_become_metres_and_lengths_are_less_the_junctions() -> None:
    graph = hanover(maxspeed="50", lanes="2", geometry=Line((9.730, 52.370), (9.7315, 52.3705), (9.733, 52.370)))
    network = ts.network_from_graph(graph)
    a, b = network.graph.nodes[11], network.graph.nodes[12]
    assert math.dist((a["x_m"], a["y_m"]), (b["x_m"], b["y_m"])) == pytest.approx(204.3, abs=0.5)  # great circle
    assert 180.0 < first(network)["length_m"] <= 204.3
    assert first(network)["geometry"][1][1] == pytest.approx(55.6, abs=0.1)  # 0.0005 degrees to the north
    assert codes(network)["coordinates-projected"] == "info"
    assert codes(network)["length-read"] == "info"
    assert "unread-attribute" not in codes(network)
    assert "x_m" not in graph.nodes[11]
    assert graph.edges[11, 12, 0]["lanes"] == "2"


@pytest.mark.parametrize(("edge", "ours", "code"), [
    ({"maxspeed": "50"}, {"speed_limit_kmh": 50.0, "road_class": "urban"}, "speed-limit-read"),
    ({"maxspeed": "30 mph"}, {"speed_limit_kmh": 30 * 1.609344}, "speed-limit-read"),
    ({"maxspeed": ["70", "50"]}, {"speed_limit_kmh": 50.0}, "several-values"),
    ({"maxspeed": "['70', '50']"}, {"speed_limit_kmh": 50.0}, "several-values"),
    ({"maxspeed": "100"}, {"speed_limit_kmh": 100.0, "road_class": "rural"}, "rural-guessed"),
    ({"maxspeed": "DE:urban"}, {"speed_limit_kmh": 50.0}, "speed-limit-guessed"),
    ({"maxspeed": "none"}, {"speed_limit_kmh": 130.0}, "speed-limit-guessed"),
    ({"speed_kph": 43.5}, {"speed_limit_kmh": 43.5}, "speed-limit-guessed"),
    ({"maxspeed": float("nan")}, {"speed_limit_kmh": 50.0}, "speed-limit-guessed"),
    ({"speed_kph": "nan"}, {"speed_limit_kmh": 50.0}, "speed-limit-guessed"),  # GraphML by NetworkX
    ({"maxspeed": "DE:zone:30"}, {"speed_limit_kmh": 50.0}, "speed-limit-guessed"),
    ({"lanes": "4", "oneway": [True, False]}, {"lanes": 2}, "lanes-halved"),  # of both
    ({"lanes": "4"}, {"lanes": 2}, "lanes-halved"), ({"lanes": ["3", "2"]}, {"lanes": 1}, "lanes-halved"),
    ({"lanes": 2}, {"lanes": 2}, "road-class-read"), ({}, {"lanes": 1, "priority": 5}, "lanes-guessed"),
    ({"name": ["High Street", "Low Street"]}, {"name": "High Street"}, "several-values"),
    ({"speed_limit_kmh": 30.0, "maxspeed": "50"}, {"speed_limit_kmh": 30.0}, "road-class-read"),
])
def test_what_osmnx_writes_is_read_and_told(edge: dict[str, Any], ours: dict[str, Any], code: str) -> None:
    network = ts.network_from_graph(hanover(**edge))
    assert {name: first(network)[name] for name in ours} == ours
    assert code in codes(network)


def test_a_one_way_road_has_all_of_its_lanes() -> None:
    graph = hanover(lanes="3")
    for _, _, edge in graph.edges(data=True):
        edge["oneway"] = "True"
    network = ts.network_from_graph(graph)
    assert first(network)["lanes"] == 3
    assert "lanes-read" in codes(network)


def test_signals_and_roundabouts_are_controlled() -> None:
    graph = hanover()
    graph.nodes[12]["highway"] = "traffic_signals"
    graph.add_node(14, x=9.733, y=52.372)
    graph.add_edge(12, 14, length=222.0, highway="residential")
    graph.add_edge(14, 12, length=222.0, highway="residential")
    graph.add_node(15, x=9.7332, y=52.3721)
    graph.add_edge(14, 15, length=30.0, highway="residential", junction="roundabout")
    graph.add_edge(15, 14, length=40.0, highway="residential", junction="roundabout")
    network = ts.network_from_graph(graph)
    assert [program.id for program in network.signals] == ["12"]
    assert network.graph.nodes[14]["control"] == network.graph.nodes[15]["control"] == "roundabout"
    assert network.links["14->15"]["priority"] > network.links["12->14"]["priority"]


def test_projected_coordinates_stay_and_lengths_tell_degrees_without_crs() -> None:
    metric = hanover()
    metric.graph["crs"] = "epsg:32632"
    for number, node in enumerate(metric):
        metric.nodes[node].update(x=550000.0 + 204.3 * number, y=5800000.0)
    assert ts.network_from_graph(metric).graph.nodes[12]["x_m"] == 550204.3
    del metric.graph["crs"]
    assert codes(ts.network_from_graph(metric))["metres-guessed"] == "warning"
    unknown = hanover()
    del unknown.graph["crs"]
    assert codes(ts.network_from_graph(unknown))["degrees-guessed"] == "warning"
    for _, _, edge in unknown.edges(data=True):
        del edge["length"]
    with pytest.raises(NetworkError, match=r"crs.*degrees or metres.*epsg:4326"):
        ts.network_from_graph(unknown)


@pytest.mark.parametrize("crs", ["epsg:4283", "+proj=longlat +datum=WGS84", 4326])
def test_a_system_in_degrees_that_is_not_known_by_its_text_is_told_by_lengths(crs: object) -> None:
    graph = hanover()
    graph.graph["crs"] = crs
    network = ts.network_from_graph(graph)
    assert codes(network)["degrees-guessed"] == "warning"
    assert network.graph.nodes[13]["x_m"] - network.graph.nodes[11]["x_m"] == pytest.approx(408.6, abs=1.0)


@pytest.mark.parametrize(("edge", "named"), [
    ({"maxspeed": "fast"}, r"11->12.*maxspeed.*'fast'.*km/h"), ({"lanes": "many"}, r"11->12.*lanes.*'many'"),
    ({"lanes": "-2"}, r"11->12.*lanes.*'-2'"), ({"length": -5.0}, r"11->12.*length.*-5 m"),
    ({"geometry": 5}, r"11->12.*geometry.*5.*LINESTRING"), ({"geometry": [("a", "b")]}, r"11->12.*geometry.*'a'"),
    ({"geometry": [(9.73, math.nan)]}, r"11->12.*geometry.*nan"),
    ({"geometry": "POINT (1 2)"}, r"geometry.*POINT.*LINESTRING"),
    ({"maxspeed": "5000"}, r"speed_limit_kmh.*5000"),
    ({"speed_limit_kmh": "thirty"}, r"speed_limit_kmh.*thirty"), ({"speed_kph": "x"}, r"speed_kph.*'x'"),
])
def test_what_cannot_be_read_is_refused(edge: dict[str, Any], named: str) -> None:
    with pytest.raises(NetworkError, match=named):
        ts.network_from_graph(hanover(**edge))


def test_geometry_as_a_file_has_it_is_read() -> None:
    network = ts.network_from_graph(hanover(geometry="LINESTRING (9.73 52.37, 9.7315 5.23705e+01, 9.733 52.37)"))
    assert len(first(network)["geometry"]) == 3
    assert first(network)["geometry"][1][1] == pytest.approx(55.6, abs=0.1)


def test_a_network_is_a_graph_again_and_can_be_written(tmp_path: Any) -> None:
    network = ts.network_from_graph(hanover(maxspeed=["50", "30"], lanes="2"))
    again = ts.network_from_graph(network.graph)
    assert again.connections == network.connections
    assert again.links == network.links
    write_network(network, tmp_path / "n.json")
    assert read_network(tmp_path / "n.json").links.keys() == network.links.keys()


def test_it_runs() -> None:
    flow = ts.Flow(id="f", origin="11->12", destination="12->13", volume_veh_h=300)
    town = ts.Scenario(name="town", network=ts.network_from_graph(hanover(maxspeed="50")),
                       time=ts.Time(analysis_s=60), demand=ts.Demand(flows=(flow,)))
    assert not [finding for finding in ts.check(town) if finding.level == "error"]


@given(st.floats(-179, 179), st.floats(-60, 60), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_distances_on_the_plane_are_those_on_the_sphere(x: float, y: float, dx: float, dy: float) -> None:
    east_m, north_m = Plane(x, y, is_projected=True).metres(x + dx, y + dy)
    a, b = (math.radians(y), math.radians(y + dy))
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(dx) / 2) ** 2
    sphere_m = 2 * 6371009.0 * math.asin(math.sqrt(half))
    # OSMnx measures on a sphere: at most 0.7 % from the ellipsoid; the plane adds 0.2 % within 5 km at latitude 60.
    assert math.hypot(east_m, north_m) == pytest.approx(sphere_m, rel=0.01, abs=0.01)
