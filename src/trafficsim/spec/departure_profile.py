"""Departure-time profiles: how the trips of a matrix are shared over its period."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

Steps = tuple[tuple[float, float], ...]
"""``(clock time in s, weight)``: each weight applies until the next time."""


def check_steps(steps: Steps, where: str) -> None:
    """Refuse steps that do not follow each other, or weights below 0.

    Raises
    ------
    ValueError
        Naming the profile.

    Examples
    --------
    >>> check_steps(((0, 1), (0, 2)), "profile 'am'")
    Traceback (most recent call last):
    ...
    ValueError: profile 'am' has profile times that do not increase
    """
    if any(later <= earlier for (earlier, _), (later, _) in pairwise(steps)):
        raise ValueError(f"{where} has profile times that do not increase")
    if any(weight < 0 for _, weight in steps):
        raise ValueError(f"{where} has a profile weight below 0")


def within(steps: Steps, begin_s: float, end_s: float) -> Steps:
    """Return the steps that apply between two times, the first from the begin.

    Examples
    --------
    >>> within(((0, 1), (600, 2), (1200, 3)), 700, 1200)
    ((700.0, 2.0),)
    """
    ends = [*(time for time, _ in steps[1:]), end_s]
    return tuple((float(max(time, begin_s)), float(weight)) for (time, weight), end in zip(steps, ends, strict=True)
                 if end > begin_s and time < end_s)


def area(steps: Steps, begin_s: float, end_s: float) -> float:
    """Integral of the weights between two times.

    Examples
    --------
    >>> area(((0, 1), (600, 3)), 0, 1200)
    2400.0
    """
    inside = within(steps, begin_s, end_s)
    ends = [*(time for time, _ in inside[1:]), end_s]
    return sum(weight * (end - time) for (time, weight), end in zip(inside, ends, strict=True))


def mixed(profiles: Mapping[str, Steps], shares: Mapping[str, float], begin_s: float, end_s: float) -> Steps:
    """Share the trips between two times over several profiles, each with its share of them.

    Parameters
    ----------
    profiles
        Profiles by name; each begins at ``begin_s`` or before, and has a weight above 0 in the period.
    shares
        Share of the trips by profile; shares are normalised.
    begin_s, end_s
        The period.

    Returns
    -------
    Factors whose mean over the period is 1.

    Examples
    --------
    Half of the trips depart as one profile says, half as the other:

    >>> mixed({"early": ((0, 1), (50, 0)), "even": ((0, 5),)}, {"early": 1, "even": 1}, 0, 100)
    ((0.0, 1.5), (50.0, 0.5))
    """
    total = sum(shares.values())
    parts = {name: within(profiles[name], begin_s, end_s) for name in shares}
    mean = {name: area(steps, begin_s, end_s) / (end_s - begin_s) for name, steps in parts.items()}
    times = sorted({time for steps in parts.values() for time, _ in steps})
    return tuple((time, sum(shares[name] / total * (_weight(steps, time) / mean[name])
                            for name, steps in parts.items())) for time in times)


def _weight(steps: Steps, time_s: float) -> float:
    return next((weight for begin_s, weight in reversed(steps) if begin_s <= time_s), 0.0)
