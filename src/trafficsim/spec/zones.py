"""Zones and matrices of a scenario's demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.departure_profile import Steps, area, check_steps, mixed
from trafficsim.spec.model import Model

Ends = tuple[str, ...] | dict[str, float]
"""Links, shared equally, or with their weights."""
End = Literal["origins", "destinations"]


class Zone(Model):
    """A zone, with the links by which its trips enter and leave the network: its connectors.

    Parameters
    ----------
    id
        Name in the matrices.
    origins, destinations
        First links of trips from it, and last links of trips to it: a list, or weights by link.
    connectors
        ``"shares"``: trips are shared among the links by their weights (equally where there are none);
        ``"least_cost"``: trips of a pair of zones take the links between which the free-flow time is least.

    Examples
    --------
    >>> Zone(id="5", origins={"north": 3, "south": 1}, destinations=("leave",)).shares("origins")
    {'north': 0.75, 'south': 0.25}
    """

    id: str
    origins: Ends = ()
    destinations: Ends = ()
    connectors: Literal["shares", "least_cost"] = "shares"

    @model_validator(mode="after")
    def _shared(self) -> Self:
        for end in (self.origins, self.destinations):
            if isinstance(end, dict) and end and (min(end.values()) < 0 or sum(end.values()) <= 0):
                raise ValueError(f"zone {self.id!r} needs weights of links that are >= 0 and not all 0")
        return self

    def shares(self, end: End) -> dict[str, float]:
        """Return the share of the trips that enter or leave by each link; links of weight 0 are left out."""
        links: Ends = getattr(self, end)
        weights = links if isinstance(links, dict) else dict.fromkeys(links, 1.0)
        total = sum(weights.values())
        return {link: weight / total for link, weight in weights.items() if weight > 0}


class MatrixSource(Model):
    """A matrix of trips between zones in a period; every pair of zones with trips is a flow ``MATRIX FROM>TO``.

    Parameters
    ----------
    file
        CSV file with columns ``origin``, ``destination``, ``trips``, TNTP file, or OMX file.
    table, mapping
        Table of an OMX file, and its mapping of zone numbers; needed where it has several.
    id
        Begins the names of its flows.
    begin_s, end_s
        Clock times between which all its trips depart.
    profile
        Departure-time profile: ``(clock time in s, weight)`` steps, each of which applies until the next, the first
        from ``begin_s``; or the name of one of ``[demand.profiles]``; or several names, each with its share of the
        trips. Weights share the trips over the period and do not change their number. Empty: equally.
    factor
        Multiplies all trips.
    departures
        ``"poisson"``: independent arrivals; ``"scheduled"``: equally spaced.
    vehicle_classes
        Share by class name; shares are normalised.

    Examples
    --------
    >>> MatrixSource(file="am.csv", begin_s=25200, end_s=28800, profile=((25200, 1), (27000, 2))).steps()
    ((25200.0, 0.6666666666666666), (27000.0, 1.3333333333333333))
    """

    file: str
    table: str | None = None
    mapping: str | None = None
    id: str = "matrix"
    begin_s: float = 0.0
    end_s: float = 3600.0
    profile: Steps | str | dict[str, float] = ()
    factor: float = Field(default=1.0, ge=0, le=1000)
    departures: Literal["poisson", "scheduled"] = "poisson"
    vehicle_classes: dict[str, float] = Field(default_factory=lambda: {"car": 1.0})

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.end_s <= self.begin_s:
            raise ValueError(f"matrix {self.id!r} ends at {self.end_s:g} s, not after its beginning")
        if isinstance(self.profile, tuple):
            self._check_own(self.profile)
        if isinstance(self.profile, dict) and (min(self.profile.values(), default=-1) < 0
                                               or sum(self.profile.values()) <= 0):
            raise ValueError(f"matrix {self.id!r} needs shares of profiles that are >= 0 and not all 0")
        return self

    def _check_own(self, steps: Steps) -> None:
        where = f"matrix {self.id!r}"
        check_steps(steps, where)
        if steps and (steps[0][0] > self.begin_s or steps[-1][0] >= self.end_s):
            raise ValueError(f"{where} has profile times outside its period; the first is begin_s or before")
        if steps and area(steps, self.begin_s, self.end_s) <= 0:
            raise ValueError(f"{where} needs profile weights that are >= 0 and not all 0 in its period")

    @property
    def hours(self) -> float:
        """Length of the period in hours."""
        return (self.end_s - self.begin_s) / 3600.0

    def steps(self, profiles: Mapping[str, Steps] | None = None) -> Steps:
        """Return the profile with factors whose mean over the period is 1.

        Parameters
        ----------
        profiles
            Named profiles of the demand.

        Raises
        ------
        ValueError
            If a profile is not among them, begins after the period, or has no weight in it.
        """
        if isinstance(self.profile, tuple):
            own = {"": self.profile}
            return mixed(own, {"": 1.0}, self.begin_s, self.end_s) if self.profile else ()
        shares = {self.profile: 1.0} if isinstance(self.profile, str) else self.profile
        known = profiles or {}
        for name in shares:
            if name not in known:
                raise ValueError(f"profile {name!r} is none of [demand.profiles]: "
                                 f"{', '.join(known) or 'there is none'}")
            if known[name][0][0] > self.begin_s or area(known[name], self.begin_s, self.end_s) <= 0:
                raise ValueError(f"profile {name!r} begins after {self.begin_s:g} s, or has no weight up to "
                                 f"{self.end_s:g} s")
        return mixed(known, {name: share for name, share in shares.items() if share > 0}, self.begin_s, self.end_s)
