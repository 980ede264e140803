"""Incidents, works, weather and surges that cannot be, through the real command line: one message, status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_bad_input import assert_refused

CRASH = {"id": '"x"', "link": '"main_in"', "position_m": "100.0", "lanes": "[0]", "begin_s": "60.0",
         "duration_s": "60.0"}
WORKS = {"id": '"w"', "on": '{ ids = ["main_in"] }', "lanes": "[0]", "begin_s": "60.0", "end_s": "120.0"}
EVACUATION = {"origins": '["main_in"]', "exits": '["main_out"]', "vehicles": "50", "begin_s": "60.0"}


def entry(table: str, usual: dict[str, str], **changed: str | None) -> str:
    """Write a table with some of its usual values changed, or left out."""
    values = {**usual, **changed}
    return f"{table}\n" + "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)


def crash(**changed: str | None) -> str:
    return entry("[[incidents]]", CRASH, **changed)


def works(**changed: str | None) -> str:
    return entry("[[works]]", WORKS, **changed)


BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "an incident on no lane": (crash(lanes="[]"), ("'x'", "no lane", "shoulder = true")),
    "an incident on a lane that is not there": (crash(lanes="[0, 4]"), ("incident 'x'", "lane 4", "lanes 0 to")),
    "a lane twice": (crash(lanes="[0, 0]"), ("'x'", "[0, 0]", "once")),
    "a lane below the nearside": (crash(lanes="[-1]"), ("'x'", "[-1]", "from 0")),
    "an incident beyond its link": (crash(position_m="900.0"), ("incident 'x'", "900", "300 m", "position_m")),
    "a stretch that is longer than the link": (crash(length_m="400.0"), ("incident 'x'", "400", "300 m", "length_m")),
    "a stretch without length": (crash(length_m="0.0"), ("incidents[0].length_m", "greater than 0")),
    "an incident on an unknown link": (crash(link='"nowhere"'), ("incident 'x'", "'nowhere'", "correct its link")),
    "an incident without a link": (crash(link=None), ("incidents[0].link", "add link")),
    "an incident that takes no time": (crash(duration_s="0.0"), ("incidents[0].duration_s", "0.0", "greater than 0")),
    "an incident that takes less than none": (crash(duration_s="-60.0"), ("incidents[0].duration_s", "-60")),
    "an incident for ever": (crash(duration_s="inf"), ("incidents[0].duration_s", "inf")),
    "an incident after the run": (crash(begin_s="90000.0"), ("incident 'x'", "90000", "the run is from")),
    "two incidents of one name": (crash() + crash(), ("incident 'x'", "second", "rename")),
    "an impossible distribution": (
        crash(duration_s=None, duration="{ median_s = 900, p85_s = 600 }"), ("p85_s = 600", "exchange")),
    "half a distribution": (
        crash(duration_s=None, duration="{ mean_s = 900 }"), ("incidents[0].duration", "mean_s and sd_s")),
    "a negative spread": (crash(duration_s=None, duration="{ mean_s = 900, sd_s = -1 }"), ("sd_s", "-1")),
    "no duration": (crash(duration_s=None), ("incidents[0]", "'x'", "needs duration_s")),
    "two durations": (crash(duration="{ mean_s = 900, sd_s = 9 }"), ("incidents[0]", "'x'", "not both")),
    "an unknown kind": (crash(kind='"meteorite"'), ("incidents[0].kind", "'meteorite'", "'breakdown'")),
    "more capacity than without it": (crash(rubbernecking="1.5"), ("incidents[0].rubbernecking", "1.5")),
    "fewer injured than nobody": (crash(injured="-2"), ("incidents[0].injured", "-2")),
    "a key with another name": (crash(lane="0"), ("incidents[0].lane", "did you mean 'lanes'")),
    "works that end before they begin": (works(end_s="30.0"), ("works[0]", "30 s", "above begin_s")),
    "works on an unknown link": (works(on='{ ids = ["nowhere"] }'), ("works 'w'", "no such link", "selector")),
    "works on a lane that is not there": (works(lanes="[7]"), ("works 'w'", "lane 7")),
    "works beyond their link": (works(from_m="250.0", length_m="100.0"), ("works 'w'", "350", "300 m")),
    "works that change nothing": (works(lanes=None), ("works[0]", "changes nothing", "limit_kmh")),
    "works nowhere": (works(on=None), ("works[0]", "no links", "on =")),
    "a ban of a movement that is not there": (works(on=None, lanes=None, movements='[["main_out", "main_in"]]'),
                                              ("works 'w'", "no movement", "'main_out'")),
    "a limit of nothing": (works(limit_kmh="0.0"), ("works[0].limit_kmh", "0.0")),
    "works after the run": (works(begin_s="90000.0", end_s=None), ("works 'w'", "90000")),
    "weather without effect": ("[[weather]]\nbegin_s = 0.0\n", ("weather[0]", "needs a condition")),
    "unknown weather": ('[[weather]]\ncondition = "frogs"\n', ("weather[0].condition", "'frogs'", "'heavy_rain'")),
    "weather that makes faster": ("[[weather]]\nspeed_factor = 1.2\n", ("weather[0].speed_factor", "1.2")),
    "weather that ends before it begins": ('[[weather]]\ncondition = "rain"\nbegin_s = 60.0\nend_s = 30.0\n',
                                           ("weather[0]", "30 s", "60 s")),
    "a negative surge": ("[[surges]]\nfactor = -2.0\n", ("surges[0].factor", "-2.0")),
    "a surge of an unknown flow": ('[[surges]]\nfactor = 2.0\nflows = ["nobody"]\n', ("surges[0]", "'nobody'")),
    "a surge from nowhere": ('[[surges]]\nfactor = 2.0\norigins = ["moon"]\n', ("surges[0]", "'moon'", "nor a link")),
    "a surge beyond all roads": ("[[surges]]\nfactor = 100.0\n[[surges]]\nfactor = 100.0\n", ("surge", "100,000")),
    "an evacuation of nobody": (entry("[evacuation]", EVACUATION, vehicles="0"), ("evacuation.vehicles", "0")),
    "an evacuation to nowhere": (entry("[evacuation]", EVACUATION, exits='["moon"]'), ("evacuation", "'moon'")),
    "an evacuation without exits": (entry("[evacuation]", EVACUATION, exits="[]"), ("evacuation.exits",)),
}
POLICIES = {
    "a negative factor": ('kind = "quick_clearance", factor = -0.5', ("factor", "-0.5")),
    "incidents that become longer": ('kind = "quick_clearance", factor = 1.5', ("factor", "1.5")),
    "a patrol of an unknown link": ('kind = "service_patrol", on = { ids = ["moon"] }, found_earlier_s = 60',
                                    ("'moon'", "no such link")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_happen_is_refused(name: str, tmp_path: Path) -> None:
    text, says = BROKEN[name]
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, "[[demand.flows]]", f"{text}\n[[demand.flows]]"))
    assert_refused(Answer("run", file), file, says)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_on_incidents_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    policy, says = POLICIES[name]
    (tmp_path / "scenario.toml").write_text(edited(SCENARIO, "[[demand.flows]]", f"{crash()}\n[[demand.flows]]"))
    file = tmp_path / "study.toml"
    head = STUDY[:STUDY.index("[alternatives]")]
    file.write_text(f'{head}[alternatives]\n"do nothing" = []\nsooner = [{{ {policy} }}]\n')
    assert_refused(Answer("compare", file), file, says)
    assert not list(tmp_path.glob("**/*.parquet"))


def test_all_that_may_happen_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    text = crash(duration_s=None, duration="{ mean_s = 60, sd_s = 30 }") + works(limit_kmh="30.0") + (
        '[[weather]]\ncondition = "rain"\nend_s = 200.0\n[[surges]]\nfactor = 1.5\n'
    ) + entry("[evacuation]", EVACUATION, begin_s="200.0", origins='["side_in"]')
    file.write_text(edited(SCENARIO, "[[demand.flows]]", f"{text}\n[[demand.flows]]"))
    answer = Answer("check", file)
    assert answer.status == 0, answer.stderr
