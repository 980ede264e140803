"""The hybrid engine: one run in two engines, whose borders let vehicles and queues through."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import trafficsim as ts
from tests.cli.support import output_of
from tests.engines.test_gridlock import RING, ring_world
from tests.support.hybrids import three_links, whole_junctions
from tests.support.slower_study import assert_processes_change_nothing, slower_study
from tests.support.worlds import make_plan
from trafficsim.base.codes import CAUSE_NO_ROOM, EN_ROUTE
from trafficsim.engines.ca.loop import run as run_automaton
from trafficsim.engines.hybrid.loop import run
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.queue.loop import run as run_queues
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.spec.scenario import Detector

SCENARIO = """name = "road"
[time]
warmup_s = 60
analysis_s = 900
clear_s = 900
[network.builder]
kind = "corridor"
arguments = { lengths_m = [400, 300, 500, 400], signals = [1, 2], side_streets = [1, 2] }
[demand]
flows = [{ id = "east", route = ["east1", "east2", "east3", "east4"], volume_veh_h = 400 }]
[hybrid]
"""
MIDDLE = 'ca = { ids = ["east2", "south2_in", "north2_in"] }\n'


@pytest.fixture
def road(tmp_path: Path) -> Path:
    (tmp_path / "road.toml").write_text(SCENARIO + MIDDLE)
    (tmp_path / "study.toml").write_text(slower_study("hybrid"))
    return tmp_path / "road.toml"


def test_a_run_has_one_table_of_both_engines(road: Path) -> None:
    told = json.loads(output_of("run", road, "--engine", "hybrid", "--json"))
    again = json.loads(output_of("run", road, "--engine", "hybrid", "--json"))
    assert (told["engine"], told["status"], told["digest"]) == ("hybrid", "complete", again["digest"])
    assert told["not_computed"]["max_queue_m"] == "engine hybrid does not measure queues"


def test_a_study_does_not_depend_on_processes(road: Path) -> None:
    assert_processes_change_nothing(road.parent / "study.toml", "hybrid")


@pytest.mark.parametrize(("table", "said"), [
    ("", "add a table [hybrid] with ca"),
    ('ca = { ids = ["east2"] }', "junction 'j2': found a border inside it: link 'east2' before it is selected, "
     "'south2_in', 'north2_in' not"),
    ('ca = { ids = ["east2"] }', "add 'south2_in', 'north2_in' to the selector"),
    ('ca = { group = "centre" }', "group 'centre': found no such group"),
])
def test_what_cannot_be_divided_is_refused(road: Path, table: str, said: str) -> None:
    road.write_text(SCENARIO + table)
    assert said in output_of("run", road, "--engine", "hybrid", status=2)


@pytest.mark.parametrize(("added", "said"), [
    ("trajectories = { share = 0.5 }\n", "does not measure trajectories"),
    ("drivers = { keep_clear_share = 0.5 }\n", "keep_clear_share = 1.0"),
])
def test_what_one_of_the_engines_does_not_represent_is_refused(road: Path, added: str, said: str) -> None:
    road.write_text(added + SCENARIO + MIDDLE)
    assert said in output_of("run", road, "--engine", "hybrid", status=2)


def arterial(road: Path) -> Plan:
    return make_plan(ts.build(ts.load(road)))


@pytest.mark.parametrize("everything_in", ["ca", "queue"])
def test_without_a_border_it_is_the_engine_itself(road: Path, everything_in: str) -> None:
    plan = arterial(road)
    ours = run(plan, HybridParts(plan.link_id if everything_in == "ca" else ()))
    theirs = (run_automaton if everything_in == "ca" else run_queues)(plan)
    for one, other in ((ours.trips, theirs.trips), (ours.links, theirs.links), (ours.turns, theirs.turns),
                       (ours.detectors, theirs.detectors), (ours.left, theirs.left)):
        for mine, its in zip(one, other, strict=True):
            np.testing.assert_array_equal(mine, its)
    if everything_in == "ca":
        np.testing.assert_array_equal(ours.signals.since_s, theirs.signals.since_s)


@pytest.mark.parametrize("in_ca", ["a", "b", "c"])
def test_detectors_count_everybody_wherever_they_are(in_ca: str) -> None:
    places = [("a", 250.0), ("b", 0.0), ("b", 5.0), ("b", 120.0), ("c", 1.0), ("c", 200.0)]
    plan = three_links(60.0, detectors=tuple(Detector(id=f"{name}{at:g}", link=name, position_m=at)
                                             for name, at in places))
    record = run(plan, HybridParts(tuple(in_ca)))
    assert record.detectors.count.sum(axis=0).tolist() == [40.0] * len(places)


def on_link(record: Record, name: str, plan: Plan) -> float:
    """Vehicles on a link after the first interval."""
    at = plan.link_id.index(name)
    return float(record.links.entered[0, at] - record.links.left[0, at])


@pytest.mark.parametrize("in_ca", ["a", "b", "ab", "bc", "c"])
def test_queues_spill_back_over_the_border_both_ways(in_ca: str) -> None:
    """At red for 600 s the middle link holds what it holds in either engine, and the others wait before it."""
    plan = three_links(600.0)
    record, pure = run(plan, HybridParts(tuple(in_ca))), [run_automaton(plan), run_queues(plan)]
    assert record.completed == 40
    inside = [on_link(one, "b", plan) for one in pure]
    assert min(inside) - 1 <= on_link(record, "b", plan) <= max(inside) + 1
    assert on_link(record, "a", plan) >= 40 - max(inside) - 1
    mean = [float((one.trips.exit_s - one.trips.entry_s).mean()) for one in (record, *pure)]
    assert 0.95 * min(mean[1:]) <= mean[0] <= 1.05 * max(mean[1:])


@pytest.mark.parametrize("in_ca", ["a", "b"])
def test_those_who_are_left_are_told_with_what_they_wait_for(in_ca: str) -> None:
    plan = three_links(3000.0)
    record = run(plan, HybridParts(tuple(in_ca)))
    assert (record.completed, record.en_route) == (0, 40)
    assert record.left.vehicles.sum() == 40
    assert np.all(record.trips.status == EN_ROUTE)
    names = [plan.link_id[row] for row in record.left.link]
    before = [row for row, name in enumerate(names) if name == "a"]
    assert {plan.link_id[record.left.behind[row]] for row in before if record.left.cause[row] == CAUSE_NO_ROOM} == {"b"}


def test_a_gridlock_across_the_border_is_named() -> None:
    plan = make_plan(ring_world(1200.0))
    record = run(plan, whole_junctions(plan, [RING[0], RING[1]]))
    assert record.gridlock
    last = record.gridlocks.number == record.gridlocks.number.max()
    assert {plan.link_id[at] for at in record.gridlocks.link[last]} == set(RING)


@pytest.mark.parametrize("half", ["west", "east"])
def test_an_arterial_divided_in_the_middle_lies_between_the_engines(road: Path, half: str) -> None:
    plan = arterial(road)
    names = ("east1",) if half == "west" else ("east2", "east3", "east4")
    record, pure = run(plan, whole_junctions(plan, names)), [run_automaton(plan), run_queues(plan)]
    mean = [float((one.trips.exit_s - one.trips.entry_s).mean()) for one in (record, *pure)]
    assert record.completed == record.demanded
    assert 0.95 * min(mean[1:]) <= mean[0] <= 1.05 * max(mean[1:])
    np.testing.assert_allclose(record.trips.distance_m, pure[0].trips.distance_m, atol=1.0)
