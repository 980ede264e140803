"""Precision: how wide an interval is, and how many replications a wanted width needs."""

from __future__ import annotations

import math

from scipy.special import ndtri, stdtrit

COUNTLESS = 10**9
"""Above this, Student's t is the normal value to ten digits, and the exact number is of no use to anybody."""


def replications_needed(sd: float, half_width: float, confidence: float = 0.95) -> int | None:
    """Smallest N whose t-interval is as narrow as wanted: ``t(N-1) * sd / sqrt(N) <= half_width``.

    This is the formula of :func:`published_replications` solved with the t of N itself instead of that of the pilot
    runs, and it is what comparisons report. The standard deviation is that of few runs and may be wrong by a third
    (ten runs): run the number, look at the precision reached, and go on if it is not there yet.

    To *find* a difference d with 80 % power at 5 %, ask for a half-width of 0.7 d: 1.96 / (1.96 + 0.84).

    Parameters
    ----------
    sd
        Standard deviation of what is averaged; for a comparison, of the paired differences.
    half_width
        Wanted half-width of the interval, in the unit of ``sd``.
    confidence
        Level of the interval.

    Returns
    -------
    A number from 2 to ``COUNTLESS``; ``None`` where none can be given (no variance, or a width of zero).

    Examples
    --------
    >>> replications_needed(10.0, 5.0), replications_needed(0.0, 5.0), replications_needed(10.0, 0.0)
    (18, None, None)
    """
    if sd <= 0.0 or half_width <= 0.0 or not math.isfinite(sd / half_width):
        return None
    level = 0.5 + confidence / 2.0
    with_normal = (float(ndtri(level)) * sd / half_width) ** 2 if sd / half_width < COUNTLESS else math.inf
    if with_normal > COUNTLESS:
        return COUNTLESS
    number = max(2, math.ceil(with_normal))
    while float(stdtrit(number - 1, level)) * sd > half_width * math.sqrt(number):
        number += 1
    return number


def published_replications(mean: float, sd: float, n: int, relative_error: float, confidence: float = 0.95) -> float:
    """Number of runs by the formula in use, N = (t(n-1) * sd / (relative_error * mean))^2, before rounding up.

    Source: Texas DOT, Traffic and Safety Analysis Procedures Manual, section 13.7.2. It takes t from the n pilot runs;
    comparisons report :func:`replications_needed`, which gives 18 here because 18 runs have a smaller t than ten.

    Examples
    --------
    >>> number = published_replications(mean=100.0, sd=10.0, n=10, relative_error=0.05)
    >>> round(number, 1), math.ceil(number)
    (20.5, 21)
    """
    t = float(stdtrit(n - 1, 0.5 + confidence / 2.0))
    return (t * sd / (relative_error * mean)) ** 2
