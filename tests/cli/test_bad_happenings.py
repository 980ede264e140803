"""What cannot be on the road, at its side and in logs of signals: one message each, status 2, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_bad_emergency import STATION, response
from tests.cli.test_bad_incidents import EVACUATION, crash, entry
from tests.cli.test_bad_input import assert_refused
from tests.fuzz import import_sources as sources

CLOSED = '[[works]]\nid = "w"\non = { ids = ["main_in"] }\nclosed = true\n'
SCENARIOS = {
    "weather in which nobody moves": ("[[weather]]\nspeed_factor = 0.0\n", ("weather[0].speed_factor", "0.0", "0.2")),
    "weather without any capacity": (
        "[[weather]]\nspeed_factor = 0.9\ncapacity_factor = 0.0\n", ("weather[0].capacity_factor", "0.0", "0.2")),
    "an evacuation of an unknown zone": (
        entry("[evacuation]", EVACUATION, origins='["moon"]'), ("evacuation", "'moon'", "neither a zone nor a link")),
    "an evacuation to where it begins": (
        entry("[evacuation]", EVACUATION, exits='["main_in"]'), ("evacuation", "'main_in' is an origin and an exit")),
    "an evacuation after the run": (
        entry("[evacuation]", EVACUATION, begin_s="90000.0"), ("evacuation", "90000 s", "the run is from")),
    "an incident of negative duration": (crash(duration_s="-1"), ("incidents[0].duration_s", "-1", "greater than 0")),
    "emergency without stations": (crash(injured="1") + "[emergency]\n", ("emergency.stations", "add stations")),
    "a station on a link that is closed": (
        response() + CLOSED, ("station 's'", "'main_in'", "works 'w' close", "incident 'x'", "another link")),
    "an eCall share of more than all": (response(more="chain = { ecall_share = 1.5 }"), ("ecall_share", "1.5")),
}
POLICIES = {
    "a meter on no ramp": ('kind = "ramp_metering", ramp = "moon", occupancy_percent = 9', ("ramp_metering", "'moon'")),
    "a meter where nothing merges": (
        'kind = "ramp_metering", ramp = "main_out", occupancy_percent = 9', ("ramp_metering", "'main_out'")),
    "a meter for an empty road": (
        'kind = "ramp_metering", ramp = "side_in", occupancy_percent = 0', ("occupancy_percent", "greater than 0")),
    "signs on no road": (
        'kind = "line_control", on = { ids = ["moon"] }, compliance = 0.5', ("link 'moon'", "selector")),
    "signs that more than all follow": (
        'kind = "line_control", on = { ids = ["main_in"] }, compliance = 2', ("compliance", "2")),
    "a jam on no road": (
        'kind = "moving_jam_limit", on = { ids = ["moon"] }, compliance = 0.5', ("link 'moon'", "selector")),
    "an unknown signal that reacts": ('kind = "actuated", on = ["moon"]', ("policy actuated: on", "'moon'", "centre")),
    "pressure that is never looked at": ('kind = "max_pressure", interval_s = 0', ("interval_s", "0", "seconds")),
    "a controller that a file cannot hold": ('kind = "controlled", by = "mine"', ("no method decide", "in Python")),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios_that_cannot_be_are_refused(name: str, tmp_path: Path) -> None:
    text, says = SCENARIOS[name]
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, "[[demand.flows]]", f"{text}\n[[demand.flows]]"))
    assert_refused(Answer("run", file, "--out", tmp_path / "out"), file, says)
    assert not (tmp_path / "out").exists()


def test_a_station_on_a_link_that_is_closed_at_another_time_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    text = response(STATION) + CLOSED + "begin_s = 200.0\n"
    file.write_text(edited(SCENARIO, "[[demand.flows]]", f"{text}\n[[demand.flows]]"))
    assert Answer("check", file).status == 0


@pytest.mark.parametrize("name", POLICIES)
def test_policies_that_cannot_be_are_refused(name: str, tmp_path: Path) -> None:
    policy, says = POLICIES[name]
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    file = tmp_path / "study.toml"
    head = STUDY[:STUDY.index("[alternatives]")]
    file.write_text(f'{head}[alternatives]\n"do nothing" = []\nother = [{{ {policy} }}]\n')
    assert_refused(Answer("compare", file, "--out", tmp_path / "out"), file, says)
    assert not list(tmp_path.glob("**/*.parquet"))


AUDITED: dict[str, tuple[str, str | bytes, str]] = {
    "a table": ("a.csv", "a,b\n1,2\n", "no known format"), "no text": ("a", b"\x00\xff" * 9, "no known format"),
    "half a network": ("a.json", '{"nodes": [1,2', "no valid JSON"),
    "another JSON": ("a.json", '{"a": 1}', "no network file"), "nothing": ("a.toml", "", "an empty file"),
    "a study": ("a.toml", STUDY, "a study"),
}


@pytest.mark.parametrize("name", AUDITED)
def test_an_audit_of_what_has_no_signals_to_read_is_refused(name: str, tmp_path: Path) -> None:
    file, content, says = AUDITED[name]
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert_refused(Answer("audit", tmp_path / file), tmp_path / file, (says,))


HEAD, ROW = "TimeStamp,DeviceId,EventId,Parameter\n", "2024-01-01 00:00:00,1,1,2\n"
LOGS: dict[str, tuple[str, str | bytes, str | None, tuple[str, ...]]] = {
    "empty": ("a.csv", "", None, ("a.csv", "No columns")), "header alone": ("a.csv", HEAD, None, ("no event",)),
    "other columns": ("a.csv", "a,b\n1,2\n", None, ("no column 'TimeStamp'",)),
    "a row cut off": ("a.csv", HEAD + ROW + "2024-01-01 00:00:09,1,1\n", None, ("row 2: Parameter", "found nothing")),
    "a quote that never ends": ("a.csv", HEAD + '"2024-01-01 00:00:00,1,1,2\n', None, ("a.csv", "row 1", "Remedy")),
    "no time": ("a.csv", HEAD + "yesterday,1,1,2\n", None, ("row 1: TimeStamp", "'yesterday'")),
    "a word for a code": ("a.csv", HEAD + "2024-01-01,1,green,2\n", None, ("row 1: EventId", "'green'")),
    "a negative code": ("a.csv", HEAD + "2024-01-01,1,-4,2\n", None, ("row 1: EventId", "-4", "at least 0")),
    "half a Parquet file": ("a.parquet", b"PAR1 broken", None, ("a.parquet", "Parquet")),
    "another kind of file": ("a.xlsx", HEAD + ROW, None, ("'.xlsx'", "CSV or Parquet")),
    "detectors without columns": ("a.csv", HEAD + ROW, "x,y\n1,2\n", ("no column 'DeviceId'",)),
    "detectors of no phase": (
        "a.csv", HEAD + ROW, "DeviceId,Phase,Parameter,Function\n1,two,3,Advance\n", ("row 1: Phase", "'two'")),
}


@pytest.mark.parametrize("name", LOGS)
def test_event_logs_that_cannot_be_read_are_refused(name: str, tmp_path: Path) -> None:
    file, content, detectors, says = LOGS[name]
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    if detectors is not None:
        (tmp_path / "d.csv").write_text(detectors)
    said = message_of(lambda: ts.read_event_log(
        tmp_path / file, detectors=None if detectors is None else tmp_path / "d.csv"))
    assert [one for one in says if one not in said] == [], said


def test_no_log_and_no_results_are_told(tmp_path: Path) -> None:
    assert "no such file" in message_of(lambda: ts.read_event_log(tmp_path / "lost.csv"))
    for folder, says in ((tmp_path / "lost", "no folder"), (tmp_path, "no run with signals")):
        answer = Answer("export", "event-log", folder, "--out", tmp_path / "log.csv")
        assert answer.status == 2
        assert says in answer.stderr
        assert not (tmp_path / "log.csv").exists()


@pytest.mark.parametrize("section", ["Nodes", "Links", "Lanes", "Timeplans", "Phases"])
def test_timing_files_without_a_section_are_refused(section: str, tmp_path: Path) -> None:
    file = tmp_path / "a_utdf.csv"
    file.write_text(sources.UTDF.replace(f"[{section}]", "[Other]"))
    answer = Answer("import", "utdf", file, "--out", tmp_path / "a.toml")
    assert_refused(answer, file, (f"no section [{section}]", "export a combined UTDF file"))
    assert not (tmp_path / "a.toml").exists()
    assert f"no section [{section}]" in message_of(lambda: ts.read_ring_barriers(file))


def message_of(attempt: Callable[[], object]) -> str:
    """Return the one line with which something is refused."""
    with pytest.raises(ts.TrafficsimError) as error:
        attempt()
    said = str(error.value)
    assert "\n" not in said
    assert "Remedy" in said
    return said
