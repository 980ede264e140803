"""The queue engine where kinematic-wave theory is exact: shocks, queues, discharge, clearing, merges.

The diagram is that of the published cases: 20 m/s, 0.2 veh/m in a jam, waves of 5 m/s, 0.8 veh/s.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.approaches import approach
from tests.support.queues import EXACT, FREE_MS, UNIT, chain, chain_plan, looked_at, trips_at
from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.queue.loop import run
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram


def steady(flow: float, until_s: float) -> list[float]:
    """Departures at even intervals."""
    return (np.arange(round(flow * until_s)) / flow).tolist()


def test_free_flow_is_exact() -> None:
    plan = chain_plan(chain([1000.0]), trips_at(steady(0.5, 500.0), 1))
    record = run(plan, EXACT)
    taken = record.trips.exit_s - record.trips.entry_s
    assert record.completed == 250
    assert np.all(taken == 50.0)
    assert taken.sum() == 12_500.0


def test_no_more_than_the_capacity_gets_in() -> None:
    record = run(chain_plan(chain([1000.0]), trips_at(steady(2.0, 500.0), 1)), EXACT)
    assert np.sum(record.trips.exit_s <= 500.0) == 360 + 1  # 0.8 (500 - 50), and the first at its very begin


def test_two_links_of_different_speed() -> None:
    rows = [link("l0", 1000.0, speed_limit_kmh=72.0), link("l1", 1000.0, speed_limit_kmh=36.0)]
    network = make_network(rows, through("l0", "l1"))
    plan = chain_plan(network, trips_at(steady(0.5, 500.0), 2))
    record = run(plan, EXACT)
    assert (record.trips.exit_s - record.trips.entry_s).sum() == pytest.approx(37_500.0, rel=1e-6)


def test_the_shock_of_a_bottleneck_moves_as_it_should() -> None:
    # 0.6 veh/s before 0.4: (0.4 - 0.6) / (0.12 - 0.03) = -2.222 m/s, 225 s for every 500 m
    links = 6
    plan = chain_plan(chain([500.0] * links, narrow={links - 2: 0.5}), trips_at(steady(0.6, 1800.0), links),
                      interval_s=5.0)
    record = run(plan, EXACT)
    until_s = 1800.0
    out = record.links.left[: int(until_s / 5.0)].sum(axis=0)
    # cumulative: 0.6 until the shock comes, then 0.4
    arrives_s = [(out[at] - 0.4 * until_s + 0.6 * 25.0 * (at + 1)) / 0.2 for at in range(links - 1)]
    speeds = [-500.0 / (second - first) for first, second in zip(arrives_s[1:4], arrives_s[:3], strict=True)]
    assert speeds[1:] == pytest.approx([-2.222] * 2, rel=0.05)


def test_density_behind_a_bottleneck() -> None:
    links = 4
    plan = chain_plan(chain([500.0] * links, narrow={links - 2: 0.5}), trips_at(steady(0.6, 1800.0), links))
    record = run(plan, EXACT)
    vehicles = record.links.vehicle_s[5, :] / 300.0
    assert vehicles[1] / 500.0 == pytest.approx(0.2 - 0.4 / 5.0, rel=0.05)
    assert vehicles[3] / 500.0 == pytest.approx(0.4 / FREE_MS, rel=0.03)
    assert np.diff(np.sort(record.trips.exit_s)[-100:]) == pytest.approx(2.5, abs=0.01)


def test_queue_and_clearing_at_a_signal() -> None:
    # red 30 of 60 s, 0.3 veh/s: the queue clears 48 s after the begin of red and reaches back 72 m
    program = SignalProgram(id="s", phases=(Phase(duration_s=30.0, state="r"), Phase(duration_s=30.0, state="G")))
    # the theory's vehicle is a fluid: each arrives in the middle of its interval, and leaves half a headway earlier
    departs_s = [time + 0.5 / 0.3 for time in steady(0.3, 3000.0)]
    plan = chain_plan(chain([1000.0, 100.0], [program]), trips_at(departs_s, 2), analysis_s=3000.0)
    passed: list[tuple[int, int]] = []
    looked_at(plan, lambda world, now: passed.append((now, int(world.counts.volume[0]))), EXACT, every_ms=100)
    crossed = np.repeat([now for now, _ in passed], np.diff([0, *(count for _, count in passed)])) / 1000.0
    arrived = np.array(departs_s[: len(crossed)]) + 50.0
    delay = np.maximum(crossed - arrived - 0.625, 0.0)
    cycle = (arrived // 60.0).astype(int)
    whole = (cycle > 2) & (cycle < 45)
    late = whole & (delay > 0.3)
    assert delay[whole].mean() == pytest.approx(12.0, rel=0.03)
    assert 5.0 * late.sum() / 42 == pytest.approx(72.0, abs=5.0)
    clears = [(crossed[late & (cycle == one)].max() - 60.0 * one) for one in range(3, 45)]
    assert np.mean(clears) == pytest.approx(48.0, abs=2.5)


@pytest.mark.parametrize(("green_s", "cycle_s", "more"), [
    (60.0, 120.0, {}), (36.0, 90.0, {}), (60.0, 120.0, {"connector_m": 15.0, "connector_kmh": 30.0}),
])
def test_saturated_discharge_is_that_of_the_automaton(green_s: float, cycle_s: float, more: dict[str, float]) -> None:
    # vehicles per saturated cycle of the cellular automaton, in the order of the cases (tests of saturation flow)
    automaton = {(60.0, 0): 31.57, (36.0, 0): 18.54, (60.0, 2): 28.79}[green_s, len(more)]
    flow = Flow(id="f", volume_veh_h=2400.0, route=("in", "out"), vehicle_classes={"car": 1.0})
    world = make_world(approach(green_s, cycle_s, **more), [flow], time=Time(analysis_s=30 * cycle_s, clear_s=1e6))
    times: list[tuple[int, int]] = []
    looked_at(make_plan(world), lambda state, now: times.append((now, int(state.counts.left[0]))), every_ms=1000)
    line = np.repeat([now for now, _ in times], np.diff([0, *(count for _, count in times)])) / 1000.0
    per_cycle = np.mean([np.sum((line >= one * cycle_s) & (line < (one + 1) * cycle_s)) for one in range(2, 28)])
    assert per_cycle == pytest.approx(automaton, rel=0.03)


def test_equal_merge_is_fair() -> None:
    rows = [link(name, 500.0, speed_limit_kmh=72.0) for name in ("a", "b", "c")]
    network = make_network(rows, [*through("a", "c"), *through("b", "c")])
    flows = [Flow(id=name, volume_veh_h=2400.0, route=(name, "c"), vehicle_classes={"unit": 1.0}) for name in "ab"]
    plan = make_plan(make_world(network, flows, time=Time(analysis_s=900.0, clear_s=7200.0, interval_s=300.0),
                                classes=(UNIT,)))
    first, second = (run(plan, EXACT).links.left[1, plan.link_id.index(name)] for name in "ab")
    assert first == pytest.approx(second, abs=2.0)
    assert first + second == pytest.approx(240.0, abs=2.0)


def test_free_speeds_survive_on_two_lanes() -> None:
    # within 2 % at 400 veh/h per lane
    network = chain([5000.0], lanes=2)
    flow = Flow(id="f", volume_veh_h=800.0, route=("l0",), vehicle_classes={"car": 1.0})
    plan = make_plan(make_world(network, [flow], time=Time(analysis_s=3600.0), drivers=Drivers()))
    record = run(plan)
    wanted = plan.links.free_speed_mean_ms[0] * (1.0 + plan.links.free_speed_cv[0] * plan.trips.z)
    driven = 5000.0 / (record.trips.exit_s - record.trips.entry_s)
    assert driven.mean() == pytest.approx(wanted.mean(), rel=0.02)
    assert driven.std() == pytest.approx(wanted.std(), rel=0.02)


def test_detectors_count_who_passed() -> None:
    world = make_world(approach(36.0, 90.0), [Flow(id="f", volume_veh_h=700.0, route=("in", "out"))],
                       time=Time(analysis_s=900.0))
    plan = make_plan(world)
    point = plan.detectors._replace(name=("d",), lane=np.array([0], np.int32), position_m=np.array([400.0]))
    record = run(replace(plan, detectors=point))
    assert record.detectors.count.sum() == record.completed
    means = record.detectors.speed_sum_ms.sum() / record.detectors.count.sum()
    assert 2.0 < means < 50.0 / 3.6


def test_start_loss_is_read() -> None:
    network = approach(30.0, 60.0)
    trips = [Flow(id="f", volume_veh_h=900.0, route=("in", "out"))]
    plan = make_plan(make_world(network, trips, time=Time(analysis_s=600.0)))
    slow, fast = (run(plan, QueueSettings(start_loss_s=lost)).turns.delay_s.sum() for lost in (4.0, 0.0))
    assert slow > fast


def test_vertical_queues_do_not_spill_back() -> None:
    # 0.6 veh/s before 0.4 for 1,000 s: 200 vehicles wait at the end of 100 m that store 20; nobody waits before them
    plan = chain_plan(chain([100.0, 100.0, 500.0], narrow={1: 0.5}), trips_at(steady(0.6, 1000.0), 3), interval_s=100.0)
    finite, vertical = (run(plan, EXACT.model_copy(update={"spillback": on})) for on in (True, False))
    entered = [record.links.entered[:10].sum(axis=0) for record in (finite, vertical)]
    assert entered[0][0] < 600
    assert entered[1][:2].tolist() == [600, 597]
    assert abs(vertical.trips.exit_s.max() - finite.trips.exit_s.max()) <= 2.5  # the bottleneck decides: a headway
