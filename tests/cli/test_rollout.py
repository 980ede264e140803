"""Rollouts and placing on the command line: one message for what cannot be, exit status 2, one JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, Answer, edited
from tests.cli.test_broken_studies import assert_one_message
from tests.cli.test_crash_history import CRASHES, Desk

ROLLOUT = """
[[rollout]]
name = "cameras"
kind = "speed_camera"
candidates = "places.csv"
budget_per_year = 130000.0
cost = 60000.0
running_cost_per_year = 5000.0
years = 2
order = "expected casualties"
"""
PLACES = """\
link,position_m,cost,area
main_in,200,,west
main_out,100,70000,east
side_in,150,,south
"""


class Plans(Desk):
    """A folder with a study that has a sound rollout, on which one thing is then broken."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.study.write_text(self.study.read_text() + ROLLOUT)
        (folder / "places.csv").write_text(PLACES)

    def places(self, old: str, new: str) -> None:
        path = self.folder / "places.csv"
        path.write_text(edited(path.read_text(), old, new))


@dataclass(frozen=True)
class Case:
    """How a rollout is broken, and what must be said."""

    name: str
    breaks: Callable[[Plans], object]
    says: tuple[str, ...]


def say(old: str, new: str) -> Callable[[Plans], object]:
    return lambda plans: plans.history(old, new)


FILE = 'candidates = "places.csv"'
CASES = (
    Case("no candidates", say(FILE + "\n", ""), ("candidates", "every_m")),
    Case("an empty list", say(FILE, "candidates = []"), ("no candidates", "at least one place")),
    Case("both", say(FILE, FILE + "\nevery_m = 250.0"), ("candidates", "every_m", "one of the two")),
    Case("no such file", say("places.csv", "place.csv"), ("rollout 'cameras': candidates", "no such file")),
    Case("an empty table", lambda plans: plans.places(PLACES, "link,position_m\n"), ("places.csv", "no candidate")),
    Case("a place off the network", lambda plans: plans.places("side_in", "side_up"), ("no link 'side_up'",)),
    Case("a place beyond its link", lambda plans: plans.places("150", "350"), ("from 0 to 300 m",)),
    Case("a place twice", lambda plans: plans.places("side_in,150", "main_in,200"), ("a second time",)),
    Case("a cost of nothing", lambda plans: plans.places("70000", "0"), ("cost '0' in row 3",)),
    Case("a negative budget", say("130000.0", "-1.0"), ("rollout[0].budget_per_year", "-1.0")),
    Case("a budget below every cost", say("130000.0", "64000.0"), ("less than every site costs", "65000")),
    Case("running costs that eat the budget", say("5000.0", "80000.0"), ("less than every site costs",)),
    Case("negative running costs", say("5000.0", "-5.0"), ("rollout[0].running_cost_per_year",)),
    Case("an unknown order", say('"expected casualties"', '"by vote"'), ("rollout[0].order", "observed counts")),
    Case("years of 0", say("years = 2", "years = 0"), ("rollout[0].years", "0")),
    Case("half a year", say("years = 2", "years = 0.5"), ("rollout[0].years", "whole number")),
    Case("an unknown kind", say('"speed_camera"', '"speed_trap"'), ("no such policy", "speed_camera")),
    Case("a kind without places", say('"speed_camera"', '"webster"'), ("a policy without places",)),
    Case("an unknown parameter", say("years = 2", "years = 2\nparameters = { fine = 3 }"), ("parameters.fine",)),
    Case("places as a parameter", say("years = 2", "years = 2\nparameters = { at = [] }"), ("beside the places",)),
    Case("an unknown key", say("years = 2", "year = 2"), ("rollout[0].year", "years")),
    Case("two of one name", lambda plans: plans.study.write_text(plans.study.read_text() + ROLLOUT),
         ("two rollouts named 'cameras'",)),
    Case("equity without areas", lambda plans: (
        plans.places(PLACES, re.sub(",(area|west|east|south)", "", PLACES)),
        plans.history('"expected casualties"', '"equity"')), ("candidates without an area",)),
    Case("an unknown rule", say("years = 2", 'years = 2\nequity = "to each his own"'), ("rollout[0].equity",)),
    Case("a wedge of a year", say("years = 2", "years = 1\nstepped_wedge = {}"), ("stepped_wedge", "at least two")),
    Case("a wedge with an effect above one", say("years = 2", "years = 2\nstepped_wedge = { effect = 1.5 }"),
         ("rollout[0].stepped_wedge.effect",)),
    Case("no history", lambda plans: plans.study.write_text(
        plans.study.read_text()[:plans.study.read_text().index("[history]")] + ROLLOUT), ("without a crash history",)),
    Case("counts without a table", lambda plans: (plans.history('crashes = "crashes.csv"\n', (
        'casualties_per_crash = { deaths = 0.01, serious_injuries = 0.2, slight_injuries = 1.0, source = "s" }\n')),
        plans.history('"expected casualties"', '"observed counts"')), ("no crash table to count in",)),
    Case("sites where nobody speeds", say("years = 2", "years = 2\nparameters = { unaffected = 1.0 }"),
         ("no site that avoids a casualty",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("command", ["compare", "rollout"])
def test_broken_rollout(case: Case, command: str, tmp_path: Path) -> None:
    plans, out = Plans(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("kept")
    case.breaks(plans)
    options = ("--out", out) if command == "compare" else ()
    assert_one_message(Answer(command, plans.study, *options), 2, case.says)
    assert [path.name for path in out.iterdir()] == ["mine.txt"], "nothing is touched"


def test_a_broken_rollout_is_found_by_check(tmp_path: Path) -> None:
    plans = Plans(tmp_path)
    plans.history("130000.0", "64000.0")
    answer = Answer("check", plans.study)
    assert answer.status == 2
    assert "less than every site costs" in answer.stdout + answer.stderr


def test_the_sound_rollout_is_shown_and_given_as_json(tmp_path: Path) -> None:
    plans = Plans(tmp_path)
    plans.history("years = 2", "years = 2\nstepped_wedge = { effect = 0.3 }")
    shown = Answer("rollout", plans.study)
    assert shown.status == 0, shown.stderr
    assert "stepped wedge: 2 sites in 3 years" in shown.stdout
    one = json.loads(Answer("rollout", plans.study, "--json").stdout)["rollout"][0]
    assert [row["year"] for row in one["sites"]] == [1, 2]
    assert all(row["building"] + row["running"] <= 130000.0 for row in one["years"])
    assert one["regression"]["observed"] > 0.0
    assert any(row["outcome"] == "injury crashes" and row["value"] == -22.0 for row in one["published"])


def test_compare_takes_it_along(tmp_path: Path) -> None:
    plans = Plans(tmp_path)
    answer = Answer("compare", plans.study, "--replications", "2", "--out", tmp_path / "out", "--json")
    assert answer.status == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert [one["name"] for one in told["rollout"]] == ["cameras"]
    assert json.loads((tmp_path / "out" / "rollout@cross.json").read_text())["programmes"] == told["rollout"]


def test_place_as_json(tmp_path: Path) -> None:
    plans = Plans(tmp_path)
    answer = Answer("place", plans.study, "--budget", "2", "--candidates", tmp_path / "places.csv", "--method", "exact",
                    "--cost", "1", "--json", "--by", "coverage")
    assert answer.status == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert sum(one["cost"] for one in found["places"]) <= 2.0
    assert found["bound"] >= found["value"] > 0.0
    assert found["policy"]["kind"] == "speed_camera"
    assert len(found["policy"]["at"]) == len(found["places"])


@pytest.mark.parametrize(("options", "says"), [
    (["--budget", "-1"], ("above 0",)), (["--budget", "0.1"], ("less than every place costs",)),
    (["--budget", "2", "--by", "votes"], ("no such objective",)),
    (["--budget", "2", "--by", "citations", "--kind", "radar"], ("no such policy",)),
    (["--budget", "2", "--method", "best"], ("'greedy'",)), (["--budget", "2"], ("no crash history",)),
    (["--budget", "2", "--by", "coverage", "--every-m", "0.5", "--method", "exact"], ("at most 400", "or greedy")),
    (["--budget", "2", "--candidates", "nowhere.csv"], ("nowhere.csv", "no such file")),
])
def test_what_cannot_be_placed(options: list[str], says: tuple[str, ...], tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    assert_one_message(Answer("place", scenario, *options), 2, says)


def test_places_of_a_study_by_casualties(tmp_path: Path) -> None:
    plans = Plans(tmp_path)
    assert CRASHES.count("\n") == 5
    answer = Answer("place", plans.study, "--budget", "2", "--every-m", "100")
    assert answer.status == 0, answer.stderr
    assert "killed and seriously injured avoided per year" in answer.stdout
    assert "by these data no choice is worth more than" in answer.stdout
