"""How hard drivers brake who stop at the onset of yellow, measured on their trajectories.

Field values at 15, 50 and 85 %: 2.2, 3.0 and 3.9 m/s2 (Measurement sections et al. 2007, drivers who stop first).
Accepted: 0.4 m/s2. Each driver has a braking of their own that is drawn with these quantiles; what is tested is that
the stop line, seen from afar, makes them brake so. They brake 9 % less (median): speeds are whole cells per tick, and
the bound that leads to the line is cut to them, so that braking begins early. Measured 2.15, 2.75 and 3.50.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.worlds import UNIFORM
from tests.support.yellow import SPEED_MS, mean_braking_ms2, red_runs_at_yellow, speeds_at_yellow
from trafficsim.design.timing.change_formulas import ite_yellow_s

DRIVERS = 1000
ACCEPTED_MS2 = {0.15: (1.8, 2.6), 0.50: (2.6, 3.4), 0.85: (3.5, 4.3)}
"""The standard error of 770 drivers is 0.05."""
MOST_MS2 = 6.0
"""Drivers accept up to 5 m/s2 at yellow; whole cells and dawdling may add half a metre per second each."""


@pytest.fixture(scope="module")
def speeds() -> np.ndarray:
    """Speeds of drivers between 2 s and 6 s before the line: nearer ones cannot stop, farther ones never pass."""
    return speeds_at_yellow(DRIVERS, 2.0, 6.0)


def test_braking_at_yellow(speeds: np.ndarray) -> None:
    braking = mean_braking_ms2(speeds)
    assert len(braking) > DRIVERS / 2
    for share, (low, high) in ACCEPTED_MS2.items():
        assert low <= np.quantile(braking, share) <= high, share


def test_nobody_brakes_harder_in_a_tick_than_drivers_accept(speeds: np.ndarray) -> None:
    stopped = speeds[speeds[:, -1] == 0.0]
    hardest = -np.diff(stopped, axis=1).min(axis=1)
    assert hardest.max() <= MOST_MS2


def test_who_stops_late_brakes_harder_than_most(speeds: np.ndarray) -> None:
    # between 2 s and 4 s before the line: 3.9 m/s2 is the 85 % quantile of drivers who do not
    share = [float((mean_braking_ms2(one[: DRIVERS // 2]) > 3.9).mean())
             for one in (speeds, speeds_at_yellow(DRIVERS, 2.0, 6.0, hard_stop_share=1.0))]
    assert share[1] > 2.0 * share[0]
    assert share[1] > 0.5


def test_nobody_who_stops_if_possible_runs_red_under_the_yellow_of_ite() -> None:
    # drivers accept 5 m/s2, which is more than the 3.05 m/s2 of the formula; those who decide late do run red
    polite = UNIFORM.model_copy(update={"at_yellow": "if_possible"})
    lead_s = np.linspace(0.1, 6.0, DRIVERS)
    assert red_runs_at_yellow(lead_s, np.floor(ite_yellow_s(SPEED_MS, 1.0, 3.05)), polite) == 0
    assert red_runs_at_yellow(lead_s, 3.0, UNIFORM) > 0


def test_red_runs_at_yellow_are_as_many_as_the_logit_says() -> None:
    # of drivers who are evenly spread in time, those go on who are later than 3 s and decide so: s ln(1 + e^(-0.1 / s))
    # seconds of them; the tick shifts the time to the line by up to 1 s, the mean of which is 0.5 s
    lead_s = np.linspace(0.1, 8.0, 4 * DRIVERS)
    share = red_runs_at_yellow(lead_s, 3.0, UNIFORM) / len(lead_s) * 7.9
    by_hand_s = [0.64 * np.log(1.0 + np.exp((2.9 - least_s) / 0.64)) for least_s in (3.0, 2.5)]
    assert by_hand_s[0] - 0.15 < share < by_hand_s[1] + 0.15
