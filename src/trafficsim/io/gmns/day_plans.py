"""Timing plans of GMNS by time of day: programs of a controller, and the switches between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trafficsim.design.inference.greens import resolve_phases
from trafficsim.design.timing.ring_barrier import Served, program_of
from trafficsim.io.gmns.tables import Row
from trafficsim.io.ledger import Ledger
from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.network import Network
from trafficsim.spec.ring_barrier import RingBarrier
from trafficsim.spec.signal_schedule import DAY_S, ProgramSwitch, SignalSchedule
from trafficsim.spec.signals import SignalProgram

TIME_DAY = re.compile(r"(?:([01]{7,9})_)?([0-2]\d):?([0-5]\d)_([0-2]\d):?([0-5]\d)")
"""Days from Sunday to Saturday, then holidays, and two times (GMNS specification 0.96, time_set_definitions)."""
SUNDAY_FIRST: tuple[Weekday, ...] = (WEEKDAYS[-1], *WEEKDAYS[:-1])


class PlanTime(NamedTuple):
    """When a plan runs."""

    plan: str
    weekdays: tuple[Weekday, ...]
    begin_s: float
    end_s: float


class DayPlans(NamedTuple):
    """The plans of a controller by name, their times, and which one runs where none is named."""

    timings: Mapping[str, RingBarrier]
    times: tuple[PlanTime, ...]
    otherwise: str


def plan_time(row: Row, ledger: Ledger) -> PlanTime | None:
    """Return when a plan runs; ``None`` where the file does not say.

    Examples
    --------
    >>> plan_time(Row("", {"timing_plan_id": "1", "time_day": "01111100_06:00_09:00"}), Ledger("gmns")).weekdays[0]
    'mon'
    """
    text = row.text("time_day")
    found = TIME_DAY.fullmatch(text)
    if found is None:
        if text:
            ledger.note("ignored", "time of day of a plan that cannot be read", row.where, level="warning")
        return None
    days = tuple(day for day, bit in zip(SUNDAY_FIRST, found[1] or "1111111", strict=False) if bit == "1")
    begin_s, end_s = (3600.0 * int(found[part]) + 60.0 * int(found[part + 1]) for part in (2, 4))
    if not days or not begin_s < end_s <= DAY_S:
        ledger.note("ignored", "time of day of a plan that cannot be read", row.where, level="warning")
        return None
    return PlanTime(row.key("timing_plan_id"), days, begin_s, end_s)


def schedule_of(node: str, plans: DayPlans, served: Sequence[Served], network: Network, ledger: Ledger) -> (
        SignalSchedule):
    """Return the programs of a controller and their switches; ``served`` holds the phases of each of its letters."""
    programs = [_program(node, name, timing, served, network) for name, timing in plans.timings.items()]
    ledger.note("read", "timing plan of a time of day", f"node {node!r}", times=len(plans.times))
    switches = tuple(_switches(plans))
    used = {one.program for one in switches}
    return SignalSchedule(id=node, programs=tuple(one for one in programs if one.name in used),
                          switches=switches)


def _program(node: str, name: str, timing: RingBarrier, served: Sequence[Served], network: Network) -> SignalProgram:
    program = program_of(node, timing, served).model_copy(update={"name": name})
    return program.model_copy(update={"phases": resolve_phases(network, node, program.phases).phases})


def _switches(plans: DayPlans) -> list[ProgramSwitch]:
    """A day begins with the plan that runs where none is named; after a plan it returns, unless another begins."""
    moments: dict[tuple[float, Weekday], str] = {(0.0, day): plans.otherwise for day in WEEKDAYS}
    for one in plans.times:
        if one.end_s < DAY_S:
            moments.update({(one.end_s, day): plans.otherwise for day in one.weekdays})
    for one in plans.times[::-1]:
        moments.update({(one.begin_s, day): one.plan for day in one.weekdays})
    days: dict[tuple[float, str], list[Weekday]] = defaultdict(list)
    for (time_s, day), plan in moments.items():
        days[time_s, plan].append(day)
    return [ProgramSwitch(time_s=time_s, program=plan, weekdays=() if len(on) == len(WEEKDAYS) else
                          tuple(sorted(on, key=WEEKDAYS.index))) for (time_s, plan), on in sorted(days.items())]
