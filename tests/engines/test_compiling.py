"""Compiling for the first time: what helpers compile is what the step calls, and what they leave is found."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from numba import config

from tests.support import hostile
from tests.support.rings import ring_program
from tests.support.worlds import link, make_network, make_plan, make_world
from trafficsim.base.numba_cache import VARIABLE
from trafficsim.engines import compiling
from trafficsim.engines.ca import helpers
from trafficsim.engines.ca.loop import warm_up
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.queue.loop import run as run_queues
from trafficsim.kernels.ca.step import run as run_ticks
from trafficsim.spec.demand import Trip

COMPILED = not config.DISABLE_JIT
needs_compiler = pytest.mark.skipif(not COMPILED, reason="nothing is compiled with NUMBA_DISABLE_JIT")
GUARD = ("ca.leaders.guard vehicles start work tick",)


@pytest.fixture(scope="module")
def program() -> Program:
    made = ring_program(1000.0, 4, 10, 50.0, CellularAutomaton())
    warm_up(made)
    return made


@needs_compiler
def test_helpers_compile_what_the_step_calls(program: Program) -> None:
    """The step has left each of these kernels once in the cache, for the types that helpers are told."""
    for module, name, types in [row for job in helpers.JOBS for row in helpers.signatures(program, job)]:
        part = getattr(import_module(module), name)
        missed = sum(part.stats.cache_misses.values())  # by the step itself, if this process has compiled it alone
        part.compile(types)
        assert (name, sum(part.stats.cache_misses.values())) == (name, missed)
        folder = Path(part.stats.cache_path)
        assert len(list(folder.glob(f"{module.split('.')[-1]}.{name}-*.nbc"))) == 1


@needs_compiler
def test_helpers_import_nothing_from_the_working_directory(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    hostile.fill(folder)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))  # as for a script that lies there
    (tmp_path / "caches").mkdir()
    team = helpers.Helpers(tmp_path / "caches")
    team.start(helpers.signatures(program, GUARD))
    assert team.running[0].wait() == 0
    assert hostile.executed(folder) == []


@needs_compiler
def test_what_a_helper_has_compiled_is_found_by_the_next_process(program: Program, tmp_path: Path) -> None:
    rows = helpers.signatures(program, GUARD)
    team = helpers.Helpers(tmp_path)
    team.start(rows)
    assert team.running[0].wait() == 0
    helpers.adopt(tmp_path / "0", tmp_path / "shared")
    told = subprocess.run(
        [sys.executable, "-c", "import pickle, sys; from trafficsim.kernels.ca.leaders import guard; "
         "guard.compile(pickle.load(sys.stdin.buffer)); print(sum(guard.stats.cache_hits.values()))"],
        input=pickle.dumps(rows[0][2]), capture_output=True, check=True,
        env={**os.environ, VARIABLE: str(tmp_path / "shared")},
    )
    assert told.stdout.split() == [b"1"]


@needs_compiler
def test_a_helper_that_fails_costs_nothing_but_time(program: Program, tmp_path: Path) -> None:
    team = helpers.Helpers(tmp_path)
    team.start([("trafficsim.kernels.ca.leaders", "no_such_kernel", ())])
    team.finish()
    assert (team.running[0].returncode, list((tmp_path / "0").rglob("*.nb*"))) == (1, [])


def test_where_no_process_can_be_started_nobody_helps(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "is_cold", lambda kernel: True)
    monkeypatch.setattr(helpers, "usable_cores", lambda: 2)
    monkeypatch.setattr(helpers, "JOBS", ((),))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with helpers.helpers(program) as team:
        assert team is not None
        assert team.running == []


def test_the_wait_is_told(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiling, "is_cold", lambda kernel: True)
    monkeypatch.setattr(helpers, "usable_cores", lambda: 1)
    with caplog.at_level("INFO", logger="trafficsim"), helpers.helpers(program) as team:
        assert team is None
    assert caplog.messages == ["compiling the kernels, once", "running"]


def test_every_engine_tells_the_wait(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(compiling, "is_cold", lambda kernel: True)
    plan = make_plan(make_world(make_network([link("a", 100.0)]), trips=[Trip(id="t", depart_s=0.0, route=("a",))]))
    with caplog.at_level("INFO", logger="trafficsim"):
        run_queues(plan)
    assert caplog.messages == ["compiling the kernels, once", "running"]


def test_nobody_helps_where_everything_is_compiled_or_nothing_will_be(program: Program) -> None:
    assert not compiling.is_cold(run_ticks)
    with helpers.helpers(program) as team:
        assert team is None


def test_helpers_are_stopped_when_compiling_is_interrupted(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "is_cold", lambda kernel: True)
    monkeypatch.setattr(helpers, "usable_cores", lambda: 2)
    monkeypatch.setattr(helpers, "JOBS", (GUARD, GUARD) if COMPILED else ((), ()))
    teams: list[helpers.Helpers] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(program, teams)
    assert [helper.poll() is None for helper in teams[0].running] == [False, False]
    assert not teams[0].folder.exists()


def interrupted(program: Program, teams: list[helpers.Helpers]) -> None:
    with helpers.helpers(program) as team:
        assert team is not None
        teams.append(team)
        raise KeyboardInterrupt


def test_kernels_that_are_there_are_not_replaced(tmp_path: Path) -> None:
    own, shared = tmp_path / "own" / "kernels_1", tmp_path / "shared" / "kernels_1"
    for folder, text in ((own, "new"), (shared, "old")):
        folder.mkdir(parents=True)
        for name in ("a.f-1.py311.nbi", "a.f-1.py311.1.nbc"):
            (folder / name).write_text(text)
    for name in ("a.f-12.py311.nbi", "a.f-12.py311.1.nbc", "a.f-12.py311.2.nbc"):
        (own / name).write_text("new")
    helpers.adopt(tmp_path / "own", tmp_path / "shared")
    assert {path.name: path.read_text() for path in shared.iterdir()} == {
        "a.f-1.py311.nbi": "old", "a.f-1.py311.1.nbc": "old",
        "a.f-12.py311.nbi": "new", "a.f-12.py311.1.nbc": "new", "a.f-12.py311.2.nbc": "new",
    }


def test_one_process_compiles_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl", reason="files cannot be locked here")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    with compiling.one_at_a_time(), pytest.raises(BlockingIOError):
        take(fcntl, tmp_path / "cache" / "compiling.lock")
    assert take(fcntl, tmp_path / "cache" / "compiling.lock")


def take(fcntl: ModuleType, lock: Path) -> bool:
    with lock.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True


def test_where_no_file_can_be_written_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "cache"))
    with compiling.one_at_a_time():
        assert not (tmp_path / "file" / "cache").exists()


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_collected_afterwards_as_before(collects: bool) -> None:
    was = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        with compiling.without_collection():
            assert not gc.isenabled()
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was else gc.disable)()
