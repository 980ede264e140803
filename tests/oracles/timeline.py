"""What holds when, said plainly: one value, one clock time."""

from __future__ import annotations

from collections.abc import Iterable


def value_at(plain: float, schedule: Iterable[tuple[float, float, float]], time_s: float) -> float:
    """The value of the (begin, end, value) that time falls into; ``plain`` outside all of them."""
    for begin_s, end_s, value in schedule:
        if begin_s <= time_s < end_s:
            return value
    return plain


def seen_limits(plain: float, schedule: list[tuple[float, float, float]], entries_s: Iterable[float]) -> list[float]:
    """What drivers who enter a link at these times take with them along it: a sign stands at its beginning."""
    return [value_at(plain, schedule, entry_s) for entry_s in entries_s]
