"""What would ruin a run of a network with its demand, and what is merely unusual."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from trafficsim.base.errors import NetworkError
from trafficsim.base.findings import Finding
from trafficsim.base.repairs import repair
from trafficsim.base.units import kmh_to_ms
from trafficsim.spec.check_controls import check_controls, check_crossings
from trafficsim.spec.check_demand import check_demand
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.resolution import STEP_S
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, complete

MOST_JUNCTION_M = 60.0  # so far may stop lines lie from the nodes of their junctions (modelling assumption)
SHOWN = 5


@dataclass
class _Links:
    """Links by id, with what leaves and reaches them."""

    attributes: dict[str, dict[str, Any]]
    used_lanes: dict[str, set[int]] = field(default_factory=dict)
    next_links: dict[str, set[str]] = field(default_factory=dict)


def check(network: Network, demand: Demand | None = None) -> tuple[Finding, ...]:
    """Check a network, and whether it can carry a demand.

    Parameters
    ----------
    network
        The network; its own findings are not repeated.
    demand
        Flows and trips whose links and routes are to be checked.

    Returns
    -------
    tuple of Finding
        Errors (the run would be ruined) with their remedy, warnings, and information on what is unusual.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> check(ring(1000))
    ()
    """
    broken = (*_duplicates(network), *_attributes(network))
    if broken:  # nothing else can be said about links that cannot be told apart or have no length
        return broken
    links = _Links(network.links)
    wrong = (*_references(network, links), *_programs(network))
    found = [*wrong, *_named_sets(network, links)]
    if wrong:
        return tuple(found)
    for movement in network.connections:
        links.used_lanes.setdefault(movement.from_link, set()).add(movement.from_lane)
        links.next_links.setdefault(movement.from_link, set()).add(movement.to_link)
    found += [*_movements_on(network, links), *_conflicting_greens(network), *_one_sided_conflicts(network),
              *check_controls(network), *check_crossings(network)]
    found += check_demand(demand, links.attributes) if demand is not None else ()
    return (*found, *_short_links(links), *_impossible_lengths(network), *_impossible_diagrams(links),
            *_side_of_the_road(network))


def _side_of_the_road(network: Network) -> Iterator[Finding]:
    if network.left_hand_traffic:
        said = "vehicles keep to the left; lane 0 is at the left kerb"
        yield Finding("info", "left-hand-traffic", "network", said, "")


def _duplicates(network: Network) -> Iterator[Finding]:
    ids = Counter(str(attributes.get("id")) for _, _, attributes in network.graph.edges(data=True))
    for kind, counted in (("link", ids), ("signal", Counter(program.id for program in network.signals))):
        for name in (name for name, times in counted.items() if times > 1):
            yield Finding("error", "duplicate-id", f"{kind} {name!r}", f"{counted[name]} {kind}s with this id",
                          f"give every {kind} an id of its own")


def _attributes(network: Network) -> Iterator[Finding]:
    for tail, head, attributes in network.graph.edges(data=True):
        place = f"link {attributes.get('id', f'{tail}->{head}')!r}"
        length = attributes.get("length_m")
        if "id" not in attributes or length is None:
            missing = "id" if "id" not in attributes else "length_m"
            yield Finding("error", "missing-attribute", place, f"no {missing}",
                          f"add {missing}, or make the network with network_from_graph")
        elif not isinstance(length, int | float) or not math.isfinite(length) or length <= 0:
            yield Finding("error", "bad-length", f"{place}: length_m", f"a length of {length} m",
                          "give the length in metres, finite and above 0")
        else:
            yield from _schema_error(attributes, EDGE_ATTRIBUTES, place)
    for node, attributes in network.graph.nodes(data=True):
        yield from _schema_error(attributes, NODE_ATTRIBUTES, f"node {node!r}")


def _schema_error(attributes: dict[str, Any], table: Any, place: str) -> Iterator[Finding]:
    try:
        complete(attributes, table, place)
    except NetworkError as error:
        yield Finding("error", "bad-attribute", error.where, f"found {error.found}, expected {error.expected}",
                      error.remedy)


def _references(network: Network, links: _Links) -> Iterator[Finding]:
    """Connections must join lanes that exist and links that meet, and name existing connections."""
    count = len(network.connections)
    for number, movement in enumerate(network.connections):
        place = f"connection {number} ({movement.from_link} to {movement.to_link})"
        ends = ((movement.from_link, movement.from_lane), (movement.to_link, movement.to_lane))
        unknown = [link for link, _ in ends if link not in links.attributes]
        if unknown:
            yield Finding("error", "unknown-link", place, f"no link {unknown[0]!r}", "correct or remove the connection")
            continue
        for link, lane in ends:
            if lane >= links.attributes[link]["lanes"]:
                yield Finding("error", "unknown-lane", place,
                              f"lane {lane} of link {link!r}, which has {links.attributes[link]['lanes']}",
                              "lanes count from 0 on the nearside; correct the lane, or lanes of the link")
        if links.attributes[movement.from_link]["to"] != links.attributes[movement.to_link]["from"]:
            yield Finding("error", "links-apart", place, "the links do not meet at a node",
                          "correct the connection, or the nodes of the links")
        if any(not 0 <= other < count for other in (*movement.yields_to, *movement.crosses)):
            yield Finding("error", "unknown-connection", place, "yields_to or crosses names no connection",
                          f"use positions from 0 to {count - 1}")


def _programs(network: Network) -> Iterator[Finding]:
    width = {program.id: len(program.phases[0].state) for program in network.signals}
    for number, movement in enumerate(network.connections):
        place = f"connection {number} ({movement.from_link} to {movement.to_link})"
        if movement.signal is None:
            continue
        if movement.signal not in width:
            yield Finding("error", "unknown-signal", place, f"no signal program {movement.signal!r}",
                          "add the program, or correct the name")
        elif movement.signal_index is None or movement.signal_index >= width[movement.signal]:
            yield Finding(
                "error",
                "signal-index",
                place,
                f"signal index {movement.signal_index}, but signal {movement.signal!r} has {width[movement.signal]} "
                "letters",
                "lengthen the states of the program, or correct the index",
            )


def _named_sets(network: Network, links: _Links) -> Iterator[Finding]:
    for kind, sets in (("group", network.groups), ("path", network.paths)):
        for name, ids in sets.items():
            unknown = [link for link in ids if link not in links.attributes]
            if unknown:
                yield Finding("error", "unknown-link", f"{kind} {name!r}", f"no link {unknown[0]!r}",
                              f"correct the {kind}")
    for name, ids in network.paths.items():
        for first, second in itertools.pairwise(ids):
            known = first in links.attributes and second in links.attributes
            if known and links.attributes[first]["to"] != links.attributes[second]["from"]:
                yield Finding("error", "path-gap", f"path {name!r}", f"{second!r} does not follow on {first!r}",
                              "name the links in driving order, without gaps")


def _movements_on(network: Network, links: _Links) -> Iterator[Finding]:
    """Every link must lead on, unless the road ends there; lanes that end are unusual."""
    ending: list[str] = []
    closed: list[str] = []
    for link, attributes in links.attributes.items():
        if link not in links.used_lanes:
            if _road_goes_on(network, attributes):
                closed.append(f"link {link!r}")
            continue
        allow = attributes.get("allow") or (None,) * attributes["lanes"]
        ending += [f"{link} lane {lane}" for lane in range(attributes["lanes"])
                   if lane not in links.used_lanes[link] and allow[lane] != ()]  # footways need not lead on
    if closed:
        yield repair("no-movement", closed, remedy="add connections, or give the node at its end control \"dead_end\"")
    if ending:
        yield Finding("warning", "lane-ends", _some(ending), f"{len(ending)} lanes lead nowhere; vehicles leave them "
                      "before the stop line", "add connections where the lane continues in reality",
                      places=tuple(ending))


def _road_goes_on(network: Network, attributes: dict[str, Any]) -> bool:
    head = attributes["to"]
    onward = [node for node in network.graph.successors(head) if node != attributes["from"]]
    return bool(onward) and network.graph.nodes[head].get("control") != "dead_end"


def _conflicting_greens(network: Network) -> Iterator[Finding]:
    """Report two conflicting movements and both have green with priority (``G``) in one phase."""
    phases = {program.id: program.phases for program in network.signals}
    for number, movement in enumerate(network.connections):
        if movement.signal is None or movement.signal_index is None:
            continue
        for other_number in movement.crosses:
            other = network.connections[other_number]
            if other_number < number or other.signal != movement.signal or other.signal_index is None:
                continue
            both = [place for place, phase in enumerate(phases[movement.signal])
                    if phase.state[movement.signal_index] == "G" == phase.state[other.signal_index]]
            if both:
                yield _green_conflict(movement, other, both[0])


def _green_conflict(movement: Connection, other: Connection, phase: int) -> Finding:
    names = (f"{movement.from_link} lane {movement.from_lane} to {movement.to_link} and "
             f"{other.from_link} lane {other.from_lane} to {other.to_link}")
    where = f"signal {movement.signal!r}, phase {phase}"
    if (movement.to_link, movement.to_lane) == (other.to_link, other.to_lane):
        return Finding("warning", "merging-greens", where, f"{names} merge into one lane with green G for both",
                       f"write 'g' for the one that gives way (index {movement.signal_index} or {other.signal_index})")
    return Finding(
        "warning",
        "crossing-greens",
        where,
        f"{names} cross and both have green G: who is in the junction first blocks the other",
        f"write 'g' for the one that gives way, or 'r' (index {movement.signal_index} or {other.signal_index})",
    )


def _one_sided_conflicts(network: Network) -> Iterator[Finding]:
    sets = [set(movement.crosses) for movement in network.connections]
    for number, crosses in enumerate(sets):
        for other in (other for other in crosses if number not in sets[other]):
            yield Finding("error", "one-sided-conflict", f"connection {number}",
                          f"it crosses connection {other}, which does not cross it",
                          "enter conflicts with both connections")


def _short_links(links: _Links) -> Iterator[Finding]:
    short = [link for link, attributes in links.attributes.items()
             if attributes["length_m"] < STEP_S * kmh_to_ms(float(attributes["speed_limit_kmh"]))]
    if short:
        yield Finding("info", "short-link", _some(short),
                      f"{len(short)} links are shorter than one second of driving at their limit",
                      places=tuple(short))


def _impossible_lengths(network: Network) -> Iterator[Finding]:
    """Links of less than a tenth of the straight line between their nodes: a slip of the pen, or of a unit."""
    nodes = network.graph.nodes
    for link, attributes in network.links.items():
        ends = [nodes[attributes[end]] for end in ("from", "to")]
        if any(node.get("x_m") is None or node.get("y_m") is None for node in ends):
            continue
        straight_m = math.dist(*((node["x_m"], node["y_m"]) for node in ends))
        if attributes["length_m"] < straight_m / 10 and straight_m - attributes["length_m"] > MOST_JUNCTION_M:
            yield Finding("warning", "shorter-than-straight", f"link {link!r}: length_m",
                          f"a length of {attributes['length_m']:g} m between nodes {straight_m:.0f} m apart",
                          "correct length_m, or the coordinates of its nodes")


def _impossible_diagrams(links: _Links) -> Iterator[Finding]:
    """Links that could not hold what drives on them at capacity."""
    wrong = []
    for link, row in links.attributes.items():
        capacity, jam = row.get("capacity_veh_h"), row.get("jam_density_veh_km_lane")
        if capacity and jam and capacity / row["lanes"] > float(row["speed_limit_kmh"]) * jam:
            wrong.append(f"link {link!r}")
    if wrong:
        yield repair("storage-raised", wrong, count=len(wrong),
                     remedy="correct capacity_veh_h, jam_density_veh_km_lane or speed_limit_kmh")


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:SHOWN]) + (" ..." if len(listed) > SHOWN else "")
