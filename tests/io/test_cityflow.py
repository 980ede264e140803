"""CityFlow roadnets and flows: what is read, inferred and repaired, and faults that are named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.fuzz import trees
from tests.io.cityflow_files import VEHICLE, flow, roadnet, write
from trafficsim.base.errors import TrafficsimError
from trafficsim.cli import app
from trafficsim.io.imported import Imported
from trafficsim.plan.departures import rates_of

Change = Callable[[dict[str, Any]], Any]


def read(folder: Path, net: dict[str, Any] | None = None, flows: list[Any] | None = None) -> Imported:
    network, demand = write(folder, net or roadnet(), flows)
    return ts.read(network, flows=demand)


def test_roads_reach_from_stop_line_to_stop_line(tmp_path: Path) -> None:
    links = read(tmp_path).network.links
    assert len(links) == 8
    assert {one["length_m"] for one in links.values()} == {90.0}
    assert links["west_in"]["speed_limit_kmh"] == 50.0
    assert links["west_in"]["geometry"] == ((-100.0, -3.0), (-10.0, -3.0))
    assert links["west_out"]["geometry"] == ((-10.0, 3.0), (-100.0, 3.0))


def test_lanes_are_counted_from_the_nearside(tmp_path: Path) -> None:
    connections = read(tmp_path).network.connections
    turns = {(one.from_lane, one.turn) for one in connections}
    assert turns == {(0, "through"), (0, "right"), (1, "left")}
    through = next(one for one in connections if one.turn == "through")
    assert through.length_m == pytest.approx(20.0)
    assert {one.speed_limit_kmh for one in connections if one.turn != "through"} == {30.0}


def test_conflicts_come_from_geometry_and_straight_on_goes_first(tmp_path: Path) -> None:
    connections = read(tmp_path).network.connections
    place = {(one.from_link, one.turn): number for number, one in enumerate(connections)}
    left, opposing = place["west_in", "left"], place["east_in", "through"]
    assert opposing in connections[left].yields_to
    assert left in connections[opposing].crosses
    assert opposing not in connections[place["west_in", "through"]].crosses
    right = connections[place["west_in", "right"]]
    assert place["north_in", "through"] in right.yields_to  # into the same lane


def test_phases_are_programs_with_yellow(tmp_path: Path) -> None:
    (program,) = read(tmp_path).network.signals
    assert program.cycle_s == 85.0
    assert [phase.duration_s for phase in program.phases] == [3.0, 2.0, 27.0, 3.0, 17.0, 3.0, 30.0]
    straight, change = program.phases[2].state, program.phases[3].state
    assert (straight[0], straight[6], straight[1], straight[3]) == ("G", "G", "r", "r")
    assert (change[0], change[6], change[1]) == ("y", "y", "r")
    together = program.phases[6].state
    assert (together[3], together[4]) == ("G", "g")  # the left turn gives way to those who come towards it
    assert all(phase.state[2] in "gG" for phase in program.phases)


def test_an_intersection_where_all_may_always_go_has_no_signal(tmp_path: Path) -> None:
    net = roadnet()
    net["intersections"][-1]["trafficLight"]["lightphases"] = [{"time": 30, "availableRoadLinks": list(range(12))}]
    found = read(tmp_path, net)
    assert found.network.signals == ()
    assert found.network.graph.nodes["centre"]["control"] == "priority"
    assert "intersection without signal: all roadLinks are always available" in found.counts["inferred"]


def test_flows_are_trips_or_equally_spaced_streams(tmp_path: Path) -> None:
    found = read(tmp_path, flows=[flow("west", "east", startTime=7, endTime=7), flow("west", "north", endTime=21),
                                  flow("south", "north", startTime=10, endTime=-1)])
    (trip,), (stream, open_end) = found.demand.trips, found.demand.flows
    assert (trip.depart_s, trip.route) == (7.0, ("west_in", "east_out"))
    assert (stream.volume_veh_h, stream.begin_s, stream.end_s, stream.departures) == (720.0, 0.0, 25.0, "scheduled")
    assert open_end.end_s is None
    (kind,) = found.vehicle_classes
    assert (kind.length_m, kind.min_gap_m, kind.max_speed_kmh, kind.acceleration_ms2) == (5.0, 2.5, 40.0, 2.0)
    assert kind.headway_s == pytest.approx(2.0 - 2.5 / 11.11, abs=1e-3)


def test_the_vehicles_of_a_stream_depart_when_cityflow_has_them_depart(tmp_path: Path) -> None:
    found = read(tmp_path, flows=[flow("west", "east", startTime=2, endTime=21)])
    rates = rates_of(found.demand.flows, ts.Time(analysis_s=60.0))
    due = rates.due(np.zeros(1, np.uint64), np.ones(1))
    assert due.depart_s.tolist() == pytest.approx([2.0, 7.0, 12.0, 17.0])


def test_a_route_over_an_unknown_road_is_kept_apart(tmp_path: Path) -> None:
    found = read(tmp_path, flows=[flow("west", "east", route=["west_in", "nowhere"]), flow("west", "east")])
    assert len(found.demand.trips) == 1
    (left,) = found.unserved
    assert "nowhere" in left.reason
    assert found.counts["repaired"] == {"trip-unserved": 1}


def _spoil(path: str, value: Any) -> Change:
    def change(net: dict[str, Any]) -> None:
        *keys, last = path.split(".")
        place: Any = net
        for key in keys:
            place = place[int(key) if key.lstrip("-").isdigit() else key]
        last_key = int(last) if last.lstrip("-").isdigit() else last
        if value is None:
            del place[last_key]
        else:
            place[last_key] = value
    return change


CENTRE = "intersections.-1"
BAD: dict[str, tuple[str, Any, str]] = {
    "lane beyond": (f"{CENTRE}.roadLinks.0.laneLinks.0.endLaneIndex", 2, "endLaneIndex: found 2; expected lanes 0 to"),
    "negative lane": (f"{CENTRE}.roadLinks.0.laneLinks.0.startLaneIndex", -1, "startLaneIndex: found -1"),
    "lane as text": (f"{CENTRE}.roadLinks.0.laneLinks.0.startLaneIndex", "one", "startLaneIndex: found 'one'"),
    "negative time": (f"{CENTRE}.trafficLight.lightphases.1.time", -5, "time: found -5; expected a number >= 0"),
    "phase without roadLinks": (f"{CENTRE}.trafficLight.lightphases.1.availableRoadLinks", None,
                                "found no availableRoadLinks"),
    "roadLink beyond": (f"{CENTRE}.trafficLight.lightphases.1.availableRoadLinks", [12],
                        "availableRoadLinks[0]: found 12"),
    "unknown road": (f"{CENTRE}.roadLinks.0.endRoad", "nowhere", "an unknown road 'nowhere'"),
    "roads that do not meet": (f"{CENTRE}.roadLinks.0.endRoad", "east_in", "which do not meet"),
    "unknown type": (f"{CENTRE}.roadLinks.0.type", "fly", "type: found 'fly'"),
    "unknown intersection": ("roads.0.endIntersection", "nowhere", "an unknown intersection 'nowhere'"),
    "two roads of one id": ("roads.1.id", "west_in", "this id a second time"),
    "no lanes": ("roads.0.lanes", [], "0 lanes"),
    "one point": ("roads.0.points", [{"x": 0, "y": 0}], "two points or more"),
    "point without y": ("roads.0.points.0", {"x": 0}, "no y"),
    "speed of 0": ("roads.0.lanes.0.maxSpeed", 0, "maxSpeed: found 0.0; expected a number above 0"),
    "speed as text": ("roads.0.lanes.0.maxSpeed", "fast", "maxSpeed: found 'fast'"),
    "width true": ("roads.0.lanes.0.width", True, "width: found True"),
    "huge number": ("roads.0.points.0.x", 10**400, "x: found"),
    "no roads": ("roads", [], "no road"),
    "roads no list": ("roads", {"a": 1}, "roads: found"),
}


@pytest.mark.parametrize("name", BAD)
def test_faults_of_a_roadnet_are_one_message(name: str, tmp_path: Path) -> None:
    path, value, told = BAD[name]
    net = json.loads(json.dumps(roadnet()))
    _spoil(path, value)(net)
    network, _ = write(tmp_path, net)
    answer = CliRunner().invoke(app, ["import", "cityflow", str(network), "--out", str(tmp_path / "x.toml")])
    assert answer.exit_code == 2, answer.output
    assert told in answer.output
    assert answer.output.count("Remedy") == 1


@pytest.mark.parametrize(("change", "told"), [
    ({"interval": 0}, "interval: found 0.0; expected a number above 0"),
    ({"interval": 0.01, "endTime": 100}, "at least 0.18 s"),
    ({"startTime": -5}, "startTime: found -5"), ({"startTime": 10, "endTime": 5}, "endTime: found 5 s"),
    ({"route": "west_in"}, "route: found 'west_in'; expected a list"), ({"route": [3]}, "route[0]: found 3"),
    ({"vehicle": {**VEHICLE, "length": 0}}, "length: found 0.0"),
    ({"vehicle": {"length": 5}}, "found no minGap"), ({"vehicle": 3}, "vehicle: found 3"),
])
def test_faults_of_flows_are_one_message(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(ts.InputError) as error:
        read(tmp_path, flows=[{**flow("west", "east"), **change}])
    assert told in str(error.value)


def test_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    network, demand = write(tmp_path, roadnet(), [flow("west", "east")])
    for file, flows, told in ((demand, None, "give it with --flows"), (network, network, "this is a roadnet")):
        with pytest.raises(TrafficsimError, match=told):
            ts.read(file, format="cityflow", **({"flows": flows} if flows else {}))
    (tmp_path / "cut.json").write_text(network.read_text()[:300])
    with pytest.raises(ts.InputError, match="no valid JSON"):
        ts.read(tmp_path / "cut.json", format="cityflow")


def test_spoilt_files_are_refused_in_one_message_or_read(tmp_path: Path) -> None:
    """Values of a sound roadnet and flow file are changed, removed and moved at random."""
    chance = random.Random(20)
    text, flows = json.dumps(roadnet()), json.dumps([flow("west", "east"), flow("south", "north", endTime=60)])
    refused: list[str] = []
    for number in range(300):
        spoilt, sound = (text, flows) if number % 3 else (flows, text)
        file, other = tmp_path / "a.json", tmp_path / "b.json"
        file.write_text(json.dumps(trees.mutate_plain(json.loads(spoilt), chance)))
        other.write_text(sound)
        network, demand = (file, other) if number % 3 else (other, file)
        try:
            ts.check(_scenario(ts.read(network, format="cityflow", flows=demand)))
        except TrafficsimError as error:
            refused.append(str(error))
    assert len(refused) > 50
    assert max(map(len, refused)) < 2000


def _scenario(found: Imported) -> ts.Scenario:
    return ts.Scenario(name="x", network=found.network, demand=found.demand, vehicle_classes=found.vehicle_classes)


@pytest.mark.parametrize(("name", "expected"), [
    ("hangzhou_1x1_bc-tyc_18041608_1h", (8, 1, 2231)), ("hangzhou_1x1_kn-hz_18041607_1h", (8, 1, 827)),
    ("hangzhou_4x4_gudang_18041610_1h", (80, 16, 2983)), ("LA_1x4", (52, 4, 2203)),
])
def test_real_roadnets_are_read(name: str, expected: tuple[int, int, int], real_data: Path) -> None:
    folder = real_data / "cityflow" / name
    network = next(folder.glob("roadnet*"))
    flows = next(file for file in folder.glob("*.json.gz") if file != network)
    found = ts.read(network, flows=flows)
    assert (len(found.network.links), len(found.network.signals), len(found.demand.trips)) == expected
    assert found.unserved == ()
    assert set(found.counts["repaired"]) <= {"value-capped"}
    assert not [one for one in ts.check(_scenario(found)) if one.level == "error"]
