"""The sites of a network: junctions with three or more legs, and roads between two nodes, both directions as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trafficsim.spec.network import Network

Kind = Literal["junction", "segment"]
FEWEST_LEGS = 3
SAME_ROAD = 0.2
"""Directions between two nodes whose lengths differ by more than this share are two roads (modelling assumption)."""
NO_LANES = "no function for {lanes} lanes in all"
ONE_WAY = "no function for a one-way road"
NOT_URBAN = "the functions are for urban and suburban roads, not for road class {road_class}"
NO_LEGS = "no function for {legs} legs"
NO_CONTROL = "no function for the control {control}"
CHOSEN = "left without a function by site_types"


@dataclass(frozen=True)
class Site:
    """A place where crashes are counted.

    Attributes
    ----------
    kind, id : ``"junction"`` with the id of its node, or ``"segment"`` with the id of its first link
    name : for people
    links : of a segment its one or two directions; of a junction the links that lead to it
    legs : of a junction, by leg the links of both directions
    facility : type for the safety performance function; empty without one
    reason : why there is none
    length_m : of a segment
    """

    kind: Kind
    id: str
    name: str
    links: tuple[str, ...]
    legs: tuple[tuple[str, ...], ...] = ()
    facility: str = ""
    reason: str = ""
    length_m: float = 0.0


def sites_of(network: Network, types: Mapping[str, str] | None = None) -> tuple[Site, ...]:
    """List the sites of a network, junctions first, in its order.

    The type of a segment follows from its lanes: two lanes in all are 2U, four 4U (a median is not known to the
    network), others have none. That of a junction from its legs and its control: signals, or priority, which counts as
    stop control of the minor road.

    Parameters
    ----------
    network
        The network.
    types
        Types by id of a link or node that go before what is inferred; ``"none"`` for none.

    Examples
    --------
    >>> from trafficsim.design.synthetic import grid
    >>> sites = sites_of(grid(rows=2, columns=2))
    >>> [(site.kind, site.facility) for site in (sites[0], sites[-1])]
    [('junction', '4SG'), ('segment', '4U')]
    """
    given, links = types or {}, network.links
    return (*_junctions(network, links, given), *_segments(links, given))


def _junctions(network: Network, links: Mapping[str, Any], given: Mapping[str, str]) -> Iterable[Site]:
    legs: dict[Any, dict[Any, list[str]]] = {node: {} for node in network.graph.nodes}
    into: dict[Any, list[str]] = {node: [] for node in network.graph.nodes}
    for link, one in links.items():
        legs[one["from"]].setdefault(one["to"], []).append(link)
        legs[one["to"]].setdefault(one["from"], []).append(link)
        into[one["to"]].append(link)
    for node, attributes in network.graph.nodes(data=True):
        if len(legs[node]) >= FEWEST_LEGS:
            chosen = given.get(str(node))
            kind, reason = _chosen(chosen) if chosen else _junction_type(len(legs[node]), attributes)
            roads = tuple(tuple(leg) for leg in legs[node].values())
            name = str(attributes.get("name") or node)
            yield Site("junction", str(node), name, tuple(into[node]), roads, kind, reason)


def _segments(links: Mapping[str, Any], given: Mapping[str, str]) -> Iterable[Site]:
    by_ends: dict[tuple[Any, Any], list[str]] = {}
    for link, one in links.items():
        by_ends.setdefault((one["from"], one["to"]), []).append(link)
    taken: set[str] = set()
    for link, one in links.items():
        if link in taken:
            continue
        back = next((other for other in by_ends.get((one["to"], one["from"]), ())
                     if other != link and other not in taken and _same_road(one, links[other])), None)
        road = (link,) if back is None else (link, back)
        taken.update(road)
        chosen = next((given[name] for name in road if name in given), None)
        kind, reason = _chosen(chosen) if chosen else _segment_type([links[name] for name in road])
        length_m = sum(float(links[name]["length_m"]) for name in road) / len(road)
        yield Site("segment", link, str(one.get("name") or link), road, (), kind, reason, length_m)


def _same_road(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    lengths = float(one["length_m"]), float(other["length_m"])
    return max(lengths) - min(lengths) <= SAME_ROAD * max(lengths)


def _chosen(kind: str) -> tuple[str, str]:
    return ("", CHOSEN) if kind == "none" else (kind, "")


def _junction_type(legs: int, attributes: Mapping[str, Any]) -> tuple[str, str]:
    control = str(attributes.get("control", "priority"))
    word = {"signal": "SG", "priority": "ST"}.get(control)
    if word is None:
        return "", NO_CONTROL.format(control=control)
    return (f"{legs}{word}", "") if legs in (3, 4) else ("", NO_LEGS.format(legs=legs))


def _segment_type(directions: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    classes = {str(one.get("road_class", "urban")) for one in directions} - {"urban"}
    if classes:
        return "", NOT_URBAN.format(road_class=min(classes))
    if len(directions) == 1:
        return "", ONE_WAY
    lanes = sum(int(one["lanes"]) for one in directions)
    return ({2: "2U", 4: "4U"}[lanes], "") if lanes in (2, 4) else ("", NO_LANES.format(lanes=lanes))
