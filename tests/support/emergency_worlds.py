"""A corridor with signals, a crash and units: worlds of the tests of emergency response."""

from __future__ import annotations

from typing import Any

from trafficsim.design.synthetic import corridor
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.emergency import Emergency, Station
from trafficsim.spec.incident import Incident
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

AT_ONCE = {name: {"median_s": 0.0} for name in ("ecall", "witness", "handling", "turnout")}
SHORT = {**AT_ONCE, "care": {"median_s": 60.0}, "clearance": {"median_s": 60.0}}
CRASH = Incident(id="crash", link="east4", position_m=200.0, lanes=(0,), begin_s=300.0, duration_s=300.0, injured=2)


def response(**given: Any) -> Emergency:
    """Return a response with one unit at the west end that sets out at once."""
    setting: dict[str, Any] = {"stations": (Station(id="west", link="east1"),), "chain": SHORT, **given}
    return Emergency.model_validate(setting)


def scenario(setting: Emergency | None, incidents: tuple[Incident, ...] = (CRASH,), lanes: int = 2) -> Scenario:
    """Return the scenario: four sections of 300 m, a signal at three nodes."""
    network = corridor((300.0,) * 4, lanes=lanes, two_way=True, signals=(1, 2, 3), side_streets=(1, 2, 3), cycle_s=80.0,
                       offsets_s=(0.0, 45.0, 10.0))
    return Scenario(name="town", network=network, time=Time(analysis_s=900.0, clear_s=300.0), seed=4, emergency=setting,
                    incidents=incidents)


def prepared(setting: Emergency | None, volume_veh_h: float = 800.0, incidents: tuple[Incident, ...] = (CRASH,),
             lanes: int = 2) -> Prepared:
    """Return the scenario with vehicles along the road and across it."""
    given = scenario(setting, incidents, lanes)
    flows = [Flow(id="east", origin="east1", destination="east4", volume_veh_h=volume_veh_h)]
    flows += [Flow(id=f"south{node}", origin=f"north{node}_in", destination=f"south{node}_out",
                   volume_veh_h=0.4 * volume_veh_h) for node in (1, 2, 3)]
    return prepare(World(given, given.network, Demand(flows=tuple(flows)), DEFAULT_CLASSES))  # type: ignore[arg-type]
