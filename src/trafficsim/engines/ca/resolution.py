"""What the program represents of each plan field, back in SI units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.yellow import DRAWN
from trafficsim.kernels.ca.packed_state import CAP_UNIT
from trafficsim.kernels.rng import PROBABILITY_UNIT
from trafficsim.plan.emergency_builder import RESPONSE_FIELDS

Values = NDArray[np.float64]


def representation(settings: CellularAutomaton | None = None) -> dict[str, Callable[[Values], Values]]:
    """Return, by field, a function from values to those that the program stands for.

    Desired speeds are kept in 1/256 cell per tick; the rules of the literature drive whole cells per tick.

    Examples
    --------
    >>> by_field = representation(CellularAutomaton(rule="nasch", cell_m=7.5))
    >>> by_field["link.free_speed_mean_ms"](np.array([13.9])).tolist()
    [7.5]
    """
    settings = settings or CellularAutomaton()
    cell_ms = settings.cell_m / settings.tick_s

    def speed(values: Values) -> Values:
        steps = np.rint(values / cell_ms * CAP_UNIT)
        return np.floor(steps / CAP_UNIT) * cell_ms if settings.rule != "default" else steps / CAP_UNIT * cell_ms

    def whole_ticks(values: Values) -> Values:
        return np.rint(values / settings.tick_s) * settings.tick_s

    # the rules of the literature know no headway of the driver
    gaps = {"driver.kept_gap_s": _exact} if settings.rule == "default" else {}
    return gaps | {
        "link.speed_limit_ms": _exact, "link.free_speed_mean_ms": speed, "link.free_speed_cv": _exact,
        "link.factor_speed_ms": speed,
        "link.capacity_factor": _exact, "incident.duration_s": _exact,
        "signal.offset_s": whole_ticks, "signal.phase_s": whole_ticks,
        "approach.tau50_s": _exact, "approach.spread_s": _exact,
        "approach.inattention": _in_steps(DRAWN), "approach.hard_stop_share": _in_steps(PROBABILITY_UNIT),
        "behaviour.response": speed, "section.citation_ms": _exact,
        "trip.limit_factor": speed, "movement.closed": _exact, "lane.closed": _exact, "signal.control": _exact,
        **dict.fromkeys(RESPONSE_FIELDS, _exact), "roadside.limit": _exact, "roadside.rate": _exact,
    }


def _in_steps(steps: float) -> Callable[[Values], Values]:
    return lambda values: np.rint(values * steps) / steps


def _exact(values: Values) -> Values:
    return values
