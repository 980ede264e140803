"""Rows of evidence as text: cells of a table, and the table of the documentation's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trafficsim.evidence.cases import CASES
from trafficsim.evidence.row import Row

HEADINGS = ("metric", "origin", "target", "accepted", "value", "95 % interval", "status")


def number(value: float | None) -> str:
    """Write a number with three significant digits.

    Examples
    --------
    >>> number(-12.345), number(0.0), number(None)
    ('-12.3', '0', '')
    """
    return "" if value is None else f"{value + 0.0:.3g}"


def cells(row: Row) -> tuple[str, ...]:
    """Return the cells of a row.

    Examples
    --------
    >>> cells(Row("speed, km/h", "input", -6.4, -8.0, -5.0).exactly(-6.0))
    ('speed, km/h', 'input', '-6.4', '-8 to -5', '-6', '-6 to -6', 'inside')
    """
    interval = "" if row.ci_low is None else f"{number(row.ci_low)} to {number(row.ci_high)}"
    return row.metric, row.origin, number(row.target), _range(row), number(row.value), interval, row.status


def _range(row: Row) -> str:
    if row.low is None and row.high is None:
        return ""
    if row.low is None or row.high is None:
        return f"at most {number(row.high)}" if row.low is None else f"at least {number(row.low)}"
    return f"{number(row.low)} to {number(row.high)}"


def markdown(found: Mapping[str, Sequence[Row]]) -> str:
    """Return tables by case, sources with every row, and what was tried where a row lies outside."""
    parts, missing = [], ["## Not modelled yet", "", "| case | | what is missing |", "|---|---|---|"]
    for name, rows in found.items():
        if not CASES[name].module:
            missing.append(f"| {name} | {CASES[name].title} | {CASES[name].missing} |")
            continue
        lines = [f"## {name}: {CASES[name].title}", "", f"| {' | '.join((*HEADINGS, 'source'))} |",
                 "|---|---|--:|---|--:|---|---|---|"]
        lines += [f"| {' | '.join((*cells(row), row.source))} |" for row in rows]
        notes = dict.fromkeys(f"- {row.metric} ({row.status}): {row.note}" for row in rows if row.note)
        parts.append("\n".join([*lines, *([""] if notes else []), *notes]))
    if len(missing) > len(("title", "", "headings", "rule")):
        parts.append("\n".join(missing))
    return "\n\n".join(parts) + "\n"
