"""Networks and signals of SUMO, on a junction small enough to check by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.sumo_files import imported, priority_net, signal_net
from trafficsim.base.errors import InputError, NetworkError
from trafficsim.base.repairs import repairs_by_code
from trafficsim.io.imported import Imported
from trafficsim.io.network_file import read_network, write_network
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
    movements = imported(tmp_path, text).network.connections
    stops = [movement for movement in movements if movement.first_come]
    assert stops
    assert all(movement.must_stop and movement.follow_up_s == 3.9 for movement in stops)


def test_paths_through_the_junction(tmp_path: Path) -> None:
    movements = by_ends(imported(tmp_path, priority_net()).network.connections)
    assert movements["w_in>e_out"].length_m == 12.0
    assert movements["s_in>w_out"].length_m == 10.0, "two internal lanes, 5.5 m and 4.5 m"
    assert movements["s_in>w_out"].speed_limit_kmh == pytest.approx(6.5 * 3.6), "the slower of the two"
    assert [movements[each].turn for each in ("w_in>e_out", "s_in>e_out", "s_in>w_out")] == ["through", "right", "left"]
    assert movements["e_in>s_out"].from_lane == 1
    assert not movements["e_in>s_out"].keep_clear
    assert movements["e_in>w_out"].keep_clear


def test_right_of_way(tmp_path: Path) -> None:
    connections = imported(tmp_path, priority_net()).network.connections
    movements = by_ends(connections)
    yields = {name: names(connections, movement.yields_to) for name, movement in movements.items()}
    assert yields == {
        "w_in>e_out": set(), "e_in>w_out": set(), "e_in>s_out": {"w_in>e_out"}, "s_in>e_out": {"w_in>e_out"},
        "s_in>w_out": {"w_in>e_out", "e_in>w_out", "e_in>s_out"},
    }, "major through first; major left yields to oncoming; minor yields to all it crosses; footpaths do not count"
    for index, movement in enumerate(connections):
        assert index not in movement.crosses
        assert set(movement.yields_to) <= set(movement.crosses)
        assert all(index in connections[other].crosses for other in movement.crosses), "crossing is mutual"


def test_critical_gaps_by_movement(tmp_path: Path) -> None:
    movements = by_ends(imported(tmp_path, priority_net()).network.connections)
    gaps = {
        name: (movement.critical_gap_s, movement.follow_up_s)
        for name, movement in movements.items()
        if movement.yields_to
    }
    assert gaps == {"e_in>s_out": (4.1, 2.2), "s_in>e_out": (6.2, 3.3), "s_in>w_out": (7.1, 3.5)}
    signal = by_ends(imported(tmp_path, signal_net()).network.connections)
    assert (signal["e_in>s_out"].critical_gap_s, signal["e_in>s_out"].follow_up_s) == (4.5, 2.5)


def test_same_target_lane_always_meets(tmp_path: Path) -> None:
    silent = priority_net().replace('foes="011100"', 'foes="000000"').replace('foes="000001"', 'foes="000000"')
    silent = silent.replace('response="000001"', 'response="000000"')
    found = imported(tmp_path, silent)
    connections = found.network.connections
    assert "s_in>e_out" in names(connections, by_ends(connections)["w_in>e_out"].crosses)
    assert found.counts["inferred"]["conflict of connections into the same lane"] == 2


def test_stop_sign(tmp_path: Path) -> None:
    text = priority_net().replace('dir="r" state="m"', 'dir="r" state="s"').replace("priority", "priority_stop", 1)
    movements = by_ends(imported(tmp_path, text).network.connections)
    assert [name for name, movement in movements.items() if movement.must_stop] == ["s_in>e_out"]


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
    movements = by_ends(connections)
    assert names(connections, movements["s_in>w_out"].yields_to) == {"w_in>e_out", "e_in>w_out", "e_in>s_out"}
    assert movements["s_in>w_out"].length_m == 0.0
    assert movements["s_in>w_out"].speed_limit_kmh == 30.0, "the slower of the two lanes"


def test_signal_program(tmp_path: Path) -> None:
    network = imported(tmp_path, signal_net()).network
    (program,) = network.signals
    assert (program.id, program.offset_s, program.cycle_s) == ("T", 7.0, 56.0)
    assert [phase.state for phase in program.phases] == ["GGgrr", "yyyrr", "rrrGG", "rrryy"]
    assert [(movement.signal, movement.signal_index) for movement in network.connections] == [
        ("T", index) for index in range(5)
    ]


def test_last_loaded_program_wins(tmp_path: Path) -> None:
    more = '<tlLogic id="T" type="static" programID="{}" offset="0"><phase duration="{}" state="GGGGG"/></tlLogic>'
    found = imported(tmp_path, signal_net(), additional=more.format("x", 10) + more.format("y", 20))
    (program,) = found.network.signals
    assert (program.name, program.cycle_s) == ("y", 20.0)
    assert found.counts["read"]["signal program that replaces an earlier one"] == 2


def test_delay_based_program_is_taken_as_fixed_with_a_warning(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('type="static"', 'type="delay_based"'))
    (warning,) = [each for each in found.findings if each.code == "signal-taken-as-fixed"]
    assert warning.level == "warning"
    assert "'T'" in warning.where


def test_phase_of_no_duration_is_repaired(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('duration="3" state="yyyrr"', 'duration="0" state="yyyrr"'))
    assert len(found.network.signals[0].phases) == 3
    assert found.counts["repaired"] == {"signal-phase-empty": 1}


def test_report_counts(tmp_path: Path) -> None:
    counts = imported(tmp_path, priority_net()).counts
    assert [counts["read"][each] for each in ("junction", "edge", "lane", "connection")] == [4, 6, 8, 5]
    assert counts["ignored"]["edge without a lane for cars, vans, trucks or buses"] == 1
    assert counts["inferred"]["lane closed to cars, vans, trucks and buses (keeps its index)"] == 1
    assert counts["inferred"]["lane reserved for some cars (taxi, hov ...): closed to cars"] == 1


BROKEN = {
    "length 0": ('index="0" speed="13.89" length="200"', 'index="0" speed="13.89" length="0"', "line 9: lane 'w_in_0'"),
    "negative speed": ('speed="8.33"', 'speed="-8.33"', "speed"),
    "infinite length": ('length="90"', 'length="inf"', "finite"),
    "NaN speed": ('speed="8.33"', 'speed="nan"', "finite"),
    "edge twice": ('<edge id="w_out"', '<edge id="w_in"', "second edge"),
    "bits": ('response="100111"', 'response="10x111"', "0 and 1"),
    "state letter": ("GGgrr", "GGgrX", "state"),
    "states of different width": ("yyyrr", "yyyr", "different numbers"),
    "negative duration": ('duration="30"', 'duration="-30"', "duration"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_network(case: str, tmp_path: Path) -> None:
    old, new, said = BROKEN[case]
    text = signal_net()
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises((InputError, NetworkError)) as caught:
        imported(tmp_path, broken)
    assert said in str(caught.value)
    assert caught.value.remedy


def repaired(found: Imported) -> dict[str, int]:
    return dict(found.counts["repaired"])


@pytest.mark.parametrize(("old", "new", "codes", "left"), [
    ('<lane id="w_in_0" index="0" speed="13.89" length="200"/>', "",
     {"edge-left-out": 1, "connection-left-out": 1}, {"w_out", "e_in", "e_out", "s_in", "s_out"}),
    ('from="w" to="j"', 'from="w" to="jj"',
     {"edge-left-out": 1, "connection-left-out": 1}, {"w_out", "e_in", "e_out", "s_in", "s_out"}),
])
def test_an_edge_that_cannot_be_there_is_left_out_with_its_connections(
        old: str, new: str, codes: dict[str, int], left: set[str], tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace(old, new, 1))
    assert set(found.network.links) == left
    assert repaired(found) == codes


@pytest.mark.parametrize(("old", "new"), [
    ('from="w_in" to="e_out"', 'from="w_in" to="nowhere"'), ('from="w_in" to="e_out"', 'from="w_in" to="s_in"'),
    ('fromLane="0" toLane="0" via=":j_0_0"', 'fromLane="7" toLane="0" via=":j_0_0"'),
])
def test_a_connection_to_nowhere_is_left_out(old: str, new: str, tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace(old, new, 1))
    assert "w_in>e_out" not in by_ends(found.network.connections)
    assert repaired(found) == {"connection-left-out": 1}
    whole = by_ends(imported(tmp_path, signal_net()).network.connections)
    assert whole.keys() - by_ends(found.network.connections).keys() == {"w_in>e_out"}


def test_a_lane_that_the_numbering_skips_is_closed(tmp_path: Path) -> None:
    lane = '<lane id="e_in_1" index="1" disallow="tram" speed="13.89" length="199.0"/>'
    found = imported(tmp_path, signal_net().replace(lane, ""))
    assert found.network.links["e_in"]["allow"] == ((), (), ("bus",))
    assert repaired(found) == {"lane-missing": 1}


def test_a_way_without_its_internal_lane_keeps_its_place_in_the_rows(tmp_path: Path) -> None:
    lane = '<lane id=":j_3_0" index="0" speed="6.0" length="8.0"/>'
    found = imported(tmp_path, signal_net().replace(lane, ""))
    movements = by_ends(found.network.connections)
    assert (movements["s_in>e_out"].length_m, movements["s_in>w_out"].length_m) == (0.0, 10.0)
    assert names(found.network.connections, movements["s_in>e_out"].yields_to) == {"w_in>e_out"}
    assert repaired(found) == {"internal-lane-missing": 1}


def test_rows_that_do_not_fit_leave_right_of_way_to_the_states(tmp_path: Path) -> None:
    """Without internal lanes the rows are told apart by number alone: with one connection less they cannot be."""
    text = "\n".join(line for line in priority_net().splitlines() if 'from=":' not in line and 'dir="r"' not in line)
    text = text.replace('intLanes=":j_0_0 :j_1_0 :j_1_1 :j_3_0 :j_5_0 :j_c0_0"', 'intLanes=""')
    for via in ("0_0", "1_0", "1_1", "3_0", "4_0"):
        text = text.replace(f'via=":j_{via}" ', "")
    found = imported(tmp_path, text)
    movements = by_ends(found.network.connections)
    assert repaired(found) == {"right-of-way-unknown": 1}
    assert names(found.network.connections, movements["s_in>w_out"].yields_to) == {"w_in>e_out", "e_in>w_out"}
    assert movements["w_in>e_out"].yields_to == ()


def test_a_signal_without_a_program_or_a_letter_is_off(tmp_path: Path) -> None:
    without = imported(tmp_path, signal_net().replace('tl="T" linkIndex="0"', 'tl="U" linkIndex="0"'))
    narrow = imported(tmp_path, signal_net().replace('linkIndex="0"', 'linkIndex="9"'))
    for found in (without, narrow):
        assert by_ends(found.network.connections)["w_in>e_out"].signal is None
        assert repaired(found) == {"signal-off": 1}
    none = imported(tmp_path, signal_net().replace('<tlLogic id="T"', '<tlLogic id="U"'))
    assert {movement.signal for movement in none.network.connections} == {None}
    assert repaired(none) == {"signal-off": 5}


def test_a_junction_of_an_unknown_type_is_a_priority_junction(tmp_path: Path) -> None:
    found = imported(tmp_path, priority_net().replace('type="priority"', 'type="magic"'))
    assert found.network.graph.nodes["j"]["control"] == "priority"
    assert repaired(found) == {"junction-type-unknown": 1}


@pytest.mark.parametrize(("following", "states", "offset_s", "lost"), [
    ((2, None, 3, 0), ["GGgrr", "rrrGG", "rrryy"], 7.0, 1), ((1, 2, 3, 1), ["yyyrr", "rrrGG", "rrryy"], 7.0, 1),
    ((1, 2, 3, 0), ["GGgrr", "yyyrr", "rrrGG", "rrryy"], 7.0, 0),
    ((9, 2, 3, 0), ["GGgrr", "yyyrr", "rrrGG", "rrryy"], 7.0, 0),
    ((0, None, None, None), ["GGgrr"], 7.0, 3),
])
def test_phases_follow_each_other_as_next_says(following: tuple[int | None, ...], states: list[str], offset_s: float,
                                               lost: int, tmp_path: Path) -> None:
    """At time 0 the third phase has been shown for 16 s, as in the order of the file; next leads on from there."""
    text = signal_net()
    for state, place in zip(("GGgrr", "yyyrr", "rrrGG", "rrryy"), following, strict=True):
        if place is not None:
            text = text.replace(f'state="{state}"', f'state="{state}" next="{place}"')
    found = imported(tmp_path, text)
    (program,) = found.network.signals
    assert [phase.state for phase in program.phases] == states
    assert program.offset_s == pytest.approx(offset_s)
    assert found.counts["repaired"].get("signal-phase-unreachable", 0) == lost


def test_a_phase_of_hours_is_several_alike(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('duration="30" state="GGgrr"', 'duration="10000" state="GGgrr"'))
    (program,) = found.network.signals
    assert [phase.state for phase in program.phases[:4]] == ["GGgrr", "GGgrr", "GGgrr", "yyyrr"]
    assert program.cycle_s == pytest.approx(10026.0)
    assert repaired(found) == {}
    for_ever = imported(tmp_path, signal_net().replace('duration="30" state="GGgrr"', 'duration="1e9" state="GGgrr"'))
    assert for_ever.network.signals[0].cycle_s == pytest.approx(86426.0)
    assert repaired(for_ever) == {"value-capped": 1}


def test_two_greens_that_cross_obey_the_right_of_way(tmp_path: Path) -> None:
    """Index 2 turns left across index 0, and yields to it in the request table: both had G."""
    found = imported(tmp_path, signal_net().replace('state="GGgrr"', 'state="GGGrr"'))
    assert found.network.signals[0].phases[0].state == "GGgrr"
    assert repaired(found) == {"conflicting-greens": 1}
    (finding,) = [one for one in found.network.findings if one.code == "conflicting-greens"]
    assert finding.where == "signal 'T', phase 0: w_in lane 0 to e_out and e_in lane 1 to s_out"


def test_repairs_stay_with_the_network(tmp_path: Path) -> None:
    found = imported(tmp_path, signal_net().replace('type="static"', 'type="delay_based"'))
    write_network(found.network, tmp_path / "a.json")
    again = read_network(tmp_path / "a.json")
    assert again.findings == found.network.findings
    assert repairs_by_code(again.findings) == {"signal-taken-as-fixed": 1}
