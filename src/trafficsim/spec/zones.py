"""Zones and matrices of a scenario's demand."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model


class Zone(Model):
    """A zone, with the links by which its trips enter and leave the network.

    Parameters
    ----------
    id
        Name in the matrices.
    origins, destinations
        First links of trips from it, and last links of trips to it. Trips are shared equally among them.

    Examples
    --------
    >>> Zone(id="5", origins=("5 enter",), destinations=("5 leave",)).id
    '5'
    """

    id: str
    origins: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()


class MatrixSource(Model):
    """A matrix of trips between zones in a period; every pair of zones with trips is a flow ``MATRIX FROM>TO``.

    Parameters
    ----------
    file
        CSV file with columns ``origin``, ``destination``, ``trips``, or TNTP file.
    id
        Begins the names of its flows.
    begin_s, end_s
        Clock times between which all its trips depart.
    profile
        ``(clock time in s, weight)`` steps; each applies until the next, the first from ``begin_s``. Weights share the
        trips over the period and do not change their number. Empty: equally.
    factor
        Multiplies all trips.
    departures
        ``"poisson"``: independent arrivals; ``"scheduled"``: equally spaced.
    vehicle_classes
        Share by class name; shares are normalised.

    Examples
    --------
    >>> MatrixSource(file="am.csv", begin_s=25200, end_s=28800, profile=((25200, 1), (27000, 2))).shares()
    ((25200.0, 0.6666666666666666), (27000.0, 1.3333333333333333))
    """

    file: str
    id: str = "matrix"
    begin_s: float = 0.0
    end_s: float = 3600.0
    profile: tuple[tuple[float, float], ...] = ()
    factor: float = Field(default=1.0, ge=0, le=1000)
    departures: Literal["poisson", "scheduled"] = "poisson"
    vehicle_classes: dict[str, float] = Field(default_factory=lambda: {"car": 1.0})

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.end_s <= self.begin_s:
            raise ValueError(f"matrix {self.id!r} ends at {self.end_s:g} s, not after its beginning")
        times = [time for time, _ in self.profile]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError(f"matrix {self.id!r} has profile times that do not increase")
        if times and (times[0] > self.begin_s or times[-1] >= self.end_s):
            raise ValueError(f"matrix {self.id!r} has profile times outside its period; the first is begin_s or before")
        if self.profile and (min(weight for _, weight in self.profile) < 0 or self._weight() <= 0):
            raise ValueError(f"matrix {self.id!r} needs profile weights that are >= 0 and not all 0 in its period")
        return self

    @property
    def hours(self) -> float:
        """Length of the period in hours."""
        return (self.end_s - self.begin_s) / 3600.0

    def shares(self) -> tuple[tuple[float, float], ...]:
        """Return the profile with factors whose mean over the period is 1."""
        mean = self._weight() / (self.end_s - self.begin_s) if self.profile else 1.0
        return tuple((float(time), weight / mean) for time, weight in self.profile)

    def _weight(self) -> float:
        """Integral of the weights over the period."""
        ends = [*(time for time, _ in self.profile[1:]), self.end_s]
        return sum(weight * max(end - max(time, self.begin_s), 0.0)
                   for (time, weight), end in zip(self.profile, ends, strict=True))
