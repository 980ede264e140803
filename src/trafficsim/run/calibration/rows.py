"""Counts as rows of an estimation: in time, of known classes, the mean over days; and how they are held out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.io.count_times import clock
from trafficsim.spec.counts import ALL_CLASSES, Count, Counts
from trafficsim.spec.vehicles import KINDS
from trafficsim.spec.world import World

EDGE_S = 0.5
SHORTEST_SLICE_S = 900.0
"""Slices of departure are no shorter than a quarter of an hour, as counts and matrices usually have them."""


@dataclass(frozen=True)
class Rows:
    """Counts that can be used.

    Attributes
    ----------
    counts : means over days
    days : how many days each is the mean of
    findings : what was left out, and why
    """

    counts: tuple[Count, ...]
    days: tuple[int, ...]
    findings: tuple[Finding, ...]


def rows_of(counts: Counts, world: World) -> Rows:
    """Take counts whose interval lies within the departures of the scenario and whose class it has.

    Raises
    ------
    InputError
        If there is none, naming the times of the counts and of the scenario.
    """
    time = world.scenario.time
    in_time = [one for one in counts.counts
               if one.begin_s >= time.start_s - EDGE_S and one.end_s <= time.analysis_end_s + EDGE_S]
    known = {ALL_CLASSES, *(one.name for one in world.vehicle_classes), *KINDS}
    usable = [one for one in in_time if one.vehicle_class in known]
    findings = [*_outside(counts, in_time, world), *_unknown(in_time, known)]
    if not usable:
        first = counts.counts[0] if counts.counts else None
        found = "no count" if first is None else f"no count that can be used ({findings[0].message})"
        raise InputError(counts.source or "counts", found, "counts of links between "
                         f"{clock(time.start_s)} and {clock(time.analysis_end_s)}, of classes of the scenario",
                         "set time.start_s and time.analysis_s to the period of the counts, or give counts of it")
    merged = defaultdict[Any, list[Count]](list)
    for one in usable:
        merged[one.detector, one.place, one.begin_s, one.end_s, one.vehicle_class].append(one)
    return Rows(tuple(map(_mean, merged.values())), tuple(len(same) for same in merged.values()), tuple(findings))


def _mean(days: Sequence[Count]) -> Count:
    """Return the mean over days, its speed weighted by vehicles."""
    vehicles = sum(one.vehicles for one in days) / len(days)
    timed = [one for one in days if one.speed_kmh is not None and one.vehicles > 0]
    seen = sum(one.vehicles for one in timed)
    speed = sum(one.vehicles * one.speed_kmh for one in timed if one.speed_kmh is not None) / seen if timed else None
    return replace(days[0], vehicles=vehicles, speed_kmh=speed)


def slices_of(counts: Iterable[Count], world: World, slice_s: float | None) -> np.ndarray[Any, Any]:
    """Return clock times between slices of departure: of the shortest interval, a quarter of an hour or more."""
    time = world.scenario.time
    length = time.analysis_end_s - time.start_s
    shortest = slice_s or max(min((one.end_s - one.begin_s for one in counts), default=length), SHORTEST_SLICE_S)
    number = max(int(length // shortest), 1)
    return np.linspace(time.start_s, time.analysis_end_s, number + 1)


def held_out(detectors: Sequence[str], share: float | Sequence[str], seed: int) -> frozenset[str]:
    """Draw the detectors that are held out: a share of them, at least one, never so many that none is left.

    Names of detectors are taken as they are.

    Raises
    ------
    InputError
        If a named detector has no count that can be used, or none is left.

    Examples
    --------
    >>> sorted(held_out(["a", "b", "c", "d", "e"], 0.4, 1))
    ['a', 'e']
    """
    names = sorted(set(detectors))
    if not isinstance(share, int | float):
        strange = [name for name in share if name not in names]
        if strange or len(set(share)) == len(names):
            found = f"{strange[0]!r}, without a count that can be used" if strange else "all detectors"
            raise InputError("hold_out", found, f"some of {', '.join(names[:5])}", "name other detectors")
        return frozenset(share)
    number = min(max(round(share * len(names)), 1), len(names) - 1) if share > 0 else 0
    drawn = np.random.default_rng(seed).permutation(len(names))[:number]
    return frozenset(names[one] for one in drawn.tolist())


def check_share(share: float | Sequence[str]) -> None:
    """Refuse a share of held-out detectors that is none.

    Raises
    ------
    InputError
        If it is not from 0 up to below 1.
    """
    if isinstance(share, int | float) and not (math.isfinite(share) and 0 <= share < 1):
        raise InputError("--hold-out", str(share), "a share of the detectors from 0 to below 1", "give for example 0.2")


def _outside(counts: Counts, in_time: Sequence[Count], world: World) -> list[Finding]:
    inside = {id(one) for one in in_time}
    outside = [one for one in counts.counts if id(one) not in inside]
    if not outside:
        return []
    time, first = world.scenario.time, outside[0]
    return [Finding("warning", "count-outside", first.source, f"{len(outside)} counts, the first from "
                    f"{clock(first.begin_s)} to {clock(first.end_s)}, are not within the departures of the scenario, "
                    f"{clock(time.start_s)} to {clock(time.analysis_end_s)}; they are left out",
                    "set time.start_s and time.analysis_s to the period of the counts", len(outside))]


def _unknown(counts: Sequence[Count], known: set[str]) -> list[Finding]:
    names = dict.fromkeys(one.vehicle_class for one in counts if one.vehicle_class not in known)
    return [Finding("warning", "count-class-unknown", name, f"counts of class {name!r} are left out: the scenario has "
                    "no such class", "name one of its classes, a kind of vehicle, or all") for name in names]
