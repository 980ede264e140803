"""Options of signals that react: max-pressure, self-organising signals, transit priority, emergency pre-emption."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.model import Model

Transition = Literal["dwell", "shorten", "lengthen", "best"]
"""How a coordinated signal gets into step with another plan: its coordinated green waits; cycles run shorter; longer;
or whichever of the last two takes fewer cycles."""


class MaxPressureOptions(Model):
    """How max-pressure control chooses (Varaiya 2013, doi:10.1016/j.trc.2013.08.014).

    Parameters
    ----------
    cyclic
        Every cycle serves all stages in their order, with greens in proportion to pressure (Le et al. 2015,
        doi:10.1016/j.trb.2015.06.011); otherwise the stage of highest pressure is chosen whenever one is.
    interval_s
        Time of green from one choice to the next.
    capacity_aware
        Queues count relative to the storage of their link, and a movement into a full link has no pressure (Gregoire
        et al. 2014, doi:10.1109/TCNS.2014.2378871).
    detection_m
        Vehicles so far before the stop line count as its queue; ``None``: all on the link and all who wait to enter it.

    Examples
    --------
    >>> MaxPressureOptions().cyclic
    False
    """

    cyclic: bool = False
    interval_s: float = Field(default=10.0, gt=0, le=600)
    capacity_aware: bool = False
    detection_m: float | None = Field(default=None, gt=0, le=10_000)


class SotlOptions(Model):
    """Thresholds of self-organising traffic lights (Gershenson 2005, Complex Systems 16; Cools et al. 2013).

    Parameters
    ----------
    threshold_veh_s
        Vehicles at red times seconds, summed over the movements of a stage, at which it asks for green.
    platoon_veh
        A green before which so few vehicles, but at least one, are coming is not cut.
    detection_m
        Vehicles so far before the stop line count; ``None``: all on the link and all who wait to enter it.

    Examples
    --------
    >>> SotlOptions().platoon_veh
    2
    """

    threshold_veh_s: float = Field(default=40.0, gt=0, le=100000)
    platoon_veh: int = Field(default=2, ge=0, le=1000)
    detection_m: float | None = Field(default=None, gt=0, le=10_000)


class PriorityOptions(Model):
    """Transit signal priority: what a bus or tram within the check-in distance may change.

    Parameters
    ----------
    check_in_m
        Distance before the stop line within which a vehicle asks.
    extension_s
        By how much its green may last longer than it would.
    early_green
        Whether other greens end early (never under their minimums) to serve it.
    lockout_s
        Time after one such service until the next.

    Examples
    --------
    >>> PriorityOptions(check_in_m=80).extension_s
    10.0
    """

    check_in_m: float = Field(default=100.0, gt=0, le=5000)
    extension_s: float = Field(default=10.0, ge=0, le=120)
    early_green: bool = True
    lockout_s: float = Field(default=60.0, ge=0, le=3600)


class PreemptionOptions(Model):
    """Emergency pre-emption: green for an emergency vehicle within the check-in distance, then back to normal.

    Parameters
    ----------
    check_in_m
        Distance before the stop line within which a vehicle is seen.
    longest_s
        Longest pre-emption; what lasts longer is taken for a vehicle that stands.

    Examples
    --------
    >>> PreemptionOptions().longest_s
    120.0
    """

    check_in_m: float = Field(default=300.0, gt=0, le=5000)
    longest_s: float = Field(default=120.0, gt=0, le=3600)
