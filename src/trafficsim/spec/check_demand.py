"""Whether links, routes and destinations of a demand exist and can be driven."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Set
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from trafficsim.base.findings import Finding
from trafficsim.spec.demand import Demand, Flow, Trip

Links = Mapping[str, Mapping[str, Any]]
Onward = Mapping[str, Set[str]]


def check_demand(demand: Demand, links: Links, onward: Onward) -> Iterator[Finding]:
    """Check every flow and trip; equal routes and pairs are looked at once.

    Parameters
    ----------
    demand
        Flows and trips.
    links
        Attributes by link id.
    onward
        The links that connections lead to, by link id.
    """
    seen: set[object] = set()
    reachable = _Reachable(links, onward)
    for kind, travellers in (("flow", demand.flows), ("trip", demand.trips)):
        for traveller in travellers:
            key = traveller.route or (None, traveller.origin, traveller.destination)
            if key not in seen:
                seen.add(key)
                place = f"{kind} {traveller.id!r}"
                routed = _route(traveller, place, links, onward)
                yield from routed if traveller.route else _ends(traveller, place, links, reachable)
    for trip in demand.trips:
        for stop in (stop for stop in trip.stops if stop.link not in links):
            yield _unknown(stop.link, f"trip {trip.id!r}: stops", links)


class _Reachable:
    """Links that can be reached from a link; searched once per origin."""

    def __init__(self, links: Links, onward: Onward) -> None:
        self._index = {link: number for number, link in enumerate(links)}
        pairs = [(self._index[a], self._index[b]) for a, following in onward.items() for b in following]
        rows, columns = np.array(pairs, np.int32).reshape(-1, 2).T
        self._matrix = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(len(links), len(links)))
        self._from: dict[str, NDArray[np.bool_]] = {}

    def __call__(self, origin: str, destination: str) -> bool:
        if origin not in self._from:
            reached = np.zeros(len(self._index), np.bool_)
            search = partial(breadth_first_order, self._matrix, self._index[origin], return_predecessors=False)
            reached[search()] = True
            self._from[origin] = reached
        return bool(self._from[origin][self._index[destination]])


def _route(traveller: Flow | Trip, place: str, links: Links, onward: Onward) -> Iterator[Finding]:
    unknown = [link for link in traveller.route if link not in links]
    if unknown:
        yield _unknown(unknown[0], f"{place}: route", links)
        return
    for first, second in zip(traveller.route, traveller.route[1:], strict=False):
        following = onward.get(first, frozenset())
        if not following:
            yield Finding("error", "route-through-dead-end", f"{place}: route", f"no way leads on from {first!r}",
                          f"end the route at {first!r}, or connect the link")
            return
        if second not in following:
            yield Finding("error", "route-gap", f"{place}: route", f"{second!r} does not follow on {first!r}",
                          f"continue from {first!r} with one of {', '.join(sorted(following)[:5])}")
            return


def _ends(traveller: Flow | Trip, place: str, links: Links, reachable: _Reachable) -> Iterator[Finding]:
    origin, destination = str(traveller.origin), str(traveller.destination)
    missing = [(key, link) for key, link in (("origin", origin), ("destination", destination)) if link not in links]
    for key, link in missing:
        yield _unknown(link, f"{place}: {key}", links)
    if not missing and not reachable(origin, destination):
        yield Finding("error", "unreachable", f"{place}: destination",
                      f"no way leads from {origin!r} to {destination!r}",
                      "correct origin and destination (links have a direction), or add the missing connections")


def _unknown(link: str, place: str, links: Links) -> Finding:
    close = difflib.get_close_matches(link, links, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(list(links)[:5])} ..."
    return Finding("error", "unknown-link", place, f"no link {link!r} in the network", remedy)
