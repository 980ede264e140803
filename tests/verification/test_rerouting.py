"""Routes that change within a run, on both engines: who knows, who meets a closure, and who cannot go on."""

from __future__ import annotations

import re

import numpy as np
import pytest

import trafficsim as ts
from tests.plan.small import Demand, flow, join, link, network, trip, world
from tests.support.detours import closing, detour_network, detour_world, driven, routes_of, travel_s
from trafficsim.base.codes import CAUSE_CLOSED
from trafficsim.base.errors import PolicyError
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import Closure, RoadPricing, TurnBan
from trafficsim.spec.demand import Stop
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links

ENGINES = ["ca", "queue"]
STRAIGHT, ROUND, AVOIDING = ("a", "b", "k", "z"), ("a", "b", "d", "z"), ("a", "c", "z")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_more_know_of_a_closure_the_less_it_delays(engine: str) -> None:
    means, before = [], None
    for share in (0.0, 0.5, 1.0):
        plan, record = driven(detour_world(share), closing(), engine)
        assert record.completed == record.demanded
        assert set(routes_of(plan, record)) <= {STRAIGHT, ROUND, AVOIDING}
        means.append(float(travel_s(plan, record).mean()))
        told = set(np.array(plan.trips.name)[plan.en_route.informed])
        assert before is None or before <= told  # a trait: those of 50 % are among all
        before = told
    assert means[0] > means[1] + 5.0
    assert means[1] > means[2] + 5.0


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_gets_onto_a_closed_link_and_those_who_do_not_know_meet_it(engine: str) -> None:
    given = detour_world(0.0, time=Time(warmup_s=0.0, analysis_s=1800.0, clear_s=5400.0, interval_s=60.0))
    plan, record = driven(given, closing(), engine)
    k = plan.link_id.index("k")
    entered = record.links.entered[:, k]
    assert entered[:9].sum() > 0
    assert entered[10:24].sum() == 0  # closed from 540 s to 1440 s; who could not stop any more has gone on
    assert entered[24:].sum() > 0
    found = routes_of(plan, record)
    assert ROUND in found
    assert AVOIDING not in found
    assert record.routes is not None
    assert [changes > 0 for changes in record.routes.changes.tolist()] == [route == ROUND for route in found]


@pytest.mark.parametrize("engine", ENGINES)
def test_informed_drivers_turn_off_before_it(engine: str) -> None:
    plan, record = driven(detour_world(1.0), closing(), engine)
    found = routes_of(plan, record)
    assert found.count(AVOIDING) > 80
    assert 0 < found.count(ROUND) < 20  # those who had passed the fork: b takes two minutes, 13 vehicles


@pytest.mark.parametrize("engine", ENGINES)
def test_a_banned_turn_is_met_like_a_closed_link(engine: str) -> None:
    ban = [TurnBan(movements=(("b", "k"),))]
    plan, record = driven(detour_world(0.0), ban, engine)
    assert set(routes_of(plan, record)) == {ROUND}
    plan, record = driven(detour_world(1.0), ban, engine)
    assert set(routes_of(plan, record)) == {AVOIDING}
    assert record.completed == record.demanded


@pytest.mark.parametrize("engine", ENGINES)
def test_who_has_no_other_route_waits_until_it_opens(engine: str) -> None:
    road = detour_network(without=("c", "d"))
    plan, record = driven(detour_world(0.5, road), closing(), engine)
    assert record.completed == record.demanded
    assert record.routes is not None
    assert record.routes.changes.sum() == 0
    late = (plan.trips.depart_s > 500.0) & (plan.trips.depart_s < 1200.0)
    assert float(record.trips.exit_s[late].min()) > 1440.0


@pytest.mark.parametrize("engine", ENGINES)
def test_who_is_left_before_a_closure_is_named_with_that_reason(engine: str) -> None:
    given = detour_world(0.0, detour_network(without=("c", "d")), volume_veh_h=200.0,
                         time=Time(warmup_s=0.0, analysis_s=900.0, clear_s=600.0))
    plan, record = driven(given, closing(end_h=5.0), engine)
    assert record.completed < record.demanded
    assert CAUSE_CLOSED in record.left.cause.tolist()
    assert {plan.link_id[row] for row in record.left.link[record.left.cause == CAUSE_CLOSED]} == {"b"}
    table = ts.run(given, engine=engine)  # without the policy everybody arrives
    assert table.runs["completed"].tolist() == [record.demanded]


def test_a_closure_over_the_whole_run_that_leaves_no_path_is_refused_by_name() -> None:
    prepared = prepare(detour_world(0.0, detour_network(without=("c", "d"))))
    said = ("closure: trip 'f#0': found no path from 'a' to 'z' for vehicles of kind 'car' with movements onto 'k' "
            "closed")
    with pytest.raises(PolicyError, match=re.escape(said)):
        lower(prepared, [Closure(on=Links(ids=("k",)))])
    with pytest.raises(PolicyError, match="a link onto which no movement leads"):
        lower(prepared, [Closure(on=Links(ids=("a",)))])
    with pytest.raises(PolicyError, match="no such movement"):
        lower(prepared, [TurnBan(movements=(("a", "z"),))])
    with pytest.raises(PolicyError, match="unknown link 'q'"):
        lower(prepared, [TurnBan(movements=(("a", "q"),))])


@pytest.mark.parametrize("engine", ENGINES)
def test_informed_drivers_leave_a_road_that_is_full(engine: str) -> None:
    """Link k has one lane for 2,400 vehicles an hour on two; experience is not asked for, the moment is."""
    means = []
    for share in (0.0, 0.5):
        road = detour_network()
        narrow = {**road.graph.edges["3", "4", 0], "lanes": 1}
        road.graph.edges["3", "4", 0].update(narrow)
        joins = [one for one in road.connections if "k" not in (one.from_link, one.to_link) or one.from_lane == 0]
        joins = [one.model_copy(update={"to_lane": 0}) if one.to_link == "k" else one for one in joins]
        joins += [join("b", "k", 1, 0, length_m=5.0, speed_limit_kmh=50.0)]
        plan, record = driven(detour_world(share, network_of(road.graph, joins), volume_veh_h=2400.0), [], engine)
        assert record.completed == record.demanded
        means.append(float(travel_s(plan, record).mean()))
    assert means[1] < 0.9 * means[0]


def network_of(graph: object, joins: list[object]) -> object:
    from trafficsim.spec.network import Network

    return Network(graph, tuple(joins))  # type: ignore[arg-type]  # a graph and connections of another network


@pytest.mark.parametrize("engine", ENGINES)
def test_informed_drivers_without_a_reason_to_change_leave_all_as_it_was(engine: str) -> None:
    quiet, asked = detour_world(0.0, volume_veh_h=150.0), detour_world(1.0, volume_veh_h=150.0)
    _, alone = driven(quiet, [], engine)
    _, informed = driven(asked, [], engine)
    assert alone.routes is None
    assert informed.routes is not None
    assert informed.routes.changes.sum() == 0
    assert informed.state == alone.state
    assert (informed.trips.exit_s == alone.trips.exit_s).all()
    assert np.allclose(informed.links.vehicle_s, alone.links.vehicle_s, atol=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
def test_tolls_count_on_the_way_by_the_value_of_time(engine: str) -> None:
    toll = [RoadPricing(on=Links(ids=("k",)), toll_eur=3.0)]
    plan, record = driven(detour_world(1.0), toll, engine)
    assert set(routes_of(plan, record)[5:]) == {AVOIDING}
    rich = detour_world(1.0, route_choice=RouteChoice(informed_share=1.0, value_of_time_eur_h={"*": 5000.0}))
    plan, record = driven(rich, toll, engine)
    assert set(routes_of(plan, record)) == {STRAIGHT}


@pytest.mark.parametrize("engine", ENGINES)
def test_timetables_are_kept(engine: str) -> None:
    stop = Stop(link="b", position_m=100.0, dwell_s=20.0)
    buses = tuple(trip(f"bus {n}", 60.0 * n, destination="z", vehicle_class="bus", stops=(stop,)) for n in range(20))
    cars = (flow(volume_veh_h=300.0, destination="z"),)
    given = world(Demand(flows=cars, trips=buses, routes="free_flow"), detour_network(),
                  time=Time(warmup_s=0.0, analysis_s=1800.0, clear_s=5400.0),
                  route_choice=RouteChoice(informed_share=1.0, update_s=60.0))
    plan, record = driven(given, closing(), engine)
    assert record.completed == record.demanded
    found = dict(zip(plan.trips.name, routes_of(plan, record), strict=True))
    assert {found[f"bus {n}"] for n in range(20)} == {STRAIGHT}
    assert AVOIDING in found.values()
    assert (record.trips.dwell_s[[plan.trips.name.index(f"bus {n}") for n in range(20)]] == 20.0).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_lanes_of_one_turn_each_are_left_at_a_closure(engine: str) -> None:
    """Who stands in the lane for the closed turn gets into the other one, and nobody is stuck."""
    links = [link(name, *ends, lanes=lanes, length_m=length_m, speed_limit_kmh=50.0) for name, ends, lanes, length_m in
             (("a", ("1", "2"), 2, 400.0), ("k", ("2", "3"), 1, 300.0), ("d", ("2", "3"), 1, 900.0),
              ("z", ("3", "4"), 2, 200.0))]
    joins = [join("a", "k", 0, 0, length_m=5.0, speed_limit_kmh=30.0),
             join("a", "d", 1, 0, length_m=5.0, speed_limit_kmh=30.0),
             join("k", "z", 0, 0, length_m=5.0, speed_limit_kmh=30.0),
             join("d", "z", 0, 1, length_m=5.0, speed_limit_kmh=30.0)]
    plan, record = driven(detour_world(0.0, network(links, joins), volume_veh_h=600.0), closing(), engine)
    assert record.completed == record.demanded
    found = routes_of(plan, record)
    assert {("a", "k", "z"), ("a", "d", "z")} == set(found)


def test_one_process_and_two_give_the_same_bits() -> None:
    given = detour_world(0.5, volume_veh_h=200.0, time=Time(warmup_s=0.0, analysis_s=600.0, clear_s=3600.0))
    study = ts.Study(name="closure", scenarios=[given.scenario], engines=ENGINES, replications=2,
                     alternatives={"do nothing": [], "closed": closing(begin_h=0.05, end_h=0.3)})
    digests = [ts.run(study, workers=workers).runs["digest"].tolist() for workers in (1, 2)]
    assert digests[0] == digests[1]
