"""Intergreens by RiLSA: the time from the end of one green to the begin of another whose paths conflict."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.design.inference.geometry import distance_to_crossing
from trafficsim.design.inference.junction_shape import JunctionPath

CLEARING_MS, TURNING_MS, ENTERING_MS, CAR_M = 10.0, 7.0, 11.1, 6.0
"""RiLSA 2015: speeds of cars that clear straight on and turning, of who enters at the start of green, length of a
car."""
CROSSING_S, TURNING_CROSSING_S = 3.0, 2.0
"""RiLSA 2015: time after the end of green in which cars still cross the line, straight on and turning."""


def intergreen_s(clearing: JunctionPath, entering: JunctionPath) -> float:
    """Return the intergreen ``t_ü + t_r - t_e`` of two conflicting paths, at least 0.

    The paths conflict where they cross; those that end in one lane, or touch only, at their ends. Source: RiLSA 2015;
    its values are taken from memory and to be checked against the guideline.
    """
    clearing_m = _to_conflict_m(clearing, entering) + CAR_M
    times = clearing_times(clearing_m, _to_conflict_m(entering, clearing), turns=clearing.turn != "through")
    return max(times.crossing_s + times.clearing_s - times.entering_s, 0.0)


class ClearingTimes(NamedTuple):
    """The times t_ü, t_r and t_e of RiLSA."""

    crossing_s: float
    clearing_s: float
    entering_s: float


def clearing_times(clearing_m: float, entering_m: float, *, turns: bool) -> ClearingTimes:
    """Return the parts of an intergreen: ``t_ü`` by movement, ``t_r = (s_0 + l) / v_r`` and ``t_e = s_e / v_e``.

    Parameters
    ----------
    clearing_m
        Distance from the stop line to the point of conflict and a car beyond it.
    entering_m
        Distance from the other stop line to the point of conflict.
    turns
        Whether who clears turns.

    Examples
    --------
    >>> clearing_times(26.0, 22.2, turns=False)
    ClearingTimes(crossing_s=3.0, clearing_s=2.6, entering_s=2.0)
    """
    return ClearingTimes(TURNING_CROSSING_S if turns else CROSSING_S,
                         clearing_m / (TURNING_MS if turns else CLEARING_MS), entering_m / ENTERING_MS)


def _to_conflict_m(path: JunctionPath, other: JunctionPath) -> float:
    found = distance_to_crossing(path.path.points, other.path.points)
    return path.path.length_m if found is None else found
