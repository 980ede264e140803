"""Who gains and who loses by each alternative, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.report.places import link_label
from trafficsim.report.sections.numbers import decimals
from trafficsim.report.views import Writer
from trafficsim.results.distribution import Effect, share_of_vehicles
from trafficsim.results.groups import GROUPINGS

NAMED = {"path": 3, "movement": 1, "group": 1}
"""How many of those who lose are named; all stand in the table further down."""


class ArmSummary(NamedTuple):
    """Who loses and who gains by one alternative."""

    head: Markup
    loses: Markup
    gains: Markup


def intro(writer: Writer, place: tuple[str, str]) -> Markup:
    """Say how many days were simulated, and how changes are written."""
    n = max((one.n for one in writer.material.comparison.differences if (one.scenario, one.engine) == place), default=0)
    days = writer.material.days
    key, more = ("summary.intro", {}) if days is None else (
        "summary.intro_days", {"days": writer.number(days.number, 0)})
    return writer.words.say(key, baseline=name(writer.material.asked.baseline), n=writer.number(n, 0),
                            level=writer.number(100.0 * writer.material.asked.confidence), **more)


def note(writer: Writer) -> Markup:
    """Say how those who lose and gain are found."""
    level = 1.0 - writer.material.asked.confidence
    text = writer.words.say("summary.note", level=writer.number(round(level, 6)))
    return Markup(" ").join([text, writer.words.say("summary.few_pairs")]) if writer.material.distribution.few_pairs \
        else text


def arm_summary(writer: Writer, place: tuple[str, str], arm: str) -> ArmSummary:
    """Write who loses and who gains by an alternative."""
    effects = writer.material.distribution.of(*place, arm)
    return ArmSummary(name(arm), _loses(writer, effects), _gains(writer, effects))


def families(effects: Sequence[Effect]) -> dict[str, list[Effect]]:
    """Sort effects into paths, movements and groups; only those that could be tested."""
    tested = [one for one in effects if one.p is not None]
    return {"path": [one for one in tested if one.family == "path"],
            "movement": [one for one in tested if one.family == "movement"],
            "group": [one for one in tested if one.family in GROUPINGS]}


def _loses(writer: Writer, effects: Sequence[Effect]) -> Markup:
    words, tested = writer.words, families(effects)
    if not any(tested.values()):
        return words.say("summary.untested")
    parts = [_part(writer, family, ones, "worse") for family, ones in tested.items()
             if any(one.verdict == "worse" for one in ones)]
    if not parts:
        return words.say("summary.nobody_loses", **_counts(writer, tested))
    return words.say("summary.loses", who=words.apart(parts))


def _gains(writer: Writer, effects: Sequence[Effect]) -> Markup:
    words, tested = writer.words, families(effects)
    parts = [_part(writer, family, ones, "better") for family, ones in tested.items()
             if any(one.verdict == "better" for one in ones)]
    if not parts:
        return words.say("summary.nobody_gains") if any(tested.values()) else Markup("")
    return words.say("summary.gains", who=words.apart(parts))


def _counts(writer: Writer, tested: dict[str, list[Effect]]) -> dict[str, Markup]:
    return {family: writer.number(len(ones), 0) for family, ones in tested.items()}


def _share(writer: Writer, ones: Sequence[Effect], verdict: str) -> Markup:
    share = 100.0 * share_of_vehicles(ones, verdict)
    return writer.number(share, 0 if share >= 1.0 else 1)


def _part(writer: Writer, family: str, ones: Sequence[Effect], verdict: str) -> Markup:
    """Count those of a family who lose or gain, and name the ones with most time in all."""
    words, chosen = writer.words, [one for one in ones if one.verdict == verdict]
    first = sorted(chosen, key=lambda one: -abs(one.added_s))[: NAMED[family]]
    return words.say(f"summary.{verdict}_{family}_{'all' if len(first) == len(chosen) else 'most'}",
                     count=writer.number(len(chosen), 0), tested=writer.number(len(ones), 0),
                     share=_share(writer, ones, verdict),
                     members=words.listed(_named(writer, one) for one in first))


def _named(writer: Writer, one: Effect) -> Markup:
    words, places = writer.words, decimals(None if one.low_s is None or one.high_s is None else
                                           (one.high_s - one.low_s) / 2.0)
    figures = {key: writer.number(getattr(one, key), places, signed=key == "diff_s")
               for key in ("mean_s", "baseline_mean_s", "diff_s", "low_s", "high_s")}
    text = words.say("summary.member", member=member_label(writer, one), **figures)
    return Markup(" ").join([text, *few_flag(writer, one)])


def few_flag(writer: Writer, one: Effect) -> Iterator[Markup]:
    """Yield the remark on an effect of few vehicles."""
    if one.few:
        yield writer.words.say("summary.few", vehicles=writer.number(one.vehicles, 0 if one.vehicles >= 1.0 else 1))


def member_label(writer: Writer, one: Effect) -> Markup:
    """Name a path, movement or group, with the names of its streets where the network has them."""
    words, streets = writer.words, writer.material.streets.get(one.scenario, {})
    links = [link_label(streets, link) for link in one.links]
    if one.family == "movement":
        turn = words.named("turn", one.turn) if one.turn else None
        key = "summary.movement" if turn is None else "summary.movement_turn"
        return words.say(key, start=links[0], end=links[1], turn=turn)
    return words.say(f"summary.{one.family}", member=links[0] if links else name(one.member))
