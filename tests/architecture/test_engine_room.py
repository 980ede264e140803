"""Nothing outside the rooms of engines knows one of them: engines are found by the registry."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "trafficsim"
OWN_ROOMS = ("engines", "kernels")
DOOR = "__init__.py"
"""The public door says where ``ts.CellularAutomaton`` lives."""
NAMES = re.compile(r"cellular|automaton|\bca\b(?!\W+Country)|\bcell_m\b|\btick_s\b", re.IGNORECASE)


def outside() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py"))
            if path.relative_to(PACKAGE).parts[0] not in OWN_ROOMS and path != PACKAGE / DOOR]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def documentation(tree: ast.AST) -> set[int]:
    """Lines of docstrings: examples there may show an engine."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


@pytest.mark.parametrize("path", outside(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_imports_an_engine_or_its_kernels(path: Path) -> None:
    known = ("trafficsim.engines.ca", "trafficsim.kernels.ca", "trafficsim.kernels.measurement")
    assert [name for name in imported(ast.parse(path.read_text())) if name.startswith(known)] == []


@pytest.mark.parametrize("path", outside(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_code_names_an_engine_or_its_resolution(path: Path) -> None:
    text = path.read_text()
    documented = documentation(ast.parse(text))
    found = [line for number, line in enumerate(text.splitlines(), start=1)
             if number not in documented and NAMES.search(line)]
    assert found == []


def test_modules_are_found() -> None:
    assert len(outside()) > 100
