"""Coordination on a main road: replications under random offsets, and under a green wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.support.worlds import PLACEHOLDER
from trafficsim.design.synthetic import corridor
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies.green_wave import GreenWave
from trafficsim.policies.webster import Webster
from trafficsim.results.frames import Labels
from trafficsim.results.stops import stops_along
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time, Trajectories
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

SIGNALS, SPACING_M, CYCLE_S, SPEED_KMH = 6, 400.0, 80.0, 50.0
SETS = 20
"""Random offset sets; their mean is the uncoordinated state."""
CARS = {"car": 1.0}
SPLIT = Webster(minimum_cycle_s=CYCLE_S, maximum_cycle_s=CYCLE_S)
"""Greens in proportion to the volumes at the cycle of the corridor, in every arm alike: only offsets differ."""
MEASURES = ("travel_time", "delay", "stops")


@dataclass(frozen=True)
class Outcome:
    """One run: mean travel time of the path's trips (s), delay (s) and stops per trip of all."""

    travel_time: float
    delay: float
    stops: float
    intermediate_stops: float | None = None
    """Stops of the path's vehicles behind the first stop line; None without trajectories."""


def wave(slowest_kmh: float | None = None, *, along: str = "east", back: str | None = "west") -> GreenWave:
    """Return a wave at the limit, in both directions unless ``back`` is None."""
    return GreenWave(along=along, back=back, speed_kmh=SPEED_KMH, slowest_kmh=slowest_kmh)


def six_signals(
    main_veh_h: float = 600.0, cross_veh_h: float = 300.0, *, lanes: int = 1, drivers: Drivers | None = None,
    traces: bool = False,
) -> Prepared:
    """Six signals 400 m apart, cycle 80 s, 50 km/h; volumes per direction, straight on only."""
    inner = tuple(range(1, SIGNALS + 1))
    network = corridor(lengths_m=(SPACING_M,) * (SIGNALS + 1), two_way=True, signals=inner, side_streets=inner,
                       cycle_s=CYCLE_S, speed_limit_kmh=SPEED_KMH, lanes=lanes)
    last = SIGNALS + 1
    flows = [_flow("east", "east1", f"east{last}", main_veh_h), _flow("west", f"west{last}", "west1", main_veh_h)]
    for node in inner:
        flows.append(_flow(f"north{node}", f"south{node}_in", f"north{node}_out", cross_veh_h))
        flows.append(_flow(f"south{node}", f"north{node}_in", f"south{node}_out", cross_veh_h))
    scenario = Scenario(
        name="six", network=PLACEHOLDER, time=Time(warmup_s=600.0, analysis_s=1800.0, clear_s=3600.0), seed=3,
        drivers=drivers or Drivers(),
        trajectories=Trajectories(share=1.0 if traces else 0.0),
    )
    demand = Demand(flows=tuple(flows))
    return prepare(World(scenario, network, demand, DEFAULT_CLASSES))


def _flow(name: str, origin: str, destination: str, volume_veh_h: float) -> Flow:
    return Flow(id=name, origin=origin, destination=destination, volume_veh_h=volume_veh_h, vehicle_classes=CARS)


def with_offsets(prepared: Prepared, offsets_s: Sequence[float]) -> Prepared:
    """Return the world with other offsets, in the order of its programs."""
    return replace(prepared, signals=prepared.signals._replace(offset_s=np.array(offsets_s, np.float64)))


def random_offsets(
    prepared: Prepared, policies: Sequence[Policy] = (), sets: int = SETS, seed: int = 7
) -> list[Prepared]:
    """Return the world with each of several sets of random whole-second offsets in the cycle that policies give."""
    signals = lower(prepared, policies).plan.signals
    cycle = round(float(signals.duration_s[: signals.phase_start[1]].sum()))
    draw = np.random.default_rng(seed)
    return [with_offsets(prepared, draw.integers(0, cycle, len(signals.program_id)).tolist()) for _ in range(sets)]


def relative(after: Sequence[Outcome], before: Sequence[Outcome]) -> dict[str, float]:
    """Relative change of the mean of every measure."""
    return {name: float(np.mean([getattr(one, name) for one in after])
                        / np.mean([getattr(one, name) for one in before]) - 1.0) for name in MEASURES}


def outcome(
    prepared: Prepared, policies: Sequence[Policy], replication: int, through: Sequence[str] = ("east", "west"),
    inner: Sequence[str] = (),
) -> Outcome:
    """Run one replication; ``through`` are the flows along the path, ``inner`` the links behind its first stop line."""
    labels = Labels(prepared.world.scenario.name, "x", replication, "ca")
    tables = simulate(prepared, Job(labels, tuple(policies)))
    trips = tables["trips"]
    time = prepared.world.scenario.time
    judged = trips[(trips["depart_s"] >= time.analysis_begin_s) & (trips["status"] == "completed")]
    flow = judged["name"].astype(str).str.rpartition("#")[0].where(lambda name: name != "", judged["name"])
    along = judged[flow.isin(list(through))]
    stops = None
    if inner:
        counted = stops_along(tables["trajectories"], inner)
        stops = float(counted[counted.index.isin(set(along["name"].astype(str)))].mean())
    return Outcome(float(along["travel_time_s"].mean()), float(judged["delay_s"].mean()),
                   float(judged["stops"].mean()), stops)
