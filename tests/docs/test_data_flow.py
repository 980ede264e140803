"""The table of who writes what: its arrays and files exist, and no file writes an array without being named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np

from tests.support.rings import ring_program
from trafficsim.engines.ca.settings import CellularAutomaton

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ROOT / "src" / "trafficsim" / "kernels"
TABLES = ("work", "vehicles", "trips", "signals", "counters", "queues", "sections")
EVERYBODY = "(all)"
ENGINE = "engine"
"""Reads what no kernel reads: the Python around them."""


def rows() -> list[tuple[list[str], list[str], list[str]]]:
    """Arrays, writers and readers of each row of the page."""
    found = []
    for line in (ROOT / "docs" / "theory" / "data-flow.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("| `"):
            found.append((re.findall(r"`([\w.]+)`", cells[1]), cells[5].split(", "), cells[6].split(", ")))
    return found


def target(node: ast.expr) -> str | None:
    """Return the array, with its column if it has some, that an assignment writes: ``work.lane.hold``."""
    column = node.attr if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Subscript) else ""
    while isinstance(node, ast.Subscript | ast.Attribute):
        owner = node.value
        if isinstance(node, ast.Attribute):
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if name in TABLES:
                return f"{name}.{node.attr}.{column}".rstrip(".")
        node = owner
    return None


def writes(path: Path) -> Iterator[str]:
    """Arrays that a file assigns to."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign | ast.AugAssign):
            for one in node.targets if isinstance(node, ast.Assign) else [node.target]:
                array = target(one)
                if array:
                    yield array


def test_arrays_and_files_of_the_table_exist() -> None:
    program = ring_program(100.0, 2, 2, 50.0, CellularAutomaton())
    assert len(rows()) > 40
    for arrays, writers, readers in rows():
        for name in arrays:
            here = program
            for part in name.split("."):
                here = getattr(here, part)
            assert isinstance(here, np.ndarray), name
        for module in {*writers, *readers} - {EVERYBODY} - ({ENGINE} - {*writers}):
            assert import_module(f"trafficsim.kernels.{module}"), module


def test_whoever_writes_an_array_is_named() -> None:
    named: dict[str, set[str]] = {}
    for arrays, writers, _ in rows():
        for array in arrays:
            named[array] = set(writers)
    unnamed = []
    for path in sorted(path for path in KERNELS.glob("*/*.py") if path.parent.name not in ("queue", "hybrid")):
        module = f"{path.parent.name}.{path.stem}"
        for array in set(writes(path)):
            listed = named.get(array) or named.get(array.rpartition(".")[0])
            if array.endswith("_blocks") or (listed and listed & {module, EVERYBODY}):
                continue
            unnamed.append((module, array))
    assert unnamed == []
