"""Cost and benefit of the alternatives, from the indicators in money that a study has."""

from __future__ import annotations

from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.report.sections.numbers import shown
from trafficsim.report.views import Missing, Table, Writer, plain_rows
from trafficsim.results.difference import Difference

FAMILIES = ("npv", "benefit_cost_ratio", "first_year_return", "cost_per_ksi_avoided", "cost")
"""Beginnings of the names of indicators in money; a currency may follow."""
Money = Table | Missing


def money(writer: Writer, place: tuple[str, str]) -> Money:
    """Write a table of cost and benefit with intervals, or say that the study has none."""
    words = writer.words
    caption = words.say("money.caption", setting=writer.setting(*place))
    found = [one for one in writer.material.comparison.chosen() if (one.scenario, one.engine) == place
             and one.diff is not None and is_money(one.indicator)]
    if not found:
        return Missing(caption, words.say("money.none"))
    columns = writer.columns("alternative", "indicator", "#difference", "#interval", "unit")
    return Table(f"money-{'-'.join(place)}", caption, columns, plain_rows([_row(writer, one) for one in found]))


def is_money(indicator: str) -> bool:
    """Say whether an indicator is one of cost and benefit.

    Examples
    --------
    >>> is_money("cost_eur"), is_money("mean_delay_s")
    (True, False)
    """
    return any(indicator == family or indicator.startswith(f"{family}_") for family in FAMILIES)


def _row(writer: Writer, one: Difference) -> list[Markup]:
    figures = shown(writer, one)
    return [name(one.alternative), Markup.escape(figures.quantity.label(writer.words)),
            figures.value(one.diff, signed=True), figures.interval(one.low, one.high),
            Markup.escape(figures.quantity.difference_unit(writer.words))]
