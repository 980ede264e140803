"""The page on data flow names the kernels that write and read each array: it is compared with their sources."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ROOT / "src" / "trafficsim" / "kernels"
PAGE = ROOT / "docs" / "theory" / "data-flow.md"
RECORDS = {"work", "vehicles", "signals", "trips", "queues", "counters", "sections"}
"""Records whose arrays change in a run; they have these names wherever a kernel takes them."""
STARTS = {"start"}
"""The one array that stands alone."""
BY_COLUMN = {"work.lane", "work.gap_request", "work.conn"}
"""Tables of which the page has a row for every column."""
MANY = 6
"""Of more kernels than these the page says ``(all)``."""


class Function(NamedTuple):
    """A kernel, and the file that it stands in."""

    module: str
    node: ast.FunctionDef

    @property
    def parameters(self) -> list[str]:
        return [one.arg for one in self.node.args.args]


class Flow:
    """Who stores into an array, and who loads from it, by array."""

    def __init__(self) -> None:
        self.written: dict[str, set[str]] = defaultdict(set)
        self.read: dict[str, set[str]] = defaultdict(set)
        self.bound: dict[tuple[str, str], set[str]] = defaultdict(set)
        """Arrays that parameters stand for, as callers give them, by function and parameter."""

    def size(self) -> int:
        return sum(map(len, self.bound.values()))


def functions() -> list[Function]:
    """Kernels of the cellular automaton, and those that all engines share.

    The arrays of queues, and what changes over between engines after a tick, are another page's.
    """
    found = []
    for path in sorted(KERNELS.rglob("*.py")):
        if path.parent.name in ("queue", "hybrid"):
            continue
        module = ".".join(path.relative_to(KERNELS).with_suffix("").parts)
        found += [Function(module, node) for node in ast.parse(path.read_text(encoding="utf-8")).body
                  if isinstance(node, ast.FunctionDef)]
    return found


def arrays_of(node: ast.expr, names: Mapping[str, set[str]]) -> set[str]:
    """Arrays (``work.moved``), columns (``work.lane.wait``) or records (``work``) that an expression stands for."""
    if isinstance(node, ast.Subscript):
        return arrays_of(node.value, names)
    if isinstance(node, ast.Name):
        return names.get(node.id, {node.id} & (RECORDS | STARTS))
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "road" and node.attr in STARTS:
            return STARTS
        if node.attr in RECORDS:
            return {node.attr}
        found = arrays_of(node.value, names)
        return {f"{one}.{node.attr}" if one in RECORDS | BY_COLUMN else one for one in found}
    return set()


def assignments(node: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Local names with what they are given, pair by pair."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assign):
            target, value = one.targets[0], one.value
            if isinstance(target, ast.Name):
                yield target.id, value
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                yield from ((name.id, part) for name, part in zip(target.elts, value.elts, strict=True)
                            if isinstance(name, ast.Name))


def names_in(function: Function, flow: Flow) -> dict[str, set[str]]:
    """Return what local names stand for: parameters as callers give them, and parts of records."""
    names = {name: flow.bound[function.node.name, name] for name in function.parameters
             if name not in RECORDS | STARTS}
    for name, value in assignments(function.node):
        if found := arrays_of(value, names):
            names[name] = names.get(name, set()) | found
    return names


def note_access(function: Function, names: Mapping[str, set[str]], flow: Flow) -> None:
    """Add what a kernel stores into, and what it loads from."""
    nodes = list(ast.walk(function.node))
    rows = {id(one.value) for one in nodes if isinstance(one, ast.Attribute)}
    for one in nodes:
        element = isinstance(one, ast.Subscript) and id(one) not in rows
        if element or (isinstance(one, ast.Attribute) and arrays_of(one.value, names) - RECORDS):
            assert isinstance(one, ast.Subscript | ast.Attribute)
            flow_of = flow.written if isinstance(one.ctx, ast.Store) else flow.read
            for array in arrays_of(one, names) - RECORDS - BY_COLUMN:
                flow_of[array].add(function.module)


def note_calls(function: Function, known: Mapping[str, list[Function]], names: Mapping[str, set[str]],
               flow: Flow) -> None:
    """Add which arrays a kernel gives to others: of its own file, if one there has the name."""
    for one in ast.walk(function.node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            called = known.get(one.func.id, [])
            for other in [own for own in called if own.module == function.module] or called:
                for parameter, argument in zip(other.parameters, one.args, strict=False):
                    flow.bound[other.node.name, parameter] |= arrays_of(argument, names) - RECORDS


def flow_of_kernels() -> Flow:
    kernels, known = functions(), defaultdict(list)
    for one in kernels:
        known[one.node.name].append(one)
    flow, before = Flow(), -1
    while flow.size() != before:
        before = flow.size()
        for one in kernels:
            names = names_in(one, flow)
            note_access(one, names, flow)
            note_calls(one, known, names, flow)
    return flow



def cell(kernels: set[str]) -> str:
    """Files in the words of the page; what no kernel reads the Python around them does."""
    if not kernels:
        return "engine"
    return "(all)" if len(kernels) > MANY else ", ".join(sorted(kernels))


def rows_of_page() -> dict[str, tuple[str, str]]:
    """Who writes and who reads the arrays of a row, as the page says, by the names of the arrays."""
    rows = [[part.strip() for part in line.strip("|\n").split("|")]
            for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {row[0]: (row[4], row[5]) for row in rows}


def test_the_page_names_who_writes_and_who_reads() -> None:
    flow = flow_of_kernels()
    for key in [name for name in (*flow.written, *flow.read) if name.endswith("_blocks")]:  # the same memory
        flow.written[key.removesuffix("_blocks")] |= flow.written.pop(key, set())
        flow.read[key.removesuffix("_blocks")] |= flow.read.pop(key, set())
    page, expected, named = rows_of_page(), {}, set()
    for row in page:
        arrays = re.findall(r"`([\w.]+)`", row)
        named |= set(arrays)
        expected[row] = tuple(cell(set().union(*(by[name] for name in arrays))) for by in (flow.written, flow.read))
    assert page == expected
    assert {name for name, kernels in flow.written.items() if kernels} - named == set()
