"""Engines side by side for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.markup import escape
from rich.table import Table

from trafficsim.results.agreement import Agreement, Pair, share
from trafficsim.results.compare import arm_of
from trafficsim.results.difference import Difference
from trafficsim.results.formats import ABSENT, number

STYLES = {"agree": "green", "disagree": "red"}
SIZES_DIFFER = "agree, sizes differ"


def agreement_view(found: Agreement, *indicators: str) -> Table:
    """Show the effects of a study in both engines: a block per scenario and alternative, reasons beneath.

    Parameters
    ----------
    found
        The effects.
    indicators
        Names to show; without any, all.
    """
    pairs = found.chosen(indicators)
    table = Table(title="engines side by side", caption="\n".join(map(escape, reasons(pairs))) or None,
                  caption_justify="left", caption_style="")
    for heading in ("indicator", "unit", "engine: difference (interval), …", "agreement"):
        table.add_column(heading, no_wrap=heading == "agreement")
    for (scenario, _, alternative), block in groupby(pairs, lambda pair: arm_of(pair.first)):
        table.add_row(f"[bold]{escape(alternative)}[/bold] [dim]in {escape(scenario)}[/dim]")
        for pair in block:
            word, style = agreement_word(pair), STYLES.get(pair.verdict, "dim")
            table.add_row(f"  {escape(pair.first.indicator)}", pair.first.unit,
                          "\n".join(map(effect, (pair.first, pair.second))), f"[{style}]{word}[/{style}]")
        table.add_section()
    return table


def agreement_word(pair: Pair) -> str:
    """Return the verdict on a pair in a few words."""
    return SIZES_DIFFER if pair.verdict == "agree" and pair.same_size is False else pair.verdict


def effect(one: Difference) -> str:
    """Return the effect in one engine: difference, share of the baseline, and interval."""
    if one.diff is None:
        return f"{one.engine}: {ABSENT}"
    part = share(one)
    shown = "" if part is None else f", {100.0 * part:+.2g} %"
    interval = "" if one.low is None else f" ({number(one.low)} … {number(one.high)})"
    return f"{one.engine}: {'+' if one.diff > 0.0 else ''}{number(one.diff)}{interval}{shown}"


def reasons(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield each cause once, with the indicators that it holds for."""
    named: dict[str, dict[str, None]] = {}
    for pair in pairs:
        for cause in pair.causes:
            named.setdefault(cause.text, {})[pair.first.indicator] = None
    return (f"{', '.join(names)}: {text.removesuffix('.')}." for text, names in named.items())
