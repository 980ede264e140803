"""Signals, signs, turn restrictions and cameras of OpenStreetMap."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.io.osm_files import CROSS, Tags, cross, imported, osm_text
from trafficsim.io.imported import Imported
from trafficsim.io.osm.cameras import Camera, Enforcement, Section, Spot, study_text
from trafficsim.io.scenario_file import write_scenario
from trafficsim.spec.network import Network

NEAR = {**CROSS, 6: (-15.0, 0.0), 7: (-120.0, 0.0)}
"""The crossing, with a node 15 m before it from the west and one 120 m before."""
PRIMARY, LOCAL = {"highway": "primary"}, {"highway": "residential"}


def turns(network: Network) -> set[tuple[str, str]]:
    return {(one.from_link, one.to_link) for one in network.connections}


def control(found: Imported, node: str) -> str:
    return str(found.network.graph.nodes[node]["control"])


def approach(tmp_path: Path, node: int, tags: Tags) -> Imported:
    """The crossing, with something at a node before it from the west."""
    return imported(tmp_path, osm_text(NEAR, {10: ((1, 7, 6, 2, 3), PRIMARY), 20: ((4, 2, 5), LOCAL)},
                                       tagged={node: tags}))


@pytest.mark.parametrize(("tags", "expected"), [
    ({"highway": "traffic_signals"}, "signal"),
    ({"highway": "traffic_signals", "traffic_signals": "ramp_meter"}, "priority"),
    ({"highway": "stop", "stop": "all"}, "all_way_stop"),
    ({"highway": "crossing", "crossing": "traffic_signals"}, "signal"),
    ({"highway": "crossing", "crossing": "marked"}, "priority"),
    ({"highway": "give_way"}, "priority"),
    ({"highway": "mini_roundabout"}, "right_before_left"),
])
def test_control_of_a_junction(tmp_path: Path, tags: Tags, expected: str) -> None:
    found = imported(tmp_path, cross(tagged={2: tags}))
    assert control(found, "2") == expected
    assert expected == "priority" or "node 2" in found.network.graph.nodes["2"]["origins"]["control"]


def test_stop_signs_of_minor_roads(tmp_path: Path) -> None:
    links = imported(tmp_path, cross(tagged={2: {"highway": "stop", "stop": "minor"}})).network.links
    assert {link for link, row in links.items() if row.get("stop_at_end")} == {"20@4", "-20@5"}


@pytest.mark.parametrize("direction", ["", "forward", "both"])
def test_signals_on_two_approaches_of_a_junction_are_the_junctions(tmp_path: Path, direction: str) -> None:
    tags = {"highway": "traffic_signals", "traffic_signals:direction": direction}
    found = imported(tmp_path, osm_text({**NEAR, 8: (0.0, -15.0)},
                                        {10: ((1, 7, 6, 2, 3), PRIMARY), 20: ((4, 8, 2, 5), LOCAL)},
                                        tagged={6: tags, 8: tags}))
    assert control(found, "2") == "signal"
    assert found.network.links["10@1"]["signal_at_end"] is True
    assert not {"6", "8"} & set(found.network.graph), "the roads go on there, and nothing stands there any more"


def test_a_signal_on_one_approach_only_is_one_of_its_own(tmp_path: Path) -> None:
    found = approach(tmp_path, 6, {"highway": "traffic_signals"})
    assert (control(found, "2"), control(found, "6")) == ("priority", "signal")


def test_a_signal_far_away_stands_alone(tmp_path: Path) -> None:
    found = approach(tmp_path, 7, {"highway": "traffic_signals"})
    assert (control(found, "2"), control(found, "7")) == ("priority", "signal")


@pytest.mark.parametrize(("sign", "attribute"), [("stop", "stop_at_end"), ("give_way", "give_way_at_end")])
def test_signs_before_a_junction_belong_to_the_approach(tmp_path: Path, sign: str, attribute: str) -> None:
    links = approach(tmp_path, 6, {"highway": sign, "direction": "forward"}).network.links
    assert [link for link, row in links.items() if row.get(attribute)] == ["10@1"]
    assert approach(tmp_path, 7, {"highway": sign}).counts["ignored"]


def test_a_roundabout_is_driven_round_and_has_the_right_of_way(tmp_path: Path) -> None:
    places = {1: (-20.0, 0.0), 2: (0.0, -20.0), 3: (20.0, 0.0), 4: (0.0, 20.0), 5: (-200.0, 0.0), 6: (200.0, 0.0)}
    found = imported(tmp_path, osm_text(places, {
        1: ((1, 2, 3, 4, 1), {"highway": "primary", "junction": "roundabout"}), 2: ((5, 1), PRIMARY),
        3: ((3, 6), PRIMARY),
    }))
    assert {control(found, node) for node in ("1", "3")} == {"roundabout"}
    assert all(row["priority"] == 10 for row in found.network.links.values() if row.get("osm_junction"))
    into = [one for one in found.network.connections if one.from_link == "2@5"]
    assert into
    assert all(one.yields_to for one in into)


@pytest.mark.parametrize(("word", "banned"), [
    ("no_left_turn", {("10@1", "20@2")}),
    ("no_right_turn", {("10@1", "-20@2")}),
    ("no_straight_on", {("10@1", "10@2")}),
    ("only_straight_on", {("10@1", "20@2"), ("10@1", "-20@2")}),
    ("only_right_turn", {("10@1", "20@2"), ("10@1", "10@2")}),
])
def test_restrictions_at_a_node_ban_turns(tmp_path: Path, word: str, banned: set[tuple[str, str]]) -> None:
    ways = {10: ((1, 2), PRIMARY), 11: ((2, 3), PRIMARY), 20: ((4, 2, 5), LOCAL)}
    to = 11 if "straight" in word else 20
    members = (("w", 10, "from"), ("n", 2, "via"), ("w", to, "to"))
    relation = {1: (members, {"type": "restriction", "restriction": word})}
    free = turns(imported(tmp_path, osm_text(CROSS, ways)).network)
    found = imported(tmp_path, osm_text(CROSS, ways, relation))
    expected = {(a, b.replace("10@2", "11@2")) for a, b in banned}
    assert free - turns(found.network) == expected
    assert f"turn restriction {word}" in found.counts["read"]


@pytest.mark.parametrize(("members", "tags", "counted"), [
    ((("w", 10, "from"), ("w", 20, "to")), {"restriction": "no_left_turn"}, "repaired"),
    ((("n", 2, "via"), ("w", 20, "to")), {"restriction": "no_left_turn"}, "repaired"),
    ((("w", 10, "from"), ("n", 99, "via"), ("w", 20, "to")), {"restriction": "no_left_turn"}, "repaired"),
    ((("w", 10, "from"), ("n", 2, "via"), ("w", 20, "to")), {"restriction": "no_fun"}, ""),
    ((("w", 10, "from"), ("n", 2, "via"), ("w", 20, "to")), {"restriction": "fun"}, "repaired"),
    ((("w", 10, "from"), ("n", 2, "via"), ("w", 77, "to")), {"restriction": "no_left_turn"}, "ignored"),
    ((("w", 10, "from"), ("n", 2, "via"), ("w", 20, "to")), {"restriction:hgv": "no_left_turn"}, "ignored"),
    ((("w", 10, "from"), ("n", 2, "via"), ("w", 20, "to")),
     {"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "ignored"),
    ((("w", 10, "from"), ("n", 2, "via"), ("w", 20, "to")),
     {"restriction": "no_left_turn", "except": "motorcar"}, "ignored"),
])
def test_restrictions_that_cannot_be_used_are_counted(
    tmp_path: Path, members: tuple[tuple[str, int, str], ...], tags: Tags, counted: str
) -> None:
    plain = imported(tmp_path, cross())
    found = imported(tmp_path, cross(relations={1: (members, {"type": "restriction", **tags})}))
    if counted:
        assert turns(found.network) == turns(plain.network)
        assert sum(found.counts[counted].values()) == 1  # type: ignore[index]
    else:
        assert "turn restriction no_fun" in found.counts["read"]


def over_a_way(tmp_path: Path, *, side_road: bool) -> Imported:
    """A dual carriageway, 1-2-3 eastwards and 6-5-4 westwards, joined by way 3, with or without a road across there."""
    places = {1: (-200.0, 0.0), 2: (0.0, 0.0), 3: (200.0, 0.0), 4: (-200.0, 15.0), 5: (0.0, 15.0), 6: (200.0, 15.0),
              7: (0.0, -200.0), 8: (0.0, 200.0)}
    one_way = {"highway": "primary", "oneway": "yes"}
    ways = {1: ((1, 2), one_way), 11: ((2, 3), one_way), 2: ((5, 4), one_way), 21: ((6, 5), one_way),
            3: ((2, 5), LOCAL)}
    more = {4: ((7, 2), LOCAL), 5: ((5, 8), LOCAL)} if side_road else {}
    relation = {9: ((("w", 1, "from"), ("w", 3, "via"), ("w", 2, "to")), {"type": "restriction",
                                                                         "restriction": "no_u_turn"})}
    return imported(tmp_path, osm_text(places, {**ways, **more}, relation))


def test_a_restriction_over_a_way_is_a_pair_of_links_where_nobody_else_is_concerned(tmp_path: Path) -> None:
    alone = over_a_way(tmp_path, side_road=False)
    assert ("3@2", "2@5") not in turns(alone.network) or ("1@1", "3@2") not in turns(alone.network)
    assert alone.counts["repaired"] == {}
    shared = over_a_way(tmp_path, side_road=True)
    assert shared.counts["repaired"] == {"osm-restriction-left-out": 1}
    assert {("1@1", "3@2"), ("3@2", "2@5")} <= turns(shared.network)


def test_a_speed_camera_is_offered_beside_the_scenario(tmp_path: Path) -> None:
    found = approach(tmp_path, 7, {"highway": "speed_camera", "direction": "forward"})
    assert found.demand.flows == ()
    text = found.beside["enforcement.toml"]
    assert 'link = "10@1"' in text
    assert '"-10@3"' not in text
    both = approach(tmp_path, 7, {"highway": "speed_camera"}).beside["enforcement.toml"]
    assert both.count("speed_camera") == 2


@pytest.mark.parametrize(("kind", "policy"), [("maxspeed", "speed_camera"), ("traffic_signals", "red_light_camera"),
                                              ("average_speed", "section_control")])
def test_relations_of_enforcement_say_in_which_direction(tmp_path: Path, kind: str, policy: str) -> None:
    members = (("n", 7, "from"), ("n", 8, "device"), ("n", 6, "to"))
    relation = {5: (members, {"type": "enforcement", "enforcement": kind})}
    found = imported(tmp_path, osm_text(
        {**NEAR, 8: (-60.0, 9.0)}, {10: ((1, 7, 6, 2, 3), PRIMARY), 20: ((4, 2, 5), LOCAL)}, relation,
        tagged={2: {"highway": "traffic_signals"}, 8: {"highway": "speed_camera"}}))
    text = found.beside["enforcement.toml"]
    assert text.count("kind =") == 1
    assert policy in text
    assert '"10@1"' in text


def test_the_study_of_what_stands_there_can_be_read(tmp_path: Path) -> None:
    found = approach(tmp_path, 7, {"highway": "speed_camera"})
    written = write_scenario(tmp_path / "city.toml", found)
    assert [path.name for path in written] == ["city.toml", "city-network.json", "city-enforcement.toml"]
    study = ts.load(tmp_path / "city-enforcement.toml")
    assert [policy.kind for policy in study.alternatives["as built"]] == ["speed_camera", "speed_camera"]
    assert study.alternatives[study.baseline] == ()


def test_every_kind_of_enforcement_is_a_policy_of_its_own() -> None:
    spot = Spot("10@1", 30.0)
    text = study_text(Enforcement([Camera("maxspeed", spot, "node 7"), Camera("traffic_signals", spot, "relation 1")],
                                  [Section(("10@1", "10@2"), "relation 2")]))
    assert '{ kind = "red_light_camera", on = { ids = ["10@1"] } },  # relation 1' in text
    assert '{ kind = "section_control", on = { ids = ["10@1", "10@2"] } },  # relation 2' in text


def test_a_camera_without_a_road_is_told(tmp_path: Path) -> None:
    found = imported(tmp_path, osm_text({**CROSS, 8: (0.0, 900.0)}, {10: ((1, 2, 3), PRIMARY)},
                                        tagged={8: {"highway": "speed_camera"}}))
    assert found.counts["repaired"] == {"osm-camera-left-out": 1}
    assert not found.beside
