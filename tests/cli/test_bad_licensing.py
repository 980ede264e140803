"""Policies of licensing and prevention that cannot be: one message each, exit status 2, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited

PEOPLE = """
[population]
people = 1000

[[population.groups]]
name = "novice"
share = 0.02
age_years = [18, 24]
licence_months = [0, 24]

[[population.groups]]
name = "experienced"
share = 0.98
age_years = [20, 85]
licence_months = [24, 720]
"""
LIMIT = '{ kind = "speed_limit", on = { ids = ["main_out"] }, limit_kmh = 30.0 }'
CAMERA = '{ kind = "speed_camera", at = [{ link = "main_out", position_m = 100.0 }] }'
CASES = {
    "a share above one": ('{ kind = "accompanied_driving", share = 1.2 }', ("share", "1.2")),
    "negative lessons": ('{ kind = "supervised_practice", lessons = -4 }', ("lessons", "-4")),
    "negative kilometres": ('{ kind = "supervised_practice", supervised_km = -1.0 }', ("supervised_km", "-1")),
    "a factor of zero": ('{ kind = "hazard_perception", risk_per_km = 0.0 }', ("risk_per_km", "0")),
    "a second phase that ends before it begins": (
        '{ kind = "second_phase_training", begin_months = 12.0, end_months = 6.0 }', ("begin_months is 12", "lower")),
    "a group that does not exist": (
        '{ kind = "zero_alcohol", groups = ["youths"] }', ("youths", "experienced, novice")),
    "belts of more than everybody": ('{ kind = "belt_wearing", share = 1.01 }', ("share", "1.01")),
    "assistance by share and by year": ('{ kind = "isa", share = 0.2, year = 2030.0 }', ("one of the two",)),
    "fines without enforcement": ('{ kind = "fines", factor = 1.5 }', ("nobody would be fined",)),
    "fines below nothing": (f'{CAMERA}, {{ kind = "fines", factor = -1.0 }}', ("factor", "-1")),
    "fines of a kind that is not there": (
        f'{CAMERA}, {{ kind = "fines", factor = 2.0, kinds = ["section_control"] }}', ("no section control",)),
    "a campaign beside enforcement": (
        f'{CAMERA}, {{ kind = "campaign", theme = "speed" }}', ("count twice", "publicity")),
    "a campaign that ends before it begins": (
        '{ kind = "campaign", theme = "alcohol", first_day = 20, last_day = 10 }', ("ends before it begins",)),
    "a campaign about nothing": ('{ kind = "campaign", theme = "manners" }', ("manners", "speed")),
    "a curfew with its hours exchanged": (
        '{ kind = "night_limit", hours = { begin_h = 5, end_h = 22 } }', ("exchange the two",)),
    "a curfew of no length": (
        '{ kind = "night_limit", hours = { begin_h = 22, end_h = 22 } }', ("have no length",)),
    "two limits of points": (
        '{ kind = "points_limit", limit = 8 }, { kind = "points_limit", limit = 6 }', ("both set this value",)),
    "no point at all": ('{ kind = "probation", limit = 0 }', ("limit", "0")),
    "points given back to more than all": ('{ kind = "re_education", points_back = 2, share = 2.0 }', ("share", "2")),
}


def refused(folder: Path, policies: str, people: str) -> Answer:
    (folder / "scenario.toml").write_text(SCENARIO + people)
    (folder / "study.toml").write_text(edited(STUDY, LIMIT, policies))
    return Answer("compare", folder / "study.toml", "--out", folder / "out")


def assert_one_message(answer: Answer, says: tuple[str, ...]) -> None:
    assert answer.status == 2, answer.stderr
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("trafficsim: ")
    assert "Remedy:" in lines[0]
    assert [part for part in says if part not in lines[0]] == [], answer.stderr


@pytest.mark.parametrize("name", CASES)
def test_one_message_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    policies, says = CASES[name]
    assert_one_message(refused(tmp_path, policies, PEOPLE), says)
    assert not list(tmp_path.glob("out/*.parquet"))


def test_people_are_needed(tmp_path: Path) -> None:
    answer = refused(tmp_path, '{ kind = "hazard_perception" }', "")
    assert_one_message(answer, ("without people", "[population]"))


def test_novices_are_needed(tmp_path: Path) -> None:
    people = edited(PEOPLE, "licence_months = [0, 24]", "licence_months = [36, 48]")
    people = edited(people, "age_years = [18, 24]", "age_years = [30, 40]")
    answer = refused(tmp_path, '{ kind = "probation", limit = 4 }', people)
    assert_one_message(answer, ("licence_months from below 24",))
