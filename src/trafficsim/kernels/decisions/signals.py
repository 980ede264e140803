"""Signals show what their controller has commanded (:mod:`trafficsim.control`)."""

from __future__ import annotations

from trafficsim.kernels.jit import kernel


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
