"""The decision at yellow, taken once: stop or go; and what drivers do who are too near at red, or do not see it.

Red running is two processes. *Late decisions*: who cannot stop with the hardest acceptable braking goes on, others stop
with a chance that is a logit of the time to the stop line at the present speed (median and spread from a driving
simulator with 191 drivers, TRB 10-1770). *Inattention*: few drivers do not see the signal, and cross at any time.
"""

from __future__ import annotations

from numba import int32, int64, uint32

from trafficsim.kernels.decisions.braking import can_stop
from trafficsim.kernels.jit import scalar
from trafficsim.kernels.rng import Stream, draw32, hash32

UNDECIDED, DECIDED_STOP, DECIDED_GO = 0, 1, 2
PARTS_OF_TICK = 8
"""Chances to stop are given by the time to the stop line in eighths of a tick."""
INATTENTION, HARD_STOP = int(Stream.INATTENTION), int(Stream.HARD_STOP)
OCCASION = 0x9E3779B9


@scalar
def forced_at_yellow(v, available, hardest):
    """Return the decision of who has no choice: to stop standing, to go when too near; else :data:`UNDECIDED`.

    ``hardest`` is the hardest braking that drivers accept.
    """
    if v == 0:
        return DECIDED_STOP
    return UNDECIDED if can_stop(v, available, hardest) else DECIDED_GO


@scalar
def parts_to_line(v, available):
    """Return the time to the stop line at the present speed, which is not zero, in eighths of a tick."""
    return int32(int32(PARTS_OF_TICK) * max(available, int32(0)) // v)


@scalar
def chosen_at_yellow(key, occasion, probability):
    """Return the decision of a driver who has the choice; ``probability`` to stop is in 1/65536.

    The same driver (``key``) decides alike at the same yellow (``occasion``) in every alternative.
    """
    drawn = int32(draw32(key, occasion) & uint32(0xFFFF))
    return DECIDED_STOP if drawn < probability else DECIDED_GO


@scalar
def decided_at_red(v, available, hardest):
    """Return the decision at red of who has taken none: to stop, unless that is impossible."""
    return DECIDED_GO if v > 0 and not can_stop(v, available, hardest) else DECIDED_STOP


@scalar
def occasion_at(stream, place):
    """Return the occasion on which drivers draw once at a place: the same one whatever the signal shows, and when."""
    return hash32(uint32(uint32(place) * uint32(OCCASION) + uint32(stream)))


@scalar
def overlooks(key, place, threshold):
    """Whether a driver does not see the signal of an approach (``place``): the same drivers in every alternative.

    ``threshold`` is the share of drivers in 1/2^32; those of a smaller share are among those of a larger one.
    """
    return int64(draw32(key, occasion_at(INATTENTION, place))) < threshold


@scalar
def stops_hard(key, place, share):
    """Whether a driver who stops at yellow brakes late and hard; ``share`` of those drivers, in 1/65536."""
    return int32(draw32(key, occasion_at(HARD_STOP, place)) & uint32(0xFFFF)) < share
