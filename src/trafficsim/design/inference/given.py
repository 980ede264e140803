"""Movements that a file states: which lane of which link leads to which lane of which other one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from trafficsim.base.errors import NetworkError
from trafficsim.design.inference.junction_shape import GivenJoin, JunctionShape, turns_from
from trafficsim.design.inference.legs import SeenJunction
from trafficsim.spec.network import MIRRORED, Turn


class Movement(NamedTuple):
    """A way from a lane to a lane beyond the junction; lanes are counted from the nearside. ``turn``: as it looks.

    Examples
    --------
    >>> Movement("in", 0, "out", 1).turn is None
    True
    """

    from_link: str
    from_lane: int
    to_link: str
    to_lane: int
    turn: Turn | None = None


def joins_of(seen: SeenJunction, movements: Iterable[Movement], mirrored: bool) -> tuple[GivenJoin, ...]:
    """Return the movements of a junction by the positions of its legs; turns that are not stated are those one sees.

    ``mirrored`` shapes are those of left-hand traffic.

    Raises
    ------
    NetworkError
        If a link does not meet the junction, or has no such lane.
    """
    ins, outs = ({name: place for place, name in enumerate(names)} for names in (seen.approaches, seen.exits))
    found: dict[tuple[int, int, int, int], Turn] = {}
    for one in movements:
        approach = _leg(ins, one.from_link, one.from_lane, seen.shape, "approaches")
        out = _leg(outs, one.to_link, one.to_lane, seen.shape, "exits")
        turn = one.turn and (MIRRORED[one.turn] if mirrored else one.turn)
        turn = turn or turns_from(seen.shape, approach).get(out, "u_turn")
        found.setdefault((approach, one.from_lane, out, one.to_lane), turn)
    return tuple((*key, turn) for key, turn in sorted(found.items()))


def _leg(places: Mapping[str, int], link: str, lane: int, shape: JunctionShape, side: str) -> int:
    if link not in places or not 0 <= lane < getattr(shape, side)[places[link]].lanes:
        raise NetworkError(f"movement: link {link!r}, lane {lane}", "no such lane at this junction",
                           "links that meet at it, and lanes that they have", "correct the movement")
    return places[link]
