"""What the queue engine measures along its links: speeds between points, cameras, stops, limits that change."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.engines.test_timeline import timeline
from tests.oracles.newell import Driver, passing_s, trajectories
from tests.support.queues import CAPACITY, EXACT, FREE_MS, JAM_SPACING_M, chain, chain_plan, trips_at
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.base.codes import CAMERA, DETECTOR, TRAVEL_TIME
from trafficsim.engines.queue.loop import run, simulate
from trafficsim.engines.queue.moments import moments_of
from trafficsim.engines.queue.places import Places
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.timeline import Timeline
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.lower import lower
from trafficsim.policies import CameraPlace, SectionControl, SpeedCamera
from trafficsim.spec.demand import Flow, Stop, Trip
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.measuring import Area, TravelTime
from trafficsim.spec.scenario import Detector, Time
from trafficsim.spec.selectors import Links

MOTORWAY = Drivers(motorway=SpeedChoice(share_over_limit=0.4, cv=0.11))


def motorway(volume_veh_h: float, *policies: object, lanes: int = 2, seed: int = 1) -> Plan:
    """Two links of 2 km with a detector in the middle of each."""
    rows = [link(name, 2000.0, lanes=lanes, speed_limit_kmh=120.0, road_class="motorway") for name in "ab"]
    places = [Detector(id=name, link=name, position_m=1000.0) for name in "ab"]
    flow = Flow(id="f", route=("a", "b"), volume_veh_h=volume_veh_h, vehicle_classes={"car": 1.0})
    world = make_world(make_network(rows, through("a", "b", lanes)), flows=[flow], drivers=MOTORWAY, seed=seed,
                       time=Time(analysis_s=7200.0, clear_s=600.0), detectors=tuple(places))
    return lower(world, policies, 1).plan


def places_of(plan: Plan) -> Places:
    """Run a plan, and return the log of the run."""
    world = compile_plan(plan, EXACT)
    with np.errstate(over="ignore"):
        end = simulate(plan, world, Timeline(plan, EXACT)).end
    return Places(plan, world, end / 1000.0, moments_of(plan))


def speeds_at(plan: Plan, name: str, role: int) -> tuple[np.ndarray, np.ndarray]:
    """Return trips and speeds (m/s) of the traversals of a measurement section."""
    seen = run(plan, EXACT).traversals
    rows = [row for row, one in enumerate(plan.sections.name) if one == name and plan.sections.role[row] == role]
    mine = np.isin(seen.section, rows)
    return seen.trip[mine], seen.speed_ms[mine]


@pytest.mark.parametrize("volume_veh_h", [200.0, 800.0])
def test_free_speeds_survive_on_several_lanes(volume_veh_h: float) -> None:
    plan = motorway(volume_veh_h)
    for name, row in (("a", 0), ("b", 1)):
        trip, speed = speeds_at(plan, name, DETECTOR)
        wanted = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.full(len(trip), row))
        assert len(trip) > 300
        for q in (5, 15, 50, 85, 95):
            assert np.percentile(speed, q) == pytest.approx(np.percentile(wanted, q), rel=0.02)
        assert speed.std() == pytest.approx(wanted.std(), rel=0.02)


def test_on_one_lane_the_slow_lead() -> None:
    trip, speed = speeds_at(motorway(400.0, lanes=1), "b", DETECTOR)
    free = speeds_at(motorway(400.0), "b", DETECTOR)[1]
    assert speed.mean() < free.mean() - 1.0
    assert len(trip) > 300


def test_drivers_respond_to_a_camera_where_it_stands() -> None:
    camera = SpeedCamera(at=(CameraPlace(link="b", position_m=1000.0),))
    before, after = motorway(400.0), motorway(400.0, camera)
    rules = after.behaviour
    trip, speed = speeds_at(after, "b", DETECTOR)
    own = desired_speed_ms(after.links, after.classes, after.trips, trip, np.ones(len(trip), np.int64))
    limit = after.links.speed_limit_ms[1]
    wanted = own - np.maximum(own - limit * rules.factor[0, trip], 0.0)
    assert speed.mean() < own.mean() - 1.0
    assert speed == pytest.approx(wanted, abs=1.0)  # the strength fades along the 50 m of the place
    far = [np.sort(speeds_at(plan, "a", DETECTOR)[1]) for plan in (before, after)]
    assert np.abs(far[0] - far[1]).mean() < 0.1
    assert sorted(speeds_at(after, "camera b 1000 m", CAMERA)[0].tolist()) == sorted(trip.tolist())


def test_section_control_holds_the_mean_speed() -> None:
    control = SectionControl(on=Links(ids=("a", "b")))
    plan = motorway(400.0, control)
    free = motorway(400.0)
    name = next(one for one, role in zip(plan.sections.name, plan.sections.role, strict=True) if role == 3)
    speed = speeds_at(plan, name, 3)[1]
    assert speed.mean() < speeds_at(free, "b", DETECTOR)[1].mean() - 0.5
    assert len(speed) > 300


def test_points_are_passed_as_by_trajectories() -> None:
    """A road that narrows to half its capacity: the queue reaches back over the first link."""
    rng = np.random.default_rng(4)
    times = np.cumsum(1.3 + rng.exponential(0.6, 60))
    plan = chain_plan(chain([500.0, 300.0], narrow={0: 0.5}), trips_at(times.tolist(), 2),
                      detectors=(Detector(id="d", link="l0", position_m=250.0),))
    places = places_of(plan)
    log = places.of(0)
    drivers = [Driver(since, FREE_MS, left) for since, left in zip(log.since_s, log.left_s, strict=True)]
    known = trajectories(drivers, 500.0, JAM_SPACING_M, 1.0, float(log.left_s.max()) + 10.0)
    assert (np.diff(log.left_s) > 1.2 / CAPACITY).any()
    for at_m in (20.0, 130.0, 250.0, 400.0, 495.0, 500.0):
        assert places.passing_s(0, at_m) == pytest.approx(passing_s(known, at_m), abs=0.1), at_m


def test_times_of_named_routes_go_from_point_to_point() -> None:
    rows = [link(name, 400.0, speed_limit_kmh=72.0) for name in "abc"]
    joints = [*through("a", "b", signal="j", signal_index=0), *through("b", "c")]
    network = make_network(rows, joints, [fixed_time("j", 40.0, 90.0)])
    trips = [Trip(id=f"t{n:02d}", depart_s=13.0 * n, route=("a", "b", "c")) for n in range(40)]
    wish = TravelTime(id="main", links=("a", "b", "c"), begin_m=100.0, end_m=300.0)
    plan = make_plan(make_world(network, trips=trips, travel_times=(wish,)))
    trip, speed = speeds_at(plan, "main", TRAVEL_TIME)
    record = run(plan, EXACT)
    whole = record.trips.exit_s - record.trips.entry_s
    mine = 1000.0 / speed
    assert sorted(trip.tolist()) == list(range(40))
    # what is left of the way takes 200 m of free road, and the stop of those at the line falls between the points
    assert mine == pytest.approx(whole[trip] - 200.0 / 20.0, abs=1.0)
    assert max(mine) - min(mine) > 30.0


def test_limits_change_within_a_run() -> None:
    plan = motorway(400.0)
    half = np.array(plan.links.free_speed_mean_ms) * 0.5
    line = timeline(("link.free_speed_mean_ms", 0, 1800.0, 3600.0, half[0]))
    plan = replace(plan, timeline=line)
    record = run(plan, EXACT)
    entry = record.trips.entry_s
    trip, speed = speeds_at(plan, "a", DETECTOR)
    wanted = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.zeros(len(trip), np.int64))
    slow = (entry[trip] >= 1800.0) & (entry[trip] < 3600.0)
    assert 50 < slow.sum() < len(slow) - 50
    assert speed[slow] == pytest.approx(0.5 * wanted[slow], rel=0.02)
    assert np.median(speed[~slow] / wanted[~slow]) == pytest.approx(1.0, abs=0.001)
    taken = record.trips.exit_s - entry
    assert np.median(taken[slow_trips(entry)]) > 1.3 * np.median(taken[~slow_trips(entry)])


def slow_trips(entry_s: np.ndarray) -> np.ndarray:
    return np.asarray((entry_s >= 1800.0) & (entry_s < 3600.0))


def test_a_timeline_that_changes_nothing_changes_nothing() -> None:
    plan = motorway(400.0)
    same = timeline(("link.free_speed_mean_ms", 0, 1800.0, 3600.0, float(plan.links.free_speed_mean_ms[0])))
    assert run(replace(plan, timeline=same), EXACT).state == run(plan, EXACT).state


@pytest.mark.parametrize("lanes", [1, 2])
def test_stops_on_the_way(lanes: int) -> None:
    """A bus stands for 40 s: on one lane the car behind it waits, on two it passes."""
    rows = [link(name, 500.0, lanes=lanes, speed_limit_kmh=50.0) for name in "ab"]
    stop = Stop(link="a", position_m=300.0, dwell_s=40.0)
    trips = [Trip(id="bus", depart_s=0.0, route=("a", "b"), vehicle_class="bus", stops=(stop,)),
             Trip(id="car", depart_s=10.0, route=("a", "b"))]
    network = make_network(rows, through("a", "b", lanes))
    plan = make_plan(make_world(network, trips=trips))
    plain = make_plan(make_world(network, trips=[trips[0].model_copy(update={"stops": ()}), trips[1]]))
    with_stop, without = run(plan).trips, run(plain).trips
    taken, free = (record.exit_s - record.entry_s for record in (with_stop, without))
    assert with_stop.dwell_s.tolist() == [40.0, 0.0]
    assert with_stop.waiting_s.tolist()[0] == pytest.approx(40.0, abs=0.01)
    assert with_stop.stops.tolist()[0] == 1
    assert 42.0 < taken[0] - free[0] < 60.0
    assert (taken[1] - free[1] > 25.0) == (lanes == 1)


def test_longer_gaps_lower_the_flow_of_a_queue() -> None:
    times = [0.0] * 60
    plan = chain_plan(chain([300.0, 300.0]), trips_at(times, 2))
    kept = replace(plan, kept_gap_s=np.full(60, 2.0))
    first, second = (np.sort(run(one, EXACT).trips.exit_s) for one in (plan, kept))
    assert np.diff(first)[10:50] == pytest.approx(1.0 / CAPACITY, abs=0.002)
    assert np.diff(second)[10:50] == pytest.approx(2.0 + JAM_SPACING_M / FREE_MS, abs=0.002)
    shorter = replace(plan, kept_gap_s=np.full(60, 0.5))
    assert run(shorter, EXACT).state == run(plan, EXACT).state


def test_moments_are_those_of_the_timeline() -> None:
    plan = replace(motorway(200.0), timeline=timeline(("link.free_speed_mean_ms", 0, 0.0, 100.5, 10.0)))
    moments = moments_of(plan)
    assert [one.begin for one in moments] == [0, 100500]
    assert moments[0].plan.links.free_speed_mean_ms[0] == 10.0
    assert all(first.begin < second.begin for first, second in pairwise(moments))


def test_areas_add_up_to_their_link() -> None:
    """An area over a whole link has its vehicle-seconds and metres; the queue at red reaches as far as theory says."""
    plan = chain_plan(chain([400.0, 300.0], [fixed_time("j", 30.0, 60.0, yellow_s=1.0)]),
                      trips_at([3.0 * n for n in range(150)], 2), areas=(Area(id="all", link="l0"),
                                                                         Area(id="end", link="l0", begin_m=350.0)))
    record = run(plan, EXACT)
    seen, links = record.areas, record.links
    assert seen.vehicle_s[:, 0] == pytest.approx(links.vehicle_s[:, 0], rel=0.005)
    assert seen.vehicle_m[:, 0] == pytest.approx(links.vehicle_m[:, 0], rel=0.02)
    assert seen.vehicle_m[:, 0].sum() == pytest.approx(150 * 400.0)
    assert seen.taken_m_s == pytest.approx(seen.vehicle_s * JAM_SPACING_M)
    assert (seen.waiting_s < seen.vehicle_s).all()
    assert seen.waiting_s[:, 0].sum() > 1000.0
    longest = float(record.queues.longest_m[0])
    assert seen.longest_queue_m[:, 0].max() == pytest.approx(longest, abs=10.0)
    assert seen.longest_queue_m[:, 1].max() == 50.0
    assert seen.most_waiting[:, 1].max() == 10.0
    assert seen.length_m.tolist() == [400.0, 50.0]
