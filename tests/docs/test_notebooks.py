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
    tables = "".join(str(output.get("data", {}).get("text/html", "")) for cell in code for output in cell.outputs)
    assert "<table" in tables
    said = [output.text for cell in code for output in cell.outputs if output.get("name") == "stderr"]
    assert said == [], "no warnings"


def test_results_show_themselves_as_tables() -> None:
    source = nbformat.v4.new_notebook()
    line = "ts.run(ts.Scenario(name='r', network=ts.ring(400), demand=ts.Demand(trips=(trip,)), time=time))"
    source.cells = [nbformat.v4.new_code_cell(
        "import trafficsim as ts\n"
        "trip = ts.Trip(id='t', depart_s=0, route=tuple(ts.ring(400).links), vehicle_class='car')\n"
        f"time = ts.Time(analysis_s=60)\n{line}")]
    shown = execute(source, ROOT).cells[0].outputs[0]["data"]["text/html"]
    assert "mean_travel_time_s" in shown
    assert "1 demanded, 0 waiting" in shown


@OWN
def test_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or (cell.execution_count is None and cell.outputs == [])
        assert "execution" not in cell.metadata
