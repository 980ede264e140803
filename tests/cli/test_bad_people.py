"""Populations that cannot be, through the real command line: one message with file, key and remedy, status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_bad_input import assert_refused

WHOLE = '[[population.groups]]\nname = "a"\nshare = 1.0\n'
TWO = '[[population.groups]]\nname = "a"\nshare = {}\n[[population.groups]]\nname = "{}"\nshare = 0.5\n'
BROKEN = {
    "no number of people": ("", ("population.people", "add people")),
    "nobody": ("people = 0", ("population.people", "0", "greater than or equal to 1")),
    "more people than any country": ("people = 10000000000", ("population.people", "less than or equal to 10000000")),
    "a part of a person": ("people = 100.5", ("population.people", "100.5", "whole number")),
    "people in words": ('people = "many"', ("population.people", "'many'", "whole number")),
    "share above one": (f"people = 9\n{WHOLE.replace('1.0', '1.5')}", ("groups[0].share", "1.5")),
    "share below zero": (f"people = 9\n{WHOLE.replace('1.0', '-0.5')}", ("groups[0].share", "-0.5")),
    "share that is no number": (f"people = 9\n{WHOLE.replace('1.0', 'nan')}", ("groups[0].share", "nan")),
    "shares that sum to 0.9": (f"people = 9\n{TWO.format(0.4, 'b')}", ("population", "sum to 0.9", "add a group")),
    "two groups of one name": (f"people = 9\n{TWO.format(0.5, 'a')}", ("two groups named 'a'", "name of its own")),
    "no group": ("people = 9\ngroups = []", ("population.groups", "at least one entry")),
    "group without a name": ("people = 9\n" + WHOLE.replace('"a"', '""'), ("groups[0].name",)),
    "unknown column": ('people = 9\ntrip_columns = ["shoe_size"]', ("trip_columns[0]", "'shoe_size'", "'group'")),
    "unknown key": ("people = 9\ngruops = []", ("population.gruops", "did you mean 'groups'")),
    "negative months": (f"people = 9\n{WHOLE}licence_months = [-3, 10]", ("'a'", "licence_months from -3")),
    "ages the wrong way round": (f"people = 9\n{WHOLE}age_years = [60, 18]", ("'a'", "age_years from 60 to 18")),
    "immortals": (f"people = 9\n{WHOLE}age_years = [18, 400]", ("'a'", "400", "up to 120")),
    "belts above one": (f"people = 9\n{WHOLE}belt_share = 1.2", ("groups[0].belt_share", "1.2")),
    "nobody travels": (f"people = 9\n{WHOLE}trip_rate = 0.0", ("groups[0].trip_rate", "greater than 0")),
    "unknown assistance": (f'people = 9\n{WHOLE}isa = "firm"', ("groups[0].isa", "'soft' or 'hard'")),
    "points that do not sum to one": (f"people = 9\n{WHOLE}points = {{ 0 = 0.5 }}", ("'a'", "sum to 0.5")),
    "points below zero": (f"people = 9\n{WHOLE}points = {{ -1 = 1.0 }}", ("'a'", "0 to 1000")),
    "points in words": (f"people = 9\n{WHOLE}points = {{ many = 1.0 }}", ("points.many", "integer")),
    "more drunk than drivers": ("people = 9\n[[population.alcohol]]\nshare = 1.1", ("alcohol[0].share", "1.1")),
    "unknown weekday": ('people = 9\n[[population.alcohol]]\nshare = 0.1\nweekdays = ["friday"]', ("'friday'",)),
    "hours without length": ("people = 9\n[[population.alcohol]]\nshare = 0.1\nhours = { begin_h = 5, end_h = 5 }",
                             ("alcohol[0].hours", "no length", "0 to 24")),
    "licence lost at no point": ("people = 9\n[population.licence]\nlimit = 0", ("licence.limit", "0")),
    "novices may do more": ("people = 9\n[population.licence]\nlimit = 6\nnovice_limit = 9",
                            ("population.licence", "novice_limit 9 above limit 6")),
}
ISA = 'kind = "isa", share = 0.5'
POLICIES = {
    "nobody to equip": ("", "share = 0.5", ("policy isa", "without people", "[population]")),
    "group that does not exist": ("people = 900", 'share = 0.5, groups = ["old"]', ("'old'", "experienced, novice")),
    "equipped above one": ("people = 900", "share = 1.5", ("share", "1.5")),
    "unknown type": ("people = 900", 'share = 0.5, type = "firm"', ("type", "'soft' or 'hard'")),
}


def with_people(population: str) -> str:
    """The scenario with a population."""
    if not population:
        return SCENARIO
    return edited(SCENARIO, "[[demand.flows]]", f"[population]\n{population}\n\n[[demand.flows]]")


@pytest.mark.parametrize("name", BROKEN)
def test_a_population_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    population, says = BROKEN[name]
    file = tmp_path / "scenario.toml"
    file.write_text(edited(SCENARIO, "[[demand.flows]]", f"[population]\n{population}\n\n[[demand.flows]]"))
    assert_refused(Answer("run", file), file, says)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_on_people_who_are_not_there_is_refused(name: str, tmp_path: Path) -> None:
    population, policy, says = POLICIES[name]
    (tmp_path / "scenario.toml").write_text(with_people(population))
    file = tmp_path / "study.toml"
    head = STUDY[:STUDY.index("[alternatives]")]
    file.write_text(f'{head}[alternatives]\n"do nothing" = []\nequipped = [{{ kind = "isa", {policy} }}]\n')
    assert_refused(Answer("compare", file), file, says)
    assert not list(tmp_path.glob("**/*.parquet"))


def test_who_the_people_are_is_told(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(with_people("people = 90000"))
    answer = Answer("check", file)
    assert answer.status == 0
    assert "info: people: population: 90,000 people" in answer.stdout
