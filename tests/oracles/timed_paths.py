"""Least-time paths when times change by the moment, in plain Python: labels are corrected until nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor

Pair = tuple[int, int]


def time_at(values: Sequence[int], begin: int, width: int, clock: int) -> int:
    """Value at a clock time: linear between moments ``begin + k * width``, constant outside, rounded down."""
    if clock <= begin:
        return values[0]
    place = Fraction(clock - begin, width)
    first = floor(place)
    if first >= len(values) - 1:
        return values[-1]
    return floor(values[first] + (values[first + 1] - values[first]) * (place - first))


def nobody_overtakes(values: Sequence[int], width: int) -> list[int]:
    """Raise times so that who enters at a later moment never leaves earlier."""
    raised = [values[0]]
    for later in values[1:]:
        raised.append(max(later, raised[-1] - width))
    return raised


def least_times(times: Mapping[Pair, Sequence[int]], begin: int, width: int, origin: int, clock: int,
                ) -> dict[int, tuple[int, ...]]:
    """Earliest entry of every link, as (clock, path with lowest links first among equals), by correcting labels.

    Times are of turns (link, next link), from entering the one to entering the other.
    """
    entry = {origin: clock}
    changed = True
    while changed:
        changed = False
        for (tail, head), values in times.items():
            if tail in entry:
                reached = entry[tail] + max(time_at(values, begin, width, entry[tail]), 1)
                if reached < entry.get(head, reached + 1):
                    entry[head], changed = reached, True
    return {link: (entry[link], *_path(times, begin, width, entry, origin, link)) for link in entry}


def _path(times: Mapping[Pair, Sequence[int]], begin: int, width: int, entry: Mapping[int, int], origin: int,
          link: int) -> list[int]:
    path = [link]
    while path[-1] != origin:
        path.append(min(tail for (tail, head), values in times.items()
                        if head == path[-1] and tail in entry
                        and entry[tail] + max(time_at(values, begin, width, entry[tail]), 1) == entry[path[-1]]))
    return path[::-1]
