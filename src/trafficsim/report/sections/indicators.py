"""All indicators of every alternative, primary and secondary clearly apart, with the reasons for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.language import ABSENT, name
from trafficsim.report.quantities import quantity
from trafficsim.report.sections.numbers import decimals, p_value, shown
from trafficsim.report.sections.verdicts import badge
from trafficsim.report.views import Group, Row, Table, Writer, plain_rows
from trafficsim.results.compare import arm_of
from trafficsim.results.difference import NO_PAIR, Difference
from trafficsim.results.indicators import FEW_THROUGH, declaration, in_order, not_computed
from trafficsim.results.summary import indicator_means


class AllIndicators(NamedTuple):
    """What has no value in this study, said once, and the indicators of every alternative."""

    empty: Markup | None
    views: Sequence[IndicatorsView]


class IndicatorsView(NamedTuple):
    """Indicators of one alternative in one setting."""

    head: Markup
    table: Table
    reasons_head: Markup | None
    reasons: Sequence[Markup]


def indicators(writer: Writer) -> AllIndicators:
    """Write the indicators of every alternative beside the baseline; of the only one, where there is no other."""
    material, found = writer.material, []
    empty = _empty(writer)
    for scenario, engine in material.settings:
        setting = writer.setting(scenario, engine)
        for alternative in material.others:
            rows = [one for one in material.comparison.chosen()
                    if (one.scenario, one.engine, one.alternative) == (scenario, engine, alternative)
                    and one.indicator not in empty]
            if rows:
                found.append(_compared(writer, rows, setting))
        if not material.others:
            found.append(_alone(writer, (scenario, engine), setting))
    return AllIndicators(_said_once(writer, empty), found)


def _empty(writer: Writer) -> dict[str, str]:
    """Return the indicators that no alternative has a value of, each with its reason."""
    rows = writer.material.comparison.chosen()
    there = {one.indicator for one in rows if one.n or one.primary}
    empty = {one.indicator: (one.reason or "").removesuffix(f"; {NO_PAIR}")
             for one in rows if one.indicator not in there}
    return {**empty, **{one: reason for one, reason in not_computed().items() if one not in there}}


def _said_once(writer: Writer, empty: Mapping[str, str]) -> Markup | None:
    """List what has no value in one sentence, by reason."""
    words, by_reason = writer.words, dict[str, list[str]]()
    for indicator, reason in empty.items():
        by_reason.setdefault(reason, []).append(indicator)
    parts = [words.say("indicators.empty_part", reason=words.reasons(reason),
                       indicators=words.listed(_label(writer, one) for one in ones))
             for reason, ones in by_reason.items()]
    return words.say("indicators.empty", parts=words.apart(parts)) if parts else None


def _compared(writer: Writer, rows: Sequence[Difference], setting: Markup) -> IndicatorsView:
    words, alternative = writer.words, rows[0].alternative
    columns = writer.columns("indicator", "verdict", "unit", "#baseline", "#value", "#difference", "#share",
                             "#interval", "#bootstrap", "#p", "#p_adjusted", "#n", "origin")
    groups = [Group(words.say("indicators.primary"), [_row(writer, one) for one in rows if one.primary]),
              Group(words.say("indicators.secondary"), [_row(writer, one) for one in rows if not one.primary])]
    caption = words.say("indicators.caption", alternative=name(alternative), setting=setting,
                        baseline=name(writer.material.asked.baseline))
    head = name(alternative)
    if len(writer.material.settings) > 1:
        head = Markup("{} – {}").format(head, setting)
    table = Table("-".join(("indicators", *arm_of(rows[0]))), caption, columns, [one for one in groups if one.rows])
    reasons = [words.say("indicators.reason_item", indicator=_label(writer, one.indicator),
                         reason=_reasons(writer, one.reason)) for one in rows if one.reason]
    reasons_head = words.say("indicators.reasons", alternative=name(alternative), setting=setting) if reasons else None
    return IndicatorsView(head, table, reasons_head, reasons)


def _row(writer: Writer, one: Difference) -> Row:
    figures, words = shown(writer, one), writer.words
    verdict = badge(writer, one) if one.n else Markup(ABSENT)
    return [
        _label(writer, one.indicator), verdict, Markup.escape(figures.quantity.difference_unit(words)),
        few_flagged(writer, one, figures.value(one.baseline_mean)), few_flagged(writer, one, figures.value(one.mean)),
        figures.value(one.diff, signed=True), figures.share(), figures.interval(one.low, one.high),
        figures.interval(one.bootstrap_low, one.bootstrap_high), p_value(writer, one.p),
        p_value(writer, one.p_adjusted), writer.number(one.n, 0), words.say(f"origin.{one.origin}"),
    ]


def few_flagged(writer: Writer, one: Difference, value: Markup) -> Markup:
    """Mark a mean of few vehicles; the reason stands below the table."""
    few = FEW_THROUGH in (one.reason or "").split("; ") and one.n > 0
    return writer.words.say("paths.few", value=value) if few else value


def _label(writer: Writer, indicator: str) -> Markup:
    label = quantity(declaration(indicator)).label(writer.words)
    return Markup('{} <code translate="no">{}</code>').format(label, indicator)


def _reasons(writer: Writer, joined: str) -> Markup:
    return writer.words.reasons(joined)


def _alone(writer: Writer, place: tuple[str, str], setting: Markup) -> IndicatorsView:
    """Means over replications where nothing is compared."""
    words, baseline = writer.words, writer.material.asked.baseline
    values = writer.material.table("indicators", *place)
    means, missing = indicator_means(values, writer.material.asked.confidence) if values is not None else ({}, {})
    rows = []
    for indicator in in_order(means):
        entry, what = means[indicator], quantity(declaration(indicator))
        half = None if entry["low"] is None else (entry["high"] - entry["low"]) / 2.0
        places = decimals(half, what.factor)
        mean, low, high = (None if entry[key] is None else entry[key] * what.factor for key in ("mean", "low", "high"))
        interval = Markup(ABSENT) if half is None else words.say(
            "verdicts.interval", low=writer.number(low, places), high=writer.number(high, places))
        rows.append([_label(writer, indicator), writer.number(mean, places), interval,
                     Markup.escape(what.shown_unit(words)), writer.number(entry["n"], 0),
                     words.say(f"origin.{declaration(indicator).origin}")])
    columns = writer.columns("indicator", "#mean", "#interval", "unit", "#have", "origin")
    caption = words.say("indicators.alone", alternative=name(baseline), setting=setting)
    told = missing | {one: entry["reason"] for one, entry in means.items() if "reason" in entry}
    reasons = [words.say("indicators.reason_item", indicator=_label(writer, one), reason=_reasons(writer, why))
               for one, why in told.items()]
    head = words.say("indicators.reasons", alternative=name(baseline), setting=setting) if reasons else None
    table = Table("-".join(("alone", *place)), caption, columns, plain_rows(rows))
    return IndicatorsView(name(baseline), table, head, reasons)


def definitions(writer: Writer) -> Table:
    """Write formula, population, direction and origin of every indicator that has a value."""
    words, rows = writer.words, []
    values = writer.material.over_days["indicators"].dropna(subset=["value"])
    compared = [one.indicator for one in writer.material.comparison.chosen() if one.n]
    for indicator in in_order([*values["indicator"].unique().tolist(), *compared]):
        one = declaration(indicator)
        rows.append([_label(writer, indicator), words.reason(one.formula), words.reason(one.population),
                     words.say(f"direction.{one.direction}"), words.say(f"origin.{one.origin}")])
    columns = writer.columns("indicator", "formula", "population", "direction", "origin")
    caption = words.say("indicators.definitions_caption")
    return Table("definitions", caption, columns, plain_rows(rows), fold=words.say("indicators.definitions"))
