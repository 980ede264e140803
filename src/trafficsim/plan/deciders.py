"""Controllers that somebody has written in Python, as the plan of a run holds them."""

from __future__ import annotations

from typing import Any, NamedTuple

NEVER_LATE_S = float("inf")


class Decider(NamedTuple):
    """An object with ``decide(observation)``, and the signals that it decides about."""

    by: Any
    """Every run works on a copy of its own."""
    signals: tuple[str, ...]
    """Names of controllers of the plan whose method is ``requested``."""
    every_s: float
    within_s: float = NEVER_LATE_S
    """Answers that take longer come too late."""
