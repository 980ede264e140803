"""Enforcement in a single run: which deployments are in force on its day, during which of its hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import floor
from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.people.duty import on_duty
from trafficsim.plan.arrays import F8, EnforcementArrays
from trafficsim.plan.ledger import LedgerRow
from trafficsim.spec.behaviour import ResponseRule, SpeedCheck
from trafficsim.spec.calendar import WEEKDAYS, Schedule, Weekday
from trafficsim.spec.enforcement import Deployment, Sanction

HOURS_IN_FORCE = "deployment.hours"
"""What the ledger calls enforcement (cells: deployments, values: hours in force within the run)."""
KEPT_GAP = "driver.kept_gap_s"
"""What the ledger calls time gaps that drivers keep at least (cells: deployments)."""
S_PER_H, S_PER_DAY = 3600.0, 86400.0

Periods = tuple[tuple[float, float], ...]
"""Begins and ends as clock times in s."""


class RunDay(NamedTuple):
    """Day of the study on which a run begins, its weekday, and the clock times of the run in s."""

    day: int
    weekday: Weekday
    start_s: float
    end_s: float


class Deployed(NamedTuple):
    """A deployment with the label of its policy."""

    policy: str
    deployment: Deployment


def require_known(deployment: Deployment, others: Sequence[Deployed], links: Sequence[str], policy: str) -> None:
    """Refuse a deployment on unknown links, of a name that is taken, or whose roster is another's with other hours.

    Raises
    ------
    PolicyError
        Naming the deployment and the remedy.
    """
    where = f"policy {policy}: {deployment.name!r}"
    known = set(links)
    for link in (*deployment.along, *((deployment.link,) if deployment.link is not None else ())):
        if link not in known:
            raise PolicyError(where, f"no link {link!r}", "a link of the network", "correct the link")
    for other in (one.deployment for one in others):
        if other.name == deployment.name:
            raise PolicyError(where, "a second place of this name", "each place enforced once", "drop one of them")
        if other.roster and deployment.roster and other.roster.name == deployment.roster.name \
                and other.roster != deployment.roster:
            raise PolicyError(where, f"roster {other.roster.name!r} with {deployment.roster.officer_hours_per_day:g} "
                              "officer hours", f"{other.roster.officer_hours_per_day:g} as for {other.name!r}",
                              "give them one number, or rosters of their own")


class InForce(NamedTuple):
    """What a deployment brings to a run."""

    policy: str
    deployment: Deployment
    hours_s: Periods | None
    """Periods in force, empty for the whole run; ``None``: never."""
    rules: tuple[ResponseRule, ...]
    checks: tuple[SpeedCheck, ...]
    ledger: tuple[LedgerRow, ...]


def in_force(deployed: Sequence[Deployed], run: RunDay, key: int) -> list[InForce]:
    """Responses, checks and rows of the ledger that each deployment brings to a run.

    Parameters
    ----------
    deployed
        All deployments of the alternative.
    run
        Day and times of the run.
    key
        64-bit random key, for what is drawn by day (see :func:`trafficsim.people.duty.on_duty`).
    """
    found, deployments = [], [one.deployment for one in deployed]
    most_halo_s = max((one.halo_h for one in deployments), default=0.0) * S_PER_H
    recent = periods_in_force(deployments, run, key, most_halo_s)
    for one, periods, ended in zip(deployed, periods_in_force(deployments, run, key), recent, strict=True):
        deployment = one.deployment
        whole = periods == ((run.start_s, run.end_s),)
        rules = _rules(one, ended, run) if deployment.response is not None else ()
        hours = () if whole else periods
        checks = tuple(check.model_copy(update={"hours_s": hours}) for check in deployment.checks if periods)
        silent = whole and bool(rules or deployment.gaps or any(check.citation_kmh for check in checks))
        found.append(InForce(one.policy, deployment, hours if periods else None, rules, checks,
                             (*_gap_row(one, periods), *(() if silent else (_hours_row(one, periods),)))))
    return found


NEVER: Periods = ((0.0, 0.0),)
NO_SANCTION = Sanction(detection=0.0, sanctioned=0.0)


def enforcement_arrays(brought: Sequence[InForce], link_index: Mapping[str, int]) -> EnforcementArrays:
    """Enforcement of an alternative as arrays, by name; a deployment that sanctions nobody detects nobody."""
    ones = sorted(brought, key=lambda one: one.deployment.name)
    deployments = [one.deployment for one in ones]
    sanctions = [one.sanction or NO_SANCTION for one in deployments]

    def real(values: Iterable[float]) -> F8:
        return np.array(list(values), np.float64)

    return EnforcementArrays(
        name=tuple(one.name for one in deployments), kind=tuple(one.kind for one in deployments),
        offence=tuple(one.offence for one in sanctions), detection=real(one.detection for one in sanctions),
        sanctioned=real(one.sanctioned for one in sanctions), fine_eur=real(one.fine_eur for one in sanctions),
        points=np.array([one.points for one in sanctions], np.int32),
        legal_gap_s=real(one.legal_gap_s for one in sanctions),
        offending_share=real(one.offending_share for one in sanctions),
        red_tolerance_s=real(one.red_tolerance_s for one in sanctions),
        links=tuple(tuple(link_index[link] for link in one.along) for one in deployments),
        hours_s=tuple(NEVER if one.hours_s is None else one.hours_s for one in ones),
        checks=tuple(tuple(check.name for check in one.checks) for one in ones),
        officers=real(one.officer_hours_per_day / one.schedule.hours_on_day for one in deployments),
        devices=np.array([one.devices for one in deployments], np.int32),
    )


def _rules(one: Deployed, periods: Periods, run: RunDay) -> tuple[ResponseRule, ...]:
    deployment = one.deployment
    felt = _felt(periods, deployment.halo_h * S_PER_H, run)
    assert deployment.response is not None
    assert deployment.link is not None
    zones = tuple(zone.model_copy(update={"strength": zone.strength * left(deployment, run.day)})
                  for zone in deployment.zones)
    rule = ResponseRule(name=deployment.name, link=deployment.link, response=deployment.response,
                        along=deployment.along, zones=zones, noticed=deployment.noticed)
    if felt == ((run.start_s, run.end_s),):
        return (rule,)
    return tuple(rule.model_copy(update={"begin_s": begin_s, "end_s": end_s}) for begin_s, end_s in felt)


def _felt(periods: Periods, halo_s: float, run: RunDay) -> Periods:
    """Periods of a run in which something is felt: while it is in force, and for a while after it has gone."""
    longer = [(max(begin_s, run.start_s), min(end_s + halo_s, run.end_s)) for begin_s, end_s in periods]
    return _joined([(begin_s, end_s) for begin_s, end_s in longer if begin_s < end_s])


def left(deployment: Deployment, day: int) -> float:
    """Share of the response that is left on a day of the study, of one that drivers get used to.

    Examples
    --------
    >>> sign = Deployment(name="sign", kind="feedback_sign", half_life_days=30.0)
    >>> [left(sign, day) for day in (1, 31, 61)]
    [1.0, 0.5, 0.25]
    """
    if deployment.half_life_days is None:
        return 1.0
    return float(0.5 ** (max(day - deployment.schedule.first_day, 0) / deployment.half_life_days))


def _gap_row(one: Deployed, periods: Periods) -> tuple[LedgerRow, ...]:
    gaps = one.deployment.gaps
    if gaps is None or not periods:
        return ()
    kept = (gaps.kept_gap_s,)
    return (LedgerRow(one.policy, KEPT_GAP, "s", "floor", (one.deployment.name,), kept, (0.0,), kept),)


def periods_in_force(
    deployments: Sequence[Deployment], run: RunDay, key: int, before_s: float = 0.0
) -> tuple[Periods, ...]:
    """Periods of a run, and of ``before_s`` before it, in which each deployment is in force, joined where they touch.

    A period that goes on past midnight belongs to the day on which it begins.

    Examples
    --------
    >>> from trafficsim.spec.calendar import Hours, Schedule
    >>> night = Schedule(weekdays=("fri",), hours=(Hours(begin_h=22, end_h=2),))
    >>> post = Deployment(name="post", kind="patrol", schedule=night)
    >>> periods_in_force([post], RunDay(2, "sat", 0.0, 86400.0), 1)
    (((0.0, 7200.0),),)
    """
    first = floor(run.start_s / S_PER_DAY)
    found: list[list[tuple[float, float]]] = [[] for _ in deployments]
    for ahead in range(-1, floor(run.end_s / S_PER_DAY) - first + 1):
        weekday = WEEKDAYS[(WEEKDAYS.index(run.weekday) + ahead) % 7]
        # the evening before day 1 is taken as one of the study
        standing = on_duty(deployments, max(run.day + ahead, 1), weekday, key)
        for row in (row for row, stands in enumerate(standing) if stands):
            found[row] += _periods(deployments[row].schedule, (first + ahead) * S_PER_DAY,
                                   (run.start_s - before_s, run.end_s))
    return tuple(_joined(periods) for periods in found)


def _periods(schedule: Schedule, midnight_s: float, window_s: tuple[float, float]) -> list[tuple[float, float]]:
    """Hours of a day as periods within a window."""
    begins = [midnight_s + hours.begin_h * S_PER_H for hours in schedule.hours]
    ends = [begin_s + hours.length_h * S_PER_H for begin_s, hours in zip(begins, schedule.hours, strict=True)]
    periods = [(max(begin_s, window_s[0]), min(end_s, window_s[1]))
               for begin_s, end_s in zip(begins, ends, strict=True)]
    return [(begin_s, end_s) for begin_s, end_s in periods if begin_s < end_s]


def _joined(periods: Sequence[tuple[float, float]]) -> Periods:
    joined: list[tuple[float, float]] = []
    for begin_s, end_s in sorted(periods):
        if joined and begin_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((begin_s, end_s))
    return tuple(joined)


def _hours_row(one: Deployed, periods: Periods) -> LedgerRow:
    """Ledger row of a deployment: its hours in force within the run."""
    hours = (sum(end_s - begin_s for begin_s, end_s in periods) / S_PER_H,)
    return LedgerRow(one.policy, HOURS_IN_FORCE, "h", "deploy", (one.deployment.name,), hours, (0.0,), hours)
