"""What may be driven through a junction of several nodes: along its inner links, without banned or absurd turns."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from trafficsim.design.consolidation.roads import BACK_RAD, Road, Roads, sharpest_rad
from trafficsim.design.inference.geometry import heading, heading_at_end, turn_angle
from trafficsim.spec.schema import turns_of

Ban = tuple[str, str]

MOST_TURNING_RAD = math.radians(230.0)
"""All turning on a path taken together: half a circle and what carriageways bend; a path round the whole junction, as
to the right by three turns to the left, is none (modelling assumption)."""


@dataclass(frozen=True)
class Through:
    """What leads through a junction: ``(approach, exit)`` that may be driven, and those left out as turns back."""

    allowed: frozenset[Ban]
    turns_back: frozenset[Ban]


def through(
    roads: Roads, members: Collection[Any], inner: Collection[str], banned: Collection[tuple[str, ...]]
) -> Through:
    """Follow all paths from the approaches of a junction to its exits.

    Parameters
    ----------
    roads
        Links with their lines.
    members
        Nodes of the junction.
    inner
        Links within it.
    banned
        ``(link, next link)`` that must not be driven, also at a single node of the junction, or more links in a row.
    """
    allowed, back = set[Ban](), set[Ban]()
    approaches = [road for node in members for road in roads.into[node] if road.id not in inner]
    for approach in approaches:
        marked = any("u_turn" in turns_of(entry) for entry in approach.attributes.get("turn_lanes") or ())
        for leaving in _reached(roads, inner, banned, [approach], 0.0):
            net = abs(turn_angle(heading_at_end(approach.line), heading(leaving.line)))
            turns_back = net > sharpest_rad(approach) or roads.is_fork(approach, leaving)
            turns_back = turns_back and not (approach.is_ring and leaving.is_ring)
            (back if turns_back and not marked else allowed).add((approach.id, leaving.id))
        if not any(start == approach.id for start, _ in allowed):  # the end of a road: one turns round
            allowed |= {pair for pair in back if pair[0] == approach.id and pair not in banned}
    return Through(frozenset(allowed), frozenset(back - allowed))


def _reached(
    roads: Roads, inner: Collection[str], banned: Collection[tuple[str, ...]], path: list[Road], turned: float
) -> Iterator[Road]:
    last = path[-1]
    for following in roads.out_of[last.head]:
        links = (*(road.id for road in path), following.id)
        if any(links[place:] in banned for place in range(len(path))):
            continue
        turn = abs(turn_angle(heading_at_end(last.line), heading(following.line)))
        is_inner = following.id in inner
        if turned + turn > MOST_TURNING_RAD or ((len(path) > 1 or is_inner) and turn > BACK_RAD):
            continue
        if not is_inner:
            yield following
        elif all(following.head != road.tail and following.head != road.head for road in path):
            yield from _reached(roads, inner, banned, [*path, following], turned + turn)
