"""Who gains and who loses, in full: paths, movements and groups that change beyond chance, by alternative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from trafficsim.report.language import ABSENT, name
from trafficsim.report.sections.numbers import decimals, p_value
from trafficsim.report.sections.summary import families, few_flag, member_label
from trafficsim.report.sections.verdicts import symbol, verdict_word
from trafficsim.report.views import Group, Missing, Row, Table, Writer
from trafficsim.results.distribution import Effect

MOST_ROWS = 15
"""Rows of those who lose, and of those who gain, by family and alternative, to keep the page small."""


def distributions(writer: Writer) -> Iterator[Table | Missing]:
    """Yield a table for every alternative, paths first, then movements, then groups of trips."""
    for scenario, engine in writer.material.settings:
        setting = writer.setting(scenario, engine)
        for alternative in writer.material.others:
            effects = writer.material.distribution.of(scenario, engine, alternative)
            caption = writer.words.say("distribution.caption", alternative=name(alternative), setting=setting)
            if not any(one.p is not None for one in effects):
                yield writer.leave_out(caption, writer.words.say("distribution.none"))
                continue
            yield _table(writer, effects, caption, f"distribution-{scenario}-{engine}-{alternative}")


def _table(writer: Writer, effects: Sequence[Effect], caption: Markup, key: str) -> Table:
    columns = writer.columns("who", "verdict", "#vehicles", "#time_before", "#time_after", "#time_change", "#interval",
                             "#p_adjusted", "#n")
    groups, notes = [], []
    for family, ones in families(effects).items():
        shown, left = _shown(ones, everybody=family == "path")
        if shown:
            groups.append(Group(writer.words.say(f"distribution.{family}"), [_row(writer, one) for one in shown]))
        if left:
            notes.append(writer.words.say("distribution.more", count=writer.number(left, 0),
                                          family=writer.words.say(f"distribution.{family}")))
    if not groups:
        groups.append(Group(writer.words.say("distribution.nobody"), []))
    return Table(key, caption, columns, groups, fold=caption, notes=notes)


def _shown(ones: Sequence[Effect], *, everybody: bool) -> tuple[list[Effect], int]:
    """Choose those who lose or gain most time in all, losers first; paths are few and are all shown."""
    ordered = sorted(ones, key=lambda one: -one.added_s)
    if everybody:
        return ordered, 0
    worse = [one for one in ordered if one.verdict == "worse"]
    better = [one for one in reversed(ordered) if one.verdict == "better"]
    shown = [*worse[:MOST_ROWS], *better[:MOST_ROWS]]
    return shown, len(worse) + len(better) - len(shown)


def _row(writer: Writer, one: Effect) -> Row:
    words = writer.words
    half = None if one.low_s is None or one.high_s is None else (one.high_s - one.low_s) / 2.0
    places = decimals(half)
    interval = Markup(ABSENT) if half is None else words.say(
        "verdicts.interval", low=writer.number(one.low_s, places), high=writer.number(one.high_s, places))
    verdict = Markup('<span class="verdict {}"><span aria-hidden="true">{}</span> {}</span>').format(
        one.verdict.replace(" ", "-"), symbol(writer, one.verdict), verdict_word(writer, one.verdict))
    return [
        Markup(" ").join([member_label(writer, one), *few_flag(writer, one)]), verdict,
        writer.number(one.vehicles, 0 if one.vehicles >= 10.0 else 1), writer.number(one.baseline_mean_s, places),
        writer.number(one.mean_s, places), writer.number(one.diff_s, places, signed=True), interval,
        p_value(writer, one.p_adjusted), writer.number(one.n, 0),
    ]
