"""Notebooks, and pages of the documentation as notebooks, executed without Sphinx."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if "{code-cell}" in page.read_text(encoding="utf-8"))
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# A cell that hangs would hang the tests; this is no statement about speed.
HANGS_AFTER_S = 600


def cells_of(page: Path) -> list[str]:
    """Code cells of a page, without their options (lines ``:key: value``)."""
    found = CELL.findall(page.read_text(encoding="utf-8"))
    return [re.sub(r"\A(:[\w-]+:.*\n)+", "", cell).strip("\n") for cell in found]


def as_notebook(page: Path) -> nbformat.NotebookNode:
    """Return a page as a notebook of its code cells."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells_of(page)]
    return notebook


def execute(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Execute a notebook in a folder as the documentation does; raises where a cell fails."""
    client = NotebookClient(notebook, timeout=HANGS_AFTER_S, kernel_name="python3",
                            resources={"metadata": {"path": str(folder)}})
    with environment_of_pages():
        executed: nbformat.NotebookNode = client.execute()
    return executed


@contextmanager
def environment_of_pages() -> Iterator[None]:
    """Set the environment as ``docs/conf.py`` does, for a while."""
    spec = importlib.util.spec_from_file_location("cells", ROOT / "docs" / "cells.py")
    assert spec is not None
    assert spec.loader is not None
    cells = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cells)
    before = dict(os.environ)
    try:
        cells.prepare()
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
