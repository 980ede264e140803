"""Signal groups of controllers that react: minimum greens, yellow, and intergreens between those that conflict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.plan.arrays import Plan
from trafficsim.plan.control_arrays import GroupArrays, PairArrays
from trafficsim.plan.network import starts
from trafficsim.spec.control import ControlPhase

if TYPE_CHECKING:
    from trafficsim.plan.control import Lowered


def group_arrays(plan: Plan, lowered: Sequence[Lowered]) -> tuple[GroupArrays, PairArrays]:
    """Return all groups of the plan, and the conflicts between those that controllers have.

    A group's minimum green is the least of the phases that show it green, its yellow the longest. The intergreen
    between two groups is the one given, but no shorter than yellow; yellow and red clearance of the phase that ends
    where none is given.
    """
    count = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
    controller = np.full(count, -1, np.int32)
    least, yellow, red_amber = np.zeros(count), np.zeros(count), np.zeros(count)
    pairs: list[list[tuple[int, int, float]]] = [[] for _ in range(count)]
    for number, one in enumerate(lowered):
        first = one.groups.first
        given = {(pair.before, pair.after): pair.time_s for pair in one.control.intergreens}
        phases = [_phases_of(one, group) for group in range(one.groups.width)]
        for group, shown in enumerate(phases):
            controller[first + group] = number
            least[first + group] = min((phase.min_green_s for phase in shown), default=0.0)
            yellow[first + group] = max((phase.yellow_s for phase in shown), default=0.0)
            red_amber[first + group] = one.control.red_amber_s
        for (group, other), kind in sorted(one.groups.kinds.items()):
            default = max((phase.clearance_s for phase in phases[other]), default=0.0)
            time_s = max(given.get((other, group), default), float(yellow[first + other]))
            pairs[first + group].append((first + other, kind, time_s))
    flat = [row for rows in pairs for row in rows]
    return (GroupArrays(controller, least, yellow, red_amber, starts([len(rows) for rows in pairs])),
            PairArrays(np.array([row[0] for row in flat], np.int32), np.array([row[1] for row in flat], np.uint8),
                       np.array([row[2] for row in flat], np.float64)))


def _phases_of(one: Lowered, group: int) -> list[ControlPhase]:
    return [phase for phase, codes in zip(one.control.phases, one.letters, strict=True)
            if codes[group] in (GREEN, PERMITTED)]
