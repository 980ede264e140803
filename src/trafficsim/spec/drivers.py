"""Drivers: how desired speeds are spread around the limit, by road class, and who keeps junctions clear."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.model import Model

RoadClass = Literal["urban", "rural", "motorway"]


class SpeedChoice(Model):
    """Free-flow speeds on a road: normally distributed.

    Given by the share above the limit and the coefficient of variation.

    ``mean = limit / (1 + cv * z)`` with ``z`` the standard normal quantile of ``1 - share_over_limit``.
    A driver has the same normal score on all roads, so a fast driver is fast everywhere.

    Parameters
    ----------
    share_over_limit
        Share of unimpeded drivers above the limit.
    cv
        Standard deviation over mean.

    Examples
    --------
    >>> SpeedChoice(share_over_limit=0.4, cv=0.12).cv
    0.12
    """

    share_over_limit: float = Field(gt=0, lt=1)
    cv: float = Field(ge=0, le=0.5)


class Drivers(Model):
    """Speed choice and lane use by road class, and the share of drivers who keep junctions clear.

    Defaults: shares from ETSC, *Reducing Speeding in Europe* (PIN Flash 36, 2019), coefficient of variation 0.11-0.15
    from national free-speed surveys (Taylor et al. 2000, TRL 421): a modelling assumption within the published range.

    Parameters
    ----------
    urban, rural, motorway
        Speed choice on roads of this class.
    keep_clear_share
        Share of drivers who do not enter a junction with conflicting traffic unless they will fit beyond it. The same
        drivers at every junction and in every alternative; a larger share includes them. All by default, which is a
        modelling assumption: field values depend on the site.
    at_yellow
        ``"observed"``: the probability of stopping at yellow depends on the time to the stop line, as observed;
        ``"if_possible"``: all drivers stop who can, as in SUMO (set by SUMO files whose drivers are used).
    tau50_s, tau_spread_s
        Late decisions. Of drivers who can stop, a share ``1 / (1 + exp(-(tau - tau50_s) / tau_spread_s))`` stops at
        yellow, ``tau`` being the time to the stop line at the present speed. Defaults: driving simulator with 191
        drivers (TRB 10-1770), grade C; 4.0 s and 0.68 s describe the indecision zone of high-speed approaches.
    inattention_per_10000
        Inattention. Of 10,000 drivers who arrive at a signal, so many do not see it and cross at any time in red,
        unless they stand, have no room, or somebody stands in their way. 0 by default, so that red running is late
        decisions alone. Recommended: 0.5 to 1. Right-angle crashes happen mostly more than 2 s after the onset of red
        (direction known, grade C); the rate is not verified, grade D.
    keep_right
        Road classes on which drivers leave the nearside lane to overtake only, and do not overtake on the nearside in
        free flow (Vienna Convention on Road Traffic 1968, articles 10 and 11); on the others they choose any lane.
        The link attribute ``lane_rule`` sets it for one link.
    file
        A file of drivers (TOML with these keys), as ``trafficsim speeds`` writes it from readings of radar; keys that
        stand beside ``file`` go before its own.

    Examples
    --------
    >>> Drivers().urban.cv
    0.15
    """

    urban: SpeedChoice = SpeedChoice(share_over_limit=0.50, cv=0.15)
    rural: SpeedChoice = SpeedChoice(share_over_limit=0.40, cv=0.12)
    motorway: SpeedChoice = SpeedChoice(share_over_limit=0.40, cv=0.11)
    keep_clear_share: float = Field(default=1.0, ge=0, le=1)
    at_yellow: Literal["observed", "if_possible"] = "observed"
    tau50_s: float = Field(default=2.9, ge=0, le=20)
    tau_spread_s: float = Field(default=0.64, gt=0, le=10)
    inattention_per_10000: float = Field(default=0.0, ge=0, le=10_000)
    keep_right: tuple[RoadClass, ...] = ("rural", "motorway")
    file: str | None = None
