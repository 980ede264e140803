"""Origin-destination matrices: trips from each zone to each zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import DemandError, quoted


@dataclass(frozen=True, eq=False)
class ODMatrix:
    """Trips from each zone (row) to each zone (column).

    Parameters
    ----------
    zones
        Names of the zones, in the order of rows and columns.
    trips
        Trips, or trips per hour: what the capacities of the network count too. Shape (zones, zones).

    Raises
    ------
    DemandError
        If the matrix is not square, a name occurs twice, or a value is negative or not finite.

    Examples
    --------
    >>> matrix = ODMatrix(("town", "airport"), np.array([[0.0, 120.0], [80.0, 0.0]]))
    >>> matrix.total
    200.0
    """

    zones: tuple[str, ...]
    trips: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse what is no matrix of trips."""
        object.__setattr__(self, "trips", _square(self.trips, len(self.zones)))
        twice = next((zone for zone in self.zones if self.zones.count(zone) > 1), None) \
            if len(set(self.zones)) < len(self.zones) else None
        if twice is not None:
            raise DemandError("matrix: zones", f"zone {quoted(twice)} a second time", "unique zones", "rename one")
        wrong = np.argwhere(~(np.isfinite(self.trips) & (self.trips >= 0)))
        if len(wrong):
            origin, destination = wrong[0]
            raise DemandError(
                f"matrix: from zone {quoted(self.zones[origin])} to zone {quoted(self.zones[destination])}",
                f"{self.trips[origin, destination]:g} trips", "a finite number >= 0", "correct the value")

    @property
    def total(self) -> float:
        """All trips, those within zones too."""
        return float(self.trips.sum())

    @property
    def within_zones(self) -> float:
        """Trips that begin and end in one zone; they use no link."""
        return float(np.trace(self.trips))

    def between(self) -> NDArray[np.float64]:
        """Return the trips without those within zones."""
        trips = self.trips.copy()
        np.fill_diagonal(trips, 0.0)
        return trips

    def scaled(self, factor: float) -> ODMatrix:
        """Return the matrix with every value multiplied.

        Examples
        --------
        >>> ODMatrix(("a", "b"), np.array([[0.0, 10.0], [0.0, 0.0]])).scaled(2.0).total
        20.0
        """
        return ODMatrix(self.zones, self.trips * factor)


def matrix_of(rows: Iterable[tuple[str, str, float]], zones: Iterable[str] = ()) -> ODMatrix:
    """Make a matrix of (origin, destination, trips); values of a pair that occurs again are added.

    Parameters
    ----------
    rows
        Origin, destination and trips.
    zones
        Zones in their order; those that only the rows name follow.

    Examples
    --------
    >>> matrix_of([("a", "b", 5.0), ("b", "a", 3.0), ("a", "b", 1.0)]).trips.tolist()
    [[0.0, 6.0], [3.0, 0.0]]
    """
    place = {zone: row for row, zone in enumerate(dict.fromkeys(zones))}
    entries = [(place.setdefault(origin, len(place)), place.setdefault(destination, len(place)), trips)
               for origin, destination, trips in rows]
    trips = np.zeros((len(place), len(place)))
    for origin, destination, number in entries:
        trips[origin, destination] += number
    return ODMatrix(tuple(place), trips)


def _square(values: Any, zones: int) -> NDArray[np.float64]:
    try:
        trips = np.array(values, np.float64)
    except (TypeError, ValueError):
        raise DemandError("matrix: trips", "values that are no numbers", "numbers", "correct them") from None
    if trips.shape != (zones, zones):
        raise DemandError("matrix: trips", f"shape {trips.shape}", f"one row and column per zone ({zones}, {zones})",
                          "give as many rows and columns as zones")
    trips.setflags(write=False)
    return trips
