"""What each alternative changes: its policies with their evidence, and the ledger in units that people use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from trafficsim.base.errors import InputError
from trafficsim.policies import load_policies
from trafficsim.policies.catalogue import catalogue
from trafficsim.report.changes import Change, changes
from trafficsim.report.language import decimals_of, foreign, name
from trafficsim.report.quantities import unit_text
from trafficsim.report.views import Missing, Table, Writer, plain_rows

MOST_LETTERS = 400
"""Letters of a parameter that are shown; the whole of it is in the study."""
MOST_CELLS = 400
"""Cells listed per change, to keep the page small; all are in the ledger."""


class PolicyView(NamedTuple):
    """A policy: what it is, on what evidence, and its parameters."""

    kind: Markup
    about: Sequence[Markup]
    parameters: Table


class AlternativeView(NamedTuple):
    """An alternative: policies, and changes by scenario and engine."""

    head: Markup
    policies: Sequence[PolicyView]
    remark: Markup | None
    parts: Sequence[Table | Missing]


def alternatives(writer: Writer) -> list[AlternativeView]:
    """Write every alternative in the order of the study."""
    return [_view(writer, alternative, policies) for alternative, policies in writer.material.alternatives.items()]


def _view(writer: Writer, alternative: str, policies: Sequence[Mapping[str, Any]]) -> AlternativeView:
    if not policies:
        return AlternativeView(name(alternative), (), writer.words.say("alternatives.nothing"), ())
    views = [_policy(writer, alternative, number, entry) for number, entry in enumerate(policies)]
    parts: list[Table | Missing] = []
    for scenario, engine in writer.material.settings:
        parts += _changes(writer, alternative, scenario, engine)
    return AlternativeView(name(alternative), views, None, parts)


def policy_facts(kind: str) -> dict[str, Any] | None:
    """Return what a policy says about itself, or ``None`` if it is not installed here."""
    try:
        return catalogue(load_policies(), kind)[kind]
    except InputError:
        return None


def _policy(writer: Writer, alternative: str, number: int, entry: Mapping[str, Any]) -> PolicyView:
    kind, words = str(entry.get("kind")), writer.words
    facts = policy_facts(kind)
    if facts is None:
        about = [words.say("alternatives.unknown", policy=name(kind))]
    else:
        grade, source = foreign(str(facts["grade"])), foreign(str(facts["source"]).rstrip(".") + ".")
        about = [foreign(facts["mechanism"]),
                 words.say("alternatives.evidence", source=source, grade=grade),
                 words.say("alternatives.limits", limits=foreign(facts["limits"]))]
    origins = facts["parameters"] if facts else {}
    rows = [[name(key), name(_shortened(_written(value))), foreign(str(origins.get(key, {}).get("origin", "–")))]
            for key, value in sorted(entry.items()) if key != "kind"]
    caption = words.say("alternatives.parameters_caption", policy=name(kind), alternative=name(alternative))
    columns = writer.columns("parameter", "parameter_value", "parameter_origin")
    table = Table(f"parameters-{alternative}-{number}", caption, columns, plain_rows(rows), fold=caption)
    return PolicyView(name(kind), about, table)


def _shortened(text: str) -> str:
    """Cut what a page has no room for, such as all programs of a file."""
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} …"


def _written(value: Any) -> str:
    """Write a parameter as a person would: what was not given is left away."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_written(part)}" for key, part in value.items() if part is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_written(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _changes(writer: Writer, alternative: str, scenario: str, engine: str) -> Iterator[Table | Missing]:
    ledger = writer.material.table("ledger", scenario, engine)
    words, setting = writer.words, writer.setting(scenario, engine)
    caption = words.say("alternatives.caption", alternative=name(alternative), setting=setting)
    if ledger is None:
        yield writer.leave_out(caption, words.say("alternatives.no_ledger"))
        return
    found = list(changes(ledger, alternative))
    if not found:
        yield Missing(caption, words.say("alternatives.unchanged"))
        return
    columns = writer.columns("policy", "field", "operation", "#cells", "#before", "#after")
    rows = [[name(one.policy), _field(writer, one), _operation(writer, one), writer.number(len(one.cells), 0),
             _span(writer, one, after=False), _span(writer, one, after=True)] for one in found]
    key = f"changes-{alternative}-{scenario}-{engine}"
    yield Table(key, caption, columns, plain_rows(rows), notes=_idle(writer, alternative, found))
    for number, one in enumerate(found):
        yield _cells(writer, one, f"{key}-{number}", (alternative, setting))


def _idle(writer: Writer, alternative: str, found: Sequence[Change]) -> list[Markup]:
    """Name the policies whose cells all keep their value, and those that have no row."""
    active = {one.policy for one in found if any(cell.changed for cell in one.cells)}
    kinds = [str(entry.get("kind")) for entry in writer.material.alternatives[alternative]]
    # numbered where a kind occurs more than once, as in the ledger
    labels = [kind if kinds.count(kind) == 1 else f"{kind} #{kinds[:place + 1].count(kind)}"
              for place, kind in enumerate(kinds)]
    idle = [name(label) for label in labels if label not in active]
    return [writer.words.say("alternatives.idle", policies=Markup(", ").join(idle))] if idle else []


def _field(writer: Writer, one: Change) -> Markup:
    known = writer.words.named("field", one.field)
    return Markup.escape(known) if known else name(one.field)


def _operation(writer: Writer, one: Change) -> Markup:
    return Markup.escape(writer.words.named("operation", one.operation) or one.operation)


def _span(writer: Writer, one: Change, *, after: bool) -> Markup:
    span, words = one.span(after), writer.words
    if span is None:
        return words.say("alternatives.nothing_before")
    unit, (low, high) = unit_text(words, one.unit), span
    alone = "" if unit else "_alone"
    if low == high:
        return words.say(f"alternatives.single{alone}", value=_value(writer, low), unit=unit)
    return words.say(f"alternatives.span{alone}", low=_value(writer, low), high=_value(writer, high), unit=unit)


def _value(writer: Writer, value: float | None) -> Markup:
    return writer.number(value, None if value is None else min(2, decimals_of(value)))


def _cells(writer: Writer, one: Change, key: str, place: tuple[str, Markup]) -> Table:
    words, unit = writer.words, unit_text(writer.words, one.unit)
    summary = words.say("alternatives.cells_summary", field=_field(writer, one), policy=name(one.policy),
                        count=writer.number(len(one.cells), 0))
    caption = words.say("alternatives.cells_caption", field=_field(writer, one), policy=name(one.policy),
                        alternative=name(place[0]), setting=place[1])
    rows = [[name(f"{cell.name} {cell.letters}".rstrip()), _value(writer, cell.before), _value(writer, cell.after),
             Markup.escape(unit)] for cell in one.cells[:MOST_CELLS]]
    more = len(one.cells) - MOST_CELLS
    notes = [words.say("alternatives.cells_more", count=writer.number(more, 0))] if more > 0 else []
    columns = writer.columns("cell", "#before", "#after", "unit")
    return Table(key, caption, columns, plain_rows(rows), fold=summary, notes=notes)
