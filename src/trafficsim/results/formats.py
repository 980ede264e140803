"""Tables for a terminal: functions return rich tables, nothing is printed here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Table

from trafficsim.results.compare import Comparison, Difference, arm_of
from trafficsim.results.difference import FEW_PAIRS, RARE_COUNT
from trafficsim.results.distribution import Distribution, Effect, share_of_vehicles, worst_first
from trafficsim.results.groups import GROUPINGS

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
        table.add_row(escape(name), *cells, entry["unit"], str(entry["n"]))
    return table


def comparison_view(comparison: Comparison, *indicators: str, title: str = "") -> Table:
    """Show a comparison: a block per scenario, engine and alternative, primary indicators first, then secondary ones.

    Parameters
    ----------
    comparison
        The result of :func:`trafficsim.results.compare.compare`.
    indicators
        Names to show; without any, all.
    title
        Heading of the table.

    Raises
    ------
    InputError
        If an indicator is unknown or not computed.
    """
    shown = comparison.chosen(*indicators)
    words = escape(legend(shown, comparison.question.precision))
    table = Table(title=title or None, caption=words or None, caption_justify="left", caption_style="")
    table.add_column("indicator", min_width=max((len(one.indicator) + 2 for one in shown), default=0))
    level = f"{100 * comparison.question.confidence:g} % interval"
    for heading in ("mean", "difference", level, "unit", "p adjusted", "n"):
        table.add_column(heading, justify="left" if heading == "unit" else "right")
    table.add_column("verdict", no_wrap=True)
    for (scenario, engine, alternative), block in groupby(shown, arm_of):
        rows = list(block)
        table.add_row(f"[bold]{escape(alternative)}[/bold] [dim]in {escape(scenario)} ({engine})[/dim]")
        _add_rows(table, [one for one in rows if one.primary])
        _add_rows(table, [one for one in rows if not one.primary])
        table.add_section()
    return table


def _add_rows(table: Table, rows: Sequence[Difference]) -> None:
    if rows and not rows[0].primary:
        table.add_row("[dim italic]secondary[/dim italic]")
    for one in rows:
        table.add_row(*_comparison_cells(one))


def _comparison_cells(one: Difference) -> tuple[str, ...]:
    interval = ABSENT if one.low is None else f"{number(one.low)} … {number(one.high)}"
    style = STYLES[one.verdict] if one.primary else "dim"
    verdict = one.verdict if one.primary else f"({one.verdict})"
    pairs = f"{one.n} of {one.n + len(one.left_out)}" if one.left_out else str(one.n)
    return ("  " + escape(one.indicator), number(one.mean), change(one), interval, one.unit, p_value(one.p_adjusted),
            pairs, f"[{style}]{verdict}[/{style}]")


def change(one: Difference) -> str:
    """Show the difference with its sign, and as a share of the baseline's mean where that is not zero."""
    if one.diff is None:
        return ABSENT
    sign = "+" if one.diff > 0.0 else ""
    share = f" ({sign}{number(100.0 * one.diff / abs(one.baseline_mean), 2)} %)" if one.baseline_mean else ""
    return f"{sign}{number(one.diff)}{share}"


def p_value(p: float | None) -> str:
    """Show a p-value; small ones only as such."""
    return "< 0.001" if p is not None and p < 0.001 else number(p, 2)


def legend(shown: Sequence[Difference], wanted: Mapping[str, float]) -> str:
    """Say how far the verdicts reach, and once each why something is missing."""
    lines = []
    if any(one.primary for one in shown):
        lines.append("Verdicts rest on the primary indicators, p adjusted over all of them and all alternatives.")
    if not all(one.primary for one in shown):
        lines.append("(Brackets: secondary indicators, an indication only, p adjusted over the alternatives of each.)")
    return "\n".join([*lines, *_precision(shown, wanted), *_left_out(shown), *_reasons(shown)])


def _place(one: Difference | Effect, engines: Collection[str]) -> str:
    """Say of which alternative a line speaks: the scenario, and of several engines which."""
    return f"{one.alternative} in {one.scenario}" + (f" ({one.engine})" if len(engines) > 1 else "")


def _precision(shown: Sequence[Difference], wanted: Mapping[str, float]) -> Iterator[str]:
    """Precision reached where the study asks for one, and the replications that it needs."""
    engines = {one.engine for one in shown}
    for one in shown:
        if one.replications_needed is not None and one.relative_half_width is not None:
            shares = one.relative_half_width, wanted[one.indicator]
            reached, asked = (f"±{number(100.0 * share, 2)} %" for share in shares)
            yield (f"{_place(one, engines)}, {one.indicator}: {reached} of the baseline with {one.n} "
                   f"replications; {asked} needs about {one.replications_needed:,}.")


def _left_out(shown: Sequence[Difference]) -> Iterator[str]:
    """Replications without a pair, once for each set of them."""
    named: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    engines = {one.engine for one in shown}
    for one in shown:
        if one.left_out and one.n:
            named.setdefault((_place(one, engines), one.left_out), []).append(one.indicator)
    every = len({one.indicator for one in shown})
    for (arm, replications), names in named.items():
        indicators = "all indicators" if len(names) == every else ", ".join(names)
        yield f"{arm}: replications {', '.join(map(str, replications))} left out of {indicators}."


def _reasons(shown: Sequence[Difference]) -> Iterator[str]:
    """Each reason once, with the indicators that it holds for; what concerns columns not shown is left to the JSON."""
    named: dict[str, dict[str, None]] = {}
    for one in shown:
        for reason in (one.reason or "").split("; "):
            if reason and reason not in (FEW_PAIRS, RARE_COUNT):
                named.setdefault(reason, {})[one.indicator] = None
    return (f"{', '.join(names)}: {reason}." for reason, names in named.items())


def losers_lines(found: Distribution) -> Iterator[str]:
    """Say who loses in each alternative, in one line."""
    engines = {one.engine for one in found.effects}
    arms = {(one.scenario, one.engine, one.alternative): one for one in found.effects}
    for arm, any_of_it in arms.items():
        parts = list(_losers([one for one in found.of(*arm) if one.p is not None]))
        told = "; ".join(parts) if parts else "nobody that can be shown"
        yield f"{_place(any_of_it, engines)}, who loses: {told}."
    if found.effects and found.few_pairs:
        yield "With fewer than 10 replications hardly any loss can be shown: nobody shown does not mean nobody."


def _losers(tested: Sequence[Effect]) -> Iterator[str]:
    paths = [one for one in tested if one.family == "path"]
    movements = [one for one in tested if one.family == "movement"]
    groups = [one for one in tested if one.family in GROUPINGS]
    for one in worst_first(paths):
        few = f", {number(one.vehicles, 2)} vehicles a replication" if one.few else ""
        yield (f"named route {one.member} {number(one.baseline_mean_s, 3)} → {number(one.mean_s, 3)} s "
               f"({number(one.low_s, 3)} … {number(one.high_s, 3)}{few})")
    if worst_first(movements):
        share = number(100.0 * share_of_vehicles(movements, "worse"), 2)
        yield f"{len(worst_first(movements))} of {len(movements)} movements ({share} % of vehicles)"
    if worst_first(groups):
        yield f"{len(worst_first(groups))} of {len(groups)} groups of trips"
