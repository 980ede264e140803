"""Connections of ours from the links of a SUMO network: who yields to whom, whose paths cross, and critical gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trafficsim.base.errors import NetworkError
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.net import CONTROL, Link, Net
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.model import bounds
from trafficsim.spec.network import MIRRORED, Connection, Turn

TURN: dict[str, Turn] = {"s": "through", "l": "left", "L": "left", "r": "right", "R": "right", "t": "u_turn"}

MOST_LENGTH_M, MOST_WAITING_AREA_M = bounds(Connection, "length_m")[1], bounds(Connection, "waiting_area_m")[1]
# Critical gap and follow-up time in s. HCM 2016 ch. 20 base values, two-lane major street; at signals the HCM's
# permitted left turn (ch. 31); right before left as that: modelling assumption. Roundabout entry: HCM 2016 ch. 22,
# one lane (capacity 1380 exp(-0.00102 v), hence 3600 / 1380 = 2.6 s and 3600 * 0.00102 + 2.6 / 2 = 5.0 s).
GAPS = {
    "major left": (4.1, 2.2), "minor right": (6.2, 3.3), "minor through": (6.5, 4.0), "minor left": (7.1, 3.5),
    "signal": (4.5, 2.5), "right before left": (4.5, 2.5), "roundabout": (5.0, 2.6),
    # Not across the opposing traffic: those behind follow as at green (modelling assumption).
    "signal, no crossing turn": (4.5, 2.0),
    # Departure headway of an approach that is alone (HCM 2016 ch. 21); order of arrival, no gaps.
    "all-way stop": (4.0, 3.9),
}


class Conflicts(NamedTuple):
    """Positions of the connections that one yields to, and of all that cross or meet it."""

    yields_to: tuple[int, ...]
    crosses: tuple[int, ...]


def build_connections(net: Net, ledger: Ledger) -> tuple[Connection, ...]:
    """Make the connections, in the order of the file, with right of way by position.

    Raises
    ------
    NetworkError
        If a row of a junction is no string of 0 and 1.
    """
    usable = [link for link in net.links if link.kinds]
    yields, crosses = _relations(net, usable, ledger)
    major = _major_edges(usable)
    for link in usable:
        if set(link.kinds) < set(link.edge.lanes[link.lane].kinds) & set(link.to_edge.lanes[link.to_lane].kinds):
            ledger.note("ignored", "connection reserved for fewer kinds than its lanes", link.element.where,
                        level="warning")
    return tuple(
        _connection(net, link, Conflicts(tuple(sorted(yields[position])), tuple(sorted(crosses[position]))), major,
                    ledger)
        for position, link in enumerate(usable)
    )


def _relations(net: Net, links: Sequence[Link], ledger: Ledger) -> tuple[list[set[int]], list[set[int]]]:
    """For each connection: the ones it yields to, and the ones whose paths cross or meet its own."""
    position = {id(link): index for index, link in enumerate(links)}
    yields: list[set[int]] = [set() for _ in links]
    crosses: list[set[int]] = [set() for _ in links]
    for junction, of_junction in _links_by_junction(net).items():
        by_index = _indices(net, net.junctions[junction], of_junction)
        rows = _requests(net.junctions[junction])
        at = {index: position[id(link)] for index, link in by_index.items() if id(link) in position}
        for index, response, conflicting_ones in rows:
            if index in at:
                yields[at[index]] |= {at[other] for other in response if other in at} - {at[index]}
                crosses[at[index]] |= {at[other] for other in conflicting_ones | response if other in at} - {at[index]}
        known = {id(link) for index, link in by_index.items() if index in {row[0] for row in rows}}
        without = [link for link in of_junction if id(link) not in known and id(link) in position]
        if rows and without:
            ledger.repair("right-of-way-unknown", net.junctions[junction].where)
            _by_state([link for link in of_junction if id(link) in position], without, position, yields, crosses)
    _meet_in_one_lane(links, crosses, ledger)
    for index, others in enumerate(crosses):
        for other in others:
            crosses[other].add(index)
    return yields, crosses


def _links_by_junction(net: Net) -> dict[str, list[Link]]:
    by_junction: dict[str, list[Link]] = defaultdict(list)
    for link in net.links:
        by_junction[link.edge.head].append(link)
    return by_junction


def _indices(net: Net, junction: Element, links: list[Link]) -> dict[int, Link]:
    """Links of a junction by the index that its request rows use; links without one are not in it.

    The index is the place of the last internal lane of the link in ``intLanes``; in a network without internal
    lanes, its place in the order of incoming lanes, if there are as many rows as links and crossings.
    """
    places = {lane: place for place, lane in enumerate(junction.get("intLanes").split())}
    if any(link.inside for link in links):
        return {places[link.inside[-1]]: link for link in links if link.inside and link.inside[-1] in places}
    incoming = {lane: place for place, lane in enumerate(junction.get("incLanes").split())}
    ordered = sorted(links, key=lambda link: incoming.get(f"{link.edge.id}_{link.lane}", len(incoming)))
    crossings = sum(1 for lane in net.internal if lane.startswith(f":{junction.get('id')}_c"))
    rows = sum(1 for _ in junction.all("request"))
    return dict(enumerate(ordered)) if rows in (len(links), len(links) + crossings) else {}


def _requests(junction: Element) -> list[tuple[int, set[int], set[int]]]:
    """Rows (index, yields to, crosses); in the bit strings the last character stands for index 0."""
    return [(request.whole("index"), _bits(request, "response"), _bits(request, "foes"))
            for request in junction.all("request")]


def _by_state(links: Sequence[Link], without: Sequence[Link], position: Mapping[int, int], yields: list[set[int]],
              crosses: list[set[int]]) -> None:
    """Right of way of links that no row speaks of: those in another state than M yield to those in M from elsewhere."""
    for link in without:
        others = {position[id(other)] for other in links
                  if other.edge.id != link.edge.id and other.element.get("state") == "M"}
        if link.element.get("state") != "M":
            yields[position[id(link)]] |= others
            crosses[position[id(link)]] |= others


def _bits(request: Element, name: str) -> set[int]:
    bits = request.get(name)
    if bits.strip("01"):
        raise NetworkError(f"{request.where}: {name}", repr(bits), "a string of 0 and 1", f"correct {name}")
    return {index for index, bit in enumerate(reversed(bits)) if bit == "1"}


def _meet_in_one_lane(links: Sequence[Link], crosses: list[set[int]], ledger: Ledger) -> None:
    """Connections from different lanes into one lane meet, whatever the file says."""
    into: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index, link in enumerate(links):
        into[link.to_edge.id, link.to_lane].append(index)
    for group in into.values():
        for index in group:
            others = {other for other in group if other != index} - crosses[index]
            if others:
                ledger.note("inferred", "conflict of connections into the same lane", links[index].element.where)
            crosses[index] |= others


def _major_edges(links: Sequence[Link]) -> set[str]:
    """Edges with priority: a through connection (or, without one, any left turn or through) in state M."""
    through: dict[str, list[bool]] = defaultdict(list)
    for link in links:
        if TURN.get(link.element.get("dir"), "through") == "through":
            through[link.edge.id].append(link.element.get("state") == "M")
    return {edge for edge, priority in through.items() if any(priority)}


def _connection(net: Net, link: Link, conflicts: Conflicts, major: set[str], ledger: Ledger) -> Connection:
    element = link.element
    inside = [net.internal[name] for name in link.inside if name in net.internal]
    limit = min([lane.speed_kmh for lane in inside]
                or [link.edge.lanes[link.lane].speed_kmh, link.to_edge.lanes[link.to_lane].speed_kmh])
    turn = TURN.get(element.get("dir"), "through")
    gap, follow_up = GAPS[_gap_case(net, link, turn, major)]
    signal = element.get("tl") if element.get("linkIndex") else None
    if element.get("tl") and signal is None:
        ledger.repair("signal-off", f"{element.where} from {link.edge.id!r}: no linkIndex")
    length_m = sum(lane.length_m for lane in inside)
    if length_m > MOST_LENGTH_M:
        ledger.repair("value-capped", f"{element.where}: a path through the junction of {length_m:g} m")
    return make(
        Connection, element, from_link=link.edge.id, from_lane=link.lane, to_link=link.to_edge.id,
        to_lane=link.to_lane, length_m=min(length_m, MOST_LENGTH_M), speed_limit_kmh=limit, turn=turn,
        signal=signal or None, signal_index=element.whole("linkIndex") if signal else None, **conflicts._asdict(),
        critical_gap_s=gap, follow_up_s=follow_up, must_stop=element.get("state") in ("s", "w"),
        first_come=element.get("state") == "w",
        keep_clear=element.get("keepClear", "1").lower() not in ("0", "false"),
        # a path that is split by an internal junction: vehicles that give way wait at the end of its first part
        waiting_area_m=min(inside[0].length_m, MOST_WAITING_AREA_M) if len(inside) > 1 and conflicts.yields_to else 0.0,
    )


def _drives_on_left(net: Net) -> bool:
    return net.root.get("lefthand", "false") in ("true", "1")


def _gap_case(net: Net, link: Link, turn: Turn, major: set[str]) -> str:
    control = CONTROL.get(net.junctions[link.edge.head].get("type"), "priority")
    if _drives_on_left(net):  # gaps are those of the mirror image
        turn = MIRRORED[turn]
    if link.element.get("tl") or control == "signal":
        return "signal" if turn in ("left", "u_turn") else "signal, no crossing turn"
    if link.element.get("state") == "w":
        return "all-way stop"
    if control == "right_before_left":
        return "right before left"
    if link.to_edge.id in net.roundabout_edges and link.edge.id not in net.roundabout_edges:
        return "roundabout"
    if turn in ("left", "u_turn"):
        return "major left" if link.edge.id in major else "minor left"
    return "minor right" if turn == "right" else "minor through"
