"""Policies on lanes that cannot be, through the real command line: one message, status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_bad_incidents import crash
from tests.cli.test_bad_input import assert_refused

ON = 'on = { ids = ["main_in"] }'
HOURS = "hours = [{ begin_h = 0, end_h = 1 }]"
POLICIES = {
    "a shoulder in a town": (f'kind = "hard_shoulder_running", {ON}, {HOURS}', ("'main_in'", "no hard shoulder")),
    "a shoulder of an unknown link": (f'kind = "hard_shoulder_running", on = {{ ids = ["moon"] }}, {HOURS}',
                                      ("'moon'", "no such link")),
    "a shoulder that is never open": (f'kind = "hard_shoulder_running", {ON}, hours = []',
                                      ("hours", "at least one entry")),
    "a shoulder that opens when it closes": (
        f'kind = "hard_shoulder_running", {ON}, hours = [{{ begin_h = 7, end_h = 7 }}]', ("hours", "no length")),
    "a shoulder that opens after the run": (
        f'kind = "hard_shoulder_running", {ON}, hours = [{{ begin_h = 7, end_h = 9 }}]', ("7 to 9", "within the run")),
    "a limit of nothing": (f'kind = "hard_shoulder_running", {ON}, {HOURS}, limit_kmh = 0', ("limit_kmh", "0")),
    "lanes of nobody": (f'kind = "contraflow", {ON}, {HOURS}', ("'main_in'", "no link in the opposite direction",
                                                                 "opposite =")),
    "lanes of an unknown link": (f'kind = "contraflow", {ON}, {HOURS}, opposite = {{ main_in = "moon" }}',
                                 ("'main_in'", "'moon'", "no other link")),
    "lanes of its own": (f'kind = "contraflow", {ON}, {HOURS}, opposite = {{ main_in = "main_in" }}',
                         ("'main_in'", "no other link")),
    "all lanes given": (f'kind = "contraflow", {ON}, {HOURS}, lanes = 2, opposite = {{ main_in = "main_out" }}',
                        ("'main_in'", "lanes of 'main_out' closed", "closure")),
    "no lanes given": (f'kind = "contraflow", {ON}, {HOURS}, lanes = 0', ("lanes", "0")),
    "no time to leave": (f'kind = "contraflow", {ON}, {HOURS}, clearance_s = -1', ("clearance_s", "-1")),
    "signals where nothing happens": ('kind = "lane_control", on = { ids = ["side_in"] }',
                                      ("no incident and no works", "add incidents")),
    "gantries every metre": (f'kind = "lane_control", {ON}, spacing_m = 1', ("spacing_m", "1")),
    "no gantries": (f'kind = "lane_control", {ON}, gantries = 0', ("gantries", "0")),
    "drivers who disobey": (f'kind = "lane_control", {ON}, compliance = 0.5', ("compliance",)),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_on_lanes_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    policy, says = POLICIES[name]
    (tmp_path / "scenario.toml").write_text(edited(SCENARIO, "[[demand.flows]]", f"{crash()}\n[[demand.flows]]"))
    file = tmp_path / "study.toml"
    head = STUDY[:STUDY.index("[alternatives]")]
    file.write_text(f'{head}[alternatives]\n"do nothing" = []\nlanes = [{{ {policy} }}]\n')
    assert_refused(Answer("compare", file), file, says)
    assert not list(tmp_path.glob("**/*.parquet"))
