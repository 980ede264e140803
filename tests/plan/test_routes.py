"""Routes: fastest free-flow paths, checks of given ones, permissions, stops."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.plan.small import Demand, diamond, flow, join, link, network, trip, world
from trafficsim.base.errors import DemandError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.spec.demand import Stop
from trafficsim.spec.vehicles import VehicleClass


def routes(plan: Plan) -> dict[str, tuple[str, ...]]:
    trips = plan.trips
    route_positions = np.split(trips.route_link, trips.route_start[1:-1])
    return {
        name: tuple(plan.link_id[link] for link in route)
        for name, route in zip(trips.name, route_positions, strict=True)
    }


def test_fastest_path_respects_lane_permissions() -> None:
    # Through c: 5/10 + 100/10 = 10.5 s; through b: 10/10 + 300/20 = 16 s: cars may not use c, buses take it.
    ignoring = VehicleClass(name="police", ignores_permissions=True)
    demand = Demand(trips=(trip("car"), trip("bus", vehicle_class="bus"), trip("police", vehicle_class="police")))
    found = routes(lower(world(demand, classes=(ignoring,))).plan)
    assert found == {"car": ("a", "b", "d"), "bus": ("a", "c", "d"), "police": ("a", "c", "d")}


def test_each_class_of_a_flow_takes_its_own_path() -> None:
    plan = lower(world(Demand(flows=(flow(vehicle_classes={"car": 1, "bus": 1}),)))).plan
    bus = plan.classes.name.index("bus")
    for row, route in enumerate(routes(plan).values()):
        assert route[1] == ("c" if plan.trips.vehicle_class[row] == bus else "b")


def test_ties_go_to_the_lower_link_index() -> None:
    road = network(
        [link(name, *ends) for name, ends in (("a", "12"), ("c", "23"), ("b", "23"), ("d", "34"))],
        [join("a", "b"), join("a", "c"), join("b", "d"), join("c", "d")],
    )
    assert routes(lower(world(Demand(trips=(trip(),)), road)).plan)["t"] == ("a", "c", "d")


def test_origin_may_be_the_destination() -> None:
    assert routes(lower(world(Demand(trips=(trip(origin="b", destination="b"),)))).plan)["t"] == ("b",)


def test_unreachable_destination_is_named() -> None:
    with pytest.raises(DemandError, match=r"trip 't': found no route leads from 'd' to 'a' for vehicles of kind 'car'"):
        prepare(world(Demand(trips=(trip(origin="d", destination="a"),))))


def test_closed_origin_is_named() -> None:
    with pytest.raises(DemandError, match=r"trip 't': found link 'c' is closed to vehicles of kind 'car'"):
        prepare(world(Demand(trips=(trip(origin="c"),))))


@pytest.mark.parametrize("kind", ["trip", "flow"])
def test_unknown_links_of_routes_are_named(kind: str) -> None:
    route = ("a", "bb", "d")
    demand = Demand(trips=(trip("x", route=route),)) if kind == "trip" else Demand(flows=(flow("x", route=route),))
    with pytest.raises(DemandError, match=f"{kind} 'x': found unknown link 'bb'.*did you mean"):
        prepare(world(demand))


def test_movement_closed_to_a_kind_is_named() -> None:
    road = network([link("a", "1", "2", lanes=2, allow=(("bus",), None)), link("b", "2", "3")], [join("a", "b", 0)])
    with pytest.raises(DemandError, match="no route leads from 'a' to 'b' for vehicles of kind 'car'"):
        prepare(world(Demand(trips=(trip(route=("a", "b")),)), road))


def test_stops_find_their_route_position_and_draw_the_path_to_them() -> None:
    stops = (Stop(link="a", position_m=20.0, dwell_s=5.0), Stop(link="b", position_m=30.0, dwell_s=9.0, lane=1))
    plan = lower(world(Demand(trips=(trip("bus", vehicle_class="bus", stops=stops), trip("later", 1.0))))).plan
    assert routes(plan)["bus"] == ("a", "b", "d")
    assert plan.trips.stop_start.tolist() == [0, 2, 2]
    assert plan.trips.stop_position.tolist() == [0, 1]
    assert plan.trips.stop_dwell_s.tolist() == [5.0, 9.0]
    assert plan.trips.stop_lane.tolist() == [-1, 1]


@pytest.mark.parametrize(("stop", "found"), [
    (Stop(link="b", position_m=301.0, dwell_s=1.0), "position 301 m"),
    (Stop(link="b", position_m=1.0, dwell_s=1.0, lane=2), "lane 2"),
    (Stop(link="q", position_m=1.0, dwell_s=1.0), "unknown link 'q'"),
])
def test_stops_that_cannot_be_made_are_named(stop: Stop, found: str) -> None:
    late = trip(route=("a", "b", "d"), depart_position_m=10.0, stops=(stop,))
    with pytest.raises(DemandError, match=rf"trip 't': stop 0 on link '{stop.link}'.*{re.escape(found)}"):
        prepare(world(Demand(trips=(late,))))


def test_departure_place_is_kept_and_checked() -> None:
    trips = lower(world(Demand(trips=(trip(depart_lane=1, depart_position_m=4.0), trip("u", 1.0))))).plan.trips
    assert (trips.depart_lane.tolist(), trips.depart_position_m.tolist()) == ([1, -1], [4.0, -1.0])
    for wrong in ({"depart_lane": 2}, {"depart_position_m": 100.5}):
        with pytest.raises(DemandError, match="trip 't': departure on link 'a'"):
            prepare(world(Demand(trips=(trip(**wrong),)), diamond()))
