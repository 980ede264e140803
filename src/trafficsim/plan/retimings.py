"""Signals whose plan follows traffic in small steps, as the plan of a run holds them."""

from __future__ import annotations

from typing import NamedTuple


class Retiming(NamedTuple):
    """Signals whose splits, offsets and cycle are adjusted.

    Attributes
    ----------
    signals : names of controllers of the plan that run their plan by the clock
    splits, offsets, cycle : what is adjusted
    cycle_limits_s : shortest and longest cycle
    saturation_veh_h : discharge of a lane in green
    """

    signals: tuple[str, ...]
    splits: bool
    offsets: bool
    cycle: bool
    cycle_limits_s: tuple[float, float]
    saturation_veh_h: float
