"""``examples/own-policies``, installed as a package of its own, adds a policy and a practice, and a study uses both.

It is installed by hand, as a package manager leaves it: an environment for the tests need hold neither pip nor the
build backend of the example (uv makes it without, and there may be no network to fetch one). What is announced is read
from its ``pyproject.toml``, so that a mistake there fails here.
"""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, STUDY, Answer
from trafficsim.spec.policy import REGISTRY

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "own-policies"
KIND, PRACTICE = "school_sign", "school_signs"


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the example into a folder on the path, and forget it afterwards."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    site, about = tmp_path / "site", project["project"]
    for package in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        shutil.copytree(EXAMPLE / package, site / Path(package).name)
    info = site / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n")
    points = [f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in members.items())
              for group, members in about["entry-points"].items()]
    (info / "entry_points.txt").write_text("\n".join(points))
    monkeypatch.syspath_prepend(site)
    yield
    REGISTRY.pop(KIND, None)
    for name in [one for one in sys.modules if one.partition(".")[0] == "own_policies"]:
        del sys.modules[name]


def test_both_are_in_the_catalogue() -> None:
    told = json.loads(Answer("policies", "--json").stdout)
    assert told[KIND]["summary"] == "Put up signs that show drivers how fast they are."
    assert told["practices"][PRACTICE]["modelled"]["policies"] == [KIND]
    assert ts.catalogue("prevention").set_index("id").loc[PRACTICE, "origin"] == "own_policies"
    for name in (KIND, PRACTICE):
        assert Answer("policies", name).stdout.startswith(f"{name}: ")


def test_a_study_uses_them(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    signs = f'"signs" = [{{ kind = "{KIND}", on = {{ ids = ["main_out"] }}, speed_ratio = 0.8 }}]\n'
    (tmp_path / "study.toml").write_text(f'{STUDY}{signs}\n[setting]\ncountry = "JO"\nroad_class = "urban"\n')
    answer = Answer("compare", tmp_path / "study.toml", "--out", tmp_path / "out", "--json")
    assert answer.status == 0, answer.stderr
    (found,) = json.loads(answer.stdout)["results"]["cross"].values()
    assert found["signs"]["mean_travel_time_s"]["diff"] > 0.0
    written = pd.read_csv(tmp_path / "out" / "transfer.csv")
    rows = written[written["practice"] == PRACTICE]
    assert set(rows["alternative"]) == {"signs"}
    assert set(rows["reason"]) == {"the number could not be confirmed"}
    folder = ts.transfer(tmp_path / "out")
    pd.testing.assert_frame_equal(folder, ts.transfer(tmp_path / "study.toml"))
    assert len(folder) == len(written)
    page = ts.report(tmp_path / "out").read_text(encoding="utf-8")
    assert "How far the evidence carries" in page
    assert "Speed feedback signs at schools" in page


def test_what_is_out_of_range_is_named(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(
        f'{STUDY}"signs" = [{{ kind = "{KIND}", on = {{ ids = ["main_out"] }}, speed_ratio = 1.5 }}]\n')
    answer = Answer("compare", tmp_path / "study.toml")
    assert (answer.status, answer.stderr.count("\n")) == (2, 1)
    assert "speed_ratio: found 1.5" in answer.stderr
