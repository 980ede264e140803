"""How hard drivers brake who stop at the onset of yellow, measured on their trajectories.

Field values at 15, 50 and 85 %: 2.2, 3.0 and 3.9 m/s2 (Gates et al. 2007, drivers who stop first). Accepted: 0.4 m/s2.
Each driver has a braking of their own that is drawn with these quantiles; what is tested is that the stop line, seen
from afar, makes them brake so. Measured values lie below the drawn ones (2.1, 2.8, 3.5): speeds of the engine are whole
cells per tick, and the bound that leads to the line is cut to them, so that braking begins up to half a tick early.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.yellow import mean_braking_ms2, speeds_at_yellow

DRIVERS = 1000
FIELD_MS2 = (2.2, 3.0, 3.9)
TOLERANCE_MS2 = 0.4


@pytest.fixture(scope="module")
def speeds() -> np.ndarray:
    """Speeds of drivers between 2 s and 6 s before the line: nearer ones cannot stop, farther ones never pass."""
    return speeds_at_yellow(DRIVERS, 2.0, 6.0)


def test_braking_at_yellow(speeds: np.ndarray) -> None:
    braking = mean_braking_ms2(speeds)
    assert len(braking) > DRIVERS / 2
    for share, field in zip((0.15, 0.50, 0.85), FIELD_MS2, strict=True):
        assert np.quantile(braking, share) == pytest.approx(field, abs=TOLERANCE_MS2), share


def test_nobody_brakes_harder_than_drivers_accept_at_yellow(speeds: np.ndarray) -> None:
    """5 m/s2 in any tick, and half a metre per second for the whole cells of a speed, and dawdling on top."""
    stopped = speeds[speeds[:, -1] == 0.0]
    assert np.diff(stopped, axis=1).min() >= -(5.0 + 0.5 + 0.5)
