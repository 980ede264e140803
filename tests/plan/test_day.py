"""Days of demand: how totals vary, who stays the same, what a timetable is, and that the design day is the mean."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plan.small import Demand, flow, trip, world
from tests.plan.test_realise import people
from trafficsim.plan.day import copy_suffix, day_factor
from trafficsim.plan.lower import DESIGN_DAY, lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.spec.demand import Stop
from trafficsim.spec.scenario import Time
from trafficsim.spec.vehicles import VehicleClass

VARIATION = 0.25
CARS = tuple(trip(f"t{number}", 4.0 * number) for number in range(500))


def factor(prepared: Prepared, replication: int) -> float:
    return day_factor(lower(prepared, replication=replication).plan.seed_key, VARIATION)


def names(prepared: Prepared, replication: int, variation: float = VARIATION) -> set[str]:
    return set(lower(prepared, replication=replication, demand_variation=variation).plan.trips.name)


def test_factors_are_normal_with_the_variation_asked_for() -> None:
    # 20,000 days: standard errors 0.0007 of the mean and 0.0005 of the deviation; the cut at three takes 0.0003 off it.
    factors = np.array([day_factor(key, 0.1) for key in range(20_000)])
    assert abs(factors.mean() - 1.0) < 0.0021
    assert abs(factors.std() - 0.1) < 0.0018
    assert 0.7 <= factors.min() < factors.max() <= 1.3


def test_totals_of_flows_vary_by_day_and_by_chance() -> None:
    # Mean 1000 a day: the variance of the total is that of the day, (0.25 * 1000)^2, and Poisson's, 1000.
    # 200 replications: three standard errors are 15 % of a standard deviation and 53 of the mean.
    prepared = prepare(world(Demand(flows=(flow(volume_veh_h=1000.0),)), time=Time(analysis_s=3600.0)))
    totals = np.array([len(names(prepared, number)) for number in range(1, 201)])
    assert abs(totals.mean() - 1000.0) < 53.0
    assert totals.std() == pytest.approx(np.hypot(250.0, np.sqrt(1000.0)), rel=0.15)


def test_all_flows_and_trips_share_the_day() -> None:
    demand = Demand(flows=(flow("f", 3000.0, end_s=3600.0), flow("g", 3000.0, end_s=3600.0)), trips=CARS)
    prepared = prepare(world(demand))
    for replication in (1, 2, 3):
        day = factor(prepared, replication)
        present = names(prepared, replication)
        for of, mean in (("f#", 3000.0), ("g#", 3000.0), ("t", 500.0)):
            count = sum(name.startswith(of) for name in present)
            # Four deviations of Poisson; those of a binomial are smaller.
            assert count == pytest.approx(day * mean, abs=4.0 * np.sqrt(mean))


def test_a_study_without_variation_and_the_design_day_have_mean_demand() -> None:
    prepared = prepare(world(Demand(flows=(flow(),), trips=CARS)))
    assert names(prepared, DESIGN_DAY) == names(prepared, DESIGN_DAY, 0.0)
    assert names(prepared, 1, 0.0) == set(lower(prepared).plan.trips.name) != names(prepared, 1)


def test_those_who_travel_on_a_quiet_day_travel_on_a_busy_one_as_the_same_people() -> None:
    # One replication under two variations: the same random draws, another factor.
    prepared = prepare(world(Demand(flows=(flow(),), trips=CARS)))
    busy = next(number for number in range(1, 50) if factor(prepared, number) > 1.2)
    some, many = (lower(prepared, replication=busy, demand_variation=part).plan.trips for part in (0.1, VARIATION))
    assert set(some.name) < set(many.name)
    row = {name: number for number, name in enumerate(many.name)}
    same = [row[name] for name in some.name]
    for field in ("key", "vehicle_class", "z"):
        np.testing.assert_array_equal(getattr(some, field), getattr(many, field)[same])


def test_copies_are_people_of_their_own_a_little_earlier_or_later() -> None:
    prepared = prepare(world(Demand(trips=CARS), time=Time(analysis_s=2000.0)))
    busy = next(number for number in range(1, 50) if factor(prepared, number) > 1.2)
    trips = lower(prepared, replication=busy, demand_variation=VARIATION).plan.trips
    depart = dict(zip(trips.name, trips.depart_s.tolist(), strict=True))
    copies = [name for name in trips.name if name.endswith("+1")]
    assert set(trips.name) == {one.id for one in CARS} | set(copies)
    shift = np.array([depart[name] - depart[name.removesuffix("+1")] for name in copies])
    assert 0.0 < abs(shift).max() <= 300.0
    assert abs(shift.mean()) < 3.0 * 300.0 / np.sqrt(3.0 * len(shift)), "as many earlier as later"
    assert trips.depart_s.min() >= 0.0
    assert trips.depart_s.max() <= 2000.0
    assert len(set(trips.key.tolist())) == len(trips.key)


def test_on_a_quiet_day_trips_are_left_out_at_random() -> None:
    prepared = prepare(world(Demand(trips=CARS)))
    quiet = next(number for number in range(1, 50) if factor(prepared, number) < 0.8)
    left = names(prepared, quiet)
    assert left < {one.id for one in CARS}
    first = sum(int(name[1:]) < 250 for name in left)
    assert first == pytest.approx(len(left) / 2, abs=3.0 * np.sqrt(len(left)) / 2), "both halves of the list alike"


def test_timetables_are_the_same_every_day() -> None:
    stop = Stop(link="d", position_m=50.0, dwell_s=10.0)
    buses = tuple(trip(f"line{n}", 10.0 * n, vehicle_class="bus") for n in range(40))
    stopping = tuple(trip(f"post{n}", 10.0 * n, stops=(stop,)) for n in range(40))
    line = flow("bus", 60.0, vehicle_classes={"bus": 1.0, "coach": 1.0}, departures="scheduled")
    prepared = prepare(world(Demand(flows=(line,), trips=(*buses, *stopping, *CARS)),
                             classes=(VehicleClass(name="coach", kind="bus"),)))
    for replication in range(1, 6):
        of_day = people(prepared, replication=replication)
        varied = names(prepared, replication)
        fixed = {name for name in of_day if not name.startswith("t")}
        assert {name for name in varied if not name.startswith("t")} == fixed
        assert len(fixed) == 80 + 60


def test_names_of_copies_are_free() -> None:
    demand = Demand(trips=(*CARS, trip("t0+1"), trip("t1++1")))
    prepared = prepare(world(demand))
    assert prepared.trips.copy_suffix == "+++1" == copy_suffix([one.id for one in demand.trips])
    assert all(len(set(trips)) == len(trips) for trips in (
        lower(prepared, replication=number, demand_variation=0.3).plan.trips.name for number in range(1, 20)))
