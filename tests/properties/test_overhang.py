"""Rears that still overhang the stop line behind them: nobody may drive or be put into them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.oracles.road_state import overhang_faults
from tests.support.worlds import fixed_time, link, make_network, make_program, make_world, through
from trafficsim.engines.ca.loop import advance
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection, Network

TICKS = 120


def first_fault(network: Network, trips: Sequence[Trip]) -> str:
    """Return the first overlap and its tick, empty if there is none."""
    program = make_program(make_world(network, trips=trips))
    for tick in range(TICKS):
        advance(program, tick, tick + 1)
        found = overhang_faults(program)
        if found:
            return f"tick {tick}: {found[0]}"
    return ""


def test_a_car_follows_a_car_over_short_links() -> None:
    rows = [link(f"l{number}", length) for number, length in enumerate((200.0, 2.0, 3.0, 5.0, 8.0, 200.0))]
    joints = [conn for number in range(5) for conn in through(f"l{number}", f"l{number + 1}")]
    route = tuple(f"l{number}" for number in range(6))
    trips = [Trip(id=f"t{number}", depart_s=2.0 * number, route=route) for number in range(20)]
    assert first_fault(make_network(rows, joints), trips) == ""


def test_a_truck_that_waits_on_a_short_link_is_seen_by_who_creeps_up() -> None:
    # the truck needs 14.5 m, the link has 3: its rear stands 11.5 m before the line, further than drivers look when
    # they creep
    rows = [link("in", 200.0), link("short", 3.0), link("out", 100.0)]
    joints = through("in", "short") + through("short", "out", signal="s", signal_index=0)
    trips = [Trip(id="a", depart_s=3.0, route=("in", "short", "out"), vehicle_class="truck"),
             Trip(id="b", depart_s=8.0, route=("in", "short", "out"))]
    assert first_fault(make_network(rows, joints, [fixed_time("s", 1.0, 300.0)]), trips) == ""


def test_who_goes_straight_on_does_not_drive_through_the_rear_of_a_turning_bus() -> None:
    rows = [link("in", 200.0), link("left", 100.0), link("on", 100.0)]
    joints = [
        Connection(from_link="in", from_lane=0, to_link="left", to_lane=0, length_m=10.0, speed_limit_kmh=10.0),
        Connection(from_link="in", from_lane=0, to_link="on", to_lane=0, length_m=10.0),
    ]
    trips = [Trip(id="a", depart_s=0.0, route=("in", "left"), vehicle_class="bus"),
             Trip(id="b", depart_s=3.0, route=("in", "on"))]
    assert first_fault(make_network(rows, joints), trips) == ""


def test_nobody_is_inserted_into_a_rear_that_overhangs_the_first_link() -> None:
    # the truck comes from elsewhere and waits on the short link, its rear over the whole of the other's first link
    rows = [link("in", 200.0), link("first", 5.0), link("short", 3.0), link("out", 100.0)]
    joints = through("in", "first") + through("first", "short") + through("short", "out", signal="s", signal_index=0)
    trips = [Trip(id="a", depart_s=3.0, route=("in", "first", "short", "out"), vehicle_class="truck"),
             Trip(id="b", depart_s=60.0, route=("first", "short", "out"))]
    assert first_fault(make_network(rows, joints, [fixed_time("s", 1.0, 300.0)]), trips) == ""


def test_nobody_changes_into_a_lane_where_a_rear_overhangs_the_line() -> None:
    # b has to leave lane 1 for lane 0, where the rear of a stands before the line
    rows = [link("in", 200.0, lanes=2), link("short", 3.0), link("out", 100.0)]
    joints = [Connection(from_link="in", from_lane=0, to_link="short", to_lane=0),
              *through("short", "out", signal="s", signal_index=0)]
    trips = [Trip(id="a", depart_s=3.0, route=("in", "short", "out"), vehicle_class="truck", depart_lane=0),
             Trip(id="b", depart_s=20.0, route=("in", "short", "out"), depart_lane=1, depart_position_m=188.0)]
    assert first_fault(make_network(rows, joints, [fixed_time("s", 1.0, 300.0)]), trips) == ""


def test_a_vehicle_does_not_follow_itself_around_a_small_loop() -> None:
    # alone on a loop of 60 m: fifteen rounds take what the length says, within the tick that dithering may cost
    names = ("a", "b")
    rows = [link(name, 30.0, speed_limit_kmh=30.0) for name in names]
    program = make_program(make_world(
        make_network(rows, through("a", "b") + through("b", "a")), trips=[Trip(id="t", depart_s=0.0, route=names * 15)]
    ))
    advance(program, 0, 300)
    end = program.trips.end[0]
    assert end.exit_time - end.entry_time == pytest.approx(900.0 * 3.6 / 30.0, abs=1.5)
