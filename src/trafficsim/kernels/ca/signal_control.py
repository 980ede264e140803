"""Signals that react: their controllers look at the road and decide, and what changes is shown in the same tick."""

from __future__ import annotations

from trafficsim.kernels.ca.sensing import sense_links
from trafficsim.kernels.ca.signal_tables import show_state
from trafficsim.kernels.control.tables import BY_CONTROLLERS
from trafficsim.kernels.control.tick import control_tick
from trafficsim.kernels.jit import part
from trafficsim.kernels.sensing import note_shown


@part
def control_signals(control, sensing, road, queues, tick):
    """Run a control tick, and show what it changed."""
    if control.sensors.wanted[0] & BY_CONTROLLERS or sensing.around.special:
        sense_links(sensing, control.sensors, road, queues, tick)
    control_tick(control, tick)
    for i in range(control.changes[0]):
        group = control.changed[i]
        state = control.group[group].shown
        show_state(road.signals, sensing.group[group], state, tick)
        note_shown(sensing.shown, tick, group, state)
