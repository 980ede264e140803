"""Incidents: something that blocks lanes of a link for a time, as a crash or a breakdown does."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

IncidentKind = Literal["crash", "breakdown", "works", "event"]
MOST_DURATION_S = 1.0e6
"""Longest duration of an incident, eleven days (modelling assumption)."""
Z85 = NormalDist().inv_cdf(0.85)

REMAINING: dict[int, tuple[float, float, float, float]] = {
    2: (0.81, 0.35, 0.00, 0.00), 3: (0.83, 0.49, 0.17, 0.00), 4: (0.85, 0.58, 0.25, 0.13),
    5: (0.87, 0.65, 0.40, 0.20), 6: (0.89, 0.71, 0.50, 0.26), 7: (0.91, 0.75, 0.57, 0.36),
    8: (0.93, 0.78, 0.63, 0.41),
}
"""Share of the capacity that is left, by number of lanes: with a crash on the shoulder, and with one, two and three
lanes blocked (HCM 2000, exhibit 22-6; the rows of two and three lanes as in HCM 2010, exhibit 10-17)."""


class Duration(Model):
    """A lognormal duration, by its mean and standard deviation or by its median and 85 % quantile.

    That durations of incidents are lognormal is common in the literature (Golob, Recker and Leonard 1987, Accident
    Analysis & Prevention 19(5); Giuliano 1989, Transportation Research A 23(5)).

    Parameters
    ----------
    mean_s, sd_s
        Mean and standard deviation.
    median_s, p85_s
        Median and 85 % quantile.

    Examples
    --------
    >>> Duration(mean_s=2400, sd_s=1200).at(0.5).__round__()
    2147
    >>> Duration(median_s=1800, p85_s=3600).at(0.85).__round__()
    3600
    """

    mean_s: float | None = Field(default=None, gt=0, le=MOST_DURATION_S)
    sd_s: float | None = Field(default=None, ge=0, le=MOST_DURATION_S)
    median_s: float | None = Field(default=None, gt=0, le=MOST_DURATION_S)
    p85_s: float | None = Field(default=None, gt=0, le=MOST_DURATION_S)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        given = tuple(name for name in ("mean_s", "sd_s", "median_s", "p85_s") if getattr(self, name) is not None)
        if given not in (("mean_s", "sd_s"), ("median_s", "p85_s")):
            raise ValueError("a distribution of durations needs mean_s and sd_s, or median_s and p85_s; given: "
                             + (", ".join(given) or "none"))
        if self.median_s is not None and self.p85_s is not None and self.p85_s < self.median_s:
            raise ValueError(f"an impossible distribution: p85_s = {self.p85_s:g} is below median_s = "
                             f"{self.median_s:g}; exchange the two")
        return self

    def at(self, share: float) -> float:
        """Return the quantile of a share between 0 and 1 in seconds."""
        if self.median_s is not None and self.p85_s is not None:
            scale, spread = math.log(self.median_s), math.log(self.p85_s / self.median_s) / Z85
        else:
            assert self.mean_s is not None
            assert self.sd_s is not None
            spread = math.sqrt(math.log1p((self.sd_s / self.mean_s) ** 2))
            scale = math.log(self.mean_s) - 0.5 * spread**2
        return math.exp(scale + spread * NormalDist().inv_cdf(share))


class Incident(Model):
    """Something that blocks lanes of a link from a time on.

    Vehicles keep off the closed stretch of the lanes; who is on it when it closes drives off. Past the place traffic
    is slower than the lanes that are left would be: drivers look.

    Parameters
    ----------
    id
        Name; its hash is the key of the random duration, the same in every alternative.
    link
        Link on which it is.
    position_m
        Where the closed stretch begins, from the start of the link.
    lanes
        Lanes that are blocked, counted from the nearside from 0; all of them close the road. With ``shoulder = true``
        there may be none.
    shoulder
        The incident is on the shoulder, or reaches onto it.
    begin_s
        Clock time at which it begins.
    duration_s, duration
        For how long lanes are blocked: a number of seconds, or a lognormal distribution that is drawn once in every
        replication.
    length_m
        Length of the closed stretch (modelling assumption: 30 m, the vehicles and what secures them).
    kind
        ``"crash"``, ``"breakdown"``, ``"works"`` or ``"event"``.
    rubbernecking
        Capacity of a lane that is left, as a share of what it has without the incident; ``None``: what exhibit 22-6
        of HCM 2000 leaves of the road, shared by the lanes that are left. 1: nobody looks.
    rubbernecking_opposite
        The same in the opposite direction (links between the same nodes). Masinick and Teng (2004, University of
        Virginia, UVACTS-15-0-62) report 12.7 % of the capacity lost at one in ten crashes; 1 by default.
    injured
        Persons injured; rescue is sent for them where the scenario has any.
    until_cleared
        Lanes are blocked until a unit has come, cared and cleared the road, instead of for ``duration_s``; only where
        the scenario has ``[emergency]`` and somebody is injured.

    Examples
    --------
    >>> crash = Incident(id="crash", link="a", position_m=800, lanes=(0,), begin_s=3600, duration_s=2700)
    >>> crash.remaining_per_lane(3)
    0.735
    """

    id: str = Field(min_length=1)
    link: str
    position_m: float = Field(ge=0)
    lanes: tuple[int, ...] = ()
    shoulder: bool = False
    begin_s: float
    duration_s: float | None = Field(default=None, gt=0, le=MOST_DURATION_S)
    duration: Duration | None = None
    length_m: float = Field(default=30.0, gt=0)
    kind: IncidentKind = "crash"
    rubbernecking: float | None = Field(default=None, gt=0, le=1)
    rubbernecking_opposite: float = Field(default=1.0, gt=0, le=1)
    injured: int = Field(default=0, ge=0, le=1000)
    until_cleared: bool = False

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.until_cleared and not self.injured:
            raise ValueError(f"incident {self.id!r} lasts until_cleared, but nobody comes where nobody is injured; say "
                             "how many are, or leave it out")
        if not self.lanes and not self.shoulder:
            raise ValueError(f"incident {self.id!r} is on no lane; name its lanes, counted from the nearside from 0, "
                             "or write shoulder = true")
        if len(set(self.lanes)) < len(self.lanes) or any(lane < 0 for lane in self.lanes):
            raise ValueError(f"incident {self.id!r} has lanes {list(self.lanes)}; name each lane once, from 0")
        if (self.duration_s is None) == (self.duration is None):
            raise ValueError(f"incident {self.id!r} needs duration_s, or a distribution as duration, and not both")
        return self

    def drawn_s(self, share: float) -> float:
        """Return the duration of a replication, whose uniform random number is ``share``."""
        return self.duration.at(share) if self.duration is not None else float(self.duration_s or 0.0)

    def remaining_per_lane(self, lanes: int) -> float:
        """Return the capacity of a lane that is left, over what it has without the incident, on a road of ``lanes``."""
        left = lanes - len(self.lanes)
        if self.rubbernecking is not None or left <= 0:
            return self.rubbernecking or 1.0
        if lanes not in REMAINING or len(self.lanes) > 3:
            return 1.0
        share = REMAINING[lanes][len(self.lanes)] * lanes / left
        return min(share, 1.0) if share > 0.0 else 1.0
