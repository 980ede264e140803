"""How far published evidence carries: findings of the practices that a study represents, in its own setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from trafficsim.io.practices import load_practices
from trafficsim.outcomes.differences import Difference
from trafficsim.outcomes.practice import Entry
from trafficsim.outcomes.transfer import Carried
from trafficsim.outcomes.transfer_table import carry_all, represented_by
from trafficsim.report.language import ABSENT, foreign, name
from trafficsim.report.views import Missing, Row, Table, Writer, plain_rows

UNITS = {"%": "unit.percent", "percentage points": "unit.percentage_points", "km/h": "unit.km_per_h"}
DECIMALS = 1


def transfers(writer: Writer) -> Iterator[Table | Missing]:
    """Write one table per alternative and practice; nothing where the study declares no setting."""
    setting, words = writer.material.setting, writer.words
    if setting is None:
        return
    found = False
    for alternative, policies in writer.material.alternatives.items():
        kinds = [str(policy["kind"]) for policy in policies]
        for kind, entry in represented_by(load_practices(), kinds):
            found = True
            yield _table(writer, (alternative, kind), entry, list(carry_all([entry], setting)))
    if not found:
        yield Missing(words.say("transfer.none_head"), words.say("transfer.none"))


def _table(writer: Writer, place: tuple[str, str], entry: Entry, carried: Sequence[Carried]) -> Table:
    words, (alternative, kind) = writer.words, place
    practice = words.reason(entry.practice.name)
    caption = words.say("transfer.caption", practice=practice, policy=name(kind), alternative=name(alternative))
    refused = sum(one.status == "refused" for one in carried)
    fold = words.say("transfer.fold", practice=practice, alternative=name(alternative),
                     carried=writer.number(len(carried) - refused, 0), refused=writer.number(refused, 0))
    columns = writer.columns("finding", "graded_source", "published", "carried", "settings_differ")
    return Table(f"transfer-{alternative}-{entry.practice.id}", caption, columns,
                 plain_rows([_row(writer, one) for one in carried]), fold=fold)


def _row(writer: Writer, one: Carried) -> Row:
    evidence = one.evidence
    source = Markup("{}, {}").format(foreign(one.cite), name(evidence.grade))
    differing = writer.words.apart(_difference(writer, each) for each in one.differences if each.is_counted)
    return [writer.words.reason(evidence.outcome), source, _published(writer, one), _here(writer, one),
            differing or Markup(ABSENT)]


def _published(writer: Writer, one: Carried) -> Markup:
    evidence = one.evidence
    if evidence.words_only:
        return foreign(evidence.note)
    ends = (evidence.low, evidence.high)
    if evidence.value is None:
        return writer.words.say("alternatives.span", low=_figure(writer, ends[0]), high=_figure(writer, ends[1]),
                                unit=_unit(writer, evidence.unit))
    if None in ends:
        return writer.words.say("alternatives.single", value=_figure(writer, evidence.value),
                                unit=_unit(writer, evidence.unit))
    return _interval(writer, (evidence.value, evidence.low, evidence.high), evidence.unit)


def _here(writer: Writer, one: Carried) -> Markup:
    words = writer.words
    if one.status == "refused":
        return words.say("transfer.refused", reason=_refusal(writer, one))
    text = _interval(writer, (one.value, one.low, one.high), one.evidence.unit)
    beyond = [each for each in one.differences if each.verdict == "beyond"]
    if not beyond:
        return text
    what = writer.words.apart(_difference(writer, each) for each in beyond)
    return Markup("{}; {}").format(text, words.say("transfer.flagged", what=what))


def _refusal(writer: Writer, one: Carried) -> Markup:
    if one.evidence.words_only:
        return writer.words.say("transfer_reason.no_number")
    if one.evidence.unverified:
        return writer.words.say("transfer_reason.unverified")
    far = writer.words.apart(_difference(writer, each) for each in one.differences if each.verdict == "refused")
    return Markup("{}: {}").format(writer.words.say("transfer_reason.out_of_reach"), far)


def _interval(writer: Writer, numbers: Sequence[float | None], unit: str) -> Markup:
    value, low, high = (_figure(writer, number) for number in numbers)
    return writer.words.say("transfer.interval", value=value, low=low, high=high, unit=_unit(writer, unit))


def _figure(writer: Writer, number: float | None) -> Markup:
    # no zero with a minus before it
    return writer.number(None if number is None else round(number, DECIMALS) + 0.0)


def _unit(writer: Writer, unit: str) -> Markup:
    return writer.words.say(UNITS[unit]) if unit in UNITS else foreign(unit)


def _difference(writer: Writer, one: Difference) -> Markup:
    words = writer.words
    quantity = words.say(f"setting.{one.quantity}")
    if one.verdict == "not declared":
        return words.say("transfer.not_declared", property=quantity, there=name(one.there))
    return words.say("transfer.differs", property=quantity, here=name(one.here), there=name(one.there))
