"""What the signal or sign of a connection allows a vehicle: look-ups, and the decisions that follow from them."""

from __future__ import annotations

from numba import int32, int64, njit

from trafficsim.base.codes import YELLOW
from trafficsim.kernels.ca.packed_state import EXIT, FLAG_WRONG, decision
from trafficsim.kernels.decisions.signals import (
    CLOSED,
    CLOSING,
    NO_SIGNAL,
    OPEN,
    gives_way_to_all,
    is_green,
    is_red,
    occasion_of,
    permission,
    permission_of_sign,
    requires_stop,
    starts_late,
)
from trafficsim.kernels.decisions.yellow import (
    DECIDED_GO,
    DECIDED_STOP,
    UNDECIDED,
    chosen_at_yellow,
    decided_at_red,
    forced_at_yellow,
    overlooks,
    parts_to_line,
    stops_hard,
)
from trafficsim.kernels.jit import spliced

MUST_STOP, KEEP_CLEAR, ALL_WAY, SHUT = 1, 2, 4, 8
"""Bits of ``Net.conn.manner``; who cannot stop before a connection that is shut goes on."""


@njit(inline="always")
def shown(net, signals, conn):
    """Return the state that the signal of a connection shows; NO_SIGNAL without one."""
    group = net.conn[conn].group
    return signals.group[group].state if group >= 0 else int32(NO_SIGNAL)


@spliced
def yields(net, conn):
    """Whether a connection without a signal gives way: to others, or at a stop sign."""
    return net.conn[conn + 1].yields > net.conn[conn].yields or net.conn[conn].manner & MUST_STOP != 0


@spliced
def at_yellow(net, signals, group, view):
    """Return the driver's decision at yellow: the one already taken, or one taken now."""
    made = decision(view.y)
    if made != UNDECIDED:
        return made
    forced = forced_at_yellow(view.v, view.available, net.scale.hard)
    if forced != UNDECIDED:
        return forced
    part = min(parts_to_line(view.v, view.available), int32(net.stop_probability.shape[1] - 1))
    occasion = occasion_of(signals.group[group].since, signals.group[group].name)
    row = net.link[net.lane[view.lane].link].yellow
    return chosen_at_yellow(view.key, occasion, net.stop_probability[row, part])


@spliced
def is_inattentive(net, lane, v, key):
    """Whether a driver under way on a lane does not see the signal at its end; who stands sees it."""
    if net.scale.inattentive == 0 or v == 0:
        return False
    link = net.lane[lane].link
    return overlooks(key, link, net.link[link].inattention)


@spliced
def braking_at_line(net, signals, view, made, own):
    """Return the braking towards a closed line: the driver's ``own``, or at yellow the hardest of who stops late."""
    if net.scale.hard_stops == 0 or made != DECIDED_STOP or shown(net, signals, view.conn) != YELLOW:
        return own
    link = net.lane[view.lane].link
    return max(own, net.scale.hard) if stops_hard(view.key, link, net.link[link].hard_stop) else own


@spliced
def signal_view(net, signals, view):
    """Return (open, closed or give way; decision): what the signal of a connection means to a vehicle."""
    group = net.conn[view.conn].group
    if net.conn[view.conn].manner & SHUT != 0:
        goes = decided_at_red(view.v, view.available, net.scale.hard) == DECIDED_GO
        return (OPEN if goes else CLOSED), UNDECIDED
    if group < 0:
        return permission_of_sign(yields(net, view.conn)), UNDECIDED
    allowed = permission(signals.group[group].state)
    if (allowed == CLOSING or allowed == CLOSED) and is_inattentive(net, view.lane, view.v, view.key):
        return OPEN, DECIDED_GO
    if allowed == CLOSING:
        made = at_yellow(net, signals, group, view)
        return (OPEN if made == DECIDED_GO else CLOSED), made
    if allowed == CLOSED:
        made = decided_at_red(view.v, view.available, net.scale.hard)
        return (OPEN if made == DECIDED_GO else CLOSED), made
    return allowed, UNDECIDED


@spliced
def shows_red(net, signals, conn):
    """Whether the vehicles of a connection have red."""
    return is_red(shown(net, signals, conn))


@njit(inline="always")
def goes_after_all(net, signals, conn):
    """Whether a connection gives way to all that cross it: at an all-way stop, and turning on red."""
    return gives_way_to_all(net.conn[conn].manner & ALL_WAY != 0, shown(net, signals, conn))


@spliced
def has_to_stop(net, signals, conn):
    """Whether a stop is asked for at the line: a stop sign, or a turn on red."""
    return requires_stop(net.conn[conn].manner & MUST_STOP != 0, shown(net, signals, conn))


@spliced
def lets_turn(net, signals, conn, lane):
    """Whether a driver may turn from a lane that does not serve the turn: at green of any of its ways, or of the turn.

    A lane may have a signal that never shows green, or lead nowhere: then it is the signal of the turn that counts.
    """
    if net.conn[conn].manner & SHUT != 0:
        return False
    link = net.lane[lane].link
    turns = int64(net.link[link + 1].turn - net.link[link].turn)
    allowed = may_go(net, signals, conn)
    for own in range(int64(net.reach[net.lane[lane].turns]), int64(net.reach[net.lane[lane].turns + turns])):
        allowed = allowed or may_go(net, signals, own)
    return allowed


@spliced
def may_go(net, signals, conn):
    """Whether a connection has green or a permission, or no signal."""
    state = shown(net, signals, conn)
    return state == NO_SIGNAL or is_green(state)


@spliced
def late_start(net, signals, conn, key, tick):
    """Whether a driver at the line needs the first tick of green to react."""
    group = net.conn[conn].group
    if group < 0 or signals.group[group].since != tick or tick == 0:
        return False
    return starts_late(key, occasion_of(tick, signals.group[group].name))


@spliced
def waits_at_red(net, signals, lane, y, turn):
    """Whether the first vehicle of a lane, standing at its line, stays there whatever it wants: the common case."""
    group = net.lane[lane].group
    if turn == EXIT or group < 0 or y & FLAG_WRONG:
        return False
    return is_red(signals.group[group].state)
