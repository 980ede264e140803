"""How large files and kernels may be, and how many values without names a kernel may take apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "trafficsim"
DECORATORS = {"kernel", "part", "per_vehicle", "scalar", "spliced", "njit"}
MOST_LINES_OF_A_FILE, MOST_LINES_OF_A_KERNEL, MOST_UNNAMED = 400, 60, 6


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def kernels() -> Iterator[tuple[str, ast.FunctionDef]]:
    """All compiled functions, with the names of their files."""
    for path in sorted((PACKAGE / "kernels").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(decorator(one) in DECORATORS for one in node.decorator_list):
                yield f"{named(path)}: {node.name}", node


def decorator(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.id if isinstance(function, ast.Name) else ""


def unnamed(function: ast.FunctionDef) -> int:
    """Values that a function takes out of its tuple arguments by their place: ``a, b = both``, ``both[0]``."""
    arguments = {one.arg for one in function.args.args}
    taken = 0
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            if isinstance(node.value, ast.Name) and node.value.id in arguments:
                taken += len(node.targets[0].elts)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in arguments:
            taken += isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int)
    return taken


def test_what_is_taken_apart_is_counted() -> None:
    text = "def f(road, where, words):\n    a, b = where\n    c, d = road.net, words[2]\n    return a + b + c + d"
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert unnamed(function) == 3


def test_no_file_is_long() -> None:
    long = {named(path) for path in PACKAGE.rglob("*.py")
            if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES_OF_A_FILE}
    assert long == set()


def test_no_kernel_is_long() -> None:
    sizes = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in kernels()}
    assert len(sizes) > 100, "the kernels were not found"
    assert {name for name, lines in sizes.items() if lines > MOST_LINES_OF_A_KERNEL} == set()


def test_no_kernel_takes_many_values_apart_that_have_no_names() -> None:
    assert {name for name, node in kernels() if unnamed(node) > MOST_UNNAMED} == set()
