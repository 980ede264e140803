"""Compiling the kernels of the cellular automaton for the first time: on several cores.

Helpers compile stages of the step, each into a cache of its own; what they leave there is moved to where this process
looks for it. A helper that fails costs time only: what is missing is compiled here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from numba import int64, typeof, uint32

from trafficsim.base.isolation import without_working_directory
from trafficsim.base.numba_cache import VARIABLE
from trafficsim.engines.ca.program import Program
from trafficsim.engines.compiling import cache_folder, compiling, without_collection
from trafficsim.kernels.ca.step import run as run_ticks

JOBS = (
    ("ca.look.look_ahead road tick", "ca.inside.look_inside road tick"),
    (
        "ca.transfer.transfer road counters clock tick",
        "ca.lanes.change_lanes road draw tick",
        "ca.insertion.insert_trips road queues counters tick",
        "measurement.counters.count_road road counters clock tick",
        "measurement.counters.count_detectors vehicles start work counters",
        "measurement.sections.count_sections sections road tick",
        "ca.repack.repack vehicles start work tick",
        "ca.step.follow vehicles work rule tick draw",
        "ca.zones.apply_zones zones net vehicles start trips",
        "ca.leaders.guard vehicles start work tick",
        "ca.overhang.keep_behind road",
        "ca.connectors.clear_connectors road tick",
        "ca.steering.steer_clear road",
        "ca.steering.stop_before_closed road",
    ),
)
"""What each helper compiles: kernels with the names of their arguments. Each takes about as long; the rest is short, or
has to wait for these. What two kernels share is compiled in one helper: two copies of it are inlined less well."""


def signatures(program: Program, job: tuple[str, ...]) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return (module, kernel, types of its arguments) of what a helper compiles."""
    given = {"tick": int64, "draw": uint32}
    rows = []
    for line in job:
        kernel, *arguments = line.split()
        module, _, name = kernel.rpartition(".")
        types = tuple(given.get(argument) or typeof(getattr(program, argument)) for argument in arguments)
        rows.append((f"trafficsim.kernels.{module}", name, types))
    return rows


def help_out() -> None:
    """Compile what is asked for on standard input: the work of a helper."""
    with without_collection():
        for module, name, types in pickle.load(sys.stdin.buffer):
            getattr(import_module(module), name).compile(types)


@dataclass
class Helpers:
    """Processes that compile, and the folder in which each has a cache of its own."""

    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, rows: list[tuple[str, str, tuple[Any, ...]]]) -> None:
        """Start another one, and tell it what to compile."""
        cache = self.folder / str(len(self.running))
        cache.mkdir()
        path = os.pathsep.join(without_working_directory(sys.path))
        helper = subprocess.Popen(
            [sys.executable, "-P", "-c", f"from {__name__} import help_out; help_out()"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, VARIABLE: str(cache), "PYTHONPATH": path},
        )
        self.running.append(helper)
        assert helper.stdin is not None
        with contextlib.suppress(BrokenPipeError), helper.stdin as pipe:
            pipe.write(pickle.dumps(rows))

    def finish(self) -> None:
        """Wait for all of them, and take over what they have compiled."""
        for helper in self.running:
            helper.wait()
        with contextlib.suppress(OSError):
            for cache in sorted(self.folder.iterdir()):
                adopt(cache, cache_folder(run_ticks).parent)

    def stop(self) -> None:
        """Stop those that still run."""
        for helper in self.running:
            helper.kill()
            helper.wait()


@contextlib.contextmanager
def helpers(program: Program) -> Iterator[Helpers | None]:
    """Start helpers if nothing has been compiled yet and there are cores for them; stop them whatever happens."""
    with contextlib.ExitStack() as stack:
        cold = stack.enter_context(compiling(run_ticks))
        team = None
        if cold and sys.executable and usable_cores() > 1:
            with contextlib.suppress(OSError):
                folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
                team = Helpers(Path(folder))
                stack.callback(team.stop)
                for job in JOBS:
                    team.start(signatures(program, job))
        yield team


def usable_cores() -> int:
    """Return how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def adopt(cache: Path, shared: Path) -> None:
    """Move compiled kernels from one cache to another that does not have them; the index of each goes last."""
    for index in sorted(cache.rglob("*.nbi")):
        target = shared / index.parent.name
        target.mkdir(parents=True, exist_ok=True)
        if (target / index.name).exists():
            continue
        for data in sorted(index.parent.iterdir()):
            if data.suffix == ".nbc" and data.name.startswith(index.stem + "."):
                shutil.move(data, target / data.name)
        shutil.move(index, target / index.name)
