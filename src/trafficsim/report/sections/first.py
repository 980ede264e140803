"""The first screen: an answer per alternative and how sure it is, one picture of effects, one map, cost and benefit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.report.network_map import lines_of
from trafficsim.report.plots.effects import Effect, Panel, effects
from trafficsim.report.plots.where import Acts, where_it_acts
from trafficsim.report.sections.alternatives import policy_word
from trafficsim.report.sections.drawing import picture
from trafficsim.report.sections.money import Money, money
from trafficsim.report.sections.numbers import shown
from trafficsim.report.sections.ranking import Ranking, ranked
from trafficsim.report.sections.responses import at_a_glance
from trafficsim.report.sections.summary import ArmSummary, arm_summary, intro, note
from trafficsim.report.sections.sureness import grounds, how_sure, how_sure_word
from trafficsim.report.sections.verdicts import badge, change_text, verdict_line, verdict_word
from trafficsim.report.views import Missing, Picture, Table, Writer
from trafficsim.results.difference import Difference
from trafficsim.spec.demand import MADE_UP

DELAY, RESPONSE = "mean_delay_s", "response_time_s"
CASUALTIES = ("ksi_rel", "deaths_rel", "fatal_crashes_rel", "injury_crashes_rel")
"""Indicators of casualties in the order in which the picture takes the first that has a value."""
PER_YEAR = ("deaths_per_year", "ksi_per_year", "injuries_per_year")


class Answer(NamedTuple):
    """What is reported of one alternative.

    Attributes
    ----------
    sentence : verdict, change and how sure, of all primary indicators
    rests_on : what the verdicts rest on beside chance
    full : a sentence per primary indicator with values and interval, casualties, and how sure
    who : who loses and who gains
    """

    sentence: Markup
    rests_on: Markup
    full: Sequence[Markup]
    who: ArmSummary


class First(NamedTuple):
    """The first screen of one scenario and engine; the heading is empty where there is one only, as is ``made_up``."""

    head: Markup
    made_up: Markup
    intro: Markup
    ranking: Ranking | None
    answers: Sequence[Answer]
    effects: Picture | None
    where: Picture | Missing
    money: Money
    responses: Table | None
    note: Markup


def first_screen(writer: Writer) -> list[First]:
    """Write the first screen of every scenario and engine that has anything to compare."""
    settings = writer.material.settings
    if not writer.material.others:
        return []
    return [First(
        head=writer.setting(*place) if len(settings) > 1 else Markup(""), made_up=_made_up(writer, place),
        intro=intro(writer, place),
        ranking=ranked(writer, place), answers=[_answer(writer, place, arm) for arm in writer.material.others],
        effects=_effects(writer, place), where=_where(writer, place), money=money(writer, place),
        responses=at_a_glance(writer, place), note=note(writer))
        for place in settings]


def _made_up(writer: Writer, place: tuple[str, str]) -> Markup:
    """Warn of traffic that nobody counted; nothing where somebody did."""
    groups = writer.material.tables["groups"]
    here = groups[(groups["scenario"] == place[0]) & (groups["grouping"] == "flow")]
    made_up = here["group"].astype(str).str.startswith(MADE_UP).any()
    return writer.words.say("first.made_up") if made_up else Markup("")


def best_alternative(writer: Writer, place: tuple[str, str]) -> str | None:
    """Return the alternative that improves the first primary indicator most, one that is judged better first."""
    first = next(iter(writer.material.asked.primary), DELAY)
    rows = [one for one in _rows(writer, place) if one.indicator == first and one.diff is not None]
    if not rows:
        return next(iter(writer.material.others), None)
    side = 1.0 if any(one.verdict == "better" and (one.diff or 0.0) > 0.0 for one in rows) else -1.0
    return max(rows, key=lambda one: (one.verdict == "better", side * (one.diff or 0.0))).alternative


def _rows(writer: Writer, place: tuple[str, str]) -> list[Difference]:
    return [one for one in writer.material.comparison.chosen() if (one.scenario, one.engine) == place]


def _answer(writer: Writer, place: tuple[str, str], arm: str) -> Answer:
    rows = [one for one in _rows(writer, place) if one.alternative == arm]
    primary, words = [one for one in rows if one.primary], writer.words
    parts = words.apart(_verdict(writer, one) for one in primary)
    sentence = words.say("first.answer", alternative=name(arm), parts=parts)
    casualties, sure = _casualties(writer, rows), Markup(" ").join(how_sure(writer, primary))
    full = [*(verdict_line(writer, one) for one in primary), *(one for one in (casualties, sure) if one)]
    return Answer(sentence, Markup(" ").join(grounds(writer, primary)), full, arm_summary(writer, place, arm))


def _verdict(writer: Writer, one: Difference) -> Markup:
    """Say in a few words what becomes of one primary indicator."""
    figures, words = shown(writer, one), writer.words
    label = figures.quantity.label(words)
    if one.diff is None and one.reason:
        return words.say("first.no_verdict", indicator=label, reason=words.each_reason(one.reason)[0])
    return words.say("first.verdict", indicator=label, verdict=badge(writer, one), change=change_text(writer, figures),
                     sure=how_sure_word(writer, one))


def _casualties(writer: Writer, rows: Sequence[Difference]) -> Markup | None:
    """Say what happens to casualties beside primary indicators, or why there is no number, unless it stands above."""
    there = [one for one in rows if one.indicator in (*CASUALTIES, *PER_YEAR) and not one.primary]
    if not there or any(one.primary and one.diff is None and one.indicator in CASUALTIES for one in rows):
        return None
    parts = [_casualty(writer, one) for one in there if one.diff is not None]
    if parts:
        return writer.words.say("first.casualties", parts=writer.words.apart(parts))
    reason = next((one.reason for one in there if one.reason), "")
    return writer.words.say("first.no_casualties", reason=writer.words.reasons(reason))


def _casualty(writer: Writer, one: Difference) -> Markup:
    figures = shown(writer, one)
    return writer.words.say("first.casualty", indicator=figures.quantity.label(writer.words),
                            change=change_text(writer, figures), interval=figures.interval(one.low, one.high))


def _effects(writer: Writer, place: tuple[str, str]) -> Picture | None:
    rows = _rows(writer, place)
    found = (_of_response(rows), _of_traffic(writer, rows), _of_casualties(rows))
    chosen = [one for one in dict.fromkeys(found) if one is not None]
    if not chosen:
        return None
    words, others = writer.words, writer.material.others
    panels = [_panel(writer, rows, indicator) for indicator in chosen]
    alt = words.plain("first.effects_alt", rows=" ".join(_told(writer, rows, chosen)))
    level = words.figure(100.0 * writer.material.asked.confidence)
    caption = words.say("first.effects_caption", baseline=name(writer.material.asked.baseline), level=level)
    return picture(effects(others, panels, words.code), f"figure-effects-{'-'.join(place)}", alt, caption)


def _of_traffic(writer: Writer, rows: Sequence[Difference]) -> str | None:
    """Mean delay where it is a primary indicator, else the first of them that has a value."""
    there = {one.indicator for one in rows if one.diff is not None}
    wanted = writer.material.asked.primary
    order = (DELAY, *wanted) if DELAY in wanted or not wanted else wanted
    return next((one for one in order if one in there), None)


def _of_response(rows: Sequence[Difference]) -> str | None:
    """Response time where the study asks for it."""
    return next((one.indicator for one in rows if one.indicator == RESPONSE and one.primary and one.diff is not None),
                None)


def _of_casualties(rows: Sequence[Difference]) -> str | None:
    there = {one.indicator for one in rows if one.diff is not None}
    return next((one for one in (*CASUALTIES, *PER_YEAR) if one in there), None)


def _panel(writer: Writer, rows: Sequence[Difference], indicator: str) -> Panel:
    by_arm = {one.alternative: one for one in rows if one.indicator == indicator}
    what = shown(writer, next(iter(by_arm.values()))).quantity
    scaled = []
    for arm in writer.material.others:
        one = by_arm.get(arm)
        values = (None, None, None) if one is None else (one.diff, one.low, one.high)
        value, low, high = (None if part is None else part * what.factor for part in values)
        scaled.append(Effect(value, low, high, "no evidence" if one is None else one.verdict))
    words = writer.words
    label = words.plain("first.panel", indicator=what.label(words), unit=what.difference_unit(words))
    return Panel(label, scaled, words.plain("first.absent"))


def _told(writer: Writer, rows: Sequence[Difference], indicators: Sequence[str]) -> Iterator[str]:
    for one in rows:
        if one.indicator in indicators and one.diff is not None:
            figures = shown(writer, one)
            yield writer.words.plain(
                "first.effects_row", alternative=one.alternative, indicator=figures.quantity.label(writer.words),
                difference=figures.text(one.diff, signed=True), unit=figures.quantity.difference_unit(writer.words),
                verdict=verdict_word(writer, one.verdict))


def _where(writer: Writer, place: tuple[str, str]) -> Picture | Missing:
    words, network = writer.words, writer.material.networks.get(place[0])
    what = words.say("first.where_caption", setting=writer.setting(*place))
    ledger = writer.material.table("ledger", *place)
    if network is None or not lines_of(network):
        return Missing(what, words.say("map.no_links"))
    if ledger is None:
        return Missing(what, words.say("alternatives.no_ledger"))
    rows = ledger[["policy", "cell"]].drop_duplicates()
    links, signals = set(network.links), {one.id for one in network.signals}
    acts: dict[str, Acts] = {}
    kinds = rows["policy"].astype(str).str.partition(" #")[0]
    for kind, part in rows.groupby(kinds, sort=False):
        parts = {piece for cell in part["cell"].astype(str) for piece in (cell, cell.rpartition("/")[0], *cell.split())}
        acts[str(kind)] = _acts(writer, str(kind), frozenset(links & parts), frozenset(signals & parts))
    alt = words.plain("first.where_alt", rows=" ".join(one.label for one in acts.values()))
    return picture(where_it_acts(network, acts, words.code), f"figure-where-{'-'.join(place)}", alt, what)


def _acts(writer: Writer, kind: str, links: frozenset[str], signals: frozenset[str]) -> Acts:
    """Say where a policy acts."""
    key = "both" if links and signals else "links" if links else "signals" if signals else "all"
    label = writer.words.plain(f"first.acts_{key}", policy=policy_word(writer, kind), links=len(links),
                               signals=len(signals))
    return Acts(label, links, signals)
