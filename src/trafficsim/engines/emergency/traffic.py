"""What units ask of an engine: who is ahead of them, what the stop line shows, whether the crossing way is free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Seen(NamedTuple):
    """A vehicle on a link, as a unit sees it."""

    front_m: float
    """Distance of its front from the stop line."""
    rear_m: float
    """Distance of its rear from the stop line: greater."""
    speed_ms: float
    trip: int
    lane: int
    """Counted from the nearside."""


class Pass(NamedTuple):
    """A stretch of a link on which drivers make way for a unit."""

    link: int
    near_m: float
    """Distance of its end from the stop line, and of its beginning."""
    far_m: float


class RoadUsers(Protocol):
    """The engine's side of emergency vehicles."""

    def vehicles(self, link: int) -> Sequence[Seen]:
        """Return the vehicles on a link, nearest to the stop line first."""

    def is_open(self, turn: int) -> bool:
        """Whether a movement has priority now: at green, or without a signal and without anybody to give way to."""

    def last_entry_s(self, turn: int) -> float:
        """Return how long ago (s) somebody last entered a way that crosses a movement; much where nobody did."""

    def hold(self, turns: frozenset[int]) -> None:
        """Let nobody enter a way that crosses these movements, and everybody all others."""

    def pull_over(self, stretches: Sequence[Pass], speed_ms: float, staying: frozenset[int]) -> None:
        """Let drivers on the stretches slow down to a speed, but for those who stay as they are; all others go on."""

    def check_in(self, distance_m: dict[int, float]) -> None:
        """Tell controllers of units: by movement, the distance of the nearest one from its stop line."""
