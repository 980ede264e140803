"""What can be served, how routes are completed, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.plan.small import Demand, diamond, flow, join, link, network, trip, world
from tests.plan.test_routes import routes
from trafficsim.base.errors import DemandError
from trafficsim.base.repairs import repairs_by_code
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.spec.demand import Stop
from trafficsim.spec.network import Network

THERE = trip("there")


def prepared(*trips: Any, road: Network | None = None, **values: Any) -> Prepared:
    """A trip that can be served is always among them."""
    return prepare(world(Demand(trips=(THERE, *trips), **values), road))


def route_of(found: Prepared, name: str) -> tuple[str, ...]:
    return routes(lower(found).plan)[name]


@pytest.mark.parametrize(("route", "vehicle_class", "completed"), [
    (("a", "d"), "car", ("a", "b", "d")), (("a", "d"), "bus", ("a", "c", "d")),
    (("a", "c", "d"), "car", ("a", "b", "d")), (("a", "b", "d"), "bus", ("a", "b", "d")),
])
def test_gaps_are_closed_by_the_fastest_path(route: tuple[str, ...], vehicle_class: str,
                                             completed: tuple[str, ...]) -> None:
    found = prepared(trip("t", route=route, vehicle_class=vehicle_class))
    assert route_of(found, "t") == completed
    assert repairs_by_code(found.findings) == ({} if route == completed else {"route-completed": 1})


def test_what_no_path_serves_is_kept_with_its_reason_and_the_rest_runs() -> None:
    found = prepared(trip("back", 5.0, origin="d", destination="a"), trip("gap", 6.0, route=("d", "b")),
                     trip("closed", 7.0, route=("c", "d")), flows=(flow("f", origin="b", destination="c"),))
    assert set(lower(found).plan.trips.name) == {"there"}
    assert [(one.name, one.kind, one.depart_s, one.vehicles) for one in found.unserved] == [
        ("f", "flow", 0.0, 1000.0), ("back", "trip", 5.0, 1.0), ("gap", "trip", 6.0, 1.0), ("closed", "trip", 7.0, 1.0),
    ]
    assert found.unserved[2].reason == "no route leads from 'd' to 'b' for vehicles of kind 'car'"
    assert repairs_by_code(found.findings) == {"trip-unserved": 4}


def test_of_a_mix_those_who_can_be_served_go() -> None:
    """Only buses may begin on c: half of the flow's vehicles, and a trip that may be either is made by a bus."""
    found = prepared(trip("t", origin="c", vehicle_class="any"),
                     flows=(flow("f", origin="c", vehicle_classes={"car": 1, "bus": 1}),),
                     mixes={"any": {"car": 3, "bus": 1}})
    plan = lower(found).plan
    bus = plan.classes.name.index("bus")
    of_flow = [row for row, name in enumerate(plan.trips.name) if name != "there"]
    assert set(plan.trips.vehicle_class[of_flow].tolist()) == {bus}
    assert 400 < len(of_flow) < 600
    (lost,) = found.unserved
    assert (lost.name, lost.vehicle_class, lost.vehicles) == ("f", "car", 500.0)


def test_via_is_passed() -> None:
    assert route_of(prepared(trip("t", via=("c",), vehicle_class="bus")), "t") == ("a", "c", "d")
    assert route_of(prepared(trip("t", via=("b",), vehicle_class="bus")), "t") == ("a", "b", "d")
    assert prepared(trip("t", via=("d", "b"))).unserved[0].reason.startswith("no route leads from 'd' to 'b'")


def test_stops_that_a_completed_route_does_not_pass_are_left_out() -> None:
    """Cars may not use c, so the route leads through b, and the stop on c cannot be made."""
    places = (("a", 9.0), ("c", 5.0), ("d", 7.0))
    stops = tuple(Stop(link=name, position_m=at, dwell_s=1.0) for name, at in places)
    found = prepared(trip("given", route=("a", "c", "d"), stops=stops))
    plan = lower(found).plan
    at = np.split(plan.trips.stop_position_m, plan.trips.stop_start[1:-1])
    assert at[plan.trips.name.index("given")].tolist() == [9.0, 7.0]
    assert repairs_by_code(found.findings) == {"route-completed": 1, "stop-left-out": 1}


def test_a_flow_of_the_scenario_itself_that_nothing_can_carry_is_a_mistake() -> None:
    there = world(Demand(flows=(flow("back", origin="d", destination="a"),), trips=(THERE,)))
    assert [one.name for one in prepare(there).unserved] == ["back"]
    with pytest.raises(DemandError, match=r"flow 'back': found no route leads from 'd' to 'a'.*links have a direction"):
        prepare(replace(there, written=frozenset({"back"})))


def test_a_link_without_a_way_on_can_be_a_destination_but_not_be_passed() -> None:
    road = diamond()
    joined = tuple(one.model_copy(update={"yields_to": (), "crosses": ()}) for one in road.connections
                   if one.from_link != "b")
    cut = Network(road.graph, joined, road.signals)
    found = prepared(trip("to b", destination="b"), trip("through", route=("a", "b", "d")),
                     trip("bus", vehicle_class="bus"), road=cut)
    assert set(lower(found).plan.trips.name) == {"to b", "bus"}
    assert {one.name for one in found.unserved} == {"there", "through"}


def test_two_lanes_of_which_one_leads_on() -> None:
    road = network([link("a", "1", "2", lanes=2, allow=(("bus",), None)), link("d", "2", "3")], [join("a", "d", 0)])
    found = prepare(world(Demand(trips=(trip("t", vehicle_class="bus"), trip("u"))), road))
    assert [one.name for one in found.unserved] == ["u"]
