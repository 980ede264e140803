"""Random small road networks as a person would draw them: nodes and links, everything else inferred."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from tests.support.worlds import link, make_world
from trafficsim.design.inference.network import network_from_graph
from trafficsim.spec.demand import Stop, Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.world import World

CONTROLS = ("priority", "signal", "right_before_left", "all_way_stop", "roundabout", "uncontrolled")
SHORT_ROWS_M = ((), (), (2.0,), (8.0, 3.0), (2.0, 3.0, 5.0, 8.0))
CLASSES = ("car", "car", "car", "van", "truck", "bus")
Lane = tuple[str, int]


class Shape(NamedTuple):
    """What routes are drawn from: length, lanes and open lanes of links, and where lanes lead."""

    length_m: dict[str, float]
    open_to: dict[Lane, str]
    onward: dict[Lane, list[Lane]]


@st.composite
def drawn_worlds(draw: st.DrawFn) -> World:
    """A world of up to six junctions of any control, lanes that begin, end or are for buses, and up to 300 vehicles.

    Rows of links of a few metres, loops, dead ends and merges occur; 300 vehicles in 100 s are more than they can take.
    """
    network = network_from_graph(_graph(draw), left_hand_traffic=draw(st.booleans()))
    shape = _shape(network)
    starts = sorted(lane for lane in shape.open_to if shape.onward.get(lane))
    assume(starts)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))  # hypothesis takes long over thousands of choices
    trips = [_trip(rng, number, starts, shape) for number in range(draw(st.sampled_from((2, 20, 80, 300))))]
    return make_world(network, trips=trips, time=Time(analysis_s=120.0, clear_s=600.0), drivers=Drivers())


def _graph(draw: st.DrawFn) -> nx.MultiDiGraph[Any]:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    size = draw(st.integers(2, 6))
    for number in range(size):
        angle = 2 * math.pi * (number + draw(st.floats(0.0, 0.9))) / size
        radius = draw(st.sampled_from((0.0, 30.0, 80.0, 250.0)))
        graph.add_node(f"n{number}", x_m=radius * math.cos(angle), y_m=radius * math.sin(angle),
                       control=draw(st.sampled_from(CONTROLS)))
    node = st.integers(0, size - 1)
    ends = [(number, (number + 1) % size) for number in range(size)] + draw(st.lists(st.tuples(node, node), max_size=6))
    for number, (tail, head) in enumerate(ends):
        _road(draw, graph, f"l{number}", (f"n{tail}", f"n{head}"))
    if draw(st.booleans()):  # an end of the road
        graph.add_node("end", x_m=400.0, y_m=10.0, control="dead_end")
        _road(draw, graph, "out", (f"n{draw(node)}", "end"))
    return graph


def _road(draw: st.DrawFn, graph: nx.MultiDiGraph[Any], name: str, ends: tuple[str, str]) -> None:
    """Add a link, or a row of links of which some are shorter than a vehicle."""
    lengths = [draw(st.floats(5.0, 300.0)), *draw(st.sampled_from(SHORT_ROWS_M))]
    places = [ends[0], *(f"{name} {number}" for number in range(len(lengths) - 1)), ends[1]]
    x, y = graph.nodes[ends[1]]["x_m"], graph.nodes[ends[1]]["y_m"]
    for number, place in enumerate(places[1:-1]):
        graph.add_node(place, x_m=x - 9.0 * (len(lengths) - number), y_m=y - 4.0, control="priority")
    for number, length in enumerate(lengths):
        lanes = draw(st.integers(1, 3))
        buses = lanes > 1 and draw(st.sampled_from((True, False, False)))
        graph.add_edge(places[number], places[number + 1], **link(
            f"{name}.{number}", length, lanes=lanes, speed_limit_kmh=draw(st.sampled_from((20, 30, 50, 80, 120))),
            priority=draw(st.integers(0, 2)), road_class=draw(st.sampled_from(("urban", "rural", "motorway"))),
            allow=("bus",) + ("",) * (lanes - 1) if buses else ("",) * lanes,
        ))


def _shape(network: Network) -> Shape:
    links = network.links
    onward: dict[Lane, list[Lane]] = {}
    for one in network.connections:
        onward.setdefault((one.from_link, one.from_lane), []).append((one.to_link, one.to_lane))
    open_to = {(name, lane): kinds for name, row in links.items() for lane, kinds in enumerate(row["allow"])}
    return Shape({name: float(row["length_m"]) for name, row in links.items()}, open_to, onward)


def _trip(rng: np.random.Generator, number: int, starts: list[Lane], shape: Shape) -> Trip:
    """A walk along open lanes, with a bus stop now and then."""
    lane = starts[rng.integers(len(starts))]
    kind = "bus" if shape.open_to[lane] else CLASSES[rng.integers(len(CLASSES))]
    route = [lane[0]]
    for _ in range(rng.integers(12)):
        following = [after for after in shape.onward.get(lane, []) if shape.open_to[after] in ("", kind)]
        if not following:
            break
        lane = following[rng.integers(len(following))]
        route.append(lane[0])
    stops: tuple[Stop, ...] = ()
    if kind == "bus" and rng.random() < 0.5:
        at = route[rng.integers(len(route))]
        stops = (Stop(link=at, position_m=shape.length_m[at] * 0.75, dwell_s=float(rng.choice((1.0, 15.0)))),)
    return Trip(id=f"t{number}", depart_s=rng.uniform(0.0, 100.0), route=tuple(route), vehicle_class=kind, stops=stops)
