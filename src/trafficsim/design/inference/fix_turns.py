"""Turns that a fixes file bans or allows, on connections that are worked out already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trafficsim.design.inference.fixes import FixedGraph
from trafficsim.spec.network import Connection, Network


def without_turns(network: Network, made: FixedGraph, before: Network) -> Network:
    """Leave banned turns out, and tell of entries on turns that change nothing of the network as it was before."""
    turns = {(one.from_link, one.to_link) for one in before.connections}
    for turn in sorted(made.banned.keys() - turns):
        if not made.report.told_of(made.banned[turn]):
            made.report.needless(made.banned[turn], f"there is no turn from {turn[0]!r} to {turn[1]!r}")
    tell_missing_turns(network, made)
    kept = [number for number, one in enumerate(network.connections)
            if (one.from_link, one.to_link) not in made.banned]
    rows = [(number, network.connections[number]) for number in kept]
    return replace(network, connections=renumbered(rows, {number: new for new, number in enumerate(kept)}))


def tell_missing_turns(network: Network, made: FixedGraph) -> None:
    """Tell of allowed turns that no lane offers."""
    turns = {(one.from_link, one.to_link) for one in network.connections}
    for turn in sorted(made.allowed.keys() - turns):
        made.report.impossible(made.allowed[turn], f"no lane leads from {turn[0]!r} to {turn[1]!r}",
                               "set turn_lanes of the link in the same file")


def renumbered(rows: Sequence[tuple[int, Connection]], places: Mapping[int, int]) -> tuple[Connection, ...]:
    """Return connections that speak of each other by new places; those without a place are gone."""
    return tuple(one.model_copy(update={
        "yields_to": tuple(sorted(places[other] for other in one.yields_to if other in places)),
        "crosses": tuple(sorted(places[other] for other in one.crosses if other in places)),
    }) for _, one in rows)
