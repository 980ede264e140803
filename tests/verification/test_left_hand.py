"""Left-hand traffic is the mirror image of right-hand traffic, to the last bit."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from tests.support.worlds import UNIFORM, make_plan, make_world
from trafficsim.design.inference.network import network_from_graph
from trafficsim.design.synthetic import corridor, junction
from trafficsim.engines.ca import run
from trafficsim.results.digest import digest
from trafficsim.spec.check import check
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import MIRRORED, Network
from trafficsim.spec.scenario import Time

SWAP = {"left": "right", "right": "left"}
CONTROLS = ("signal", "priority", "all_way_stop", "right_before_left", "roundabout")


def mirrored(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the graph seen in a mirror: east is west, and what is marked right is marked left."""
    made: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for node, attributes in graph.nodes(data=True):
        made.add_node(node, **{**attributes, "x_m": -attributes["x_m"]})
    for tail, head, key, attributes in graph.edges(keys=True, data=True):
        line = tuple((-x, y) for x, y in attributes["geometry"])
        marks = attributes["turn_lanes"] and tuple(
            ";".join(SWAP.get(name, name) for name in entry.split(";")) for entry in attributes["turn_lanes"])
        made.add_edge(tail, head, key=key, **{**attributes, "geometry": line, "turn_lanes": marks})
    return made


def both_sides(network: Network) -> tuple[Network, Network]:
    """Return a network inferred for right-hand traffic, and its mirror image for left-hand traffic."""
    return network_from_graph(network.graph), network_from_graph(mirrored(network.graph), left_hand_traffic=True)


def result(network: Network, flows: list[Flow]) -> str:
    """Return the digest of a run."""
    plan = make_plan(make_world(network, flows, time=Time(analysis_s=600.0, clear_s=600.0), drivers=UNIFORM))
    return digest(plan, run(plan))


def from_everywhere(arms: int) -> list[Flow]:
    """Return flows from every arm to every other."""
    pairs = [(a, b) for a in range(arms) for b in range(arms) if a != b]
    return [Flow(id=f"{a}{b}", origin=f"in{a}", destination=f"out{b}", volume_veh_h=100.0) for a, b in pairs]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_mirrored_junction_gives_the_same_bits(control: str) -> None:
    right, left = both_sides(junction(arms=4, lanes=2, control=control, nearside_turn_on_red=True))
    for one, other in zip(right.connections, left.connections, strict=True):
        assert other.model_copy(update={"turn": MIRRORED[other.turn]}) == one
    assert [program.phases for program in right.signals] == [program.phases for program in left.signals]
    assert result(left, from_everywhere(4)) == result(right, from_everywhere(4))


def test_turn_lanes_and_side_streets_in_the_mirror() -> None:
    road = corridor((300.0, 300.0), lanes=2, two_way=True, signals=(1,), side_streets=(1,), turn_lane_m=60.0)
    flows = [Flow(id=f"{a}{b}", origin=a, destination=b, volume_veh_h=200.0)
             for a, b in (("east1", "north1_out"), ("east1", "east2"), ("west2", "west1"), ("south1_in", "west1"))]
    right, left = both_sides(road)
    assert result(left, flows) == result(right, flows)


@pytest.mark.parametrize("control", CONTROLS)
def test_builders_know_the_side(control: str) -> None:
    network = junction(arms=4, lanes=2, control=control, left_hand_traffic=True)
    assert network.left_hand_traffic
    assert [finding.code for finding in check(network)] == ["left-hand-traffic"]
    if control == "roundabout":  # clockwise: from the east the next exit is the south
        assert network.links["ring0"]["to"] == "ring3"
        return
    # Heading west from the east, the nearside lane turns left to the south.
    assert {
        movement.turn for movement in network.connections if (movement.from_link, movement.to_link) == ("in0", "out3")
    } == {"left"}
    assert {
        movement.from_lane
        for movement in network.connections
        if (movement.from_link, movement.to_link) == ("in0", "out3")
    } == {0}


def test_priority_comes_from_the_left() -> None:
    def gives_way(network: Network) -> set[tuple[str, str]]:
        return {(movement.from_link, network.connections[conflicting].from_link)
                for movement in network.connections if movement.turn == "through" for conflicting in movement.yields_to
                if network.connections[conflicting].turn == "through"}

    right = gives_way(junction(control="right_before_left"))
    left = gives_way(junction(control="right_before_left", left_hand_traffic=True))
    # Heading north from arm 3 (south): on the right comes arm 0 (east), on the left arm 2 (west).
    assert ("in3", "in0") in right
    assert ("in3", "in2") in left
