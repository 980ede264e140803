"""How sure a verdict is, in words: what chance alone would show, and what the interval does not cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from trafficsim.report.language import foreign, name
from trafficsim.report.sections.alternatives import policy_facts, policy_word
from trafficsim.report.sections.numbers import shown
from trafficsim.report.verdicts import reversal
from trafficsim.report.views import Writer
from trafficsim.results.difference import Difference

STEPS = ((0.001, "very", 1000.0), (0.01, "quite", 100.0))
"""Adjusted p-values up to which words are used, and the number of studies in one of which chance would do the same."""


def how_sure(writer: Writer, primary: Sequence[Difference]) -> Iterator[Markup]:
    """Yield a sentence for every primary indicator."""
    for one in (one for one in primary if one.n or not one.reason):
        sentence = _sure(writer, one)
        if len(primary) > 1:
            label = shown(writer, one).quantity.label(writer.words)
            sentence = writer.words.say("sure.of", indicator=label, sentence=sentence)
        yield sentence


def how_sure_word(writer: Writer, one: Difference) -> Markup:
    """Say in a word or two how sure a verdict is."""
    return writer.words.say(f"sure_word.{_degree(writer, one)}")


def _degree(writer: Writer, one: Difference) -> str:
    """Return the key of how sure a verdict is."""
    if one.n < 2 or one.diff is None:
        return "few"
    if one.half_width == 0.0:
        return "identical" if one.diff == 0.0 else "no_spread"
    if one.verdict == "equivalent":
        return "equivalent"
    return _against_chance(writer, one)[0] if one.verdict in ("better", "worse") else "open"


def _sure(writer: Writer, one: Difference) -> Markup:
    words, degree = writer.words, _degree(writer, one)
    if degree == "open":
        return _open(writer, one)
    margin, times = writer.material.asked.margins.get(one.indicator), _against_chance(writer, one)[1]
    return words.say(f"sure.{degree}", margin=writer.number(None if margin is None else 100.0 * margin),
                     times=writer.number(round(times), 0), n=writer.number(one.n, 0))


def _against_chance(writer: Writer, one: Difference) -> tuple[str, float]:
    """Return how rarely chance alone would show such a difference: a key, and in one of how many studies."""
    p = one.p_adjusted if one.p_adjusted is not None else 1.0
    usual = ("fairly", 1.0 / (1.0 - writer.material.asked.confidence))
    return next(((key, times) for most, key, times in STEPS if p < most), usual)


def _open(writer: Writer, one: Difference) -> Markup:
    words, figures = writer.words, shown(writer, one)
    ends = {end: figures.value(getattr(one, end), signed=True) for end in ("low", "high")}
    sentence = words.say("sure.open", **ends, unit=figures.quantity.difference_unit(words))
    wanted = reversal(one, writer.material.asked.confidence).wanted
    if wanted is None or wanted <= one.n:
        return sentence
    return Markup(" ").join([sentence, words.say("verdicts.wanted", wanted=writer.number(wanted, 0))])


def grounds(writer: Writer, primary: Sequence[Difference]) -> Iterator[Markup]:
    """Yield what no number of days would settle: the assumed response of drivers, and the evidence for it."""
    if any(one.origin == "input" for one in primary):
        yield writer.words.say("sure.input")
    entries = writer.material.alternatives.get(primary[0].alternative, ()) if primary else ()
    parts = []
    for kind in dict.fromkeys(str(entry.get("kind")) for entry in entries):
        facts = policy_facts(kind)
        grade = foreign(facts["grade"]) if facts else Markup("–")
        known = policy_word(writer, kind)
        parts.append(writer.words.say("verdicts.rests_policy", grade=grade,
                                      policy=name(kind) if known == kind else known))
    if parts:
        yield writer.words.say("sure.grounds", policies=writer.words.apart(parts))
