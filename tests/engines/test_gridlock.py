"""Gridlock: a ring that is full and locked is named with its links and vehicles; queues that only wait are not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numba import config

from tests.oracles.gridlock import choices_of, deadlocked, gridlocks
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_program, make_world, through
from trafficsim.engines.ca import run
from trafficsim.engines.ca.gridlock import FREE, GridlockWatch, cycles
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.gridlock import find_blocked
from trafficsim.plan.record import Record
from trafficsim.spec import build
from trafficsim.spec.demand import Flow, Stop, Trip
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time
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
    return [Flow(id=f"f{first}", volume_veh_h=volume_veh_h,
                 route=(f"in{first}", *(RING[(first + hop) % 4] for hop in range(4)), f"out{(first + 3) % 4}"))
            for first in range(4)]


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


def states() -> Iterator[tuple[Program, int]]:
    """Overloaded towns at many times; two lanes, so that some heads have more than one way."""
    for lanes, volume in ((1, 900.0), (2, 1500.0)):
        network = build.grid(rows=3, columns=3, spacing_m=60.0, lanes=lanes)
        entries, exits = sorted(network.groups["entries"]), sorted(network.groups["exits"])
        flows = [Flow(id=f"f{number}", volume_veh_h=volume, origin=entry,
                      destination=exits[(3 * number + 5) % len(exits)]) for number, entry in enumerate(entries)]
        program = make_program(make_world(network, flows, time=Time(analysis_s=1200.0, clear_s=0.0)))
        for tick in range(0, 900, 20):
            advance(program, tick, tick + 20)
            yield program, tick + 20
    program = make_program(ring_world(900.0))
    for tick in range(0, 600, 20):
        advance(program, tick, tick + 20)
        yield program, tick + 20


@long_run
def test_who_waits_in_cycles_is_what_networkx_finds() -> None:
    locked = dict.fromkeys((5, 40, 90), 0)
    for program, tick in states():
        waits_for = np.full(program.net.lanes, FREE, np.int32)
        for least in locked:
            left = find_blocked(program.road, tick, least, waits_for)
            choices = choices_of(program, tick, least)
            assert set(np.flatnonzero(waits_for != FREE).tolist()) == deadlocked(choices), tick
            assert left == len(deadlocked(choices))
            assert {frozenset(cycle) for cycle in cycles(waits_for)} == gridlocks(choices), tick
            locked[least] += len(gridlocks(choices))
    assert min(locked.values()) > 10  # the ring at least, time after time
