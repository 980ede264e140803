"""Queues that reach back into junctions, drivers who keep them clear, and turns on red."""

from __future__ import annotations

import pytest

from tests.support.junctions import ENDLESS_VEH_H, flows_by_movement, saturated
from tests.support.worlds import fixed_time, link, make_network, through
from trafficsim.design.synthetic import junction
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.network import Connection, Network

SECONDS = 3900


def connection(first: str, second: str, **more: object) -> Connection:
    """Return a connection from lane 0 to lane 0 with 20 m through the junction."""
    return Connection(**{"from_link": first, "from_lane": 0, "to_link": second, "to_lane": 0, "length_m": 20.0,
                         "speed_limit_kmh": 50.0, **more})


def before_a_bottleneck() -> Network:
    """A side street crosses a main road whose short exit ends at a signal with little green."""
    rows = [link("main", 300.0), link("exit", 45.0), link("end", 100.0), link("side", 300.0), link("out", 200.0)]
    joints = [
        connection("main", "exit", crosses=(1,)),
        connection("side", "out", yields_to=(0,), crosses=(0,), critical_gap_s=6.5, follow_up_s=4.0),
    ]
    joints += through("exit", "end", signal="s", signal_index=0)
    return make_network(rows, joints, [fixed_time("s", 8.0, 60.0)])


def crossing_flows(keep_clear_share: float) -> tuple[float, float]:
    """Return the flows of the main road and of the side street."""
    network = before_a_bottleneck()
    flows = {("main", "exit", "end"): ENDLESS_VEH_H, ("side", "out"): ENDLESS_VEH_H}
    program = saturated(network, flows, SECONDS, keep_clear_share=keep_clear_share)
    main, side = flows_by_movement(network, program, [("main", "exit"), ("side", "out")], SECONDS)
    return float(main), float(side)


def test_who_keeps_clear_lets_the_side_street_cross() -> None:
    none, some, everybody = (crossing_flows(share) for share in (0.0, 0.7, 1.0))
    assert none[1] < some[1] < everybody[1]
    # The side street loses nothing to a queue that stays out of the junction: 3600 / 4.0 s, less what the road takes.
    assert everybody[1] > 600.0
    assert none[1] < 0.5 * everybody[1]
    # The bottleneck decides what the main road carries, whoever keeps clear: 8 s of green in 60 s.
    assert everybody[0] == pytest.approx(none[0], rel=0.15)


def turn_lanes(separate: bool) -> Network:
    """A road whose through traffic is held up beyond the junction; right turns have a lane of their own or not."""
    rows = [link("in", 3000.0, lanes=2 if separate else 1), link("exit", 60.0), link("end", 100.0),
            link("right", 200.0)]
    straight = connection("in", "exit", from_lane=1 if separate else 0)
    joints = [straight, connection("in", "right", turn="right"), *through("exit", "end", signal="s", signal_index=0)]
    return make_network(rows, joints, [fixed_time("s", 8.0, 60.0)])


@pytest.mark.parametrize("separate", [False, True])
def test_spillback_blocks_those_who_share_the_lane_and_nobody_else(separate: bool) -> None:
    network = turn_lanes(separate)
    program = saturated(network, {("in", "exit", "end"): 200.0, ("in", "right"): 200.0}, SECONDS)
    held = saturated(network, {("in", "exit", "end"): 600.0, ("in", "right"): 200.0}, SECONDS)
    pairs = [("in", "exit"), ("in", "right")]
    free = flows_by_movement(network, program, pairs, SECONDS)
    through_veh_h, right_veh_h = flows_by_movement(network, held, pairs, SECONDS)
    assert free[1] == pytest.approx(200.0, rel=0.28)  # a Poisson count of 200 in an hour: four standard errors
    if separate:
        assert right_veh_h > 0.8 * free[1]
    else:  # first in, first out: the right turns pass in proportion to the demand, one for three straight on
        assert right_veh_h / through_veh_h == pytest.approx(200.0 / 600.0, rel=0.3)
        assert right_veh_h < 0.6 * free[1]


def nearside_turns(allowed: bool, crossing_veh_h: float) -> tuple[float, int]:
    """Return the flow of right turns from an endless queue at a signal, and how many crossed at red."""
    network = junction(control="signal", nearside_turn_on_red=allowed)
    flows = {("in0", "out1"): ENDLESS_VEH_H, ("in3", "out1"): crossing_veh_h}
    program = saturated(network, flows, SECONDS)
    flow = flows_by_movement(network, program, [("in0", "out1")], SECONDS)
    return float(flow[0]), int(program.work.count[Count.RED_RUNS])


def test_turning_on_red_uses_the_red_and_gives_way() -> None:
    forbidden, allowed, crossed = nearside_turns(False, 0.0), nearside_turns(True, 0.0), nearside_turns(True, 500.0)
    assert forbidden[1] == allowed[1] == crossed[1] == 0
    # Green is 40 of 90 s. On red every vehicle stops, and follows no closer than the queue moves up.
    assert allowed[0] > 1.3 * forbidden[0]
    assert forbidden[0] < crossed[0] < 0.95 * allowed[0]
