"""Where a measure shall work: the setting that evidence from elsewhere is carried to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.model import Model

RoadClass = Literal["urban", "rural", "motorway"]
DrivingSide = Literal["right", "left"]
Enforcement = Literal["none", "occasional", "regular", "automated"]

ENFORCEMENT_LEVELS: tuple[Enforcement, ...] = ("none", "occasional", "regular", "automated")
"""From none of the rule in question, over police checks now and then, police checks every week at a place, to cameras
that record every passage. The steps are a modelling assumption: they rank, they do not measure."""
COUNTRY = r"^[A-Z]{2}$"


class Setting(Model):
    """Setting in which a measure shall work; what is not declared is taken to differ from that of a source.

    Parameters
    ----------
    country
        Country by its two letters (ISO 3166-1 alpha-2).
    road_class
        ``urban``, ``rural`` or ``motorway``.
    limit_kmh
        Speed limit before the measure.
    driving_side
        Side of the road that traffic keeps to.
    share_over_limit
        Compliance: share of unimpeded vehicles above the limit before the measure.
    deaths_per_billion_km
        Baseline casualty rate: deaths per thousand million vehicle-kilometres.
    enforcement
        Level of enforcement before the measure: ``none``, ``occasional``, ``regular`` or ``automated``.

    Examples
    --------
    >>> Setting(country="JO", road_class="urban", limit_kmh=50, driving_side="right").enforcement is None
    True
    """

    country: str | None = Field(default=None, pattern=COUNTRY)
    road_class: RoadClass | None = None
    limit_kmh: float | None = Field(default=None, ge=5, le=200)
    driving_side: DrivingSide | None = None
    share_over_limit: float | None = Field(default=None, ge=0, le=1)
    deaths_per_billion_km: float | None = Field(default=None, gt=0, le=1000)
    enforcement: Enforcement | None = None
