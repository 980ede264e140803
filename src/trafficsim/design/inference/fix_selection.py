"""Which links and junctions of a graph an entry of a fixes file speaks of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from trafficsim.design.inference.fix_report import FixReport, close_names
from trafficsim.design.inference.geometry import Point
from trafficsim.spec.fixes import JunctionFix, LinkFix
from trafficsim.spec.plane import plane_of_graph

SAME_DIRECTION_DEG = 45.0
"""A link leads in a compass direction if it differs by no more than this."""
Edge = tuple[Any, Any, Any]


@dataclass
class Catalogue:
    """The links of a graph by what entries call them; made anew when the graph changes."""

    graph: nx.MultiDiGraph[Any]
    by_id: dict[str, Edge] = field(default_factory=dict)
    by_way: dict[str, list[str]] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    by_node: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the graph."""
        for node, attributes in self.graph.nodes(data=True):
            members = str(attributes.get("osm_nodes") or "").split(";")
            for name in (*filter(None, members), str(node)):
                self.by_node.setdefault(name, node)
            self.by_node[str(node)] = node
        for tail, head, key, attributes in self.graph.edges(keys=True, data=True):
            link = str(attributes["id"])
            self.by_id[link] = (tail, head, key)
            for way in filter(None, str(attributes.get("osm_way") or "").split(";")):
                self.by_way.setdefault(way.lstrip("-"), []).append(link)
            if attributes.get("name"):
                self.by_name.setdefault(str(attributes["name"]), []).append(link)

    def attributes(self, link: str) -> dict[str, Any]:
        """Return the attributes of a link, which may be changed."""
        found: dict[str, Any] = self.graph.edges[self.by_id[link]]
        return found

    def links(self, entry: LinkFix, place: str, report: FixReport) -> list[str]:
        """Return the links that an entry selects; what is not there is reported."""
        if entry.id is not None:
            return self.named(entry.id, place, report)
        if entry.way is not None:
            return self._of_way(entry, place, report)
        if entry.name is not None:
            found = self.by_name.get(entry.name, [])
            if not found:
                report.not_found(place, f"roads with the name {entry.name!r}", close_names(entry.name, self.by_name))
            return found
        return self._near(entry, place, report)

    def named(self, name: str | int, place: str, report: FixReport) -> list[str]:
        """Return the link with an id, or the links of a way with a number."""
        known = self.by_way if isinstance(name, int) else self.by_id
        if str(name) not in known:
            beside = self.by_way.get(str(name).partition("@")[0].lstrip("-"), [])
            report.not_found(place, f"{'way' if isinstance(name, int) else 'link'} {name!r}",
                             close_names(str(name), beside or known))
            return []
        return list(self.by_way[str(name)]) if isinstance(name, int) else [name]

    def node(self, name: str | int, place: str, report: FixReport) -> Any | None:
        """Return the node with a name, or the one that a node of OpenStreetMap became part of."""
        if str(name) not in self.by_node:
            report.not_found(place, f"node {str(name)!r}", close_names(str(name), self.by_node))
            return None
        return self.by_node[str(name)]

    def junction(self, entry: JunctionFix, place: str, report: FixReport) -> Any | None:
        """Return the node that an entry selects, or ``None``, which is reported."""
        if entry.id is not None:
            return self.node(entry.id, place, report)
        point = _point(self.graph, entry, place, report)
        if point is None:
            return None
        away = sorted((math.dist(point, (row["x_m"], row["y_m"])), str(node)) for node, row
                      in self.graph.nodes(data=True) if row.get("x_m") is not None and row.get("y_m") is not None)
        if away and away[0][0] <= entry.within_m:
            return self.by_node[away[0][1]]
        report.not_found(place, f"a junction within {entry.within_m:g} m of {_told(entry)}",
                         (f"{name!r} in {metres:.0f} m" for metres, name in away[:2]))
        return None

    def _of_way(self, entry: LinkFix, place: str, report: FixReport) -> list[str]:
        found = self.by_way.get(str(entry.way), [])
        chosen = [link for link in found if entry.direction == "both"
                  or link.startswith("-") == (entry.direction == "backward")]
        if not found:
            report.not_found(place, f"way {entry.way}", close_names(str(entry.way), self.by_way))
        elif not chosen:
            report.not_found(place, f"links of way {entry.way} driven {entry.direction}",
                             (f"link {link!r}" for link in found[:2]))
        return chosen

    def _near(self, entry: LinkFix, place: str, report: FixReport) -> list[str]:
        point = _point(self.graph, entry, place, report)
        if point is None:
            return []
        found = sorted(self._beside(point, entry.within_m)) or sorted(self._beside(point, math.inf))
        wanted = [row for row in found if row[0] <= entry.within_m
                  and _difference_deg(row[1], entry.bearing_deg or 0.0) <= SAME_DIRECTION_DEG]
        if not wanted:
            report.not_found(
                place, f"a link within {entry.within_m:g} m of {_told(entry)} that leads to {entry.bearing_deg:g} deg",
                (f"{link!r} in {metres:.0f} m to {bearing:.0f} deg" for metres, bearing, link in found[:2]))
        return [wanted[0][2]] if wanted else []

    @cached_property
    def _lines(self) -> list[tuple[str, tuple[Point, ...]]]:
        """Links with a line, and their lines."""
        found: Iterator[tuple[str, Any]] = (
            (str(row["id"]), row.get("geometry") or (_place(self.graph, tail), _place(self.graph, head)))
            for tail, head, row in self.graph.edges(data=True))
        return [(link, tuple(line)) for link, line in found if len(line) > 1 and None not in line]

    @cached_property
    def _boxes(self) -> NDArray[np.float64]:
        """Least x and y and greatest x and y of every line."""
        rows = [[pick(axis) for pick in (min, max) for axis in zip(*line, strict=True)] for _, line in self._lines]
        return np.array(rows, np.float64).reshape(-1, 4)

    def _beside(self, point: Point, within_m: float) -> Iterator[tuple[float, float, str]]:
        """Yield how far away a link is, where it leads there in degrees, and its id; of links that may be that near."""
        boxes = self._boxes
        away = np.maximum(boxes[:, :2] - point, point - boxes[:, 2:]).max(axis=1, initial=-math.inf)
        for place in np.flatnonzero(away <= within_m):
            link, line = self._lines[place]
            metres, start, end = min(((_distance(point, a, b), a, b)
                                      for a, b in pairwise(line)), key=lambda row: row[0])
            yield metres, math.degrees(math.atan2(end[0] - start[0], end[1] - start[1])) % 360.0, link


def _place(graph: nx.MultiDiGraph[Any], node: Any) -> Point | None:
    x, y = graph.nodes[node].get("x_m"), graph.nodes[node].get("y_m")
    return None if x is None or y is None else (x, y)


def _point(graph: nx.MultiDiGraph[Any], entry: LinkFix | JunctionFix, place: str, report: FixReport) -> Point | None:
    if entry.near_m is not None:
        return entry.near_m
    plane = plane_of_graph(graph.graph)
    if plane is None or entry.near is None:
        report.impossible(place, "the network does not say where on the earth it lies, so near finds nothing",
                          "give near_m = [x_m, y_m], or an id")
        return None
    return plane.metres(entry.near[1], entry.near[0])


def _told(entry: LinkFix | JunctionFix) -> str:
    place: Sequence[float] = entry.near or entry.near_m or ()
    return "[" + ", ".join(f"{one:.9g}" for one in place) + "]"


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return metres from a point to a piece of a line."""
    along = (end[0] - start[0], end[1] - start[1])
    square = along[0] ** 2 + along[1] ** 2
    share = 0.0 if square == 0.0 else ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / square
    share = min(max(share, 0.0), 1.0)
    return math.dist(point, (start[0] + share * along[0], start[1] + share * along[1]))


def _difference_deg(one: float, other: float) -> float:
    return abs((one - other + 180.0) % 360.0 - 180.0)
