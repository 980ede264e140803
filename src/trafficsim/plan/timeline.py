"""The timeline: what changes within a run, when, and what holds at a clock time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import BOOL, F8, LinkArrays, Plan
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.roadside_arrays import SIGN, until_s, values_at
from trafficsim.plan.timeline_arrays import TimelineArrays, no_timeline

SPEEDS = ("link.speed_limit_ms", "link.free_speed_mean_ms", "link.factor_speed_ms")
"""Fields that desired speeds follow from."""
LIMIT, CAPACITY = SPEEDS[0], "link.capacity_factor"
SCHEDULED = (*SPEEDS, CAPACITY)
"""Fields that may change within a run."""


@dataclass(frozen=True)
class Scheduled:
    """Values of a field at some links between two clock times, as a policy asked for them."""

    policy: str
    field: str
    unit: str
    cells: tuple[str, ...]
    rows: NDArray[np.int64]
    values: F8
    begin_s: float
    end_s: float

    def ledger_row(self, baseline: F8) -> LedgerRow:
        """Say what was asked for and for how long; ``baseline`` are the values of the field without any policy."""
        values = tuple(self.values.tolist())
        return LedgerRow(self.policy, self.field, self.unit, "schedule", self.cells, values,
                         tuple(baseline[self.rows].tolist()), values, begin_s=self.begin_s, end_s=self.end_s)


def check_times(times_s: tuple[float, float], run_s: tuple[float, float], where: str) -> None:
    """Refuse a schedule that ends before it begins, or that no part of the run falls into.

    Raises
    ------
    PolicyError
        Naming the times.
    """
    (begin_s, end_s), (first_s, last_s) = times_s, run_s
    if not begin_s < end_s:
        raise PolicyError(where, f"from {begin_s:g} s to {end_s:g} s", "an end after the begin", "correct the times")
    if end_s <= first_s or begin_s >= last_s:
        raise PolicyError(where, f"from {begin_s:g} s to {end_s:g} s",
                          f"times within the run, from {first_s:g} s to {last_s:g} s",
                          "correct the times (seconds since midnight), or the time of the scenario")


class _Row(NamedTuple):
    field: int
    link: int
    begin_s: float
    end_s: float
    value: float
    policy: str
    cell: str


def timeline_arrays(scheduled: Sequence[Scheduled]) -> TimelineArrays:
    """Put schedules in the order of field, link and time, whoever came first.

    Raises
    ------
    PolicyError
        If two of them give one link two values at a time.
    """
    rows = sorted(_Row(SCHEDULED.index(one.field), link, one.begin_s, one.end_s, value, one.policy, cell)
                  for one in scheduled
                  for link, value, cell in zip(one.rows.tolist(), one.values.tolist(), one.cells, strict=True))
    for one, after in pairwise(rows):
        if (one.field, one.link) == (after.field, after.link) and after.begin_s < one.end_s:
            first, second = sorted((one.policy, after.policy))
            raise PolicyError(f"policies {first} and {second}: {SCHEDULED[one.field]} of {one.cell!r}",
                              f"two values from {after.begin_s:g} s on", "one value at a time",
                              "let the times not overlap, or drop one of them")
    if not rows:
        return no_timeline()
    return TimelineArrays(
        tuple(SCHEDULED[one.field] for one in rows), np.array([one.link for one in rows], np.int32),
        np.array([one.value for one in rows]), np.array([one.begin_s for one in rows]),
        np.array([one.end_s for one in rows]))


def change_times_s(plan: Plan) -> tuple[float, ...]:
    """Clock times after the start and before the end of a run at which a value of a link, a rule or a lane changes."""
    line, rules, lanes = plan.timeline, plan.behaviour, plan.lane_closures
    shut = plan.shut_lanes
    times = np.concatenate([line.begin_s, line.end_s, rules.rule_begin_s, rules.rule_end_s, lanes.begin_s, lanes.end_s,
                            shut.begin_s, shut.end_s, plan.roadside.since_s])
    return tuple(np.unique(times[(times > plan.start_s) & (times < plan.end_s)]).tolist())


def is_timed(plan: Plan) -> bool:
    """Whether anything in the plan has a clock time, so that its tables must be read by time."""
    rules = plan.behaviour
    lanes = len(plan.lane_closures.lane) + len(plan.shut_lanes.lane)
    changes = bool(plan.timeline.field) or lanes > 0 or bool(plan.roadside.reactions)
    return changes or bool(np.isfinite([*rules.rule_begin_s, *rules.rule_end_s]).any())


def links_at(plan: Plan, time_s: float) -> LinkArrays:
    """Links with the values that hold at a clock time."""
    line, links = plan.timeline, plan.links
    for name in dict.fromkeys(line.field):
        column = name.removeprefix("link.")
        here = (np.array(line.field) == name) & (line.begin_s <= time_s) & (time_s < line.end_s)
        values = np.array(getattr(links, column), np.float64)
        values[line.link[here]] = line.value[here]
        links = links._replace(**{column: values})  # type: ignore[arg-type]  # a column of floats for one of floats
    return _under_signs(plan, links, time_s)


def _under_signs(plan: Plan, links: LinkArrays, time_s: float) -> LinkArrays:
    """Links with the limits on signs that show one; the lower of two counts."""
    signs = plan.roadside
    if not len(signs.link):
        return links
    shown = np.where(signs.kind == SIGN, values_at(signs, time_s), np.nan)
    here = np.flatnonzero(~np.isnan(shown))
    limit = np.array(links.speed_limit_ms, np.float64)
    np.minimum.at(limit, signs.link[here], shown[here])
    return links._replace(speed_limit_ms=limit)


def moments(plan: Plan) -> Iterator[Plan]:
    """Yield the plan, then once for every change of links within the run with the links that hold from it on."""
    yield plan
    if plan.timeline.field or len(plan.roadside.since_s):
        for time_s in (plan.start_s, *change_times_s(plan)):
            yield replace(plan, links=links_at(plan, time_s))


def limit_at_ms(plan: Plan, link: NDArray[Any], time_s: F8) -> F8:
    """Speed limit on links at clock times, of equal shape."""
    line, limit = plan.timeline, plan.links.speed_limit_ms[link]
    for row in range(len(line.field)):
        if line.field[row] == LIMIT:
            here = (link == line.link[row]) & (line.begin_s[row] <= time_s) & (time_s < line.end_s[row])
            limit[here] = line.value[row]
    return _limit_under_signs(plan, link, time_s, np.asarray(limit, np.float64))


def _limit_under_signs(plan: Plan, link: NDArray[Any], time_s: F8, limit: F8) -> F8:
    signs = plan.roadside
    for row, end_s in enumerate(until_s(signs).tolist()):
        device = signs.shown[row]
        if signs.kind[device] == SIGN and not np.isnan(signs.value[row]):
            here = (link == signs.link[device]) & (signs.since_s[row] <= time_s) & (time_s < end_s)
            limit[here] = np.minimum(limit[here], signs.value[row])
    return limit


def rules_at(plan: Plan, time_s: float) -> BOOL:
    """Which rules of behaviour hold at a clock time."""
    rules, signs = plan.behaviour, plan.roadside
    holds = (rules.rule_begin_s <= time_s) & (time_s < rules.rule_end_s)
    if len(signs.rule):
        bound = signs.rule >= 0
        holds[signs.rule[bound]] &= ~np.isnan(values_at(signs, time_s)[bound])
    return np.asarray(holds, np.bool_)


def unsteady_links(plan: Plan) -> BOOL:
    """Links on which desired speeds change within the analysis period: a mean speed over it mixes two kinds of time."""
    found = np.zeros(len(plan.link_id), np.bool_)
    rules, first = plan.behaviour, links_at(plan, plan.analysis_begin_s)
    holding = rules_at(plan, plan.analysis_begin_s)
    for time_s in change_times_s(plan):
        if plan.analysis_begin_s < time_s < plan.analysis_end_s:
            now = links_at(plan, time_s)
            for name in (one.removeprefix("link.") for one in SPEEDS):
                found |= getattr(now, name) != getattr(first, name)
            changed = rules_at(plan, time_s) != holding
            found[rules.zone_link[changed[rules.zone_rule]]] = True
    return found
