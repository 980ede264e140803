"""UTDF files: roads, turning volumes as flows, ring-barrier timing, and faults that are named."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

import trafficsim as ts
from tests.io.utdf_files import TEXT, edited
from trafficsim.base.errors import TrafficsimError
from trafficsim.io.formats import format_of
from trafficsim.io.imported import Imported


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "town.csv"
    path.write_text(TEXT)
    return path


def read(tmp_path: Path, text: str) -> Imported:
    path = tmp_path / "town_utdf.csv"
    path.write_text(text)
    return ts.read(path)


def states(found: Imported) -> dict[tuple[str, int, str], str]:
    program = found.network.signals[0]
    return {(one.from_link, one.from_lane, one.to_link):
            "".join(phase.state[one.signal_index or 0] for phase in program.phases)
            for one in found.network.connections if one.signal}


def test_it_is_recognised_by_its_beginning(file: Path) -> None:
    form = format_of(file)
    assert form is not None
    assert form.name == "utdf"


def test_roads(file: Path) -> None:
    network = ts.read(file).network
    assert set(network.groups) == {"2_1"}  # the storage lane
    before, after = network.links["2_1"], network.links["2_1#2"]
    assert (before["lanes"], after["lanes"]) == (2, 3)
    assert after["between_centres_m"] == pytest.approx(80.0)
    assert network.links["10_1"]["speed_limit_kmh"] == 60
    assert network.links["10_1"]["capacity_veh_h"] == 3800
    assert after["saturation_flows_veh_h"] == {"NBL": 1770, "NBT": 3500}
    assert network.graph.nodes["10"]["control"] == "dead_end"


def test_feet_and_miles(tmp_path: Path) -> None:
    link = read(tmp_path, edited("Metric,1", "Metric,0")).network.links["10_1"]
    assert link["between_centres_m"] == pytest.approx(152.4)
    assert link["speed_limit_kmh"] == pytest.approx(96.561)


def test_lane_groups_share_lanes(file: Path) -> None:
    network = ts.read(file).network
    found = {(one.from_link, one.from_lane, one.to_link) for one in network.connections}
    assert {("2_1#2", 2, "1_12"), ("2_1#2", 1, "1_10"), ("2_1#2", 0, "1_10"), ("2_1#2", 0, "1_11")} <= found
    assert {("10_1", 1, "1_11"), ("10_1", 0, "1_12")} <= found  # shared left from the inner, right from the outer lane
    assert ("10_1", 0, "1_11") not in found
    speeds = {(one.from_link, one.to_link): one.speed_limit_kmh for one in network.connections}
    assert speeds["2_1#2", "1_12"] == 25


def test_timing(file: Path) -> None:
    found = ts.read(file)
    program = found.network.signals[0]
    assert program.cycle_s == 80.0
    assert program.offset_s == pytest.approx(8.0)  # phase 2 begins at 20 s, 12 s after phase 1
    assert [phase.duration_s for phase in program.phases] == [8, 4, 30, 1, 3, 1, 1, 27, 3, 2]
    shown = states(found)
    assert shown["2_1#2", 2, "1_12"] == "Ggggyyrrrr"  # protected, then permitted
    assert shown["2_1#2", 1, "1_10"] == "GGGGyyrrrr"
    assert shown["10_1", 0, "1_2"] == "rrGyyrrrrr"
    assert shown["11_1", 0, "1_12"] == "rrrrrrrGyr"  # phase 8 waits for phase 4, which needs a second more
    assert shown["2_1#2", 0, "1_11"][-1] == "s"  # right turn on red
    assert "signal-start-contradicted" not in found.counts["repaired"]
    assert found.counts["read"]["beginning of a phase that agrees with greens and offset"] == 5


def test_a_contradicted_start_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, edited("Start,1,8,20", "Start,1,9,20"))
    assert found.counts["repaired"]["signal-start-contradicted"] == 1


@pytest.mark.parametrize(("reference", "offset_s"), [(0, 8.0), (1, 80 - 42 + 20), (2, 80 - 46 + 20), (3, 20.0)])
def test_what_offsets_refer_to(tmp_path: Path, reference: int, offset_s: float) -> None:
    """Phases 2 (from 12 s, yellow at 42, red at 46) and 6 (from 0, yellow at 43, red at 47)."""
    found = read(tmp_path, edited("Referenced To,1,0", f"Referenced To,1,{reference}"))
    assert found.network.signals[0].offset_s == pytest.approx(offset_s % 80)


def test_every_movement_gets_its_volume(file: Path) -> None:
    """Link 1_2 brings 450 as counted; link 2_1 brings 630, 650 are counted: 20 begin on it."""
    found = ts.read(file)
    turns: dict[tuple[str, str], float] = defaultdict(float)
    for flow in found.demand.flows:
        route = [link for link in flow.route if "#" not in link]
        for pair in pairwise(route):
            turns[pair] += flow.volume_veh_h
    assert turns["2_1", "1_12"] == pytest.approx(100)
    assert turns["2_1", "1_10"] == pytest.approx(500)
    assert turns["20_2", "2_1"] == pytest.approx(600)
    assert turns["10_1", "1_2"] == pytest.approx(400)
    begun = sum(flow.volume_veh_h for flow in found.demand.flows if flow.route[0] == "2_1")
    assert begun == pytest.approx(20)
    assert found.counts["repaired"]["volume-unbalanced"] == 1
    assert found.demand.flows[0].vehicle_classes["truck"] == pytest.approx(0.02)


def test_more_comes_than_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, edited("Volume,2,,600,10,15,435", "Volume,2,,600,10,10,290"))
    ended = sum(flow.volume_veh_h for flow in found.demand.flows if flow.route[-1] == "1_2")
    assert ended == pytest.approx(150)


def test_adjusted_volumes(file: Path) -> None:
    plain, adjusted = (ts.read(file, volumes=kind).demand for kind in ("counted", "adjusted"))
    first, second = (sum(flow.volume_veh_h for flow in demand.flows if flow.route[0] == "10_1")
                     for demand in (plain, adjusted))
    assert second == pytest.approx(first * 1.1 / 0.8)


def test_signs(file: Path) -> None:
    network = ts.read(file).network
    assert network.links["21_2"]["priority"] == -1
    assert {one.must_stop for one in network.connections if one.from_link == "21_2"} == {True}
    assert {one.must_stop for one in network.connections if one.from_link == "20_2"} == {False}


def test_actuated_signals_react_and_keep_their_splits_as_fixed_program(tmp_path: Path) -> None:
    found = read(tmp_path, edited("Control Type,1,0", "Control Type,1,3"))
    assert found.network.signals[0].cycle_s == 80.0
    assert found.network.graph.nodes["1"]["ring_barrier"]["phases"][0]["min_green_s"] == 5
    (control,) = found.network.controls
    assert (control.id, control.method, control.cycle_s) == ("1", "coordinated", 80.0)
    assert found.counts["read"]["signal controller that reacts (coordinated)"] == 1
    assert read(tmp_path, edited("Control Type,1,0", "Control Type,1,0")).network.controls == ()
    (free,) = read(tmp_path, edited("Control Type,1,0", "Control Type,1,1")).network.controls
    assert (free.method, free.cycle_s, {one.split_s for one in free.phases}) == ("actuated", None, {None})


REPAIRS = {
    "movement-without-lane": edited("Shared,1,0,2,,,3", "Shared,1,0,0,,,3"),
    "lanes-contradicted": edited("Lanes,1,3,2,1,1", "Lanes,1,5,2,1,1"),
    "edge-left-out": edited("Up ID,12,,,,1", "Up ID,12,,,,77"),
    "length-contradicted": edited("Distance,10,500", "Distance,10,5"),
    "signal-cycle-fitted": edited("Cycle Length,1,80", "Cycle Length,1,70"),
    "signal-without-barrier": edited("BRP,1,111,112,211,212,121,122,221,222\n", ""),
}


@pytest.mark.parametrize("code", REPAIRS)
def test_contradictions_are_repaired_by_a_rule(tmp_path: Path, code: str) -> None:
    found = read(tmp_path, REPAIRS[code])
    assert found.counts["repaired"].get(code), found.counts["repaired"]
    assert any(one.code == code for one in found.network.findings)


def test_windows_code_page(tmp_path: Path) -> None:
    path = tmp_path / "utdf.csv"
    path.write_bytes(TEXT.replace("Main", "Ca\u00f1on").encode("cp1252"))
    assert ts.read(path).network.links["10_1"]["name"] == "Ca\u00f1on"


BAD = {
    "no nodes": (TEXT.replace("[Nodes]", "[Knoten]"), "no section [Nodes]"),
    "no links": (TEXT.replace("[Links]", "[Roads]"), "no section [Links]"),
    "section twice": (TEXT.replace("[Timeplans]", "[Lanes]"), "a second time"),
    "empty": ("[Network]\n", "no section"),
    "type": (edited("1,0,0,0,0,Centre", "1,9,0,0,0,Centre"), "type 9"),
    "place": (edited("1,0,0,0,0,Centre", "1,0,x,0,0,Centre"), "TYPE, X and Y"),
    "node twice": (edited("2,3,0,-400", "1,3,0,-400"), "INTID"),
    "speed": (edited("Speed,1,60", "Speed,1,fast"), "'fast'"),
    "negative volume": (edited("Volume,1,100", "Volume,1,-100"), "'-100'"),
    "negative lanes": (edited("Lanes,1,1,2", "Lanes,1,-1,2"), "'-1'"),
    "reference": (edited("Referenced To,1,0", "Referenced To,1,8"), "8"),
    "place of phases": (edited("111,112", "111,111"), "the same place"),
    "no phase header": (TEXT.replace("RECORDNAME,INTID,D1", "A,B,D1"), "no row of column names"),
    "record twice": (edited("Offset,1,20", "Offset,1,20\nOffset,1,30"), "a second time"),
    "no link": (re.sub(r"Up ID,\d+.*\n", "", TEXT), "no link"),
}


@pytest.mark.parametrize("case", BAD)
def test_faults_are_one_message(tmp_path: Path, case: str) -> None:
    text, named = BAD[case]
    with pytest.raises(TrafficsimError) as raised:
        read(tmp_path, text)
    assert named in str(raised.value)
    assert "Remedy: " in str(raised.value)
