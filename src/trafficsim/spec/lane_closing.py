"""Lanes that policies close for a time, and places at which something else blocks them."""

from __future__ import annotations

import math
from typing import NamedTuple


class LaneClosing(NamedTuple):
    """Lanes of a link that nobody drives on between two clock times.

    Parameters
    ----------
    link
        The link.
    lanes
        Its lanes, from the nearside.
    begin_s, end_s
        Clock times; infinite: from the start, to the end.
    from_m, to_m
        Closed stretch, from the start of the link. Without ``from_m`` the whole lane is closed: drivers know it, and
        come from lanes that lead elsewhere.
    incident
        Name of the incident that it belongs to: without that there is none.

    Examples
    --------
    >>> LaneClosing("a", (0,)).is_whole
    True
    """

    link: str
    lanes: tuple[int, ...]
    begin_s: float = -math.inf
    end_s: float = math.inf
    from_m: float | None = None
    to_m: float = math.inf
    incident: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it closes the whole lane."""
        return self.from_m is None


class BlockedPlace(NamedTuple):
    """Lanes of a link that an incident, or works, block between two places and two clock times."""

    name: str
    link: str
    lanes: tuple[int, ...]
    from_m: float
    to_m: float
    begin_s: float
    end_s: float
    is_incident: bool
