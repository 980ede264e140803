"""What is planned or comes with the day: road works and closures, weather, surges of demand, evacuation."""

from __future__ import annotations

from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model
from trafficsim.spec.schema import within
from trafficsim.spec.selectors import Links

Condition = Literal["light_rain", "rain", "heavy_rain", "light_snow", "snow", "heavy_snow", "severe_cold", "fog",
                    "dense_fog"]


class Adjustment(NamedTuple):
    """Factors of a condition of weather."""

    speed: float
    capacity: float


CONDITIONS: dict[Condition, Adjustment] = {
    "light_rain": Adjustment(0.98, 0.98), "rain": Adjustment(0.93, 0.93), "heavy_rain": Adjustment(0.92, 0.86),
    "light_snow": Adjustment(0.87, 0.96), "snow": Adjustment(0.84, 0.89), "heavy_snow": Adjustment(0.83, 0.78),
    "severe_cold": Adjustment(0.93, 0.92), "fog": Adjustment(0.94, 0.90), "dense_fog": Adjustment(0.92, 0.88),
}
"""Factors of free-flow speed and capacity on motorways. Capacity: one less the mean reductions of HCM 2010, exhibit
10-15 (as quoted by FHWA 2013, guide for ATDM strategies, appendix A, table 33), grade B. Speed: of the order of the
factors of HCM 2016, ch. 11, at 70 mi/h, which were not checked against the print: grade C. On other roads both are
modelling assumptions."""


def _begins_before_it_ends(what: str, begin_s: float | None, end_s: float | None) -> None:
    if begin_s is not None and end_s is not None and end_s <= begin_s:
        raise ValueError(f"{what} ends at {end_s:g} s and begins at {begin_s:g} s; give end_s above begin_s "
                         "(clock times in seconds)")


class Works(Model):
    """Road works or a planned closure: lanes, links or movements closed, or a temporary limit, between two times.

    Drivers know a closure of links or movements where it begins (and informed drivers everywhere), and turn off; who
    has no other way waits.

    Parameters
    ----------
    id
        Name.
    on
        Links.
    lanes
        Lanes that are closed, counted from the nearside from 0; all of them close the road.
    closed
        Close the links altogether: nobody gets onto them.
    movements
        Turn bans: movements, as pairs of link in and link out, that nobody may make.
    from_m, length_m
        Where the closed stretch of the lanes begins, and its length; without a length it reaches to the stop line.
    limit_kmh
        Temporary limit on the links. Speeds change with it in proportion.
    capacity_factor
        Capacity of a lane that is left, as a share of what it has otherwise: narrow lanes (given by the user).
    begin_s, end_s
        Clock times between which it holds; ``None``: from the start, to the end.

    Examples
    --------
    >>> Works(id="w", on=Links(ids=("a",)), lanes=(0,), from_m=400, length_m=300, limit_kmh=80).closed
    False
    """

    id: str = Field(min_length=1)
    on: Links | None = None
    lanes: tuple[int, ...] = ()
    closed: bool = False
    movements: tuple[tuple[str, str], ...] = ()
    from_m: float = Field(default=0.0, ge=0)
    length_m: float | None = Field(default=None, gt=0)
    limit_kmh: float | None = Field(default=None, **within("speed_limit_kmh"))
    capacity_factor: float = Field(default=1.0, gt=0, le=1)
    begin_s: float | None = None
    end_s: float | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        what = f"works {self.id!r}"
        _begins_before_it_ends(what, self.begin_s, self.end_s)
        if len(set(self.lanes)) < len(self.lanes) or any(lane < 0 for lane in self.lanes):
            raise ValueError(f"{what} has lanes {list(self.lanes)}; name each lane once, from 0")
        on_links = bool(self.lanes) or self.closed or self.limit_kmh is not None or self.capacity_factor < 1
        if not on_links and not self.movements:
            raise ValueError(f"{what} changes nothing; give lanes, closed = true, movements, limit_kmh or "
                             "capacity_factor")
        if on_links and self.on is None:
            raise ValueError(f"{what} has no links; select them with on = {{ ids = [...] }}")
        return self


class Weather(Model):
    """Weather over the whole network between two times: slower, and with longer gaps.

    Parameters
    ----------
    condition
        Name of a condition, whose factors are those of motorways (capacity: HCM 2010, grade B; speed:
        HCM 2016, grade C); or give both factors.
    speed_factor
        Free-flow speed as a share of that in dry weather.
    capacity_factor
        Capacity of every lane as a share of that in dry weather.
    begin_s, end_s
        Clock times between which it lasts; ``None``: from the start, to the end.

    Examples
    --------
    >>> Weather(condition="heavy_rain").factors
    Adjustment(speed=0.92, capacity=0.86)
    """

    condition: Condition | None = None
    speed_factor: float | None = Field(default=None, ge=0.2, le=1)
    capacity_factor: float | None = Field(default=None, ge=0.2, le=1)
    begin_s: float | None = None
    end_s: float | None = None

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        _begins_before_it_ends("weather", self.begin_s, self.end_s)
        if self.condition is None and self.speed_factor is None and self.capacity_factor is None:
            raise ValueError("weather needs a condition, or speed_factor and capacity_factor")
        return self

    @property
    def factors(self) -> Adjustment:
        """Factors of free-flow speed and capacity: those given, else those of the condition."""
        usual = Adjustment(1.0, 1.0) if self.condition is None else CONDITIONS[self.condition]
        return Adjustment(usual.speed if self.speed_factor is None else self.speed_factor,
                          usual.capacity if self.capacity_factor is None else self.capacity_factor)


class Surge(Model):
    """More, or less, demand between two times: flows of the scenario are multiplied.

    Parameters
    ----------
    factor
        By which the volume of the flows is multiplied.
    flows
        Ids of flows; empty: those of the zones or links.
    origins, destinations
        Zones or links from, and to, which flows lead; empty: all.
    begin_s, end_s
        Clock times between which vehicles depart; ``None``: from the start, to the end.

    Examples
    --------
    >>> Surge(factor=2.5, origins=("stadium",), begin_s=79200, end_s=82800).flows
    ()
    """

    factor: float = Field(ge=0, le=100)
    flows: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        _begins_before_it_ends("surge", self.begin_s, self.end_s)
        return self


class Evacuation(Model):
    """Everybody leaves some zones or links from a time on, each by the exit of the least free-flow time.

    Flows from there and to there end when it begins.

    Parameters
    ----------
    origins
        Zones or links that are left.
    exits
        Zones or links at which vehicles are safe.
    vehicles
        Vehicles that leave, shared equally by the origins.
    begin_s
        Clock time at which people are told to leave.
    mobilisation_s
        Time after which everybody has left home (given by the user); departures are spread over it evenly.

    Examples
    --------
    >>> Evacuation(origins=("quay",), exits=("north",), vehicles=900, begin_s=3600).mobilisation_s
    3600.0
    """

    origins: tuple[str, ...] = Field(min_length=1)
    exits: tuple[str, ...] = Field(min_length=1)
    vehicles: float = Field(gt=0, le=1e7)
    begin_s: float
    mobilisation_s: float = Field(default=3600.0, gt=0, le=1e6)
