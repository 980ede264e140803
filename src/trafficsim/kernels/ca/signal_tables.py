"""Signal groups show what their controller commands: what each shows, and the commands for the ticks to come.

Commands come from :mod:`trafficsim.control`, by way of the engine.
"""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.decisions.signals import is_red
from trafficsim.kernels.jit import kernel, per_vehicle
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


@kernel
def update_signals(signals, tick):
    """Carry out the switches that are due; a group that shows the state already keeps the tick since when it does."""
    done = signals.done[0]
    while signals.switch[done].tick <= tick:
        show_state(signals, signals.switch[done].group, signals.switch[done].state, tick)
        done += 1
    signals.done[0] = done


@per_vehicle
def show_state(signals, group, state, tick):
    """Let a group show a state; if it does already, it keeps the tick since when."""
    if state != signals.group[group].state:
        if is_red(state) and not is_red(signals.group[group].state):
            signals.group[group].red = tick
        signals.group[group].state = state
        signals.group[group].since = tick
