"""Terminal tables say what the numbers say."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.table import Table

from tests.results.test_compare import BASE, table
from trafficsim.results.compare import Question, compare
from trafficsim.results.formats import comparison_view, indicators_view


def text(view: Table) -> str:
    console = Console(width=200, record=True, file=StringIO())
    console.print(view)
    return console.export_text()


def test_a_run_shows_dashes_where_there_is_no_interval() -> None:
    shown = text(indicators_view({"mean_delay_s": {"mean": 12.345, "low": None, "high": None, "unit": "s", "n": 1}}))
    line = next(line for line in shown.splitlines() if "mean_delay_s" in line)
    assert "12.35" in line or "12.34" in line
    assert line.count("–") == 2


def test_a_comparison_shows_primary_indicators_first_and_no_markup_of_names() -> None:
    worse = {name: [value + 5.0 + 0.01 * at for at, value in enumerate(values)] for name, values in BASE.items()}
    comparison = compare(table({"do nothing": BASE, "plan [red]": worse}), Question(primary=("mean_speed_kmh",)))
    lines = [line for line in text(comparison_view(comparison)).splitlines() if "plan [red]" in line]
    assert ["mean_speed_kmh" in line for line in lines] == [True, False]
    assert "better" in lines[0]
    assert "worse" in lines[1]
    only = text(comparison_view(comparison, "mean_delay_s"))
    assert "mean_speed_kmh" not in only
