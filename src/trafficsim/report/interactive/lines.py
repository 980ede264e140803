"""Drawn lines of links: from the edge of one junction to the stop line before the next."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trafficsim.design.inference.geometry import Point, along, cut, line_length
from trafficsim.design.inference.legs import ENTERS, LEAVES, Link, line_of, shape_of
from trafficsim.spec.network import Network
from trafficsim.spec.schema import EDGE_ATTRIBUTES

Spread = Literal["centre", "side"]
SAME_LINE_M = 1.0
"""Lines of both directions whose middles lie nearer are one centre line (modelling assumption)."""
LEAST_SHARE_DRAWN = 0.3
"""Of the line of a short link so much is drawn, however far its junctions extend."""
BARELY_M = 0.5
DEFAULTS = {attribute.name: attribute.default for attribute in EDGE_ATTRIBUTES}


@dataclass(frozen=True)
class DrawnLine:
    """The line of a link between its junctions, and whether its lanes lie on both sides of it or on the near side."""

    points: tuple[Point, ...]
    spread: Spread

    @property
    def length_m(self) -> float:
        """Length of the drawn line."""
        return line_length(self.points)


def drawn_lines(network: Network) -> dict[str, DrawnLine]:
    """Return the drawn line of every link that has a place.

    What a link's line is longer than the link itself (which ends at its stop line) lies inside its junctions; it is
    shared among both ends by the extent of the junctions there.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> drawn_lines(corridor([100.0, 100.0]))["east1"].points
    ((0.0, 0.0), (100.0, 0.0))
    """
    links = _links_of(network)
    whole = {name: line for name, link in links.items() if (line := line_of(network.graph, link)) is not None}
    extents = _extents(network, links)
    return {name: DrawnLine(_between_junctions(links[name], line, extents), _spread(network, links[name], whole))
            for name, line in whole.items()}


def _links_of(network: Network) -> dict[str, Link]:
    edges = enumerate(network.graph.edges(data=True))
    return {str(one["id"]): Link(str(one["id"]), order, tail, head, {**DEFAULTS, **one, "id": str(one["id"])})
            for order, (tail, head, one) in edges}


def _extents(network: Network, links: Mapping[str, Link]) -> dict[tuple[str, bool], float]:
    """How far each junction reaches into the links at it; nothing where that cannot be seen."""
    found: dict[tuple[str, bool], float] = {}
    for node, attributes in network.graph.nodes(data=True):
        if "control" in attributes:
            found.update(shape_of(network.graph, node, links, network.left_hand_traffic).extent)
    return found


def _between_junctions(link: Link, line: Sequence[Point],
                       extents: Mapping[tuple[str, bool], float]) -> tuple[Point, ...]:
    whole_m = line_length(line)
    inside_m = whole_m - float(link.attributes["length_m"] or whole_m)
    start, end = extents.get((link.id, LEAVES), 0.0), extents.get((link.id, ENTERS), 0.0)
    if inside_m > BARELY_M:
        share = start / (start + end) if start + end > 0 else 0.5
        start, end = share * inside_m, (1.0 - share) * inside_m
    most_m = (1.0 - LEAST_SHARE_DRAWN) * whole_m
    if start + end > most_m:
        start, end = (most_m * part / (start + end) for part in (start, end))
    return cut(line, start, whole_m - end)


def _spread(network: Network, link: Link, lines: Mapping[str, Sequence[Point]]) -> Spread:
    """Lanes lie beside a line that both directions share, or of which the file says so; else on both sides of it."""
    told = link.attributes.get("spread")
    if told in ("centre", "side"):
        return "centre" if told == "centre" else "side"
    back: dict[Any, dict[str, Any]] = network.graph.get_edge_data(link.head, link.tail) or {}
    middle = along(lines[link.id], line_length(lines[link.id]) / 2)
    for other in back.values():
        line = lines.get(str(other["id"]))
        if line is not None and line is not lines[link.id] and math.dist(
                along(line, line_length(line) / 2), middle) < SAME_LINE_M:
            return "side"
    return "centre"
