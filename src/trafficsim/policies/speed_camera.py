"""Fixed speed cameras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.enforcing import (
    COMMON_NUMBERS,
    EnforcementPolicy,
    Place,
    camera_check,
    felt,
    require_places,
)
from trafficsim.policies.kernels import exponential, linear
from trafficsim.spec.behaviour import Response
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.policy import Builder

REACH_IN_DECAYS = 3.0
"""Beyond so many decay lengths the effect (5 %) is left away."""


CameraPlace = Place
"""Where a camera stands."""


class SpeedCamera(EnforcementPolicy):
    """Put up fixed speed cameras that drivers know of.

    Mechanism: who drives faster than ``limit * (1 + margin)`` slows down to it at the camera: the desired speed is
    ``v0 - K max(0, v0 - limit (1 + margin))``. The margin is a normal number of the driver, the same at every camera; a
    share of drivers is not affected. The strength K rises linearly over the last 300 m, is 1 within 50 m of the camera
    (where speed is measured) and falls as ``exp(-x / 0.58 km)`` beyond. Only drivers whose route passes the camera
    respond. Citations are counted, not fed back.

    Source: kernel and margin are fitted to a motorway camera in Flanders at a limit of 120 km/h (De Pauw et al. 2014,
    Accident Analysis & Prevention 73: -6.4 km/h at the camera, odds of exceeding the limit -80 %, by 10 % -86 %; hardly
    any change 3 km before and 3.8 km beyond); the ramp to Ragnøy 2002 (TØI 573: 1 to 2 km/h of it in the last 100 to
    150 m); the decay is read from crash ratios by distance (Høye 2014, Accident Analysis & Prevention 73). Grade B,
    the decay D. Origin: input.

    Limits: the speeds at the camera are an input and no evidence for the simulation; the fit is to one motorway at
    120 km/h and is carried over to other limits by assumption. Nothing is claimed about crashes: those found near
    cameras (-18 to -22 %) are larger than what the mean speed explains. No time halo, no effect of detection devices,
    no change of route.

    Parameters
    ----------
    at
        Places of the cameras.
    margin_mean, margin_sd
        Margin over the limit that drivers allow themselves (share of the limit).
    unaffected
        Share of drivers who do not know of it or do not care.
    upstream_m, decay_m
        Length of the ramp before, and of the decay beyond the camera.
    tolerance_kmh
        Vehicles faster than the limit by more than this are cited.
    schedule
        Days, weeks, weekdays and hours in force.
    present, detection, sanctioned
        Probability that it stands there on such a day, that an offence is detected (the camera works and is in its
        casing), and that a detected one is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.

    Examples
    --------
    >>> SpeedCamera(at=(CameraPlace(link="east2", position_m=2000.0),)).unaffected
    0.13
    """

    kind: ClassVar[str] = "speed_camera"
    mechanism: ClassVar[str] = (
        "Drivers who know the camera slow down to their own margin over the limit at it, and speed up again beyond."
    )
    source: ClassVar[str] = (
        "De Pauw et al. 2014, Accident Analysis & Prevention 73:132-140 (Flanders, limit 120); Ragnøy 2002, TØI 573; "
        "Høye 2014, Accident Analysis & Prevention 73:200-208"
    )
    grade: ClassVar[str] = "B (decay beyond the camera: D)"
    limits: ClassVar[str] = (
        "Fitted to one motorway at 120 km/h; the speed at the camera is an input. No crash effect, no time halo, no "
        "change of route is claimed."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "margin_mean": "input: fitted to -6.4 km/h at the camera (De Pauw et al. 2014)",
        "margin_sd": "input: fitted to the odds of exceeding the limit by 10 % (De Pauw et al. 2014)",
        "unaffected": "input: fitted to the odds of exceeding the limit (De Pauw et al. 2014)",
        "upstream_m": "input: ramp of 300 m (Ragnøy 2002)",
        "decay_m": "input, grade D: crash ratios by distance (Høye 2014)",
        "tolerance_kmh": "modelling assumption",
    }

    at: tuple[CameraPlace, ...] = Field(min_length=1)
    margin_mean: float = Field(default=-0.05, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.06, ge=0, le=0.5)
    unaffected: float = Field(default=0.13, ge=0, le=1)
    upstream_m: float = Field(default=300.0, gt=0, le=5000)
    decay_m: float = Field(default=580.0, gt=0, le=10000)
    tolerance_kmh: float = Field(default=6.0, ge=0, le=50)

    def lower(self, builder: Builder) -> None:
        """Let drivers respond around every camera, and measure there."""
        require_places(builder, self.kind, self.at)
        for place in self.at:
            self._put_up(builder, place)

    def _put_up(self, builder: Builder, place: Place) -> None:
        name = f"camera {place.link} {place.position_m:g} m"
        response = Response(trait=self.kind, margin_mean=self.margin_mean, margin_sd=self.margin_sd,
                            unaffected=self.unaffected)
        zones = felt(builder, place, (self.upstream_m, linear(self.upstream_m)),
                     (REACH_IN_DECAYS * self.decay_m, exponential(self.decay_m)))
        builder.deploy(Deployment(
            name=name, kind="speed_camera", along=(place.link,), link=place.link, response=response, zones=zones,
            checks=(camera_check(builder, name, place, self.tolerance_kmh),), schedule=self.schedule,
            publicity=self.publicity, present=self.present, sanction=self.sanction(tolerance_kmh=self.tolerance_kmh),
            devices=1))
