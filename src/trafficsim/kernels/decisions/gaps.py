"""Gap acceptance: from which instant on a driver who gives way can enter, and whether the gap is long enough.

All instants are in ticks with their fractions, and so are gaps and follow-up times. The rule has the capacity
``v exp(-v tc / 3600) / (1 - exp(-v tf / 3600))`` in a Poisson stream (HCM 2016, ch. 20).
"""

from __future__ import annotations

from trafficsim.kernels.jit import scalar

NEVER = 1.0e15
"""An instant that does not come."""
MOST_IMPATIENCE = 0.3
"""Share by which the critical gap has fallen after the impatience time (modelling assumption)."""


@scalar
def critical_gap(gap, waited, impatience_time):
    """Return the gap that a driver asks for who has waited so long: it falls to 70 % over the impatience time."""
    return gap * (1.0 - MOST_IMPATIENCE * min(waited / impatience_time, 1.0))


@scalar
def looks_since(tick, looked, moves_up, move_up):
    """Return the instant since which a driver looks who looks in this tick, so that no part of a gap is lost.

    Who ``looked`` in the last tick too looks since then, and who ``moves_up`` in a queue for the ``move_up`` time.
    """
    since = tick - 1.0 if looked else float(tick)
    return min(since, tick - move_up) if moves_up else since


@scalar
def moves_up_behind(entered, tick, follow_up, move_up):
    """Whether a driver comes out of a queue: the leader ``entered`` no longer ago than moving up takes."""
    return tick - entered <= follow_up + move_up


@scalar
def stays_decided(instant, tick, resolve):
    """Whether a driver who has decided to enter at an ``instant`` stays with it: for the time ``resolve``."""
    return instant < NEVER and tick - instant <= resolve


@scalar
def entry_instant(since, entered, follow_up, passed):
    """Return the instant from which a driver can enter: nobody is before it, and the last with priority has passed.

    ``since`` is when the driver began to look in this tick, ``entered`` when its leader entered, ``passed`` when
    the last vehicle with priority passed.
    """
    return max(max(since, entered + follow_up), passed)


@scalar
def accepts(instant, tick, arrival, gap):
    """Whether a driver who can enter from ``instant`` on does so in this tick: the gap up to ``arrival`` is enough."""
    return instant <= tick and arrival - instant >= gap


@scalar
def time_to_conflict(distance, speed, least_speed):
    """Return how long a vehicle takes to the point of conflict; no slower than ``least_speed`` is expected of it."""
    return float(distance) / float(max(speed, least_speed))
