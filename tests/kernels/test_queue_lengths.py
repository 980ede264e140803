"""Queues of the queue engine: the hand case of the theory, trajectories of the reference model, who blocks whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.newell import Driver, Standing, standing_back_m, stood, trajectories
from tests.support.queues import EXACT, FREE_MS, UNIT, chain, looked_at, trips_at
from tests.support.tiers import COMPILED
from tests.support.worlds import make_plan, make_world
from trafficsim.engines.queue.loop import run
from trafficsim.kernels.jit import from_python
from trafficsim.kernels.queue.counting import STOP_BRAKE_MS2
from trafficsim.kernels.queue.queues import standing_back
from trafficsim.kernels.queue.tables import World
from trafficsim.plan.arrays import Plan
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.vehicles import VehicleClass

SMALL = VehicleClass(name="unit", length_m=2.0, min_gap_m=1.0, headway_s=0.6, max_speed_kmh=72.0)
"""The diagram of the hand cases with vehicles that take 3 m: u = 20 m/s, w = 5 m/s."""
HALF = SignalProgram(id="j", phases=(Phase(duration_s=30.0, state="G"), Phase(duration_s=30.0, state="r")))
back_of = from_python(standing_back)


def plan_of(network: Network, times_s: list[float], links: int, vehicle_class: VehicleClass = UNIT) -> Plan:
    world = make_world(network, trips=trips_at(times_s, links), classes=(vehicle_class,),
                       time=Time(analysis_s=600.0, clear_s=3600.0))
    return make_plan(world)


@pytest.mark.parametrize(("vehicle_class", "arrivals_s", "within_m"), [(UNIT, 1.0 / 0.3, 5.0), (SMALL, 2.0, 3.0)])
def test_the_hand_case_of_a_red_signal(vehicle_class: VehicleClass, arrivals_s: float, within_m: float) -> None:
    """r = 30 s, C = 60 s, q = 0.3 and s = 0.8 veh/s: the back of the queue meets the release wave at 44.4 s, 72.0 m."""
    count = round(60.0 / arrivals_s)
    plan = plan_of(chain([500.0, 500.0], [HALF]), [5.0 + arrivals_s * n for n in range(count)], 2, vehicle_class)
    seen: list[tuple[float, float]] = []
    looked_at(plan, lambda world, now: seen.append((now / 1000.0 - 30.0, back_of(world, 0, 0, now) / 100.0)), EXACT,
              100)
    time_s, back_m = np.array(seen).T
    longest = back_m.max()
    assert longest == pytest.approx(72.0, abs=within_m)
    assert time_s[back_m == longest].max() == pytest.approx(44.4, abs=within_m / 5.0 + 0.1)
    growing = (time_s > 10.0) & (time_s < 40.0)
    slope = np.polyfit(time_s[growing], back_m[growing], 1)[0]
    assert slope == pytest.approx(1.622, rel=0.05)
    assert (back_m[(time_s > 48.5) & (time_s < 60.0)] == 0.0).all()


@settings(max_examples=12 if COMPILED else 2, deadline=None)
@given(green_s=st.sampled_from((8.0, 15.0, 30.0)), red_s=st.sampled_from((10.0, 40.0)), count=st.integers(20, 60),
       mean_s=st.sampled_from((0.5, 2.0, 5.0)), seed=st.integers(0, 1000))
def test_queues_are_those_of_trajectories(green_s: float, red_s: float, count: int, mean_s: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(1.3 + rng.exponential(mean_s, count))
    signal = SignalProgram(id="j", phases=(Phase(duration_s=green_s, state="G"), Phase(duration_s=red_s, state="r")))
    plan = plan_of(chain([600.0, 900.0], [signal]), times.tolist(), 2)
    looks: list[tuple[float, float]] = []
    left: dict[int, int] = {}

    def look(world: World, now: int) -> None:
        for trip in np.flatnonzero(world.vehicles.cursor > world.trips.route_start[:-1]).tolist():
            left.setdefault(trip, int(world.vehicles.since[trip]))
        looks.append((now / 1000.0, int(back_of(world, 0, 0, now)) / 100.0))

    end = looked_at(plan, look, EXACT)
    drivers = [Driver(end.vehicles.begun[n] / 1000.0, FREE_MS, left[n] / 1000.0) for n in range(count)]
    known = trajectories(drivers, 600.0, 5.0, 1.0, max(left.values()) / 1000.0 + 1.0)
    looks = [(now_s, back_m) for now_s, back_m in looks if 1.0 < now_s < max(left.values()) / 1000.0 - 1.0]
    who = Standing(5.0, FREE_MS, 0.5 * FREE_MS / STOP_BRAKE_MS2 + 0.5 * FREE_MS / float(end.net.acceleration[0]))
    flags, cycle_s = stood(drivers, 600.0, who), green_s + red_s

    def at(now_s: float) -> set[float]:
        gone = sum(driver.left_s <= now_s for driver in drivers)
        head = drivers[min(gone, count - 1)]
        stands = (gone > 0 and flags[gone - 1]) or now_s - head.since_s - 600.0 / FREE_MS >= who.lost_s
        stands = stands or (now_s - 0.01) % cycle_s >= green_s  # changes are shown after the look
        least_s = who.moving_up_s if stands else who.lost_s
        return {standing_back_m(known, now_s + shift, 600.0, who, least_s) for shift in (-0.1, 0.0, 0.1)}

    expected = [at(now_s) for now_s, _ in looks]
    wrong = [row for row, (_, back_m) in enumerate(looks) if min(abs(back_m - one) for one in expected[row]) > 0.01]
    assert wrong == [], [(looks[row], expected[row]) for row in wrong[:5]]
    assert max(back_m for _, back_m in looks) > 0.0


def test_a_queue_goes_on_over_links_and_names_who_blocks() -> None:
    """The last signal is red: the queue fills the second link, and reaches back into the first one."""
    red = SignalProgram(id="j", phases=(Phase(duration_s=10.0, state="G"), Phase(duration_s=290.0, state="r")))
    plan = plan_of(chain([500.0, 100.0, 200.0], [red]), [2.5 * n for n in range(80)], 3)
    record = run(plan, EXACT)
    longest, tail = record.queues.longest_m, record.queues.tail
    assert longest[1] > 200.0
    assert tail.tolist()[:2] == [0, 0]
    assert record.queues.spilled_s[1] == 0.0  # one approach: nothing parts or meets between the links
    assert record.blocking.lane.tolist() == [0]
    assert record.blocking.link.tolist() == [1]
    assert record.blocking.lane_s[0] > 100.0
    assert record.queues.longest_m[2] == 0.0
    assert (record.queues.count.sum(axis=1) > 0).all()
