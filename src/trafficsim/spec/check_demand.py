"""Whether the links that a demand names exist; whether it can be driven is for :mod:`trafficsim.plan.serving`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from trafficsim.base.findings import Finding
from trafficsim.spec.demand import Demand, Flow, Trip

Links = Mapping[str, Mapping[str, Any]]


def check_demand(demand: Demand, links: Links) -> Iterator[Finding]:
    """Find links that flows and trips name and the network does not have; equal routes and pairs are looked at once.

    Parameters
    ----------
    demand
        Flows and trips.
    links
        Attributes by link id.
    """
    seen: set[object] = set()
    for kind, travellers in (("flow", demand.flows), ("trip", demand.trips)):
        for traveller in travellers:
            key = (traveller.route, traveller.origin, traveller.via, traveller.destination)
            if key not in seen:
                seen.add(key)
                yield from _named(traveller, f"{kind} {traveller.id!r}", links)
    for trip in demand.trips:
        for stop in (stop for stop in trip.stops if stop.link not in links):
            yield _unknown(stop.link, f"trip {trip.id!r}: stops", links)


def _named(traveller: Flow | Trip, place: str, links: Links) -> Iterator[Finding]:
    if traveller.route:
        unknown = [link for link in traveller.route if link not in links]
        if unknown:
            yield _unknown(unknown[0], f"{place}: route", links)
        return
    ends = (("origin", traveller.origin), *(("via", link) for link in traveller.via),
            ("destination", traveller.destination))
    for key, link in ends:
        if str(link) not in links:
            yield _unknown(str(link), f"{place}: {key}", links)


def _unknown(link: str, place: str, links: Links) -> Finding:
    close = difflib.get_close_matches(link, links, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(list(links)[:5])} ..."
    return Finding("error", "unknown-link", place, f"no link {link!r} in the network", remedy)
