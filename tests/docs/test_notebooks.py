"""Notebooks run from top to bottom, and give the outputs they are kept with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.docs.pages import NOTEBOOKS, ROOT, execute

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
OWN = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
RUN = pytest.mark.parametrize("path", [
    pytest.param(path, id=path.stem, marks=() if path.stem == "own_policy" else pytest.mark.long)
    for path in NOTEBOOKS])


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 2


@RUN
def test_runs_and_gives_the_outputs_it_is_kept_with(path: Path) -> None:
    kept = nbformat.read(path, as_version=4)
    executed = execute(nbformat.read(path, as_version=4), ROOT / "notebooks")
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert any(output.get("data", {}).get("image/png") for cell in code for output in cell.outputs), "a picture"
    said = [output.text for cell in code for output in cell.outputs if output.get("name") == "stderr"]
    assert said == [], "no warnings"
    for old, new in zip(kept.cells, executed.cells, strict=True):
        assert shown(new) == shown(old), f"outputs of {new.source!r} have changed: make notebooks, and say why"


def shown(cell: nbformat.NotebookNode) -> list[tuple[str, object]]:
    """Texts of the outputs of a cell with numbers to nine digits; of pictures only that they are there."""
    return [piece for output in cell.get("outputs", []) for piece in pieces(output)]


def pieces(output: nbformat.NotebookNode) -> Iterator[tuple[str, object]]:
    if "text" in output:
        yield output.name, words(output.text)
    data = output.get("data", {})
    for kind, content in sorted(data.items()):
        if kind == "text/plain" and "text/html" in data:
            continue  # what nobody sees; that of a result tells how long it took
        yield kind, words(content) if kind.startswith("text/") else None


def words(text: str) -> list[object]:
    """Words and numbers; the rest of a number differs with the processor."""
    without_addresses = re.sub(r" at 0x[0-9a-f]+", "", text)
    return [float(f"{float(part):.9g}") if NUMBER.fullmatch(part) else part
            for part in re.split(f"({NUMBER.pattern})", without_addresses)]


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
def test_is_kept_with_outputs(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        assert cell.cell_type == "markdown" or cell.execution_count is not None
        assert "execution" not in cell.metadata
