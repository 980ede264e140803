"""The comparison with other simulators: one workload for all, checked. No speed is judged, and no peer is needed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.experiments.versus import ours, ours_queue, run, sumo, sumo_files, uxsim_world
from tests.experiments.versus.outcome import Spent, Traffic, outcome
from tests.experiments.versus.table import markdown
from tests.experiments.versus.workload import Workload, build, city, protected_city, trips_of
from trafficsim.spec.signals import Phase, SignalProgram

PROGRAM = SignalProgram(id="j", offset_s=180.0, phases=(
    Phase(duration_s=40, state="Gr"), Phase(duration_s=3, state="yr"), Phase(duration_s=2, state="rr"),
    Phase(duration_s=30, state="rg"), Phase(duration_s=3, state="ry"), Phase(duration_s=12, state="rr"),
))
KEYS = {"per_s", "wall_s", "cpu_s", "completed", "mean_travel_time_s", "peak_mb", "version"}


@pytest.fixture(scope="module")
def small() -> Workload:
    network, trips = city(2, 40)
    return Workload("small", 3600, network, trips)


def test_routes_are_joined_by_connections_and_nobody_turns_back(small: Workload) -> None:
    turns = {(connection.from_link, connection.to_link) for connection in small.network.connections}
    ends = {link: (row["from"], row["to"]) for link, row in small.network.links.items()}
    assert len(small.trips) == 40
    for trip in small.trips:
        pairs = list(zip(trip.route, trip.route[1:], strict=False))
        assert all(pair in turns for pair in pairs)
        assert all(ends[one][0] != ends[other][1] for one, other in pairs)


def test_the_same_trips_every_time_and_the_first_minutes_of_them() -> None:
    whole, short = build("corridor"), build("corridor", 10.0)
    assert whole.digest == build("corridor").digest
    assert len(whole.trips) == 5000
    assert short.trips == tuple(trip for trip in whole.trips if trip.depart_s < 600.0)


def sumo_network(load: Workload, folder: Path) -> ET.ElementTree[ET.Element]:
    """Our network as SUMO would write it."""
    root = ET.Element("net")
    for edge in sumo_files._edges(load.network):
        made = ET.SubElement(root, "edge", id=str(edge.get("id")))
        for _ in range(int(edge.get("numLanes", "0"))):
            ET.SubElement(made, "lane", length=str(edge.get("length")))
    signalised = [connection for connection in load.network.connections if connection.signal is not None]
    assert len(signalised) == len(load.network.connections)
    root.extend(sumo_files._connections(load.network, signals=True))
    root.extend(sumo_files._programs(load.network))
    tree = ET.ElementTree(root)
    tree.write(folder / "net.xml")
    return tree


def test_the_network_of_sumo_is_compared_with_ours(small: Workload, tmp_path: Path) -> None:
    sumo_network(small, tmp_path)
    sumo_files.check_network(small.network, tmp_path / "net.xml")


@pytest.mark.parametrize(("tag", "attribute", "value", "named"), [
    ("lane", "length", "100", "length of link"), ("connection", "toLane", "7", "connections"),
    ("connection", "linkIndex", "99", "connections"), ("phase", "duration", "9", "signals"),
    ("tlLogic", "offset", "1.5", "signals"),
])
def test_a_network_that_differs_is_refused(
    small: Workload, tmp_path: Path, tag: str, attribute: str, value: str, named: str
) -> None:
    tree = sumo_network(small, tmp_path)
    next(tree.iter(tag)).set(attribute, value)
    tree.write(tmp_path / "net.xml")
    with pytest.raises(sumo_files.NotTheSame, match=named):
        sumo_files.check_network(small.network, tmp_path / "net.xml")


def test_cars_of_sumo_have_our_length_and_desired_speeds(small: Workload) -> None:
    kind, first, *_ = sumo_files._routes(small)
    assert (kind.get("length"), kind.get("minGap")) == ("4.5", "2.5")
    assert kind.get("speedFactor") == "normc(1.0000,0.1500,0.2,2.0)"  # urban drivers: mean at the limit, 15 %
    route = first.find("route")
    assert route is not None
    assert str(route.get("edges")).split() == list(small.trips[0].route)


def test_stages_for_uxsim() -> None:
    assert uxsim_world.stages(PROGRAM) == [40.0, 5.0, 30.0, 15.0]
    assert [uxsim_world.stage_of(PROGRAM, index) for index in (0, 1)] == [0, 1]
    assert uxsim_world.offset(PROGRAM) == 90.0
    assert uxsim_world.offset(PROGRAM.model_copy(update={"offset_s": 100.0})) == 10.0


def test_what_sumo_says_is_read(tmp_path: Path) -> None:
    (tmp_path / "statistics.xml").write_text(
        '<statistics><performance clockDuration="2.5"/><vehicles loaded="3" inserted="2" running="1" waiting="1"/>'
        '<teleports total="0"/><vehicleTripStatistics count="1" duration="40" departDelay="5"/></statistics>')
    (tmp_path / "summary.xml").write_text('<summary><step running="1"/><step running="2"/></summary>')
    traffic, wall_s, more = sumo.read(tmp_path)
    assert traffic == Traffic(demanded=3, completed=1, travel_s=45.0, vehicle_s=3.0)
    assert (wall_s, more) == (2.5, {"teleports": 0, "waiting": 1})


def test_a_peer_that_is_not_installed_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sumo, "program", lambda name: None)
    monkeypatch.setattr(run, "find_spec", lambda name: object())
    assert run.installed(["sumo", "sumo-meso", "uxsim"]) == ["uxsim-1", "uxsim-5"]
    said = capsys.readouterr().err
    assert "sumo: not installed, left out. Remedy: pip install '.[peers]'" in said
    assert "sumo-meso: not installed" in said


def test_ours_runs_a_workload_and_the_table_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "LEAST_S", 1e-9)  # what is measured is not looked at: one run of it is enough
    found = ours.run("corridor", 1.0)
    assert set(found) >= KEYS
    assert found["demanded"] == len(build("corridor", 1.0).trips)
    assert found["vehicle_s"] > 0
    json.dumps(found)
    spent = Spent(1.0, 1e3 * found["cpu_s"], 9.0)
    slow = outcome(Traffic(found["demanded"], 0, 0.0, found["vehicle_s"]), spent, 60, "1")
    shown = markdown({"corridor": {"trafficsim-ca": found, "sumo": slow}}, 1.0)
    assert "| sumo | " in shown
    assert "| 1e+03 |  | 60 | 9 | 0 | - |" in shown  # a thousand times the processor time


@pytest.mark.long
def test_both_engines_get_the_same_traffic() -> None:
    queues, automaton = (one.run("grid10-protected", 2.0) for one in (ours_queue, ours))
    assert set(queues) == set(automaton)
    assert queues["demanded"] == automaton["demanded"]
    assert queues["vehicle_s"] == pytest.approx(automaton["vehicle_s"], rel=0.1)


def test_protected_approaches_go_one_at_a_time() -> None:
    network, _ = protected_city(2, 10)
    approach = {(one.signal, one.signal_index): one.from_link for one in network.connections}
    for program in network.signals:
        seen = [{approach[program.id, index] for index, letter in enumerate(phase.state) if letter in "Gg"}
                for phase in program.phases]
        assert all(len(links) <= 1 for links in seen)
        assert set.union(*seen) == {link for (name, _), link in approach.items() if name == program.id}
        assert all("g" not in phase.state for phase in program.phases)


def test_a_simulator_with_other_demand_is_refused(small: Workload) -> None:
    run.check_demand(small, {"uxsim-5": {"demanded": 40}, "sumo": {"demanded": 36}})
    with pytest.raises(sumo_files.NotTheSame, match="sumo has 35 trips of 40"):
        run.check_demand(small, {"sumo": {"demanded": 35}})


def test_trips_are_named_by_number() -> None:
    assert [trip.id for trip in trips_of([0, 5], [("a",), ("b",)])] == ["0", "1"]
