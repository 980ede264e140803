"""Gridlock: a ring that is full and locked is named with its links and vehicles; queues that only wait are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numba import config

from tests.oracles.gridlock import causes_of, choices_of, deadlocked, gridlocks
from tests.support.tiers import long_without_compiler
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_program, make_world, through
from trafficsim.base import codes
from trafficsim.base.codes import CAUSE_NOBODY, LEFT_CAUSES
from trafficsim.design import synthetic
from trafficsim.engines.ca import run
from trafficsim.engines.ca.gridlock import FREE, GridlockWatch
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.engines.gridlocks import cycles
from trafficsim.kernels.measurement.gridlock import find_blocked, find_causes
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels
from trafficsim.results.left import left_line, left_list
from trafficsim.results.tables import events_table
from trafficsim.spec.demand import Flow, Stop, Trip
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

long_run = pytest.mark.skipif(
    config.DISABLE_JIT, reason="full streets take minutes without the compiler; one case of them runs in both modes"
)
RING = tuple(f"r{number}" for number in range(4))


def ring_of_streets() -> Network:
    """Four one-way streets round a block; at every corner one comes in, to whom the ring gives way, and one leaves."""
    rows = [link(f"{kind}{number}", length) for number in range(4) for kind, length in
            (("r", 60.0), ("in", 100.0), ("out", 100.0))]
    joints = []
    for number in range(4):
        after = (number + 1) % 4
        joints += through(f"in{after}", f"r{after}")
        joints += through(f"r{number}", f"r{after}", yields_to=(len(joints) - 1,), critical_gap_s=3.0)
        joints += through(f"r{number}", f"out{number}")
    return make_network(rows, joints)


def ring_flows(volume_veh_h: float) -> list[Flow]:
    """From every corner all the way round to the street before, so that nobody leaves the ring early."""
    return [
        Flow(
            id=f"f{first}",
            volume_veh_h=volume_veh_h,
            route=(
                f"in{first}",
                *(RING[(first + route_position) % 4] for route_position in range(4)),
                f"out{(first + 3) % 4}",
            ),
        )
        for first in range(4)
    ]


def ring_world(volume_veh_h: float) -> World:
    return make_world(ring_of_streets(), ring_flows(volume_veh_h), time=Time(analysis_s=600.0, clear_s=600.0))


def ran(world: World) -> Record:
    return run(make_plan(world))


@long_run
@pytest.mark.parametrize("replication", [1, 2, 3, 4])
def test_a_full_ring_of_streets_is_one_gridlock_with_exactly_its_four_links(replication: int) -> None:
    plan = make_plan(ring_world(900.0), replication)
    record = run(plan)
    found = record.gridlocks
    assert [plan.link_id[row] for row in found.link.tolist()] == list(RING)
    assert found.number.tolist() == [1] * 4
    assert record.gridlock
    assert record.end_s == plan.end_s  # the run went on
    assert record.demanded == record.waiting + record.en_route + record.completed  # and nobody was taken out
    assert set(found.end_s.tolist()) == {-1.0}
    # Each of its vehicles stands at the end of its link, has been standing since then, and still does.
    begin_s = float(found.begin_s[0])
    assert 0.0 < begin_s < 600.0
    assert (record.trips.status[found.trip] == 1).all()
    assert (record.trips.waiting_s[found.trip] >= plan.end_s - begin_s).all()


@long_run
def test_a_ring_below_capacity_is_none() -> None:
    record = ran(ring_world(100.0))
    assert not record.gridlock
    assert len(record.gridlocks.number) == 0
    assert record.completed == record.demanded


@long_run
def test_a_queue_at_a_long_red_is_none() -> None:
    rows = [link(name, 200.0) for name in ("before", "in", "out")]
    joints = through("before", "in") + through("in", "out", signal="s", signal_index=0)
    flow = Flow(id="f", volume_veh_h=900.0, route=("before", "in", "out"))
    network = make_network(rows, joints, [fixed_time("s", 8.0, 400.0)])
    record = ran(make_world(network, [flow], time=Time(analysis_s=900.0, clear_s=600.0)))
    assert record.en_route > 50  # both links are full
    assert len(record.gridlocks.number) == 0
    assert not record.gridlock


def blocked_by_a_bus(volume_veh_h: float = 600.0) -> World:
    """A road whose last link is blocked for half an hour, with a ring before it that spills back round the block."""
    rows = [link(name, 80.0) for name in ("a", "b", "c", "d", "e")]
    joints = [conn for pair in ("ab", "bc", "cd", "de") for conn in through(*pair)]
    bus = Trip(id="bus", depart_s=0.0, route=("d", "e"), vehicle_class="bus",
               stops=(Stop(link="e", position_m=70.0, dwell_s=1800.0),))
    flow = Flow(id="f", volume_veh_h=volume_veh_h, route=("a", "b", "c", "d", "e"))
    return make_world(make_network(rows, joints), [flow], [bus], time=Time(analysis_s=900.0, clear_s=600.0))


@long_run
def test_a_chain_of_full_links_behind_a_blocked_exit_is_none() -> None:
    record = ran(blocked_by_a_bus())
    assert record.completed == 0
    assert record.en_route > 40  # five full links
    assert len(record.gridlocks.number) == 0
    assert not record.gridlock


@long_without_compiler
def test_it_is_reported_once_and_ends_when_a_head_moves() -> None:
    program = make_program(ring_world(900.0))
    watch = GridlockWatch.of(program, 1.0)
    for tick in range(0, 900, 60):
        advance(program, tick, tick + 60)
        watch.look(program, tick + 60)
    (one,) = watch.found
    assert one.end == -1
    assert one.begin + watch.least <= 900
    program.work.lane["wait"][one.lanes[2]] = 0  # as if that head had just moved
    watch.look(program, 960)
    (same,) = watch.found
    assert same.end == 960


def signals_at_corners(cycle_s: float) -> Network:
    """The ring with a signal at every corner: half of the cycle green for the ring, half for those who come in."""
    plain = ring_of_streets()
    connections = []
    for connection in plain.connections:
        index = 1 if connection.from_link.startswith("in") else 0
        connections.append(
            connection.model_copy(
                update={
                    "signal": f"s{connection.from_link[-1]}"
                    if index == 0
                    else f"s{(int(connection.from_link[-1]) + 3) % 4}",
                    "signal_index": index,
                    "yields_to": (),
                }
            )
        )
    programs = [SignalProgram(id=f"s{number}", offset_s=number * cycle_s / 4, phases=(
        Phase(duration_s=cycle_s / 2, state="Gr"), Phase(duration_s=cycle_s / 2, state="rG"))) for number in range(4)]
    return replace(plain, connections=tuple(connections), signals=tuple(programs))


@long_run
@pytest.mark.parametrize("cycle_s", [60.0, 400.0])
def test_a_cycle_through_red_signals_is_named_when_it_has_formed(cycle_s: float) -> None:
    """At every time one corner of the ring at least is red; green would not help, because there is no room beyond."""
    program = make_program(make_world(signals_at_corners(cycle_s), ring_flows(900.0),
                                      time=Time(analysis_s=1800.0, clear_s=600.0)))
    watch = GridlockWatch.of(program, 1.0)
    named = None
    for tick in range(0, 1800, 60):
        advance(program, tick, tick + 60)
        watch.look(program, tick + 60)
        if watch.found and named is None:
            named = tick + 60
    (one,) = watch.found
    assert one.end == -1
    assert named is not None
    assert named - one.begin <= watch.least + watch.every == 180
    assert {program.net.lane["link"][lane] for lane in one.lanes} == {
        make_plan(ring_world(1.0)).link_id.index(name) for name in RING}


def signals_beyond_short_links() -> Network:
    """The ring with a link too short for a vehicle before every corner.

    At whose end a signal is red most of the time.
    """
    rows = [link(f"{kind}{number}", length) for number in range(4) for kind, length in
            (("r", 60.0), ("s", 2.0), ("in", 100.0), ("out", 100.0))]
    joints = []
    for number in range(4):
        after = (number + 1) % 4
        joints += through(f"in{after}", f"r{after}")
        joints += through(f"r{number}", f"s{number}")
        joints += through(f"s{number}", f"r{after}", signal=f"signal{number}", signal_index=0)
        joints += through(f"s{number}", f"out{number}")
    return make_network(rows, joints, [fixed_time(f"signal{number}", 20.0, 100.0) for number in range(4)])


def ring_flows_by_short_links(volume_veh_h: float) -> list[Flow]:
    routes = [
        [f"{kind}{(first + route_position) % 4}" for route_position in range(4) for kind in "rs"] for first in range(4)
    ]
    return [Flow(id=f"f{first}", volume_veh_h=volume_veh_h,
                 route=(f"in{first}", *routes[first], f"out{(first + 3) % 4}")) for first in range(4)]


@long_run
def test_a_cycle_through_short_links_that_end_at_red_is_named_when_it_has_formed() -> None:
    world = make_world(signals_beyond_short_links(), ring_flows_by_short_links(900.0),
                       time=Time(analysis_s=1800.0, clear_s=0.0))
    plan = make_plan(world)
    record = run(plan)
    assert record.gridlock
    assert {plan.link_id[row] for row in record.gridlocks.link} <= {f"{kind}{n}" for kind in "rs" for n in range(4)}
    program, seen = make_program(world), []
    watch = GridlockWatch.of(program, 1.0)
    for tick in range(0, 1800, 60):
        advance(program, tick, tick + 60)
        watch.look(program, tick + 60)
        seen += [tick + 60 - one.begin for one in watch.found[len(seen):]]
    assert max(seen) <= watch.least + watch.every


@long_run
def test_a_queue_that_waits_at_two_reds_in_a_row_is_none() -> None:
    """A link too short for a vehicle between two signals, of which one is always red for 200 s: a wait, not a lock."""
    rows = [link("in", 200.0), link("short", 3.0), link("out", 200.0)]
    joints = (through("in", "short", signal="s", signal_index=0) + through("short", "out", signal="t", signal_index=0))
    network = make_network(rows, joints, [fixed_time("s", 60.0, 200.0), fixed_time("t", 60.0, 200.0)])
    flow = Flow(id="f", volume_veh_h=900.0, route=("in", "short", "out"))
    record = ran(make_world(network, [flow], time=Time(analysis_s=900.0, clear_s=600.0)))
    assert len(record.gridlocks.number) == 0


def left_of(world: World) -> list[dict[str, Any]]:
    plan = make_plan(world)
    return left_list(events_table(plan, run(plan), Labels("s", "a", 1, "ca")))


def test_the_names_of_the_causes_are_in_the_order_of_their_codes() -> None:
    named = {name: code for name, code in vars(codes).items() if name.startswith("CAUSE_")}
    assert {f"CAUSE_{name.upper()}": code for code, name in enumerate(LEFT_CAUSES)} == named


@long_run
def test_those_left_in_a_gridlock_are_one_group_from_the_cycle_back() -> None:
    plan = make_plan(ring_world(900.0))
    record = run(plan)
    groups = left_list(events_table(plan, record, Labels("s", "a", 1, "ca")))
    assert groups[0]["cause"] == "gridlock"
    assert set(RING) <= set(groups[0]["links"])
    assert groups[0]["since_s"] <= record.gridlocks.begin_s[0]
    assert [sum(one[key] for one in groups) for key in ("vehicles", "waiting")] == [record.en_route, record.waiting]


@long_run
def test_those_behind_a_bus_stand_behind_the_bus() -> None:
    world = blocked_by_a_bus()
    (one,) = left_of(world)
    assert (one["cause"], one["vehicle"], one["link"]) == ("stop", "bus", "e")
    assert set(one["links"]) == set("abcde")
    plan = make_plan(world)
    record = run(plan)
    assert (one["vehicles"], one["waiting"]) == (record.en_route, record.waiting)
    assert "behind 'bus' at the stop line of e: at a scheduled stop" in left_line(one)


def test_those_at_a_red_stand_at_it_since_their_arrival() -> None:
    rows = [link(name, 200.0) for name in ("in", "out")]
    network = make_network(rows, through("in", "out", signal="s", signal_index=0),
                           [SignalProgram(id="s", phases=(Phase(duration_s=600.0, state="r"),
                                                          Phase(duration_s=10.0, state="G")))])
    trip = Trip(id="t", depart_s=100.0, route=("in", "out"))
    (one,) = left_of(make_world(network, [], [trip], time=Time(analysis_s=200.0, clear_s=100.0)))
    assert (one["cause"], one["vehicle"], one["vehicles"], one["links"]) == ("red", "t", 1, ["in"])
    assert 105.0 < one["since_s"] < 160.0  # 200 m at 50 km/h, and braking


def test_those_who_drive_at_the_end_are_said_to() -> None:
    network = make_network([link("in", 2000.0)], [])
    trip = Trip(id="t", depart_s=100.0, route=("in",))
    (one,) = left_of(make_world(network, [], [trip], time=Time(analysis_s=120.0, clear_s=10.0)))
    assert (one["cause"], one["since_s"]) == ("moving", None)
    assert left_line(one) == "1 vehicle on in, still moving"


def test_a_run_that_brings_all_to_their_end_leaves_nobody() -> None:
    trip = Trip(id="t", depart_s=0.0, route=("in",))
    assert left_of(make_world(make_network([link("in", 100.0)], []), [], [trip], time=Time(analysis_s=60.0))) == []


def states(every: int) -> Iterator[tuple[Program, int]]:
    """Overloaded towns every so many seconds; two lanes, so that some heads have more than one way."""
    for lanes, volume in ((1, 900.0), (2, 1500.0)):
        network = synthetic.grid(rows=3, columns=3, spacing_m=60.0, lanes=lanes)
        entries, exits = sorted(network.groups["entries"]), sorted(network.groups["exits"])
        flows = [Flow(id=f"f{number}", volume_veh_h=volume, origin=entry,
                      destination=exits[(3 * number + 5) % len(exits)]) for number, entry in enumerate(entries)]
        program = make_program(make_world(network, flows, time=Time(analysis_s=1200.0, clear_s=0.0)))
        for tick in range(0, 900, every):
            advance(program, tick, tick + every)
            yield program, tick + every
    program = make_program(ring_world(900.0))
    for tick in range(0, 600, every):
        advance(program, tick, tick + every)
        yield program, tick + every


def causes(program: Program) -> dict[int, tuple[int, int]]:
    cause, behind = (np.full(program.net.lanes, FREE, np.int32) for _ in range(2))
    find_causes(program.road, cause, behind)
    return {lane: (int(cause[lane]), int(behind[lane])) for lane in range(program.net.lanes)}


@long_run
@pytest.mark.parametrize("every", [200, pytest.param(20, marks=pytest.mark.long)])
def test_who_waits_in_cycles_is_what_networkx_finds(every: int) -> None:
    locked = dict.fromkeys((5, 40, 90), 0)
    for program, tick in states(every):
        waits_for = np.full(program.net.lanes, FREE, np.int32)
        for least in locked:
            left = find_blocked(program.road, least, waits_for)
            choices = choices_of(program, least)
            assert set(np.flatnonzero(waits_for != FREE).tolist()) == deadlocked(choices), tick
            assert left == len(deadlocked(choices))
            assert {frozenset(cycle) for cycle in cycles(waits_for)} == gridlocks(choices), tick
            locked[least] += len(gridlocks(choices))
        for lane, found in causes(program).items():
            assert found == causes_of(program).get(lane, (CAUSE_NOBODY, -1)), (tick, lane)
    assert min(locked.values()) > 200 // every  # the ring at least, time after time
