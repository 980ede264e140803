"""Replications and studies from worlds to results, with an engine whose travel times are known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plan.small import Demand
from tests.run import fake_engine
from tests.run.fake_engine import BROKEN, LOSING, Slower, fake_world
from trafficsim.base.errors import InputError, SimulationError, UnreadField
from trafficsim.engines.registry import ENGINES
from trafficsim.kernels.rng import hash_name
from trafficsim.plan.prepare import prepare
from trafficsim.results.store import read_tables
from trafficsim.run import runner
from trafficsim.run.result import StudyResult
from trafficsim.run.runner import Options, run_scenario, run_study
from trafficsim.spec.study import Study

RUN_KEYS = ["scenario", "engine", "seed", "replications", "version", "digest", "vehicles", "indicators", "not_computed",
            "performance", "status", "gridlocks", "left", "routes"]


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(ENGINES, "ca", fake_engine.FAKE)
    monkeypatch.setattr(runner, "load_world", lambda *_: fake_world())
    yield
    BROKEN.clear()
    LOSING.clear()


def study(**changes: object) -> Study:
    alternatives = {"do nothing": (), "slower": (Slower(),), "no change": (Slower(speed_ms=99.0),)}
    values = {"name": "toy", "scenarios": (fake_world().scenario,), "alternatives": alternatives, "replications": 3}
    return Study(**{**values, **changes})  # type: ignore[arg-type]


def test_run_json_has_the_shape_of_the_contract() -> None:
    result = run_scenario(fake_world(), replications=2)
    report = result.as_json()
    json.dumps(report, allow_nan=False)
    assert list(report) == RUN_KEYS
    assert (report["scenario"], report["engine"], report["seed"], report["replications"]) == ("small", "ca", 5, 2)
    assert report["vehicles"]["demanded"] == report["vehicles"]["completed"] == len(result.tables["trips"])
    assert list(report["indicators"]["mean_delay_s"]) == ["mean", "low", "high", "unit", "n"]
    assert report["performance"]["compile_s"] == 0.5
    # The random share is uniform between 0 and 1: delay is about half the free-flow time of every trip.
    trips = result.tables["trips"]
    assert float((trips["delay_s"] / trips["free_flow_s"]).mean()) == pytest.approx(0.5, abs=0.08)


def test_the_seed_and_only_the_seed_changes_the_digest() -> None:
    first, again, other = (run_scenario(fake_world(), seed=seed).as_json() for seed in (1, 1, 2))
    assert first["digest"] == again["digest"] != other["digest"]
    assert other["seed"] == 2


def test_results_do_not_depend_on_the_number_of_workers() -> None:
    reports = [run_scenario(fake_world(), replications=4, workers=workers).as_json() for workers in (1, 2)]
    assert reports[0] == reports[1]
    assert reports[0]["indicators"]["mean_delay_s"]["n"] == 4


def test_a_policy_on_a_field_that_the_engine_does_not_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake_engine, "REPRESENTATION", {})
    with pytest.raises(UnreadField, match="free_speed_mean_ms"):
        run_study(study())


def test_a_study_compares_delay_with_free_flow_under_do_nothing() -> None:
    result = run_study(study())
    report = result.as_json()
    json.dumps(report, allow_nan=False)
    assert list(report) == ["study", "baseline", "version", "results", "distribution", "without_effect"]
    assert [one["alternative"] for one in report["without_effect"]] == ["no change"]
    arms = report["results"]["small"]["ca"]
    assert set(arms) == {"do nothing", "slower", "no change"}
    slower = arms["slower"]
    # Against its own free-flow time the slow arm would lose about half of it; against do nothing it loses all the rest.
    assert slower["mean_delay_s"]["diff"] == pytest.approx(slower["mean_travel_time_s"]["diff"], rel=1e-9)
    assert slower["mean_delay_s"]["verdict"] == "worse"
    assert {entry["verdict"] for entry in arms["no change"].values() if entry["n"]} == {"equivalent"}
    assert set(result.tables["ledger"]["alternative"]) == {"slower", "no change"}


def test_a_replication_that_breaks_off_is_a_row_with_its_reason(tmp_path: Path) -> None:
    BROKEN.add(hash_name(5, 2))
    result = run_study(study(), options=Options(out=tmp_path))
    runs = result.tables["runs"]
    broken = runs[runs["status"] == "failed"]
    assert broken["replication"].tolist() == [2, 2, 2]
    assert "ZeroDivisionError: a defect" in broken["reason"].iloc[0]
    assert result.as_json()["results"]["small"]["ca"]["slower"]["mean_delay_s"]["n"] == 2
    assert len(json.loads(json.dumps(result.as_json()))["failed"]) == 3
    BROKEN.clear()
    assert run_study(study(), options=Options(out=tmp_path, resume=True)).as_json() == run_study(study()).as_json()


def test_a_lost_vehicle_is_an_error() -> None:
    LOSING.add(hash_name(5, 1))
    with pytest.raises(SimulationError, match="waiting, en route, completed"):
        run_scenario(fake_world())


def test_a_stopped_study_goes_on_where_it_was(tmp_path: Path) -> None:
    seen: list[int] = []

    def stop_after_four(done: int, total: int, labels: object) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(study(), options=Options(out=tmp_path, progress=stop_after_four))
    result = run_study(study(), options=Options(out=tmp_path, resume=True, progress=lambda done, *_: seen.append(done)))
    assert seen == [5, 6, 7, 8, 9]
    assert result.as_json() == run_study(study()).as_json()
    assert StudyResult(study(), read_tables(tmp_path), result.effects).as_json() == result.as_json()


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    run_study(study(), replications=1, options=Options(out=tmp_path))
    run_study(study(), replications=2, options=Options(out=tmp_path, resume=True))
    with pytest.raises(InputError, match="alternatives"):
        run_study(study(alternatives={"do nothing": ()}), options=Options(out=tmp_path))


def test_names_too_long_for_files_are_refused_before_anything_is_run(tmp_path: Path) -> None:
    name = "خفض السرعة إلى ثلاثين كيلومترا في الساعة"  # percent-encoded, a letter takes six characters
    long = study(alternatives={"do nothing": (), name: (Slower(),)})
    with pytest.raises(InputError, match=r"shorten the name of the alternative"):
        run_study(long, {"toy": prepare(fake_world())}, options=Options(tmp_path))
    assert not list(tmp_path.iterdir())
    runs = run_study(long, {"toy": prepare(fake_world())}).tables["runs"]
    assert runs["alternative"].nunique() == 2, "no folder, no files"


@pytest.mark.parametrize("broken", [
    {"replications": 0}, {"engine": "teleporter"}, {"workers": 0},
])
def test_wrong_arguments_are_named(broken: dict[str, object]) -> None:
    with pytest.raises(InputError, match=str(next(iter(broken)))):
        run_scenario(fake_world(), **broken)  # type: ignore[arg-type]


def test_scenarios_of_one_name_and_unknown_indicators_are_refused() -> None:
    scenario = fake_world().scenario
    with pytest.raises(InputError, match="second scenario"):
        run_study(study(scenarios=(scenario, scenario)))
    with pytest.raises(InputError, match="unknown name"):
        run_study(study(primary=("delay",)))


def test_an_input_error_is_raised_not_tabled() -> None:
    empty = replace(fake_world(), demand=Demand())
    with pytest.raises(InputError, match="demand"):
        run_scenario(empty)
