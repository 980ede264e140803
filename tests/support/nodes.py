"""Nodes of the queue engine as node models know them: one lane per approach, exits that take in so much and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.queue.loop import run
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.plan.arrays import Plan
from trafficsim.spec.demand import Flow
from trafficsim.spec.scenario import Time

THEORY = QueueSettings(start_loss_s=0.0, bounded_acceleration=False)
WARM_S, HOURS = 7200.0, 10
WIDE_VEH_H, JAM_VEH_KM = 7200.0, 200.0
"""What exits could take in at once, and the density of their queues."""


class Turns(NamedTuple):
    """By approach and exit, veh/h."""

    wanted: np.ndarray
    passed: np.ndarray


def node_plan(demand: Sequence[Sequence[float]], capacity: Sequence[float], supply: Sequence[float], exit_m: float,
              **of_approach: Sequence[Any]) -> Plan:
    """Return approaches with these capacities (veh/h), exits whose ends let ``supply`` through, and Poisson demand."""
    rows = [link(f"a{i}", 200.0, speed_limit_kmh=72.0, capacity_veh_h=capacity[i], jam_density_veh_km_lane=JAM_VEH_KM,
                 **{name: values[i] for name, values in of_approach.items()}) for i in range(len(capacity))]
    rows += [link(f"e{j}", exit_m, speed_limit_kmh=72.0, capacity_veh_h=WIDE_VEH_H, outflow_capacity_veh_h=supply[j],
                  jam_density_veh_km_lane=JAM_VEH_KM) for j in range(len(supply))]
    pairs = [(i, j) for i, row in enumerate(demand) for j, flow in enumerate(row) if flow > 0]
    conns = [one for i, j in pairs for one in through(f"a{i}", f"e{j}")]
    flows = [Flow(id=f"f{i}{j}", volume_veh_h=demand[i][j], route=(f"a{i}", f"e{j}"), vehicle_classes={"car": 1.0})
             for i, j in pairs]
    time = Time(warmup_s=WARM_S, analysis_s=HOURS * 3600.0, clear_s=0.0, interval_s=3600.0)
    return make_plan(make_world(make_network(rows, conns), flows, time=time))


def turns_of(plan: Plan, shape: tuple[int, int]) -> Turns:
    """Run, and return what wanted to turn and what did, in the hours of the analysis."""
    volume = run(plan, THEORY).turns.volume
    wanted, passed = np.zeros(shape), np.zeros(shape)
    late = plan.trips.depart_s >= WARM_S
    first = plan.trips.route_link[plan.trips.route_start[:-1]]
    last = plan.trips.route_link[plan.trips.route_start[1:] - 1]
    for turn, (a, b) in enumerate(zip(plan.turns.from_link, plan.turns.to_link, strict=True)):
        i, j = int(plan.link_id[a][1:]), int(plan.link_id[b][1:])
        passed[i, j] = volume[turn]
        wanted[i, j] = np.count_nonzero(late & (first == a) & (last == b))
    return Turns(wanted / HOURS, passed / HOURS)
