"""The decision at yellow, taken once: stop or go; and what a driver does who is too near when it turns red.

Who cannot stop with the hardest acceptable braking goes on. Others stop with a chance that is a logit of the time to
the stop line at the present speed (median and spread from a driving simulator with 191 drivers, TRB 10-1770).
"""

from __future__ import annotations

from numba import int32, uint32

from trafficsim.kernels.decisions.braking import can_stop
from trafficsim.kernels.jit import scalar
from trafficsim.kernels.rng import draw32

UNDECIDED, DECIDED_STOP, DECIDED_GO = 0, 1, 2
PARTS_OF_TICK = 8
"""Chances to stop are given by the time to the stop line in eighths of a tick."""


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
