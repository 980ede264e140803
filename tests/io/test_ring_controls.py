"""Timing tables of real signals become controls: Synchro's file of a corridor, and a GMNS folder with detectors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trafficsim as ts
from trafficsim.io.gmns.writer import write_gmns
from trafficsim.io.imported import Imported
from trafficsim.io.network_file import read_network, write_network
from trafficsim.spec.check import check

CORRIDOR = ("39", "75", "78", "80", "82", "84", "87", "98")


def errors(found: Imported) -> list[str]:
    """Return what is wrong with a network that was read."""
    return [f"{one.where}: {one.message}" for one in check(found.network) if one.level == "error"]


@pytest.fixture
def coordinated(real_data: Path, tmp_path: Path) -> Imported:
    """The corridor, whose signals are pretimed, with the kind of its signals set to actuated-coordinated."""
    text = (real_data / "utdf_bullhead" / "UTDF.csv").read_text()
    file = tmp_path / "corridor.csv"
    file.write_text(re.sub(r"(Control Type,\d+),0", r"\1,3", text))
    return ts.read(file)


def test_pretimed_signals_of_the_corridor_do_not_react(real_data: Path) -> None:
    assert ts.read(real_data / "utdf_bullhead" / "UTDF.csv").network.controls == ()


def test_all_signals_of_the_corridor_become_coordinated_controls(coordinated: Imported) -> None:
    assert tuple(one.id for one in coordinated.network.controls) == CORRIDOR
    assert errors(coordinated) == []
    programs = {one.id: one for one in coordinated.network.signals}
    for control in coordinated.network.controls:
        assert control.method == "coordinated"
        assert control.cycle_s == pytest.approx(programs[control.id].cycle_s)
        assert {one.number for one in control.phases if one.coordinated} == {2, 6}
        assert control.reference == "last_begin_of_green"


def test_limits_of_a_phase_are_those_of_the_file(coordinated: Imported) -> None:
    """Junction 39, phase 4: green 6 to 18, VehExt 3, Yellow 3.6, AllRed 2.3, Walk 7, DontWalk 11, recall 3."""
    control = coordinated.network.controls[0]
    phase = next(one for one in control.phases if one.number == 4)
    assert (phase.min_green_s, phase.max_green_s, phase.extension_s, phase.min_gap_s) == (6, 18, 3, 3)
    assert (phase.yellow_s, phase.red_clearance_s, phase.walk_s, phase.ped_clearance_s) == (3.6, 2.3, 7, 11)
    assert (phase.recall, phase.dual_entry, phase.split_s) == ("max", True, 23.9)
    assert (phase.ring, phase.barrier, phase.position) == (1, 2, 2)
    assert control.offset_s == 54.5


def test_detectors_of_lane_groups_lie_in_each_of_their_lanes(coordinated: Imported) -> None:
    """Northbound at 39: a zone of 20 ft at the line of the left turn; 6 ft at the line and 94 ft before it, through."""
    found = {one.id: one for one in coordinated.network.controls[0].detectors}
    left, through = found["39 NBL 1 lane 2"], found["39 NBT 2 lane 1"]
    assert (left.distance_m, left.length_m, left.phases) == (0.0, pytest.approx(6.096), (5,))
    assert (through.distance_m, through.length_m, through.phases) == (
        pytest.approx(28.651, abs=1e-3), pytest.approx(1.829, abs=1e-3), (2,))


@pytest.fixture
def arlington(real_data: Path) -> Imported:
    return ts.read(real_data / "gmns" / "Arlington_Signals")


def test_a_plan_with_extensions_reacts_within_its_cycle(arlington: Imported) -> None:
    (control,) = arlington.network.controls
    assert (control.id, control.method, control.cycle_s, len(control.detectors)) == ("6", "coordinated", 120.0, 14)
    assert errors(arlington) == []
    limits = {one.number: (one.min_green_s, one.max_green_s, one.extension_s) for one in control.phases}
    assert limits[2] == (8.0, 30.0, 3.0), "the minimum of the plan without a cycle, for this one states its splits"
    assert [(one.begin_s, one.cycle_s, one.splits_s[2]) for one in control.plans] == [
        (21600.0, 120.0, 37.0), (54000.0, 120.0, 36.0)]


def test_a_phase_without_a_detector_is_served_for_its_maximum(arlington: Imported) -> None:
    recalls = {one.number: one.recall for one in arlington.network.controls[0].phases}
    assert recalls == {**dict.fromkeys(range(1, 8), "none"), 8: "max"}
    assert arlington.counts["inferred"]["maximum recall of a phase that no detector calls"] == 1


@pytest.mark.parametrize("form", ["gmns", "network"])
def test_controls_are_written_and_read_back(form: str, arlington: Imported, tmp_path: Path) -> None:
    if form == "gmns":
        write_gmns(arlington.network, tmp_path / "out")
        again = ts.read(tmp_path / "out").network
    else:
        write_network(arlington.network, tmp_path / "a.json")
        again = read_network(tmp_path / "a.json")
    assert again.controls == arlington.network.controls
    assert again.signals == arlington.network.signals
