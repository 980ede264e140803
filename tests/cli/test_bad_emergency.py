"""Emergency response that cannot be, through the real command line: one message, status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_bad_incidents import crash
from tests.cli.test_bad_input import assert_refused

STATION = '{ id = "s", link = "main_in" }'


def response(stations: str = STATION, more: str = "", **changed: str | None) -> str:
    """Write a response, and a crash with injured people."""
    return f"{crash(**{'injured': '1', **changed})}\n[emergency]\nstations = [{stations}]\n{more}\n"


BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "no station": (response(""), ("emergency.stations",)),
    "a station on an unknown link": (response('{ id = "s", link = "nowhere" }'), ("station 's'", "'nowhere'")),
    "a station at an unknown node": (response('{ id = "s", node = "nowhere" }'), ("station 's'", "'nowhere'")),
    "a station nowhere": (response('{ id = "s" }'), ("emergency.stations[0]", "give one of the three")),
    "a station in two places": (response('{ id = "s", link = "main_in", node = "a" }'),
                                ("emergency.stations[0]", "give one of the three")),
    "a station beyond its link": (response('{ id = "s", link = "main_in", position_m = 9000 }'),
                                  ("station 's'", "9000", "300 m")),
    "no units": (response('{ id = "s", link = "main_in", units = 0 }'), ("units", "0", "greater than or equal to 1")),
    "two stations of one name": (response(f"{STATION}, {STATION}"), ("'s'", "name of its own")),
    "a share over 1": (response(more="chain = { ecall_share = 1.5 }"), ("ecall_share", "1.5")),
    "a rescue lane of more than all": (response(more="rescue_lane = { share = 2 }"), ("rescue_lane.share", "2")),
    "a duration below nothing": (response(more="chain = { care = { median_s = -1 } }"), ("care.median_s", "-1")),
    "a spread that cannot be": (response(more="chain = { care = { median_s = 60, log_sd = 9 } }"), ("log_sd", "9")),
    "a unit without a way": (response('{ id = "s", link = "main_out" }'), ("incident 'x'", "no unit has a way")),
    "an unknown rule": (response(more='dispatch = "fastest"'), ("emergency.dispatch", "'nearest'")),
    "lanes until nobody comes": (crash(until_cleared="true"), ("incident 'x'", "until_cleared", "injured")),
}
POLICIES = {
    "pre-emption without anybody on a route": (crash(), 'kind = "preemption"', ("preemption", "[emergency]")),
    "pre-emption of an unknown signal": (
        response(), 'kind = "preemption", on = ["moon"]', ("preemption", "'moon'")),
    "eCall where nobody comes": (crash(), 'kind = "ecall", share = 0.5', ("ecall", "[emergency]")),
    "a share over 1": (response(), 'kind = "ecall", share = 1.5', ("share", "1.5")),
    "a second station of one name": (
        response(), 'kind = "add_station", station = { id = "s", link = "main_out" }',
        ("add_station", "'s'", "second")),
    "a station on an unknown link": (
        response(), 'kind = "add_station", station = { id = "t", link = "moon" }', ("station 't'", "'moon'")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_response_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    text, says = BROKEN[name]
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, "[[demand.flows]]", f"{text}\n[[demand.flows]]"))
    assert_refused(Answer("run", file), file, says)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_on_a_response_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    text, policy, says = POLICIES[name]
    (tmp_path / "scenario.toml").write_text(edited(SCENARIO, "[[demand.flows]]", f"{text}\n[[demand.flows]]"))
    file = tmp_path / "study.toml"
    head = STUDY[:STUDY.index("[alternatives]")]
    file.write_text(f'{head}[alternatives]\n"do nothing" = []\nsooner = [{{ {policy} }}]\n')
    assert_refused(Answer("compare", file), file, says)
    assert not list(tmp_path.glob("**/*.parquet"))
