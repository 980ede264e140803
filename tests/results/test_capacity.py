"""Capacities of movements against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.results.tiny import f8, i4, tiny_plan, tiny_record
from trafficsim.design.timing.demand import permitted_flow
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import BlockingRecord, Record, no_signals_shown
from trafficsim.results.capacity import Capacity, capacities
from trafficsim.results.streams import streams_of

SATURATION, PERIOD_S = 1850.0, 400.0
FULL = 0.4 * SATURATION
"""Of one lane of the tiny signal, which is green for 160 s of 400 s."""


def with_volumes(through: float, back: float, blocked_s: float = 0.0) -> Record:
    """Vehicles in 400 s, and the time in which both lanes had no room beyond; signals as planned."""
    record = replace(tiny_record(), signals=no_signals_shown())
    blocking = BlockingRecord(f8(blocked_s, blocked_s, 0), i4(), i4(), f8())
    return replace(record, turns=record.turns._replace(volume=f8(through, back)), blocking=blocking)


def capacity(plan: Plan, record: Record) -> Capacity:
    return capacities(plan, record, PERIOD_S, SATURATION)


def with_connections(plan: Plan, **changes: np.ndarray) -> Plan:
    return replace(plan, connections=plan.connections._replace(**changes))


def one_lane(plan: Plan) -> Plan:
    """Both movements from lane 0 alone, both with the signal."""
    return with_connections(plan, from_lane=i4(0, 0, 0), to_lane=i4(2, 2, 0), signal_group=i4(0, 0, 0),
                            yield_start=i4(0, 0, 0, 0), yields_to=i4())


def shown(record: Record) -> Record:
    return replace(record, turns=record.turns._replace(green_s=f8(160, 160)))


def test_movements_of_a_shared_lane_have_the_degree_of_the_lane() -> None:
    found = capacity(one_lane(tiny_plan()), shown(with_volumes(30, 10)))
    assert found.degree.tolist() == pytest.approx([360 / FULL] * 2)
    assert found.veh_h.tolist() == pytest.approx([FULL * 3 / 4, FULL / 4])


def test_a_movement_that_nobody_used_could_have_what_others_leave() -> None:
    found = capacity(one_lane(tiny_plan()), shown(with_volumes(40, 0)))
    assert found.degree.tolist() == pytest.approx([360 / FULL, 0.0])
    assert found.veh_h.tolist() == pytest.approx([FULL, FULL - 360])


def test_lanes_are_used_to_the_same_degree() -> None:
    """720 veh/h through on two lanes; 180 turn back from one of them, with green all the time."""
    found = capacity(tiny_plan(), with_volumes(80, 20))
    level = (720 / FULL + 180 / SATURATION) / 2
    assert found.degree.tolist() == pytest.approx([level, level], rel=1e-6)
    assert found.veh_h[0] == pytest.approx(720 / level, rel=1e-6)


def test_green_without_room_beyond_is_no_capacity_but_what_crossed_is() -> None:
    downstream = capacity(tiny_plan(), with_volumes(10, 0, blocked_s=120.0))
    assert downstream.veh_h[0] == pytest.approx(2 * SATURATION * (160 - 120) / 400)
    assert downstream.downstream.tolist() == [True, True]
    full = capacity(tiny_plan(), with_volumes(80, 0, blocked_s=120.0))
    assert full.degree[0] == 1.0
    assert full.veh_h[0] == pytest.approx(720)
    assert capacity(tiny_plan(), with_volumes(200, 0)).degree[0] == pytest.approx(1800 / (2 * FULL))


def test_giving_way_in_green_leaves_the_gaps() -> None:
    """The way of lane 0 gives way at ``g`` to the one of lane 1, which has 180 veh/h: queue, gaps, sneakers."""
    plan = with_connections(tiny_plan(), signal_group=i4(0, 1, -1), yield_start=i4(0, 1, 1, 1), yields_to=i4(1))
    signals = plan.signals._replace(group_start=i4(0, 2), state_start=i4(0, 2), state=np.array([3, 2, 0, 0], np.uint8))
    found = capacity(replace(plan, signals=signals), with_volumes(40, 0))
    ratio = 180 / SATURATION
    free_s = 30 - ratio / (1 - ratio) * 30
    gaps = permitted_flow(180.0, 6.0, 3.0) * free_s / 3600 + 2
    assert found.gaps.tolist() == [True, False]
    assert found.veh_h[0] == pytest.approx(FULL + FULL * gaps * 3600 / SATURATION / 30, rel=1e-6)


def test_a_short_link_discharges_what_stands_on_it_and_what_one_lane_brings() -> None:
    """Two lanes of 14 m, two vehicles on each, one lane leads to them: 2 x 60 / h and half of the full capacity."""
    plan = tiny_plan()
    lanes = plan.lanes._replace(length_m=f8(14, 14, 1000))
    plan = with_connections(
        replace(plan, lanes=lanes),
        from_lane=i4(0, 1, 2),
        to_lane=i4(2, 2, 1),
        signal_group=i4(0, 0, -1),
        yield_start=i4(0, 0, 0, 0),
        yields_to=i4(),
    )
    found = capacity(plan, with_volumes(10, 0))
    assert found.short.tolist() == [True, False]
    assert found.veh_h[0] == pytest.approx(2 * (2 * 60 + FULL / 2))


def test_who_must_be_in_a_lane_soon_uses_the_lanes_that_lead_there() -> None:
    """From lane 0 of ``a`` to the one lane of ``b``; the other lane leads on elsewhere within 14 m."""
    plan = tiny_plan()
    short = replace(plan, links=plan.links._replace(length_m=f8(1000, 14), lane_start=i4(0, 2, 4),
                                                     turn_start=i4(0, 1, 2)),
                    lanes=plan.lanes._replace(link=i4(0, 0, 1, 1), length_m=f8(1000, 1000, 14, 14),
                                              allowed=np.full(4, 15, np.uint8)),
                    turns=plan.turns._replace(from_link=i4(0, 1), to_link=i4(1, 0)))
    short = with_connections(short, from_lane=i4(0, 1, 3), to_lane=i4(2, 3, 0), turn=i4(0, 0, 1))
    ends = streams_of(short)
    assert ends.lane[ends.turn == 0].tolist() == [0, 1]
    round_trips = replace(short, trips=short.trips._replace(route_start=i4(0, 3, 6, 9, 12, 15), route_link=i4(
        *([0, 1, 0] * 5))))
    bound = streams_of(round_trips)
    assert (bound.lane[bound.turn == 0].tolist(), bound.share[bound.turn == 0].tolist()) == ([1], [1.0])
    far = replace(round_trips, links=short.links._replace(length_m=f8(1000, 500)))
    assert streams_of(far).lane[streams_of(far).turn == 0].tolist() == [0, 1]


def test_bus_lanes_carry_no_share() -> None:
    plan = tiny_plan()
    buses = replace(plan, lanes=plan.lanes._replace(allowed=np.array([8, 15, 15], np.uint8)))
    assert capacity(buses, with_volumes(10, 0)).veh_h[0] == pytest.approx(FULL)
