"""Beyond a junction the better lane is taken; those in a wrong lane are let in, and hardly anybody turns from it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.road_state import unpack
from tests.support.worlds import fixed_time, link, make_network, make_program, make_world, through
from trafficsim.engines.ca.loop import advance
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Time


def test_of_two_lanes_beyond_the_one_nearer_to_the_wanted_lane_is_taken_although_the_other_is_emptier() -> None:
    rows = [link("a", 100.0, lanes=2), link("b", 100.0, lanes=3), link("c", 100.0), link("d", 100.0)]
    joints = [*through("a", "b", 2), Connection(from_link="a", from_lane=1, to_link="b", to_lane=2),
              Connection(from_link="b", from_lane=0, to_link="c", to_lane=0),
              Connection(from_link="b", from_lane=1, to_link="d", to_lane=0)]
    trips = [Trip(id="ahead", depart_s=2.0, route=("b", "d"), depart_lane=1, depart_position_m=10.0),
             Trip(id="t", depart_s=0.0, route=("a", "b", "c"), depart_lane=1, depart_position_m=80.0)]
    program = make_program(make_world(make_network(rows, joints), trips=trips))
    first = int(program.net.link.lane[1])
    for tick in range(20):
        advance(program, tick, tick + 1)
        road = unpack(program)
        came = (road.trip == 0) & (road.lane >= first)
        if came.any():
            assert (road.lane[road.trip == 1] == first + 1).all()  # the one ahead is still there
            assert road.lane[came][0] == first + 1
            return
    pytest.fail("the vehicle did not come onto the link")


def crossing_streams() -> Network:
    """Two streams that come side by side, of which a part has to change places over 250 m before a signal."""
    rows = [link("u0", 100.0), link("u1", 100.0), link("in", 250.0, lanes=2), link("right", 200.0), link("left", 200.0)]
    joints = [
        Connection(from_link="u0", from_lane=0, to_link="in", to_lane=0, length_m=10.0),
        Connection(from_link="u1", from_lane=0, to_link="in", to_lane=1, length_m=10.0),
        Connection(from_link="in", from_lane=0, to_link="right", to_lane=0, length_m=10.0, signal="s", signal_index=0),
        Connection(from_link="in", from_lane=1, to_link="left", to_lane=0, length_m=10.0, signal="s", signal_index=1),
    ]
    return make_network(rows, joints, [fixed_time("s", 40.0, 90.0, groups=2)])


def test_in_towns_too_those_in_the_wrong_lane_are_let_in() -> None:
    # 500 vehicles an hour in each lane, of which 170 have to change places. Five hours.
    flows = [Flow(id=f"{origin} {turn}", volume_veh_h=volume, route=(origin, "in", turn))
             for origin, turn, volume in (("u0", "right", 330.0), ("u0", "left", 170.0),
                                         ("u1", "left", 330.0), ("u1", "right", 170.0))]
    world = make_world(crossing_streams(), flows, time=Time(analysis_s=18000.0, clear_s=1200.0))
    program = make_program(world)
    with np.errstate(over="ignore"):
        advance(program, 0, 19200)
    changers = 5 * 2 * 170
    assert program.work.count[Count.COMPLETED] == len(program.trips.row) - 1
    assert program.work.count[Count.WRONG_LANE] <= 0.01 * changers


def test_who_stands_in_a_queue_takes_the_empty_lane_beside() -> None:
    # All come in by the nearside lane over a connector that is half as long as the link, to two lanes and a red signal.
    rows = [link("u", 300.0), link("in", 60.0, lanes=2), link("out", 200.0, lanes=2)]
    joints = [
        Connection(from_link="u", from_lane=0, to_link="in", to_lane=0, length_m=30.0),
        *(Connection(from_link="in", from_lane=lane, to_link="out", to_lane=lane, length_m=10.0, signal="s",
                     signal_index=lane) for lane in range(2)),
    ]
    network = make_network(rows, joints, [fixed_time("s", 25.0, 90.0, groups=2)])
    flows = [Flow(id="all", volume_veh_h=1500.0, route=("u", "in", "out"))]
    program = make_program(make_world(network, flows, time=Time(analysis_s=3600.0, clear_s=0.0)))
    with np.errstate(over="ignore"):
        advance(program, 0, 3600)
    one_lane = 40 * 25.0 / 2.0  # vehicles that a lane discharges at 2 s each in 40 cycles
    assert program.work.count[Count.COMPLETED] >= 1.5 * one_lane, program.work.count[Count.COMPLETED]
