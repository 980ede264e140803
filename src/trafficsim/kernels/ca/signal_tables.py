"""Signal groups show what their controller commands: what each shows, and the commands for the ticks to come.

Commands come from :mod:`trafficsim.control`, by way of the engine.
"""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.jit import kernel
from trafficsim.kernels.tables import Array

SWITCH_FIELDS = {"tick": "i8", "group": "i4", "state": "i4"}  # from which tick on a group shows a state
GROUP_FIELDS = {"state": "i4", "name": "i4", "since": "i8"}  # what it shows, the tick since when; name draws decisions


class Signals(NamedTuple):
    """The state of every group, and what a controller has commanded for the ticks to come."""

    group: Array
    switch: Array
    """Commands in order of ticks; the last one never comes due."""
    done: Array
    """How many of them have been carried out, shape (1,)."""


@kernel
def update_signals(signals, tick):
    """Carry out the switches that are due; a group that shows the state already keeps the tick since when it does."""
    done = signals.done[0]
    while signals.switch[done].tick <= tick:
        group, state = signals.switch[done].group, signals.switch[done].state
        if state != signals.group[group].state:
            signals.group[group].state = state
            signals.group[group].since = tick
        done += 1
    signals.done[0] = done
