"""Controls of signals that cannot be, through the real command line: one message, status 2, nothing written or lost."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, Answer
from tests.cli.test_bad_input import assert_refused
from tests.io.sumo_files import PROGRAM, signal_net
from tests.io.test_sumo_loops import LOGIC as ACTUATED
from tests.io.test_sumo_nema import LOGIC as NEMA
from trafficsim.io.network_file import write_network
from trafficsim.io.toml import dump_toml

Part = dict[str, Any]
SIGNAL = "centre"
STAGES: Part = {
    "id": SIGNAL, "method": "actuated",
    "phases": [{"number": 1, "green": "GGrr", "position": 1, "min_green_s": 6.0, "max_green_s": 40.0},
               {"number": 2, "green": "rrGG", "position": 2, "min_green_s": 6.0, "max_green_s": 30.0}],
    "detectors": [{"id": "d1", "link": "main_in", "lane": 0, "distance_m": 30.0},
                  {"id": "d2", "link": "side_in", "lane": 0, "distance_m": 30.0}],
}
RINGS: Part = {
    "id": SIGNAL, "method": "coordinated", "cycle_s": 60.0, "offset_s": 5.0,
    "phases": [{"number": 2, "green": "GGrr", "ring": 1, "barrier": 1, "split_s": 35.0, "coordinated": True},
               {"number": 4, "green": "rrGG", "ring": 1, "barrier": 2, "split_s": 25.0},
               {"number": 6, "green": "GGrr", "ring": 2, "barrier": 1, "split_s": 35.0},
               {"number": 8, "green": "rrGG", "ring": 2, "barrier": 2, "split_s": 25.0}],
}
FIRST, SECOND = ("phases", 0), ("phases", 1)
GONE = object()
"""Stands for a key that is left out."""
BROKEN: dict[str, tuple[Part, dict[tuple[str | int, ...], Any], tuple[str, ...]]] = {
    "conflicting stages": (STAGES, {(*FIRST, "green"): "GGGr"}, ("phase 1", "signal indices 0 and 2", "cross")),
    "conflicting phases of two rings": (
        RINGS, {("phases", 2, "green"): "rrGG"}, ("phase 2 beside phase 6", "same barrier", "which cross")),
    "a ring without a barrier of the others": (
        RINGS, {("phases", 2, "barrier"): 3, ("phases", 3, "barrier"): 4}, ("'centre': ring 1", "at no barrier")),
    "a barrier that is none": (RINGS, {("phases", 0, "barrier"): 0}, ("phases[0].barrier", "0")),
    "two phases at one place": (STAGES, {(*SECOND, "position"): 1}, ("'centre': two phases at the place",)),
    "two phases of one number": (STAGES, {(*SECOND, "number"): 1}, ("'centre': two phases 1",)),
    "no phases": (STAGES, {("phases",): GONE}, ("controls[0].phases", "'centre'", "add phases")),
    "a maximum under the minimum": (STAGES, {(*FIRST, "max_green_s"): 4.0}, ("max_green_s 4", "min_green_s 6")),
    "a green of no length": (STAGES, {(*FIRST, "min_green_s"): 0.0}, ("phases[0].min_green_s", "greater than 0")),
    "a green to nobody": (STAGES, {(*FIRST, "green"): "rrrr"}, ("'rrrr'", "nobody")),
    "yellow in a stage": (STAGES, {(*FIRST, "green"): "GyrR"}, ("phases[0].green", "'GyrR'")),
    "yellow that is written as a stage": (STAGES, {(*FIRST, "green"): "Gyrr"}, ("yellow", "yellow_s")),
    "too few letters": (
        STAGES, {(*FIRST, "green"): "GG", (*SECOND, "green"): "rG"}, ("'centre': phase 1", "2 letters", "has 4")),
    "an intergreen to itself": (STAGES, {("intergreens",): [{"before": 1, "after": 1, "time_s": 5.0}]}, (
        "'centre': an intergreen from signal index 1 to itself", "two indices")),
    "phases of different widths": (STAGES, {(*FIRST, "green"): "GG"}, ("different numbers of letters",)),
    "a walk longer than the greatest green": (
        STAGES, {(*FIRST, "walk_s"): 20.0, (*FIRST, "ped_clearance_s"): 25.0}, ("phase 1", "45 s", "40 s", "shorten")),
    "a recall of pedestrians who do not walk": (STAGES, {(*FIRST, "recall"): "pedestrian"}, ("without walk_s",)),
    "an unknown recall": (STAGES, {(*FIRST, "recall"): "soft"}, ("phases[0].recall", "'soft'", "'min'")),
    "a gap that grows": (STAGES, {(*FIRST, "min_gap_s"): 5.0}, ("min_gap_s 5 is over extension_s 3",)),
    "a detector on no lane": (STAGES, {("detectors", 0, "lane"): 3}, ("detector 'd1'", "lane 3", "lanes 0 to 0")),
    "a detector beyond its link": (
        STAGES, {("detectors", 0, "distance_m"): 400.0}, ("detector 'd1'", "400 m", "has 300 m", "distance_m")),
    "a detector on an unknown link": (STAGES, {("detectors", 0, "link"): "moon"}, ("detector 'd1'", "'moon'")),
    "a detector behind the signal": (
        STAGES, {("detectors", 0, "link"): "main_out"}, ("detector 'd1'", "does not lead to the signal", "phases")),
    "a detector for an unknown phase": (
        STAGES, {("detectors", 0, "phases"): [7]}, ("'centre': there is no phase 7", "it has 1, 2")),
    "two detectors of one name": (STAGES, {("detectors", 1, "id"): "d1"}, ("'centre': two detectors 'd1'",)),
    "an unknown fault": (STAGES, {("detectors", 0, "fault"): "asleep"}, ("detectors[0].fault", "'asleep'", "stuck_on")),
    "a negative intergreen": (
        STAGES, {("intergreens",): [{"before": 0, "after": 2, "time_s": -1.0}]}, ("intergreens[0].time_s", "-1.0")),
    "a missing intergreen": (
        STAGES, {("intergreens",): [{"before": 0, "after": 2, "time_s": 5.0}]}, ("no intergreen from", "cross")),
    "an intergreen of an unknown index": (
        STAGES, {("intergreens",): [{"before": 0, "after": 9, "time_s": 5.0}]}, ("signal index 9", "there are 4")),
    "coordinated without a coordinated phase": (
        RINGS, {(*FIRST, "coordinated"): False}, ("'centre': coordinated without a coordinated phase",)),
    "coordinated without splits": (RINGS, {(*SECOND, "split_s"): GONE}, ("no split_s for phase 4", "give every phase")),
    "a cycle of no length": (RINGS, {("cycle_s",): 0.0}, ("controls[0].cycle_s", "'centre'", "greater than 0")),
    "splits that do not add up": (RINGS, {("cycle_s",): 70.0}, ("splits need 60 s", "70", "correct the splits")),
    "a split too short for its green": (RINGS, {(*SECOND, "split_s"): 8.0}, ("split_s 8 is too short", "10 s")),
    "an offset beyond the cycle": (RINGS, {("offset_s",): 75.0}, ("'centre': offset_s", "75 s", "15 is the same")),
    "a negative offset": (RINGS, {("offset_s",): -5.0}, ("'centre': offset_s", "-5 s", "55 is the same")),
    "a plan that does not add up": (
        RINGS, {("plans",): [{"begin_s": 0.0, "cycle_s": 90.0, "splits_s": {"2": 35.0, "4": 25.0}}]},
        ("plan from 0 s", "need 60 s", "90")),
    "a plan of an unknown phase": (
        RINGS, {("plans",): [{"begin_s": 0.0, "cycle_s": 60.0, "splits_s": {"2": 35.0, "3": 25.0}}]}, ("no phase 3",)),
    "an unknown signal": (STAGES, {("id",): "nowhere"}, ("signal 'nowhere'", "does not have", "centre")),
    "an unknown method": (STAGES, {("method",): "clever"}, ("controls[0].method", "'clever'", "'max_pressure'")),
    "an unknown key": (STAGES, {(*FIRST, "max_gren_s"): 9.0}, ("max_gren_s", "did you mean 'max_green_s'")),
    "priority that nothing checks in": (
        STAGES, {("priority",): {"check_in_m": 0.0}}, ("priority.check_in_m", "greater than 0", "metres")),
    "priority by a detector that it does not take": (
        STAGES, {("priority",): {"detectors": ["bus"]}}, ("priority.detectors", "unknown key", "check_in_m")),
    "pre-emption that nothing checks in": (
        STAGES, {("preemption",): {"check_in_m": -1.0}}, ("preemption.check_in_m", "-1.0", "metres")),
    "pre-emption by a route that it does not take": (
        STAGES, {("preemption",): {"route": ["main_in", "main_out"]}}, ("preemption.route", "check_in_m")),
    "an overlap of an unknown phase": (
        STAGES, {("overlaps",): [{"indices": [0], "phases": [5]}]}, ("there is no phase 5",)),
}


def spoilt(control: Part, changes: dict[tuple[str | int, ...], Any]) -> Part:
    """Return a control with values at some places changed, or left out."""
    found = deepcopy(control)
    for (*way, last), value in changes.items():
        table: Any = found
        for step in way:
            table = table[step]
        if value is GONE:
            del table[last]
        else:
            table[last] = value
    return found


def scenario(folder: Path, *controls: Part) -> Path:
    """Write the scenario with controls."""
    file = folder / "scenario.toml"
    file.write_text(f"{SCENARIO}\n{dump_toml({'controls': list(controls)})}")
    return file


@pytest.mark.parametrize("case", BROKEN)
def test_a_control_that_cannot_be_is_refused_in_one_message(case: str, tmp_path: Path) -> None:
    control, changes, says = BROKEN[case]
    file = scenario(tmp_path, spoilt(control, changes))
    assert_refused(Answer("run", file, "--out", tmp_path / "out"), file, says)
    assert not list(tmp_path.glob("**/*.parquet"))


def test_two_controls_of_a_signal_are_refused(tmp_path: Path) -> None:
    file = scenario(tmp_path, STAGES, STAGES)
    assert_refused(Answer("run", file), file, ("signal 'centre'", "2 controls", "keep one"))


@pytest.mark.parametrize("control", [STAGES, RINGS], ids=["stages", "rings"])
def test_a_sound_control_is_taken_and_told_of(control: Part, tmp_path: Path) -> None:
    answer = Answer("check", scenario(tmp_path, control), "--json")
    assert answer.status == 0, answer.stderr
    (told,) = [one for one in json.loads(answer.stdout)["findings"] if one["code"] == "signals-react"]
    assert told["message"] == f"1 signal reacts to traffic: 1 {control['method']}"


@pytest.mark.parametrize("case", ["a maximum under the minimum", "splits that do not add up", "a detector on no lane"])
def test_controls_in_network_files_are_judged_as_well(case: str, tmp_path: Path) -> None:
    control, changes, says = BROKEN[case]
    write_network(ts.build(scenario(tmp_path, control)).network, tmp_path / "net.json")
    content = json.loads((tmp_path / "net.json").read_text())
    content["controls"] = [spoilt(control, changes)]
    (tmp_path / "net.json").write_text(json.dumps(content))
    file = tmp_path / "of_file.toml"
    head, tail = SCENARIO.split("[[network.nodes]]", 1)[0], SCENARIO[SCENARIO.index("[[demand.flows]]"):]
    file.write_text(f'{head}[network]\nfile = "net.json"\n\n{tail}')
    answer = Answer("run", file)
    assert answer.status == 2, answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "Remedy:" in answer.stderr
    assert all(part in answer.stderr for part in says), answer.stderr


LOGICS = {
    "a maximum under the minimum": (ACTUATED, 'maxDur="40"', 'maxDur="4"', "4 s under a minDur of 10 s"),
    "a detector that is not there": (ACTUATED, '<param key="max-gap" ', '<param key="w_in_0" value="gone"/><param '
                                     'key="max-gap" ', "detector 'gone', which no file holds"),
    "a gap that is no number": (ACTUATED, 'value="2.5"', 'value="short"', "param max-gap"),
    "a ring without a barrier": (NEMA, '<param key="barrierPhases" value="4,4"/>', "", "param barrierPhases"),
    "a phase that no ring has": (NEMA, 'value="1,2,0,4"', 'value="0,2,0,4"', "phase 1, which no ring has"),
}


@pytest.mark.parametrize("case", LOGICS)
def test_an_import_refuses_logics_that_cannot_be(case: str, tmp_path: Path) -> None:
    logic, old, new, says = LOGICS[case]
    assert old in logic
    file = tmp_path / "a.net.xml"
    file.write_text(signal_net().replace(PROGRAM, logic.replace(old, new, 1)))
    answer = Answer("import", "sumo", file, "--out", tmp_path / "a.toml")
    assert answer.status == 2, answer.stderr
    assert answer.stderr.count("\n") == 1
    assert says in answer.stderr
    assert "a.net.xml, line" in answer.stderr
    assert "Remedy:" in answer.stderr
    assert not (tmp_path / "a.toml").exists()


def test_an_import_says_how_many_signals_react(tmp_path: Path) -> None:
    file = tmp_path / "a.net.xml"
    file.write_text(signal_net().replace(PROGRAM, ACTUATED))
    answer = Answer("import", "sumo", file, "--out", tmp_path / "a.toml")
    assert answer.status == 0, answer.stderr
    assert "1 signal reacts to traffic: 1 actuated" in answer.stdout
