"""Signals: what a state allows the vehicles before a connection.

Green is protected; permitted green and the stop
arrow (turning on red) let vehicles give way; red-amber is red. Codes of states: :mod:`trafficsim.base.codes`.
"""

from __future__ import annotations

from numba import uint32

from trafficsim.base.codes import GREEN, PERMITTED, RED, RED_AMBER, STOP_ARROW, YELLOW
from trafficsim.kernels.jit import scalar
from trafficsim.kernels.rng import draw32, hash32

NO_SIGNAL = -1
"""Instead of a state: the connection has no signal."""
OPEN, CLOSED, YIELD, CLOSING = 0, 1, 2, 3
"""What a vehicle may do at a line: enter, not enter, give way; at yellow the driver decides."""
OCCASION = 0x9E3779B9


@scalar
def permission(state):
    """Return what a signal state allows: :data:`OPEN`, :data:`YIELD`, :data:`CLOSING` or :data:`CLOSED`."""
    if state == GREEN:
        return OPEN
    if state == PERMITTED or state == STOP_ARROW:
        return YIELD
    return CLOSING if state == YELLOW else CLOSED


@scalar
def permission_of_sign(gives_way):
    """Return what a connection without a signal allows: to give way, or to enter."""
    return YIELD if gives_way else OPEN


@scalar
def is_red(state):
    """Whether a state is red: red-amber is, no signal is not."""
    return state == RED or state == RED_AMBER


@scalar
def is_protected(state):
    """Whether nobody has priority over who has this state."""
    return state == GREEN


@scalar
def is_green(state):
    """Whether a state is green, protected or permitted."""
    return state == GREEN or state == PERMITTED


@scalar
def requires_stop(has_sign, state):
    """Whether a vehicle has to stand at the line before it enters: at a stop sign, and turning on red."""
    return has_sign or state == STOP_ARROW


@scalar
def gives_way_to_all(all_way_stop, state):
    """Whether a connection gives way to all whose way it crosses: at an all-way stop, and turning on red."""
    return all_way_stop or state == STOP_ARROW


@scalar
def may_wait_inside(state):
    """Whether a vehicle that gives way may go to an internal waiting area: not at red or yellow."""
    return not (state == RED or state == RED_AMBER or state == YELLOW)


@scalar
def occasion_of(since, name):
    """Return the occasion on which drivers decide about a signal group's state that holds since a tick."""
    return hash32(uint32(uint32(since) * uint32(OCCASION) + uint32(name)))


@scalar
def starts_late(key, occasion):
    """Whether a driver at the line needs the first tick of green to react: every second one (modelling assumption)."""
    return draw32(key, occasion) & uint32(1) != uint32(0)
