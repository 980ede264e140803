"""Detectors of a signal that fail during a run: what its phases do then, and what the user is told. Both engines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import trafficsim as ts
from tests.cli.support import Answer
from tests.cli.test_bad_control import STAGES
from tests.cli.test_bad_control import scenario as written
from tests.support.reacting_junctions import crossing, reacting
from trafficsim.report.language import load
from trafficsim.report.material import from_folder
from trafficsim.report.sections.record import record
from trafficsim.report.views import Writer
from trafficsim.results.signals import shown_greens
from trafficsim.run.result import RunResult

ENGINES = pytest.mark.parametrize("engine", ["ca", "queue"])
LEAST_S, MOST_S = 6.0, 24.0
MAIN, SIDE = ("in0", "in2"), ("in1", "in3")
KNOWN_S, SILENT_S = 600.0, 3600.0
"""A detector has failed that has reported a vehicle for 10 minutes, or none for an hour."""


def street(fault: str, seconds: float, volume_veh_h: float = 60.0, **more: Any) -> ts.Scenario:
    """A crossing whose detectors before the second stage all have a fault; everybody comes on the other street, which
    is called in every cycle."""
    network = reacting(ts.junction(), "actuated", min_green_s=LEAST_S, max_green_s=MOST_S)
    (control,) = network.controls
    first, second = control.phases
    detectors = tuple(one.model_copy(update={"fault": fault}) if one.link in SIDE else one for one in control.detectors)
    phases = (first.model_copy(update={"recall": "min"}), second)
    changed = control.model_copy(update={"phases": phases, "detectors": detectors, **more})
    whole = crossing(volume_veh_h, seconds, replace(network, controls=(changed,)))
    return whole.model_copy(update={"demand": ts.Demand(flows=tuple(
        one for one in whole.demand.flows if one.origin in MAIN))})


def side_greens(result: RunResult, until_s: float = 1e9, since_s: float = 0.0) -> list[float]:
    """Whole greens of the second stage between two times, in s."""
    indices = sorted({one.signal_index or 0 for one in ts.junction().connections if one.from_link in SIDE})
    spans = shown_greens(result.signals_shown, "centre", indices, (0.0, until_s))
    return [end - begin for begin, end in spans if begin > since_s and end < until_s]


def told(result: RunResult) -> Sequence[tuple[str, str, str]]:
    return [(one.code, one.where.rpartition(": ")[2], one.message) for one in result.findings]


@ENGINES
def test_missing_detectors_call_their_stage_for_its_maximum(engine: str) -> None:
    result = ts.run(street("missing", 300.0), engine=engine)
    greens = side_greens(result, 300.0)
    assert greens
    assert set(greens) == {MOST_S}
    faults = result.control_events[result.control_events["event"] == "detector_fault"]
    assert set(faults["time_s"]) == {0.0}
    assert told(result)[0] == ("detector-failed", f"detector {faults['detector'].min()!r}",
                               "taken for failed from 0 s on: its phases were called without it")
    assert len(told(result)) == 4


@ENGINES
def test_stuck_on_calls_for_the_maximum_and_for_the_minimum_once_known(engine: str) -> None:
    result = ts.run(street("stuck_on", 1200.0, fault_recall="min"), engine=engine)
    before, after = side_greens(result, KNOWN_S), side_greens(result, 1200.0, KNOWN_S + MOST_S)
    assert before
    assert set(before) == {MOST_S}
    assert after
    assert set(after) == {LEAST_S}
    assert {message for *_, message in told(result)} == {
        "taken for failed from 600 s on: its phases were called without it"}


@ENGINES
def test_stuck_off_starves_its_stage_until_it_is_known(engine: str) -> None:
    """Nobody is served for an hour; then the stage is called for its maximum, and those who wait get through."""
    whole = street("stuck_off", SILENT_S + 300.0)
    waiting = ts.Flow(id="starved", origin="in1", destination="out3", volume_veh_h=20.0)
    both = whole.model_copy(update={"demand": ts.Demand(flows=(*whole.demand.flows, waiting))})
    result = ts.run(both, engine=engine)
    assert side_greens(result, SILENT_S, since_s=60.0) == []
    after = side_greens(result, SILENT_S + 300.0, SILENT_S)
    assert after
    assert set(after) == {MOST_S}
    starved = result.trips[result.trips["name"].str.startswith("starved")]
    assert starved["exit_s"].min() > SILENT_S
    assert result.as_json()["vehicles"]["completed"] == len(result.trips)
    assert {code for code, *_ in told(result)} == {"detector-failed"}


def test_the_check_tells_of_faults() -> None:
    (found,) = [one for one in ts.check(street("stuck_off", 60.0)) if one.code == "detectors-fail"]
    assert (found.level, found.message.count("stuck off")) == ("info", 4)


def test_commands_and_report_tell_of_a_detector_that_failed(tmp_path: Path) -> None:
    """From a scenario file with a missing detector: on the screen, in the JSON of a study, and on the page.

    The alternative with a plan of its own runs that plan: nothing fails there.
    """
    faulty = {**STAGES, "detectors": [{**STAGES["detectors"][0], "fault": "missing"}, *STAGES["detectors"][1:]]}
    file = written(tmp_path, faulty)
    answer = Answer("run", file, "--engine", "queue")
    assert answer.status == 0
    assert "warning: detector-failed: alternative 'do nothing': signal 'centre': detector 'd1'" in answer.stderr
    (tmp_path / "study.toml").write_text('name = "s"\nscenarios = ["scenario.toml"]\nengines = ["queue"]\n'
                                         'replications = 1\n[alternatives]\n"do nothing" = []\n'
                                         'fixed = [{ kind = "signal_plan", signal = "centre", phases = [\n'
                                         '{ duration_s = 40, state = "GGrr" }, { duration_s = 20, state = "rrGG" }] }]')
    compared = Answer("compare", tmp_path / "study.toml", "--out", tmp_path / "out", "--json")
    assert [one["code"] for one in json.loads(compared.stdout)["findings"]] == ["detector-failed"]
    for language, says in (("en", "Controllers and detectors of signals that failed"), ("ar", "متحكمات الإشارات")):
        tables = record(Writer(load(language), from_folder(tmp_path / "out"))).tables
        (shown,) = [one for one in tables if one.key == "failures"]
        assert says in shown.caption
        ((row,),) = [group.rows for group in shown.groups]
        assert "do nothing" in row[0]
        assert "d1" in row[2]
