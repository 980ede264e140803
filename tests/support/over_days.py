"""A road with a camera and two thousand people, over a few days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trafficsim.policies.speed_camera import CameraPlace, SpeedCamera
from trafficsim.spec.calendar import Days
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.policy import Policy
from trafficsim.spec.population import Population
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.study import Study

CAMERA = SpeedCamera(at=(CameraPlace(link="east2", position_m=700.0),), tolerance_kmh=3.0)


def road(**more: Any) -> Scenario:
    """A straight road of 2.2 km; some drive all of it, some only its beginning."""
    flows = (Flow(id="east", origin="east1", destination="east3", volume_veh_h=500.0),
             Flow(id="short", origin="east1", destination="east1", volume_veh_h=100.0))
    network = NetworkSource(builder=BuilderSpec(kind="corridor", arguments={
        "lengths_m": [500, 1200, 500], "lanes": 2, "speed_limit_kmh": [80, 80, 80]}))
    given: dict[str, Any] = {"population": Population(people=2000)}
    return Scenario(name="road", seed=3, time=Time(analysis_s=240.0, clear_s=300.0), network=network,
                    demand=Demand(flows=flows, routes="free_flow"), **(given | more))


def study(days: Days | None, alternatives: Mapping[str, Sequence[Policy]] | None = None, **more: Any) -> Study:
    """Doing nothing beside a camera, or beside other alternatives."""
    given = alternatives if alternatives is not None else {"camera": (CAMERA,)}
    scenario = more.pop("scenario", road())
    return Study(name="over-days", scenarios=(scenario,), days=days, alternatives={"do nothing": (), **given},
                 **({"replications": 2, "primary": ("mean_speed_kmh",)} | more))
