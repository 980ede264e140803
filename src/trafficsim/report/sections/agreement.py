"""Engines side by side: sign and size of every effect, where they disagree, and what may be why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.report.sections.numbers import shown
from trafficsim.report.views import Group, Row, Table, Writer
from trafficsim.results.agreement import Cause, Pair, agreement
from trafficsim.results.difference import Difference


def agreements(writer: Writer) -> Iterator[Table]:
    """Write a table per scenario and pair of engines; nothing with a single engine."""
    if len({engine for _, engine in writer.material.settings}) < 2:
        return
    found = agreement(writer.material.comparison, writer.material.over_days, {})
    for (scenario, first, second), block in groupby(found.pairs, _place):
        pairs = list(block)
        yield _table(writer, [one for one in pairs if one.first.primary], (scenario, first, second), fold=False)
        yield _table(writer, [one for one in pairs if not one.first.primary], (scenario, first, second), fold=True)


def _place(pair: Pair) -> tuple[str, str, str]:
    return pair.first.scenario, pair.first.engine, pair.second.engine


def _table(writer: Writer, pairs: Sequence[Pair], place: tuple[str, str, str], *, fold: bool) -> Table:
    words, (scenario, first, second) = writer.words, place
    columns = writer.columns("indicator", "unit", "#effect_one", "#effect_other", "agreement", "why")
    groups = [Group(name(alternative), [_row(writer, one) for one in block])
              for alternative, block in groupby(pairs, lambda pair: pair.first.alternative)]
    key = "agreement.secondary" if fold else "agreement.caption"
    caption = words.say(key, scenario=name(scenario), one=name(first), other=name(second))
    limits = [line for engine in (first, second) for line in _limits(writer, engine)]
    return Table("-".join(("agreement-all" if fold else "agreement", *place)), caption, columns, groups,
                 fold=caption if fold else None, notes=() if fold else limits)


def _row(writer: Writer, pair: Pair) -> Row:
    what, words = shown(writer, pair.first).quantity, writer.words
    return [Markup.escape(what.label(words)), Markup.escape(what.difference_unit(words)),
            _effect(writer, pair.first), _effect(writer, pair.second), _verdict(writer, pair),
            words.apart(_cause(writer, one) for one in pair.causes)]


def _effect(writer: Writer, one: Difference) -> Markup:
    figures = shown(writer, one)
    return writer.words.say("agreement.effect", effect=figures.value(one.diff, signed=True),
                            interval=figures.interval(one.low, one.high))


def _verdict(writer: Writer, pair: Pair) -> Markup:
    if pair.verdict == "agree" and pair.same_size is False:
        return writer.words.say("agreement.sizes_differ")
    return writer.words.say(f"agreement.{pair.verdict.replace(' ', '_')}")


def _cause(writer: Writer, cause: Cause) -> Markup:
    detail = writer.words.reasons(cause.detail) if cause.kind == "no_value" else name(cause.detail)
    return writer.words.say(f"agreement_cause.{cause.kind}", engine=name(cause.engine), detail=detail,
                            count=writer.number(cause.times, 0))


def _limits(writer: Writer, engine: str) -> Iterator[Markup]:
    text = writer.words.named("engine_limits", engine)
    if text is not None:
        yield writer.words.say("agreement_cause.limits", engine=name(engine), detail=text)
