"""Notebooks run from top to bottom, and are kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.docs.pages import NOTEBOOKS, ROOT, execute

OWN = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 2


@OWN
def test_runs(path: Path) -> None:
    executed = execute(nbformat.read(path, as_version=4), ROOT / "notebooks")
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert any(output.get("data", {}).get("image/png") for cell in code for output in cell.outputs), "a picture"
    said = [output.text for cell in code for output in cell.outputs if output.get("name") == "stderr"]
    assert said == [], "no warnings"


@OWN
def test_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or (cell.execution_count is None and cell.outputs == [])
        assert "execution" not in cell.metadata
