"""Two plans of one's own on a real junction, from the study file to folder and page, without a line of Python."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.support import Answer
from tests.report.html import Page
from trafficsim import api
from trafficsim.io.load import load_world
from trafficsim.io.sumo import read_programs
from trafficsim.results.store import read_tables

STUDY = Path(__file__).parents[2] / "scenarios" / "cologne1_plans" / "study.toml"
SIGNAL = "GS_cluster_357187_359543"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("sumo_rl") is None:
        pytest.skip("DATA ABSENT: the package sumo-rl is not installed; run: make data")
    out = tmp_path_factory.mktemp("plans") / "out"
    answer = Answer("compare", STUDY, "--replications", "1", "--out", out, "--json")
    assert answer.status == 0, answer.stderr
    found = json.loads(answer.stdout)["results"]["cologne1_plans"]["ca"]
    assert set(found) == {"do nothing", "two stages", "four stages"}
    return out


def test_check_takes_the_study(folder: Path) -> None:
    answer = Answer("check", STUDY, "--json")
    assert answer.status == 0
    assert "no-effect" not in answer.stdout


def test_the_ledger_gives_back_the_plan_of_the_file(folder: Path) -> None:
    rows = read_tables(folder)["ledger"]
    rows = rows[(rows["alternative"] == "four stages") & (rows["operation"] == "replace")]
    (program,) = read_programs(STUDY.parent / "four_stages.add.xml")
    assert rows["state_after"].tolist() == [phase.state for phase in program.phases]
    assert rows["after"].tolist() == [phase.duration_s for phase in program.phases]
    assert rows["before"].tolist()[:2] == [29.0, 5.0]


def test_the_program_for_sumo_is_the_plan_that_ran(folder: Path) -> None:
    (written,) = read_programs(folder / "timing@cologne1_plans@two%20stages.add.xml")
    assert (written.id, written.cycle_s) == (SIGNAL, 90.0)
    groups = load_world(STUDY.parent / "scenario.toml").network.signals[0]
    assert written.phases[0].state == groups.phases[4].state  # green with left turns that give way, as in the source
    assert written.phases[0].duration_s == 40.0


def test_the_audit_compares_approaches_that_cross(folder: Path) -> None:
    audit = pd.read_csv(folder / "timing_audit@cologne1_plans@four%20stages.csv")
    between = audit[audit["check"] == "intergreen"].set_index("subject")
    assert between.loc["-32038056#3 then 23429231#1", ["limit", "after"]].tolist() == [5.0, 5.0]
    assert between["after_ok"].dropna().all()
    facing = between.loc["-32038056#3 then 28198821#3"]  # through traffic ends, left turns of the other side begin
    assert (facing["limit"], facing["after"]) == (3.0, 5.0)


def test_the_page_shows_both_plans(folder: Path, tmp_path: Path) -> None:
    assert Answer("report", folder, "--out", tmp_path / "page.html").status == 0
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.faults == []
    for text in ("phases replaced", "rrrrrGGGrrrrrrrGGGrr", "signal_plan"):
        assert text in page.visible(), text


def test_explain_and_timing_tell_before_and_after(folder: Path) -> None:
    timing = api.timing(STUDY, "two stages")
    assert timing["green_before_s"].tolist() == [29.0, 6.0, 29.0, 6.0]
    assert timing["green_after_s"].tolist()[:2] == [40.0, 38.0]
    assert api.explain(STUDY, "two stages")["after"].notna().sum() == 8
