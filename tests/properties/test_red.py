"""Who crosses at red could not have stopped when the signal changed: nobody crosses when it has long been red."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.road_state import faults, overhang_faults
from tests.properties.junctions import drawn_worlds
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import fixed_time, link, make_network, make_program, make_world, through
from trafficsim.base.codes import EVENT_RED_RUN, RED_RUNS
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.world import World

TICKS, LONGEST_S, JUST_ENTERED_S = 200, 12.0, 8.0


def red_runs(program: Program) -> np.ndarray:
    """Return the crossings at red so far."""
    rows = program.counters.events[: program.work.count[Count.EVENTS]]
    return rows[rows.code == EVENT_RED_RUN]


@settings(phases=NO_SHRINKING)
@given(worlds())
def test_nobody_who_is_under_way_crosses_when_it_has_long_been_red(world: World) -> None:
    # At 160 km/h and the hardest braking that drivers accept (5 m/s2) stopping takes 9 s, and the programs drawn have
    # phases that jump from green to red; so 12 s after red began nobody has an excuse.
    program = make_program(world)
    seen = 0
    for tick in range(TICKS):
        route_positions = program.trips.row.route_position.copy()
        advance(program, tick, tick + 1)
        rows = red_runs(program)
        for trip in rows["trip"][seen:].tolist():
            row = program.trips.row[trip]
            group = int(program.net.conn.group[row.connection])
            if (
                row.route_position - route_positions[trip] == 1
                and group >= 0
                and tick - program.trips.end[trip].entry_time > JUST_ENTERED_S
            ):
                assert tick - program.signals.group.since[group] <= LONGEST_S, f"trip {trip} at tick {tick}"
        seen = len(rows)


@pytest.mark.parametrize("position_m", [90.0, 98.0])
def test_nobody_enters_the_road_so_fast_that_it_cannot_stop_at_a_red_light_ahead(position_m: float) -> None:
    rows = [link("in", 100.0), link("out", 100.0)]
    network = make_network(rows, through("in", "out", signal="s", signal_index=0), [fixed_time("s", 1.0, 300.0)])
    trips = [Trip(id="t", depart_s=20.0, route=("in", "out"), depart_position_m=position_m)]
    program = make_program(make_world(network, trips=trips))
    advance(program, 0, 60)
    assert len(red_runs(program)) == 0
    assert program.trips.row[0].status == 1, "it waits at the line"


def test_nobody_enters_a_short_link_so_fast_that_it_cannot_stop_at_the_next_red_light() -> None:
    rows = [link("first", 3.0), link("short", 5.0), link("out", 100.0)]
    joints = through("first", "short") + through("short", "out", signal="s", signal_index=0)
    trips = [Trip(id="t", depart_s=20.0, route=("first", "short", "out"))]
    program = make_program(make_world(make_network(rows, joints, [fixed_time("s", 1.0, 300.0)]), trips=trips))
    advance(program, 0, 60)
    assert program.trips.row[0].status == 1, "it waits at the second line"


@pytest.mark.parametrize("ahead_s", range(14, 24))
def test_nobody_follows_another_over_a_short_link_past_a_red_light(ahead_s: int) -> None:
    # The one ahead departs on the short link and leaves the network at its end, which no signal forbids; the one who
    # comes behind at 50 km/h sees the signal all the same.
    rows = [link("in", 200.0), link("short", 3.0), link("out", 100.0)]
    joints = through("in", "short") + through("short", "out", signal="s", signal_index=0)
    trips = [Trip(id="t", depart_s=5.0, route=("in", "short", "out")),
             Trip(id="ahead", depart_s=float(ahead_s), route=("short",))]
    program = make_program(make_world(make_network(rows, joints, [fixed_time("s", 1.0, 300.0)]), trips=trips))
    advance(program, 0, 60)
    assert len(red_runs(program)) == 0
    assert program.trips.row[0].status == 1, "it waits at the second line"


def unseeing(world: World, per_10000: float) -> World:
    """Return the world with so many drivers who do not see signals."""
    drivers = Drivers(inattention_per_10000=per_10000)
    return replace(world, scenario=world.scenario.model_copy(update={"drivers": drivers}))


@settings(phases=NO_SHRINKING)
@given(drawn_worlds())
def test_nobody_overlaps_where_nobody_sees_a_signal(world: World) -> None:
    program = make_program(unseeing(world, 10_000.0))
    for tick in range(TICKS):
        advance(program, tick, tick + 1)
        found = faults(program) + overhang_faults(program)
        assert not found, f"after tick {tick}: {found}"


@settings(phases=NO_SHRINKING)
@given(drawn_worlds(), st.sampled_from([0.0, 500.0]))
def test_red_runs_are_by_drivers_who_do_not_see_the_signal_or_of_those_who_decided(world: World, rate: float) -> None:
    program = make_program(unseeing(world, rate))
    advance(program, 0, TICKS)
    rows = program.counters.events[: program.work.count[Count.EVENTS]]
    assert program.work.count[Count.RED_RUNS] == np.isin(rows.code, RED_RUNS).sum()
    assert program.work.count[Count.RED_WITHOUT_DECISION] == 0
    assert (rows.value >= 0.0).all()
    if rate == 0.0:
        assert np.isin(rows.code, (5, 7)).sum() == 0
