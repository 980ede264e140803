"""Builders give the networks that their words promise, and refuse arguments that make none."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import pytest

from trafficsim.base.errors import InputError, NetworkError
from trafficsim.design.synthetic import BUILDERS, corridor, grid, junction, network_from_source, ring
from trafficsim.spec.check import check
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.network import Network
from trafficsim.spec.network_source import BuilderSpec, LinkSpec, NetworkSource, NodeSpec


def errors(network: Network, demand: Demand | None = None) -> list[str]:
    return [str(finding) for finding in check(network, demand) if finding.level == "error"]


@pytest.mark.parametrize("network", [
    grid(1, 1), grid(3, 2, lanes=1), grid(2, 2, lanes=3, signals=False), ring(500), ring(1000, lanes=3, links=5),
    corridor((500,)), corridor((300, 200, 100), lanes=(2, 3, 1), two_way=True), junction(arms=3, lanes=(2, 1, 2)),
    corridor((300, 300, 300), lanes=2, two_way=True, signals=(1,), side_streets=(1, 2), turn_lane_m=50.0),
    *(junction(control=control, lanes=2)  # type: ignore[arg-type]
      for control in ("signal", "priority", "all_way_stop", "right_before_left", "roundabout")), junction(arms=6),
])
def test_what_builders_make_is_sound(network: Network) -> None:
    assert errors(network) == []
    assert network.findings == ()


def test_grid_counts_lengths_and_programs() -> None:
    network = grid(3, 4, spacing_m=200.0, cycle_s=80, offsets="zero")
    assert len(network.links) == 2 * (3 * 5 + 4 * 4)
    assert len(network.signals) == 12
    assert {len(network.groups["entries"]), len(network.groups["exits"])} == {14}
    # 25 m lie within the junction: half of two lanes (6.5 m) and a corner of 6 m on either side of the middle.
    assert {link["length_m"] for name, link in network.links.items() if name in network.groups["inner"]} == {175.0}
    program = network.signals[0]
    assert (program.cycle_s, program.offset_s) == (80.0, 0.0)
    assert [phase.duration_s for phase in program.phases] == [35, 3, 2, 35, 3, 2]
    assert {letter for phase in program.phases for letter in phase.state} == set("Ggyr")


def test_grid_offsets_are_drawn_with_the_seed() -> None:
    first, same, other = (tuple(p.offset_s for p in grid(3, 3, seed=seed).signals) for seed in (1, 1, 2))
    assert first == same != other
    assert all(0 <= offset < 90 for offset in first)


def test_every_entry_of_a_grid_reaches_every_exit() -> None:
    network = grid(3, 3)
    flows = [Flow(id=f"{a}-{b}", origin=a, destination=b, volume_veh_h=1)
             for a in network.groups["entries"] for b in network.groups["exits"]
             if a.split("_")[0] != b.split("_")[1]]
    assert errors(network, Demand(flows=tuple(flows))) == []


def test_ring_has_its_length_and_nothing_between_links() -> None:
    network = ring(999.0, lanes=2, links=7)
    assert math.isclose(sum(link["length_m"] for link in network.links.values()), 999.0)
    assert {(movement.length_m, movement.from_lane - movement.to_lane) for movement in network.connections} == {
        (0.0, 0)
    }
    assert len(network.connections) == 14
    assert len(ring(500).connections) == 1


def test_corridor_lengths_are_exact_without_junctions() -> None:
    network = corridor((1234.5, 2.0, 3.0, 700.0), speed_limit_kmh=(50, 50, 80, 120))
    assert [link["length_m"] for link in network.links.values()] == [1234.5, 2.0, 3.0, 700.0]
    assert [movement.length_m for movement in network.connections] == [0.0, 0.0, 0.0]
    assert network.paths["east"] == ("east1", "east2", "east3", "east4")


def test_lane_drop_and_gain() -> None:
    drop = corridor((300, 300), lanes=(3, 2)).connections
    assert [(movement.from_lane, movement.to_lane, movement.keep_clear) for movement in drop] == [
        (0, 0, False),
        (1, 1, False),
        (2, 1, False),
    ]
    assert drop[2].yields_to == (1,)  # the lane that ends gives way
    gain = corridor((300, 300), lanes=(1, 3)).connections
    assert [(movement.from_lane, movement.to_lane) for movement in gain] == [(0, 0), (0, 1), (0, 2)]


def test_corridor_signals_without_side_streets_have_the_reference_green() -> None:
    (program,) = corridor((500, 500), signals=(1,)).signals
    assert [(phase.duration_s, phase.state) for phase in program.phases] == [
        (40, "G"), (3, "y"), (2, "r"), (45, "r")]


def test_corridor_turn_lanes_and_stages() -> None:
    network = corridor((400, 400), lanes=2, two_way=True, signals=(1,), side_streets=(1,), turn_lane_m=60.0,
                       left_green_s=12.0)
    assert network.links["east1_turn"]["lanes"] == 3
    lefts = {(movement.from_link, movement.from_lane) for movement in network.connections if movement.turn == "left"}
    assert lefts == {("east1_turn", 2), ("west2_turn", 2), ("south1_in", 0), ("north1_in", 0)}
    durations = [phase.duration_s for phase in network.signals[0].phases]
    assert durations == [42, 3, 2, 12, 3, 2, 21, 3, 2]


def test_priority_corridor_gives_the_main_road_way() -> None:
    network = corridor((400, 400), two_way=True, side_streets=(1,))
    waiting = {movement.from_link for movement in network.connections if movement.yields_to and movement.turn != "left"}
    assert waiting == {"south1_in", "north1_in"}


def test_entries_of_a_roundabout_yield_to_the_circle_only() -> None:
    network = junction(control="roundabout")
    for movement in network.connections:
        others = {network.connections[other].from_link for other in movement.yields_to}
        assert all(other.startswith("ring") for other in others)
        assert bool(others) == movement.from_link.startswith("in")
    assert nx.is_strongly_connected(network.graph)


@pytest.mark.parametrize(("kind", "arguments", "message"), [
    ("grid", {"rows": 2}, "builder grid: columns: found nothing"),
    ("grid", {"rows": 2, "colums": 2, "columns": 2}, "did you mean 'columns'"),
    ("grid", {"rows": 0, "columns": 2}, "builder grid: rows: found 0"),
    ("grid", {"rows": "2", "columns": 2}, "builder grid: rows: found '2'"),
    ("grid", {"rows": 2, "columns": 2, "spacing_m": math.nan}, "spacing_m"),
    ("grid", {"rows": 2, "columns": 2, "offsets": "some"}, "'random' or 'zero'"),
    ("ring", {"length_m": -1.0}, "builder ring: length_m: found -1.0"),
    ("junction", {"control": "sign"}, "builder junction: control"),
    ("junction", {"arms": 4, "lanes": [1, 2]}, "or 4 of them"),
    ("corridor", {"lengths_m": []}, "lengths_m"),
    ("corridor", {"lengths_m": [100], "signals": [1]}, "numbers of inner nodes"),
    ("corridor", {"lengths_m": [100, 100], "lanes": [1]}, "one value, or 2 of them"),
    ("corridor", {"lengths_m": [100, 100], "sections": {"3": {}}}, "a section number"),
    ("corridor", {"lengths_m": [100], "sections": {"1": {"free_speed_kmh": 9}}}, "did you mean 'free_speed_"),
    ("corridor", {"lengths_m": [100, 100], "groups": {"g": [5]}}, "section numbers from 1 to 2"),
    ("corridor", {"lengths_m": [90, 90], "side_streets": [1], "turn_lane_m": 50.0}, "less than half"),
])
def test_wrong_arguments_are_named(kind: str, arguments: dict[str, Any], message: str) -> None:
    source = NetworkSource(builder=BuilderSpec(kind=kind, arguments=arguments))  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        network_from_source(source)
    assert message in str(caught.value)
    assert set(BUILDERS) == {"corridor", "grid", "junction", "ring"}


def table(**source: Any) -> NetworkSource:
    nodes = tuple(NodeSpec(id=name, x_m=x, y_m=0.0) for name, x in (("a", 0.0), ("b", 200.0), ("c", 300.0)))
    links = (LinkSpec(id="ab", from_node="a", to_node="b", group="first"),
             LinkSpec(id="bc", from_node="b", to_node="c", lanes=2, allow=("bus", ""), length_m=120.0))
    return NetworkSource(**{"nodes": nodes, "links": links, **source})


def test_tables_of_nodes_and_links() -> None:
    network = network_from_source(table(groups={"all": ("ab", "bc")}, paths={"way": ("ab", "bc")}))
    assert network.links["ab"]["length_m"] == 200.0
    assert network.links["bc"]["length_m"] == 120.0
    assert network.links["bc"]["allow"] == (("bus",), None)
    assert network.groups == {"first": ("ab",), "all": ("ab", "bc")}
    assert errors(network) == []


@pytest.mark.parametrize(("source", "message"), [
    (table(groups={"g": ("abc",)}), "did you mean"), (table(paths={"p": ("zz",)}), "network.paths.p"),
    (table(links=(LinkSpec(id="x", from_node="a", to_node="q"),)), "'q'"),
    (table(links=(LinkSpec(id="x", from_node="a", to_node="b"),) * 2), "second time"),
    (table(nodes=(NodeSpec(id="a", x_m=0, y_m=0),) * 2), "second time"),
])
def test_wrong_tables_are_named(source: NetworkSource, message: str) -> None:
    with pytest.raises(NetworkError) as caught:
        network_from_source(source)
    assert message in str(caught.value)


def test_networks_written_by_hand_may_keep_to_the_left() -> None:
    nodes = [NodeSpec(id=name, x_m=x, y_m=0.0) for name, x in (("a", 0.0), ("b", 100.0), ("c", 200.0))]
    links = [LinkSpec(id="one", from_node="a", to_node="b"), LinkSpec(id="two", from_node="b", to_node="c")]
    source = NetworkSource(nodes=tuple(nodes), links=tuple(links), left_hand_traffic=True)
    assert network_from_source(source).left_hand_traffic
    with pytest.raises(ValueError, match="left_hand_traffic beside builder"):
        NetworkSource(builder=BuilderSpec(kind="ring"), left_hand_traffic=True)
    left = corridor((300.0, 300.0), two_way=True, side_streets=(1,), turn_lane_m=50.0, left_hand_traffic=True)
    assert left.links["east1_turn"]["turn_lanes"] == ("left;through", "right")
    assert grid(2, 2, left_hand_traffic=True).left_hand_traffic
