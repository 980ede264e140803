"""The Dask executor: the same tables as here, and one message when nobody answers."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer
from tests.support.same_tables import assert_same_tables
from trafficsim.base.errors import InputError
from trafficsim.results.store import read_tables
from trafficsim.run.executor import executor_named

needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None,
    reason="THE DISTRIBUTED EXECUTOR IS NOT TESTED: pip install 'trafficsim[distributed]' to test it",
)
# Scheduler and workers are processes of their own: their warnings are not ours.
CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "scenario.toml").write_text(SCENARIO)
    (folder / "study.toml").write_text(STUDY)
    return folder / "study.toml"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("cluster") / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, cwd=script.parent) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("\n")


def compare(study: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: the client of Dask warns when it is closed, and tests turn warnings into errors."""
    command = [sys.executable, "-m", "trafficsim", "compare", str(study), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.long
@needs_dask
def test_a_cluster_gives_the_same_tables(study: Path, address: str, tmp_path: Path) -> None:
    assert address.startswith("tcp://")
    here = Answer("compare", study, "--out", tmp_path / "here", "--json")
    there = compare(study, "--executor", address, "--out", tmp_path / "there", "--json")
    assert (there.returncode, there.stderr) == (0, "")
    assert there.stdout == here.stdout
    assert_same_tables(read_tables(tmp_path / "there"), read_tables(tmp_path / "here"))
    assert compare(study, "--executor", address, "--json").stdout == here.stdout


@pytest.mark.long
@needs_dask
def test_a_wrong_study_is_told_as_it_is_here(study: Path, address: str, tmp_path: Path) -> None:
    answer = compare(study, "--executor", address, "--out", study / "in the way")
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)


@pytest.mark.long
@needs_dask
def test_an_address_where_nobody_answers_is_one_message(study: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        answer = compare(study, "--executor", nobody)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert nobody in answer.stderr
    assert "Dask scheduler" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_the_package_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'trafficsim\[distributed\]'"):
        executor_named("tcp://127.0.0.1:8786", 1)
