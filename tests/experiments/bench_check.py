"""Whether the hot loop has become slower: ``python -m tests.experiments.bench_check [--save]``.

Blocks of every case alternate with samples of the reference loop, so that what the machine does now touches both. The
median of five ratios is held against the committed one: a loss of 25 % is warned of, one of 50 % fails, and the case is
named. ``--save`` writes the ratios of this run as the new baseline. Ratios of one type of processor do not hold for
another one: judge by a baseline of the same machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from trafficsim.engines.bench import ALL_CASES, DEFAULT_CASES, Case, QueueCase
from trafficsim.engines.bench.cases import BLOCKS
from trafficsim.engines.bench.measure import ready, run_block
from trafficsim.engines.bench.queue_measure import DRIVEN, timed
from trafficsim.engines.bench.reference import Reference
from trafficsim.engines.ca.loop import Collected, warm_up
from trafficsim.engines.ca.program import Program
from trafficsim.plan.arrays import Plan

BASELINE = Path(__file__).resolve().parent / "baseline.json"
WARN_AT, FAIL_AT = 0.25, 0.50


class Verdict(NamedTuple):
    """How much of its relative speed a case has lost (negative: gained), and what that means."""

    case: str
    loss: float
    level: str

    def __str__(self) -> str:
        if self.loss != self.loss:  # not a number
            return f"{self.level}: {self.case}"
        change = f"{abs(self.loss):.0%} {'slower' if self.loss > 0 else 'faster'} than the baseline"
        return f"{self.level}: {self.case} is {change}"


def judge(measured: Mapping[str, float], baseline: Mapping[str, float]) -> list[Verdict]:
    """Hold ratios against those of the baseline; a case that one of the two does not have fails."""
    verdicts = []
    for case in dict.fromkeys([*baseline, *measured]):
        if case not in measured or case not in baseline:
            verdicts.append(Verdict(case, float("nan"), "no baseline" if case in measured else "not measured"))
            continue
        loss = 1.0 - measured[case] / baseline[case]
        verdicts.append(Verdict(case, loss, "fail" if loss >= FAIL_AT else "warning" if loss >= WARN_AT else "ok"))
    return verdicts


def status(verdicts: Sequence[Verdict]) -> int:
    """Return 0 unless a case failed or could not be judged."""
    return 0 if all(verdict.level in ("ok", "warning") for verdict in verdicts) else 1


def ratios(cases: Mapping[str, Case | QueueCase]) -> dict[str, float]:
    """Return the speed of every case over that of the reference loop: the median of five rounds through all cases."""
    timers = {name: timer(case) for name, case in cases.items()}
    reference, found = Reference(), {name: list[float]() for name in cases}
    for block in range(BLOCKS):
        before = reference.sample()
        for name in cases:
            per_s = timers[name](block)
            after = reference.sample()
            found[name].append(per_s / ((before + after) / 2))
            before = after
    return {name: float(np.median(rounds)) for name, rounds in found.items()}


def timer(case: Case | QueueCase) -> Callable[[int], float]:
    """Return a function that times a block of a case (of the queue engine: a whole run) and says its speed."""
    if isinstance(case, QueueCase):
        plan = case.make()
        timed(plan)  # compiles the kernels
        return lambda _: speed_of_run(plan)
    program = warmed(case)
    return lambda block: speed_of_block(case, program, block)


def warmed(case: Case) -> Program:
    """Return the program of a case after its warm-up."""
    _, program = ready(case)
    warm_up(program)
    run_block(program, 0, case.warmup_ticks, Collected())
    return program


def speed_of_block(case: Case, program: Program, block: int) -> float:
    """Return vehicle updates per CPU second."""
    begin = case.warmup_ticks + block * case.block_ticks
    one = run_block(program, begin, begin + case.block_ticks, Collected())
    return one.updates / max(one.cpu_s, 1e-9)


def speed_of_run(plan: Plan) -> float:
    """Return links driven per CPU second."""
    one = timed(plan)
    return int(one.world.counts.total[DRIVEN]) / max(one.loop_s, 1e-9)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--save", action="store_true", help="write the ratios of this run as the new baseline")
    given = parser.parse_args()
    measured = ratios({name: ALL_CASES[name] for name in DEFAULT_CASES})
    if given.save:
        BASELINE.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {BASELINE}")
        return 0
    verdicts = judge(measured, json.loads(BASELINE.read_text(encoding="utf-8")))
    for verdict in verdicts:
        print(verdict, file=sys.stdout if verdict.level == "ok" else sys.stderr)
    return status(verdicts)


if __name__ == "__main__":
    sys.exit(main())
