"""Coordinated plans of signals that react: when in the cycle each phase may begin, and has to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trafficsim.spec.control import ControlPhase, ControlPlan, Method, SignalControl

BY_THE_CLOCK: Method = "requested"
"""Nobody asks for anything: the splits run by the clock."""


class PhaseTimes(NamedTuple):
    """Seconds from the begin of the first barrier."""

    begin_s: float
    force_off_s: float
    green_s: float


class Pattern(NamedTuple):
    """A plan by time of day."""

    begin_s: float
    cycle_s: float
    zero_s: float
    yield_s: float
    times: tuple[PhaseTimes, ...]
    method: Method


class _Window(NamedTuple):
    begin_s: float
    yellow_s: float
    red_s: float


def patterns_of(control: SignalControl) -> list[Pattern]:
    """Return the plans of a controller in order of time; a phase without split has its maximum green.

    Examples
    --------
    >>> phases = tuple(ControlPhase(number=n, green="G", position=n, max_green_s=n * 10) for n in (1, 2))
    >>> [one.force_off_s for one in patterns_of(SignalControl(id="j", phases=phases))[0].times]
    [10.0, 35.0]
    """
    own = {one.number: one.split_s or one.max_green_s + one.clearance_s for one in control.phases}
    later = sorted(control.plans, key=lambda plan: plan.begin_s)
    first = ControlPlan(begin_s=0.0, cycle_s=1.0, offset_s=control.offset_s, splits_s=own)
    return [_pattern(control, first)._replace(begin_s=float("-inf")),
            *(_pattern(control, plan.model_copy(update={"splits_s": own | plan.splits_s})) for plan in later)]


def _pattern(control: SignalControl, plan: ControlPlan) -> Pattern:
    split_s = plan.splits_s
    windows, cycle_s = _windows(control.phases, split_s)
    coordinated = [windows[one.number] for one in control.phases if one.coordinated]
    times = []
    for phase in control.phases:
        own = windows[phase.number]
        before = _before(control.phases, phase)
        times.append(PhaseTimes(windows[before.number].yellow_s % cycle_s, own.yellow_s % cycle_s,
                                own.yellow_s - own.begin_s))
    reference_s = _reference_s(control, coordinated)
    yields = coordinated or [windows[control.phases[-1].number]]
    return Pattern(plan.begin_s, cycle_s, plan.offset_s - reference_s, min(one.yellow_s for one in yields) % cycle_s,
                   tuple(times), BY_THE_CLOCK if plan.method == "fixed" else plan.method or control.method)


def _windows(phases: Sequence[ControlPhase], split_s: dict[int, float]) -> tuple[dict[int, _Window], float]:
    """When each phase runs if all use their whole splits; the last one before a barrier has what its ring leaves."""
    found: dict[int, _Window] = {}
    at_s = 0.0
    rings = sorted({one.ring for one in phases})
    for barrier in sorted({one.barrier for one in phases}):
        rows = [_between(phases, ring, barrier) for ring in rings]
        length_s = max(sum(split_s[one.number] for one in row) for row in rows)
        for row in rows:
            begin_s = at_s
            for phase in row:
                end_s = at_s + length_s if phase is row[-1] else begin_s + split_s[phase.number]
                red_s = end_s - phase.red_clearance_s
                found[phase.number] = _Window(begin_s, max(red_s - phase.yellow_s, begin_s), red_s)
                begin_s = end_s
        at_s += length_s
    return found, at_s


def _between(phases: Sequence[ControlPhase], ring: int, barrier: int) -> list[ControlPhase]:
    return sorted((one for one in phases if (one.ring, one.barrier) == (ring, barrier)), key=lambda one: one.position)


def _before(phases: Sequence[ControlPhase], phase: ControlPhase) -> ControlPhase:
    """The phase that runs before one in its ring."""
    ring = sorted((one for one in phases if one.ring == phase.ring), key=lambda one: (one.barrier, one.position))
    return ring[ring.index(phase) - 1]


def _reference_s(control: SignalControl, coordinated: Sequence[_Window]) -> float:
    if not coordinated:
        return 0.0
    if control.reference == "last_begin_of_green":
        return max(one.begin_s for one in coordinated)
    place = {"first_begin_of_green": 0, "first_begin_of_yellow": 1, "first_begin_of_red": 2}[control.reference]
    return min(one[place] for one in coordinated)
