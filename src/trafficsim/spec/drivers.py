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
    keep_right
        Road classes on which drivers leave the nearside lane to overtake only, and do not overtake on the nearside in
        free flow (Vienna Convention on Road Traffic 1968, articles 10 and 11); on the others they choose any lane.
        The link attribute ``lane_rule`` sets it for one link.

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
    keep_right: tuple[RoadClass, ...] = ("rural", "motorway")
