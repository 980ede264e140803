"""Ways of reacting that change by time of day, between slices of a run; kernels know one way at a time."""

from __future__ import annotations

import numpy as np

from trafficsim.kernels.control.tables import Control
from trafficsim.plan.arrays import Plan

NEVER = 1 << 62


class MethodsByTime:
    """The way in which every signal reacts at a control tick, by the plan of the time of day that runs.

    Parameters
    ----------
    plan
        Of the run.
    control
        Its tables.
    """

    def __init__(self, plan: Plan, control: Control) -> None:
        controllers, method = plan.controls.controllers, np.asarray(plan.controls.patterns.method)
        first, last = controllers.pattern_start[:-1], controllers.pattern_start[1:]
        self._method = control.controller["method"]
        self._rows = [(number, control.pattern["begin"][begin:end].tolist(), method[begin:end].tolist())
                      for number, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True))
                      if len(np.unique(method[begin:end])) > 1]

    def next_tick(self, tick: float) -> int:
        """Return the first control tick after this one at which a plan begins that reacts in another way."""
        return min((begin for _, begins, _ in self._rows for begin in begins if begin > tick), default=NEVER)

    def apply(self, tick: float) -> None:
        """Let signals react as the plans say that run at a control tick; what was asked of them goes on."""
        for number, begins, methods in self._rows:
            place = int(np.searchsorted(begins, tick, side="right")) - 1
            self._method[number] = methods[max(place, 0)]
