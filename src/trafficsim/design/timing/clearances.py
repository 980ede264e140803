"""Intergreens that the geometry of a junction needs: for every two connections whose paths cross or meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from trafficsim.design.inference.clearance import CAR_M, clearing_times
from trafficsim.design.inference.geometry import distance_to_crossing, line_length
from trafficsim.design.inference.junction_shape import JunctionPath, path_of
from trafficsim.design.inference.legs import Link, SeenJunction, shape_of
from trafficsim.design.timing.conflicts import Pair, crossing_pairs
from trafficsim.spec.network import Connection, Network


class Clearance(NamedTuple):
    """What lies between the end of green of one connection and the begin of green of another that it conflicts with.

    Attributes
    ----------
    clearing, entering : places of the two among the connections of the network
    clearing_m : from the stop line of who clears to the point of conflict, and a car beyond it
    entering_m : from the stop line of who enters to the point of conflict
    crossing_s, clearing_s, entering_s : the times t_ü, t_r and t_e of RiLSA
    """

    clearing: int
    entering: int
    clearing_m: float
    entering_m: float
    crossing_s: float
    clearing_s: float
    entering_s: float

    @property
    def intergreen_s(self) -> float:
        """The intergreen ``t_ü + t_r - t_e``, at least 0, not rounded."""
        return max(self.crossing_s + self.clearing_s - self.entering_s, 0.0)


def clearances(network: Network, signal: str) -> dict[Pair, Clearance]:
    """Return the clearance of every ordered pair of connections of a signal that cross or meet.

    Networks hold no lines through junctions: those of the connections are the largest arcs that fit between the ends of
    their lanes, as junctions are inferred, and distances along them are scaled to the length that each connection has.
    Connections into one lane conflict at its begin. Source: RiLSA 2015; its values are taken from memory and to be
    checked against the guideline.

    Parameters
    ----------
    network
        The network; positions of links give the geometry, and without them the order of its streets.
    signal
        Name of the signal program.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction()
    >>> found = clearances(network, "centre")
    >>> longest = max(found.values(), key=lambda one: one.intergreen_s)
    >>> round(longest.clearing_m, 1), round(longest.entering_m, 1), round(longest.intergreen_s, 1)
    (24.5, 12.0, 4.4)
    """
    junctions: dict[object, SeenJunction] = {}
    links = {str(row["id"]): Link(str(row["id"]), order, tail, head, row)
             for order, (tail, head, row) in enumerate(network.graph.edges(data=True))}
    found: dict[Pair, Clearance] = {}
    paths: dict[int, JunctionPath | None] = {}
    for pair in crossing_pairs(network, signal):
        for place in pair:
            if place not in paths:
                paths[place] = _path(network, network.connections[place], links, junctions)
        first, second = (paths[place] for place in pair)
        if first is not None and second is not None:
            for key, clearing, entering in ((pair, first, second), (pair[::-1], second, first)):
                found[key] = _clearance(network, key, clearing, entering)
    return found


def intergreens_needed_s(needed: Mapping[Pair, Clearance], network: Network) -> dict[tuple[str, str, str, str], float]:
    """Return the matrix of intergreens by movement: (link cleared from, to, link entered from, to) and the longest.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction()
    >>> matrix = intergreens_needed_s(clearances(network, "centre"), network)
    >>> round(matrix["in0", "out2", "in1", "out3"], 1)
    4.0
    """
    found: dict[tuple[str, str, str, str], float] = {}
    for (first, second), one in needed.items():
        before, after = network.connections[first], network.connections[second]
        key = (before.from_link, before.to_link, after.from_link, after.to_link)
        found[key] = max(found.get(key, 0.0), one.intergreen_s)
    return found


def _path(network: Network, one: Connection, links: Mapping[str, Link],
          junctions: dict[object, SeenJunction]) -> JunctionPath | None:
    """Path of a connection; ``None`` where its links do not meet at one node."""
    node = links[one.from_link].head
    if node not in junctions:
        local = {str(row["id"]): links[str(row["id"])]
                 for _, _, row in _edges_at(network, node)}
        junctions[node] = shape_of(network.graph, node, local, network.left_hand_traffic)
    seen = junctions[node]
    if one.from_link not in seen.approaches or one.to_link not in seen.exits:
        return None
    approach, exit_ = seen.approaches.index(one.from_link), seen.exits.index(one.to_link)
    return path_of(seen.shape, approach, (one.from_lane, exit_, one.to_lane), one.turn)


def _edges_at(network: Network, node: object) -> Iterator[tuple[object, object, dict[str, object]]]:
    yield from network.graph.in_edges(node, data=True)
    yield from network.graph.out_edges(node, data=True)


def _clearance(network: Network, pair: Pair, clearing: JunctionPath, entering: JunctionPath) -> Clearance:
    before, after = (network.connections[place] for place in pair)
    clearing_m = _to_conflict_m(before, clearing, entering) + CAR_M
    entering_m = _to_conflict_m(after, entering, clearing)
    times = clearing_times(clearing_m, entering_m, turns=before.turn != "through")
    return Clearance(*pair, clearing_m, entering_m, *times)


def _to_conflict_m(one: Connection, path: JunctionPath, other: JunctionPath) -> float:
    """Distance from the stop line to the point of conflict: the share of the path as drawn, of its length."""
    drawn_m = line_length(path.path.points)
    crossing_m = distance_to_crossing(path.path.points, other.path.points)
    length_m = one.length_m or path.path.length_m
    return length_m if crossing_m is None or drawn_m <= 0.0 else length_m * crossing_m / drawn_m
