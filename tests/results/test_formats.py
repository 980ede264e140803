"""Terminal tables say what the numbers say."""

from __future__ import annotations

from io import StringIO

import pandas as pd
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


def test_names_in_brackets_are_shown_whole() -> None:
    entry = {"mean": 100.0, "low": None, "high": None, "unit": "s", "n": 1}
    assert "path_time_s[main_road]" in text(indicators_view({"path_time_s[main_road]": entry}))
    arms = {"do nothing": {"path_time_s[main_road]": [1.0, 2.0]}, "plan": {"path_time_s[main_road]": [1.5, 2.1]}}
    shown = text(comparison_view(compare(table(arms), Question(primary=("path_time_s[main_road]",)))))
    assert "path_time_s[main_road]" in shown


def test_a_comparison_shows_primary_indicators_first_and_no_markup_of_names() -> None:
    worse = {name: [value + 5.0 + 0.01 * at for at, value in enumerate(values)] for name, values in BASE.items()}
    comparison = compare(table({"do nothing": BASE, "plan [red]": worse}), Question(primary=("mean_speed_kmh",)))
    lines = text(comparison_view(comparison)).splitlines()
    heading, primary, secondary, other = (
        next(at for at, line in enumerate(lines) if word in line)
        for word in ("plan [red] in s (ca)", "mean_speed_kmh", "secondary", "mean_delay_s")
    )
    assert heading < primary < secondary < other
    assert "better" in lines[primary]
    assert "(worse)" in lines[other]
    only = text(comparison_view(comparison, "mean_delay_s"))
    assert "mean_speed_kmh" not in only


def test_a_row_says_mean_difference_interval_unit_p_n_and_verdict() -> None:
    plan = {"mean_delay_s": [value - 2.0 + 0.1 * at for at, value in enumerate(BASE["mean_delay_s"])]}
    shown = text(comparison_view(compare(table({"do nothing": BASE, "plan": plan}), Question()), "mean_delay_s"))
    row = next(line for line in shown.splitlines() if "mean_delay_s" in line)
    # Differences -2, -1.9, -1.8, -1.7: mean -1.85, standard error 0.0645, t(3) 3.182; 1.85 of 11.5 is 16 %.
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "mean_delay_s", "9.65", "-1.85 (-16 %)", "-2.055 … -1.645", "s", "< 0.001", "4", "better",
    ]
    assert "95 % interval" in shown


def test_what_is_left_out_or_missing_is_said_once_below() -> None:
    plan = {"mean_delay_s": [9.0, None, 10.1, 12.0], "mean_speed_kmh": [None, None, 30.5, None]}
    shown = text(comparison_view(compare(table({"do nothing": BASE, "plan": plan}), Question())))
    assert "3 of 4" in shown
    assert "plan in s: replications 2 left out of mean_delay_s." in shown
    assert "plan in s: replications 1, 2, 4 left out of mean_speed_kmh." in shown
    assert shown.count("fewer than two complete pairs") == 1


def test_names_of_alternatives_may_look_like_markup_in_remarks_too() -> None:
    plan = {"mean_delay_s": [9.0, None, 10.1, 12.0], "mean_speed_kmh": [30.0, None, 30.5, 31.0]}
    shown = text(comparison_view(compare(table({"do nothing": BASE, "[bold]": plan}), Question())))
    assert "[bold] in s: replications 2 left out of all indicators." in shown


def test_the_precision_asked_for_is_said_with_the_replications_that_it_needs() -> None:
    plan = {"mean_delay_s": [value - 2.0 + 0.1 * at for at, value in enumerate(BASE["mean_delay_s"])]}
    question = Question(precision={"mean_delay_s": 0.01})
    shown = text(comparison_view(compare(table({"do nothing": BASE, "plan": plan}), question)))
    assert "plan in s, mean_delay_s: ±1.8 % of the baseline with 4 replications; ±1 % needs about 8." in shown


def test_of_several_engines_every_line_says_which() -> None:
    plan = {name: [value + 5.0 + 0.01 * at for at, value in enumerate(values)] for name, values in BASE.items()}
    both = [table({"do nothing": BASE, "plan": plan}).assign(engine=engine) for engine in ("ca", "queue")]
    found = compare(pd.concat(both, ignore_index=True), Question(precision={"mean_delay_s": 0.05}))
    shown = text(comparison_view(found, "mean_delay_s"))
    lines = [line for line in shown.splitlines() if "of the baseline with" in line]
    assert [line.split(",")[0].strip() for line in lines] == ["plan in s (ca)", "plan in s (queue)"]
