"""Police patrols: at places or along a route, marked or unmarked, within a number of officer hours."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import log
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.policies.enforcing import (
    COMMON_NUMBERS,
    Place,
    SpeedEnforcement,
    camera_check,
    felt,
    length_of,
    one_limit_kmh,
    require_places,
)
from trafficsim.policies.kernels import halving, linear
from trafficsim.spec.behaviour import Zone
from trafficsim.spec.enforcement import Deployment, Roster
from trafficsim.spec.policy import Builder


class Patrol(SpeedEnforcement):
    """Let police stand at places or drive along a route, marked or unmarked, on fixed or on random days.

    Mechanism: at a marked patrol who drives faster than the limit slows down to it; the response halves every 900 m
    downstream. An unmarked patrol is not noticed: it sanctions, and acts through what drivers learn over days alone.
    With ``officer_hours_per_day`` the officers do not suffice for all places: which are visited on a day is drawn, and
    the hours are never exceeded. A patrol that drives along a ``route`` is somewhere on it: everywhere on the route the
    response has the mean strength over its positions (way over which a post is felt, 900 m / ln 2, by the length of
    the route), and it sees who speeds within 500 m of itself.

    Source: European Commission, ERSO, Time and distance halo effects (halves every 900 m; reach 2.4 to 8 km, up to
    22 km with random schedules; fewer than six days at a place leave little or nothing); Turner-Fairbank synthesis
    (to the limit at the post); Vaa 1997 (six weeks, nine hours a day, 35 km: -0.9 to -4.8 km/h). Grade B. Origin:
    input.

    Halo after it has gone: at least six days at a place are needed for any; up to eight weeks after six weeks of nine
    hours a day, none in the morning peak (Vaa 1997). It is no part of the response: it follows from what people learn,
    in a study over days with a population.

    Limits: the speed at the post is an input. The mean strength of a patrol that drives, and what it sees, are
    modelling assumptions. No crash effect is claimed (-23 % near, -17 % in the wider area are published).

    Parameters
    ----------
    at
        Places of patrols that stand.
    route
        Links along which a patrol drives, in driving order.
    schedule
        Days, weeks, weekdays and hours.
    marked
        Whether drivers can see that it is police.
    noticed
        Share of passing drivers who notice it; ``None``: 1 when marked, 0 when unmarked.
    officers
        Officers at each place.
    officer_hours_per_day
        Officer hours of a day for all places together; ``None``: all are visited on every day of the schedule.
    margin_mean, margin_sd, unaffected
        Margin over the limit that drivers allow themselves (share of the limit), and share who do not care.
    upstream_m
        From how far before the post drivers slow down.
    halving_m, reach_m
        Way beyond the post over which the response halves, and where it is cut.
    seen_m
        Length over which a patrol that drives measures speeds.
    tolerance_kmh
        Vehicles faster than the limit by more than this are cited.
    present, detection, sanctioned
        Probability that it is there on such a day, that an offence is detected, and that a detected one is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.

    Examples
    --------
    >>> Patrol(at=(Place(link="east2", position_m=200.0),)).noticed_share
    1.0
    """

    kind: ClassVar[str] = "patrol"
    mechanism: ClassVar[str] = (
        "Drivers who see a marked patrol slow down to the limit; the response halves every 900 m beyond it. Unmarked "
        "patrols act through sanctions alone."
    )
    source: ClassVar[str] = (
        "European Commission, ERSO: Time and distance halo effects; Turner-Fairbank speed synthesis; Vaa 1997, "
        "Accident Analysis & Prevention 29(3):373-385"
    )
    grade: ClassVar[str] = "B (patrols that drive: D)"
    limits: ClassVar[str] = (
        "The speed at the post is an input; for patrols that drive, strength and detection are modelling assumptions. "
        "What it leaves behind over days needs a study over days. No crash effect is claimed."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "officers": "modelling assumption: two to a patrol",
        "margin_mean": "input: to the limit at the post (Turner-Fairbank synthesis)",
        "margin_sd": "modelling assumption",
        "unaffected": "modelling assumption: everybody who notices it slows down",
        "upstream_m": "modelling assumption: 'small' (policy evidence)",
        "halving_m": "input: halves every 900 m (ERSO)",
        "reach_m": "input: 2.4 to 8 km (ERSO); cut where 5 % are left",
        "seen_m": "modelling assumption",
        "tolerance_kmh": "modelling assumption",
    }
    example: ClassVar[str] = (
        '{ kind = "patrol", at = [{ link = "east1", position_m = 200 }, { link = "east3", position_m = 900 }], '
        'officer_hours_per_day = 16, schedule = { hours = [{ begin_h = 6, end_h = 14 }] } }'
    )

    at: tuple[Place, ...] = ()
    route: tuple[str, ...] = ()
    marked: bool = True
    officers: float = Field(default=2.0, ge=0, le=100)
    officer_hours_per_day: float | None = Field(default=None, ge=0)
    margin_sd: float = Field(default=0.02, ge=0, le=0.5)
    upstream_m: float = Field(default=100.0, gt=0, le=5000)
    halving_m: float = Field(default=900.0, gt=0, le=20000)
    reach_m: float = Field(default=4000.0, gt=0, le=30000)
    seen_m: float = Field(default=500.0, gt=0, le=5000)

    @model_validator(mode="after")
    def _somewhere_within_the_hours(self) -> Self:
        if not self.at and not self.route:
            random = "a random schedule without places" if self.officer_hours_per_day is not None else "no place"
            raise ValueError(f"{random}: give at, route, or both")
        need_h = self.officers * self.schedule.hours_on_day
        if self.officer_hours_per_day is not None and 0 < self.officer_hours_per_day < need_h:
            raise ValueError(f"officer_hours_per_day is {self.officer_hours_per_day:g}, but one visit takes "
                             f"{self.officers:g} officers for {self.schedule.hours_on_day:g} h, {need_h:g} officer "
                             "hours: no place would ever be visited; shorten the hours, or give more officer hours")
        return self

    @property
    def noticed_share(self) -> float:
        """Share of passing drivers who notice it."""
        return float(self.marked) if self.noticed is None else self.noticed

    def lower(self, builder: Builder) -> None:
        """Put patrols at all places and along the route."""
        require_places(builder, self.kind, self.at)
        roster = self._roster(builder)
        for place in self.at:
            name = f"patrol {place.link} {place.position_m:g} m"
            zones = felt(builder, place, (self.upstream_m, linear(self.upstream_m)),
                         (self.reach_m, halving(self.halving_m)))
            builder.deploy(self._deployment(builder, name, (place,), zones, roster))
        if self.route:
            self._rove(builder, roster)

    def _roster(self, builder: Builder) -> Roster | None:
        if self.officer_hours_per_day is None:
            return None
        places = ", ".join([*(f"{place.link} {place.position_m:g} m" for place in self.at), *self.route[:1]])
        return Roster(name=f"patrols at {places}", officer_hours_per_day=self.officer_hours_per_day)

    def _rove(self, builder: Builder, roster: Roster | None) -> None:
        """Drive along the route: mean strength everywhere on it, a check in the middle of every link."""
        name = f"patrol along {self.route[0]}" + (f" to {self.route[-1]}" if len(self.route) > 1 else "")
        length_m = {link: length_of(builder, link, f"policy {self.kind}: {name}") for link in self.route}
        total_m = sum(length_m.values())
        _require_one_road(builder, self.route, f"policy {self.kind}: {name}")
        strength = min(_felt_m(self.halving_m) / total_m, 1.0)
        zones = tuple(Zone(link=link, begin_m=0.0, end_m=length_m[link], strength=strength) for link in self.route)
        middles = tuple(Place(link=link, position_m=length_m[link] / 2.0) for link in self.route)
        builder.deploy(self._deployment(builder, name, middles, zones, roster,
                                        self.detection * min(self.seen_m / total_m, 1.0)))

    def _deployment(self, builder: Builder, name: str, places: tuple[Place, ...], zones: tuple[Zone, ...],
                    roster: Roster | None, detection: float | None = None) -> Deployment:
        numbered = [name] if len(places) == 1 else [f"{name}: {place.link}" for place in places]
        checks = tuple(camera_check(builder, one, place, self.tolerance_kmh)
                       for one, place in zip(numbered, places, strict=True))
        more = {} if detection is None else {"detection": detection}
        return Deployment(
            name=name, kind="patrol", along=tuple(dict.fromkeys(place.link for place in places)), link=places[0].link,
            response=self.response, zones=zones, checks=checks, schedule=self.schedule, noticed=self.noticed_share,
            publicity=self.publicity, present=self.present, roster=roster,
            sanction=self.sanction(tolerance_kmh=self.tolerance_kmh, **more),
            officer_hours_per_day=self.officers * self.schedule.hours_on_day)


def _felt_m(halving_m: float) -> float:
    """Way over which a post is felt: the integral of its kernel."""
    return halving_m / log(2.0)


def _require_one_road(builder: Builder, route: tuple[str, ...], where: str) -> None:
    """Refuse a route whose links do not follow each other, or have several limits."""
    joined = {(one.from_link, one.to_link) for one in builder.network.connections}
    for pair in pairwise(route):
        if pair not in joined:
            raise PolicyError(where, f"link {pair[1]!r} after {pair[0]!r}", "links that follow each other",
                              "correct the route")
    one_limit_kmh(builder, route, where)
