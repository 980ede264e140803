"""Tables for notebooks: what a result shows of itself as HTML, with the numbers and words of the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from trafficsim.results.compare import Comparison, Difference, arm_of
from trafficsim.results.formats import ABSENT, change, legend, number, p_value
from trafficsim.results.gridlocks import status_lines

RIGHT = 'style="text-align: right"'
LEFT = 'style="text-align: left"'
TEXTS = ("indicator", "unit", "verdict")


def indicators_html(summary: Mapping[str, Any]) -> str:
    """Show a run: its indicators with intervals over replications, its vehicles, and what was not computed.

    Parameters
    ----------
    summary
        The object of ``run --json``.

    Examples
    --------
    >>> entry = {"mean": 12.5, "low": None, "high": None, "unit": "s", "n": 1}
    >>> shown = indicators_html({"scenario": "road", "engine": "ca", "seed": 1, "replications": 1, "digest": "ab",
    ...     "status": "complete", "vehicles": {"demanded": 9}, "gridlocks": [], "indicators": {"mean_delay_s": entry},
    ...     "not_computed": {}})
    >>> "12.5" in shown, "9 demanded" in shown
    (True, True)
    """
    rows = [(name, number(one["mean"]), number(one["low"]), number(one["high"]), one["unit"], str(one["n"]))
            for name, one in summary["indicators"].items()]
    title = "{scenario} ({engine}, seed {seed}, replications {replications})".format(**summary)
    vehicles = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in summary["vehicles"].items())
    missing = [f"{name}: {one['reason']}" for name, one in summary["indicators"].items() if "reason" in one]
    missing += [f"{name}: not computed, {reason}" for name, reason in summary["not_computed"].items()]
    table = _table(("indicator", "mean", "low", "high", "unit", "n"), rows)
    ended = status_lines(summary)
    return _block(title, table, (f"vehicles: {vehicles}", *ended, *missing, f"digest: {summary['digest']}"))


def comparison_html(comparison: Comparison, *indicators: str, title: str = "", losers: Iterable[str] = ()) -> str:
    """Show a comparison: a table per scenario, engine and alternative; without names the primary indicators alone.

    Parameters
    ----------
    comparison
        The result of :func:`trafficsim.results.compare.compare`.
    indicators
        Names to show.
    title
        Heading.
    losers
        Lines that say who loses, shown below the tables.

    Raises
    ------
    InputError
        If an indicator is unknown or not computed.
    """
    shown = comparison.chosen(*(indicators or comparison.question.primary))
    level = f"{100 * comparison.question.confidence:g} % interval"
    headings = ("indicator", "mean", "difference", level, "unit", "p adjusted", "n", "verdict")
    parts = []
    for (scenario, engine, alternative), block in groupby(shown, arm_of):
        heading = f"<b>{escape(alternative)}</b> in {escape(scenario)} ({escape(engine)})"
        parts.append(f"<p>{heading}</p>{_table(headings, map(_cells, block))}")
    notes = legend(shown, comparison.question.precision).splitlines()
    hidden = {one.indicator for one in comparison.differences} - {one.indicator for one in shown}
    more = (f"{len(hidden)} further indicators: table() of the comparison.",) if hidden else ()
    return _block(title, "".join(parts), (*losers, *notes, *more))


def _cells(one: Difference) -> tuple[str, ...]:
    interval = ABSENT if one.low is None else f"{number(one.low)} … {number(one.high)}"
    pairs = f"{one.n} of {one.n + len(one.left_out)}" if one.left_out else str(one.n)
    verdict = one.verdict if one.primary else f"({one.verdict})"
    return one.indicator, number(one.mean), change(one), interval, one.unit, p_value(one.p_adjusted), pairs, verdict


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    sides = [LEFT if heading in TEXTS else RIGHT for heading in headings]
    head = "".join(f"<th {side}>{escape(text)}</th>" for text, side in zip(headings, sides, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td {side}>{escape(cell)}</td>" for cell, side in zip(row, sides, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _block(title: str, tables: str, notes: Iterable[str]) -> str:
    heading = f"<p><b>{escape(title)}</b></p>" if title else ""
    return heading + tables + "<p><small>" + "<br>".join(map(escape, notes)) + "</small></p>"
