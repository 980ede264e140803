"""Vehicle classes in cells and ticks: how long they are, and packed state Z with their car-following parameters.

The codes in packed state Z count in units that are powers of two, doubled until the largest value of all classes fits.
At cells of 0.5 m, ticks of 1 s and the default classes a step is 0.016 m/s2 of acceleration, 0.016 s of headway, 0.001
1/s of fade and 0.25 m/s2 of braking.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.engines.ca.headways import longest_factor
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import (
    ACC_SHIFT,
    BRAKE_SHIFT,
    FADE_SHIFT,
    HEADWAY_SHIFT,
    MOST_ACC,
    MOST_BRAKE,
    MOST_FADE,
    MOST_HEADWAY,
)
from trafficsim.plan.arrays import ClassArrays

Values = NDArray[np.float64]
MOST_LENGTH = 255
"""Cells: a length is an 8-bit number."""


class Following(NamedTuple):
    """Car-following parameters by class in cells and ticks."""

    acceleration: Values
    headway: Values
    fade: Values
    braking: Values


class Units(NamedTuple):
    """What one step of each code in packed state Z stands for (cells/tick2, ticks, 1/tick, cells/tick2)."""

    acceleration: float
    headway: float
    fade: float
    braking: float


FINEST = 2.0**-20
MOST = (MOST_ACC, MOST_HEADWAY, MOST_FADE, MOST_BRAKE)


def following(classes: ClassArrays, settings: CellularAutomaton) -> Following:
    """Return the parameters in cells and ticks; the rules of the literature accelerate by one cell per tick."""
    cell, tick = settings.cell_m, settings.tick_s
    acceleration = classes.acceleration_ms2 * tick * tick / cell
    fade = classes.acceleration_fade_per_s * tick
    if settings.rule != "default":
        acceleration, fade = np.ones_like(acceleration), np.zeros_like(fade)
    return Following(acceleration, classes.headway_s / tick, fade, classes.deceleration_ms2 * tick * tick / cell)


def code_units(classes: ClassArrays, settings: CellularAutomaton, longest: float = 1.0) -> Units:
    """Return the finest units in which the parameters of all classes fit their codes.

    ``longest`` is the greatest factor of headways that any link has at any time.
    """
    largest = following(classes, settings)
    return Units(*map(_unit, largest._replace(headway=largest.headway * longest_factor(settings) * longest), MOST))


def _unit(values: Values, most: int) -> float:
    unit = FINEST
    while np.rint(values.max(initial=0.0) / unit) > most:
        unit *= 2.0
    return unit


def class_states(classes: ClassArrays, settings: CellularAutomaton, longest: float = 1.0) -> NDArray[np.int32]:
    """Return by class packed state Z without a turn, int32."""
    units = code_units(classes, settings, longest)
    acceleration, headway, fade, braking = (
        np.rint(values / unit).astype(np.int64)
        for values, unit in zip(following(classes, settings), units, strict=True)
    )
    packed = (np.maximum(acceleration, 1) << ACC_SHIFT) | (np.maximum(headway, 1) << HEADWAY_SHIFT)
    packed |= (fade << FADE_SHIFT) | (np.maximum(braking, 1) << BRAKE_SHIFT)
    return packed.astype(np.uint32).view(np.int32)


def cells_of(classes: ClassArrays, settings: CellularAutomaton) -> NDArray[np.int32]:
    """Return lengths in cells with the standing gap; a vehicle of NaSch or VDR takes one cell, whatever its class.

    Raises
    ------
    InputError
        If a vehicle has more cells than its packed state can hold.
    """
    if settings.rule in ("nasch", "vdr"):
        return np.ones(len(classes.name), np.int32)
    cells = np.maximum(np.rint((classes.length_m + classes.min_gap_m) / settings.cell_m), 1).astype(np.int32)
    longest = int(cells.argmax())
    if cells[longest] > MOST_LENGTH:
        raise InputError(
            f"vehicle class {classes.name[longest]!r}: length_m", f"{cells[longest]} cells of {settings.cell_m} m",
            f"at most {MOST_LENGTH}", "make the cells larger in the scenario's [ca] table",
        )
    return cells
