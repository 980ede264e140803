"""What both engines keep for controllers of signals: which links they look at, and what reactive signals showed."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.tables import Array

SHOWN_FIELDS = {"tick": "i8", "group": "i4", "state": "i4"}
"""A group of the plan, what it shows, and since which control tick."""


class Surroundings(NamedTuple):
    """Links at controlled junctions, and vehicles that have priority there."""

    link: Array
    """Links that lead to or away from one."""
    turn: Array
    """Movements at the ends of those links."""
    transit: Array
    """By vehicle class: whether it is public transport, which signals may let go first."""
    special: int
    """Whether there is any."""
    transit_m: Array
    """By movement: from there on to the line it is known of; 0: not at all."""


class Shown(NamedTuple):
    """What reactive signals showed since it was last taken away."""

    row: Array
    count: Array
    """Rows, shape (1,)."""


@per_vehicle
def note_shown(shown, tick, group, state):
    """Append a row; what does not fit is counted only."""
    count = shown.count[0]
    if count < len(shown.row):
        shown.row[count].tick, shown.row[count].group, shown.row[count].state = tick, group, state
    shown.count[0] = count + 1
