"""Reference model: which lanes lead on along a route, with sets, seen backwards from its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Road:
    """A link: its lanes from the nearside, and how many changes of lane it is long enough for."""

    lanes: range
    changes: int


Connections = Mapping[int, Sequence[tuple[int, int]]]
"""By lane: movement and lane beyond of its connections."""


def lanes_along(roads: Sequence[Road], turns: Sequence[int], connections: Connections,
                allowed: Mapping[int, bool]) -> list[set[int]]:
    """Return the lanes to use on every link of a route; the last one has no turn, and any allowed lane will do."""
    found: list[set[int]] = []
    for place in range(len(roads) - 1, -1, -1):
        lanes = roads[place].lanes
        if place == len(roads) - 1:
            ends = {lane for lane in lanes if allowed[lane]}
            found.insert(0, ends or set(lanes))
            continue
        after = roads[place + 1]
        near = {lane for lane in after.lanes if any(abs(lane - one) <= after.changes for one in found[0])}
        for wanted, permitted in ((near, True), (set(after.lanes), True), (set(after.lanes), False)):
            lead = {lane for lane in lanes for turn, to in connections.get(lane, ())
                    if turn == turns[place] and to in wanted and (allowed[to] or not permitted)}
            if lead:
                break
        found.insert(0, lead)
    return found
