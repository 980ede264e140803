"""Invariants of the queue engine on random networks of all kinds of control."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.junctions import drawn_worlds
from tests.support.queues import chain, chain_plan, looked_at, trips_at
from tests.support.worlds import make_plan
from trafficsim.engines.queue.loop import check_invariants, run
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.kernels.queue.tables import NOBODY
from trafficsim.kernels.queue.tables import World as QueueWorld
from trafficsim.plan.arrays import Plan
from trafficsim.spec.world import World


def plan_of(world: World) -> Plan:
    """Lower a world without its stops, which queues do not represent."""
    trips = tuple(trip.model_copy(update={"stops": ()}) for trip in world.demand.trips)
    return make_plan(replace(world, demand=world.demand.model_copy(update={"trips": trips})))


def queue_of(world: QueueWorld, lane: int) -> list[int]:
    found, vehicle = [], int(world.lanes.head[lane])
    while vehicle != NOBODY:
        found.append(vehicle)
        vehicle = int(world.vehicles.after[vehicle])
    return found


@given(drawn_worlds())
@settings(max_examples=40, deadline=None)
def test_vehicles_are_conserved_and_storage_is_kept(world: World) -> None:
    plan = plan_of(world)
    before: dict[int, list[int]] = {}
    curves: list[tuple[np.ndarray, np.ndarray]] = []
    served = compile_plan(plan, QueueSettings()).links.served

    def look(state: QueueWorld, now: int) -> None:
        check_invariants(state)
        room, taken = state.net.room, state.links.taken
        longest = int(state.net.spacing.max())
        assert np.all((taken <= room) | (taken <= longest)), "storage is exceeded only by one who fits nowhere"
        on = np.bincount(state.trips.link[state.vehicles.cursor[
            (state.vehicles.begun >= 0) & (state.vehicles.ended < 0)]], minlength=len(room))
        assert np.array_equal(state.counts.entered - state.counts.left, on)
        assert np.all(state.counts.total[2] == 0), "nobody crosses at red"
        assert np.all(state.links.served[state.links.served != served] >= now - 1000), "nothing happens in the past"
        served[:] = state.links.served
        assert state.agenda.node.min() >= now, "nothing is left undone"
        assert np.all(state.agenda.due >= now)
        for lane in range(len(state.lanes.head)):
            now_there = queue_of(state, lane)
            known = [one for one in before.get(lane, []) if one in now_there]
            assert known == now_there[: len(known)], "first in, first out"
            before[lane] = now_there
        curves.append((state.counts.entered.copy(), state.counts.left.copy()))

    end = looked_at(plan, look)
    least_ms = np.full(len(plan.link_id), 1 << 30)
    np.minimum.at(least_ms, end.trips.link, end.trips.free)
    check_curves(curves, least_ms)


def check_curves(curves: list[tuple[np.ndarray, np.ndarray]], free_ms: np.ndarray) -> None:
    """Cumulative curves by second never fall, and nobody has left a link who had not entered it a free time before."""
    up, down = (np.array([pair[side] for pair in curves]) for side in (0, 1))
    assert np.all(np.diff(up, axis=0) >= 0.0)
    assert np.all(np.diff(down, axis=0) >= 0.0)
    for link, free in enumerate(free_ms.tolist()):
        later = int(min(free // 1000, len(up)))
        assert np.all(down[later:, link] <= up[: len(up) - later, link])
        assert np.all(down[:later, link] == 0.0)


@given(drawn_worlds())
@settings(max_examples=25, deadline=None)
def test_records_add_up(world: World) -> None:
    plan = plan_of(world)
    record = run(plan)
    assert record.demanded == record.waiting + record.en_route + record.completed
    assert np.isclose(record.links.vehicle_m.sum(), record.trips.distance_m.sum(), rtol=1e-9, atol=1e-6)
    end = np.where(record.trips.exit_s >= 0, record.trips.exit_s, record.end_s)
    there = record.trips.entry_s >= 0
    assert np.isclose(record.links.vehicle_s.sum(), (end - record.trips.entry_s)[there].sum(), atol=1e-3)
    assert np.all(record.turns.delay_s >= 0.0)
    left = record.waiting + record.en_route
    assert record.left.vehicles.sum() == left
    assert run(plan).state == record.state


@given(st.lists(st.sampled_from((40.0, 150.0, 400.0)), min_size=2, max_size=4), st.sampled_from((0.3, 0.6, 1.0)),
       st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_nobody_is_downstream_before_the_free_time(lengths: list[float], share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(2.0, 80)).tolist()
    narrow = {len(lengths) - 2: share} if share < 1.0 else None
    plan = chain_plan(chain(lengths, narrow=narrow), trips_at(times, len(lengths)))
    curves: list[tuple[np.ndarray, np.ndarray]] = []
    looked_at(plan, lambda world, now: curves.append((world.counts.entered.copy(), world.counts.left.copy())),
              QueueSettings())
    check_curves(curves, compile_plan(plan, QueueSettings()).trips.free[: len(lengths)])
