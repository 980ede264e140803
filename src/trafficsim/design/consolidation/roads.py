"""A road graph of a map as consolidation sees it: links with their lines, streets with their widths, kinds of nodes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import networkx as nx

from trafficsim.design.inference.geometry import Point, heading, heading_at_end, line_length, turn_angle
from trafficsim.design.inference.junction_shape import LANE_WIDTH_M

RING = ("roundabout", "circular", "mini_roundabout")
BACK_RAD = math.radians(150.0)  # a sharper turn leads back where one came from
CROSSWISE_SINE = 0.5  # streets at 30-150 degrees cross; others run side by side


LINK_BACK_RAD = math.radians(120.0)  # a slip road or ramp meets its road at less (modelling assumption)


@dataclass(slots=True)
class Road:
    """A link: its ends, its line in metres and its attributes."""

    id: str
    tail: Any
    head: Any
    line: tuple[Point, ...]
    attributes: dict[str, Any]

    @property
    def length_m(self) -> float:
        """Length of its line."""
        return line_length(self.line)

    @property
    def lanes(self) -> int:
        """Lanes of this direction."""
        return int(self.attributes.get("lanes") or 1)

    def ray(self, node: Any) -> float:
        """Direction in which it lies, seen from one of its ends."""
        if node == self.tail:
            return heading(self.line)
        return turn_angle(math.pi, heading_at_end(self.line))

    @property
    def is_ring(self) -> bool:
        """A piece of a roundabout."""
        return self.attributes.get("osm_junction") in RING

    def has(self, name: str) -> bool:
        """Tell whether an attribute is set."""
        return bool(self.attributes.get(name))


def sharpest_rad(road: Road) -> float:
    """Return the turn beyond which one would turn back from a link."""
    return LINK_BACK_RAD if str(road.attributes.get("osm_class") or "").endswith("_link") else BACK_RAD


@dataclass
class Roads:
    """All links of a graph with coordinates, by id, and what leads to and from every node."""

    nodes: dict[Any, dict[str, Any]]
    links: dict[str, Road] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: nx.MultiDiGraph[Any]) -> Roads:
        """Collect the links of a graph; those without a line of their own are straight."""
        roads = cls({node: dict(attributes) for node, attributes in graph.nodes(data=True)})
        for tail, head, attributes in graph.edges(data=True):
            line = tuple((float(x), float(y)) for x, y in attributes.get("geometry") or ())
            if len(line) < 2:
                line = (roads.place(tail), roads.place(head))
            roads.links[str(attributes["id"])] = Road(str(attributes["id"]), tail, head, line, dict(attributes))
        return roads

    def place(self, node: Any) -> Point:
        """Return the coordinates of a node."""
        return float(self.nodes[node]["x_m"]), float(self.nodes[node]["y_m"])

    def replace(self, gone: Iterable[Road], come: Road) -> None:
        """Put a link in the place of others."""
        for road in gone:
            del self.links[road.id]
            self.into[road.head] = [one for one in self.into[road.head] if one.id != road.id]
            self.out_of[road.tail] = [one for one in self.out_of[road.tail] if one.id != road.id]
        self.links[come.id] = come
        self.into[come.head].append(come)
        self.out_of[come.tail].append(come)

    @cached_property
    def into(self) -> dict[Any, list[Road]]:
        """Links that lead to every node."""
        return self._by_node("head")

    @cached_property
    def out_of(self) -> dict[Any, list[Road]]:
        """Links that leave every node."""
        return self._by_node("tail")

    def _by_node(self, end: str) -> dict[Any, list[Road]]:
        found: dict[Any, list[Road]] = {node: [] for node in self.nodes}
        for road in self.links.values():
            found[getattr(road, end)].append(road)
        return found

    def at(self, node: Any) -> list[Road]:
        """Links that meet at a node."""
        return [*self.into[node], *self.out_of[node]]

    def neighbours(self, node: Any) -> set[Any]:
        """Nodes at the other ends of its links."""
        return {road.tail for road in self.into[node]} | {road.head for road in self.out_of[node]}

    def is_junction(self, node: Any) -> bool:
        """Tell whether streets meet there: three or more neighbours."""
        return len(self.neighbours(node) - {node}) >= 3

    def is_crossing(self, node: Any) -> bool:
        """Tell whether streams can cross at a node: some choose between links there, and some meet on one."""
        onward: dict[str, set[str]] = {}
        before: dict[str, set[str]] = {}
        for one in self.into[node]:
            for other in self.out_of[node]:
                turn = turn_angle(heading_at_end(one.line), heading(other.line))
                if other.head != one.tail and abs(turn) < sharpest_rad(one):
                    onward.setdefault(one.id, set()).add(other.id)
                    before.setdefault(other.id, set()).add(one.id)
        return any(len(ids) > 1 for ids in onward.values()) and any(len(ids) > 1 for ids in before.values())

    def is_fork(self, one: Road, other: Road) -> bool:
        """Tell whether two links are the carriageways into which a two-way street splits at a node."""
        node = one.head
        if other.tail != node or self.opposite(one) is not None or self.opposite(other) is not None:
            return False
        rest = [road for road in self.at(node) if road.id not in (one.id, other.id)]
        return len(rest) == 2 and self.opposite(rest[0]) is rest[1] and abs(
            turn_angle(one.ray(node), other.ray(node))) < math.radians(90.0)

    def is_ring(self, node: Any) -> bool:
        """Tell whether a node lies on a roundabout, or is a mini-roundabout."""
        return self.nodes[node].get("control") == "roundabout" or any(road.is_ring for road in self.at(node))

    def between(self, one: Any, other: Any) -> list[Road]:
        """Links between two nodes, of both directions."""
        return [road for road in self.at(one) if {road.tail, road.head} == {one, other}]

    def opposite(self, road: Road) -> Road | None:
        """Return the other direction of a two-way street."""
        back = [other for other in self.out_of[road.head] if other.head == road.tail and other.id != road.id]
        same = [other for other in back if other.attributes.get("osm_way") == road.attributes.get("osm_way")]
        near = [other for other in same or back if abs(other.length_m - road.length_m) < 0.05 * road.length_m + 0.5]
        return near[0] if near else None

    def half_width_m(self, road: Road) -> float:
        """Return how far the carriageway reaches to either side of its line."""
        back = self.opposite(road)
        return LANE_WIDTH_M * (road.lanes + (back.lanes if back else 0)) / 2.0

    def crossing_m(self, road: Road, node: Any, without: Iterable[str] = ()) -> float:
        """Return the half width of the widest street that crosses a link at one of its ends, 0 where none does."""
        ray, own = road.ray(node), {road.id, *without}
        back = self.opposite(road)
        if back is not None:
            own.add(back.id)
        return max((self.half_width_m(other) for other in self.at(node)
                    if other.id not in own and abs(math.sin(other.ray(node) - ray)) > CROSSWISE_SINE), default=0.0)

    def has_signal(self, node: Any) -> bool:
        """Tell whether drivers meet a signal at a node: on it, or on a link that leads to it."""
        return self.nodes[node].get("control") == "signal" or any(
            road.has("signal_at_end") for road in self.into[node])
