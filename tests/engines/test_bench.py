"""Benchmarks at tiny sizes: their shape, their traffic, and that they simulate the same every time. No speed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.experiments.how_fast import lines
from tests.experiments.step_costs import Clock, clocked_step, step_once
from tests.support.tiers import COMPILED, long_without_compiler
from trafficsim.base.errors import InputError
from trafficsim.engines.bench import CASES, QUEUE_CASES, Case, QueueCase, reference, run_cases
from trafficsim.engines.bench.cases import BLOCKS, grid_case, ring_case
from trafficsim.engines.bench.measure import ready
from trafficsim.engines.bench.memory import footprint
from trafficsim.engines.bench.walks import walks_plan
from trafficsim.engines.ca.loop import advance

TINY: dict[str, Case | QueueCase] = {"ring": ring_case(2, 40, (50, 10)), "grid": grid_case(2, 24, 300.0, (60, 12)),
        "queue": QueueCase(lambda: walks_plan(2, 60, 0.05), rounds=2)}
KEYS = {"per_s", "unit", "ms_per_tick", "loop_s", "compile_s", "setup_s", "peak_mb", "relative", "digest", "workload",
        "memory"}


@pytest.fixture(autouse=True)
def _short_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "ROUNDS", 1)


@long_without_compiler
@pytest.mark.parametrize("name", list(TINY))
def test_a_case_gives_the_same_digest_and_all_its_keys_every_time(name: str) -> None:
    first, second = (run_cases([name], TINY) for _ in range(2))
    assert set(first) == {"machine", "cases"}
    assert set(first["machine"]) == {"cores", "reference_per_s"}
    case, again = first["cases"][name], second["cases"][name]
    assert set(case) == KEYS
    assert case["unit"] == ("links driven" if name == "queue" else "vehicle updates")
    assert case["digest"] == again["digest"]
    assert len(case["digest"]) == 64
    assert case["relative"] == case["per_s"] / first["machine"]["reference_per_s"]


def test_what_was_simulated_is_said() -> None:
    workload = run_cases(["ring"], TINY)["cases"]["ring"]["workload"]
    assert workload["ticks"] == BLOCKS * 10
    assert workload["vehicles_at_once"] == 40.0  # all have entered in the warm-up, and nobody leaves a ring
    assert workload["completed"] == 0
    assert not workload["gridlock"]
    assert 60.0 < workload["mean_speed_kmh"] < 150.0  # 2 veh/km: free flow about the limit of 120


def test_what_queues_simulated_is_said() -> None:
    workload = run_cases(["queue"], TINY)["cases"]["queue"]["workload"]
    assert workload["completed"] == workload["trips"] == 60
    assert workload["links_driven"] == len(walks_plan(2, 60, 0.05).trips.route_link)
    assert 10.0 < workload["mean_speed_kmh"] < 50.0
    assert not workload["gridlock"]


def test_memory_is_counted_whole_and_by_what_it_grows_with() -> None:
    _, program = ready(grid_case(2, 24, 300.0, (60, 12)))
    parts = footprint(program)
    trips, lanes = len(program.trips.row) - 1, program.net.lanes
    # Packed state of a vehicle: 6 of 4 bytes; leader, moved and the list of marked ones: 4 each; mark: 1; bound: 2.
    assert parts["road_bytes"] == pytest.approx(24 + 12 + 1 + 2, rel=0.01)  # marks are read eight at a time
    assert parts["route_bytes"] == pytest.approx(2 * len(program.trips.route) / trips)
    assert parts["bytes_per_vehicle"] == parts["road_bytes"] + parts["trip_bytes"] + parts["route_bytes"]
    assert parts["bytes_per_lane"] * lanes > program.net.lane.nbytes + program.net.conn.nbytes


def test_the_table_of_speed_has_a_row_per_case() -> None:
    shown = list(lines(run_cases(["grid"], TINY)))
    assert shown[0].startswith("On one core of ")
    assert shown[-1].startswith("| grid | ")
    assert len({line.count("|") for line in shown[2:]}) == 1


def test_an_unknown_case_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"teapot.*ring-10k"):
        run_cases(["teapot"])


def test_routes_are_joined_by_turns_and_do_not_turn_back() -> None:
    plan, _ = ready(grid_case(3, 60, 200.0, (100, 20)))
    turns = set(zip(plan.turns.from_link.tolist(), plan.turns.to_link.tolist(), strict=True))
    ends = [link.split("_") for link in plan.link_id]
    trips = plan.trips
    assert len(trips.name) > 60  # those at the beginning, and the inflow
    assert (np.diff(trips.depart_s) >= 0).all()
    for first, last in pairwise(trips.route_start.tolist()):
        for here, after in pairwise(trips.route_link[first:last].tolist()):
            assert (here, after) in turns
            assert ends[here][0] != ends[after][1]


def test_the_named_cases_are_there() -> None:
    assert list(CASES) == ["ring-10k", "grid10", "grid20", "city-400k", "sparse-city"]
    assert list(QUEUE_CASES) == ["queue-grid10", "queue-grid50", "queue-grid200"]


def test_walks_load_all_links_of_a_grid_alike() -> None:
    plan = walks_plan(6, 8_000, 1.0)
    trips = plan.trips
    volume = np.bincount(trips.route_link, minlength=len(plan.link_id))
    assert volume.std() < 0.1 * volume.mean()
    turns = set(zip(plan.turns.from_link.tolist(), plan.turns.to_link.tolist(), strict=True))
    same = np.repeat(np.arange(len(trips.name)), np.diff(trips.route_start))
    pairs = zip(trips.route_link[:-1].tolist(), trips.route_link[1:].tolist(), np.diff(same).tolist(), strict=True)
    assert all((here, after) in turns for here, after, other in pairs if not other)


# Each part is compiled by itself here, which takes a minute; without the compiler the same is checked every time.
@pytest.mark.parametrize("case", [
    pytest.param(case, id=name, marks=pytest.mark.long if COMPILED else ())
    for name, case in TINY.items() if isinstance(case, Case)])
def test_the_step_part_by_part_is_the_step(case: Case) -> None:
    (_, whole), (_, parts) = ready(case), ready(case)
    clock = Clock()
    step = clocked_step(clock)
    for tick in range(20):
        advance(whole, tick, tick + 1)
        step_once(parts, step, tick)
    assert int(whole.start[-1]) > 0
    assert whole.start.tolist() == parts.start.tolist()
    n = int(whole.start[-1])
    for one, other in zip(whole.vehicles, parts.vehicles, strict=True):
        assert one[:n].tolist() == other[:n].tolist()
    assert {"look_ahead", "follow", "transfer", "repack"} <= set(clock.seconds)
