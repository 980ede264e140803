"""Rules for counts that contradict themselves, or what a road can carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from trafficsim.io.ledger import Ledger
from trafficsim.spec.counts import Count
from trafficsim.spec.network import Network

LANE_CAPACITY_VEH_H = 2400.0
"""Capacity of a motorway lane at 120 km/h in passenger cars (HCM 2016, exhibit 12-4: 2,400 pc/h): no lane carries more
over a quarter of an hour."""
SHORTEST_S = 300.0
"""Shorter intervals hold platoons, whose flow may exceed a capacity (modelling assumption)."""


def repaired(counts: Iterable[Count], ledger: Ledger, network: Network | None = None) -> list[Count]:
    """Return counts without negative, repeated and overlapping ones; flows beyond capacity are reported.

    Examples
    --------
    >>> one = Count("D", "link", "a", "", "", 0.0, 900.0, "all", 10.0)
    >>> [kept.vehicles for kept in repaired((one, replace(one, vehicles=14.0)), Ledger("counts"))]
    [12.0]
    """
    series = defaultdict[Any, list[Count]](list)
    for count in counts:
        if count.vehicles < 0:
            ledger.repair("count-negative", f"{count.source}: {count.vehicles:g}")
            continue
        series[count.detector, count.link, count.to_link, count.date, count.vehicle_class].append(count)
    kept = [one for group in series.values() for one in _without_overlaps(_without_repeats(group, ledger), ledger)]
    if network is not None:
        _doubt_units(kept, network, ledger)
    return kept


def _without_repeats(group: Sequence[Count], ledger: Ledger) -> list[Count]:
    same = defaultdict[tuple[float, float], list[Count]](list)
    for count in group:
        same[count.begin_s, count.end_s].append(count)
    for counts in same.values():
        if len(counts) > 1:
            values = ", ".join(f"{one.vehicles:g}" for one in counts[:5])
            ledger.repair("count-repeated", f"{counts[1].source}: detector {counts[0].detector!r}: {values}")
    return [_mean(counts) for counts in same.values()]


def _mean(counts: Sequence[Count]) -> Count:
    speeds = [one.speed_kmh for one in counts if one.speed_kmh is not None]
    return replace(counts[0], vehicles=sum(one.vehicles for one in counts) / len(counts),
                   speed_kmh=sum(speeds) / len(speeds) if speeds else None)


def _without_overlaps(group: Sequence[Count], ledger: Ledger) -> list[Count]:
    kept: list[Count] = []
    for count in sorted(group, key=lambda one: (one.end_s - one.begin_s, one.begin_s)):
        if any(count.begin_s < one.end_s and one.begin_s < count.end_s for one in kept):
            ledger.repair("count-overlapping", f"{count.source}: detector {count.detector!r}")
        else:
            kept.append(count)
    return sorted(kept, key=lambda one: one.begin_s)


def _doubt_units(counts: Sequence[Count], network: Network, ledger: Ledger) -> None:
    """Report flows that no road can carry: most often a flow per hour that is given as vehicles of a short interval."""
    links = network.links
    beyond = defaultdict[str, list[Count]](list)
    for count in counts:
        road = links.get(count.link, {})
        most = float(road.get("capacity_veh_h") or float(road.get("lanes") or 1) * LANE_CAPACITY_VEH_H)
        if count.end_s - count.begin_s >= SHORTEST_S and count.flow_veh_h > most:
            beyond[count.detector].append(count)
    for detector, found in beyond.items():
        worst = max(found, key=lambda one: one.flow_veh_h)
        short = worst.hours < 1.0
        unit = f"; as a flow per hour it would be {worst.vehicles:,.0f} veh/h" if short else ""
        ledger.warn("count-above-capacity", worst.source,
                    f"detector {detector!r}: {worst.flow_veh_h:,.0f} veh/h in {len(found)} interval(s), more than link "
                    f"{worst.link} can carry{unit}",
                    "put flows per hour into the column flow_veh_h" if short else "check the count, or its link")
