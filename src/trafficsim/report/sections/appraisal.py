"""What alternatives are worth: value for money, benefits by kind, how sure, and what is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.outcomes.economics.appraisal import Estimate, Sureness, Worth
from trafficsim.outcomes.sourced import Sourced
from trafficsim.report.language import Language, name
from trafficsim.report.views import Group, Row, Table, Writer
from trafficsim.results.appraisal import Appraisal
from trafficsim.results.appraisal_lines import by_reason

MONEY = ("benefit_per_year", "cost_per_year", "npv", "cost_per_ksi_avoided")
FIGURES = ("npv", "benefit_cost_ratio", "first_year_return", "cost_per_ksi_avoided", "benefit_per_year",
           "cost_per_year")
MOST_TURNS = 6
"""Numbers that would turn a verdict, the nearest first, to keep the page small."""
OF_TIME, EVERY_CLASS = "time of ", "*"
"""How the appraisal names the value of an hour: by vehicle class and purpose."""
PERCENT = HUNDRED = 100.0
THOUSAND = 1000.0


class AppraisalView(NamedTuple):
    """What is reported about one scenario and engine."""

    head: Markup
    table: Table
    lines: Sequence[Markup]


def appraisals(writer: Writer) -> list[AppraisalView]:
    """Write the appraisal of every scenario and engine; nothing without ``[economics]`` in the study."""
    found = writer.material.appraisal
    if found is None:
        return []
    views = []
    for (scenario, engine), worths in found.worths.items():
        setting = writer.setting(scenario, engine)
        views.append(AppraisalView(setting, _table(writer, found, worths, f"appraisal-{scenario}-{engine}"),
                                   [line for one in worths for line in _lines(writer, one)]))
    return views


def basis(writer: Writer) -> list[Markup]:
    """Say in which money, over how long, with how many draws and which unit values, and what could not be appraised."""
    found = writer.material.appraisal
    if found is None:
        return []
    study, words = found.economics, writer.words
    told = [words.say("appraisal.basis", currency=study.currency, year=words.digits(str(study.price_year)),
                      years=writer.number(study.horizon_years, 0), rate=writer.number(PERCENT * study.discount_rate),
                      draws=writer.number(study.draws, 0), seed=words.digits(str(study.seed)))]
    if found.prices:
        values = words.apart([_price(writer, one) for one in found.prices.values()])
        told.append(words.say("appraisal.unit_values", values=values))
    told += [Markup("{}: {}").format(writer.setting(*place), words.reason(why)) for place, why in found.reasons.items()]
    return told


def _price(writer: Writer, one: Sourced) -> Markup:
    return writer.words.say("appraisal.unit_value", name=_number_name(writer.words, one.name),
                            value=writer.number(one.value, 0 if one.value >= THOUSAND else 1),
                            source=writer.words.reason(one.source), grade=one.grade)


def _table(writer: Writer, found: Appraisal, worths: Sequence[Worth], key: str) -> Table:
    columns = writer.columns("quantity", "#cell", "#interval_of_draws", "unit")
    groups = [Group(Markup.escape(name(one.alternative)), list(_rows(writer, found.economics.currency, one)))
              for one in worths]
    return Table(key, writer.words.say("appraisal.caption", currency=found.economics.currency), columns, groups)


def _rows(writer: Writer, currency: str, one: Worth) -> Iterator[Row]:
    words = writer.words
    for figure in FIGURES:
        yield _row(writer, words.say(f"appraisal.{figure}"), one.figures[figure],
                   currency if figure in MONEY else "", money=figure in MONEY)
    for rate, value in one.npv_at.items():
        label = words.say("appraisal.npv_at", rate=writer.number(PERCENT * rate))
        yield _row(writer, label, value, currency, money=True)
    parts: Mapping[str, Estimate] = {**one.benefits, **one.costs}
    for part, value in parts.items():
        yield _row(writer, words.say(f"appraisal.part_{part}"), value, f"{currency}/a", money=True)
    for severity, value in one.avoided.items():
        yield _row(writer, words.say(f"appraisal.avoided_{severity}"), value, "1/a", money=False)
    if one.fines.value:
        yield _row(writer, words.say("appraisal.fines"), one.fines, f"{currency}/a", money=True)


def _row(writer: Writer, label: Markup, value: Estimate, unit: str, *, money: bool) -> Row:
    places = 0 if money else 2
    interval = Markup("–") if value.low is None or value.high is None else writer.words.say(
        "verdicts.interval", low=writer.number(value.low, places), high=writer.number(value.high, places))
    return [label, writer.number(value.value, places), interval, Markup.escape(unit)]


def _lines(writer: Writer, one: Worth) -> Iterator[Markup]:
    """Yield how sure the verdict is, what would turn it, and what it leaves out."""
    words, who = writer.words, name(one.alternative)
    if one.sureness is not None:
        yield from _sure(writer, who, one.sureness)
    reasons = dict.fromkeys(value.reason for value in one.figures.values() if value.reason is not None)
    told = [Markup("{}: {}").format(words.listed(words.say(f"appraisal.part_{part}") for part in parts),
                                    words.reason(reason)) for reason, parts in by_reason(one.missing).items()]
    told += [words.reason(reason) for reason in reasons if reason not in one.missing.values()]
    if told:
        yield words.say("appraisal.missing", alternative=who, parts=words.apart(told))


def _sure(writer: Writer, who: Markup, sure: Sureness) -> Iterator[Markup]:
    words = writer.words
    yield words.say("appraisal.sure", alternative=who, share=writer.number(PERCENT * sure.p_helps, 0))
    if sure.shares:
        ordered = sorted(sure.shares.items(), key=lambda pair: -pair[1].total)
        told = [words.say("appraisal.share", source=_source(writer, source),
                          share=writer.number(PERCENT * max(share.total, 0.0), 0))
                for source, share in ordered]
        yield words.say("appraisal.shares", alternative=who, shares=words.apart(told))
    if sure.absent:
        told = [_source(writer, source) for source in sure.absent]
        yield words.say("appraisal.absent", alternative=who, sources=words.listed(told))
    if sure.turns:
        told = [Markup("{} {}").format(_number_name(words, number), writer.number(value, _places(value)))
                for number, value in list(sure.turns.items())[:MOST_TURNS]]
        yield words.say("appraisal.turns", alternative=who, numbers=words.apart(told))


def _number_name(words: Language, number: str) -> Markup:
    """Say what an uncertain number of the appraisal is."""
    known = words.named("number_of_appraisal", number.replace(" ", "_"))
    if known is not None:
        return Markup.escape(known)
    if not number.startswith(OF_TIME):
        return words.reason(number)
    who, _, purpose = number.removeprefix(OF_TIME).partition(", ")
    key = "appraisal.hour_of_all" if who == EVERY_CLASS else "appraisal.hour_of"
    return words.say(key, who=name(who), purpose=name(purpose))


def _source(writer: Writer, source: str) -> Markup:
    return writer.words.say(f"appraisal.source_{source.replace(' ', '_')}")


def _places(value: float) -> int:
    """Digits after the point that leave three in all, for small numbers."""
    return 0 if abs(value) >= HUNDRED else 3
