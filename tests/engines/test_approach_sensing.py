"""Queues of approaches that are cut into several links, against a count by hand over all vehicles on them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import trafficsim as ts
from trafficsim.kernels.queue.tables import NOBODY
from trafficsim.policies import Controlled, MaxPressure, SelfOrganising
from trafficsim.spec.policy import Policy

CHAINS = {"j2": ("east1", "east2"), "j4": ("east3", "east4")}
"""Links in a row up to each signal: the second of two is a few metres long, and a part of the road before it."""
ENGINES = ("ca", "queue")
ROOM_M = 7.5


def scenario(volume_veh_h: float) -> ts.Scenario:
    """A street of which a fifth turn off at the second signal, and side streets."""
    flows = (
        ts.Flow(id="through", origin="east1", destination="east5", volume_veh_h=0.8 * volume_veh_h),
        ts.Flow(id="off", origin="east1", destination="south4_out", volume_veh_h=0.2 * volume_veh_h),
        ts.Flow(id="second", origin="north2_in", destination="south2_out", volume_veh_h=500),
        ts.Flow(id="fourth", origin="north4_in", destination="south4_out", volume_veh_h=500))
    network = ts.corridor([150, 10, 40, 100, 200], signals=[2, 4], side_streets=[2, 4])
    return ts.Scenario(name="cut", time=ts.Time(analysis_s=900), network=network, demand=ts.Demand(flows=flows))


def places(run: Any, engine: str) -> dict[int, tuple[str, float]]:
    """By vehicle on the road: its link, and how far before the line of that link it is (m)."""
    running, links, found = run._run.running, run.plan.link_id, {}
    lanes = run.plan.lanes.link.tolist()
    if engine == "ca":
        program = running.program
        for lane, link in enumerate(lanes):
            for slot in range(int(program.start[lane]), int(program.start[lane + 1])):
                cells = -(int(program.vehicles.X[slot]) >> 16)
                found[int(program.vehicles.ID[slot])] = links[link], cells * program.sensing.cell_m
        return found
    world, now = running.world, running.now
    for lane, link in enumerate(lanes):
        vehicle, room = int(world.lanes.head[lane]), 0
        while vehicle != NOBODY:
            found[vehicle] = links[link], room * 0.01
            room += int(world.net.spacing[world.trips.kind[vehicle]])
            vehicle = int(world.vehicles.after[vehicle])
    for link, name in enumerate(links):
        vehicle = int(world.links.first[link])
        while vehicle != NOBODY:
            cursor = world.vehicles.cursor[vehicle]
            rest = max(int(world.vehicles.ready[vehicle]) - now, 0) / world.trips.free[cursor]
            found[vehicle] = name, float(rest * world.trips.length[cursor])
            vehicle = int(world.vehicles.after[vehicle])
    return found


def expected(run: Any, engine: str, signal: str, movement: tuple[str, str], reach_m: float = 1e9) -> int:
    """How many vehicles on the links up to a signal have a movement of it on their route, as slowly as can be."""
    trips, plan, count = run.plan.trips, run.plan, 0
    lengths = dict(zip(plan.link_id, plan.links.length_m.tolist(), strict=True))
    for vehicle, (link, rest_m) in places(run, engine).items():
        first, last = trips.route_start[vehicle : vehicle + 2].tolist()
        route = [plan.link_id[one] for one in trips.route_link[first:last]]
        chain = CHAINS[signal] if movement[0] in CHAINS[signal] else movement[:1]
        if link in chain and movement in pairwise(route):
            after_m = sum(lengths[one] for one in chain[chain.index(link) + 1 :])
            count += rest_m + after_m <= reach_m
    return count


@pytest.mark.parametrize("engine", ENGINES)
def test_who_is_on_any_link_of_an_approach_is_counted_for_its_movement(engine: str) -> None:
    run = ts.open_run(scenario(1200.0), engine=engine, policies=[Controlled()])
    most = 0
    for tick in range(20, 600, 20):
        for signal in run.signals:
            run.request(signal, tick // 60 % 2)
        run.advance(float(tick))
        for name, seen in run.observe().signals.items():
            want = [expected(run, engine, name, movement) for movement in seen.movements]
            assert seen.waiting.tolist() == want
            most = max(most, *want)
    assert most > 10  # more than the last link of an approach holds


@pytest.mark.parametrize("engine", ENGINES)
def test_all_links_of_an_approach_count_as_the_road_before_a_signal_and_beyond_one(engine: str) -> None:
    run = ts.open_run(scenario(1200.0), engine=engine, policies=[Controlled()])
    run.advance(300.0)
    seen, there = run.observe(), places(run, engine)
    on = {chain: sum(link in chain for link, _ in there.values()) for chain in CHAINS.values()}
    own = [one for one, _ in seen["j2"].movements].index("east2")
    onto = [other for _, other in seen["j2"].movements].index("east3")
    assert seen["j2"].on_link_before[own] == on[CHAINS["j2"]] > 0
    assert seen["j2"].on_link_beyond[onto] == on[CHAINS["j4"]] > 0
    assert (seen["j2"].neighbours, seen["j4"].neighbours) == (("j4",), ("j2",))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("policy", [MaxPressure(), SelfOrganising()])
def test_who_waits_to_enter_counts_as_the_queue_of_the_road(engine: str, policy: Policy) -> None:
    run = ts.open_run(scenario(3600.0), engine=engine, policies=[policy])
    run.advance(400.0)
    seen, trips = run.observe()["j2"], run.plan.trips
    own = seen.movements.index(("east2", "east3"))
    begun = (trips.depart_s <= 400.0) & (trips.route_link[trips.route_start[:-1]] == run.plan.link_id.index("east1"))
    entered = sum(link == "east1" or link == "east2" for link, _ in places(run, engine).values())
    outside = int(begun.sum()) - run._run.running.world.links.entered[0] if engine == "queue" else None
    waiting = int(seen.waiting[own])
    assert waiting > entered + 50  # far more than the two links hold
    if outside is not None:
        assert waiting == entered + outside


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", [MaxPressure, SelfOrganising])
def test_detection_reaches_as_far_as_it_is_said_to(engine: str, kind: Any) -> None:
    run = ts.open_run(scenario(1200.0), engine=engine, policies=[kind(detection_m=60.0)])
    less = 0
    for tick in range(20, 400, 20):
        run.advance(float(tick))
        for name, seen in run.observe().signals.items():
            for movement, found in zip(seen.movements, seen.waiting.tolist(), strict=True):
                assert found == expected(run, engine, name, movement, 60.0)
                less += found < expected(run, engine, name, movement)
    assert less > 10


@pytest.mark.parametrize("engine", ENGINES)
def test_detection_beyond_the_entry_sees_those_who_would_stand_there(engine: str) -> None:
    run = ts.open_run(scenario(3600.0), engine=engine, policies=[MaxPressure(detection_m=300.0)])
    run.advance(600.0)
    seen = run.observe()["j2"]
    own = seen.movements.index(("east2", "east3"))
    on_road = expected(run, engine, "j2", ("east2", "east3"))
    lengths = dict(zip(run.plan.link_id, run.plan.links.length_m.tolist(), strict=True))
    rooms = int((300.0 - lengths["east1"] - lengths["east2"]) / ROOM_M)
    assert abs(int(seen.waiting[own]) - on_road - rooms) <= 1  # one lane; connectors are part of the road
