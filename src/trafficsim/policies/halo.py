"""Where enforcement is felt: zones before and beyond a place, along the network."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from weakref import ref

from trafficsim.spec.behaviour import Zone
from trafficsim.spec.network import Network

STEP_M = 25.0
"""Zones are cut at most this long near the place, four times as long further away (modelling assumption)."""
FAR_M = 300.0

_KNOWN: dict[bool, tuple[ref[Network], dict[str, dict[str, float]]]] = {}
"""Steps of the network that was asked for last, by direction: many places are asked for in one."""
Strength = Callable[[float], float]
"""Strength by distance from the place in m."""


def upstream(network: Network, place: tuple[str, float], reach_m: float, strength: Strength) -> list[Zone]:
    """Zones before a place, on all ways that lead to it without a U-turn.

    Parameters
    ----------
    place
        Link and position in m from its start.
    reach_m
        How far back the zones go.
    """
    link, position_m = place
    length = _lengths(network)
    zones = _zones(link, position_m, min(reach_m, position_m), 0.0, (-1, strength))
    for other, gap_m in _reached(network, link, position_m, reach_m, back=True):
        there_m = length[other] - (position_m if other == link else 0.0)
        zones += _zones(other, length[other], min(reach_m - gap_m, there_m), gap_m, (-1, strength))
    return zones


def downstream(network: Network, place: tuple[str, float], reach_m: float, strength: Strength) -> list[Zone]:
    """Zones beyond a place, on all ways that lead from it without a U-turn (parameters as for :func:`upstream`)."""
    link, position_m = place
    length = _lengths(network)
    rest_m = length[link] - position_m
    zones = _zones(link, position_m, min(reach_m, rest_m), 0.0, (1, strength))
    for other, gap_m in _reached(network, link, rest_m, reach_m, back=False):
        there_m = position_m if other == link else length[other]
        zones += _zones(other, 0.0, min(reach_m - gap_m, there_m), gap_m, (1, strength))
    return zones


def chains(network: Network, links: Sequence[str]) -> list[tuple[str, ...]]:
    """Cut a set of links into chains that follow each other; a chain ends where it could go on in two ways.

    Every link is in one chain. A closed ring begins with that of its links that is named first.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> road = corridor(lengths_m=(500, 500, 500))
    >>> chains(road, ["east2", "east1"])
    [('east1', 'east2')]
    """
    chosen = set(links)
    after = {link: [other for other in _next(network, link) if other in chosen] for link in links}
    before = {link: [other for other in links if link in after[other]] for link in links}

    def begins(link: str) -> bool:
        return len(before[link]) != 1 or len(after[before[link][0]]) != 1

    found: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for link in sorted(links, key=lambda link: not begins(link)):  # what nothing begins is a closed ring
        if link not in taken:
            chain = [link]
            while len(after[chain[-1]]) == 1 and not begins(after[chain[-1]][0]) and after[chain[-1]][0] != link:
                chain.append(after[chain[-1]][0])
            taken.update(chain)
            found.append(tuple(chain))
    return found


def _zones(link: str, position_m: float, extent_m: float, gap_m: float, profile: tuple[int, Strength]) -> list[Zone]:
    """Cut ``extent_m`` from a position into zones; ``gap_m`` is the way from the place to the position."""
    direction, strength = profile
    zones, near = [], 0.0
    while extent_m - near > 1e-6:
        far = min(near + (STEP_M if gap_m + near < FAR_M else 4.0 * STEP_M), extent_m)
        value = strength(gap_m + (near + far) / 2.0)
        ends = sorted((max(position_m + direction * near, 0.0), max(position_m + direction * far, 0.0)))
        if value > 0.0:
            zones.append(Zone(link=link, begin_m=ends[0], end_m=ends[1], strength=min(value, 1.0)))
        near = far
    return zones


def _reached(network: Network, link: str, gap_m: float, reach_m: float, *, back: bool) -> Iterable[tuple[str, float]]:
    """Links within reach and the shortest way to their near end, nearest first; around a ring, the link itself too."""
    length = _lengths(network)
    steps = _steps(network, back=back)
    done: set[str] = set()
    queue = [(gap_m + step, other) for other, step in steps.get(link, {}).items()]
    heapq.heapify(queue)
    while queue:
        gap, other = heapq.heappop(queue)
        if gap >= reach_m or other in done:
            continue
        done.add(other)
        yield other, gap
        for further, step in steps.get(other, {}).items():
            heapq.heappush(queue, (gap + length[other] + step, further))


def _steps(network: Network, *, back: bool) -> dict[str, dict[str, float]]:
    """Shortest connectors between links that follow each other, U-turns left out; made once for a network."""
    known = _KNOWN.get(back)
    if known is None or known[0]() is not network:
        steps: dict[str, dict[str, float]] = {}
        for one in network.connections:
            if one.turn != "u_turn":
                here, there = (one.to_link, one.from_link) if back else (one.from_link, one.to_link)
                gap = steps.setdefault(here, {}).get(there, one.length_m)
                steps[here][there] = min(gap, one.length_m)
        _KNOWN[back] = known = (ref(network), steps)
    return known[1]


def _next(network: Network, link: str) -> list[str]:
    return list(dict.fromkeys(one.to_link for one in network.connections
                              if one.from_link == link and one.turn != "u_turn"))


def _lengths(network: Network) -> dict[str, float]:
    return {link: float(attributes["length_m"]) for link, attributes in network.links.items()}
