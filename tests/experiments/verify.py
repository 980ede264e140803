"""Run the long verification and record how each step ended: ``python -m tests.experiments.verify [STEP...]``.

Without steps all are run, one after the other; a step that fails does not keep the others from running. The record
is ``docs/validation/tables/last_run.md``; steps that are not run keep their rows.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.support.command_names import names_asked_for
from trafficsim import __version__

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "docs" / "validation" / "tables" / "last_run.md"
PYTEST = "python -m pytest -n {workers} --dist loadfile"
HEADER = "| step | command | ended | version | result | minutes | CPU minutes | cores |"
_COUNTS = re.compile(r"((?:\d+ (?:failed|passed|skipped|errors?|xfailed|warnings?)(?:, )?)+) in [\d.]+s")


@dataclass(frozen=True)
class Step:
    """A command of the verification, and what its environment has besides."""

    command: str
    environment: dict[str, str] = field(default_factory=dict)
    from_nothing: bool = False
    """Whether it begins with an empty kernel cache."""


STEPS = {
    "test": Step("make test", from_nothing=True),
    "long": Step(f"{PYTEST} -m long"),
    "random_worlds": Step(f"{PYTEST} tests/properties", {"HYPOTHESIS_PROFILE": "verify"}),
    "long_without_compiler": Step(f"{PYTEST} -m long tests/kernels tests/oracles tests/engines",
                                  {"NUMBA_DISABLE_JIT": "1"}),
    "coverage": Step("make coverage"),
    "tables": Step("python -m benchmarks.validation"),
}


@dataclass(frozen=True)
class Outcome:
    """How a step ended."""

    status: int
    counts: tuple[str, ...]
    wall_s: float
    cpu_s: float


def carry_out(step: Step) -> Outcome:
    """Run a step, show what it prints, and measure it."""
    program, *arguments = step.command.format(workers=os.environ.get("WORKERS", "2")).split()
    if program == "python":
        program = sys.executable
    counts: list[str] = []
    began, before = time.monotonic(), _cpu_s()
    with tempfile.TemporaryDirectory() as cache:
        empty = {"XDG_CACHE_HOME": cache} if step.from_nothing else {}
        environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        running = subprocess.Popen([program, *arguments], cwd=ROOT, env={**environment, **step.environment, **empty},
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        with running:
            for line in running.stdout or ():
                print(line, end="", flush=True)
                counts += _COUNTS.findall(line)
        status = running.returncode
    return Outcome(status, tuple(counts), time.monotonic() - began, _cpu_s() - before)


def row(name: str, step: Step, outcome: Outcome) -> str:
    """Return the row of a step in the record."""
    shown = " ".join([*(f"{key}={value}" for key, value in step.environment.items()), step.command.format(workers=2)])
    result = "; ".join(outcome.counts) or ("done" if outcome.status == 0 else "")
    if outcome.status != 0:
        result = f"status {outcome.status}; {result}".removesuffix("; ")
    ended = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    command = f"`{shown}`" + (", empty kernel cache" if step.from_nothing else "")
    cells = (name, command, ended, __version__, result, f"{outcome.wall_s / 60:.1f}", f"{outcome.cpu_s / 60:.1f}",
             str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()))
    return "| " + " | ".join(cells) + " |"


def write(new: dict[str, str]) -> None:
    """Write the record; rows of steps that were not run stay."""
    lines = RECORD.read_text(encoding="utf-8").splitlines() if RECORD.exists() else []
    old = {line.split("|")[1].strip(): line for line in lines if line.startswith("|")}
    rows = [new.get(name) or old[name] for name in STEPS if name in new or name in old]
    rule = "|" + "---|" * (HEADER.count("|") - 1)
    text = ["`make verify`, or `python -m tests.experiments.verify STEP`; times in UTC:", "", HEADER, rule, *rows]
    RECORD.write_text("\n".join(text) + "\n", encoding="utf-8")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    failed = 0
    for name in names_asked_for(STEPS):
        print(f"{name}: {STEPS[name].command}", file=sys.stderr, flush=True)
        outcome = carry_out(STEPS[name])
        write({name: row(name, STEPS[name], outcome)})
        failed += outcome.status != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
