"""G11: an incident on a motorway that is cleared sooner, beside the deterministic queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trafficsim.design.synthetic import corridor
from trafficsim.engines.registry import engine_named
from trafficsim.evidence.row import F8, Row
from trafficsim.outcomes.secondary_crashes import PER_MINUTE, secondary_probability
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import QuickClearance
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.engines import default_engine
from trafficsim.spec.incident import Incident
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ENGINES = (default_engine(), "queue")
LENGTHS_M, LANES, LIMIT_KMH = (8000.0, 3000.0, 1000.0), 3, 120.0
"""The incident is on the second link; trips that find no room wait to enter, which is delay too."""
VOLUME_VEH_H, SATURATED_VEH_H = 4500.0, 8000.0
BEGIN_S, LONG_S, SOONER = 900.0, 3600.0, 0.75
PLACE_M = 2000.0
REPLICATIONS = 10
MEASURED, RAMP_UP_S, MEASURED_S = 3, 1800.0, 3600.0
"""Replications in which capacities are measured, and when: an hour of a road that has been saturated for half of one.
They are other ones than those that are judged."""
TARGET_H, WITHIN, CHANGE = 1591.0, 15.0, (-44.0, -52.0, -36.0)
FORMULA = "deterministic queue, fed with the measured capacities"
RATIO = "HCM 2000, exhibit 22-6"


def queue_delay_h(hours: float, demand: float, capacities: tuple[float, float]) -> float:
    """Return the delay (veh h) of a temporary bottleneck, ``r^2 (q - s1) (s - s1) / (2 (s - q))``.

    Parameters
    ----------
    hours
        Duration r.
    demand
        Volume q (veh/h) between the two capacities.
    capacities
        Full s and reduced s1 (veh/h).

    Examples
    --------
    >>> round(queue_delay_h(1.0, 4500.0, (6000.0, 2940.0))), round(queue_delay_h(0.75, 4500.0, (6000.0, 2940.0)))
    (1591, 895)
    """
    full, reduced = capacities
    return hours**2 * (demand - reduced) * (full - reduced) / (2.0 * (full - demand))


def rows() -> list[Row]:
    """Per engine: level and change of the delay, and the capacities; then secondary crashes, by formula."""
    value, low, high = (-100.0 * secondary_probability(15.0, per_minute=rate)
                        for rate in (PER_MINUTE.value, PER_MINUTE.high or 0.0, PER_MINUTE.low or 0.0))
    secondary = Row("secondary crash, 15 min less on scene, percentage points", "input", None, -7.5, -5.0, value, low,
                    high, source=PER_MINUTE.source, note="a formula of the time on scene; no run has such crashes")
    return [*(row for engine in ENGINES for row in _of_engine(engine)), secondary]


def _of_engine(engine: str) -> list[Row]:
    full, reduced = (capacity_veh_h(engine, incident) for incident in (False, True))
    long_h, short_h = delays_h(engine)
    expected_h = queue_delay_h(LONG_S / 3600.0, VOLUME_VEH_H, (full, reduced))
    level = 100.0 * (long_h / expected_h - 1.0)
    change = 100.0 * (short_h - long_h) / long_h.mean()
    name = f"engine {engine}"
    return [
        Row(f"delay of 60 min against the queue, %, {name}", "emergent", 0.0, -WITHIN, WITHIN, source=FORMULA,
            note=f"{long_h.mean():.0f} veh h against {expected_h:.0f}").seen(level),
        Row(f"delay of 45 min instead of 60, %, {name}", "emergent", *CHANGE, source=FORMULA).seen(change),
        Row(f"delay of 60 min, veh h, {name}", "emergent", TARGET_H, source="the same with 6,000 and 2,940 veh/h",
            note="reported only: it depends on the capacities").seen(long_h),
        Row(f"full capacity, veh/h, {name}", "emergent", source="6,000 in the target").exactly(full),
        Row(f"capacity with one of three lanes blocked, share, {name}", "input", 0.49, source=RATIO,
            note="drivers who look are given, merging is not").exactly(reduced / full),
    ]


def world(volume_veh_h: float, duration_s: float | None, **time: Any) -> Prepared:
    """Return the road, with one of three lanes blocked for a time."""
    network = corridor(LENGTHS_M, lanes=LANES, speed_limit_kmh=LIMIT_KMH, road_class="motorway")
    happens = () if duration_s is None else (
        Incident(id="crash", link="east2", position_m=PLACE_M, lanes=(0,), begin_s=BEGIN_S, duration_s=duration_s),)
    flow = Flow(id="f", route=("east1", "east2", "east3"), volume_veh_h=volume_veh_h, vehicle_classes={"car": 1.0})
    scenario = Scenario(name="G11", network=network, incidents=happens, seed=11, time=Time(interval_s=300.0, **time))
    return prepare(World(scenario, network, Demand(flows=(flow,)), DEFAULT_CLASSES))


def capacity_veh_h(engine: str, incident: bool) -> float:
    """Return what passes the place in an hour while more want to."""
    begin_s, end_s = BEGIN_S + RAMP_UP_S, BEGIN_S + RAMP_UP_S + MEASURED_S
    prepared = world(SATURATED_VEH_H, end_s if incident else None, analysis_s=end_s, clear_s=1.0)
    passed = [((exits >= begin_s) & (exits < end_s)).sum() for exits in (
        _times_s(engine, prepared, (), 1000 + number)[1] for number in range(MEASURED))]
    return float(np.mean(passed)) / MEASURED_S * 3600.0


def delays_h(engine: str) -> tuple[F8, F8]:
    """Return by replication what the incident costs in vehicle-hours: as long as it is, and cleared sooner."""
    time = {"warmup_s": BEGIN_S, "analysis_s": 10_800.0, "clear_s": 10_800.0}
    without, long = world(VOLUME_VEH_H, None, **time), world(VOLUME_VEH_H, LONG_S, **time)
    arms: list[tuple[Prepared, Sequence[Policy]]] = [(without, ()), (long, ()), (long, [QuickClearance(factor=SOONER)])]
    hours = np.array([[_spent_h(engine, prepared, policies, number) for prepared, policies in arms]
                      for number in range(1, REPLICATIONS + 1)])
    return hours[:, 1] - hours[:, 0], hours[:, 2] - hours[:, 0]


def _spent_h(engine: str, prepared: Prepared, policies: Sequence[Policy], number: int) -> float:
    depart_s, exit_s = _times_s(engine, prepared, policies, number)
    assert (exit_s >= depart_s).all(), "somebody did not arrive"
    return float((exit_s - depart_s).sum()) / 3600.0


def _times_s(engine: str, prepared: Prepared, policies: Sequence[Policy], number: int) -> tuple[F8, F8]:
    """Departures and exits of all trips; who is still on the way has none."""
    plan = lower(prepared, policies, number).plan
    chosen = engine_named(engine)
    trips = chosen.run(plan, chosen.settings_of(prepared.world)).trips
    return plan.trips.depart_s, trips.exit_s
