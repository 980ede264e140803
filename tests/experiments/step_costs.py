"""What each part of the step of the cellular automaton costs, on live state.

The statements of ``kernels.ca.step`` are run one by one from Python with a clock around each call. What it costs to
call a kernel with these arguments from Python is measured with an empty kernel and taken off. Times are by the clock
on the wall: run it on an idle core.

    python -m tests.experiments.step_costs [CASE...] [--ticks N] [--json]
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import textwrap
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numba import njit

from trafficsim.engines.bench import CASES
from trafficsim.engines.bench.measure import ready
from trafficsim.engines.ca.loop import SLICE_TICKS, advance, warm_up
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca import step as ca
from trafficsim.kernels.ca.busy import find_busy
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.jit import from_python
from trafficsim.kernels.rng import tick_key

EMPTY_CALLS = 2000
Step = Callable[..., None]


@njit
def nothing(*arguments):
    """Do nothing with any arguments: what remains is the way from Python into a kernel."""
    return len(arguments)


class Clocked(ast.NodeTransformer):
    """Turns every statement ``part(...)`` of a step into ``clocked("part", part, ...)``."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            name = ast.Constant(call.func.id)
            call.args = [name, call.func, *call.args]
            call.func = ast.Name("clocked", ast.Load())
        return node


def clocked_step(clocked: Callable[..., None]) -> Step:
    """Return the step as plain Python, each of its parts called through ``clocked``."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(ca.step, "py_func", ca.step))))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = []
    names = {**vars(ca), "clocked": clocked, "tick_key": lambda *key: np.uint32(tick_key(*key))}
    exec(compile(ast.fix_missing_locations(Clocked().visit(tree)), "<step>", "exec"), names)
    return names["step"]


class Clock:
    """Seconds by part, and the arguments of each part's last call."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last: dict[str, tuple[Any, ...]] = {}
        self.sources: dict[str, Step] = {}
        self.calls = 0

    def __call__(self, name: str, part: Callable[..., None], *arguments: Any) -> None:
        row_of = self.sources.get(name) or self.sources.setdefault(name, from_python(part))
        began = time.perf_counter()
        row_of(*arguments)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        self.last[name] = arguments

    def dispatch_s(self, name: str) -> float:
        """Seconds that calling a kernel with the arguments of this part takes."""
        arguments = self.last[name]
        nothing(*arguments)
        times = []
        for _ in range(EMPTY_CALLS):
            began = time.perf_counter()
            nothing(*arguments)
            times.append(time.perf_counter() - began)
        return float(np.median(times))


def costs(case: str, ticks: int) -> dict[str, Any]:
    """Warm a case up, run ``ticks`` ticks in one kernel and as many part by part, and return what each cost."""
    _, program = ready(CASES[case])
    warm_up(program)
    begin, last = CASES[case].warmup_ticks, CASES[case].ticks
    ticks = min(ticks, (last - begin) // 2)
    for tick in range(0, begin, SLICE_TICKS):
        advance(program, tick, min(tick + SLICE_TICKS, begin))
    whole_ns = whole_step(program, begin, begin + ticks)
    clock = Clock()
    step = clocked_step(clock)
    step_once(program, step, begin + ticks)  # compiles or loads the parts
    clock.seconds.clear()
    before = program.work.count.copy()
    for tick in range(begin + ticks + 1, begin + 2 * ticks):
        step_once(program, step, tick)
    return table(clock, {"case": case, "ticks": ticks - 1, "whole_ns": whole_ns}, program.work.count - before)


def whole_step(program: Program, begin: int, end: int) -> float:
    """Return ns per vehicle update of ticks that run in one kernel."""
    before, began = int(program.work.count[Count.UPDATES]), time.perf_counter()
    advance(program, begin, end)
    return 1e9 * (time.perf_counter() - began) / (int(program.work.count[Count.UPDATES]) - before)


def step_once(program: Program, step: Step, tick: int) -> None:
    """One tick, part by part, begun as the loop begins: the controller is asked, busy lanes are listed."""
    program.signals = program.commanded.command(program.signals, tick, tick + 1)
    find_busy(program.start, program.work, program.net.lanes)
    step(program.world, program.vehicles, program.start, tick)


def table(clock: Clock, head: dict[str, Any], count: np.ndarray) -> dict[str, Any]:
    """Return ns per update of each part, and how often vehicles did what."""
    updates = int(count[Count.UPDATES])
    parts = {}
    for name, seconds in clock.seconds.items():
        dispatch = clock.dispatch_s(name)
        parts[name] = {
            "ns": 1e9 * max(seconds - dispatch * head["ticks"], 0.0) / updates, "dispatch_us": 1e6 * dispatch,
        }
    often = {name.name.lower(): float(count[name]) / updates for name in (Count.TRANSFERS, Count.LANE_CHANGES)}
    return {**head, "vehicles_at_once": updates / head["ticks"], "per_update": often, "parts": parts,
            "sum_ns": sum(part["ns"] for part in parts.values())}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Return the table as text."""
    often = ", ".join(f"{share:.3f} {name}" for name, share in found["per_update"].items())
    at_once = f"{found['vehicles_at_once']:.0f} vehicles at once"
    yield f"{found['case']}: {at_once}, {found['ticks']} ticks; per update {often}"
    yield f"{'part':20} {'ns/update':>10} {'share':>7} {'us/tick':>9}   (call from Python, taken off: us)"
    for name, part in found["parts"].items():
        share = part["ns"] / found["sum_ns"]
        tick_us = part["ns"] * found["vehicles_at_once"] / 1e3
        yield f"{name:20} {part['ns']:10.2f} {share:7.1%} {tick_us:9.1f}   ({part['dispatch_us']:.1f})"
    yield f"{'sum':20} {found['sum_ns']:10.2f}    the whole step in one kernel: {found['whole_ns']:.2f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="names of cases; grid20 and ring-10k without any")
    parser.add_argument("--ticks", type=int, default=600)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = [costs(case, options.ticks) for case in options.cases or ("grid20", "ring-10k")]
    if options.json:
        print(json.dumps({row["case"]: row for row in found}))
        return
    for row in found:
        print("\n".join(lines(row)), end="\n\n")


if __name__ == "__main__":
    main()
