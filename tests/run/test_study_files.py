"""What a study leaves on disk: the same tables as in memory, runs that failed, and a folder that is never mixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.run import fake_engine
from tests.run.fake_engine import BROKEN, LOSING, Slower, fake_world
from tests.run.test_runner import study
from tests.support.same_tables import assert_same_tables
from trafficsim.base.errors import InputError, MachineError, PolicyError
from trafficsim.engines.registry import ENGINES
from trafficsim.kernels.rng import hash_name
from trafficsim.plan.prepare import prepare
from trafficsim.results.asked import ASKED
from trafficsim.results.frames import Labels
from trafficsim.results.store import MANIFEST, file_name, read_tables, stored_runs
from trafficsim.run import jobs, runner
from trafficsim.run.executor import WorkerPool
from trafficsim.run.jobs import Job, Setting, do_job
from trafficsim.run.manifest import fingerprint
from trafficsim.run.result import StudyResult
from trafficsim.run.runner import Options, run_scenario, run_study
from trafficsim.spec.demand import Trip
from trafficsim.spec.policy import Builder

ONE = Labels("small", "slower", 2, "ca")


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(ENGINES, "ca", fake_engine.FAKE)
    monkeypatch.setattr(runner, "load_world", lambda *_: fake_world())
    yield
    BROKEN.clear()
    LOSING.clear()


def run(out: Path | None, workers: int = 1, resume: bool = True, **changes: object) -> StudyResult:
    with WorkerPool(workers) as pool:
        return run_study(study(**changes), options=Options(out, resume, pool))


def test_tables_in_memory_and_from_files_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    plain = run(None)
    for workers in (1, 2, 3):
        assert_same_tables(run(None, workers).tables, plain.tables)
        assert_same_tables(run(tmp_path / str(workers), workers).tables, plain.tables)
    assert_same_tables(run(tmp_path / "1").tables, plain.tables)


def test_replications_are_days_and_the_same_people_in_every_alternative() -> None:
    trips = run(None).trips
    people = {labels: set(part["name"]) for labels, part in trips.groupby(["alternative", "replication"])}
    for number in (1, 2, 3):
        assert people["do nothing", number] == people["slower", number]
    counts = [len(people["do nothing", number]) for number in (1, 2, 3)]
    even = run(None, demand_variation=0.0).trips.groupby(["alternative", "replication"]).size()
    assert counts != [even["do nothing", number] for number in (1, 2, 3)]


def test_a_scenario_has_no_variation_unless_asked() -> None:
    plain, even, varied = (run_scenario(fake_world(), replications=2, **more).as_json()["digest"]
                           for more in ({}, {"demand_variation": 0.0}, {"demand_variation": 0.1}))
    assert plain == even != varied
    with pytest.raises(InputError, match="demand_variation"):
        run_scenario(fake_world(), demand_variation=0.5)


@pytest.mark.parametrize("replication", [0, -1])
def test_the_design_day_is_never_judged(replication: int) -> None:
    setting = Setting({"small": prepare(fake_world())})
    with pytest.raises(InputError, match="never what was designed on"):
        do_job(setting, Job(Labels("small", "do nothing", replication, "ca")))


def test_a_failed_run_is_on_disk_and_tried_again(tmp_path: Path) -> None:
    BROKEN.add(hash_name(5, 2))
    broken = run(tmp_path)
    assert read_tables(tmp_path)["runs"]["status"].value_counts().to_dict() == {"complete": 6, "failed": 3}
    row = broken.runs.set_index("alternative").loc["slower"].query("replication == 2").iloc[0]
    assert (row["status"], "ZeroDivisionError" in row["reason"]) == ("failed", True)
    assert not (tmp_path / file_name("runs", ONE)).exists()
    assert (tmp_path / file_name("failed", ONE)).exists()
    BROKEN.clear()
    assert_same_tables(run(tmp_path).tables, run(None).tables)
    assert not (tmp_path / file_name("failed", ONE)).exists()


def test_more_replications_may_follow_and_fewer_be_looked_at(tmp_path: Path) -> None:
    run(tmp_path, replications=2)
    assert_same_tables(run(tmp_path, replications=4).tables, run(None, replications=4).tables)
    assert_same_tables(run(tmp_path, replications=1).tables, run(None, replications=1).tables)


def test_how_runs_are_judged_may_be_changed_later(tmp_path: Path) -> None:
    run(tmp_path)
    again = run(tmp_path, primary=("mean_travel_time_s",), baseline="do nothing", confidence=0.9)
    assert again.comparison.question.primary == ("mean_travel_time_s",)


SLOWEST = {"do nothing": (), "slower": (Slower(speed_ms=4.0),)}


@pytest.mark.parametrize("change", [{"name": "other"}, {"demand_variation": 0.2}, {"alternatives": SLOWEST}])
def test_another_study_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    run(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="results of something else"):
        run(tmp_path, **change)
    assert sorted(tmp_path.iterdir()) == before


def test_a_world_that_has_changed_under_its_name_is_another_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    monkeypatch.setattr(runner, "load_world", lambda *_: fake_world(volume_veh_h=121.0))
    with pytest.raises(InputError, match="differing: scenarios"):
        run(tmp_path)


def test_fingerprints_tell_worlds_apart_and_repeat() -> None:
    world = fake_world()
    trip = Trip(id="t", depart_s=5.0, origin="a", destination="d")
    more = world.demand.model_copy(update={"trips": (trip,)})
    grouped = replace(world, network=replace(world.network, groups={"middle": ("b",)}))
    worlds = [world, replace(world, demand=more), grouped]
    marks = [fingerprint(prepare(one)) for one in worlds]
    assert len(set(marks)) == 3
    assert marks == [fingerprint(prepare(one)) for one in (fake_world(), *worlds[1:])]


def test_finished_runs_are_not_overwritten_unasked(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(InputError, match="add --resume"):
        run(tmp_path, resume=False)


def test_git_ignores_a_folder_that_is_made_for_results_and_no_other(tmp_path: Path) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    shared.mkdir()
    (shared / "notes.txt").write_text("mine")
    for folder in (own, shared):
        run(folder)
    assert (own / ".gitignore").read_text() == "*\n"
    assert not (shared / ".gitignore").exists()


def test_a_folder_without_a_finished_run_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".trips@small@slower@2@ca.parquet.77.part").write_text("left by a process that was killed")
    (tmp_path / "notes.txt").write_text("mine")
    run(tmp_path, resume=False)
    assert {path.name for path in tmp_path.iterdir() if "@" not in path.name} == {"notes.txt", MANIFEST, ASKED}


def test_runs_without_their_study_are_refused(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / MANIFEST).unlink()
    with pytest.raises(InputError, match="put the file back"):
        run(tmp_path)


def test_a_damaged_run_is_named_and_done_again_as_the_message_says(tmp_path: Path) -> None:
    plain = run(tmp_path)
    damaged = tmp_path / file_name("trips", ONE)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(InputError, match="damaged file") as refused:
        run(tmp_path)
    assert refused.value.where == str(damaged)
    assert str(tmp_path / file_name("runs", ONE)) in refused.value.remedy
    (tmp_path / file_name("runs", ONE)).unlink()
    assert_same_tables(run(tmp_path).tables, run(None).tables)
    assert plain.runs["status"].eq("complete").all()


def test_a_damaged_page_is_found_when_it_is_read(tmp_path: Path) -> None:
    run(tmp_path)
    damaged = tmp_path / file_name("trips", ONE)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 3] ^= 0xFF
    damaged.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged file"):
        _ = run(tmp_path).trips


def test_a_table_that_was_deleted_is_missed(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / file_name("links", ONE)).unlink()
    with pytest.raises(InputError, match="no such file, though the run is complete"):
        _ = run(tmp_path).links


def test_too_little_memory_stops_the_study_and_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = jobs.simulate

    def hungry(prepared: object, job: Job, variation: float) -> object:
        if job.labels == ONE:
            raise MemoryError
        return plain(prepared, job, variation)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "simulate", hungry)
    with pytest.raises(MachineError, match="memory"):
        run(tmp_path)
    assert len(stored_runs(tmp_path)) == 4


def test_a_policy_that_is_wrong_is_told_before_anything_has_run(tmp_path: Path) -> None:
    class Wrong(Slower):
        kind = "test_wrong"

        def lower(self, builder: Builder) -> None:
            builder.set("link.free_speed_mean_ms", ("nowhere",), 5.0)

    with pytest.raises(PolicyError, match="alternative 'wrong'"):
        run(tmp_path / "out", alternatives={"do nothing": (), "wrong": (Wrong(),)})
    assert not (tmp_path / "out").exists()


def test_a_policy_with_a_defect_is_told_without_a_traceback() -> None:
    class Defective(Slower):
        kind = "test_defective"

        def lower(self, builder: Builder) -> None:
            raise ZeroDivisionError("a defect")

    with pytest.raises(PolicyError, match="alternative 'wrong': policies: found ZeroDivisionError: a defect"):
        run(None, alternatives={"do nothing": (), "wrong": (Defective(),)})


def test_any_alternative_may_be_the_baseline_and_tables_are_attributes() -> None:
    result = run(None)
    turned = result.compare(to="slower").table("mean_delay_s")
    assert set(turned["alternative"]) == {"do nothing", "no change"}
    straight = result.compare(to="do nothing").table("mean_delay_s")
    diff = [float(table.set_index("alternative")["diff"].iloc[0]) for table in (
        turned[turned["alternative"] == "do nothing"], straight[straight["alternative"] == "slower"])]
    assert diff[0] == -diff[1]
    assert result.links is result.tables["links"]
    assert {"trips", "links", "runs"} <= set(dir(result))
    with pytest.raises(AttributeError, match="no attribute or table 'linkz'"):
        _ = result.linkz
    with pytest.raises(InputError, match="no such alternative"):
        result.compare(to="nothing")
