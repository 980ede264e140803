"""G7: a green wave of six signals against random offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trafficsim.design.synthetic import corridor
from trafficsim.evidence.row import F8, REPLICATIONS, Row, not_modelled
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import GreenWave, Webster
from trafficsim.results.frames import Labels
from trafficsim.results.stops import stops_along
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.engines import default_engine
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time, Trajectories
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

SIGNALS, SPACING_M, CYCLE_S, SPEED_KMH, SLOWEST_KMH = 6, 400.0, 80.0, 50.0, 40.0
SETS, SETS_EACH = 20, 4
"""Random offset sets, and how many of them each replication is compared with, in turn: every set counts alike."""
SPLIT = Webster(minimum_cycle_s=CYCLE_S, maximum_cycle_s=CYCLE_S)
"""Greens in proportion to the volumes at the cycle of the corridor, in every arm alike: only offsets differ."""
SHARP, SLOWER = "50 km/h", "40 to 50 km/h"
RETIMED = "163 Californian projects (Skabardonis)"
TRIED = ("400 m and a cycle of 80 s suit a progression of 36 km/h, not 50; tried: a progression from 40 km/h on, and "
         "two lanes per direction")
FEW = 10
"""Replications of the rows on stops: they need traces."""
MEASURES = ("travel time of the road", "delay, whole network", "stops per trip")
ACCEPTED = {"travel time of the road": (-7.7, -30.0, -5.0), "delay, whole network": (-13.8, -35.0, -8.0),
            "stops per trip": (-12.5, -45.0, -10.0)}


@dataclass(frozen=True)
class Road:
    """Volumes per direction (straight on only), lanes, and whether all drive at the limit and leave traces."""

    main_veh_h: float = 600.0
    cross_veh_h: float = 300.0
    lanes: int = 1
    traced: bool = False

    def prepared(self) -> Prepared:
        """Six signals 400 m apart on a road of 50 km/h."""
        inner = tuple(range(1, SIGNALS + 1))
        network = corridor(lengths_m=(SPACING_M,) * (SIGNALS + 1), two_way=True, signals=inner, side_streets=inner,
                           cycle_s=CYCLE_S, speed_limit_kmh=SPEED_KMH, lanes=self.lanes)
        last = SIGNALS + 1
        flows = [_flow("east", "east1", f"east{last}", self.main_veh_h),
                 _flow("west", f"west{last}", "west1", self.main_veh_h)]
        for node in inner:
            flows += [_flow(f"north{node}", f"south{node}_in", f"north{node}_out", self.cross_veh_h),
                      _flow(f"south{node}", f"north{node}_in", f"south{node}_out", self.cross_veh_h)]
        drivers = Drivers(urban=SpeedChoice(share_over_limit=0.5, cv=0.0)) if self.traced else Drivers()
        scenario = Scenario(name="G7", network=network, time=Time(warmup_s=400.0, analysis_s=900.0, clear_s=1800.0),
                            seed=3, drivers=drivers, trajectories=Trajectories(share=1.0 if self.traced else 0.0))
        return prepare(World(scenario, network, Demand(flows=tuple(flows)), DEFAULT_CLASSES))


def _flow(name: str, origin: str, destination: str, volume_veh_h: float) -> Flow:
    return Flow(id=name, origin=origin, destination=destination, volume_veh_h=volume_veh_h,
                vehicle_classes={"car": 1.0})


def wave(slowest_kmh: float | None, back: str | None = "west") -> GreenWave:
    """Return the wave along the road."""
    return GreenWave(along="east", back=back, speed_kmh=SPEED_KMH, slowest_kmh=slowest_kmh)


def rows() -> list[Row]:
    """The two-way wave by progression speed and lanes, near capacity, and the stops of a one-way wave."""
    found = []
    for lanes in (1, 2):
        found += _against_random(Road(lanes=lanes), {SHARP: wave(None), SLOWER: wave(SLOWEST_KMH)})
    found += _near_capacity()
    fuel = not_modelled("fuel, %", "VT-Micro needs traces of every vehicle; not joined to this case yet", -7.8)
    return [*found, _one_way(), fuel]


def _against_random(road: Road, waves: dict[str, GreenWave]) -> list[Row]:
    prepared = road.prepared()
    base = uncoordinated(prepared)
    found = []
    for name, policy in waves.items():
        after = np.array([outcome(prepared, [SPLIT, policy], number) for number in _numbers()])
        change = 100.0 * (after - base) / base.mean(axis=0)
        for column, measure in enumerate(MEASURES):
            target, low, high = ACCEPTED[measure]
            row = Row(f"{measure}, {road.lanes} lane(s), progression {name}, %", "emergent", target, low, high,
                      source=RETIMED).seen(change[:, column])
            found.append(replace(row, note=TRIED) if row.status == "outside" else row)
    return found


def _numbers() -> range:
    return range(1, REPLICATIONS + 1)


def uncoordinated(prepared: Prepared) -> F8:
    """Measures of every replication under some of the random offset sets, their mean; shape (replications, 3)."""
    signals = lower(prepared, [SPLIT]).plan.signals
    cycle = round(float(signals.duration_s[: signals.phase_start[1]].sum()))
    offsets = np.random.default_rng(7).integers(0, cycle, (SETS, len(signals.program_id))).astype(np.float64)
    worlds = [replace(prepared, signals=prepared.signals._replace(offset_s=one)) for one in offsets]
    return np.array([
        np.mean([outcome(worlds[(number * SETS_EACH + turn) % SETS], [SPLIT], number) for turn in range(SETS_EACH)],
                axis=0) for number in _numbers()])


def outcome(prepared: Prepared, policies: Sequence[Policy], replication: int) -> F8:
    """Mean travel time of the road's trips, mean delay and stops per trip of all that are judged."""
    time = prepared.world.scenario.time
    trips = simulate(prepared, Job(Labels("G7", "x", replication, default_engine()), tuple(policies)))["trips"]
    judged = trips[(trips["depart_s"] >= time.analysis_begin_s) & (trips["status"] == "completed")]
    flow = judged["name"].astype(str).str.rpartition("#")[0]
    along = judged[flow.isin(["east", "west"])]
    return np.array([along["travel_time_s"].mean(), judged["delay_s"].mean(), judged["stops"].mean()], np.float64)


def _near_capacity() -> list[Row]:
    """At a degree of saturation of 0.96 offsets hardly matter."""
    found = _against_random(Road(1150.0, 400.0), {SHARP: wave(None)})
    chosen = [row for row in found if row.metric.startswith(MEASURES[:2])]
    rows = [replace(row, metric=f"x = 0.96: {row.metric}", target=0.0, low=-8.0, high=8.0, note="") for row in chosen]
    return [replace(row, note="the first signals meter the road, so that the others are not at capacity")
            if row.status == "outside" else row for row in rows]


def _one_way() -> Row:
    """Stops of the path's vehicles behind the first stop line, all driving at the limit."""
    prepared = Road(traced=True).prepared()
    inner = [f"east{section}" for section in range(2, SIGNALS + 1)]
    policies = (SPLIT, wave(None, back=None))
    stops = [stops_along(simulate(prepared, Job(Labels("G7", "x", number, default_engine()), policies))["trajectories"],
                         inner).mean() for number in range(1, FEW + 1)]
    return Row("one-way wave, everybody at 50 km/h: stops per vehicle at the five inner signals", "emergent", 0.0, 0.0,
               0.2, source="near zero").seen(np.array(stops, np.float64))
