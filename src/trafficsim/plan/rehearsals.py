"""What is reported about the rehearsals in which drivers learnt their routes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Iteration(NamedTuple):
    """One iteration on the way to a dynamic equilibrium.

    Attributes
    ----------
    relative_gap : sum of the costs of the routes taken over the sum of least costs, less one
    switched : share of the trips whose route traffic decides that change their route after it
    mean_time_s, least_time_s : mean cost of these routes and mean least cost, as the measured times say
    travel_time_s : mean time from departure to arrival of the trips that arrived, by the clock; ``None`` if none did
    total_time_h : of all trips, from departure to arrival or to the end of the run
    unfinished : trips that did not arrive
    without_path : trips for which no path is open
    """

    relative_gap: float
    switched: float
    mean_time_s: float
    least_time_s: float
    travel_time_s: float | None
    total_time_h: float
    unfinished: int
    without_path: int


def iteration_of(row: Sequence[float]) -> Iteration:
    """Return an iteration from its values as real numbers, as files keep them; NaN: none.

    Examples
    --------
    >>> iteration_of([0.1, 0.2, 90.0, 80.0, math.nan, 1.0, 3.0, 0.0]).unfinished
    3
    """
    told = Iteration(*row)  # type: ignore[arg-type]
    return told._replace(travel_time_s=None if math.isnan(row[4]) else row[4], unfinished=int(row[6]),
                         without_path=int(row[7]))


class Rehearsals(NamedTuple):
    """How drivers came to the routes that they take.

    Attributes
    ----------
    number : of rehearsals that were run
    relative_gap : of the routes as they are frozen: what all together lose against the cheapest paths, as a share of
        the time of these; ``None`` without a rehearsal
    iterations : of a dynamic equilibrium; none where routes are those of experience
    """

    number: int = 0
    relative_gap: float | None = None
    iterations: tuple[Iteration, ...] = ()


NEVER = Rehearsals()
