"""What a scenario may have measured on request, beside its detectors: stretches, journeys, histograms of speed."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model


class Area(Model):
    """An area detector: a section of a link whose density, occupancy and queue are measured.

    Parameters
    ----------
    id
        Name of the area.
    link
        Link on which it lies.
    begin_m, end_m
        From and to, measured from the start of the link; without ``end_m`` it reaches to the stop line.
    lane
        Lane, counted from the nearside from 0; ``None``: all lanes, each measured separately.

    Examples
    --------
    >>> Area(id="storage", link="in", begin_m=150).end_m is None
    True
    """

    id: str = Field(min_length=1)
    link: str
    begin_m: float = Field(default=0.0, ge=0)
    end_m: float | None = Field(default=None, gt=0)
    lane: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end_m is not None and self.end_m <= self.begin_m:
            raise ValueError(f"an end at {self.end_m:g} m that is not beyond the begin at {self.begin_m:g} m; "
                             "give end_m above begin_m")
        return self


class TravelTime(Model):
    """A travel-time measurement: from a point on the first link of a route to a point on its last link.

    Parameters
    ----------
    id
        Name of the detector.
    links
        Links of the route, in driving order; one link is sufficient. Vehicles on other routes are not measured.
    begin_m
        First point, from the start of the first link.
    end_m
        Second point, from the start of the last link; without it its stop line.

    Examples
    --------
    >>> TravelTime(id="weave", links=("on", "off"), begin_m=50, end_m=120).links
    ('on', 'off')
    """

    id: str = Field(min_length=1)
    links: tuple[str, ...] = Field(min_length=1)
    begin_m: float = Field(default=0.0, ge=0)
    end_m: float | None = Field(default=None, gt=0)


class SpeedHistograms(Model):
    """Links whose speeds are counted by vehicle class and by difference from the limit, over 50 m in their middle.

    Parameters
    ----------
    links
        Links to measure.
    all_links
        Measure every link that takes longer than a second to drive.

    Examples
    --------
    >>> SpeedHistograms(links=("in",)).all_links
    False
    """

    links: tuple[str, ...] = ()
    all_links: bool = False
