"""Lanes that policies add to links: a hard shoulder that is driven on, a lane that the other direction gives."""

from __future__ import annotations

from typing import Literal, NamedTuple

Side = Literal["nearside", "offside"]


class AddedLanes(NamedTuple):
    """Lanes that a link has under a policy, beside those of the network; nobody drives there outside some times.

    Parameters
    ----------
    policy
        Kind of the policy.
    link
        Link that is widened.
    number
        Lanes that are added.
    side
        Where they lie: a shoulder at the nearside becomes lane 0, and all others count one more.
    open_s
        Clock times between which they are open.

    Examples
    --------
    >>> AddedLanes("hard_shoulder_running", "a", 1, "nearside", ((21600.0, 36000.0),)).is_open(30000.0)
    True
    """

    policy: str
    link: str
    number: int
    side: Side
    open_s: tuple[tuple[float, float], ...]

    def is_open(self, time_s: float) -> bool:
        """Whether they are open at a clock time."""
        return any(begin_s <= time_s < end_s for begin_s, end_s in self.open_s)
