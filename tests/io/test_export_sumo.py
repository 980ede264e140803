"""Plain XML for SUMO: what it says, and that netconvert's network of it is the one that was written."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import Element, parse

import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.oracles.switching import programs_by_second, shown_at
from tests.support.sumo_peer import compare_connections, compare_links, require_sumo, sumo_on_path
from trafficsim.base.errors import MachineError
from trafficsim.cli import app
from trafficsim.spec.network import Network


def two_junctions() -> Network:
    """A street with a signal and a junction without, reserved lanes and ids that SUMO refuses."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for name, x, y, control in (("a b", 0, 0, "dead_end"), ("m", 200, 0, "signal"), ("n", 500, 0, "priority"),
                                ("e", 800, 0, "dead_end"), ("s", 200, -200, "dead_end"), ("t", 500, 200, "dead_end")):
        graph.add_node(name, x_m=float(x), y_m=float(y), control=control)
    for tail, head, lanes in (("a b", "m", 2), ("m", "n", 2), ("n", "e", 1), ("s", "m", 1), ("t", "n", 1)):
        graph.add_edge(tail, head, id=f"{tail}->{head}", lanes=lanes, speed_limit_kmh=50.0,
                       allow=(("bus",), None) if lanes == 2 else None)
    return ts.network_from_graph(graph)


def demand() -> tuple[ts.Demand, tuple[ts.VehicleClass, ...]]:
    trips = (ts.Trip(id="late", depart_s=20.5, route=("a b->m", "m->n")),
             ts.Trip(id="early", depart_s=3.0, origin="s->m", destination="n->e", via=("m->n",),
                     stops=(ts.Stop(link="m->n", position_m=50.0, dwell_s=10.0, lane=1),)))
    flows = (ts.Flow(id="f", volume_veh_h=360.0, origin="a b->m", destination="n->e", begin_s=0.0, end_s=600.0,
                     profile=((0.0, 1.0), (300.0, 2.0)), vehicle_classes={"car": 0.9, "truck": 0.1}),
             ts.Flow(id="g", volume_veh_h=720.0, route=("t->n", "n->e"), begin_s=0.0, end_s=60.0,
                     departures="scheduled"))
    return ts.Demand(trips=trips, flows=flows), ()


def scenario() -> ts.Scenario:
    asked, _ = demand()
    return ts.Scenario(name="two", network=two_junctions(), demand=asked)


def roots(folder: Path) -> dict[str, Element]:
    return {path.name.split(".")[1]: parse(path).getroot() for path in folder.glob("two.*.xml")}


@pytest.fixture
def _without_netconvert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.mark.usefixtures("_without_netconvert")
def test_plain_files_say_what_the_network_is(tmp_path: Path) -> None:
    done = ts.export("sumo", scenario(), tmp_path)
    found = roots(tmp_path)
    assert sorted(found) == ["con", "edg", "nod", "rou", "tll", "typ"]
    assert any("no netconvert" in note for note in done.notes)
    assert any("5 links have another id" in note for note in done.notes)
    nodes = {one.get("id"): one for one in found["nod"]}
    assert nodes["m"].get("type") == "traffic_light"
    assert nodes["m"].get("tl") == "m"
    assert nodes["a_b"].get("type") == "dead_end"
    edge = next(one for one in found["edg"] if one.get("id") == "a_b-_m")
    assert (edge.get("numLanes"), edge.get("speed"), edge.get("from")) == ("2", "13.889", "a_b")
    assert edge.find("lane").get("allow") == "bus coach"  # type: ignore[union-attr]
    ends = [one.get("from") for one in found["con"] if one.get("to") is None]
    assert ends == ["n-_e"]


@pytest.mark.usefixtures("_without_netconvert")
def test_a_closed_lane_stays_closed(tmp_path: Path) -> None:
    road = ts.ring(1000.0, lanes=2)
    for *_, data in road.graph.edges(data=True):
        data["allow"] = ((), None)
    ts.export("sumo", road, tmp_path)
    lanes = parse(tmp_path / "network.edg.xml").getroot().findall("edge/lane")
    assert {(one.get("index"), one.get("allow"), one.get("disallow")) for one in lanes} == {("0", None, "all")}


@pytest.mark.usefixtures("_without_netconvert")
def test_demand_is_written_by_departure(tmp_path: Path) -> None:
    ts.export("sumo", scenario(), tmp_path)
    rows = [one for one in roots(tmp_path)["rou"] if one.tag in ("vehicle", "trip", "flow")]
    assert [one.get("id") for one in rows] == ["f.0", "g", "early", "late", "f.1"]
    assert [one.get("period") for one in rows if one.tag == "flow"] == ["exp(0.1)", "5", "exp(0.2)"]
    early = next(one for one in rows if one.get("id") == "early")
    assert early.get("via") == "m-_n"
    stop = early.find("stop")
    assert stop is not None
    assert (stop.get("lane"), stop.get("endPos"), stop.get("duration")) == ("m-_n_1", "50", "10")


@pytest.mark.usefixtures("_without_netconvert")
def test_nothing_is_overwritten_and_places_are_needed(tmp_path: Path) -> None:
    ts.export("sumo", scenario(), tmp_path)
    with pytest.raises(ts.InputError, match="exists already"):
        ts.export("sumo", scenario(), tmp_path)
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edge("a", "b", length_m=100.0)
    with pytest.raises(ts.InputError, match="x_m: found nothing"):
        ts.export("sumo", ts.network_from_graph(graph), tmp_path / "other")


def test_what_netconvert_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "netconvert"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write('Error: no such thing\\n')\nsys.exit(1)\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(MachineError, match="no such thing"):
        ts.export("sumo", scenario(), tmp_path / "out")


@pytest.mark.parametrize("name", ["grid", "two", "roundabout"])
def test_the_network_of_netconvert_is_the_one_that_was_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_sumo(monkeypatch, "netconvert")
    network = {"grid": lambda: ts.grid(3, 3), "two": two_junctions, "roundabout": ring}[name]()
    ts.export("sumo", network, tmp_path)
    back = ts.read(next(tmp_path.glob("*.net.xml"))).network
    names = {link: link.replace(">", "_").replace(" ", "_") for link in network.links}
    compare_links(network, back, names)
    compare_connections(network, back, names)


DAY, NIGHT = "0", "night"


def exported_by_time(folder: Path, *switches: tuple[float, str]) -> ts.SignalSchedule:
    """Write the two junctions with a second program, a second longer in every phase, and a table of switches."""
    network = two_junctions()
    (day,) = network.signals
    phases = tuple(one.model_copy(update={"duration_s": one.duration_s + 1.0}) for one in day.phases)
    night = day.model_copy(update={"name": NIGHT, "offset_s": 7.0, "phases": phases})
    table = tuple(ts.ProgramSwitch(time_s=time_s, program=name) for time_s, name in switches)
    schedule = ts.SignalSchedule(id=day.id, programs=(day, night), switches=table)
    ts.export("sumo", ts.Scenario(name="two", network=network, signal_schedules=(schedule,)), folder)
    return schedule


def test_programs_by_time_of_day_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sumo_on_path(monkeypatch)
    schedule = exported_by_time(tmp_path, (21600.0, DAY), (75600.0, NIGHT))
    assert [one.get("programID") for one in roots(tmp_path)["tll"].iter("tlLogic")] == [DAY, NIGHT]
    require_sumo(monkeypatch, "netconvert")
    back = ts.read(tmp_path / "two.net.xml", additional=tmp_path / "two.add.xml").network
    (found,) = back.schedules
    assert [(one.time_s, one.program) for one in found.switches] == [(0.0, NIGHT), (21600.0, DAY), (75600.0, NIGHT)]
    assert [one.duration_s for one in found.named(NIGHT).phases] == [
        one.duration_s for one in schedule.named(NIGHT).phases]


def test_sumo_switches_when_and_to_what_we_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every second SUMO shows the program in force, at its own clock; only the yellow that we add differs."""
    require_sumo(monkeypatch, "netconvert", "sumo")
    schedule = exported_by_time(tmp_path, (0.0, NIGHT), (100.0, DAY), (233.0, NIGHT))
    (tmp_path / "save.add.xml").write_text(
        f'<additional><timedEvent type="SaveTLSStates" source="{schedule.id}" dest="states.xml"/></additional>')
    subprocess.run(["sumo", "-n", "two.net.xml", "-a", "two.add.xml,save.add.xml", "-e", "400", "--no-step-log"],
                   check=True, capture_output=True, timeout=120, cwd=tmp_path)
    seen = {float(one.get("time", "")): one.get("state", "") for one in parse(tmp_path / "states.xml").getroot()}
    running = programs_by_second(schedule, 0, 400, "mon")
    expected = [shown_at(program, second) for second, program in enumerate(running)]
    differ = [second for second in range(399) if seen[second].lower() != expected[second].lower()]
    assert differ == []


def ring() -> Network:
    """A roundabout of four nodes, with one arm in and one out."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for number, (x, y) in enumerate(((20, 0), (0, 20), (-20, 0), (0, -20))):
        graph.add_node(number, x_m=float(x), y_m=float(y), control="roundabout")
    graph.add_node("w", x_m=-300.0, y_m=0.0)
    graph.add_node("e", x_m=300.0, y_m=0.0)
    for number in range(4):
        graph.add_edge(number, (number + 1) % 4, id=f"r{number}", lanes=1, speed_limit_kmh=30.0)
    graph.add_edge("w", 2, id="in", speed_limit_kmh=50.0)
    graph.add_edge(0, "e", id="out", speed_limit_kmh=50.0)
    return ts.network_from_graph(graph)


def test_the_command_says_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    file = tmp_path / "town.toml"
    file.write_text('name = "town"\n[network.builder]\nkind = "grid"\narguments = { rows = 2, columns = 2 }\n')
    answer = CliRunner().invoke(app, ["export", "sumo", str(file), "--out", str(tmp_path / "plain")])
    assert answer.exit_code == 0, answer.output
    assert "town.nod.xml" in answer.output
    wrong = CliRunner().invoke(app, ["export", "links", str(tmp_path), "--out", str(tmp_path / "a.csv")])
    assert wrong.exit_code == 2
    assert ".geojson or .parquet" in wrong.output
