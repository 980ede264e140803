"""G10: pre-emption of five signals on the way of an emergency vehicle, off and on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.design.synthetic import corridor
from trafficsim.evidence.row import F8, REPLICATIONS, Row
from trafficsim.outcomes.severity import RESPONSE, deaths_by_response
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import Preemption
from trafficsim.results.frames import Labels
from trafficsim.results.statistics import t_interval
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.emergency import Chain, Delay, Emergency, EmergencyVehicle, RescueLaneRules, Station
from trafficsim.spec.engines import default_engine
from trafficsim.spec.incident import Incident
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ENGINES = (default_engine(), "queue")
LENGTHS_M, SIGNALS, CYCLE_S = (417.0, 417.0, 417.0, 417.0, 416.0, 416.0), (1, 2, 3, 4, 5), 90.0
MAIN_VEH_H, CROSS_VEH_H = 1000.0, 300.0
"""Moderate traffic: a degree of saturation of about 0.6 on two lanes with half of the cycle green."""
BEGIN_S, WARMUP_S, ANALYSIS_S = 720.0, 600.0, 900.0
NO_RESCUE_LANE = RescueLaneRules(lane_width_m=3.0, opposing_lane=False)
"""Lanes too narrow to pass between: a unit waits in the queue before a red signal, as in the cities of the sources."""
AT_ONCE = Delay(median_s=0.0)
DENVER = "itskrs 2001-b00226 (Denver): -14 to -23 %, about 70 s on routes of 3 to 6 signals"
OTHERS = "itskrs 2000-b00125 (Virginia, CORSIM, 3 signals)"
MOST_CYCLES = 5.0
LITTLE = ("who passes queues through a rescue lane and crosses at red with care loses 4 to 5 s at a red signal, so "
          "little is left to save")


class UnitRun(NamedTuple):
    """One run: drive of the unit, mean travel time of all others, vehicle-hours in the network by cycle."""

    drive_s: float
    others_s: float
    vehicle_h: F8
    arrived_s: float


def road(rescue_lane: bool = True) -> Prepared:
    """Return 2.5 km with five signals, and a unit with 70 km/h that drives from one end to the other."""
    network = corridor(LENGTHS_M, lanes=2, two_way=True, signals=SIGNALS, side_streets=SIGNALS, cycle_s=CYCLE_S,
                       offsets_s=(0.0, 35.0, 70.0, 15.0, 50.0))
    flows = [Flow(id="east", origin="east1", destination="east6", volume_veh_h=MAIN_VEH_H),
             Flow(id="west", origin="west6", destination="west1", volume_veh_h=MAIN_VEH_H)]
    for node in SIGNALS:
        flows += [Flow(id=f"south{node}", origin=f"north{node}_in", destination=f"south{node}_out",
                       volume_veh_h=CROSS_VEH_H),
                  Flow(id=f"north{node}", origin=f"south{node}_in", destination=f"north{node}_out",
                       volume_veh_h=CROSS_VEH_H)]
    crash = Incident(id="crash", link="east6", position_m=380.0, shoulder=True, begin_s=BEGIN_S, duration_s=600.0,
                     rubbernecking=1.0, injured=1)
    chain = Chain(ecall=AT_ONCE, witness=AT_ONCE, handling=AT_ONCE, turnout=Delay(median_s=CYCLE_S, log_sd=0.3))
    response = Emergency(stations=(Station(id="west", link="east1"),), chain=chain,
                         rescue_lane=RescueLaneRules() if rescue_lane else NO_RESCUE_LANE,
                         vehicle=EmergencyVehicle(max_speed_kmh=70.0))
    scenario = Scenario(name="G10", network=network, seed=10, emergency=response, incidents=(crash,),
                        time=Time(warmup_s=WARMUP_S, analysis_s=ANALYSIS_S, clear_s=900.0, interval_s=CYCLE_S))
    return prepare(World(scenario, network, Demand(flows=tuple(flows)), DEFAULT_CLASSES))


def unit_run(prepared: Prepared, policies: tuple[Policy, ...], engine: str, replication: int) -> UnitRun:
    """Return what one run shows."""
    tables = simulate(prepared, Job(Labels("G10", "x", replication, engine), policies))
    one, trips = tables["responses"].iloc[0], tables["trips"]
    judged = trips[(trips["depart_s"] >= WARMUP_S) & (trips["depart_s"] < WARMUP_S + ANALYSIS_S)]
    by_cycle = tables["links"].groupby("begin_s")["vehicle_h"].sum().to_numpy(np.float64)
    arrived_s = float(one[["begin_s", "response_s"]].sum())
    return UnitRun(float(one["travel_s"]), float(judged["travel_time_s"].mean()), by_cycle, arrived_s)


def rows() -> list[Row]:
    """Per engine: drive of the unit, others, recovery; then deaths by formula."""
    deaths = 100.0 * (float(deaths_by_response(20.0, 19.0)) - 1.0)
    return [*(row for engine in ENGINES for lane in (True, False) for row in _of_engine(engine, lane)),
            Row("deaths, response a minute earlier, %", "extrapolated", -4.0, -8.0, -2.0,
                source=RESPONSE.source).exactly(deaths)]


def _of_engine(engine: str, rescue_lane: bool) -> list[Row]:
    prepared = road(rescue_lane)
    arms = [[unit_run(prepared, policies, engine, number) for number in range(1, REPLICATIONS + 1)]
            for policies in ((), (Preemption(),))]
    off_s, on_s = (np.array([one.drive_s for one in arm]) for arm in arms)
    others_off_s, others_on_s = (np.array([one.others_s for one in arm]) for arm in arms)
    name = f"{'rescue lane' if rescue_lane else 'no rescue lane'}, engine {engine}"
    cause = f"; {LITTLE}" if rescue_lane else ""
    cycles = recovery_cycles(arms[0], arms[1])
    return [
        Row(f"drive of the unit, %, {name}", "emergent", -18.5, -35.0, -10.0, source=DENVER,
            note=f"{off_s.mean():.0f} s without{cause}").seen(100.0 * (on_s - off_s) / off_s.mean()),
        Row(f"time saved by the unit, s, {name}", "emergent", 70.0, 30.0, 120.0, source=DENVER,
            note=cause.lstrip("; ")).seen(off_s - on_s),
        Row(f"mean travel time of all others, %, {name}", "emergent", 2.4, 0.0, 6.0, source=OTHERS,
            note="trips that depart in the 15 minutes around the passage").seen(
            100.0 * (others_on_s - others_off_s) / others_off_s.mean()),
        Row(f"recovery after the passage, cycles, {name}", "emergent", None, 0.0, MOST_CYCLES,
            source="transition lengthens the disturbance (Teng et al. 2010)",
            note="until more vehicle-hours than without can no longer be shown").exactly(cycles),
    ]


def recovery_cycles(off: list[UnitRun], on: list[UnitRun]) -> float:
    """Return after how many cycles the vehicle-hours in the network are no longer shown to be more than without."""
    later = []
    for one, other in zip(off, on, strict=True):
        first = int(other.arrived_s // CYCLE_S) + 1
        cycles = min(len(one.vehicle_h), len(other.vehicle_h))
        difference = other.vehicle_h[:cycles] - one.vehicle_h[:cycles]
        later.append(np.pad(difference[first:first + 2 * int(MOST_CYCLES)], (0, 2 * int(MOST_CYCLES)))[
            : 2 * int(MOST_CYCLES)])
    by_cycle = np.array(later)
    for cycle in range(by_cycle.shape[1]):
        if not by_cycle[:, cycle].any() or t_interval(by_cycle[:, cycle])[1] <= 0.0:
            return float(cycle)
    return float(by_cycle.shape[1])
