"""Demand: origin-destination flows, single trips, stops on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

MOST_VOLUME_VEH_H, MOST_PEAK_VEH_H = 20000.0, 100000.0
"""Volume of a flow, and its volume at the highest factor of its profile. A flow enters by one link, and eight lanes,
the most that a link may have, carry less than 20,000 (2,300 veh/h each: HCM 2016, exhibit 12-4); that a crowd may want
to enter at five times that rate is a modelling assumption."""

MADE_UP = "made up "
"""Ids of flows that nobody counted begin so: an import made them up where its file holds no demand."""


class Stop(Model):
    """A scheduled stop in the lane (bus stop, delivery): the vehicle stands for ``dwell_s`` and blocks its followers.

    Parameters
    ----------
    link
        Link of the stop.
    position_m
        Where the front stands, from the start of the link.
    dwell_s
        Dwell time.
    lane
        Lane, counted from the nearside from 0; ``None``: the one that the vehicle is in.

    Examples
    --------
    >>> Stop(link="in", position_m=120, dwell_s=20).lane is None
    True
    """

    link: str
    position_m: float = Field(ge=0)
    dwell_s: float = Field(gt=0, le=7200)
    lane: int | None = Field(default=None, ge=0)


class Trip(Model):
    """One vehicle trip.

    Parameters
    ----------
    id
        Name; its hash is the key of the vehicle's random numbers in every alternative.
    depart_s
        Time of day of its departure.
    route
        Link ids; or give ``origin`` and ``destination``, and a route is assigned (see :class:`Demand`) and fixed.
    via
        Links to pass between origin and destination, in driving order.
    vehicle_class
        Name of a vehicle class, or of a mix.
    depart_position_m
        Position of the front on the first link; ``None`` lets the vehicle enter at its start.
    depart_lane
        Lane on the first link; ``None`` takes the best one.
    stops
        Scheduled stops on the route, in driving order.

    Examples
    --------
    >>> Trip(id="bus 1", depart_s=60, route=("in", "out"), vehicle_class="bus").route
    ('in', 'out')
    """

    id: str
    depart_s: float
    route: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    via: tuple[str, ...] = ()
    vehicle_class: str = "car"
    depart_position_m: float | None = Field(default=None, ge=0)
    depart_lane: int | None = Field(default=None, ge=0)
    stops: tuple[Stop, ...] = ()

    @model_validator(mode="after")
    def _route_or_ends(self) -> Self:
        if not self.route and (self.origin is None or self.destination is None):
            raise ValueError(f"trip {self.id!r} needs a route, or an origin and a destination")
        return self


class Flow(Model):
    """A stream of trips between two links.

    Parameters
    ----------
    id
        Name; vehicle ``n`` of the flow is identified by ``(id, n)``.
    volume_veh_h
        Mean volume over the time with profile factor 1.
    origin, destination, route
        First and last link (a route is assigned, see :class:`Demand`), or all links of the route.
    via
        Links to pass between origin and destination, in driving order.
    begin_s, end_s
        Time of day of its start and end; ``None``: start and end of departures of the scenario.
    profile
        ``(clock time in s, factor)`` steps; each applies until the next. Empty: factor 1.
    departures
        ``"poisson"``: independent arrivals; ``"scheduled"``: equally spaced.
    vehicle_classes
        Share by class name; shares are normalised.

    Examples
    --------
    >>> Flow(id="f", origin="in", destination="out", volume_veh_h=600).departures
    'poisson'
    """

    id: str
    volume_veh_h: float = Field(ge=0, le=MOST_VOLUME_VEH_H)
    origin: str | None = None
    destination: str | None = None
    route: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None
    profile: tuple[tuple[float, float], ...] = ()
    departures: Literal["poisson", "scheduled"] = "poisson"
    vehicle_classes: dict[str, float] = Field(default_factory=lambda: {"car": 1.0})

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.route and (self.origin is None or self.destination is None):
            raise ValueError(f"flow {self.id!r} needs a route, or an origin and a destination")
        if any(factor < 0 for _, factor in self.profile):
            raise ValueError(f"flow {self.id!r} has a negative profile factor")
        highest = max((factor for _, factor in self.profile), default=1.0)
        if self.volume_veh_h * highest > MOST_PEAK_VEH_H:
            raise ValueError(f"flow {self.id!r} brings {self.volume_veh_h * highest:.3g} veh/h at its highest profile "
                             f"factor of {highest:.3g}; at most {MOST_PEAK_VEH_H:,.0f}")
        if any(later[0] <= earlier[0] for earlier, later in zip(self.profile, self.profile[1:], strict=False)):
            raise ValueError(f"flow {self.id!r} has profile times that do not increase")
        shares = self.vehicle_classes.values()
        if not shares or min(shares) < 0 or sum(shares) <= 0:
            raise ValueError(f"flow {self.id!r} needs vehicle class shares that are >= 0 and not all 0")
        return self


Routes = Literal["experienced", "free_flow", "logit", "equilibrium"]
"""How a route that is not given is found."""


class Demand(Model):
    """All trips and flows of a scenario.

    Parameters
    ----------
    flows, trips
        Streams of vehicles, and single ones.
    mixes
        Named distributions over vehicle classes (share by class) that trips may name instead of a class.
    routes
        Route choice of trips and flows without a route: ``"experienced"``, learnt by drivers in a few rehearsals
        (assignment iterations) of the design day; ``"free_flow"``, the fastest route at free-flow speeds;
        ``"logit"``, one of the k cheapest by a path-size logit model (see ``route_choice`` of the scenario); or
        ``"equilibrium"``, a dynamic user equilibrium of the design day (see ``equilibrium`` of the scenario).

    Examples
    --------
    >>> Demand(trips=(Trip(id="t", depart_s=0, route=("in",)),)).flows
    ()
    """

    flows: tuple[Flow, ...] = ()
    trips: tuple[Trip, ...] = ()
    mixes: dict[str, dict[str, float]] = Field(default_factory=dict)
    routes: Routes = "experienced"


@dataclass(frozen=True)
class Unserved:
    """A trip or flow that nothing can carry: it does not depart, and is told with its reason.

    Attributes
    ----------
    name : of the trip or flow
    kind : ``"trip"`` or ``"flow"``
    vehicle_class : its class, or the classes of the flow that cannot be served
    depart_s : clock time of its departure or begin; ``None`` when nobody says
    reason : why
    vehicles : how many vehicles it would have brought on the mean; ``None`` when nobody knows

    Examples
    --------
    >>> Unserved("t", "trip", "car", 0.0, "no route leads from 'a' to 'b'").vehicles
    1.0
    """

    name: str
    kind: Literal["trip", "flow"]
    vehicle_class: str
    depart_s: float | None
    reason: str
    vehicles: float | None = 1.0
