"""Realised demand: arrivals, classes and scores against their distributions, and who is the same when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.oracles.arrivals import departures
from tests.plan.small import Demand, flow, trip, world
from trafficsim.base.errors import DemandError
from trafficsim.base.repairs import repairs_by_code
from trafficsim.plan.arrays import Plan
from trafficsim.plan.departures import rates_of
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.realise import hash_names, normal_scores, vehicle_keys
from trafficsim.spec.demand import Flow
from trafficsim.spec.scenario import Time
from trafficsim.spec.world import World

HOUR = Time(analysis_s=3600.0)


def arrivals(one: Flow, time: Time, key: int) -> np.ndarray:
    """Departures of all vehicles of a flow, in their running order."""
    return rates_of([one], time).due(np.array([key], np.uint64), np.ones(1)).depart_s


def people(where: World | Prepared, of: str = "", replication: int = 1) -> dict[str, tuple[float, int, float, int]]:
    """Departure, class, score and key by name."""
    trips = lower(where, replication=replication).plan.trips
    rows = zip(trips.depart_s.tolist(), trips.vehicle_class.tolist(), trips.z.tolist(), trips.key.tolist(), strict=True)
    return {name: row for name, row in zip(trips.name, rows, strict=True) if name.startswith(of)}


def test_poisson_counts_have_mean_and_variance_of_the_rate() -> None:
    # 2000 hours of 100 veh/h: mean 100 +- 3 * 10 / sqrt(2000); variance 100 +- 3 * 100 * sqrt(2 / 2000), three
    # standard errors each.
    counts = np.array([len(arrivals(flow(volume_veh_h=100.0), HOUR, key)) for key in range(2000)])
    assert abs(counts.mean() - 100.0) < 0.7
    assert abs(counts.var() - 100.0) < 10.0


def test_poisson_departures_follow_the_profile() -> None:
    # Rate x, 3x, 0: departures are uniform within each step (Kolmogorov-Smirnov) and one quarter fall in the first.
    times = arrivals(flow(volume_veh_h=18000.0, profile=((0.0, 0.5), (1200.0, 1.5), (2400.0, 0.0))), HOUR, 11)
    first, second = times[times < 1200], times[times >= 1200]
    assert times.max() < 2400.0
    assert abs(len(first) / len(times) - 0.25) < 3 * np.sqrt(0.25 * 0.75 / len(times))
    assert stats.kstest(first, stats.uniform(0, 1200).cdf).pvalue > 0.01
    assert stats.kstest(second, stats.uniform(1200, 1200).cdf).pvalue > 0.01


def test_gaps_are_exponential() -> None:
    times = arrivals(flow(volume_veh_h=3600.0), Time(analysis_s=10000.0), 3)
    assert stats.kstest(np.diff(times), stats.expon.cdf).pvalue > 0.01


def test_scheduled_departures_are_equally_spaced_from_the_beginning() -> None:
    one = flow(volume_veh_h=360.0, departures="scheduled", begin_s=100.0, end_s=140.0)
    np.testing.assert_allclose(arrivals(one, HOUR, 1), [100.0, 110.0, 120.0, 130.0], rtol=1e-12)


def test_scheduled_departures_skip_steps_without_volume() -> None:
    steps = ((0.0, 1.0), (20.0, 0.0), (50.0, 2.0))
    one = flow(volume_veh_h=360.0, departures="scheduled", end_s=60.0, profile=steps)
    np.testing.assert_allclose(arrivals(one, HOUR, 1), [0.0, 10.0, 50.0, 55.0], rtol=1e-12)


@given(st.lists(st.tuples(
    st.floats(0.0, 5000.0), st.sampled_from(["poisson", "scheduled"]), st.floats(0.0, 900.0), st.floats(950.0, 2000.0),
    st.sampled_from([(), ((0.0, 1.0), (300.0, 0.0), (600.0, 3.0)), ((0.0, 0.0), (1000.0, 2.0))])), max_size=6),
    st.sampled_from([1.0, 0.8, 1.3]))
@settings(max_examples=40)
def test_all_flows_at_once_depart_as_one_by_one(
    given_flows: list[tuple[float, str, float, float, tuple[tuple[float, float], ...]]], factor: float,
) -> None:
    flows = [flow(f"f{number}", volume, departures=how, begin_s=begin, end_s=end, profile=profile)
             for number, (volume, how, begin, end, profile) in enumerate(given_flows)]
    time, keys = Time(analysis_s=1500.0), np.arange(len(flows), dtype=np.uint64)
    due = rates_of(flows, time).due(keys, np.full(len(flows), factor))
    for row, one in enumerate(flows):
        expected = departures(one, time, row, factor)
        mine = due.flow == row
        assert due.depart_s[mine].tolist() == expected
        assert due.number[mine].tolist() == list(range(len(expected)))


def test_changing_one_flow_changes_no_other_flows_people() -> None:
    def demand(volume: float) -> Demand:
        other = flow("b", 700.0, vehicle_classes={"car": 3, "truck": 1})
        return Demand(flows=(flow("a", volume), other), trips=(trip("own", 5.0),))

    before, after = world(demand(500.0)), world(demand(900.0))
    for name in ("b#", "own"):
        assert people(before, name) == people(after, name) != {}
    small, large = people(before, "a#"), people(after, "a#")
    assert len(large) > len(small)
    for name, (depart, *person) in small.items():
        assert large[name][1:] == tuple(person)
        assert large[name][0] <= depart


def test_dropping_a_flow_leaves_the_others() -> None:
    both, one = Demand(flows=(flow("a"), flow("b"))), Demand(flows=(flow("b"),))
    assert people(world(both), "b#") == people(world(one), "b#") != {}


def test_a_flow_without_volume_may_stand_beside_others() -> None:
    both = Demand(flows=(flow("none", volume_veh_h=0.0), flow("f")))
    assert people(world(both)) == people(world(Demand(flows=(flow("f"),))))


def test_adding_a_class_leaves_departures_and_scores() -> None:
    plain, mixed = (people(world(Demand(flows=(flow(vehicle_classes=shares),))))
                    for shares in ({"car": 1.0}, {"car": 1.0, "truck": 1.0}))
    assert {name: (row[0], row[2]) for name, row in plain.items()} == {
        name: (row[0], row[2]) for name, row in mixed.items()}


def test_order_of_class_shares_does_not_matter() -> None:
    one, other = (people(world(Demand(flows=(flow(vehicle_classes=shares),))))
                  for shares in ({"car": 1.0, "truck": 2.0}, {"truck": 2.0, "car": 1.0}))
    assert one == other


def test_vehicle_n_is_the_same_whatever_the_warm_up() -> None:
    demand = Demand(flows=(flow(begin_s=0.0, end_s=3000.0),))
    early = people(world(demand, time=Time(analysis_s=3600.0)))
    late = people(world(demand, time=Time(start_s=1000.0, analysis_s=2600.0)))
    assert late == {name: row for name, row in early.items() if row[0] >= 1000.0}


def test_replications_differ_and_repeat() -> None:
    prepared = prepare(world(Demand(flows=(flow(),), trips=(trip("own", 5.0),))))
    assert people(prepared, replication=2) == people(prepared, replication=2)
    assert people(prepared, "f#", 1) != people(prepared, "f#", 2)
    (first,), (second,) = (people(prepared, "own", number).values() for number in (1, 2))
    assert first[0] == second[0] == 5.0
    assert first[2] != second[2]


def test_trips_are_sorted_by_departure_then_name() -> None:
    trips = tuple(trip(name, at) for name, at in (("z", 1.0), ("b", 7.0), ("a", 7.0), ("c", 0.0)))
    assert lower(world(Demand(trips=trips))).plan.trips.name == ("c", "z", "a", "b")


def test_scores_are_normal_and_cut_at_three() -> None:
    # 200,000 draws; the cut moves the standard deviation from 1 to 0.9975 (2.6 + 2.4 per mille of variance).
    scores = normal_scores(vehicle_keys(hash_names([str(n) for n in range(200_000)]), 99))
    assert abs(scores).max() == 3.0
    assert abs(scores.mean()) < 3 / np.sqrt(len(scores))
    assert abs(scores.std() - 0.9975) < 0.005
    inside = scores[abs(scores) < 3.0]
    assert stats.kstest(inside, stats.truncnorm(-3, 3).cdf).pvalue > 0.01


def test_class_shares_and_mixes_are_drawn() -> None:
    # 20,000 trips of a mix that is half trucks: 3 standard errors are 1.1 percentage points.
    mixes = {"freight": {"truck": 1.0, "van": 1.0}}
    demand = Demand(trips=tuple(trip(str(n), vehicle_class="freight") for n in range(20_000)), mixes=mixes)
    plan = lower(world(demand)).plan
    shares = class_shares(plan)
    assert set(shares) == {"truck", "van"}
    assert abs(shares["truck"] - 0.5) < 0.011


def test_flows_may_name_mixes() -> None:
    demand = Demand(flows=(flow(volume_veh_h=18000.0, vehicle_classes={"car": 1.0, "freight": 3.0}),),
                    mixes={"freight": {"truck": 2.0, "van": 1.0}})
    shares = class_shares(lower(world(demand)).plan)
    # 18,000 vehicles: 3 standard errors are 1.2 percentage points.
    assert abs(shares["truck"] - 0.5) < 0.012
    assert abs(shares["van"] - 0.25) < 0.012


def class_shares(plan: Plan) -> dict[str, float]:
    counts = np.bincount(plan.trips.vehicle_class, minlength=len(plan.classes.name)) / len(plan.trips.name)
    return {name: share for name, share in zip(plan.classes.name, counts.tolist(), strict=True) if share > 0}


def test_departures_outside_the_window_are_left_out_and_counted() -> None:
    trips = (trip("early", -1.0), trip("first", 0.0), trip("last", 3600.0), trip("late", 3600.5))
    flows = (flow("over", begin_s=-50.0, end_s=0.0), flow("later", begin_s=3600.0, end_s=4000.0),
             flow("open", begin_s=5000.0))
    prepared = prepare(world(Demand(trips=trips, flows=flows)))
    assert set(lower(prepared).plan.trips.name) == {"first", "last"}
    assert repairs_by_code(prepared.findings) == {"departure-outside": 5}
    (finding,) = [one for one in prepared.findings if one.code == "departure-outside"]
    assert finding.where == "flow 'over', flow 'later', flow 'open' ..."


def test_nothing_but_departures_outside_the_window_is_refused() -> None:
    with pytest.raises(DemandError, match=r"trip 'early' at -1 s: .*departures are from 0 s to 3600 s"):
        prepare(world(Demand(trips=(trip("early", -1.0),))))


def test_flows_are_cut_to_the_departure_window_and_said_so() -> None:
    prepared = prepare(world(Demand(flows=(flow(begin_s=-500.0, end_s=9000.0),))))
    departures = lower(prepared).plan.trips.depart_s
    assert departures.min() >= 0.0
    assert departures.max() <= 3600.0
    assert [finding.code for finding in prepared.findings] == ["flow-clipped", "routed-experienced"]
    asked = prepare(world(Demand(flows=(flow(),), routes="free_flow")))
    assert [finding.code for finding in asked.findings] == ["routed-free-flow"]


@pytest.mark.parametrize("demand", [
    Demand(), Demand(flows=(flow(volume_veh_h=0.0),)),
    Demand(flows=(flow(profile=((0.0, 0.0),)),)),
])
def test_empty_demand_is_refused(demand: Demand) -> None:
    with pytest.raises(DemandError, match="demand: found"):
        prepare(world(demand))


@pytest.mark.parametrize(("wrong", "message"), [
    (flow(begin_s=50.0, end_s=50.0), "flow 'f': found end 50 s"),
    (flow(profile=((10.0, 1.0),)), "flow 'f': profile: found first time 10 s"),
    (flow(vehicle_classes={"trck": 1.0}), "flow 'f': vehicle_classes: found unknown vehicle class 'trck'.*'truck'"),
])
def test_broken_flows_are_named(wrong: Flow, message: str) -> None:
    with pytest.raises(DemandError, match=message):
        prepare(world(Demand(flows=(wrong,))))


@pytest.mark.parametrize(("demand", "message"), [
    (Demand(trips=(trip(), trip())), "trip 't': found two trips"),
    (Demand(flows=(flow(), flow())), "flow 'f': found two flows"),
    (Demand(flows=(flow(),), trips=(trip("f#3"),)), "the name of a vehicle of flow 'f'"),
    (Demand(trips=(trip(vehicle_class="m"),), mixes={"m": {"car": -1.0, "van": 2.0}}), r"demand\.mixes\.m"),
    (Demand(trips=(trip(vehicle_class="cra"),)), "trip 't': vehicle_class: found unknown vehicle class 'cra'"),
])
def test_ambiguous_names_and_mixes_are_refused(demand: Demand, message: str) -> None:
    with pytest.raises(DemandError, match=message):
        prepare(world(demand))


def test_a_replication_without_any_arrival_is_a_plan_without_trips() -> None:
    prepared = prepare(world(Demand(flows=(flow(volume_veh_h=0.001),))))
    trips = lower(prepared).plan.trips
    assert trips.name == ()
    assert trips.route_start.tolist() == [0]
