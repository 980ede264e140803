"""Limits and zones that change within a run: beside a reference model, and beside values that hold always."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.timeline import seen_limits, value_at
from tests.oracles.zones import desired_ms
from tests.support.tiers import COMPILED
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.base.errors import InputError
from trafficsim.engines.ca import run
from trafficsim.engines.ca.loop import simulate
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.timeline import Timeline
from trafficsim.kernels.ca.packed_state import FLAG_CONNECTOR
from trafficsim.kernels.ca.zones import apply_zones
from trafficsim.kernels.jit import from_python
from trafficsim.plan.arrays import BehaviourArrays, Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.timeline import SPEEDS, limit_at_ms, links_at
from trafficsim.plan.timeline_arrays import TimelineArrays
from trafficsim.results.digest import digest
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.scenario import Time, Trajectories

SETTINGS = CellularAutomaton()
CAP_STEP_MS = 0.5 / 256
LIMIT, MEAN, _ = SPEEDS
SPAN = Time(analysis_s=120.0, clear_s=0.0)
EXAMPLES = 12 if COMPILED else 3


def road(volume_veh_h: float = 600.0, seed: int = 1) -> Plan:
    """Three links with a signal after the first: 600 m, a short one, 400 m."""
    rows = [link("a", 600.0, speed_limit_kmh=90.0), link("s", 12.0, speed_limit_kmh=90.0),
            link("b", 400.0, speed_limit_kmh=70.0)]
    joints = [*through("a", "s", signal="j", signal_index=0), *through("s", "b", length_m=9.0)]
    flows = [Flow(id="f", route=("a", "s", "b"), volume_veh_h=volume_veh_h)]
    joined = make_network(rows, joints, [fixed_time("j", 40.0, 60.0)])
    return make_plan(make_world(joined, flows=flows, time=SPAN, seed=seed, trajectories=Trajectories(share=1.0)))


def timeline(*rows: tuple[str, int, float, float, float]) -> TimelineArrays:
    """Rows of (field, link, begin, end, value)."""
    field, on, begin_s, end_s, value = zip(*rows, strict=True)
    return TimelineArrays(field, np.array(on, np.int32), np.array(value, np.float64), np.array(begin_s, np.float64),
                          np.array(end_s, np.float64))


def with_fields(plan: Plan, on: int, share: float) -> Plan:
    columns = {}
    for name in (one.removeprefix("link.") for one in SPEEDS):
        columns[name] = getattr(plan.links, name).copy()
        columns[name][on] *= share
    return replace(plan, links=plan.links._replace(**columns))


def scheduled(plan: Plan, on: int, share: float, begin_s: float, end_s: float) -> Plan:
    values = [float(getattr(plan.links, name.removeprefix("link."))[on]) * share for name in SPEEDS]
    return replace(plan, timeline=timeline(*[
        (name, on, begin_s, end_s, value) for name, value in zip(SPEEDS, values, strict=True)]))


def fingerprint(plan: Plan, of: Plan | None = None) -> str:
    return digest(of or plan, run(plan, SETTINGS))


def test_drivers_take_the_limit_along_that_held_when_they_entered_the_link() -> None:
    plan = make_plan(make_world(make_network(
        [link("a", 300.0, speed_limit_kmh=90.0), link("b", 900.0, speed_limit_kmh=90.0)], through("a", "b")),
        trips=[Trip(id=f"t{n:02}", depart_s=6.0 * n, route=("a", "b")) for n in range(14)],
        time=Time(analysis_s=95.0, clear_s=0.0), trajectories=Trajectories(share=1.0)))
    mean = float(plan.links.free_speed_mean_ms[1])
    schedule = [(40.0, 60.0, 0.6 * mean), (60.0, 75.0, 0.8 * mean)]
    plan = replace(plan, timeline=timeline(*[(MEAN, 1, *one) for one in schedule]))
    program = compile_plan(plan, SETTINGS)
    with np.errstate(over="ignore"):
        tick, collected = simulate(plan, SETTINGS, program)
    traces = np.concatenate(collected.traces)
    traces = traces[traces["lane"] == 1]
    entered = {int(trip): int(traces["tick"][traces["trip"] == trip].min()) for trip in np.unique(traces["trip"])}
    now = {int(program.vehicles.ID[k]): (int(program.vehicles.Y[k]) >> 16) * CAP_STEP_MS
           for k in range(int(program.start[1]), int(program.start[2]))}
    assert tick == 95
    assert len(now) > 5
    assert {round(one, 3) for one in now.values()} == {round(one * mean, 3) for one in (1.0, 0.6, 0.8)}
    # a trace names the tick at whose end the vehicle is on the link: it entered in that tick
    wanted = seen_limits(mean, schedule, [float(entered[trip]) for trip in now])
    assert list(now.values()) == pytest.approx(wanted, abs=CAP_STEP_MS)


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 2), st.sampled_from([0.5, 0.8, 1.2]), st.integers(1, 99), st.sampled_from([200.0, 900.0]))
def test_a_schedule_of_the_whole_run_is_what_is_set_always(on: int, share: float, seed: int, volume: float) -> None:
    plan = road(volume, seed)
    always = with_fields(plan, on, share)
    assert fingerprint(scheduled(plan, on, share, plan.start_s, plan.end_s), plan) == fingerprint(always, plan)


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 2), st.floats(0.0, 119.0), st.floats(0.5, 100.0), st.integers(1, 99))
def test_a_schedule_of_the_present_values_changes_nothing(on: int, begin_s: float, length_s: float, seed: int) -> None:
    plan = road(900.0, seed)
    assert fingerprint(scheduled(plan, on, 1.0, begin_s, begin_s + length_s), plan) == fingerprint(plan)


def test_a_change_within_the_run_leaves_what_came_before_it() -> None:
    plan = road()
    before, after = run(plan, SETTINGS), run(scheduled(plan, 2, 0.5, 60.0, 120.0), SETTINGS)
    same = [one.trajectories.time_s <= 60.0 for one in (before, after)]
    for name in before.trajectories._fields:
        first, second = (getattr(one.trajectories, name)[part]
                         for one, part in zip((before, after), same, strict=True))
        np.testing.assert_array_equal(first, second)
    assert digest(plan, before) != digest(plan, after)


def with_rule(plan: Plan, begin_s: float, end_s: float) -> Plan:
    """A rule along b for everybody, between two clock times."""
    whole = np.zeros(1, np.int32)
    return replace(plan, behaviour=BehaviourArrays(
        ("patrol",), whole + 2, np.full((1, len(plan.trips.key)), 0.8), whole, whole + 2, np.array([50.0]),
        np.array([250.0]), np.array([1.0]), np.array([begin_s]), np.array([end_s])))


def test_a_rule_holds_between_its_clock_times_only() -> None:
    plan = with_rule(road(), 40.0, 80.0)
    program = compile_plan(plan, SETTINGS)
    line = Timeline.of(plan, SETTINGS, program.zones)
    assert (line.ticks, line.next_change(0), line.next_change(40)) == ((0, 40, 80), 40, 80)
    own = desired_speed_ms(plan.links, plan.classes, plan.trips, np.array([0]), np.array([2]))[0]
    program.start[:] = [0, 0, 0, 1]
    program.vehicles.X[0], program.vehicles.ID[0] = (-400 << 16) | 10, 0  # 200 m along b
    for tick in (0, 39, 40, 79, 80):
        line.apply(program, tick)
        program.vehicles.Y[0] = (1 << 16) | (14 << 8) | 1
        from_python(apply_zones)(program.zones, program.net, program.vehicles, program.start, program.trips)
        holding = value_at(0.0, [(40.0, 80.0, 1.0)], float(tick))
        wanted = desired_ms(float(own), [(holding, float(plan.links.speed_limit_ms[2]), 0.8)])
        assert (int(program.vehicles.Y[0]) >> 16) * CAP_STEP_MS == pytest.approx(wanted, abs=1.5 * CAP_STEP_MS)
        assert int(program.vehicles.Y[0]) & FLAG_CONNECTOR == 0


def test_a_rule_that_holds_all_the_time_is_one_without_times_and_one_that_never_holds_is_none() -> None:
    plan = road(900.0)
    always, timed, late = (with_rule(plan, *times) for times in ((-np.inf, np.inf), (-9.0, 9e3), (9e3, 9.1e3)))
    assert fingerprint(always, plan) == fingerprint(timed, plan) != fingerprint(plan)
    assert fingerprint(late, plan) == fingerprint(plan)


def test_values_by_clock_time_are_those_of_the_reference() -> None:
    schedule = [(10.0, 20.0, 9.0), (20.0, 30.0, 8.0)]
    plan = replace(road(), timeline=timeline(*[(LIMIT, 1, *one) for one in schedule]))
    plain = float(plan.links.speed_limit_ms[1])
    times = np.array([0.0, 9.9, 10.0, 19.9, 20.0, 29.9, 30.0, 99.0])
    wanted = [value_at(plain, schedule, time_s) for time_s in times.tolist()]
    assert limit_at_ms(plan, np.ones(len(times), np.int64), times).tolist() == wanted
    assert [float(links_at(plan, time_s).speed_limit_ms[1]) for time_s in times.tolist()] == wanted


def test_speeds_beyond_the_resolution_are_refused_whenever_they_hold() -> None:
    fine = CellularAutomaton(cell_m=0.1)
    run(road(), fine)
    with pytest.raises(InputError, match="desired speeds up to 180 km/h on link 's'"):
        run(replace(road(), timeline=timeline((MEAN, 1, 50.0, 60.0, 50.0))), fine)
