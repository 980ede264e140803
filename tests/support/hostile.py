"""A folder full of modules named like those that are imported; each leaves a trace when it runs."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

TRACE = "executed.txt"


def fill(folder: Path) -> None:
    """Write a module for every name of the standard library and of the installed packages, half of them as folders."""
    installed = {name for name in packages_distributions() if name.isidentifier()}
    for number, name in enumerate(sorted({*sys.stdlib_module_names, *installed})):
        path = folder / name / "__init__.py" if number % 2 else folder / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"open({str(folder / TRACE)!r}, 'a').write({name!r} + chr(10))\n")


def executed(folder: Path) -> list[str]:
    """Return the names of the modules that have run."""
    trace = folder / TRACE
    return trace.read_text().split() if trace.exists() else []
