"""An engine without traffic: a trip takes its free-flow time and a random share more. Exact, without kernels."""

from __future__ import annotations

from dataclasses import replace
from multiprocessing import current_process
from typing import Any, ClassVar

import numpy as np

from tests.plan.small import Demand, flow, world
from trafficsim.base.codes import COMPLETED
from trafficsim.engines.ca.engine import CellularAutomatonEngine
from trafficsim.engines.registry import ENGINES
from trafficsim.plan.arrays import Plan
from trafficsim.plan.free_flow import free_flow_time_s, route_length_m
from trafficsim.plan.record import (
    DetectorRecord,
    EventRecord,
    LinkRecord,
    Performance,
    QueueRecord,
    Record,
    TrajectoryRecord,
    TripRecord,
    TurnRecord,
)
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.world import World

REPRESENTATION = {"link.free_speed_mean_ms": np.asarray}


class FakeEngine(CellularAutomatonEngine):
    """Stands in for the cellular automaton, under its name."""

    def representation(self, settings: Any) -> dict[str, Any]:
        return REPRESENTATION

    def run(self, plan: Plan, settings: Any) -> Record:
        return run(plan, settings)


FAKE = FakeEngine()
if current_process().name != "MainProcess":
    # A spawned worker imports this module to unpickle a FakeWorld, and so finds the engine that its parent uses.
    ENGINES["ca"] = FAKE


class FakeWorld(World):
    """A world that brings this module with it into worker processes."""


class Slower(Policy):
    """Cap the speed of link ``b``."""

    kind: ClassVar[str] = "test_slower"
    phase: ClassVar[PolicyPhase] = "network"
    speed_ms: float = 5.0

    def lower(self, builder: Builder) -> None:
        """Cap mean free speed and limit."""
        builder.cap("link.free_speed_mean_ms", ("b",), self.speed_ms)


def fake_world(seed: int = 5, volume_veh_h: float = 120.0) -> FakeWorld:
    plain = world(Demand(flows=(flow(volume_veh_h=volume_veh_h),)), seed=seed)
    return FakeWorld(plain.scenario, plain.network, plain.demand, plain.vehicle_classes)


def run(plan: Plan, settings: Any) -> Record:
    """Every trip enters when it is due and takes up to twice its free-flow time, by its random key."""
    if plan.seed_key in BROKEN:
        raise ZeroDivisionError("a defect")
    count = len(plan.trips.name)
    share = (plan.trips.key >> np.uint64(40)).astype(np.float64) / 2.0**24
    exit_s = plan.trips.depart_s + free_flow_time_s(plan) * (1.0 + share)
    links, turns, rows = len(plan.link_id), len(plan.turns.from_link), len(plan.detectors.name)
    none, nothing = np.zeros(0), np.zeros(0, np.int32)
    record = Record(
        "ca", float(exit_s.max(initial=plan.start_s)),
        TripRecord(np.full(count, COMPLETED, np.uint8), plan.trips.depart_s.copy(), exit_s, route_length_m(plan),
                   np.zeros(count), np.zeros(count, np.int32), np.zeros(count)),
        LinkRecord(*(np.zeros((2, links)) for _ in range(6))), TurnRecord(*(np.zeros(turns) for _ in range(4))),
        QueueRecord(5.0, np.zeros((links, 2)), np.zeros(links), np.full(links, -1), np.zeros(links)),
        DetectorRecord(*(np.zeros((2, rows)) for _ in range(3))),
        EventRecord(none, nothing, nothing, nothing, none),
        TrajectoryRecord(none, nothing, nothing, nothing, none, none),
        count, 0, 0, count, b"", performance=Performance(count, 0.5, 0.25, 0.0, 10.0),
    )
    return replace(record, demanded=count + 1) if plan.seed_key in LOSING else record


BROKEN: set[int] = set()
"""Seed keys of replications that break off."""

LOSING: set[int] = set()
"""Seed keys of replications that lose a vehicle."""
