"""What would reverse a verdict: how far each one is from another, in numbers."""

from __future__ import annotations

from typing import NamedTuple

from scipy.special import stdtrit

from trafficsim.results.difference import Difference
from trafficsim.results.precision import replications_needed


class Reversal(NamedTuple):
    """How far a verdict is from another one; absent values do not apply.

    Attributes
    ----------
    room : by how much the mean difference may shrink before ``better`` or ``worse`` is lost
    wanted : replications after which the interval would leave zero out, were the difference as seen
    margin : smallest margin (relative to the baseline's mean) with which both alternatives count as equivalent
    """

    room: float | None = None
    wanted: int | None = None
    margin: float | None = None


def reversal(one: Difference, confidence: float) -> Reversal:
    """Say how far a verdict is from another one, from its own numbers; the spread of the differences is taken as seen.

    A verdict rests on the p-value adjusted by Holm. An adjusted value k times the plain one stays below the level as
    long as the plain one stays below level / k, which is an interval of that level around the mean difference.

    Examples
    --------
    >>> one = Difference("a", "ca", "retimed", "mean_delay_s", True, 10, (), baseline_mean=60.0, diff=-4.0, low=-5.0,
    ...                  high=-3.0, half_width=1.0, p=1e-5, p_adjusted=1e-5, verdict="better")
    >>> found = reversal(one, 0.95)
    >>> round(found.room, 3), round(found.margin, 4)
    (3.0, 0.0802)
    """
    if one.diff is None or not one.half_width or one.p is None or one.n < 2:
        return Reversal()
    freedom, level = one.n - 1, 1.0 - confidence
    error = one.half_width / float(stdtrit(freedom, 1.0 - level / 2.0))
    times = max(1.0, one.p_adjusted / one.p) if one.p_adjusted and one.p > 0.0 else 1.0
    needed = float(stdtrit(freedom, 1.0 - level / times / 2.0)) * error
    margin = (abs(one.diff) + float(stdtrit(freedom, 1.0 - level)) * error) / abs(one.baseline_mean) \
        if one.baseline_mean else None
    if one.verdict in ("better", "worse"):
        return Reversal(room=abs(one.diff) - needed, margin=margin)
    spread = error * one.n**0.5
    wanted = replications_needed(spread, abs(one.diff), confidence) if one.verdict == "no evidence" else None
    return Reversal(wanted=wanted, margin=margin)
