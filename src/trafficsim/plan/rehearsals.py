"""What is reported about the rehearsals in which drivers learnt their routes."""

from __future__ import annotations

from typing import NamedTuple


class Rehearsals(NamedTuple):
    """How drivers came to the routes that they take.

    Attributes
    ----------
    number : of rehearsals that were run
    relative_gap : of the routes as they are frozen: what all together lose against the cheapest paths, as a share of
        the time of these; ``None`` without a rehearsal
    """

    number: int = 0
    relative_gap: float | None = None


NEVER = Rehearsals()
