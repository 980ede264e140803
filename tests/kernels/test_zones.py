"""Speed zones and measurement sections in the engine, beside plain reference models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.oracles.zones import crossing_s, desired_ms
from tests.support.tiers import long_without_compiler
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_program, make_world, through
from trafficsim.base.codes import DETECTOR, PATH
from trafficsim.engines.ca import run
from trafficsim.engines.ca.loop import SLICE_TICKS
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.zones import apply_zones
from trafficsim.kernels.jit import from_python
from trafficsim.plan.arrays import UNAFFECTED, BehaviourArrays, Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.measurement_sections import MeasurementSection, section_arrays
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.scenario import Trajectories

SETTINGS = CellularAutomaton()
CAP_STEP_MS = 0.5 / 256


def road() -> Plan:
    """Two links of 600 m, two lanes, a flow along both."""
    rows = [link(name, 600.0, lanes=2, speed_limit_kmh=90.0, road_class="rural") for name in ("a", "b")]
    flows = [Flow(id="f", route=("a", "b"), volume_veh_h=1200.0)]
    joined = make_network(rows, through("a", "b", 2))
    return make_plan(make_world(joined, flows=flows, trajectories=Trajectories(share=1.0)))


def with_rules(plan: Plan) -> Plan:
    """Two overlapping rules on b, one of them for every second driver only."""
    trips = len(plan.trips.key)
    factor = np.stack([np.full(trips, 0.9), np.where(np.arange(trips) % 2, 0.8, UNAFFECTED)])
    rules = BehaviourArrays(
        ("one", "two"), np.array([1, 1], np.int32), factor, np.array([0, 0, 1], np.int32),
        np.array([1, 1, 1], np.int32), np.array([100.0, 200.0, 150.0]), np.array([200.0, 300.0, 400.0]),
        np.array([0.5, 1.0, 1.0]), np.full(2, -np.inf), np.full(2, np.inf),
    )
    return replace(plan, behaviour=rules)


def expected_ms(plan: Plan, trip: int, position_m: float) -> float:
    rules = plan.behaviour
    own = float(desired_speed_ms(plan.links, plan.classes, plan.trips, np.array([trip]), np.array([1]))[0])
    limit = float(plan.links.speed_limit_ms[1])
    holding = (rules.zone_begin_m <= position_m) & (position_m < rules.zone_end_m)
    return desired_ms(own, [(float(rules.zone_strength[z]), limit, float(rules.factor[rules.zone_rule[z], trip]))
                            for z in np.flatnonzero(holding)])


@pytest.mark.parametrize("seed", range(3))
def test_zones_give_everybody_the_speed_of_the_place(seed: int) -> None:
    plan = with_rules(road())
    program = compile_plan(plan, SETTINGS)
    draw = np.random.default_rng(seed)
    lanes = program.net.lanes
    program.start[:] = np.arange(lanes + 1) * 12
    for lane in range(lanes):
        for slot, back in enumerate(np.sort(draw.integers(1, 1200, 12)).tolist(), start=12 * lane):
            program.vehicles.X[slot] = (-back << 16) | 10
            program.vehicles.Y[slot] = (1 << 16) | (14 << 8) | (64 if slot % 12 == 11 else 1)
            program.vehicles.ID[slot] = int(draw.integers(0, len(plan.trips.key)))
    from_python(apply_zones)(program.zones, program.net, program.vehicles, program.start, program.trips)
    for slot in range(12 * lanes):
        lane, on_connector = slot // 12, slot % 12 == 11
        desired = (int(program.vehicles.Y[slot]) >> 16) * CAP_STEP_MS
        if lane < 2 or on_connector:  # link a has no zone; who is still on a connector keeps its speed there
            assert desired == CAP_STEP_MS
        else:
            position = 600.0 + (int(program.vehicles.X[slot]) >> 16) * 0.5
            wanted = expected_ms(plan, int(program.vehicles.ID[slot]), position)
            # the own speed and the result are each rounded to 1/256 cell, factors to 24 bits
            assert desired == pytest.approx(wanted, abs=1.5 * CAP_STEP_MS)


@long_without_compiler
def test_traversals_are_what_traces_say() -> None:
    plan = with_rules(road())
    sections = section_arrays(
        [
            MeasurementSection("spot", DETECTOR, 1, 175.0, 1, 225.0, (2, 4), 50.0),
            MeasurementSection("edge", DETECTOR, 1, 0.0, 1, 50.0, (2, 3), 50.0),
            MeasurementSection("path", PATH, 0, 0.0, 1, 600.0, (2, 4), 1200.0),
        ]
    )
    record = run(replace(plan, sections=sections), SETTINGS)
    traces: dict[int, list[tuple[float, float]]] = {}
    for time, trip, on, position in zip(record.trajectories.time_s, record.trajectories.trip, record.trajectories.link,
                                        record.trajectories.position_m, strict=True):
        traces.setdefault(int(trip), []).append((float(time), float(position) + 600.0 * int(on)))
    seen, early = record.traversals, []
    assert len(np.unique(seen.trip[seen.section == 0])) == (seen.section == 0).sum() == len(plan.trips.key)
    for section, begin, end in ((0, 775.0, 825.0), (1, 600.0, 650.0)):
        for row in np.flatnonzero(seen.section == section):
            trace = traces[int(seen.trip[row])]
            first, last = crossing_s(trace, begin), crossing_s(trace, end)
            assert first is not None
            assert last is not None
            assert float(seen.time_s[row]) == pytest.approx(last, abs=1e-9)
            early.append(50.0 / float(seen.speed_ms[row]) - (last - first))
    # The clock of the measurement sections counts 1/4096 s. Who crosses a line close behind another is placed behind it
    # and covers less than its speed in that tick, which only a trace shows: few, and at the measurement section on the
    # line alone.
    assert (np.abs(early[: len(plan.trips.key)]) < 2 / 4096).all()
    assert (np.abs(early) < 2 / 4096).mean() > 0.98
    in_lane = seen.lane[seen.section == 1]
    assert 0 < len(in_lane) < len(plan.trips.key)
    assert (in_lane == 2).all()
    through_s = 1200.0 / seen.speed_ms[seen.section == 2]
    travel_s = (record.trips.exit_s - record.trips.entry_s)[seen.trip[seen.section == 2]]
    np.testing.assert_allclose(through_s, travel_s, atol=2 / 4096)


def test_waiting_at_the_signal_at_the_end_of_a_path_is_part_of_its_time() -> None:
    # One vehicle per cycle of 60 s comes to a red light: its time on the path is its time on the link.
    roads = [link(name, 300.0) for name in ("a", "b")]
    lit = make_network(roads, through("a", "b", signal="j", signal_index=0), [fixed_time("j", 20.0, 60.0)])
    trips = [Trip(id=f"t{number}", depart_s=60.0 * number + 10.0, route=("a", "b")) for number in range(9)]
    record = run(make_plan(make_world(replace(lit, paths={"p": ("a",)}), trips=trips)), SETTINGS)
    times = 300.0 / record.traversals.speed_ms
    assert len(times) == 9
    assert times.mean() == pytest.approx(record.turns.travel_s[0] / 9.0, abs=2 / 4096)
    assert times.min() > 45.0, "free flow takes 22 s"


def test_there_is_room_for_the_traversals_of_a_slice_at_any_number_of_places() -> None:
    plan = road()
    sections = section_arrays(
        [MeasurementSection(f"d{number}", DETECTOR, 1, 175.0, 1, 225.0, (2, 4), 50.0) for number in range(700)]
    )
    assert len(compile_plan(replace(plan, sections=sections), SETTINGS).sections.traversals) == 700 * 2 * SLICE_TICKS


@long_without_compiler
def test_a_rule_that_binds_nobody_changes_nothing() -> None:
    plan = road()
    plain = run(plan, SETTINGS)
    idle = with_rules(plan)
    idle = replace(idle, behaviour=idle.behaviour._replace(factor=np.full_like(idle.behaviour.factor, UNAFFECTED)))
    assert run(idle, SETTINGS).state == plain.state
    np.testing.assert_array_equal(run(idle, SETTINGS).trips.exit_s, plain.trips.exit_s)


def test_programs_without_zones_have_none() -> None:
    trips = [Trip(id="t", depart_s=0.0, route=("a",))]
    program = make_program(make_world(make_network([link("a", 100.0)]), trips=trips))
    assert (program.zones.links, program.sections.sections) == (0, 0)
def test_who_departs_from_the_middle_of_the_way_is_not_measured() -> None:
    # 50 m before the end of a section of 500 m, and inside the 50 m of a camera
    road_ = make_network([link("a", 500.0)])
    trips = [Trip(id=f"t{number}", depart_s=60.0 * number, route=("a",), depart_position_m=place)
             for number, place in enumerate((0.0, 40.0, 450.0))]
    sections = section_arrays([MeasurementSection("path", PATH, 0, 0.0, 0, 500.0, (0, 1), 500.0),
                               MeasurementSection("spot", DETECTOR, 0, 0.0, 0, 50.0, (0, 1), 50.0)])
    seen = run(replace(make_plan(make_world(road_, trips=trips)), sections=sections), SETTINGS).traversals
    assert seen.trip.tolist() == [0, 0]
