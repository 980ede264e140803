"""A first run, with an empty cache, in a folder full of modules named like those that are imported: none runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY
from tests.support import hostile

pytestmark = pytest.mark.long


def test_nothing_is_executed_while_kernels_are_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "scenario.toml").write_text(SCENARIO)
    (folder / "study.toml").write_text(STUDY)
    hostile.fill(folder)
    environment = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
    done = subprocess.run(
        [Path(sys.executable).with_name("trafficsim"), "compare", "study.toml", "--workers", "2", "--out", "out"],
        cwd=folder, env={**environment, "XDG_CACHE_HOME": str(tmp_path / "cache")}, capture_output=True, text=True,
        check=False)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "cache").rglob("step.run-*.nbi")), "the kernels were compiled for this run"
    assert hostile.executed(folder) == []
