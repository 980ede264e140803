"""The ranking by casualties avoided for the same money: a sentence for each alternative, and a table of regrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.outcomes.economics.appraisal import Worth
from trafficsim.outcomes.economics.ranking import Rank
from trafficsim.report.language import ABSENT, name
from trafficsim.report.sections.numbers import decimals
from trafficsim.report.views import Table, Writer, plain_rows

FEWEST = 2
"""One alternative alone has no rank."""
OF_CASUALTIES = ("ksi_", "deaths_", "injuries_", "injury_crashes_", "fatal_crashes_")
"""How indicators of casualties begin."""
PERCENT = 100.0


class Ranking(NamedTuple):
    """What is reported of the ranking of one scenario and engine.

    Attributes
    ----------
    lines : a sentence for every alternative, the best first
    unranked : a sentence for every alternative without a rank
    table : casualties avoided, per million, and the regret
    """

    lines: Sequence[Markup]
    unranked: Sequence[Markup]
    table: Table


def ranked(writer: Writer, place: tuple[str, str]) -> Ranking | None:
    """Write the ranking where the study asks for casualties first, and two alternatives have a rank."""
    appraisal, asked = writer.material.appraisal, writer.material.asked.primary
    worths = () if appraisal is None else appraisal.worths.get(place, ())
    found = [(one, one.rank) for one in worths if one.rank is not None]
    if appraisal is None or len(found) < FEWEST or not asked or not asked[0].startswith(OF_CASUALTIES):
        return None
    found.sort(key=lambda pair: pair[1].place)
    currency = appraisal.economics.currency
    caption = writer.words.say("ranking.caption", currency=currency)
    columns = writer.columns("alternative", "#ksi_avoided", "#per_million", "#interval_of_draws", "#p_best", "#regret")
    table = Table(f"ranking-{'-'.join(place)}", caption, columns,
                  plain_rows([_row(writer, one, rank) for one, rank in found]),
                  notes=(writer.words.say("ranking.note"),))
    return Ranking([_line(writer, one, rank, currency) for one, rank in found],
                   [_unranked(writer, one) for one in worths if one.rank is None], table)


def _line(writer: Writer, one: Worth, rank: Rank, currency: str) -> Markup:
    """Say in one sentence where an alternative stands."""
    words, places = writer.words, decimals((rank.high - rank.low) / 2.0)
    kind = "adds" if rank.per_million < 0.0 else "open" if rank.low < 0.0 else "line"
    return words.say(f"ranking.{kind}", alternative=name(one.alternative), currency=currency,
                     value=writer.number(abs(rank.per_million), places),
                     low=writer.number(rank.low, places), high=writer.number(rank.high, places),
                     share=writer.number(PERCENT * rank.p_best, 0))


def _row(writer: Writer, one: Worth, rank: Rank) -> list[Markup]:
    words, places = writer.words, decimals((rank.high - rank.low) / 2.0)
    avoided = sum(one.avoided[part].value or 0.0 for part in ("deaths", "serious_injuries"))
    interval = words.say("verdicts.interval", low=writer.number(rank.low, places),
                         high=writer.number(rank.high, places))
    regret = Markup(ABSENT) if rank.regret is None else writer.number(rank.regret, places)
    return [name(one.alternative), writer.number(avoided, 2), writer.number(rank.per_million, places), interval,
            words.say("verdicts.percent", value=writer.number(PERCENT * rank.p_best, 0)), regret]


def _unranked(writer: Writer, one: Worth) -> Markup:
    reason = one.missing.get("casualties") or next(
        (value.reason for value in one.figures.values() if value.reason is not None), "")
    return writer.words.say("ranking.unranked", alternative=name(one.alternative),
                            reason=writer.words.reason(reason) if reason else Markup(ABSENT))
