"""A closed loop without junctions."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx

from trafficsim.design.synthetic.arguments import Count, Lanes, LengthM, RoadClassName, SpeedKmh, builder
from trafficsim.design.synthetic.assembly import built
from trafficsim.spec.network import Network

POINTS_PER_RING = 72


@builder
def ring(
    length_m: LengthM,
    lanes: Lanes = 1,
    speed_limit_kmh: SpeedKmh = 50.0,
    links: Count = 1,
    road_class: RoadClassName = "urban",
) -> Network:
    """Make a one-way ring road of equal links, lane to lane, with nothing between them.

    Parameters
    ----------
    length_m
        Length of the whole ring.
    lanes, speed_limit_kmh, road_class
        Of all links.
    links
        Number of links ``ring0``, ``ring1``, ...; path ``ring`` is one lap.

    Raises
    ------
    InputError
        If an argument is unknown, missing or out of range.

    Examples
    --------
    >>> network = ring(1000, links=4)
    >>> [(movement.from_link, movement.to_link, movement.length_m) for movement in network.connections][:2]
    [('ring0', 'ring1', 0.0), ('ring1', 'ring2', 0.0)]
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    radius, pieces = length_m / (2 * math.pi), max(1, -(-POINTS_PER_RING // links))
    for number in range(links):
        x, y = _on_circle(radius, number / links)
        graph.add_node(f"n{number}", x_m=x, y_m=y)
    for number in range(links):
        line = tuple(_on_circle(radius, (number + piece / pieces) / links) for piece in range(pieces + 1))
        graph.add_edge(f"n{number}", f"n{(number + 1) % links}", id=f"ring{number}", length_m=length_m / links,
                       lanes=lanes, speed_limit_kmh=speed_limit_kmh, road_class=road_class, geometry=line)
    return built(graph, paths={"ring": tuple(f"ring{number}" for number in range(links))})


def _on_circle(radius: float, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * share
    return round(radius * math.cos(angle), 3), round(radius * math.sin(angle), 3)
