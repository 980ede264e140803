"""GMNS folders: what is read, inferred and repaired, timing in rings, and faults that are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.io.gmns_files import DEMAND, FILES, TWO_PLANS, edited, write_files
from tests.support.real_data import data_folder
from trafficsim.base.errors import TrafficsimError
from trafficsim.cli import app
from trafficsim.io.formats import format_of
from trafficsim.io.gmns.day_plans import plan_time
from trafficsim.io.gmns.tables import Folder, Row
from trafficsim.io.gmns.uses import UseTable
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.spec.network import Network
from trafficsim.spec.vehicles import KINDS


def program_of(found: Imported, name: str = "1") -> list[tuple[float, str]]:
    program = next(one for one in found.network.signals if one.id == name)
    return [(phase.duration_s, phase.state) for phase in program.phases]


def connections(network: Network) -> set[tuple[str, int, str, int]]:
    return {(one.from_link, one.from_lane, one.to_link, one.to_lane) for one in network.connections}


def test_roads_have_the_units_of_config(tmp_path: Path) -> None:
    network = ts.read(write_files(tmp_path)).network
    assert len(network.graph) == 6  # five, and the one where the pocket begins
    link = network.links["in2"]
    assert link["between_centres_m"] == pytest.approx(500.0, abs=0.01)
    assert link["speed_limit_kmh"] == pytest.approx(48.28, abs=0.01)
    assert link["planning_capacity_veh_h"] == 900  # that of the greens is not known beforehand
    assert link["origins"]["lanes"].startswith("read: ")


@pytest.mark.parametrize("ctrl_type", ["signal", ""])
def test_capacity_of_a_link_into_a_signal_is_left_to_its_greens(tmp_path: Path, ctrl_type: str) -> None:
    """Also before a pocket, and where the timing alone says that there is a signal."""
    links = ts.read(write_files(tmp_path, **edited("node", "signal", ctrl_type))).network.links
    left = {link for link, one in links.items() if one["capacity_veh_h"] is None}
    assert left == {"in2", "in3", "in4", "in4#2", "in5"}
    assert links["out2"]["capacity_veh_h"] == 900


def test_a_turn_lane_cuts_its_link_where_it_begins(tmp_path: Path) -> None:
    network = ts.read(write_files(tmp_path)).network
    assert network.groups == {"in4": ("in4", "in4#2")}
    before, after = network.links["in4"], network.links["in4#2"]
    assert (before["lanes"], after["lanes"]) == (1, 2)
    assert before["between_centres_m"] == pytest.approx(400.0, abs=0.1)
    assert {("in4", 0, "in4#2", 0), ("in4", 0, "in4#2", 1)} <= connections(network)
    assert after["geometry"][0] == pytest.approx((0.0, -100.0), abs=0.1)


def test_stated_movements_are_the_only_ones(tmp_path: Path) -> None:
    network = ts.read(write_files(tmp_path)).network
    at_signal = {key for key in connections(network) if "#2" not in key[2]}
    assert at_signal == {
        ("in2", 0, "out4", 0), ("in2", 0, "out5", 0), ("in2", 0, "out3", 0), ("in4#2", 0, "out2", 0),
        ("in4#2", 0, "out3", 0), ("in4#2", 1, "out5", 0), ("in3", 0, "out5", 0), ("in5", 0, "out3", 0)}
    assert {one.turn for one in network.connections if one.to_link == "out5" and one.from_link == "in4#2"} == {"left"}


def test_movements_are_inferred_where_none_is_stated(tmp_path: Path) -> None:
    network = ts.read(write_files(tmp_path, movement=None, signal_phase_mvmt=None)).network
    assert ("in3", 0, "out2", 0) in connections(network)


def test_rings_become_a_program(tmp_path: Path) -> None:
    found = ts.read(write_files(tmp_path))
    program = found.network.signals[0]
    assert program.cycle_s == 80.0
    order = [(one.from_link, one.to_link) for one in found.network.connections if one.signal == "1"]
    states = {key: "".join(state[place] for _, state in program_of(found)) for place, key in enumerate(order)}
    # Phase 1, 6 (10 + 3 + 1 s), then 2 and 6 (30 + 3 + 2), then 4 and 8 (26 + 3 + 2).
    assert [duration for duration, _ in program_of(found)] == [10, 4, 30, 3, 2, 26, 3, 2]
    assert states["in4#2", "out5"] == "Gggyrrrr"
    assert states["in4#2", "out2"] == "GGGyrrrr"
    assert states["in2", "out4"] == "rrGyrrrr"
    assert states["in3", "out5"] == "rrrrrGyr"
    assert program.offset_s == pytest.approx((10 - 14) % 80)  # phase 2 begins at 10 s


def test_ring_parameters_stay_with_the_node(tmp_path: Path) -> None:
    node = ts.read(write_files(tmp_path)).network.graph.nodes["1"]
    phase = node["ring_barrier"]["phases"][1]
    assert (phase["number"], phase["min_green_s"], phase["max_green_s"], phase["extension_s"]) == (2, 10, 30, 2)
    assert {"protected": [1], "permitted": [6]} in node["ring_barrier_movements"]


def test_plans_by_time_of_day(tmp_path: Path) -> None:
    network = ts.read(write_files(tmp_path, **TWO_PLANS)).network
    schedule = network.schedules[0]
    assert [(one.time_s, one.program, len(one.weekdays)) for one in schedule.switches] == [
        (0.0, "8", 0), (21600.0, "7", 5), (32400.0, "8", 5)]
    assert [(one.name, one.cycle_s) for one in schedule.programs] == [("7", 80.0), ("8", 60.0)]
    assert schedule.program_at(7 * 3600, "mon").cycle_s == 80.0
    assert schedule.program_at(7 * 3600, "sun").cycle_s == 60.0
    assert network.signals[0].cycle_s == 80.0  # the first with a cycle, where nobody asks for the time


@pytest.mark.parametrize(("text", "days", "begin_s"), [
    ("01111100_06:00_09:00", ("mon", "tue", "wed", "thu", "fri"), 21600.0), ("11111111_0000_2400", 7, 0.0),
    ("000000100_11:00_18:00", ("sat",), 39600.0), ("00:00_15:00", 7, 0.0)])
def test_times_of_plans(text: str, days: tuple[str, ...] | int, begin_s: float) -> None:
    found = plan_time(Row("", {"timing_plan_id": "1", "time_day": text}), Ledger("gmns"))
    assert found is not None
    assert (len(found.weekdays) if isinstance(days, int) else found.weekdays) == days
    assert found.begin_s == begin_s


@pytest.mark.parametrize("text", ["", "daily", "00000000_06:00_09:00", "11111111_09:00_06:00", "11111111_29:00_30:00"])
def test_times_that_cannot_be_read_are_told(text: str) -> None:
    ledger = Ledger("gmns")
    assert plan_time(Row("", {"time_day": text}), ledger) is None
    assert bool(ledger.counts()["ignored"]) == bool(text)


def test_detectors_stand_before_the_stop_line(tmp_path: Path) -> None:
    table = ("detector_id,controller_id,signal_phase_num,link_id,start_lane,end_lane,ref_node_id,det_zone_lr\n"
             "1,1,2,in4,-1,1,1,-20\n2,1,2,in2,1,,1,-40\n3,1,2,in2,7,,1,-40\n4,1,2,walk,1,,1,-40\n")
    found = ts.read(write_files(tmp_path, signal_detector=table))
    length_m = found.network.links["in4#2"]["length_m"]
    assert [(one.id, one.link, one.lane) for one in found.detectors] == [
        ("1 lane -1", "in4#2", 1), ("1 lane 1", "in4#2", 0), ("2", "in2", 0)]
    assert found.detectors[0].position_m == pytest.approx(length_m - 20 * 0.3048, abs=0.01)
    assert found.counts["repaired"]["detector-left-out"] == 1


def test_lanes_listed_from_the_nearside_tell_how_many_there_are(tmp_path: Path) -> None:
    movement = ("mvmt_id,node_id,ib_link_id,ib_lane_indices,ob_link_id,ob_lane_indices,type\n"
                '1,1,in2,"0,1",out4,"0,1",thru\n2,1,in2,2,out3,0,left\n')
    link = FILES["link"].replace("900,30,1,auto", "900,30,,auto")
    found = ts.read(write_files(tmp_path, link=link, movement=movement, signal_phase_mvmt=None))
    assert found.network.links["in2"]["lanes"] == 3
    assert {("in2", 0, "out4", 0), ("in2", 1, "out4", 1), ("in2", 2, "out3", 0)} <= connections(found.network)


def test_more_lanes_than_there_are_is_told(tmp_path: Path) -> None:
    found = ts.read(write_files(tmp_path, **edited("movement", "1,1,in2,1,,", "1,1,in2,1,99,")))
    assert found.counts["repaired"]["movement-left-out"] == 1


@pytest.mark.parametrize(("text", "phases"), [("2", (2,)), ('"2, 6"', (2, 6)), ("206", (2, 6)), ("2;6", (2, 6))])
def test_coordinated_phases(tmp_path: Path, text: str, phases: tuple[int, ...]) -> None:
    network = ts.read(write_files(tmp_path, **edited("signal_coordination", "1,7,1,2,", f"1,7,1,{text},"))).network
    assert tuple(network.graph.nodes["1"]["ring_barrier"]["coordinated"]) == phases


def test_columns_that_are_not_read_are_told(tmp_path: Path) -> None:
    link = FILES["link"].replace("allowed_uses\n", "allowed_uses,priority\n").replace("auto\nin3", "auto,7\nin3")
    assert ts.read(write_files(tmp_path, link=link)).counts["ignored"]["column priority of links"] == 1


def test_matrix_and_zones(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "town")
    (tmp_path / "demand.csv").write_text(DEMAND)
    found = ts.read(folder, demand=tmp_path / "demand.csv")
    assert found.matrix is not None
    assert found.matrix.total == 380.0
    zone = next(one for one in found.zones if one.id == "40")
    assert (zone.origins, zone.destinations) == (("in4",), ("out4",))


def test_trips_of_unknown_zones_are_told(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "town")
    (tmp_path / "demand.csv").write_text(DEMAND + "99,20,7\n")
    found = ts.read(folder, demand=tmp_path / "demand.csv")
    assert [(one.name, one.vehicles) for one in found.unserved] == [("99>20", 7.0)]
    assert "zone '99'" in found.unserved[0].reason


@pytest.mark.parametrize("target", ["", "node.csv", "link.csv"])
def test_a_folder_is_recognised(tmp_path: Path, target: str) -> None:
    form = format_of(write_files(tmp_path) / target)
    assert form is not None
    assert form.name == "gmns"


def test_import_makes_a_scenario_that_runs(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "town")
    (tmp_path / "demand.csv").write_text(DEMAND)
    done = CliRunner().invoke(app, ["import", "gmns", str(folder), "--demand", str(tmp_path / "demand.csv"), "--out",
                                    str(tmp_path / "town.toml")])
    assert done.exit_code == 0, done.output
    assert "signal controller with ring-barrier timing" in done.output
    scenario = ts.load(tmp_path / "town.toml")
    assert ts.build(scenario).network.signals[0].cycle_s == 80.0


REPAIRS = {
    "length-unit": edited("link", "in2,Main,2,1,1,0.310686", "in2,Main,2,1,1,1640.42") | {
        "link": FILES["link"].replace("0.310686", "1640.42")},
    "length-contradicted": edited("link", "in2,Main,2,1,1,0.310686", "in2,Main,2,1,1,0.05"),
    "edge-left-out": edited("link", "out3,Side,1,3", "out3,Side,1,33"),
    "movement-left-out": edited("movement", "8,1,in5,1", "8,1,in55,1"),
    "segment-left-out": edited("segment", "1312.34,1640.42", "1700,1800"),
    "segment-lanes": edited("segment", "1640.42,1,0", "1640.42,2,0"),
    "signal-split-includes-clearance": {"signal_timing_phase": FILES["signal_timing_phase"].replace(
        "71,7,1,5,10,", "71,7,1,5,14,").replace(",30,2,5", ",35,2,5").replace(",26,2,5", ",31,2,5").replace(
        ",44,2,5", ",49,2,5")},
    "signal-rings": {"signal_timing_phase": FILES["signal_timing_phase"].replace(",5,1,2,1", ",5,2,1,2").replace(
        "76,7,6,10,44,2,5,2,1,1", "76,7,6,10,44,2,5,1,2,1")},
    "signal-cycle-fitted": edited("signal_timing_plan", ",80", ",75"),
    "signal-without-barrier": edited("signal_timing_phase", "26,2,5,1,2,1\n76", "26,2,5,,,\n76"),
    "geometry-reversed": {"link": FILES["link"].replace("lanes,allowed_uses", "lanes,allowed_uses,geometry").replace(
        "in2,Main,2,1,1,0.310686,arterial,900,30,1,auto",
        'in2,Main,2,1,1,0.310686,arterial,900,30,1,auto,"LINESTRING (0 0, 0 500)"')},
}


@pytest.mark.parametrize("code", REPAIRS)
def test_contradictions_are_repaired_by_a_rule(tmp_path: Path, code: str) -> None:
    found = ts.read(write_files(tmp_path, **REPAIRS[code]))
    assert found.counts["repaired"].get(code), found.counts
    assert any(one.code == code for one in found.network.findings)
    if code != "signal-without-barrier":
        assert abs(found.network.signals[0].cycle_s - (75 if code == "signal-cycle-fitted" else 80)) < 0.2


def test_an_undirected_link_leads_to_its_signal_too(tmp_path: Path) -> None:
    found = ts.read(write_files(tmp_path, **edited("link", "out3,Side,1,3,1,", "both,Side,1,3,0,")))
    assert found.network.links["-both"]["to"] == "1"
    assert found.network.signals[0].cycle_s == 80.0


def test_units_are_inferred_without_config(tmp_path: Path) -> None:
    found = ts.read(write_files(tmp_path, config=None))
    assert found.network.links["in2"]["between_centres_m"] == pytest.approx(500.0, abs=0.1)
    assert any("unit of lengths" in thing for thing in found.counts["inferred"])


def test_windows_code_page_is_read_and_told(tmp_path: Path) -> None:
    folder = write_files(tmp_path)
    (folder / "link.csv").write_bytes(FILES["link"].replace("Main", "Bahnhofstra\u00dfe").encode("cp1252"))
    found = ts.read(folder)
    assert found.network.links["in2"]["name"] == "Bahnhofstra\u00dfe"
    assert found.counts["repaired"]["text-not-utf8"] == 1


def test_uses_and_their_groups(tmp_path: Path) -> None:
    (tmp_path / "use_group.csv").write_text('use_group,uses\nhgv,"truck, heavy"\nheavy,"heavy, hgv"\n')
    table = UseTable(Folder(tmp_path, Ledger("gmns")))
    assert table.kinds("BIKE, walk") == ()
    assert table.kinds("") == KINDS
    assert table.kinds("hgv") == ("van", "truck")  # groups within each other end
    assert table.kinds("sov; bus") == ("car", "bus", "motorcycle")


BAD = {
    "no node id": (edited("node", "node_id,", "id,"), "no column 'node_id'"),
    "no node table": ({"node": None}, "no node.csv"),
    "unknown unit": (edited("config", "foot,mile", "foot,furlong"), "'furlong'"),
    "unknown speed": (edited("config", "mph", "knots"), "'knots'"),
    "negative lanes": (edited("link", "900,30,1,auto", "900,30,-1,auto"), "'-1'"),
    "half a lane": (edited("link", "900,30,1,auto", "900,30,1.5,auto"), "1.5"),
    "speed of words": (edited("link", "900,30,1,auto", "900,walk,1,auto"), "'walk'"),
    "endless length": (edited("link", "0.310686", "inf"), "'inf'"),
    "two nodes": (edited("node", "3,east", "2,east"), "node_id"),
    "two links": (edited("link", "in3,Side", "in2,Side"), "link_id"),
    "empty table": ({"link": "\n"}, "empty file"),
    "header alone": ({"link": FILES["link"].partition("\n")[0] + "\n"}, "no row in the table link"),
    "another table": ({"link": "colour\nred\n"}, "no column 'link_id'"),
    "phase twice": (edited("signal_timing_phase", "72,7,2,", "72,7,1,"), "a second time"),
    "plan unknown": (edited("signal_timing_phase", "71,7,1", "71,8,1"), "plan"),
    "reference unknown": (edited("signal_coordination", "begin_of_green", "whenever"), "'whenever'"),
    "no lane for vehicles": ({"link": FILES["link"].replace("auto", "bike")}, "no link for cars"),
    "area as a line": ({"link": FILES["link"].replace("allowed_uses", "allowed_uses,geometry").replace(
        "1,auto\nin3", '1,auto,POINT (0 0)\nin3')}, "LINESTRING"),
    "undirected by words": (edited("link", "2,1,1,", "2,1,maybe,"), "'maybe'"),
    "lane of words": ({"movement": "node_id,ib_link_id,ob_link_id,ib_lane_indices\n1,in2,out4,--3\n"}, "'--3'"),
    "binary": ({"link": "\x00\x01\x02,\x81"}, "column"),
}


@pytest.mark.parametrize("case", BAD)
def test_faults_are_one_message(tmp_path: Path, case: str) -> None:
    changes, named = BAD[case]
    with pytest.raises(TrafficsimError) as raised:
        ts.read(write_files(tmp_path, **changes), format="gmns")
    assert named in str(raised.value)
    assert "Remedy: " in str(raised.value)


@pytest.mark.parametrize("rows", ["o_zone_id,d_zone_id,volume\n", "a,b\n1,2\n", DEMAND + "20,40,-3\n",
                                  "o_zone_id,d_zone_id,volume\n77,88,5\n"])
def test_faults_of_a_matrix(tmp_path: Path, rows: str) -> None:
    (tmp_path / "demand.csv").write_text(rows)
    with pytest.raises(TrafficsimError, match="Remedy"):
        ts.read(write_files(tmp_path / "town"), demand=tmp_path / "demand.csv")


def test_examples_of_the_specification() -> None:
    """Arlington, Cambridge and a freeway interchange: counted by hand from their tables."""
    folder = data_folder() / "gmns"
    arlington = ts.read(folder / "Arlington_Signals")
    assert len(arlington.network.links) == 15  # ten links for vehicles; pockets cut four of them
    assert [one.cycle_s for one in arlington.network.signals] == [120.0, 120.0]
    assert arlington.network.signals[1].offset_s == 104.0
    assert arlington.counts["repaired"]["signal-rings"] == 3  # of plans 1 to 3: those of plan 0 fill their cycles
    offsets = {one.name: (one.cycle_s, one.offset_s) for one in arlington.network.schedules[1].programs}
    assert [offsets[plan] for plan in "123"] == [(120.0, 104.0), (120.0, 97.0), (110.0, 89.0)]
    cambridge = ts.read(folder / "Cambridge_Intersection")
    assert next(one for one in cambridge.network.signals if one.id == "11").cycle_s == 90.0
    freeway = ts.read(folder / "Freeway_Interchange")
    assert freeway.network.links["578608"]["between_centres_m"] == pytest.approx(2973.0 * 0.3048, abs=0.1)
