"""``trafficsim policies`` shows practices beside policies; a study file may declare its setting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, STUDY, Answer
from trafficsim.outcomes.practice import GROUPS


def test_everything_is_one_json_object() -> None:
    told = json.loads(Answer("policies", "--json").stdout)
    assert len(told["practices"]) >= 36
    assert told["speed_camera"]["grade"].startswith("B")


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_its_practices_and_their_policies(group: str) -> None:
    told = json.loads(Answer("policies", "--group", group, "--json").stdout)
    practices = told.pop("practices")
    assert {one["group"] for one in practices.values()} == {group}
    assert set(told) == {kind for one in practices.values() for kind in one["modelled"]["policies"]}
    shown = Answer("policies", "--group", group)
    assert (shown.status, shown.stderr) == (0, "")
    for one in practices.values():
        assert one["number"] is None or str(one["number"]) in shown.stdout


def test_one_practice_is_shown_with_its_evidence() -> None:
    shown = Answer("policies", "demerit_points").stdout
    for text in ("ES; IT; FR; DE; PL", "deaths: -10 %, grade A", "policy points_limit", "quoted from memory"):
        assert text in shown
    told = json.loads(Answer("policies", "demerit_points", "--json").stdout)
    assert list(told) == ["practices"]
    evidence = told["practices"]["demerit_points"]["evidence"]
    assert evidence[0]["text"] == "deaths in 18 months: -18 % (95 % interval -19.9 to -16.2), grade B"
    assert evidence[0]["setting"] == {"countries": ["IT"]}


@pytest.mark.parametrize(("arguments", "message"), [
    (["--group", "signal"], "trafficsim: group 'signal': found no such group"),
    (["mova", "--group", "signals"], "trafficsim: policies mova --group signals: found a name and a group"),
    (["demerit_pints"], "trafficsim: policy 'demerit_pints': found no such kind"),
])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_what_is_wrong_is_said_in_one_message(arguments: list[str], message: str, more: list[str]) -> None:
    answer = Answer("policies", *arguments, *more)
    assert (answer.status, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert answer.stderr.startswith(message)


@pytest.mark.parametrize(("setting", "said"), [
    ('country = "Jordan"', "setting.country: found 'Jordan'"),
    ('road_class = "street"', "setting.road_class: found 'street'"),
    ("limit_kmh = 500", "setting.limit_kmh: found 500"),
    ('limit_kmh = "50"', "setting.limit_kmh: found '50'"),
    ('driving_side = "middle"', "setting.driving_side: found 'middle'"),
    ("share_over_limit = 35", "setting.share_over_limit: found 35"),
    ("deaths_per_billion_km = 0", "setting.deaths_per_billion_km: found 0"),
    ('enforcement = "strict"', "setting.enforcement: found 'strict'"),
    ("speed_limit_kmh = 50", "setting.speed_limit_kmh: found an unknown key"),
])
def test_a_setting_out_of_range_is_named(tmp_path: Path, setting: str, said: str) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(f"{STUDY}\n[setting]\n{setting}\n")
    answer = Answer("compare", tmp_path / "study.toml")
    assert (answer.status, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert said in answer.stderr


def test_a_study_file_declares_its_setting(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(f'{STUDY}\n[setting]\ncountry = "JO"\nroad_class = "urban"\nlimit_kmh = 50\n')
    found = ts.transfer(tmp_path / "study.toml")
    assert set(found["alternative"]) == {"limit 30"}
    wales = found[found["outcome"] == "casualties on treated roads"]
    assert wales["status"].unique().tolist() == ["carried"]
    assert wales.set_index("property")["difference"].to_dict() == {
        "country": "different", "road_class": "same", "limit_kmh": "same", "driving_side": "not declared",
        "share_over_limit": "not stated", "deaths_per_billion_km": "not stated", "enforcement": "not stated"}
