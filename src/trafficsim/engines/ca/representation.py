"""What the program represents of each plan field, back in SI units, at the default cell and tick."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.words import CAP_UNIT
from trafficsim.spec.scenario import CellularAutomaton

_DEFAULT = CellularAutomaton()
_SPEED_STEP_MS = _DEFAULT.cell_m / _DEFAULT.tick_s / CAP_UNIT

Values = NDArray[np.float64]


def _speed(values: Values) -> Values:
    return np.rint(values / _SPEED_STEP_MS) * _SPEED_STEP_MS


def _whole_ticks(values: Values) -> Values:
    return np.rint(values / _DEFAULT.tick_s) * _DEFAULT.tick_s


def _exact(values: Values) -> Values:
    return values


REPRESENTATION: dict[str, Callable[[Values], Values]] = {
    "link.speed_limit_ms": _exact,
    "link.free_speed_mean_ms": _speed,
    "link.free_speed_cv": _exact,
    "link.factor_speed_ms": _speed,
    "signal.offset_s": _whole_ticks,
}
