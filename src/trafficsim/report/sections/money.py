"""Cost and benefit of the alternatives for the first screen: value, ratio, and the probability that each pays."""

from __future__ import annotations

import math

from markupsafe import Markup

from trafficsim.outcomes.economics.appraisal import Worth
from trafficsim.report.language import ABSENT, name
from trafficsim.report.sections.numbers import shown
from trafficsim.report.views import Missing, Table, Writer, plain_rows
from trafficsim.results.difference import Difference

COST = "cost_eur"
Money = Table | Missing


def money(writer: Writer, place: tuple[str, str]) -> Money:
    """Write a table of cost and benefit with intervals, or say that the study has none.

    Without an appraisal the change of the annual cost is shown, where the study has that indicator.
    """
    words, appraisal = writer.words, writer.material.appraisal
    worths = () if appraisal is None else appraisal.worths.get(place, ())
    if appraisal is not None and worths:
        caption = words.say("money.worth", currency=appraisal.economics.currency,
                            year=writer.words.digits(str(appraisal.economics.price_year)))
        columns = writer.columns("alternative", "#npv", "#interval_of_draws", "#benefit_cost", "#helps")
        return Table(f"money-{'-'.join(place)}", caption, columns, plain_rows([_worth(writer, one) for one in worths]))
    caption = words.say("money.caption", setting=writer.setting(*place))
    if appraisal is not None and place in appraisal.reasons:
        return Missing(caption, words.reason(appraisal.reasons[place]))
    found = [one for one in writer.material.comparison.chosen() if (one.scenario, one.engine) == place
             and one.diff is not None and one.indicator == COST]
    if not found:
        return Missing(caption, words.say("money.none"))
    columns = writer.columns("alternative", "indicator", "#difference", "#interval", "unit")
    return Table(f"money-{'-'.join(place)}", caption, columns, plain_rows([_cost(writer, one) for one in found]))


def _worth(writer: Writer, one: Worth) -> list[Markup]:
    """Write what an alternative is worth, with two significant digits of the interval's half-width."""
    words, value, ratio = writer.words, one.figures["npv"], one.figures["benefit_cost_ratio"]
    low, high = value.low, value.high
    digits = 0 if low is None or high is None or high <= low else 1 - math.floor(math.log10((high - low) / 2.0))
    npv, low, high = (None if end is None else round(end, digits) for end in (value.value, low, high))
    interval = Markup(ABSENT) if low is None or high is None else words.say(
        "verdicts.interval", low=writer.number(low, max(digits, 0)), high=writer.number(high, max(digits, 0)))
    helps = Markup(ABSENT) if one.sureness is None else words.say(
        "verdicts.percent", value=writer.number(100.0 * one.sureness.p_helps, 0))
    return [name(one.alternative), writer.number(npv, max(digits, 0)), interval, writer.number(ratio.value, 1), helps]


def _cost(writer: Writer, one: Difference) -> list[Markup]:
    figures = shown(writer, one)
    return [name(one.alternative), Markup.escape(figures.quantity.label(writer.words)),
            figures.value(one.diff, signed=True), figures.interval(one.low, one.high),
            Markup.escape(figures.quantity.difference_unit(writer.words))]
