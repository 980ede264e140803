"""Links whose lanes change along the way, such as those with turn pockets: several pieces, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import networkx as nx

from trafficsim.design.inference.geometry import Point, cut, line_length
from trafficsim.design.inference.given import Movement
from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.spec.vehicles import KINDS, Kind

LEAST_PIECE_M = 15.0
"""Places where lanes begin or end this near to an end of the link are moved there: two cars (modelling assumption)."""
Lanes = Mapping[int, tuple[Kind, ...]]
"""Lanes by number, from the middle of the road or its left side outwards: ..., -1, 1, 2, ...; with who may use them."""


class Piece(NamedTuple):
    """A part of a link with the same lanes all along."""

    id: str
    length_m: float
    lanes: Lanes

    @property
    def numbers(self) -> list[int]:
        """Numbers of the lanes from the nearside."""
        return sorted(self.lanes, reverse=True)

    def lane(self, number: int) -> int | None:
        """Return the place of a lane from the nearside; ``None`` if there is none of this number."""
        return self.numbers.index(number) if number in self.lanes else None


@dataclass
class Roads:
    """A graph while it is made: its links in pieces, and the movements from lane to lane by node."""

    graph: nx.MultiDiGraph = field(default_factory=nx.MultiDiGraph)
    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    movements: dict[Any, list[Movement]] = field(default_factory=dict)

    def add(self, link: str, ends: tuple[str, str], pieces: Sequence[Piece], attributes: Mapping[str, Any]) -> None:
        """Add a link; between its pieces are nodes ``LINK#2``, at which lanes go on, open and end."""
        self.pieces[link] = tuple(pieces)
        line = self._line(ends, attributes.get("geometry") or ())
        nodes = [ends[0], *(piece.id for piece in pieces[1:]), ends[1]]
        whole_m, done_m = sum(piece.length_m for piece in pieces), 0.0
        for piece, (tail, head) in zip(pieces, pairwise(nodes), strict=True):
            part = _part(line, done_m / whole_m, (done_m + piece.length_m) / whole_m)
            if tail != ends[0]:
                self._joint(tail, part)
            kinds = [piece.lanes[number] for number in piece.numbers]
            own = {"id": piece.id, "lanes": len(kinds), CENTRE_LENGTH: round(piece.length_m, 6),
                   "geometry": part if len(pieces) > 1 or attributes.get("geometry") else ()}
            if any(one != KINDS for one in kinds):
                own["allow"] = tuple(None if one == KINDS else one for one in kinds)
            self.graph.add_edge(tail, head, key=piece.id, **{**attributes, **own})
            done_m += piece.length_m
        for before, after in pairwise(pieces):
            self.movements[after.id] = list(_onward(before, after))

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the pieces of each link that has several, as named sets of links."""
        return {link: tuple(piece.id for piece in pieces) for link, pieces in self.pieces.items() if len(pieces) > 1}

    def _line(self, ends: tuple[str, str], geometry: Sequence[Point]) -> tuple[Point, ...]:
        if len(geometry) >= 2:
            return tuple(geometry)
        places = [(self.graph.nodes[end].get("x_m"), self.graph.nodes[end].get("y_m")) for end in ends]
        return () if any(None in place for place in places) else tuple(places)  # type: ignore[arg-type]

    def _joint(self, node: str, part: Sequence[Point]) -> None:
        self.graph.add_node(node, **({"x_m": part[0][0], "y_m": part[0][1]} if part else {}))


def pieces_of(link: str, length_m: float, base: Lanes, changes: Iterable[tuple[float, float, Lanes, int]]) -> list[
        Piece]:
    """Cut a link where its lanes change.

    Parameters
    ----------
    link
        Its name, which its first piece keeps; the others are ``LINK#2``, ``LINK#3``.
    length_m
        Its length.
    base
        Lanes where nothing changes.
    changes
        Begin and end in metres, lanes that are added or replaced there, and how many of the outer ones are closed.
    """
    listed = [(_end(begin, length_m), _end(end, length_m), lanes, closed) for begin, end, lanes, closed in changes]
    listed = [one for one in listed if one[0] < one[1]]
    cuts = sorted({0.0, length_m, *(cut for one in listed for cut in one[:2])})
    cuts = [cut for place, cut in enumerate(cuts)
            if place == 0 or cut == length_m or cut - cuts[place - 1] > LEAST_PIECE_M / 3]
    found: list[tuple[float, Lanes]] = []
    for begin, end in pairwise(cuts):
        lanes = dict(base)
        for first, last, added, closed in listed:
            if first <= (begin + end) / 2 < last:
                lanes.update(added)
                for number in sorted(base, reverse=True)[:min(closed, len(base) - 1)]:
                    lanes.pop(number, None)
        open_ones = {number: kinds for number, kinds in lanes.items() if kinds} or dict(base)
        if found and found[-1][1] == open_ones:
            found[-1] = (found[-1][0] + end - begin, open_ones)
        else:
            found.append((end - begin, open_ones))
    return [Piece(link if place == 1 else f"{link}#{place}", metres, lanes)
            for place, (metres, lanes) in enumerate(found, 1)]


def _end(at_m: float, length_m: float) -> float:
    """Move a place to an end of the link that is near."""
    if at_m < LEAST_PIECE_M:
        return 0.0
    return length_m if at_m > length_m - LEAST_PIECE_M else at_m


def _onward(before: Piece, after: Piece) -> Iterable[Movement]:
    """Lanes go on by their numbers; those that open are entered from the nearest, those that end lead into it."""
    pairs = {(number, _nearest(number, after.lanes)) for number in before.lanes}
    pairs |= {(_nearest(number, before.lanes), number) for number in after.lanes}
    for number, other in sorted(pairs):
        yield Movement(before.id, before.numbers.index(number), after.id, after.numbers.index(other), "through")


def _nearest(number: int, lanes: Lanes) -> int:
    return min(lanes, key=lambda other: (abs(other - number), other))


def _part(line: Sequence[Point], begin: float, end: float) -> tuple[Point, ...]:
    """Return the part of a line between two shares of its length."""
    if not line or (begin, end) == (0.0, 1.0):
        return tuple(line)
    whole_m = line_length(line)
    first, *inner, last = cut(line, begin * whole_m, end * whole_m)
    return (_rounded(first), *inner, _rounded(last))


def _rounded(point: Point) -> Point:
    return round(point[0], 3), round(point[1], 3)
