"""Nothing that lies beside a scenario is executed: not here, not by workers, not by those who compile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, edited
from tests.support import hostile
from trafficsim.base.isolation import ordered

COMMAND = Path(sys.executable).with_name("trafficsim")
COMPARE = ("compare", "study.toml", "--workers", "2", "--out", "out")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    short = edited(edited(SCENARIO, "analysis_s = 300.0", "analysis_s = 60.0"), "clear_s = 600.0", "clear_s = 60.0")
    (tmp_path / "scenario.toml").write_text(short)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def run_in(folder: Path, *command: str | Path, **environment: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    assert len(list((folder / "out").glob("runs@*"))) == 4


def test_workers_import_nothing_from_the_working_directory(folder: Path) -> None:
    hostile.fill(folder)
    run_in(folder, COMMAND, *COMPARE, NUMBA_DISABLE_JIT="1")
    assert hostile.executed(folder) == []


def test_the_module_as_a_command_forgets_the_working_directory(folder: Path) -> None:
    for name in ("pickle", "multiprocessing", "numba", "pandas", "typer", "socket", "tempfile"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"open({str(folder / hostile.TRACE)!r}, 'a').write({name!r})")
    run_in(folder, sys.executable, "-m", "trafficsim", *COMPARE, NUMBA_DISABLE_JIT="1")
    assert hostile.executed(folder) == []


SCRIPT = """\
import trafficsim as ts
from own_policy import Slow

class Slower(Slow):
    kind = "slower"

if __name__ == "__main__":
    plans = {"do nothing": [], "own": [Slower()]}
    study = ts.Study(name="own", scenarios=["scenario.toml"], replications=2, alternatives=plans)
    ts.run(study, workers=2, out="out")
"""
POLICY = """\
from trafficsim import Policy

class Slow(Policy):
    kind = "slow"
    phase = "network"

    def lower(self, builder):
        builder.scale("link.free_speed_mean_ms", ("main_out",), 0.8)
"""


def test_policies_that_lie_beside_a_script_reach_the_workers(folder: Path) -> None:
    (folder / "script.py").write_text(SCRIPT)
    (folder / "own_policy.py").write_text(POLICY)
    run_in(folder, sys.executable, "script.py", NUMBA_DISABLE_JIT="1")


def test_the_working_directory_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ordered(["", "/a", str(tmp_path), "/b"]) == ["/a", "/b", "", str(tmp_path)]
