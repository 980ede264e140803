"""Offences where they are enforced: who commits one, who is detected, who is sanctioned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import RED_RUNS
from trafficsim.base.draws import EnforcementStream, hash_name, u01
from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.results.speeds import Traversals, detected, evaluated_traversals, occasions, within_hours

S_PER_H = 3600.0
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Sanctions:
    """Sanctions in the analysis period, in order of time, deployment and trip.

    Attributes
    ----------
    deployment : row of the plan's enforcement
    trip, link : who and where
    time_s : when
    excess_kmh : speed over the limit, NaN where the offence is none of speed
    """

    deployment: Rows
    trip: Rows
    link: Rows
    time_s: F8
    excess_kmh: F8


def no_sanctions() -> Sanctions:
    """Return sanctions of which there are none."""
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    return Sanctions(whole, whole, whole, real, real)


@dataclass(frozen=True)
class _Offences:
    """Offences under one deployment: trip, link, time, excess, and whether they are known to be detected."""

    trip: Rows
    link: Rows
    time_s: F8
    excess_kmh: F8
    detected: Mask | None = None


def sanctions(plan: Plan, record: Record, seen: Traversals | None = None) -> Sanctions:
    """Find who is sanctioned: offences at a deployment while it is in force, detected, and then sanctioned.

    Detection and sanction are drawn by vehicle, deployment and occasion (its how-many-eth offence there): at a larger
    probability those are among the sanctioned who were at a smaller one.
    """
    seen = evaluated_traversals(plan, record) if seen is None else seen
    parts = []
    for row, found in _offences(plan, record, seen):
        caught = detected(plan, row, found.trip) if found.detected is None else found.detected
        key = plan.trips.key[found.trip]
        entity = hash_name(plan.enforcement.name[row]) >> 1
        caught &= u01(key, EnforcementStream.SANCTION, entity, occasions(found.trip)) < plan.enforcement.sanctioned[row]
        parts.append((np.full(int(caught.sum()), row), found.trip[caught], found.link[caught], found.time_s[caught],
                      found.excess_kmh[caught]))
    columns = [np.concatenate([part[at] for part in parts]) if parts else np.zeros(0) for at in range(5)]
    order = np.lexsort((columns[1], columns[0], columns[3]))
    whole = [column[order].astype(np.int64) for column in columns[:3]]
    return Sanctions(whole[0], whole[1], whole[2], columns[3][order], columns[4][order])


def _offences(plan: Plan, record: Record, seen: Traversals) -> Iterator[tuple[int, _Offences]]:
    for row, offence in enumerate(plan.enforcement.offence):
        if offence == "red_running":
            yield row, _red_running(plan, record, row)
            continue
        here = _at_checks(plan, seen, row)
        if offence == "speeding":
            yield row, _speeding(plan, seen, here[seen.cited[here]])
        elif offence == "close_following":
            yield row, _stopped(plan, seen, here[seen.gap_s[here] < plan.enforcement.legal_gap_s[row]])
        else:
            first = here[occasions(seen.trip[here]) == 0]  # who passes again has been stopped, or let pass, before
            yield row, _stopped(plan, seen, first[offends(plan, row, seen.trip[first])])


def _at_checks(plan: Plan, seen: Traversals, row: int) -> Rows:
    """Traversals of the places of a deployment while it is in force, in order of time."""
    names = plan.enforcement.checks[row]
    sections = [at for at, name in enumerate(plan.sections.name) if name in names]
    here = np.flatnonzero(np.isin(seen.section, sections)
                          & within_hours(plan.enforcement.hours_s[row], seen.time_s))
    return here[np.argsort(seen.time_s[here], kind="stable")]


def _stopped(plan: Plan, seen: Traversals, rows: Rows) -> _Offences:
    return _Offences(seen.trip[rows].astype(np.int64), _link(plan, seen, rows), seen.time_s[rows],
                     np.full(len(rows), np.nan))


def _speeding(plan: Plan, seen: Traversals, rows: Rows) -> _Offences:
    """Vehicles that were cited: detection has been drawn for them."""
    return _Offences(seen.trip[rows].astype(np.int64), _link(plan, seen, rows), seen.time_s[rows],
                     (seen.speed_ms[rows] - seen.limit_ms[rows]) * KMH_PER_MS, np.ones(len(rows), np.bool_))


def _link(plan: Plan, seen: Traversals, rows: Rows) -> Rows:
    return plan.sections.to_link[seen.section[rows]].astype(np.int64) if len(rows) else np.zeros(0, np.int64)


def _red_running(plan: Plan, record: Record, row: int) -> _Offences:
    events = record.events
    judged = (events.time_s >= plan.analysis_begin_s) & (events.time_s < plan.analysis_end_s)
    rows = np.flatnonzero(judged & np.isin(events.code, RED_RUNS) & np.isin(events.link, plan.enforcement.links[row])
                          & (events.value_s >= plan.enforcement.red_tolerance_s[row])
                          & within_hours(plan.enforcement.hours_s[row], events.time_s))
    rows = rows[np.argsort(events.time_s[rows], kind="stable")]
    return _Offences(events.trip[rows].astype(np.int64), events.link[rows].astype(np.int64), events.time_s[rows],
                     np.full(len(rows), np.nan))


def offends(plan: Plan, row: int, trip: NDArray[np.integer]) -> Mask:
    """Which trips are driven by somebody who commits the offence of a deployment all along the way.

    Those whom the population says; without one drawn by trip from the deployment's share, the same at every deployment
    of the offence and nested in the share.
    """
    offence, drivers = plan.enforcement.offence[row], plan.drivers
    if len(drivers.impaired):
        given = drivers.impaired if offence == "drink_driving" else ~drivers.licensed | drivers.suspended
        return np.asarray(given[trip])
    draw = u01(plan.trips.key[trip], EnforcementStream.OFFENCE, hash_name(offence) >> 1, 0)
    return np.asarray(draw < plan.enforcement.offending_share[row])


def fines_eur(plan: Plan, found: Sanctions) -> F8:
    """Fine of each sanction, with what policies made of it by kind of enforcement."""
    return np.asarray(plan.enforcement.fine_eur[found.deployment] * _factor(plan, plan.people.fine_factor, found))


def points(plan: Plan, found: Sanctions) -> Rows:
    """Demerit points of each sanction, with what policies made of them, in whole ones."""
    given = plan.enforcement.points[found.deployment] * _factor(plan, plan.people.points_factor, found)
    return np.rint(given).astype(np.int64)


def officer_hours(plan: Plan) -> float:
    """Officers of all deployments times their hours in force in the analysis period."""
    begin_s, end_s = plan.analysis_begin_s, plan.analysis_end_s
    total = 0.0
    for officers, hours in zip(plan.enforcement.officers.tolist(), plan.enforcement.hours_s, strict=True):
        periods = hours or ((begin_s, end_s),)
        in_force_s = sum(max(min(end, end_s) - max(begin, begin_s), 0.0) for begin, end in periods)
        total += officers * in_force_s / S_PER_H
    return total


def _factor(plan: Plan, by_kind: F8, found: Sanctions) -> F8:
    known = dict(zip(plan.people.enforcement, by_kind.tolist(), strict=True))
    return np.array([known.get(plan.enforcement.kind[row], 1.0) for row in found.deployment.tolist()], np.float64)
