"""Days that cannot be, through the real command line: one message with file, key and remedy, status 2, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_bad_input import assert_refused
from trafficsim.results.store import stored_runs

PEOPLE = edited(SCENARIO, "[[demand.flows]]", "[population]\npeople = 500\n\n[[demand.flows]]")
EVENT = '[[days.events]]\nalternative = "{}"\npolicy = "{}"\n{}'
BROKEN = {
    "no number of days": ("sample = 1", ("days.number",)),
    "no day at all": ("number = 0", ("days.number", "0")),
    "more days than twenty years have": ("number = 9000", ("days.number", "9000", "7320")),
    "half a day": ("number = 2.5", ("days.number", "2.5")),
    "sample days beyond the horizon": ("number = 5\nsample = [1, 9]", ("days", "day 9", "1 to 5")),
    "more sample days than days": ("number = 5\nsample = 9", ("days", "sample is 9", "1 and 5")),
    "no sample day": ("number = 5\nsample = []", ("days", "sample is empty")),
    "day zero": ("number = 5\nsample = [0]", ("days", "day 0")),
    "holidays outside": ("number = 5\nholidays = [6]", ("days", "holidays", "day 6")),
    "unknown weekday": ('number = 5\nfirst_weekday = "monday"', ("first_weekday", "'monday'")),
    "moved by nothing": ("number = 5\nresimulate_at = 0.0", ("resimulate_at", "0")),
    "a day of thirty hours": ("number = 5\ntraffic_h = 30", ("traffic_h", "30")),
    "unknown key": ("number = 5\nsampel = 2", ("sampel", "did you mean 'sample'")),
    "event that ends before it begins": (
        "number = 5\n" + EVENT.format("limit 30", "speed_limit", "begin_day = 4\nend_day = 2"), ("ends before",)),
    "event without a day": ("number = 5\n" + EVENT.format("limit 30", "speed_limit", ""), ("begin_day or end_day",)),
    "event beyond the horizon": (
        "number = 5\n" + EVENT.format("limit 30", "speed_limit", "begin_day = 8"), ("day 8", "1 to 5")),
    "event of an unknown alternative": (
        "number = 5\n" + EVENT.format("limit 20", "speed_limit", "begin_day = 2"), ("'limit 20'", "'limit 30'")),
    "event of an unknown policy": (
        "number = 5\n" + EVENT.format("limit 30", "patrol", "begin_day = 2"), ("'patrol'", "speed_limit")),
}


def with_days(days: str) -> str:
    return edited(STUDY, "[alternatives]", f"[days]\n{days}\n\n[alternatives]")


@pytest.mark.parametrize("name", BROKEN)
def test_days_that_cannot_be_are_refused(name: str, tmp_path: Path) -> None:
    days, says = BROKEN[name]
    (tmp_path / "scenario.toml").write_text(PEOPLE)
    file = tmp_path / "study.toml"
    file.write_text(with_days(days))
    assert_refused(Answer("compare", file), file, says)
    assert Answer("check", file).status == 2


def test_days_without_people_are_refused(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    file = tmp_path / "study.toml"
    file.write_text(with_days("number = 5"))
    assert_refused(Answer("compare", file), file, ("without a population", "[population]"))


def test_other_days_leave_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(PEOPLE)
    file, out = tmp_path / "study.toml", tmp_path / "out"
    file.write_text(with_days("number = 2\nsample = 1"))
    assert Answer("compare", file, "--out", out).status == 0
    there = stored_runs(out)
    assert len(there) == 4
    file.write_text(with_days("number = 3\nsample = 1"))
    assert_refused(Answer("compare", file, "--out", out, "--resume"), file, ("differing: days",))
    assert stored_runs(out) == there


def test_check_says_which_days_are_simulated(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(PEOPLE)
    file = tmp_path / "study.toml"
    file.write_text(with_days("number = 30\nsample = 2\n" + EVENT.format("limit 30", "speed_limit", "begin_day = 7")))
    answer = Answer("check", file)
    assert answer.status == 0, answer.stderr
    assert "alternative 'limit 30': 3 of 30 days will be simulated: 1, 7, 30" in answer.stdout
