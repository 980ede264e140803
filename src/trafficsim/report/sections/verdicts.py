"""Verdicts on the primary indicators, and what would reverse each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.language import foreign, name
from trafficsim.report.plots.differences import difference as draw
from trafficsim.report.plots.differences import paired_differences
from trafficsim.report.sections.alternatives import policy_facts, policy_label
from trafficsim.report.sections.drawing import picture
from trafficsim.report.sections.numbers import Shown, p_value, shown
from trafficsim.report.verdicts import reversal
from trafficsim.report.views import Picture, Table, Writer, plain_rows
from trafficsim.results.compare import Comparison
from trafficsim.results.difference import Difference
from trafficsim.results.indicators import FEW_THROUGH, declaration

SYMBOLS = {"better": "✓", "worse": "✗", "equivalent": "≈"}


class Verdicts(NamedTuple):
    """What is reported about one scenario and engine."""

    head: Markup
    table: Table
    reversal_head: Markup
    reversals: Sequence[Markup]
    pictures: Sequence[Picture]


def verdicts(writer: Writer) -> list[Verdicts]:
    """Write the verdicts of every scenario and engine that has anything to compare."""
    found = []
    for scenario, engine in writer.material.settings:
        rows = [one for one in writer.material.comparison.chosen()
                if one.primary and (one.scenario, one.engine) == (scenario, engine)]
        if rows:
            found.append(_of_setting(writer, rows, scenario, engine))
    return found


def _of_setting(writer: Writer, rows: Sequence[Difference], scenario: str, engine: str) -> Verdicts:
    setting = writer.setting(scenario, engine)
    ordered = sorted(rows, key=lambda one: list(writer.material.alternatives).index(one.alternative))
    return Verdicts(
        head=setting,
        table=_table(writer, ordered, setting, f"verdicts-{scenario}-{engine}"),
        reversal_head=writer.words.say("verdicts.reversal_heading", setting=setting),
        reversals=[_reversal(writer, one) for one in ordered],
        pictures=list(_pictures(writer, ordered, scenario, engine)),
    )


def badge(writer: Writer, one: Difference) -> Markup:
    """Write a verdict with its sign, not told by colour alone; those of secondary indicators in brackets."""
    kind, word = one.verdict.replace(" ", "-"), verdict_word(writer, one.verdict)
    text = Markup('<span aria-hidden="true">{}</span>&nbsp;{}').format(symbol(writer, one.verdict), word)
    if one.primary:
        return Markup('<strong class="verdict {}">{}</strong>').format(kind, text)
    return Markup('<span class="verdict secondary {}">{}</span>').format(
        kind, writer.words.say("verdict.secondary", verdict=text))


def symbol(writer: Writer, verdict: str) -> str:
    """Return the sign of a verdict."""
    return SYMBOLS.get(verdict) or writer.words.word("verdict.unknown_sign")


def verdict_word(writer: Writer, verdict: str) -> str:
    """Return a verdict in words."""
    return writer.words.word(f"verdict.{verdict.replace(' ', '_')}")


def verdict_line(writer: Writer, one: Difference) -> Markup:
    """Write a verdict with its figures in one sentence."""
    figures = shown(writer, one)
    if one.diff is None and one.reason:
        return writer.words.say("verdicts.no_value", alternative=name(one.alternative),
                                indicator=figures.quantity.label(writer.words), reason=writer.words.reasons(one.reason))
    line = writer.words.say(
        "verdicts.line", alternative=name(one.alternative), indicator=figures.quantity.label(writer.words),
        before=figures.value(one.baseline_mean), after=figures.value(one.mean),
        unit=figures.quantity.shown_unit(writer.words), change=change_text(writer, figures),
        level=writer.number(100.0 * writer.material.asked.confidence), interval=figures.interval(one.low, one.high),
        verdict=badge(writer, one),
    )
    few = FEW_THROUGH in (one.reason or "").split("; ")
    return Markup("{} ({})").format(line, writer.words.reason(FEW_THROUGH)) if few else line


def change_text(writer: Writer, figures: Shown) -> Markup:
    """Write a difference with its unit, and with its share where that says more."""
    values = {"difference": figures.value(figures.one.diff, signed=True),
              "unit": figures.quantity.difference_unit(writer.words)}
    if not figures.one.baseline_mean or figures.quantity.factor != 1.0:
        return writer.words.say("verdicts.change_alone", **values)
    return writer.words.say("verdicts.change", share=figures.share(), **values)


def _table(writer: Writer, rows: Sequence[Difference], setting: Markup, key: str) -> Table:
    columns = writer.columns("alternative", "indicator", "verdict", "unit", "#baseline", "#value", "#difference",
                             "#share", "#interval", "#p_adjusted", "#n", "origin")
    body = []
    for one in rows:
        figures, words = shown(writer, one), writer.words
        body.append([
            name(one.alternative), Markup.escape(figures.quantity.label(words)), badge(writer, one),
            Markup.escape(figures.quantity.difference_unit(words)), figures.value(one.baseline_mean),
            figures.value(one.mean), figures.value(one.diff, signed=True), figures.share(),
            figures.interval(one.low, one.high), p_value(writer, one.p_adjusted), writer.number(one.n, 0),
            words.say(f"origin.{one.origin}"),
        ])
    return Table(key, writer.words.say("verdicts.caption", setting=setting), columns, plain_rows(body))


def _reversal(writer: Writer, one: Difference) -> Markup:
    words = writer.words
    head = words.say("verdicts.reversal_item", alternative=name(one.alternative),
                     verdict=verdict_word(writer, one.verdict), indicator=shown(writer, one).quantity.label(words))
    return Markup(" ").join([head, *_parts(writer, one), *_grounds(writer, one)])


def _parts(writer: Writer, one: Difference) -> Iterator[Markup]:
    """Yield what stands between a verdict and another one."""
    words, figures = writer.words, shown(writer, one)
    if one.n < 2 or one.diff is None:
        yield words.say("verdicts.few")
    elif one.half_width == 0.0:
        yield words.say("verdicts.identical" if one.diff == 0.0 else "verdicts.no_spread")
    else:
        yield from _of_verdict(writer, one, figures)
        yield from _of_margin(writer, one)
        yield from _of_precision(writer, one)


def _of_verdict(writer: Writer, one: Difference, figures: Shown) -> Iterator[Markup]:
    words, found = writer.words, reversal(one, writer.material.asked.confidence)
    unit = figures.quantity.difference_unit(words)
    if one.verdict in ("better", "worse") and found.room is not None and one.diff is not None:
        yield words.say("verdicts.room", room=figures.value(found.room), unit=unit,
                        rest=figures.value(abs(one.diff) - found.room))
        count = writer.number(_opposite_signs(writer, one), 0)
        yield words.say("verdicts.other_way", count=count, n=writer.number(one.n, 0))
    if one.verdict == "no evidence" and one.low is not None and one.high is not None:
        inside = one.low <= 0.0 <= one.high
        if inside:
            ends = {"low": figures.value(one.low), "high": figures.value(one.high)}
            yield words.say("verdicts.contains_zero", unit=unit, **ends)
        elif declaration(one.indicator).direction == "none":
            yield words.say("verdicts.no_direction")
        else:
            yield words.say("verdicts.family", p=p_value(writer, one.p_adjusted))
        if inside and found.wanted is not None:
            yield words.say("verdicts.wanted", wanted=writer.number(found.wanted, 0))
        elif inside:
            yield words.say("verdicts.no_number")


def _of_margin(writer: Writer, one: Difference) -> Iterator[Markup]:
    words, found = writer.words, reversal(one, writer.material.asked.confidence)
    if found.margin is None:
        return
    margin = writer.number(100.0 * found.margin, 1)
    if one.verdict == "equivalent":
        yield words.say("verdicts.margin_held", margin=margin)
        return
    given = writer.material.asked.margins.get(one.indicator)
    if given is None and one.verdict != "no evidence":
        return
    shown_margin = words.say("verdicts.margin_none") if given is None else words.say(
        "verdicts.percent", value=writer.number(100.0 * given))
    yield words.say("verdicts.margin_needed", margin=margin, given=shown_margin)


def _of_precision(writer: Writer, one: Difference) -> Iterator[Markup]:
    asked = writer.material.asked.precision.get(one.indicator)
    if asked is not None and one.relative_half_width is not None:
        yield writer.words.say(
            "verdicts.precision", asked=writer.number(100.0 * asked), n=writer.number(one.n, 0),
            reached=writer.number(100.0 * one.relative_half_width, 2), needed=writer.number(one.replications_needed, 0))


def _grounds(writer: Writer, one: Difference) -> Iterator[Markup]:
    """Yield what the verdict rests on beside chance: inputs and the evidence of the policies."""
    if one.origin == "input":
        yield writer.words.say("verdicts.rests_input")
    policies = []
    entries = writer.material.alternatives.get(one.alternative, ())
    for kind in dict.fromkeys(str(entry.get("kind")) for entry in entries):
        facts = policy_facts(kind)
        grade = foreign(facts["grade"]) if facts else Markup("–")
        policies.append(writer.words.say("verdicts.rests_policy", policy=policy_label(writer, kind), grade=grade))
    if policies:
        yield writer.words.say("verdicts.rests_policies", policies=writer.words.listed(policies))


def _opposite_signs(writer: Writer, one: Difference) -> int:
    pairs = _pairs(writer, one)
    return sum((value > 0.0) != ((one.diff or 0.0) > 0.0) and value != 0.0 for value in pairs)


def _pairs(writer: Writer, one: Difference) -> list[float]:
    table = writer.material.table("indicators", one.scenario, one.engine)
    if table is None:
        return []
    found = paired_differences(table, one.indicator, writer.material.asked.baseline)
    return found.get((one.scenario, one.engine, one.alternative), [])


def _pictures(writer: Writer, rows: Sequence[Difference], scenario: str, engine: str) -> Iterator[Picture]:
    material, words = writer.material, writer.words
    table = material.table("indicators", scenario, engine)
    for indicator in dict.fromkeys(one.indicator for one in rows):
        chosen = [one for one in rows if one.indicator == indicator]
        if table is None or all(one.diff is None for one in chosen):
            continue
        of_runs = bool((table["indicator"] == indicator).any())
        source = table if of_runs else Comparison(material.asked, tuple(chosen))
        figure = draw(source, indicator, material.asked.baseline, material.asked.confidence, words.code)
        label = shown(writer, chosen[0]).quantity.label(words)
        alt = words.plain("figure_difference.alt", indicator=label, baseline=material.asked.baseline,
                          rows=" ".join(_described(writer, one) for one in chosen))
        about = {"indicator": label, "baseline": name(material.asked.baseline),
                 "level": words.figure(100.0 * material.asked.confidence)}
        caption = (words.say("figure_difference.caption", **about) if of_runs
                   else words.say("figure_difference.caption_alone", **about))
        yield picture(figure, f"difference-{scenario}-{engine}-{indicator}", alt, caption)


def _described(writer: Writer, one: Difference) -> str:
    figures = shown(writer, one)
    values = {"alternative": one.alternative, "difference": figures.text(one.diff, signed=True),
              "unit": figures.quantity.difference_unit(writer.words)}
    if one.low is None:
        return writer.words.plain("figure_difference.row_alone", **values)
    return writer.words.plain("figure_difference.row", low=figures.text(one.low), high=figures.text(one.high), n=one.n,
                              **values)
