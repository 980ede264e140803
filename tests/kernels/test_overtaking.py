"""Outside built-up areas nobody overtakes on the nearside while traffic flows; where lanes end or part one may."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.oracles.overtaking import Car, Manners, bounds
from tests.support.motorways import lane_drop, on_ramp, section, straight, weaving
from tests.support.worlds import make_network, make_plan, make_program, make_world, through
from trafficsim.engines.ca import run
from trafficsim.engines.ca.lane_rules import ending_lanes
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.overtaking import stay_behind
from trafficsim.kernels.ca.packed_state import NO_BOUND
from trafficsim.kernels.jit import from_python
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Trajectories
from trafficsim.spec.vehicles import DEFAULT_CLASSES


def program_of(network: Network, **more: Any) -> Program:
    first = next(iter(network.links))
    return make_program(make_world(network, trips=[Trip(id="t", depart_s=0.0, route=(first,))], **more))


def random_traffic(seed: int) -> tuple[Program, list[list[Car]]]:
    """Three lanes with up to a dozen vehicles each, most of them fast."""
    draw = np.random.default_rng(seed)
    trips = [Trip(id=f"t{number}", depart_s=0.0, route=("a",)) for number in range(40)]
    program = make_program(make_world(make_network([section("a", 1500.0, 3)]), trips=trips))
    cars, slot = [], 0
    for lane in range(3):
        cars.append([])
        front = -int(draw.integers(1, 200))
        for _ in range(int(draw.integers(0, 13))):
            car = Car(front, int(draw.integers(10, 30)), int(draw.integers(20, 70)))
            program.vehicles.X[slot] = (car.front << 16) | car.speed
            program.vehicles.Y[slot] = (15000 << 16) | (car.length << 8) | 1
            front -= car.length + int(draw.integers(0, 200))
            cars[-1].append(car)
            slot += 1
        program.start[lane + 1] = slot
    return program, cars


@pytest.mark.parametrize("seed", range(8))
def test_bounds_are_those_of_the_plain_rule(seed: int) -> None:
    program, cars = random_traffic(seed)
    scale = program.net.scale
    manners = Manners(
        int(scale.queueing), float(scale.stagger), int(scale.closing), int(scale.soft), int(scale.queue_speed)
    )
    bound = program.work.bound
    bound[:] = NO_BOUND
    from_python(stay_behind)(program.road)
    found = {int(slot): int(bound[slot]) for slot in np.flatnonzero(bound < NO_BOUND)}
    expected = {}
    for lane in (0, 1):
        of_lane = bounds(cars[lane], cars[lane + 1], manners)
        expected |= {int(program.start[lane]) + number: speed for number, speed in of_lane.items()}
    assert found == expected


def drop_in_town() -> Network:
    town = {"road_class": "urban", "speed_limit_kmh": 50.0}
    return make_network([section("b", 500.0, 2, **town), section("c", 500.0, 1, **town)], through("b", "c", 1))


@pytest.mark.parametrize(("network", "ends", "nearside"), [
    (straight(2), [], [0, 2, 4]),
    (lane_drop(3, zipper=True), [5], [0, 1, 3, 4, 6]),
    (lane_drop(3, zipper=False), [5], [0, 1, 3, 6]),
    (on_ramp(2), [2], [0, 3, 6]),
    (weaving(2), [], [0, 3, 6]),
    (drop_in_town(), [1], []),
], ids=["straight", "zipper", "closed lane", "on-ramp", "weaving", "town"])
def test_which_lanes_end_and_where_the_rule_holds(network: Network, ends: list[int], nearside: list[int]) -> None:
    # on-ramp: lanes 0-1 main, 2 acceleration lane, 3-4 beside it, 6-7 out; weaving: 2 leads off, 3-4 on
    plan = make_plan(make_world(network, trips=[Trip(id="t", depart_s=0.0, route=(next(iter(network.links)),))]))
    assert np.flatnonzero(ending_lanes(plan)).tolist() == ends
    assert program_of(network).net.nearside.tolist() == nearside


@pytest.mark.parametrize(("own", "classes", "kept"), [
    (None, ("rural", "motorway"), True), ("free", ("rural", "motorway"), False), (None, (), False),
    ("keep_right", (), True),
])
def test_the_rule_is_chosen_by_road_class_and_by_link(own: str | None, classes: Any, kept: bool) -> None:
    road = make_network([section("a", 800.0, 2, lane_rule=own)])
    net = program_of(road, drivers=Drivers(keep_right=classes)).net
    assert (bool(net.link.keep[0]), net.nearside.tolist()) == (kept, [0] if kept else [])


@pytest.mark.parametrize(("rule", "slow_kmh", "passes"), [
    ("keep_right", 90.0, False), ("free", 90.0, True), ("keep_right", 50.0, True),
])
def test_a_fast_driver_passes_a_slow_one_on_the_nearside_only_where_that_is_allowed(
    rule: str, slow_kmh: float, passes: bool,
) -> None:
    # The bus may not use the nearside lane, and drives slowly in the outer one; the car has the nearside lane to
    # itself.
    road = make_network([section("a", 3000.0, 2, lane_rule=rule, allow=(("car",), ("car", "bus")))])
    trips = [Trip(id="bus", depart_s=0.0, route=("a",), vehicle_class="bus", depart_lane=1),
             Trip(id="car", depart_s=8.0, route=("a",), depart_lane=0)]
    slow = [one.model_copy(update={"max_speed_kmh": slow_kmh}) if one.name == "bus" else one for one in DEFAULT_CLASSES]
    world = make_world(road, trips=trips, classes=slow, trajectories=Trajectories(share=1.0))
    seen = run(make_plan(world), CellularAutomaton()).trajectories
    nearside = seen.lane[seen.trip == 1] == 0
    assert nearside.all(), "the car has no reason to leave the nearside lane"
    last = {trip: seen.time_s[seen.trip == trip].max() for trip in (0, 1)}
    assert (last[1] < last[0]) == passes
