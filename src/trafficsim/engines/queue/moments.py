"""What holds when: the plan between two changes of its limits, speeds and zones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from trafficsim.plan.arrays import Plan
from trafficsim.plan.happenings import closed_lanes_at, shut_at
from trafficsim.plan.incident_arrays import ShutLaneArrays
from trafficsim.plan.timeline import change_times_s, is_timed, links_at, rules_at


class Moment(NamedTuple):
    """From ``begin`` (ms since the start of the run) on the plan is this one."""

    begin: int
    plan: Plan


def moments_of(plan: Plan) -> tuple[Moment, ...]:
    """Return the moments of a run in order; one where nothing changes."""
    if not is_timed(plan):
        return (Moment(0, plan),)
    return tuple(Moment(begin, plan_at(plan, time_s)) for begin, time_s in moment_times(plan))


def moment_times(plan: Plan) -> list[tuple[int, float]]:
    """Return when the moments of a run begin: ms since its start, and clock time."""
    times_s = {0: plan.start_s}
    if is_timed(plan):
        times_s |= {round((time_s - plan.start_s) * 1000.0): time_s for time_s in change_times_s(plan)}
    return sorted(times_s.items())


def plan_at(plan: Plan, time_s: float) -> Plan:
    """Return the plan with the values of links, and the zones, that hold at a clock time."""
    rules, holds = plan.behaviour, rules_at(plan, time_s)[plan.behaviour.zone_rule]
    zones = {name: getattr(rules, name)[holds] for name in rules._fields if name.startswith("zone_")}
    return replace(plan, links=links_at(plan, time_s), behaviour=rules._replace(**zones),
                   lane_closures=closed_lanes_at(plan, time_s), **_shut(plan, time_s))


def _shut(plan: Plan, time_s: float) -> dict[str, Any]:
    """Return lanes and shut lanes as they are at a clock time: nobody may use these."""
    lanes = shut_at(plan, time_s)
    allowed = np.array(plan.lanes.allowed)
    allowed[lanes] = 0
    times = np.full(len(lanes), -np.inf), np.full(len(lanes), np.inf)
    return {"lanes": plan.lanes._replace(allowed=allowed), "shut_lanes": ShutLaneArrays(lanes, *times)}
