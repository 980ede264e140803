"""Signals that react in some programs of a table of switches, and run others by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from trafficsim.design.timing.switching import InForce
from trafficsim.spec.control import ControlPlan, SignalControl, planned_cycle_s
from trafficsim.spec.signals import SignalProgram

GREENS = "GgOo"
CHANGES = "yu"


class Stretch(NamedTuple):
    """Green of the same signal indices, from its begin on the clock of the program to the begin of the next."""

    greens: frozenset[int]
    begin_s: float
    lasts_s: float


def plans_by_time(control: SignalControl, parts: Sequence[InForce], reacting: str, seen: frozenset[int]
                  ) -> SignalControl | str:
    """Return a control that reacts while one program is in force, and runs the others by the clock.

    A program that runs by the clock becomes a plan of the controller: its cycle, offset and splits. So it must have the
    stages of the controller, in the same order; intergreens are those of the controller, and it gets into step with the
    plan as with any plan of the day. Plans that the controller has itself are replaced.

    Parameters
    ----------
    control
        How it reacts.
    parts
        Programs of the run, one after the other.
    reacting
        Name of the program in which it does.
    seen
        Signal indices that vehicles obey; others do not tell stages apart.

    Returns
    -------
    Or why it cannot be done, in words.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> from trafficsim.spec.control import ControlPhase
    >>> stages = (ControlPhase(number=1, green="Gr"), ControlPhase(number=2, green="rG", position=1))
    >>> night = SignalProgram(id="j", name="night", phases=[Phase(duration_s=s, state=t) for s, t in (
    ...     (30, "Gr"), (5, "yr"), (20, "rG"), (5, "ry"))])
    >>> parts = [InForce(0, 600, night), InForce(600, 1200, night.model_copy(update={"name": "day"}))]
    >>> found = plans_by_time(SignalControl(id="j", phases=stages), parts, "day", frozenset((0, 1)))
    >>> [(one.begin_s, one.method, one.splits_s) for one in found.plans]
    [(0.0, 'fixed', {1: 35.0, 2: 25.0}), (600.0, None, {1: 45.0, 2: 45.0})]
    """
    if len({(one.ring, one.barrier) for one in control.phases}) > 1:
        return "it has rings, which no program of stages can run"
    if all(part.program.name != reacting for part in parts):
        return f"the table names no program {reacting!r}, in which it reacts, for the time of the run"
    plans = []
    for part in parts:
        plan = _own(control, part) if part.program.name == reacting else _fixed(control, part, seen)
        if isinstance(plan, str):
            return plan
        plans.append(plan)
    return control.model_copy(update={"plans": tuple(plans), "program": reacting})


def _own(control: SignalControl, part: InForce) -> ControlPlan:
    splits = {one.number: one.split_s or one.max_green_s + one.clearance_s for one in control.phases}
    cycle_s = planned_cycle_s(control.phases, splits)
    return ControlPlan(begin_s=part.begin_s, cycle_s=cycle_s, offset_s=control.offset_s, splits_s=splits)


def _fixed(control: SignalControl, part: InForce, seen: frozenset[int]) -> ControlPlan | str:
    phases = sorted(control.phases, key=lambda one: one.position)
    wanted = [_greens(one.green, seen) for one in phases]
    stretches = stretches_of(part.program, seen)
    turned = next((stretches[step:] + stretches[:step] for step in range(len(stretches))
                   if [one.greens for one in stretches[step:] + stretches[:step]] == wanted), None)
    if turned is None:
        return f"program {part.program.name!r} has other stages than it reacts with"
    splits = {phase.number: one.lasts_s for phase, one in zip(phases, turned, strict=True)}
    reference = next((one for one, phase in zip(turned, phases, strict=True) if phase.coordinated), turned[0])
    return ControlPlan(begin_s=part.begin_s, cycle_s=part.program.cycle_s, method="fixed", splits_s=splits,
                       offset_s=(part.program.offset_s + reference.begin_s) % part.program.cycle_s)


def _greens(state: str, seen: frozenset[int]) -> frozenset[int]:
    return frozenset(index for index, letter in enumerate(state) if index in seen and letter in GREENS)


def stretches_of(program: SignalProgram, seen: frozenset[int]) -> list[Stretch]:
    """Return the stages of a program; those that differ for indices alone that no vehicle obeys are one."""
    begins, time_s = [], 0.0
    for phase in program.phases:
        greens = _greens(phase.state, seen)
        if greens and not any(letter in CHANGES for index, letter in enumerate(phase.state) if index in seen):
            begins.append((greens, time_s))
        time_s += phase.duration_s
    kept = [next(same) for _, same in groupby(begins, key=lambda one: one[0])]
    if len(kept) > 1 and kept[0][0] == kept[-1][0]:
        kept = kept[1:]
    ends = [*(begin_s for _, begin_s in kept[1:]), *((kept[0][1] + time_s,) if kept else ())]
    return [Stretch(greens, begin_s, end_s - begin_s) for (greens, begin_s), end_s in zip(kept, ends, strict=True)]
