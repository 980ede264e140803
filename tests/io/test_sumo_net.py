"""Networks and signals of SUMO, on a junction small enough to check by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.sumo_files import imported, priority_net, signal_net
from trafficsim.base.errors import InputError, NetworkError
from trafficsim.spec.network import Connection


def by_ends(connections: tuple[Connection, ...]) -> dict[str, Connection]:
    return {f"{each.from_link}>{each.to_link}": each for each in connections}


def names(connections: tuple[Connection, ...], positions: tuple[int, ...]) -> set[str]:
    return {f"{connections[position].from_link}>{connections[position].to_link}" for position in positions}


def test_links_and_their_attributes(tmp_path: Path) -> None:
    network = imported(tmp_path, priority_net()).network
    links = network.links
    assert set(links) == {"w_in", "w_out", "e_in", "e_out", "s_in", "s_out"}, "no internal edge, no cycle path"
    east = links["e_in"]
    assert (east["from"], east["to"], east["lanes"], east["name"], east["priority"]) == ("e", "j", 3, "High Street", 3)
    assert east["allow"] == ((), None, ("bus",)), "footway keeps its index; a bus-and-taxi lane is not for all cars"
    assert east["length_m"] == 199.0, "the longest lane that vehicles may use"
    assert east["lane_length_m"] == (200.0, 199.0, 198.5)
    assert east["speed_limit_kmh"] == 50.0, "13.89 m/s is 50 km/h"
    assert east["geometry"] == ((300.0, 2.0), (106.0, 2.0))
    assert links["w_in"]["geometry"] == ((-100.0, 0.0), (100.0, 0.0))
    assert links["w_in"].get("allow") is None
    assert not network.left_hand_traffic


def test_nodes(tmp_path: Path) -> None:
    nodes = imported(tmp_path, priority_net()).network.graph.nodes
    assert set(nodes) == {"j", "w", "e", "s"}
    assert {"x_m": 100.0, "y_m": 0.0, "control": "priority"}.items() <= nodes["j"].items()
    assert nodes["w"]["control"] == "dead_end"
    assert imported(tmp_path, signal_net()).network.graph.nodes["j"]["control"] == "signal"


def test_left_hand_traffic(tmp_path: Path) -> None:
    assert imported(tmp_path, priority_net().replace("<net ", '<net lefthand="true" ')).network.left_hand_traffic


def test_gaps_in_left_hand_traffic_are_those_of_the_mirror_image(tmp_path: Path) -> None:
    right = by_ends(imported(tmp_path, priority_net()).network.connections)
    assert (right["s_in>w_out"].turn, right["s_in>w_out"].critical_gap_s) == ("left", 7.1)
    assert (right["s_in>e_out"].turn, right["s_in>e_out"].critical_gap_s) == ("right", 6.2)
    text = priority_net().replace("<net ", '<net lefthand="true" ')
    left = by_ends(imported(tmp_path, text).network.connections)
    assert (left["s_in>w_out"].turn, left["s_in>w_out"].critical_gap_s) == ("left", 6.2)
    assert (left["s_in>e_out"].turn, left["s_in>e_out"].critical_gap_s) == ("right", 7.1)


def test_all_way_stops(tmp_path: Path) -> None:
    text = priority_net().replace('state="m"', 'state="w"').replace('type="priority"', 'type="allway_stop"')
    ways = imported(tmp_path, text).network.connections
    stops = [way for way in ways if way.first_come]
    assert stops
    assert all(way.must_stop and way.follow_up_s == 3.9 for way in stops)


def test_paths_through_the_junction(tmp_path: Path) -> None:
    ways = by_ends(imported(tmp_path, priority_net()).network.connections)
    assert ways["w_in>e_out"].length_m == 12.0
    assert ways["s_in>w_out"].length_m == 10.0, "two internal lanes, 5.5 m and 4.5 m"
    assert ways["s_in>w_out"].speed_limit_kmh == pytest.approx(6.5 * 3.6), "the slower of the two"
    assert [ways[each].turn for each in ("w_in>e_out", "s_in>e_out", "s_in>w_out")] == ["through", "right", "left"]
    assert ways["e_in>s_out"].from_lane == 1
    assert not ways["e_in>s_out"].keep_clear
    assert ways["e_in>w_out"].keep_clear


def test_right_of_way(tmp_path: Path) -> None:
    connections = imported(tmp_path, priority_net()).network.connections
    ways = by_ends(connections)
    yields = {name: names(connections, way.yields_to) for name, way in ways.items()}
    assert yields == {
        "w_in>e_out": set(), "e_in>w_out": set(), "e_in>s_out": {"w_in>e_out"}, "s_in>e_out": {"w_in>e_out"},
        "s_in>w_out": {"w_in>e_out", "e_in>w_out", "e_in>s_out"},
    }, "major through first; major left yields to oncoming; minor yields to all it crosses; footpaths do not count"
    for index, way in enumerate(connections):
        assert index not in way.crosses
        assert set(way.yields_to) <= set(way.crosses)
        assert all(index in connections[other].crosses for other in way.crosses), "crossing is mutual"


def test_critical_gaps_by_movement(tmp_path: Path) -> None:
    ways = by_ends(imported(tmp_path, priority_net()).network.connections)
    gaps = {name: (way.critical_gap_s, way.follow_up_s) for name, way in ways.items() if way.yields_to}
    assert gaps == {"e_in>s_out": (4.1, 2.2), "s_in>e_out": (6.2, 3.3), "s_in>w_out": (7.1, 3.5)}
    signal = by_ends(imported(tmp_path, signal_net()).network.connections)
    assert (signal["e_in>s_out"].critical_gap_s, signal["e_in>s_out"].follow_up_s) == (4.5, 2.5)


def test_same_target_lane_always_meets(tmp_path: Path) -> None:
    silent = priority_net().replace('foes="011100"', 'foes="000000"').replace('foes="000001"', 'foes="000000"')
    silent = silent.replace('response="000001"', 'response="000000"')
    found = imported(tmp_path, silent)
    connections = found.network.connections
    assert "s_in>e_out" in names(connections, by_ends(connections)["w_in>e_out"].crosses)
    assert found.counts()["inferred"]["conflict of connections into the same lane"] == 2


def test_stop_sign(tmp_path: Path) -> None:
    text = priority_net().replace('dir="r" state="m"', 'dir="r" state="s"').replace("priority", "priority_stop", 1)
    ways = by_ends(imported(tmp_path, text).network.connections)
    assert [name for name, way in ways.items() if way.must_stop] == ["s_in>e_out"]


def test_roundabout_entry(tmp_path: Path) -> None:
    text = priority_net().replace("</net>", '<roundabout nodes="j" edges="w_in e_out"/></net>')
    network = imported(tmp_path, text).network
    assert network.graph.nodes["j"]["control"] == "roundabout"
    entry = by_ends(network.connections)["s_in>e_out"]
    assert (entry.critical_gap_s, entry.follow_up_s) == (5.0, 2.6)


def test_network_without_internal_lanes(tmp_path: Path) -> None:
    lines = [line for line in priority_net().splitlines() if 'from=":' not in line]
    text = "\n".join(lines).replace('intLanes=":j_0_0 :j_1_0 :j_1_1 :j_3_0 :j_5_0 :j_c0_0"', 'intLanes=""')
    for via in ("0_0", "1_0", "1_1", "3_0", "4_0"):
        text = text.replace(f'via=":j_{via}" ', "")
    connections = imported(tmp_path, text).network.connections
    ways = by_ends(connections)
    assert names(connections, ways["s_in>w_out"].yields_to) == {"w_in>e_out", "e_in>w_out", "e_in>s_out"}
    assert ways["s_in>w_out"].length_m == 0.0
    assert ways["s_in>w_out"].speed_limit_kmh == 30.0, "the slower of the two lanes"


def test_signal_program(tmp_path: Path) -> None:
    network = imported(tmp_path, signal_net()).network
    (program,) = network.signals
    assert (program.id, program.offset_s, program.cycle_s) == ("T", 7.0, 56.0)
    assert [phase.state for phase in program.phases] == ["GGgrr", "yyyrr", "rrrGG", "rrryy"]
    assert [(way.signal, way.signal_index) for way in network.connections] == [("T", index) for index in range(5)]


def test_last_loaded_program_wins(tmp_path: Path) -> None:
    more = '<tlLogic id="T" type="static" programID="{}" offset="0"><phase duration="{}" state="GGGGG"/></tlLogic>'
    found = imported(tmp_path, signal_net(), additional=more.format("x", 10) + more.format("y", 20))
    (program,) = found.network.signals
    assert (program.name, program.cycle_s) == ("y", 20.0)
    assert found.counts()["read"]["signal program that replaces an earlier one"] == 2


def test_actuated_program_is_taken_as_fixed_with_a_warning(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('type="static"', 'type="actuated"'))
    (warning,) = [each for each in found.report.findings if each.code == "signal-taken-as-fixed"]
    assert warning.level == "warning"
    assert "'T'" in warning.where


def test_phase_of_no_duration_is_repaired(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('duration="3" state="yyyrr"', 'duration="0" state="yyyrr"'))
    assert len(found.network.signals[0].phases) == 3
    assert found.counts()["repaired"] == {"signal phase of 0 s left out": 1}


def test_report_counts(tmp_path: Path) -> None:
    counts = imported(tmp_path, priority_net()).counts()
    assert [counts["read"][each] for each in ("junction", "edge", "lane", "connection")] == [4, 6, 8, 5]
    assert counts["ignored"]["edge without a lane for cars, vans, trucks or buses"] == 1
    assert counts["inferred"]["lane closed to cars, vans, trucks and buses (keeps its index)"] == 1
    assert counts["inferred"]["lane reserved for some cars (taxi, hov ...): closed to cars"] == 1


BROKEN = {
    "length 0": ('index="0" speed="13.89" length="200"', 'index="0" speed="13.89" length="0"', "line 9: lane 'w_in_0'"),
    "negative speed": ('speed="8.33"', 'speed="-8.33"', "speed"),
    "infinite length": ('length="90"', 'length="inf"', "finite"),
    "NaN speed": ('speed="8.33"', 'speed="nan"', "finite"),
    "no lane": ('<lane id="w_in_0" index="0" speed="13.89" length="200"/>', "", "lane indices"),
    "unknown junction": ('from="w" to="j"', 'from="w" to="jj"', "'jj'"),
    "edge twice": ('<edge id="w_out"', '<edge id="w_in"', "second edge"),
    "unknown edge": ('from="w_in" to="e_out"', 'from="w_in" to="nowhere"', "'nowhere'"),
    "unknown lane": ('fromLane="1" toLane="0" via=":j_1_0"', 'fromLane="7" toLane="0" via=":j_1_0"', "fromLane"),
    "unknown internal lane": ('via=":j_3_0"', 'via=":j_9_0"', ":j_9_0"),
    "bits": ('response="100111"', 'response="10x111"', "0 and 1"),
    "too few rows": ('<request index="4" response="100111" foes="100111" cont="1"/>\n', "", "request rows"),
    "unknown type": ('type="traffic_light"', 'type="magic"', "magic"),
    "state letter": ("GGgrr", "GGgrX", "state"),
    "states of different width": ("yyyrr", "yyyr", "different numbers"),
    "negative duration": ('duration="30"', 'duration="-30"', "duration"),
    "signal without program": ('tl="T" linkIndex="0"', 'tl="U" linkIndex="0"', "'U'"),
    "index too large": ('linkIndex="4"', 'linkIndex="9"', "linkIndex"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_network(case: str, tmp_path: Path) -> None:
    old, new, said = BROKEN[case]
    text = signal_net()
    assert old in text
    broken = text.replace(old, new, 1)
    if case == "too few rows":
        broken = broken.replace('<request index="5" response="000000" foes="010000" cont="0"/>', "")
    with pytest.raises((InputError, NetworkError)) as caught:
        imported(tmp_path, broken)
    assert said in str(caught.value)
    assert caught.value.remedy
