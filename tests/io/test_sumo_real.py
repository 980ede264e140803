"""Real cities: what is imported is what the files hold, and SUMO's own results on the same files."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from defusedxml.ElementTree import parse

from tests.support.catalogue import RESCO, find_case
from trafficsim.io.imported import Imported
from trafficsim.io.sumo import read_sumo
from trafficsim.plan.arrays import Plan
from trafficsim.plan.free_flow import free_flow_time_s, route_length_m
from trafficsim.plan.lower import lower
from trafficsim.spec.network import Connection
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.world import World

CITIES = (*RESCO, "acosta")
GIVEN_ROUTES = ("cologne3", "acosta")


@dataclass(frozen=True)
class Trips:
    """SUMO's trips by vehicle: length of its route, and time without losses and stops."""

    length_m: dict[str, float]
    free_s: dict[str, float]


@cache
def city_of(folder: Path, city: str) -> Imported:
    case = find_case(folder, city)
    return read_sumo(case.network, case.routes, case.additional)


@cache
def plan_of(folder: Path, city: str) -> Plan:
    found = city_of(folder, city)
    departures = [trip.depart_s for trip in found.demand.trips]
    time = Time(start_s=min(departures), analysis_s=max(departures) - min(departures) + 1.0)
    scenario = Scenario(name=city, network=found.network, demand=found.demand, time=time)
    return lower(World(scenario, found.network, found.demand, found.vehicle_classes)).plan


@cache
def reference(folder: Path, city: str) -> Trips:
    path = folder / "reference_sumo_1.28.0" / f"{city}.tripinfo.xml.gz"
    with gzip.open(path) as stream:
        rows = list(parse(stream).getroot())
    free = {row.get("id"): float(row.get("duration")) - float(row.get("timeLoss")) - float(row.get("stopTime"))
            for row in rows}
    return Trips({row.get("id"): float(row.get("routeLength")) for row in rows}, free)


@pytest.mark.parametrize("city", CITIES)
def test_counts_match_the_files(city: str, real_data: Path) -> None:
    found, given = city_of(real_data, city), find_case(real_data, city)
    root = parse(given.network).getroot()
    edges = [edge for edge in root.iter("edge") if edge.get("function") is None]
    names = {edge.get("id") for edge in edges}
    assert set(found.network.links) == names
    lanes = {edge.get("id"): len(edge.findall("lane")) for edge in edges}
    assert {name: link["lanes"] for name, link in found.network.links.items()} == lanes
    connections = [
        movement
        for movement in root.iter("connection")
        if movement.get("from") in names and movement.get("to") in names
    ]
    walked = {lane.get("id") for lane in root.iter("lane") if lane.get("allow") == "pedestrian"}
    driven = [
        movement for movement in connections if f"{movement.get('from')}_{movement.get('fromLane')}" not in walked
    ]
    assert len(found.network.connections) == len(driven)
    assert {program.id for program in found.network.signals} == {one.get("id") for one in root.iter("tlLogic")}
    vehicles = 0
    for path in given.routes:
        with (gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as stream:
            vehicles += sum(element.tag in ("vehicle", "trip") for element in parse(stream).getroot())
    assert len(found.demand.trips) == vehicles == len(reference(real_data, city).length_m)


def test_bologna_has_its_programs_stops_and_detectors(real_data: Path) -> None:
    found = city_of(real_data, "acosta")
    assert {program.name for program in found.network.signals} == {"utopia"}, "the programs loaded last"
    assert len(found.detectors) == 58
    assert sum(len(trip.stops) for trip in found.demand.trips) == 542
    assert set(found.demand.mixes) == {"private", "ignoring"}
    assert {link for link, each in found.network.links.items() if each.get("allow")}, "bus lanes"


@pytest.mark.parametrize("city", CITIES)
def test_route_length_and_free_flow_time_are_those_of_sumo(city: str, real_data: Path) -> None:
    """Given routes within 0.5 % and 2 %; routed trips within 2 % and 5 %: SUMO's router adds penalties at junctions."""
    plan, expected = plan_of(real_data, city), reference(real_data, city)
    length, free = route_length_m(plan), free_flow_time_s(plan)
    of_length, of_time = (0.005, 0.02) if city in GIVEN_ROUTES else (0.02, 0.05)
    assert length.mean() == pytest.approx(np.mean(list(expected.length_m.values())), rel=of_length)
    assert free.mean() == pytest.approx(np.mean(list(expected.free_s.values())), rel=of_time)


@pytest.mark.parametrize("city", GIVEN_ROUTES)
def test_every_given_route_has_its_length(city: str, real_data: Path) -> None:
    """1 %: parallel connections of one movement differ in length; one vehicle of cologne3 was teleported by SUMO."""
    plan, expected = plan_of(real_data, city), reference(real_data, city)
    length = route_length_m(plan)
    of_sumo = np.array([expected.length_m[name] for name in plan.trips.name])
    assert np.sum(np.abs(length / of_sumo - 1.0) > 0.01) <= 1


@pytest.mark.parametrize("city", CITIES)
def test_right_of_way_is_consistent(city: str, real_data: Path) -> None:
    connections = city_of(real_data, city).network.connections
    for index, movement in enumerate(connections):
        assert set(movement.yields_to) <= set(movement.crosses)
        assert index not in movement.crosses
        assert all(index in connections[other].crosses for other in movement.crosses)
        assert all(connections[other].from_link != movement.from_link or connections[other].to_link == movement.to_link
                   for other in movement.crosses), "ways that part do not cross"


@pytest.mark.parametrize("city", CITIES)
def test_the_file_itself_lists_all_conflicts_into_one_lane(city: str, real_data: Path) -> None:
    """If rows and connections were mixed up, some of these conflicts would be missing and have to be inferred."""
    inferred = city_of(real_data, city).counts["inferred"]
    assert "conflict of connections into the same lane" not in inferred


def yields(found: Imported, movement: Connection) -> set[tuple[str, str]]:
    connections = [found.network.connections[other] for other in movement.yields_to]
    return {(each.from_link, each.turn) for each in connections}


def test_minor_street_yields_to_the_main_road_of_ingolstadt(real_data: Path) -> None:
    """Junction 249176474, read off the map: the side street 22716549 joins the through road 201089423."""
    found = city_of(real_data, "ingolstadt7")
    connections = {(movement.from_link, movement.turn): movement for movement in found.network.connections}
    assert yields(found, connections["-22716549#6", "right"]) == {("201089423#0", "through")}
    assert yields(found, connections["-22716549#6", "left"]) == {
        ("201089423#0", "through"), ("-201089423#2", "through"), ("-201089423#2", "left"),
    }
    assert yields(found, connections["-201089423#2", "left"]) == {("201089423#0", "through"), ("201089423#0", "right")}
    assert yields(found, connections["-201089423#2", "through"]) == set()
    gaps = [connections[each].critical_gap_s for each in
            (("-22716549#6", "right"), ("-22716549#6", "left"), ("-201089423#2", "left"))]
    assert gaps == [6.2, 7.1, 4.1]


def test_permitted_left_yields_to_oncoming_traffic_in_cologne(real_data: Path) -> None:
    """The one signal of cologne1, read off the map: 23429231#1 and 27115123#3 face each other."""
    found = city_of(real_data, "cologne1")
    connections = {(movement.from_link, movement.turn): movement for movement in found.network.connections}
    left, oncoming = connections["23429231#1", "left"], connections["27115123#3", "through"]
    assert ("27115123#3", "through") in yields(found, left)
    assert ("23429231#1", "left") not in yields(found, oncoming)
    (program,) = found.network.signals
    together = [phase.state for phase in program.phases
                if phase.state[left.signal_index or 0] == "g" and phase.state[oncoming.signal_index or 0] == "G"]
    assert together, "both have green at once: the left turn must look"


def test_no_two_crossing_movements_have_priority_at_once(real_data: Path) -> None:
    """A wrong index anywhere would give two conflicting movements a green with priority in the same phase."""
    for city in CITIES:
        network = city_of(real_data, city).network
        programs = {program.id: program for program in network.signals}
        for movement in network.connections:
            for other in (network.connections[index] for index in movement.crosses):
                if movement.signal is None or movement.signal != other.signal or movement.to_link == other.to_link:
                    continue
                for phase in programs[movement.signal].phases:
                    assert (phase.state[movement.signal_index or 0], phase.state[other.signal_index or 0]) != (
                        "G",
                        "G",
                    ), f"{city}: {movement.from_link}>{movement.to_link} and {other.from_link}>{other.to_link}"
