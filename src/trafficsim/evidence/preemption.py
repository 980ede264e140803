"""G10: pre-emption of five signals on the way of an emergency vehicle, off and on."""

from __future__ import annotations

from dataclasses import replace
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
from trafficsim.spec.emergency import Chain, Delay, Emergency, EmergencyVehicle, Station
from trafficsim.spec.engines import default_engine
from trafficsim.spec.incident import Incident
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ENGINES = (default_engine(), "queue")
LENGTHS_M, SIGNALS = (417.0, 417.0, 417.0, 417.0, 416.0, 416.0), (1, 2, 3, 4, 5)
GREEN_S, YELLOW_S, ALL_RED_S = 40.0, 3.0, 2.0
CYCLE_S = 2.0 * (GREEN_S + YELLOW_S + ALL_RED_S)
MAIN_VEH_H, CROSS_VEH_H = 1000.0, 300.0
"""Moderate traffic: a degree of saturation of about 0.6 on two lanes with greens of 40 in 90 s, 0.4 on side streets."""
CHECK_IN_M = 760.0
"""Reach of optical emitters as a maker gives it, 2,500 ft (Priority Green, prioritygreen.com/preemption.html)."""
SEEN_FAR, SHORT = Preemption(check_in_m=CHECK_IN_M), Preemption()
WAVE_S = (0.0, 35.0, 70.0, 15.0, 50.0)
"""Offsets of a wave of 43 km/h for the way of the unit."""
GAIN = ("without coordination green for the unit is a wave for the road, which has three times the traffic of a side "
        "street; tried: signals in a wave, next row")
BEGIN_S, WARMUP_S, ANALYSIS_S = 720.0, 600.0, 900.0
AT_ONCE = Delay(median_s=0.0)
DENVER = "itskrs 2001-b00226 (Denver): -14 to -23 %, about 70 s on routes of 3 to 6 signals"
OTHERS = "itskrs 2000-b00125 (Virginia, CORSIM, 3 signals)"
MOST_CYCLES = 5.0


class UnitRun(NamedTuple):
    """One run: drive of the unit, mean travel time of all others, vehicle-hours in the network by cycle."""

    drive_s: float
    others_s: float
    vehicle_h: F8
    arrived_s: float


def roads() -> list[Prepared]:
    """Return a road by replication: signals are not coordinated, so that each replication has offsets of its own."""
    offsets = np.random.default_rng(10).integers(0, round(CYCLE_S), (REPLICATIONS, len(SIGNALS)))
    return [road(tuple(map(float, one))) for one in offsets.tolist()]


def _equal_greens(program: SignalProgram) -> SignalProgram:
    lasts = (GREEN_S, YELLOW_S, ALL_RED_S)
    phases = tuple(phase.model_copy(update={"duration_s": lasts[number % 3]})
                   for number, phase in enumerate(program.phases))
    return program.model_copy(update={"phases": phases})


def road(offsets_s: tuple[float, ...]) -> Prepared:
    """Return 2.5 km with five signals, and a unit with 70 km/h that drives from one end to the other."""
    network = corridor(LENGTHS_M, lanes=2, two_way=True, signals=SIGNALS, side_streets=SIGNALS, cycle_s=CYCLE_S,
                       offsets_s=offsets_s)
    network = replace(network, signals=tuple(_equal_greens(one) for one in network.signals))
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
    return [*(row for engine in ENGINES for row in _of_engine(engine)),
            Row("deaths, response a minute earlier, %", "extrapolated", -4.0, -8.0, -2.0,
                source=RESPONSE.source).exactly(deaths)]


def _of_engine(engine: str) -> list[Row]:
    apart, wave = roads(), [road(WAVE_S)] * REPLICATIONS
    off, on, short = (_arm(apart, arm, engine) for arm in ((), (SEEN_FAR,), (SHORT,)))
    wave_off, wave_on = (_arm(wave, arm, engine) for arm in ((), (SEEN_FAR,)))
    off_s, on_s, short_s, wave_off_s, wave_on_s = (
        np.array([one.drive_s for one in arm]) for arm in (off, on, short, wave_off, wave_on))
    name = f"engine {engine}"
    return [
        Row(f"drive of the unit, %, {name}", "emergent", -18.5, -35.0, -10.0, source=DENVER,
            note=f"{off_s.mean():.0f} s without; seen {CHECK_IN_M:.0f} m ahead").seen(
            100.0 * (on_s - off_s) / off_s.mean()),
        Row(f"time saved by the unit, s, {name}", "emergent", 70.0, 30.0, 120.0, source=DENVER).seen(off_s - on_s),
        Row(f"time saved by the unit where it is seen {SHORT.check_in_m:.0f} m ahead, s, {name}", "emergent",
            note="default of the policy: before the unit comes its queue has not gone").seen(off_s - short_s),
        Row(f"time saved by the unit along a wave for its way, s, {name}", "emergent",
            note="it rides the wave: few signals are red before it anyway").seen(wave_off_s - wave_on_s),
        _others(f"mean travel time of all others, %, {name}", off, on),
        _others(f"mean travel time of all others, signals in a wave for its way, %, {name}", wave_off, wave_on),
        _recovery(f"recovery after the passage, cycles, {name}", off, on),
        _recovery(f"recovery after the passage, signals in a wave for its way, cycles, {name}", wave_off, wave_on),
    ]


def _arm(worlds: list[Prepared], policies: tuple[Policy, ...], engine: str) -> list[UnitRun]:
    return [unit_run(one, policies, engine, number) for number, one in enumerate(worlds, start=1)]


def _others(metric: str, off: list[UnitRun], on: list[UnitRun]) -> Row:
    """The row of all others: those who depart in the 15 minutes around the passage."""
    off_s, on_s = (np.array([one.others_s for one in arm]) for arm in (off, on))
    row = Row(metric, "emergent", 2.4, 0.0, 6.0, source=OTHERS, note="trips of the 15 minutes around the passage").seen(
        100.0 * (on_s - off_s) / off_s.mean())
    return replace(row, note=f"{row.note}; {GAIN}") if row.status == "outside" else row


def _recovery(metric: str, off: list[UnitRun], on: list[UnitRun]) -> Row:
    return Row(metric, "emergent", None, 0.0, MOST_CYCLES,
               source="transition lengthens the disturbance (Teng et al. 2010)",
               note="until more vehicle-hours than without can no longer be shown").exactly(recovery_cycles(off, on))


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
