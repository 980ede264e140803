"""What the queue engine represents of each plan field, and drivers that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.emergency_builder import RESPONSE_FIELDS

Values = NDArray[np.float64]
CONTROL_TICK_S = 1.0
"""Signals change at whole seconds, as with the default resolution of the cellular automaton."""


def representation() -> Mapping[str, Callable[[Values], Values]]:
    """Return, by field, a function from values to those that the program stands for.

    Examples
    --------
    >>> representation()["signal.phase_s"](np.array([30.4])).tolist()
    [30.0]
    """
    exact = ("link.speed_limit_ms", "link.free_speed_mean_ms", "link.free_speed_cv", "link.factor_speed_ms",
             "approach.tau50_s", "approach.spread_s", "behaviour.response", "trip.limit_factor", "driver.kept_gap_s",
             "section.citation_ms", "class.max_speed_ms", "movement.closed", "lane.closed", "signal.control",
             "link.capacity_factor", "incident.duration_s", "roadside.limit", "roadside.rate", *RESPONSE_FIELDS)
    fields: dict[str, Callable[[Values], Values]] = dict.fromkeys(exact, _exact)
    return fields | {"signal.offset_s": _whole_ticks, "signal.phase_s": _whole_ticks}


def check_drivers(plan: Plan) -> None:
    """Refuse drivers whose behaviour lies below the resolution of queues.

    Raises
    ------
    InputError
        Naming the behaviour, and an engine that has it.
    """
    if plan.keep_clear_share < 1.0:
        raise InputError("engine 'queue': drivers.keep_clear_share", f"{plan.keep_clear_share:g}: drivers who block a "
                         "junction from inside, where queues have no place to stand",
                         "1.0: nobody enters a junction without room beyond it",
                         "choose engine 'ca', or keep_clear_share = 1.0")


def _whole_ticks(values: Values) -> Values:
    return np.rint(values / CONTROL_TICK_S) * CONTROL_TICK_S


def _exact(values: Values) -> Values:
    return values
