"""Path-size logit: shares against hand computation, the same random numbers everywhere, and what policies change."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.plan.small import Demand, flow, join, link, network, trip, world
from trafficsim.base.errors import InputError, PolicyError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.path_size import chosen, path_sizes, shares, utilities
from trafficsim.plan.prepare import prepare
from trafficsim.policies import RoadPricing, SpeedLimit
from trafficsim.spec.demand import Stop
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.population import Population
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

SEVERAL = Time(warmup_s=0.0, analysis_s=3600.0)
KMH = 36.0
M_PER_MIN = 600.0
"""Way of a minute at that limit."""


def fork(lengths_m: dict[str, float], **attributes: dict[str, float]) -> Network:
    """a -> one of several links -> z, all of them at 10 m/s and joined without any length."""
    middle = [link(name, "2", "3", **{"length_m": length_m, "speed_limit_kmh": KMH, **attributes.get(name, {})})
              for name, length_m in lengths_m.items()]
    ends = [link("a", "1", "2", speed_limit_kmh=KMH), link("z", "3", "4", speed_limit_kmh=KMH)]
    joins = [join(tail, head, length_m=0.01, speed_limit_kmh=KMH)
             for name in lengths_m for tail, head in (("a", name), (name, "z"))]
    return network([*ends, *middle], joins)


def town(road: Network, volume_veh_h: float = 6000.0, choice: RouteChoice | None = None, **demand: object) -> World:
    flows = (flow(volume_veh_h=volume_veh_h, destination="z", departures="scheduled", **demand),)
    return world(Demand(flows=flows, routes="logit"), road, time=SEVERAL, route_choice=choice or RouteChoice())


def share_over(plan: Plan, name: str) -> float:
    return float((plan.trips.route_link == plan.link_id.index(name)).sum() / len(plan.trips.key))


def within(share: float, expected: float, count: int) -> bool:
    """Whether a share lies within four standard errors."""
    return abs(share - expected) <= 4.0 * np.sqrt(expected * (1.0 - expected) / count)


def overlapping(shared_m: float) -> Network:
    """The network of the literature: b alone, and two that share a first part s and part at its end into c and d."""
    rest = 3000.0 - shared_m
    road = fork({"b": 3000.0 + 0.01})
    road.graph.add_edges_from([
        link("s", "2", "5", length_m=shared_m, speed_limit_kmh=KMH),
        link("c", "5", "3", length_m=rest, speed_limit_kmh=KMH),
        link("d", "5", "3", length_m=rest, speed_limit_kmh=KMH),
    ])
    joins = [join(tail, head, length_m=0.01, speed_limit_kmh=KMH)
             for tail, head in (("a", "s"), ("s", "c"), ("s", "d"), ("c", "z"), ("d", "z"))]
    return Network(road.graph, (*road.connections, *joins))


@pytest.mark.parametrize("shared_m", [1.0, 1500.0, 2999.0])
def test_shares_on_the_network_with_three_overlapping_routes(shared_m: float) -> None:
    """All three routes take equally long; of those that share, the share falls from a third towards a quarter."""
    plan = lower(town(overlapping(shared_m))).plan
    # ends a and z are in all three; path sizes by hand
    total, ends = 3200.0, 200.0 / 3.0
    alone = (3000.0 + ends) / total
    two = (shared_m / 2.0 + (3000.0 - shared_m) + ends) / total
    for name, size in (("b", alone), ("c", two), ("d", two)):
        assert within(share_over(plan, name), size / (alone + 2.0 * two), len(plan.trips.key)), name


def test_without_the_path_size_overlapping_routes_are_taken_alike() -> None:
    plan = lower(town(overlapping(2999.0), choice=RouteChoice(overlap=0.0))).plan
    for name in ("b", "c", "d"):
        assert within(share_over(plan, name), 1.0 / 3.0, len(plan.trips.key))


def test_two_equal_routes_are_taken_equally_and_a_long_one_by_nobody() -> None:
    plan = lower(town(fork({"b": 1000.0, "c": 1000.0, "d": 3000.0}))).plan
    assert within(share_over(plan, "b"), 0.5, len(plan.trips.key))
    assert share_over(plan, "b") + share_over(plan, "c") == 1.0
    assert share_over(plan, "d") == 0.0


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_one_minute_more_costs_a_route_its_share_by_the_scale(scale: float) -> None:
    lengths = {"b": 3000.0, "c": 3000.0 + M_PER_MIN}
    plan = lower(town(fork(lengths), choice=RouteChoice(scale_per_min=scale, overlap=0.0))).plan
    assert within(share_over(plan, "b"), 1.0 / (1.0 + np.exp(-scale)), len(plan.trips.key))


def pricing(toll_eur: float, name: str = "b") -> tuple[Policy, ...]:
    return (RoadPricing(on=Links(ids=(name,)), toll_eur=toll_eur),)


def routes(plan: Plan) -> dict[str, tuple[int, ...]]:
    parts = np.split(plan.trips.route_link, plan.trips.route_start[1:-1])
    return {name: tuple(part.tolist()) for name, part in zip(plan.trips.name, parts, strict=True)}


def test_pricing_flips_the_flow_and_only_those_leave_whom_it_costs_too_much() -> None:
    choice = RouteChoice(longest=10.0, scale_per_min=5.0, overlap=0.0)
    prepared = prepare(town(fork({"b": 1000.0, "c": 3000.0}), choice=choice))
    taking_b: set[str] | None = None
    for toll_eur in (0.0, 0.6, 0.7, 0.9, 4.0):  # b saves 200 s, which are worth 0.667 EUR
        plan = lower(prepared, pricing(toll_eur)).plan
        expected = 1.0 / (1.0 + np.exp(-5.0 * (200.0 / 60.0 - toll_eur * 5.0)))
        assert within(share_over(plan, "b"), expected, len(plan.trips.key))
        takers = {name for name, route in routes(plan).items() if plan.link_id.index("b") in route}
        assert taking_b is None or takers <= taking_b
        taking_b = takers
    assert not taking_b


def test_who_has_a_higher_value_of_time_pays_more_often() -> None:
    choice = RouteChoice(longest=10.0, overlap=0.0)
    prepared = prepare(town(fork({"b": 1000.0, "c": 1000.0 + 2 * M_PER_MIN}), choice=choice,
                            vehicle_classes={"car": 0.5, "truck": 0.5}))
    plan = lower(prepared, pricing(0.5)).plan
    over_b = np.array([plan.link_id.index("b") in route for route in routes(plan).values()])
    for name, value in (("car", 12.0), ("truck", 32.5)):
        mine = plan.trips.vehicle_class == plan.classes.name.index(name)
        saved_min = 2.0 - 0.5 / value * 60.0
        assert within(float(over_b[mine].mean()), 1.0 / (1.0 + np.exp(-saved_min)), int(mine.sum())), name


def test_a_toll_of_the_network_and_distance_costs_count_without_any_policy() -> None:
    tolled = fork({"b": 3000.0, "c": 3000.0}, b={"toll_eur": 0.2})
    plan = lower(town(tolled)).plan
    assert within(share_over(plan, "b"), 1.0 / (1.0 + np.e), len(plan.trips.key))  # 0.2 EUR at 12 EUR/h: a minute
    fast = fork({"b": 3000.0, "c": 6000.0}, c={"speed_limit_kmh": 2 * KMH})
    even = lower(town(fast, choice=RouteChoice(overlap=0.0))).plan
    assert within(share_over(even, "b"), 0.5, len(even.trips.key))
    dear = lower(town(fast, choice=RouteChoice(overlap=0.0, distance_cost_eur_km=0.1))).plan
    assert within(share_over(dear, "b"), 1.0 / (1.0 + np.exp(-1.5)), len(dear.trips.key))


def test_a_lower_limit_sends_trips_to_another_route_and_nobody_else_moves() -> None:
    prepared = prepare(town(fork({"b": 3000.0, "c": 3000.0, "d": 3000.0})))
    before = lower(prepared).plan
    after = lower(prepared, [SpeedLimit(on=Links(ids=("b",)), limit_kmh=30)]).plan
    assert share_over(after, "b") < share_over(before, "b") - 0.05
    one, other = routes(before), routes(after)
    b = before.link_id.index("b")
    assert all(b in one[name] for name in one if one[name] != other[name])


def test_a_person_takes_the_same_route_on_every_day_and_in_every_alternative() -> None:
    prepared = prepare(town(fork({"b": 1000.0, "c": 1000.0})))
    first, second = (routes(lower(prepared, replication=number).plan) for number in (1, 2))
    assert first == second
    assert routes(lower(prepared, pricing(0.0)).plan) == first


def test_given_routes_and_timetables_are_kept() -> None:
    lengths = {"b": 1000.0, "c": 1000.0}
    stop = Stop(link="b", position_m=50.0, dwell_s=10.0)
    trips = (*(trip(f"given {n}", 1.0 * n, route=("a", "c", "z")) for n in range(40)),
             *(trip(f"bus {n}", 2.0 * n, destination="z", vehicle_class="bus", stops=(stop,)) for n in range(40)),
             *(trip(f"free {n}", 3.0 * n, destination="z") for n in range(40)))
    plan = lower(world(Demand(trips=trips, routes="logit"), fork(lengths), time=SEVERAL), pricing(0.0)).plan
    taken = {kind: {route for name, route in routes(plan).items() if name.startswith(kind)}
             for kind in ("given", "bus", "free")}
    assert (len(taken["given"]), len(taken["bus"]), len(taken["free"])) == (1, 1, 2)


@pytest.mark.parametrize("rule", ["experienced", "free_flow"])
def test_a_charge_that_nobody_heeds_is_refused(rule: str) -> None:
    road = fork({"b": 1000.0, "c": 1000.0})
    asked = world(Demand(flows=(flow(destination="z"),), routes=rule), road, time=SEVERAL)
    with pytest.raises(PolicyError, match=r'road_pricing: link.toll_eur: .*stay as they are.*routes = "logit"'):
        lower(asked, pricing(1.0))


@pytest.mark.parametrize(("key", "value"), [
    ("paths", 0), ("scale_per_min", 0.0), ("overlap", -1.0), ("longest", 0.5), ("informed_share", 1.5),
    ("informed_share", -0.1), ("update_s", 0.0), ("distance_cost_eur_km", -1.0), ("value_of_time_eur_h", {"car": 0.0}),
    ("value_of_time_eur_h", {"car": -3.0}), ("least_gain", 2.0),
])
def test_absurd_numbers_are_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=key):
        RouteChoice(**{key: value})  # type: ignore[arg-type]  # that is the point


def test_a_value_of_time_of_an_unknown_class_is_refused() -> None:
    choice = RouteChoice(value_of_time_eur_h={"lorry": 30.0})
    said = "route_choice.value_of_time_eur_h: found an unknown vehicle class 'lorry'"
    with pytest.raises(InputError, match=re.escape(said)):
        prepare(town(fork({"b": 1000.0}), choice=choice))


def test_choices_are_those_of_the_logit_model() -> None:
    size = path_sizes([[0], [1, 2], [1, 3]], np.array([10.0, 8.0, 2.0, 2.0]))
    utility = utilities(np.array([10.0, 10.5, 11.0]), size, 0.8, 1.0)
    people = np.arange(200_000, dtype=np.uint64)
    where = chosen(utility, np.array([5, 6, 7], np.uint64), people)
    for path, share in enumerate(shares(utility).tolist()):
        assert within(float((where == path).mean()), share, len(people))


def test_who_is_informed_is_a_trait_of_the_person() -> None:
    people = Population(people=300)
    road, plans = fork({"b": 1000.0, "c": 1000.0}), {}
    for share in (0.2, 0.6):
        choice = RouteChoice(informed_share=share)
        given = world(Demand(flows=(flow(volume_veh_h=3000.0, destination="z"),)), road, time=SEVERAL,
                      population=people, route_choice=choice)
        plans[share] = [lower(prepare(given), replication=number).plan for number in (1, 2)]
        for plan in plans[share]:
            told = {person: set() for person in plan.trips.person.tolist()}
            for person, one in zip(plan.trips.person.tolist(), plan.en_route.informed.tolist(), strict=True):
                told[person].add(one)
            assert all(len(one) == 1 for one in told.values())
            assert within(float(np.mean([one == {True} for one in told.values()])), share, len(told))
    few, more = plans[0.2][0].en_route.informed, plans[0.6][0].en_route.informed
    assert not (few & ~more).any()
    days = [dict(zip(plan.trips.person.tolist(), plan.en_route.informed.tolist(), strict=True)) for plan in plans[0.6]]
    assert all(days[0][person] == days[1][person] for person in set(days[0]) & set(days[1]))
