"""What every signal group shows, and what its controller has commanded."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.tables import Array

SWITCH_FIELDS = {"tick": "i8", "group": "i4", "state": "i4"}  # from which tick on a group shows a state
GROUP_FIELDS = {
    "state": "i4",  # what it shows
    "name": "i4",  # draws decisions
    "since": "i8",  # tick since which it shows its state
    "red": "i8",  # tick since which it is or was last red, red-amber included
}


class Signals(NamedTuple):
    """The state of every group, and what a controller has commanded for the ticks to come."""

    group: Array
    switch: Array
    """Commands in order of ticks; the last one never comes due."""
    done: Array
    """How many of them have been carried out, shape (1,)."""
