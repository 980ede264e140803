"""Speeds between two points: at detectors and enforcement, and travel times along named routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.codes import CAMERA, DETECTOR, HISTOGRAM, PATH, ROLE_NAMES, SECTION, TRAVEL_TIME
from trafficsim.base.draws import EnforcementStream, hash_name, u01
from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.plan.timeline import limit_at_ms
from trafficsim.results.frames import Column, Labels, frame, names_of, nullable, strings

UNIMPEDED_HEADWAY_S = 5.0
"""Vehicles with a larger headway to the leader count as unimpeded (policy evidence, pipeline of crash models)."""
FAR_ABOVE_KMH = 20.0
"""Excess over the limit of the table's last share."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Traversals:
    """Vehicles in the analysis period, one element each, in SI units.

    Attributes
    ----------
    section, speed_ms, time_s : where, how fast between the points, when at the second point
    limit_ms : limit of the link of the second point, at that time
    unimpeded : whether the headway to the leader in the lane was above 5 s
    cited : whether enforcement cites it
    gap_s : time gap to the one before in the lane, rear to front; infinite for the first
    """

    section: NDArray[np.int32]
    trip: NDArray[np.int32]
    speed_ms: F8
    time_s: F8
    limit_ms: F8
    unimpeded: Mask
    cited: Mask
    gap_s: F8


def evaluated_traversals(plan: Plan, record: Record) -> Traversals:
    """Take the vehicles of the analysis period, in order of measurement section, lane and time."""
    seen, sections = record.traversals, plan.sections
    order = np.lexsort((seen.time_s, seen.lane, seen.section))
    section, lane, trip = seen.section[order], seen.lane[order], seen.trip[order]
    time_s, speed_ms = seen.time_s[order], seen.speed_ms[order]
    follows = np.zeros(len(section), np.bool_)
    follows[1:] = (section[1:] == section[:-1]) & (lane[1:] == lane[:-1])
    headway_s = np.where(follows, np.diff(time_s, prepend=-np.inf), np.inf) if len(section) else np.zeros(0)
    judged = (time_s >= plan.analysis_begin_s) & (time_s < plan.analysis_end_s) & _on_route(plan, section, trip)
    link = sections.to_link[section] if len(sections.name) else section
    limit_ms = limit_at_ms(plan, link, time_s)
    citation_ms = sections.citation_ms[section] if len(sections.name) else np.zeros(0)
    # enforcement follows the limit in force: the tolerance stays
    cited_above_ms = citation_ms + (limit_ms - plan.links.speed_limit_ms[link])
    return Traversals(
        section=section[judged], trip=trip[judged], speed_ms=speed_ms[judged], time_s=time_s[judged],
        limit_ms=limit_ms[judged], unimpeded=(headway_s > UNIMPEDED_HEADWAY_S)[judged],
        cited=_cited(plan, section, trip, (citation_ms > 0.0) & (speed_ms > cited_above_ms), time_s)[judged],
        gap_s=_gap_s(plan, trip, speed_ms, headway_s)[judged],
    )


def _gap_s(plan: Plan, trip: NDArray[np.int32], speed_ms: F8, headway_s: F8) -> F8:
    """Time from the rear of the one before to the front, at the former's speed; infinite behind nobody.

    At points, where no speed is measured, it is the headway.
    """
    length_m = plan.classes.length_m[plan.trips.vehicle_class[trip]]
    before_s = np.divide(length_m, speed_ms, out=np.zeros(len(trip)), where=speed_ms > 0.0)
    return np.maximum(headway_s - np.append(0.0, before_s)[:-1], 0.0) if len(trip) else headway_s


def _cited(plan: Plan, section: NDArray[np.int32], trip: NDArray[np.int32], over: Mask, time_s: F8) -> Mask:
    """Which vehicles above the citation speed are recorded: while the section is enforced, and detected."""
    cited = over.copy()
    for row, hours in enumerate(plan.sections.hours_s):
        if hours:
            mine = np.flatnonzero(cited & (section == row))
            cited[mine] = within_hours(hours, time_s[mine])
    for row, names in enumerate(plan.enforcement.checks):
        if plan.enforcement.offence[row] == "speeding" and plan.enforcement.detection[row] < 1.0:
            sections = [at for at, name in enumerate(plan.sections.name) if name in names]
            mine = np.flatnonzero(cited & np.isin(section, sections))
            mine = mine[np.argsort(time_s[mine], kind="stable")]
            cited[mine] = detected(plan, row, trip[mine])
    return cited


def detected(plan: Plan, row: int, trip: NDArray[np.integer]) -> Mask:
    """Which offences under a deployment, in order of time, are detected: drawn by vehicle, deployment and occasion."""
    entity = hash_name(plan.enforcement.name[row]) >> 1
    draw = u01(plan.trips.key[trip], EnforcementStream.DETECTION, entity, occasions(trip))
    return np.asarray(draw < plan.enforcement.detection[row])


def occasions(trip: NDArray[np.integer]) -> NDArray[np.int64]:
    """How often each trip came before in the array.

    Examples
    --------
    >>> occasions(np.array([4, 7, 4, 4])).tolist()
    [0, 0, 1, 2]
    """
    if not len(trip):
        return np.zeros(0, np.int64)
    return np.asarray(pd.Series(trip).groupby(trip).cumcount(), np.int64)


def within_hours(hours_s: tuple[tuple[float, float], ...], time_s: F8) -> Mask:
    """Which clock times lie in some hours; all where there are none.

    Examples
    --------
    >>> within_hours(((10.0, 20.0),), np.array([9.0, 10.0, 20.0])).tolist()
    [False, True, False]
    """
    if not hours_s:
        return np.ones(len(time_s), np.bool_)
    return np.asarray(sum((begin <= time_s) & (time_s < end) for begin, end in hours_s) > 0)


def limits_kmh(plan: Plan, link: NDArray[Any]) -> F8:
    """Limits of links as tables show them: those at the beginning of the analysis period."""
    return limit_at_ms(plan, link, np.full(len(link), plan.analysis_begin_s)) * KMH_PER_MS


def _on_route(plan: Plan, section: NDArray[np.int32], trip: NDArray[np.int32]) -> Mask:
    """Which vehicles are of vehicles whose route follows the links of the measurement section from link to link."""
    fine = np.ones(len(section), np.bool_)
    start, links = plan.trips.route_start, plan.trips.route_link
    for row, followed in enumerate(plan.sections.links):
        if len(followed) > 1:
            for place in np.flatnonzero(section == row).tolist():
                route = links[start[trip[place]] : start[trip[place] + 1]]
                begins = np.flatnonzero(route == followed[0])
                fine[place] = any(np.array_equal(route[one : one + len(followed)], followed) for one in begins.tolist())
    return fine


def at_detectors(plan: Plan, seen: Traversals) -> Mask:
    """Which vehicles are of unimpeded vehicles at detectors."""
    return seen.unimpeded & (plan.sections.role[seen.section] == DETECTOR) if len(seen.section) else seen.unimpeded


SHOWN = (DETECTOR, PATH, CAMERA, SECTION)
"""Roles whose speeds have rows in the tables of speeds; what else is asked for has tables of its own."""


def _shown(plan: Plan) -> list[int]:
    return [row for row, role in enumerate(plan.sections.role.tolist()) if role in SHOWN]


def speeds_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per detector, named route, camera and section: speeds of all and of unimpeded vehicles, and citations.

    Spot speeds are taken over 50 m around the place, those of paths and sections over their whole length.
    ``share_over_*``: share of vehicles above the limit in force, above 1.1 times it, and above it by more than 20 km/h;
    ``limit_kmh`` is that at the beginning of the analysis period. Null without a vehicle; a standard deviation needs
    two.
    """
    sections, seen, rows = plan.sections, evaluated_traversals(plan, record), _shown(plan)
    chosen = [seen.section == row for row in rows]
    free = [mask & seen.unimpeded for mask in chosen]
    return frame(labels, {
        "place": strings(sections.name[row] for row in rows),
        "role": strings(ROLE_NAMES[role] for role in sections.role[rows].tolist()),
        "link": names_of(plan.link_id, sections.to_link[rows]),
        "position_m": nullable(sections.to_m[rows]),
        "length_m": nullable(sections.length_m[rows]),
        "limit_kmh": nullable(limits_kmh(plan, sections.to_link[rows])),
        **_shares(seen, chosen, ""),
        **_shares(seen, free, "unimpeded_"),
        "citations": nullable(np.array([(seen.cited & mask).sum() for mask in chosen], np.int64)),
    })


def _shares(seen: Traversals, masks: list[Mask], prefix: str) -> dict[str, Column]:
    speeds = [seen.speed_ms[mask] * KMH_PER_MS for mask in masks]
    limits = [seen.limit_ms[mask] * KMH_PER_MS for mask in masks]
    some, two = [len(part) > 0 for part in speeds], [len(part) > 1 for part in speeds]
    pairs = list(zip(speeds, limits, strict=True))

    def each(values: list[float], present: list[bool]) -> Column:
        return nullable(np.array(values, np.float64), present)

    return {
        f"{prefix}traversals": nullable(np.array([len(part) for part in speeds], np.int64)),
        f"{prefix}mean_kmh": each([float(v.mean()) if len(v) else 0.0 for v in speeds], some),
        f"{prefix}sd_kmh": each([float(v.std(ddof=1)) if len(v) > 1 else 0.0 for v in speeds], two),
        f"{prefix}p85_kmh": each([float(np.quantile(v, 0.85)) if len(v) else 0.0 for v in speeds], some),
        f"{prefix}share_over_limit": each([_share(v > limit) for v, limit in pairs], some),
        f"{prefix}share_over_110_percent": each([_share(v > 1.1 * limit) for v, limit in pairs], some),
        f"{prefix}share_over_20_kmh": each([_share(v > limit + FAR_ABOVE_KMH) for v, limit in pairs], some),
    }


def _share(above: Mask) -> float:
    return float(above.mean()) if len(above) else 0.0


BIN_KMH = 5.0
MOST_BINS = 20
"""Speeds further than 100 km/h from the limit are counted in the outermost bins."""


def speed_counts_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """How many vehicles had which speed over the limit, in steps of 5 km/h: one row per place and bin that has any.

    ``bin_kmh`` is the lower edge of the bin: speed minus limit.
    """
    sections, seen = plan.sections, evaluated_traversals(plan, record)
    cell = (seen.section * (2 * MOST_BINS + 1) + _bins(seen))[np.isin(seen.section, _shown(plan))]
    cells, traversals = np.unique(cell, return_counts=True)
    row = cells // (2 * MOST_BINS + 1)
    return frame(labels, {
        "place": names_of(sections.name, row),
        "role": strings(ROLE_NAMES[int(sections.role[at])] for at in row.tolist()),
        "limit_kmh": nullable(limits_kmh(plan, sections.to_link[row])),
        "bin_kmh": nullable((cells % (2 * MOST_BINS + 1) - MOST_BINS) * BIN_KMH),
        "traversals": nullable(traversals.astype(np.int64)),
    })


def _bins(seen: Traversals) -> NDArray[np.int64]:
    """Step of every vehicle, from 0 for 100 km/h below the limit or less."""
    above = np.floor((seen.speed_ms - seen.limit_ms) * KMH_PER_MS / BIN_KMH)
    return np.clip(above, -MOST_BINS, MOST_BINS).astype(np.int64) + MOST_BINS


def speed_histograms_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """How many vehicles of each class had which speed over the limit: one row per link, class and bin that has any.

    Speeds are taken over 50 m in the middle of the link, in the analysis period. ``bin_kmh`` is the lower edge of the
    bin of 5 km/h: speed minus limit. ``unimpeded_traversals`` are those with a headway to the leader above 5 s.
    """
    sections, seen = plan.sections, evaluated_traversals(plan, record)
    mine = sections.role[seen.section] == HISTOGRAM if len(seen.section) else seen.unimpeded
    vehicle_class = plan.trips.vehicle_class[seen.trip[mine]].astype(np.int64)
    bins, classes = 2 * MOST_BINS + 1, max(len(plan.classes.name), 1)
    cell = (seen.section[mine] * classes + vehicle_class) * bins + _bins(seen)[mine]
    cells, inverse, traversals = np.unique(cell, return_inverse=True, return_counts=True)
    unimpeded = np.bincount(inverse, seen.unimpeded[mine], len(cells)).astype(np.int64)
    row = cells // bins // classes
    return frame(labels, {
        "link": names_of(plan.link_id, sections.to_link[row] if len(row) else row),
        "class": names_of(plan.classes.name, cells // bins % classes),
        "limit_kmh": nullable(limits_kmh(plan, sections.to_link[row]) if len(row) else row * 1.0),
        "bin_kmh": nullable((cells % bins - MOST_BINS) * BIN_KMH),
        "traversals": nullable(traversals.astype(np.int64)),
        "unimpeded_traversals": nullable(unimpeded),
    })


def paths_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per named route and travel-time detector: times of the vehicles that drove it from begin to end.

    Null without a vehicle; a standard deviation needs two. Vehicles that leave the path on the way are not in it.
    """
    sections, seen = plan.sections, evaluated_traversals(plan, record)
    rows = [row for row, role in enumerate(sections.role.tolist()) if role in (PATH, TRAVEL_TIME)]
    times = [sections.length_m[row] / seen.speed_ms[seen.section == row] for row in rows]
    some, two = [len(part) > 0 for part in times], [len(part) > 1 for part in times]

    def quantile(share: float) -> Column:
        return nullable(np.array([np.quantile(part, share) if len(part) else 0.0 for part in times]), some)

    mean = np.array([part.mean() if len(part) else 1.0 for part in times])
    length_m = sections.length_m[rows] if rows else np.zeros(0)
    return frame(labels, {
        "path": strings(sections.name[row] for row in rows),
        "length_m": nullable(length_m),
        "vehicles": nullable(np.array([len(part) for part in times], np.int64)),
        "mean_time_s": nullable(mean, some),
        "sd_time_s": nullable(np.array([part.std(ddof=1) if len(part) > 1 else 0.0 for part in times]), two),
        "p15_time_s": quantile(0.15), "p50_time_s": quantile(0.5), "p85_time_s": quantile(0.85),
        "mean_speed_kmh": nullable(length_m / mean * KMH_PER_MS, some),
    })
