"""What stands at the roadside and reacts to traffic every 20 to 60 s: signs, meters at ramps, lanes that open."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model
from trafficsim.spec.schema import within

EveryS = Annotated[float, Field(ge=5, le=600)]
"""Between two looks; roads are controlled in steps of 10 to 60 s."""


class LimitStep(Model):
    """A limit, and the traffic from which on it is shown.

    Parameters
    ----------
    limit_kmh
        Limit on the sign.
    flow_veh_h_lane
        It is shown from this flow per lane on; ``None``: not by flow.
    speed_kmh
        It is shown below this mean speed; ``None``: not by speed.

    Examples
    --------
    >>> LimitStep(limit_kmh=80, flow_veh_h_lane=1800, speed_kmh=75).limit_kmh
    80.0
    """

    limit_kmh: float = Field(**within("speed_limit_kmh"))
    flow_veh_h_lane: float | None = Field(default=None, gt=0, le=3000)
    speed_kmh: float | None = Field(default=None, gt=0, le=200)

    @model_validator(mode="after")
    def _by_something(self) -> Self:
        if self.flow_veh_h_lane is None and self.speed_kmh is None:
            raise ValueError(f"limit {self.limit_kmh:g} has neither flow_veh_h_lane nor speed_kmh; give one of them")
        return self


class HarmonisingSigns(Model):
    """Signs that show lower limits the denser and slower traffic is, with hysteresis, and warn those who come.

    Parameters
    ----------
    name
        Of the signs in tables.
    links
        Links with a sign each, in driving order.
    every_s
        Time between two looks.
    steps
        Limits from the highest to the lowest.
    flow_band_veh_h_lane, speed_band_kmh
        Hysteresis: a limit that is shown goes when flow is lower by this, and speed higher by this.
    funnel_kmh
        Before a lower limit drivers are slowed down in steps of this at most.
    hold_s
        A limit is raised no sooner than this after it changed.
    """

    kind: Literal["harmonising"] = "harmonising"
    name: str
    links: tuple[str, ...]
    every_s: EveryS
    steps: tuple[LimitStep, ...]
    flow_band_veh_h_lane: float
    speed_band_kmh: float
    funnel_kmh: float
    hold_s: float


class MovingJamSigns(Model):
    """Signs that lower the flow into a moving jam until it has dissolved.

    Parameters
    ----------
    name
        Of the signs in tables.
    links
        Links with a sign each, in driving order.
    every_s
        Time between two looks.
    limit_kmh
        Limit upstream of a jam.
    jam_speed_kmh, free_speed_kmh
        A link is jammed below the first mean speed, and free from the second on.
    front_kmh
        Speed at which the front of a wide jam moves upstream.
    jam_density_veh_km_lane
        Density inside a jam.
    longest_m
        Longest jam that is taken for a moving one.
    release_kmh
        Speed at which the end of the limits moves upstream once the jam is gone.
    margin
        The limits reach further upstream than worked out by this factor.
    """

    kind: Literal["moving_jam"] = "moving_jam"
    name: str
    links: tuple[str, ...]
    every_s: EveryS
    limit_kmh: float
    jam_speed_kmh: float
    free_speed_kmh: float
    front_kmh: float
    jam_density_veh_km_lane: float
    longest_m: float
    release_kmh: float
    margin: float


class RampMeter(Model):
    """A signal at a ramp that lets one vehicle after the other go, at a rate that keeps the road at an occupancy.

    Parameters
    ----------
    name
        Of the meter in tables.
    ramp
        Link at whose end the signal stands.
    measured
        Link beyond the merge whose occupancy is kept.
    every_s
        Time between two looks.
    occupancy_percent
        Occupancy that is kept.
    gain_veh_h
        Change of the rate per percentage point of occupancy.
    least_veh_h, most_veh_h
        Bounds of the rate.
    effective_length_m
        Length over which a vehicle occupies a detector: its own and the detector's.
    queue_share
        From this share of the ramp's storage on that is taken the meter lets go at its highest rate.
    """

    kind: Literal["ramp_meter"] = "ramp_meter"
    name: str
    ramp: str
    measured: str
    every_s: EveryS
    occupancy_percent: float
    gain_veh_h: float
    least_veh_h: float
    most_veh_h: float
    effective_length_m: float
    queue_share: float


Reaction = HarmonisingSigns | MovingJamSigns | RampMeter
