"""Tags of OpenStreetMap: who may drive where, on how many lanes, how fast; each value known to be awkward."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.osm_files import Tags, cross, imported
from trafficsim.io.osm.access import use_of
from trafficsim.io.osm.countries import COUNTRIES, country_of
from trafficsim.io.osm.lanes import Reading, Side, side_of
from trafficsim.io.osm.limits import limit_of
from trafficsim.spec.vehicles import KINDS

ALL, NONE, BUS = KINDS, (), ("bus",)
NOT_TRUCKS = tuple(kind for kind in KINDS if kind != "truck")
MPH = 1.609344


@pytest.mark.parametrize(("tags", "forward", "backward"), [
    ({}, ALL, ALL),
    ({"oneway": "yes"}, ALL, NONE),
    ({"oneway": "-1"}, NONE, ALL),
    ({"oneway": "reversible"}, ALL, NONE),
    ({"junction": "roundabout"}, ALL, NONE),
    ({"highway": "motorway"}, ALL, NONE),
    ({"highway": "motorway", "oneway": "no"}, ALL, ALL),
    ({"highway": "footway"}, NONE, NONE),
    ({"highway": "construction"}, NONE, NONE),
    ({"highway": "proposed"}, NONE, NONE),
    ({"access": "no"}, NONE, NONE),
    ({"access": "private"}, NONE, NONE),
    ({"access": "no", "motor_vehicle": "yes"}, ALL, ALL),
    ({"access": "yes", "motor_vehicle": "no"}, NONE, NONE),
    ({"motor_vehicle": "no", "motorcar": "yes"}, ALL, ALL),
    ({"vehicle": "no", "bus": "yes"}, BUS, BUS),
    ({"access": "destination"}, ALL, ALL),
    ({"hgv": "no"}, NOT_TRUCKS, NOT_TRUCKS),
    ({"highway": "busway"}, BUS, BUS),
    ({"oneway": "yes", "oneway:bus": "no"}, ALL, BUS),
    ({"oneway": "yes", "busway": "opposite_lane"}, ALL, BUS),
    ({"motor_vehicle:backward": "no"}, ALL, NONE),
    ({"area": "yes"}, NONE, NONE),
    ({"highway": "service"}, NONE, NONE),
    ({"highway": "living_street"}, ALL, ALL),
])
def test_who_may_use_a_way(tags: Tags, forward: tuple[str, ...], backward: tuple[str, ...]) -> None:
    use = use_of({"highway": "residential", **tags}, "none")
    assert (use.forward, use.backward) == (forward, backward)
    assert bool(use.ignored) == (not forward and not backward)


@pytest.mark.parametrize(("service", "side", "kept"), [
    ("none", "", False), ("through", "", True), ("through", "alley", True), ("through", "driveway", False),
    ("all", "parking_aisle", True),
])
def test_service_roads_are_a_choice(service: str, side: str, kept: bool) -> None:
    assert bool(use_of({"highway": "service", "service": side}, service).forward) == kept


def lanes(tags: Tags, direction: str = "forward", *, two_way: bool = True, left: bool = False) -> Side:
    return side_of(Reading({"highway": "primary", **tags}, direction, two_way, "way 1", left))


@pytest.mark.parametrize(("tags", "two_way", "forward", "backward"), [
    ({}, True, 1, 1),
    ({}, False, 1, 1),
    ({"highway": "motorway"}, False, 2, 2),
    ({"lanes": "2"}, True, 1, 1),
    ({"lanes": "4"}, True, 2, 2),
    ({"lanes": "3"}, True, 1, 1),
    ({"lanes": "1"}, True, 1, 1),
    ({"lanes": "5", "lanes:both_ways": "1"}, True, 2, 2),
    ({"lanes": "3", "lanes:backward": "1"}, True, 2, 1),
    ({"lanes": "3", "lanes:forward": "2", "lanes:backward": "1"}, True, 2, 1),
    ({"lanes": "3"}, False, 3, 3),
    ({"lanes": "0"}, False, 1, 1),
    ({"lanes": "-2"}, False, 1, 1),
    ({"lanes": "two"}, False, 1, 1),
    ({"lanes": "3;2"}, False, 2, 2),
    ({"lanes": "1.5"}, False, 1, 1),
    ({"lanes": "99"}, False, 12, 12),
    ({"turn:lanes": "left|through|right"}, False, 3, 3),
    ({"lanes": "4", "turn:lanes:forward": "left|through|right"}, True, 3, 2),
    ({"lanes": "2", "lanes:backward": "2"}, True, 1, 2),
])
def test_number_of_lanes(tags: Tags, two_way: bool, forward: int, backward: int) -> None:
    assert lanes(tags, two_way=two_way).lanes == forward
    assert lanes(tags, "backward", two_way=two_way).lanes == backward


@pytest.mark.parametrize(("tags", "left", "marks"), [
    ({"turn:lanes": "left|through|through;right"}, False, ("through;right", "through", "left")),
    ({"turn:lanes": "left;through|right"}, True, ("left;through", "right")),
    ({"turn:lanes": "left||"}, False, ("through;right", "through", "left")),
    ({"turn:lanes": "||right"}, True, ("through;left", "through", "right")),
    ({"turn:lanes": "none|none|slight_right"}, False, ("right", "through", "through;left")),
    ({"turn:lanes": "reverse;left|through"}, False, ("through", "u_turn;left")),
    ({"turn:lanes": "none|merge_to_left"}, False, None),
    ({"turn:lanes": "through|oops"}, False, ("through;right", "through")),
    ({"turn": "right", "lanes": "2"}, False, ("right", "right")),
])
def test_markings_run_from_the_nearside(tags: Tags, left: bool, marks: tuple[str, ...] | None) -> None:
    assert lanes(tags, two_way=False, left=left).turn_lanes == marks


@pytest.mark.parametrize(("tags", "two_way", "allow"), [
    ({"lanes": "3", "bus:lanes": "||designated"}, False, (BUS, None, None)),
    ({"lanes": "3", "psv:lanes": "designated||"}, False, (None, None, BUS)),
    ({"lanes": "3", "access:lanes": "yes|yes|no", "bus:lanes": "||yes"}, False, (BUS, None, None)),
    ({"lanes": "2", "vehicle:lanes": "yes|yes|no"}, False, None),
    ({"lanes": "2", "bicycle:lanes": "||designated", "turn:lanes": "left|through|"}, False, None),
    ({"lanes": "3", "busway": "lane"}, False, (BUS, None, None)),
    ({"lanes": "1", "busway": "lane"}, False, (BUS, None)),
    ({"lanes": "4", "busway:right": "lane"}, True, (BUS, None)),
    ({"lanes": "4", "busway:left": "lane"}, True, None),
    ({"lanes": "4", "lanes:bus": "2"}, False, (BUS, BUS, None, None)),
    ({"lanes": "2", "hov:lanes": "designated|"}, False, None),
])
def test_lanes_of_buses_and_cycles(tags: Tags, two_way: bool, allow: tuple[object, ...] | None) -> None:
    assert lanes(tags, two_way=two_way).allow == allow


def test_lists_that_do_not_fit_the_number_of_lanes_are_told() -> None:
    side = lanes({"lanes": "2", "turn:lanes": "left|through|right"}, two_way=False)
    assert (side.lanes, side.turn_lanes) == (2, None)
    assert [act for act, _ in side.notes] == ["osm-lanes-contradict"]


@pytest.mark.parametrize(("tags", "country", "speed_kmh", "act"), [
    ({"maxspeed": "50"}, "DE", 50.0, "read"),
    ({"maxspeed": "30 mph"}, "GB", 30 * MPH, "read"),
    ({"maxspeed": "30mph"}, "GB", 30 * MPH, "read"),
    ({"maxspeed": "10 knots"}, "DE", 18.52, "read"),
    ({"maxspeed": "50 mph;30"}, "GB", 30.0, "read"),
    ({"maxspeed": "walk"}, "DE", 7.0, "inferred"),
    ({"maxspeed": "none"}, "DE", 130.0, "inferred"),
    ({"maxspeed": "signals"}, "DE", 50.0, "inferred"),
    ({"maxspeed": "DE:urban"}, "DE", 50.0, "inferred"),
    ({"maxspeed": "DE:rural"}, "DE", 100.0, "inferred"),
    ({"maxspeed": "FR:zone30"}, "FR", 30.0, "inferred"),
    ({"maxspeed": "DE:zone:30"}, "DE", 30.0, "inferred"),
    ({"maxspeed:type": "GB:nsl_dual"}, "GB", 70 * MPH, "inferred"),
    ({"zone:traffic": "DE:rural"}, "DE", 100.0, "inferred"),
    ({"source:maxspeed": "sign", "lit": "no"}, "DE", 100.0, "inferred"),
    ({"maxspeed": "fast"}, "DE", 50.0, "inferred"),
    ({"maxspeed": "0"}, "DE", 50.0, "inferred"),
    ({"maxspeed": "5000"}, "DE", 50.0, "inferred"),
    ({"maxspeed:forward": "70", "maxspeed": "50"}, "DE", 70.0, "read"),
    ({"maxspeed:backward": "70", "maxspeed": "50"}, "DE", 50.0, "read"),
    ({}, "DE", 50.0, "inferred"),
    ({"lit": "no"}, "AU", 100.0, "inferred"),
    ({"highway": "motorway"}, "FR", 130.0, "inferred"),
    ({"highway": "living_street"}, "NL", 15.0, "inferred"),
    ({"highway": "trunk", "oneway": "yes"}, "FR", 110.0, "inferred"),
    ({"highway": "residential"}, "US", 25 * MPH, "inferred"),
])
def test_limits(tags: Tags, country: str, speed_kmh: float, act: str) -> None:
    limit = limit_of({"highway": "primary", **tags}, "forward", COUNTRIES[country], "way 1")
    assert limit.speed_kmh == pytest.approx(speed_kmh, abs=0.001)
    assert limit.origin.startswith(act)


def test_what_is_not_applied_is_noted(tmp_path: Path) -> None:
    counts = imported(tmp_path, cross({
        "maxspeed": "fast", "maxspeed:conditional": "30 @ (22:00-06:00)", "lanes": "0",
    }, {"access": "destination", "motor_vehicle:conditional": "no @ (Mo-Fr)"})).counts
    assert counts["repaired"] == {"osm-value-unread": 4}
    assert counts["ignored"] == {
        "limit by time, weather or kind of vehicle (maxspeed:conditional)": 2,
        "road for those with business there (destination): driven through too": 1,
        "access or direction by time of day (:conditional)": 1,
    }


@pytest.mark.parametrize(("tags", "place", "name", "is_guess"), [
    ({"maxspeed": "IE:rural"}, (13.0, 52.0), "Ireland", False),
    ({"maxspeed": "30 mph"}, (-2.6, 51.5), "United Kingdom", False),
    ({"maxspeed": "30 mph"}, (-122.3, 47.6), "United States", False),
    ({}, (13.4, 52.5), "Germany", True), ({}, (2.35, 48.86), "France", True), ({}, (24.9, 60.2), "Finland", True),
    ({}, (115.9, -31.9), "Australia", True), ({}, (139.7, 35.7), "Japan", True), ({}, (16.4, 48.2), "Austria", True),
    ({}, (0.0, 0.0), "no country of the table", True),
])
def test_the_country_is_told_by_tags_by_mph_or_by_the_place(
    tags: Tags, place: tuple[float, float], name: str, is_guess: bool
) -> None:
    found = country_of([tags], place)
    assert (found.country.name, found.is_guess) == (name, is_guess)


def test_the_side_of_driving_can_be_chosen(tmp_path: Path) -> None:
    tags = {"oneway": "yes", "turn:lanes": "left|through"}
    for hand, marks in (("right", ("through", "left")), ("left", ("left", "through"))):
        network = imported(tmp_path, cross(tags), hand=hand, country="DE").network
        assert network.left_hand_traffic == (hand == "left")
        assert network.links["10@2"]["turn_lanes"] == marks
