"""Tables for a terminal: functions return rich tables, nothing is printed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from trafficsim.results.compare import Comparison, Difference
from trafficsim.results.indicators import BY_NAME

ABSENT = "–"
STYLES = {"better": "green", "worse": "red", "no evidence": "dim", "equivalent": "cyan"}


def number(value: float | None, digits: int = 4) -> str:
    """Show a number with significant digits, or a dash where there is none.

    Examples
    --------
    >>> number(123.456), number(0.012346), number(1234567.0), number(None)
    ('123.5', '0.01235', '1,234,567', '–')
    """
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def indicators_view(indicators: Mapping[str, Mapping[str, Any]], title: str = "") -> Table:
    """Show the indicators of a run (the ``indicators`` of ``run --json``) with their intervals over replications."""
    table = Table("indicator", title=title or None)
    for heading in ("mean", "low", "high", "unit", "n"):
        table.add_column(heading, justify="left" if heading == "unit" else "right")
    for name, entry in indicators.items():
        cells = (number(entry["mean"]), number(entry["low"]), number(entry["high"]))
        table.add_row(name, *cells, entry["unit"], str(entry["n"]))
    return table


def comparison_view(comparison: Comparison, *indicators: str, title: str = "") -> Table:
    """Show a comparison: one row per scenario, engine, alternative and indicator.

    Parameters
    ----------
    comparison
        The result of :func:`trafficsim.results.compare.compare`.
    indicators
        Names to show; without any, the primary ones first and then all others.
    title
        Heading of the table.
    """
    question = comparison.question
    wanted = indicators or tuple(dict.fromkeys((*question.primary, *BY_NAME)))
    table = Table("scenario", "alternative", "indicator", title=title or None)
    for heading in ("mean", "difference", "interval", "unit", "p adjusted", "n"):
        table.add_column(heading, justify="left" if heading == "unit" else "right")
    table.add_column("verdict")
    rank = {name: position for position, name in enumerate(wanted)}
    shown = [one for one in comparison.differences if one.alternative != question.baseline and one.indicator in rank]
    arms = list(dict.fromkeys(map(_arm, shown)))
    for one in sorted(shown, key=lambda one: (arms.index(_arm(one)), rank[one.indicator])):
        table.add_row(*_comparison_cells(one))
    return table


def _arm(one: Difference) -> tuple[str, str, str]:
    return one.scenario, one.engine, one.alternative


def _comparison_cells(one: Difference) -> tuple[str, ...]:
    interval = ABSENT if one.low is None else f"{number(one.low)} … {number(one.high)}"
    style = STYLES[one.verdict]
    names = (escape(f"{one.scenario} ({one.engine})"), escape(one.alternative), one.indicator)
    return (*names, number(one.mean), number(one.diff), interval, BY_NAME[one.indicator].unit,
            number(one.p_adjusted, 2), str(one.n), f"[{style}]{one.verdict}[/{style}]")
