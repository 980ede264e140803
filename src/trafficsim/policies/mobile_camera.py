"""Mobile speed cameras, overt or covert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.enforcing import COMMON_NUMBERS, Place, SpeedEnforcement, camera_check, felt, require_places
from trafficsim.policies.kernels import linear
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.policy import Builder


class MobileCamera(SpeedEnforcement):
    """Measure speeds with cameras in vehicles that stand at places for some hours, overt or covert.

    Mechanism: at an overt camera who drives faster than ``limit * (1 + margin)`` slows down to it. Drivers do not slow
    down before they see it (strength 0 upstream); beyond it the response falls in a straight line to 0 at the end of
    its reach: 500 m on urban roads, 1,500 m elsewhere. On urban roads it lasts an hour after the camera has gone. A
    covert camera is not noticed: it sanctions, and acts through what drivers learn over days alone.

    Source: Champness, Sheehan & Folkman 2005 (road with a limit of 100 km/h: mean -6 km/h, 85th percentile -7, share
    over the limit 53 to 16 %, gone 1,500 m downstream, nothing upstream and nothing afterwards); Frith & Lester 2013
    (New Zealand: about 500 m and 1 h on urban roads, about 1 km and no time on rural ones). Margin and share unaffected
    are derived by Monte Carlo for free speeds N(100.9, 12.1): -6.0 km/h, 53 to 16 %; the 85th percentile then falls
    by 9 km/h, more than measured. Grade B, the line and the derivation D. Origin: input.

    Halo after it has gone: about an hour (urban), none (rural); with repeated urban use (eight visits, 22 h a week)
    about five days with 19 % fewer violations (Edmonton 2017, Transportation Research Record 2660). Days are not part
    of the response: they follow from what people learn, in a study over days with a population.

    Limits: the speed at the camera is an input. One trial on one road; carried over to other limits by assumption. No
    crash effect is claimed.

    Parameters
    ----------
    at
        Places.
    schedule
        Days, weeks, weekdays and hours in force.
    overt
        Whether drivers can see what it is.
    noticed
        Share of passing drivers who notice it; ``None``: 1 when overt, 0 when covert.
    margin_mean, margin_sd, unaffected
        Margin over the limit that drivers allow themselves (share of the limit), and share who do not care.
    reach_urban_m, reach_m
        Distance beyond the camera at which nothing is left, on urban and on other roads.
    halo_urban_h
        How long the response lasts after the camera has gone, on urban roads.
    tolerance_kmh
        Vehicles faster than the limit by more than this are cited.
    present, detection, sanctioned
        Probability that it is there on such a day, that an offence is detected, and that a detected one is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.
    officers
        Officers at each place.

    Examples
    --------
    >>> MobileCamera(at=(Place(link="east2", position_m=200.0),), overt=False).noticed_share
    0.0
    """

    kind: ClassVar[str] = "mobile_camera"
    mechanism: ClassVar[str] = (
        "Drivers who notice the camera slow down to their own margin over the limit at it, and speed up again within "
        "500 m (urban) or 1,500 m."
    )
    source: ClassVar[str] = (
        "Champness, Sheehan & Folkman 2005, eprints.qut.edu.au/3952; Frith & Lester 2013, ACRS"
    )
    grade: ClassVar[str] = "B (form of the decay, margins: D)"
    limits: ClassVar[str] = (
        "One trial at 100 km/h; the speed at the camera is an input. What it leaves behind over days needs a study "
        "over days. No crash effect is claimed."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "margin_mean": "input, derived: -6 km/h and 53 to 16 % over the limit (Champness et al. 2005)",
        "margin_sd": "input, derived: -6 km/h and 53 to 16 % over the limit (Champness et al. 2005)",
        "unaffected": "input, derived: 53 to 16 % over the limit (Champness et al. 2005)",
        "reach_urban_m": "input: about 500 m (Frith & Lester 2013)",
        "reach_m": "input: gone at 1,500 m (Champness et al. 2005); about 1 km (Frith & Lester 2013)",
        "halo_urban_h": "input: about 1 h (Frith & Lester 2013)",
        "tolerance_kmh": "modelling assumption",
        "officers": "modelling assumption: one to operate it",
    }

    at: tuple[Place, ...] = Field(min_length=1)
    overt: bool = True
    margin_mean: float = Field(default=-0.04, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.03, ge=0, le=0.5)
    unaffected: float = Field(default=0.23, ge=0, le=1)
    reach_urban_m: float = Field(default=500.0, gt=0, le=10000)
    reach_m: float = Field(default=1500.0, gt=0, le=10000)
    halo_urban_h: float = Field(default=1.0, ge=0, le=24)
    officers: float = Field(default=1.0, ge=0, le=100)

    @property
    def noticed_share(self) -> float:
        """Share of passing drivers who notice it."""
        return float(self.overt) if self.noticed is None else self.noticed

    def lower(self, builder: Builder) -> None:
        """Put a camera at every place."""
        require_places(builder, self.kind, self.at)
        for place in self.at:
            self._place(builder, place)

    def _place(self, builder: Builder, place: Place) -> None:
        urban = builder.network.links[place.link]["road_class"] == "urban"
        reach_m = self.reach_urban_m if urban else self.reach_m
        name = f"mobile camera {place.link} {place.position_m:g} m"
        builder.deploy(Deployment(
            name=name, kind="mobile_camera", along=(place.link,), link=place.link, response=self.response,
            zones=felt(builder, place, (0.0, linear(1.0)), (reach_m, linear(reach_m))),
            checks=(camera_check(builder, name, place, self.tolerance_kmh),), schedule=self.schedule,
            noticed=self.noticed_share, halo_h=self.halo_urban_h if urban else 0.0, publicity=self.publicity,
            present=self.present,
            sanction=self.sanction(tolerance_kmh=self.tolerance_kmh), devices=1,
            officer_hours_per_day=self.officers * self.schedule.hours_on_day))
