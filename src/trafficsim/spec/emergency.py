"""Emergency response: stations and units, the chain from the crash to the cleared road, and how units drive."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

Dispatch = Literal["nearest", "in_order"]


class Delay(Model):
    """A duration that is fixed, or log-normal about its median.

    Parameters
    ----------
    median_s
        Half of the durations are shorter.
    log_sd
        Standard deviation of the logarithm; 0: fixed. The mean is ``median_s * exp(log_sd**2 / 2)``.

    Examples
    --------
    >>> Delay(median_s=60).log_sd
    0.0
    """

    median_s: float = Field(ge=0, le=86400)
    log_sd: float = Field(default=0.0, ge=0, le=2)


class Station(Model):
    """A place from which units set out.

    Parameters
    ----------
    id
        Name of the station.
    link
        Link on which it lies; or ``node`` (a link that leaves it is taken), or ``x_m`` and ``y_m`` (the link whose end
        is nearest).
    position_m
        Distance from the start of the link.
    units
        Units that may be dispatched at the same time.

    Examples
    --------
    >>> Station(id="north", link="main").units
    1
    """

    id: str = Field(min_length=1)
    link: str | None = None
    node: str | None = None
    x_m: float | None = None
    y_m: float | None = None
    position_m: float = Field(default=0.0, ge=0)
    units: int = Field(default=1, ge=1, le=1000)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        given = (self.link is not None) + (self.node is not None) + (self.x_m is not None or self.y_m is not None)
        if given != 1 or (self.x_m is None) != (self.y_m is None):
            raise ValueError(f"station {self.id!r} lies on a link, at a node or at x_m and y_m: give one of the three")
        if self.link is None and self.position_m > 0.0:
            raise ValueError(f"station {self.id!r}: position_m counts from the start of a link: give link with it")
        return self


class Chain(Model):
    """What happens between the crash and the cleared road, beside the drive; each duration is drawn by crash.

    No source gives these for all services: the defaults are modelling assumptions, except where a source is named.

    Parameters
    ----------
    ecall_share
        Share of crashes that a vehicle notifies itself (eCall).
    ecall
        Crash until the call is answered, by eCall. The call is triggered at once; connection and data take less than a
        minute (modelling assumption).
    witness
        The same where people have to see the crash and find a telephone (modelling assumption).
    handling
        Call answered until a unit is dispatched (modelling assumption).
    turnout
        Dispatched until the unit drives (modelling assumption).
    care
        Arrival until the injured leave the place (modelling assumption).
    clearance
        End of care until the road is clear (modelling assumption).

    Examples
    --------
    >>> Chain(ecall_share=0.5).ecall.median_s
    30.0
    """

    ecall_share: float = Field(default=0.0, ge=0, le=1)
    ecall: Delay = Delay(median_s=30.0, log_sd=0.3)
    witness: Delay = Delay(median_s=180.0, log_sd=0.6)
    handling: Delay = Delay(median_s=90.0, log_sd=0.4)
    turnout: Delay = Delay(median_s=60.0, log_sd=0.3)
    care: Delay = Delay(median_s=900.0, log_sd=0.4)
    clearance: Delay = Delay(median_s=600.0, log_sd=0.5)


class EmergencyVehicle(Model):
    """How a unit drives where nobody is in its way.

    Parameters
    ----------
    limit_factor
        Desired speed over the speed limit (modelling assumption).
    max_speed_kmh
        Speed that it never exceeds (modelling assumption).
    acceleration_ms2, braking_ms2
        Of a van under a practised driver (modelling assumptions).
    length_m
        Of an ambulance on a van.

    Examples
    --------
    >>> EmergencyVehicle(max_speed_kmh=70).limit_factor
    1.4
    """

    limit_factor: float = Field(default=1.4, gt=0, le=3)
    max_speed_kmh: float = Field(default=130.0, ge=10, le=250)
    acceleration_ms2: float = Field(default=2.0, gt=0, le=6)
    braking_ms2: float = Field(default=3.0, ge=1, le=6)
    length_m: float = Field(default=6.5, gt=0, le=15)


class RescueLaneRules(Model):
    """The lane that drivers open for a unit between themselves.

    Parameters
    ----------
    share
        Share of drivers who make way at once. All others hold the unit up for ``hesitation_s`` each (modelling
        assumption; the Austrian Court of Audit found no proven gain of time, so no published share stands behind it).
    passing_speed_kmh
        By how much a unit is faster at most than those whom it passes (modelling assumption).
    hesitation_s
        Time after which a driver who did not make way at once does (modelling assumption).
    lane_width_m
        Width of a lane.
    least_width_m
        Carriageway on which a unit passes between two vehicles: two cars of 1.8 m, a unit of 2.2 m and 0.6 m of room
        (modelling assumption).
    opposing_lane
        On narrower roads a unit passes on the lane of the other direction, where there is one.

    Examples
    --------
    >>> RescueLaneRules(share=0.9).passing_speed_kmh
    30.0
    """

    share: float = Field(default=0.7, ge=0, le=1)
    passing_speed_kmh: float = Field(default=30.0, gt=0, le=100)
    hesitation_s: float = Field(default=8.0, ge=0, le=600)
    lane_width_m: float = Field(default=3.25, gt=0, le=6)
    least_width_m: float = Field(default=6.4, gt=0, le=20)
    opposing_lane: bool = True


class RedCrossing(Model):
    """How a unit crosses a stop line that is closed to it, or where it has to give way.

    Parameters
    ----------
    allowed
        Whether it crosses at red at all.
    speed_kmh
        Speed at the line: the driver can stop for who does not see it (modelling assumption).
    hold_back_m
        So far before the line siren and lights hold back those who would enter the junction (modelling assumption).
    clear_s
        The crossing way counts as free when nobody has entered it for this long (modelling assumption).

    Examples
    --------
    >>> RedCrossing().allowed
    True
    """

    allowed: bool = True
    speed_kmh: float = Field(default=20.0, gt=0, le=100)
    hold_back_m: float = Field(default=30.0, ge=0, le=200)
    clear_s: float = Field(default=2.0, ge=0, le=30)


class Survival(Model):
    """Deaths by response time: ``p0 * exp(slope_per_min * (t - t0_min))`` of the injured.

    Parameters
    ----------
    p0
        Probability to die of an injured person who is reached after ``t0_min`` (modelling assumption).
    t0_min
        Response time of ``p0``: the mean of the source, Sanchez-Mangas et al. 2010 (1,463 crashes in Spain).
    slope_per_min
        From a third less deaths in ten minutes less (the same source); between 5 and 30 min, beyond extrapolated.

    Examples
    --------
    >>> Survival().slope_per_min
    0.0405
    """

    p0: float = Field(default=0.05, gt=0, le=1)
    t0_min: float = Field(default=25.0, ge=0, le=240)
    slope_per_min: float = Field(default=0.0405, ge=0, le=1)


class Emergency(Model):
    """Who comes when people are hurt: every ``[[incident]]`` with ``injured > 0`` begins the chain.

    Parameters
    ----------
    stations
        Where units wait.
    dispatch
        ``"nearest"``: the free unit with the shortest drive on an empty road; ``"in_order"``: the first free unit in
        the order of the stations.
    chain
        Durations between the crash and the cleared road.
    vehicle, rescue_lane, red
        How units drive.
    survival
        Deaths by response time.
    crashes_per_mvkm
        Crashes with injured people per million vehicle-kilometres, drawn beside the given ones; 0: none.

    Examples
    --------
    >>> Emergency(stations=(Station(id="north", link="main"),)).dispatch
    'nearest'
    """

    stations: tuple[Station, ...] = Field(min_length=1)
    dispatch: Dispatch = "nearest"
    chain: Chain = Chain()
    vehicle: EmergencyVehicle = EmergencyVehicle()
    rescue_lane: RescueLaneRules = RescueLaneRules()
    red: RedCrossing = RedCrossing()
    survival: Survival = Survival()
    crashes_per_mvkm: float = Field(default=0.0, ge=0, le=1000)

    @model_validator(mode="after")
    def _has_names_of_its_own(self) -> Self:
        names = [station.id for station in self.stations]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two stations {twice[0]!r}: give each a name of its own")
        return self
