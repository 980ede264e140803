"""Who may import whom, and what an import costs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "trafficsim"
ROOMS_ALLOWED = {"numba": {"kernels", "engines"}, "matplotlib": {"report"}}
HEAVY = ("numba", "matplotlib", "pandas", "scipy", "pyarrow")


def imported_packages(source: Path) -> set[str]:
    """Top-level names of everything that a file imports, at module level or inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in a process of its own, in which nothing of ours is loaded yet."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, env=environment,
        stdin=subprocess.DEVNULL, timeout=300, check=False,
    )


def test_import_contracts_hold() -> None:
    done = python("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", sorted(ROOMS_ALLOWED))
def test_heavy_package_is_imported_only_in_its_rooms(package: str) -> None:
    sources = list(PACKAGE.rglob("*.py"))
    assert len(sources) > 30, "the package was not found"
    users = {source.relative_to(PACKAGE).parts[0] for source in sources if package in imported_packages(source)}
    assert users <= ROOMS_ALLOWED[package]


def test_no_test_imports_from_the_benchmarks() -> None:
    tests = list((ROOT / "tests").rglob("*.py"))
    assert len(tests) > 100, "the tests were not found"
    assert [str(test) for test in tests if "benchmarks" in imported_packages(test)] == []


@pytest.mark.parametrize(
    "statement",
    ["import trafficsim", "import trafficsim.cli", "import trafficsim; trafficsim.Scenario; trafficsim.Study"],
)
def test_import_loads_nothing_heavy(statement: str) -> None:
    script = f"import sys; {statement}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_results_open_without_a_compiler() -> None:
    script = (
        "import sys; import trafficsim.results.store, trafficsim.results.compare, trafficsim.results.formats; "
        "print('numba' in sys.modules, 'trafficsim.engines' in sys.modules)"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "False"]


def test_every_public_name_can_be_had() -> None:
    script = (
        "import trafficsim as ts\n"
        "names = [name for name in ts.__all__ if getattr(ts, name, None) is None]\n"
        "import trafficsim.run.runner\n"
        "print(len(ts.__all__) > 30, names, callable(ts.run), callable(trafficsim.run.runner.run_scenario))"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "True [] True True"


def test_unknown_public_name_is_an_attribute_error() -> None:
    import trafficsim

    with pytest.raises(AttributeError, match="no attribute 'teleport'"):
        trafficsim.teleport  # noqa: B018
