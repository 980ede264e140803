"""Which nodes are one junction: those that short links join, and those of one signalised crossing.

The rules, each with its limit:

- *short*: between the carriageways that cross at its ends a link has no room for a vehicle;
- *dual carriageway*: a link across the median of a road with separate carriageways, of which one end has a signal;
- *one signal*: drivers pass a signal at the begin of the link and meet none at its end, where others do;
- *mapped*: the map says of the link that it lies within a junction (``junction`` of OpenStreetMap).

Nodes of roundabouts stay a ring, of which only those are joined that have no room for a vehicle between them. No
junction becomes larger than :data:`MOST_EXTENT_M`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trafficsim.design.consolidation.roads import CROSSWISE_SINE, Road, Roads

WITHIN = ("intersection", "spui", "yes")
"""Values of ``junction`` of OpenStreetMap for links within a junction."""
VEHICLE_M = 7.5
"""Room of one standing car, with its gap (RiLSA, HBS: 6 m of car and gap; HCM: 25 ft = 7.6 m)."""
MOST_MEDIAN_M = 40.0
"""Longest link across a median within one signalised junction (modelling assumption): beyond it vehicles are stored in
the median, and the two crossings have signals of their own."""
MOST_WITHIN_M = 40.0
"""Longest link between two signals that are one (modelling assumption)."""
MOST_EXTENT_M = 65.0
"""Largest distance between two nodes of a junction (modelling assumption; larger crossings are several junctions)."""
OPPOSED_RAD = math.radians(145.0)  # carriageways of one road run against each other


@dataclass(frozen=True)
class Cluster:
    """Nodes that are one junction, in the order of the graph, and the rules by which they were joined."""

    nodes: tuple[Any, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """Nodes that somebody knows to be one junction, and nodes known to be junctions of their own, by their names."""

    joined: tuple[frozenset[str], ...] = ()
    apart: frozenset[str] = frozenset()


NO_WISH = Wish()


def clusters_of(roads: Roads, wish: Wish = NO_WISH) -> list[Cluster]:
    """Find the nodes that are one junction, by the rules and by what is wished."""
    owner = {node: node for node in roads.nodes}
    members = {node: [node] for node in roads.nodes}
    rules: dict[Any, set[str]] = {node: set() for node in roads.nodes}
    found = [(length_m, one, other, rule) for length_m, one, other, rule in _joined(roads)
             if not {str(one), str(other)} & wish.apart]
    ordered = sorted(found, key=lambda row: (row[0], str(row[1]), str(row[2])))
    for _, one, other, rule in (*_wished(roads, wish), *ordered):
        first, second = owner[one], owner[other]
        if first == second:
            rules[first].add(rule)
        elif rule == "wished" or _extent_m(roads, (*members[first], *members[second])) <= MOST_EXTENT_M:
            for node in members[second]:
                owner[node] = first
            members[first] += members.pop(second)
            rules[first] |= {rule} | rules.pop(second)
    order = {node: place for place, node in enumerate(roads.nodes)}
    return [Cluster(tuple(sorted(nodes, key=order.__getitem__)), tuple(sorted(rules[first])))
            for first, nodes in members.items() if len(nodes) > 1]


def _wished(roads: Roads, wish: Wish) -> Iterator[tuple[float, Any, Any, str]]:
    """Yield the pairs of nodes that are to be joined, whatever lies between them."""
    known = {str(node): node for node in roads.nodes}
    for names in wish.joined:
        nodes = [known[name] for name in sorted(names) if name in known]
        yield from ((0.0, nodes[0], other, "wished") for other in nodes[1:])


def _joined(roads: Roads) -> Iterator[tuple[float, Any, Any, str]]:
    """Yield the pairs of nodes that a rule joins, with the length of the link and the rule."""
    seen: set[tuple[Any, Any]] = set()
    for road in roads.links.values():
        one, other = road.tail, road.head
        if one == other or (one, other) in seen or (other, one) in seen:
            continue
        seen.add((one, other))
        rule = _rule(roads, road)
        if rule:
            yield road.length_m, one, other, rule


def _rule(roads: Roads, road: Road) -> str | None:
    ends = (road.tail, road.head)
    if any(roads.is_ring(node) for node in ends):
        return "short" if road.is_ring and road.length_m < VEHICLE_M else None
    if not all(map(roads.is_junction, ends)):
        return None
    both = roads.between(*ends)
    if _free_m(roads, road) < VEHICLE_M:
        return "short"
    if any(one.attributes.get("osm_junction") in WITHIN for one in both) and road.length_m <= MOST_WITHIN_M:
        return "mapped"
    if road.length_m <= MOST_MEDIAN_M and any(map(roads.has_signal, ends)) and crosses_median(roads, road):
        return "dual carriageway"
    if road.length_m <= MOST_WITHIN_M and all(map(roads.has_signal, ends)) and not any(
            _meets_signal(roads, one) for one in both):
        return "one signal"
    return None


def _free_m(roads: Roads, road: Road) -> float:
    return road.length_m - roads.crossing_m(road, road.tail) - roads.crossing_m(road, road.head)


def _meets_signal(roads: Roads, road: Road) -> bool:
    return road.has("signal_at_end") or roads.nodes[road.head].get("control") == "signal"


def crosses_median(roads: Roads, road: Road) -> bool:
    """Tell whether a link leads from one carriageway of a road to the one that runs against it."""
    first, second = (_carriageways(roads, road, node) for node in (road.tail, road.head))
    return any(abs(_difference(one, other)) > OPPOSED_RAD for one in first for other in second)


def _carriageways(roads: Roads, road: Road, node: Any) -> list[float]:
    """Return the headings of the one-way links at a node that cross a link."""
    ray, found = road.ray(node), []
    for other in roads.at(node):
        if {other.tail, other.head} == {road.tail, road.head} or roads.opposite(other) is not None:
            continue
        course = other.ray(node) if other.tail == node else other.ray(node) + math.pi
        if abs(math.sin(course - ray)) > CROSSWISE_SINE:
            found.append(course)
    return found


def _difference(one: float, other: float) -> float:
    return math.remainder(other - one, 2.0 * math.pi)


def _extent_m(roads: Roads, nodes: Iterable[Any]) -> float:
    places = [roads.place(node) for node in nodes]
    return max((math.dist(a, b) for a, b in itertools.combinations(places, 2)), default=0.0)
