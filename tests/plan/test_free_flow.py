"""Desired speeds and free-flow times: hand-computed cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.plan.small import Demand, flow, link, network, trip, world
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import LEAST_SPEED_MS, desired_speed_ms
from trafficsim.plan.free_flow import free_flow_time_s, route_length_m
from trafficsim.plan.free_flow_paths import FreeFlow
from trafficsim.plan.lower import lower
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.vehicles import VehicleClass

EXACT = SpeedChoice(share_over_limit=0.5, cv=0.1)
DRIVERS = Drivers(urban=EXACT, rural=EXACT, motorway=EXACT)


def with_scores(plan: Plan, *scores: float) -> Plan:
    return replace(plan, trips=plan.trips._replace(z=np.array(scores)))


def test_free_flow_time_and_length_by_hand() -> None:
    demand = Demand(trips=(trip(), trip("u", 1.0, depart_position_m=40.0)))
    plan = with_scores(lower(world(demand, drivers=DRIVERS)).plan, 0.0, 1.0)
    # a: 100 m at 50 km/h, connector mean of 8 and 12 m at 10 m/s, b: 300 m at 20 m/s, connector mean of 10 and 20 m,
    # d: 100 m at 10 m/s. The faster driver: everything at 1.1 times that.
    slow = 100 / (50 / 3.6) + 10 / 10 + 300 / 20 + 15 / 10 + 100 / 10
    fast = (60 / (50 / 3.6) + 10 / 10 + 300 / 20 + 15 / 10 + 100 / 10) / 1.1
    np.testing.assert_allclose(free_flow_time_s(plan), [slow, fast], rtol=1e-12)
    np.testing.assert_allclose(route_length_m(plan), [525.0, 485.0], rtol=1e-12)


def test_connectors_are_not_driven_faster_than_desired() -> None:
    plan = with_scores(lower(world(Demand(trips=(trip(route=("b", "d")),)), drivers=DRIVERS)).plan, -3.0)
    connector = plan.connections.speed_ms
    plan = replace(plan, connections=plan.connections._replace(speed_ms=np.full_like(connector, 99.0)))
    np.testing.assert_allclose(free_flow_time_s(plan), (300 / 20 + 15 / 10 + 100 / 10) / 0.7, rtol=1e-12)


def test_class_maximum_and_speed_factors() -> None:
    classes = (VehicleClass(name="slow", max_speed_kmh=36.0),
               VehicleClass(name="factor", speed_factor_mean=1.1, speed_factor_sd=0.2))
    trips = tuple(trip(str(n), vehicle_class=name) for n, name in enumerate(("slow", "factor", "factor", "factor")))
    drivers = Drivers(urban=SpeedChoice(share_over_limit=0.3, cv=0.1))
    plan = with_scores(lower(world(Demand(trips=trips), classes=classes, drivers=drivers)).plan, 0.0, 0.0, 1.0, -3.0)
    found = desired_speed_ms(plan.links, plan.classes, plan.trips, np.arange(4), np.full(4, 1))
    np.testing.assert_allclose(found, [10.0, 22.0, 26.0, 10.0], rtol=1e-12)


def test_factors_are_bounded() -> None:
    classes = (VehicleClass(name="wild", speed_factor_mean=1.2, speed_factor_sd=0.8),)
    trips = tuple(trip(str(n), vehicle_class="wild") for n in range(2))
    plan = with_scores(lower(world(Demand(trips=trips), classes=classes)).plan, 3.0, -3.0)
    found = desired_speed_ms(plan.links, plan.classes, plan.trips, np.arange(2), np.full(2, 1))
    np.testing.assert_allclose(found, [40.0, 4.0], rtol=1e-12)


@pytest.mark.parametrize(("share", "cv"), [(0.5, 0.15), (0.4, 0.11), (0.75, 0.15), (0.1, 0.12)])
def test_share_over_the_limit_is_what_was_asked(share: float, cv: float) -> None:
    # About 20,000 drivers: 3 standard errors are at most 1.1 percentage points.
    drivers = Drivers(urban=SpeedChoice(share_over_limit=share, cv=cv))
    plan = lower(world(Demand(flows=(flow(volume_veh_h=20000.0),)), drivers=drivers)).plan
    trips = np.arange(len(plan.trips.name))
    speed = desired_speed_ms(plan.links, plan.classes, plan.trips, trips, np.zeros(len(trips), np.int32))
    assert abs((speed > plan.links.speed_limit_ms[0]).mean() - share) < 0.011


def test_one_person_is_fast_everywhere() -> None:
    plan = lower(world(Demand(flows=(flow(volume_veh_h=200.0),)))).plan
    trips = np.arange(len(plan.trips.name))
    ranks = [np.argsort(desired_speed_ms(plan.links, plan.classes, plan.trips, trips, np.full(len(trips), link)))
             for link in (0, 1, 3)]
    assert (ranks[0] == ranks[1]).all()
    assert (ranks[0] == ranks[2]).all()


def test_no_trips_no_times() -> None:
    plan = lower(world(Demand(flows=(flow(volume_veh_h=0.001),)))).plan
    assert free_flow_time_s(plan).shape == route_length_m(plan).shape == (0,)


def test_way_until_a_distance() -> None:
    # 100 m in 10 s, a connector of nothing, 50 m in 100 s; and a trip of one piece.
    free = FreeFlow(np.array([0, 3, 4]), np.array([100.0, 0.0, 50.0, 30.0]), np.array([10.0, 0.0, 100.0, 3.0]))
    for metres, seconds in ((0.0, 0.0), (50.0, 5.0), (100.0, 10.0), (125.0, 60.0), (150.0, 110.0), (np.inf, 110.0)):
        np.testing.assert_allclose(free.until(np.array([metres, 10.0])), [seconds, 1.0], rtol=1e-12)
    np.testing.assert_allclose(free.rows(np.array([1, 0])).total_s, [3.0, 110.0], rtol=1e-12)
    np.testing.assert_allclose(free.joined(free).total_m, [150.0, 30.0, 150.0, 30.0], rtol=1e-12)


def test_nobody_wants_to_drive_at_walking_speed() -> None:
    road = network([link("street", "1", "2", speed_limit_kmh=1.0)], [])
    plan = lower(world(Demand(trips=(trip(route=("street",)),)), road)).plan
    speed = desired_speed_ms(plan.links, plan.classes, plan.trips, np.zeros(1, np.int64), np.zeros(1, np.int64))
    assert speed.tolist() == [LEAST_SPEED_MS]
