"""What alternatives change: every policy once with its evidence, and the ledger in units that people use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from trafficsim.base.errors import InputError
from trafficsim.policies import load_policies
from trafficsim.policies.catalogue import catalogue
from trafficsim.report.changes import Change, changes
from trafficsim.report.language import ABSENT, decimals_of, foreign, name
from trafficsim.report.quantities import unit_text
from trafficsim.report.views import Group, Missing, Table, Writer, plain_rows

MOST_LETTERS = 400
"""Letters of a parameter that are shown; the whole of it is in the study."""
MOST_CELLS = 400
"""Cells listed per change, to keep the page small; all are in the ledger."""


class PolicyView(NamedTuple):
    """A policy: what it is, on what evidence, and its parameters in each alternative that has it."""

    kind: Markup
    about: Sequence[Markup]
    parameters: Table


class AlternativesView(NamedTuple):
    """Which policies each alternative has, every policy, and what they change by scenario and engine."""

    overview: Table
    policies: Sequence[PolicyView]
    parts: Sequence[Table | Missing]


def alternatives(writer: Writer) -> AlternativesView:
    """Write what the alternatives of the study are made of; what several of them share is written once."""
    entries: dict[str, dict[str, list[str]]] = {}
    for alternative, policies in writer.material.alternatives.items():
        for entry in policies:
            parameters = json.dumps({key: value for key, value in entry.items() if key != "kind"}, sort_keys=True)
            arms = entries.setdefault(str(entry.get("kind")), {}).setdefault(parameters, [])
            arms += [alternative] if alternative not in arms else []
    parts: list[Table | Missing] = []
    for scenario, engine in writer.material.settings:
        parts += _changes(writer, scenario, engine)
    return AlternativesView(_overview(writer), [_policy(writer, kind, sets) for kind, sets in entries.items()], parts)


def _overview(writer: Writer) -> Table:
    rows = []
    for alternative, policies in writer.material.alternatives.items():
        kinds = [policy_label(writer, str(entry.get("kind"))) for entry in policies]
        rows.append([name(alternative), writer.words.apart(kinds) if kinds
                     else writer.words.say("alternatives.nothing")])
    caption = writer.words.say("alternatives.overview")
    return Table("alternatives", caption, writer.columns("alternative", "policies"), plain_rows(rows))


def policy_word(writer: Writer, kind: str) -> str:
    """Return what a policy is called; those of one kind are numbered in the ledger."""
    return writer.words.named("policy", kind.partition(" #")[0]) or kind


def policy_label(writer: Writer, kind: str) -> Markup:
    """Write what a policy is called, with its kind as files name it."""
    word = policy_word(writer, kind)
    return name(kind) if word == kind else Markup('{} <code translate="no">{}</code>').format(word, kind)


def policy_facts(kind: str) -> dict[str, Any] | None:
    """Return what a policy says about itself, or ``None`` if it is not installed here."""
    try:
        return catalogue(load_policies(), kind)[kind]
    except InputError:
        return None


def _policy(writer: Writer, kind: str, sets: Mapping[str, Sequence[str]]) -> PolicyView:
    words, facts = writer.words, policy_facts(kind)
    if facts is None:
        about = [words.say("alternatives.unknown", policy=name(kind))]
    else:
        grade, source = foreign(str(facts["grade"])), foreign(str(facts["source"]).rstrip(".") + ".")
        about = [words.reason(facts["mechanism"]),
                 words.say("alternatives.evidence", source=source, grade=grade),
                 words.say("alternatives.limits", limits=words.reason(facts["limits"]))]
    origins = facts["parameters"] if facts else {}
    groups = []
    for parameters, arms in sets.items():
        rows = [[name(key), name(_shortened(_written(value))),
                 words.reason(str(origins.get(key, {}).get("origin", ABSENT)))]
                for key, value in json.loads(parameters).items()]
        groups.append(Group(_arms(writer, arms), rows))
    caption = words.say("alternatives.parameters_caption", policy=policy_label(writer, kind))
    columns = writer.columns("parameter", "parameter_value", "parameter_origin")
    return PolicyView(policy_label(writer, kind), about, Table(f"parameters-{kind}", caption, columns, groups,
                                                               fold=caption))


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


def _changes(writer: Writer, scenario: str, engine: str) -> Iterator[Table | Missing]:
    """Yield a table of all changes, those that several alternatives make once, and the values of each."""
    ledger = writer.material.table("ledger", scenario, engine)
    words, setting = writer.words, writer.setting(scenario, engine)
    caption = words.say("alternatives.caption", setting=setting)
    if ledger is None:
        yield writer.leave_out(caption, words.say("alternatives.no_ledger"))
        return
    made: dict[Change, list[str]] = {}
    notes: list[Markup] = []
    for alternative in writer.material.others:
        found = list(changes(ledger, alternative))
        for one in found:
            made.setdefault(one, []).append(alternative)
        told = _idle(writer, alternative, found) if found else [words.say("alternatives.unchanged")]
        notes += [Markup("{}: {}").format(name(alternative), text) for text in told]
    key = f"changes-{scenario}-{engine}"
    columns = writer.columns("alternative", "policy", "field", "operation", "#cells", "#before", "#after")
    rows = [[_arms(writer, arms), policy_label(writer, one.policy), _field(writer, one), _operation(writer, one),
             writer.number(len(one.cells), 0), _span(writer, one, after=False), _span(writer, one, after=True)]
            for one, arms in made.items()]
    yield Table(key, caption, columns, plain_rows(rows), notes=notes)
    for number, (one, arms) in enumerate(made.items()):
        yield _cells(writer, one, f"{key}-{number}", (_arms(writer, arms), setting))


def _arms(writer: Writer, arms: Sequence[str]) -> Markup:
    return writer.words.apart(map(name, arms))


def _idle(writer: Writer, alternative: str, found: Sequence[Change]) -> list[Markup]:
    """Name the policies whose cells all keep their value, and those that have no row."""
    active = {one.policy for one in found if any(cell.changed for cell in one.cells)}
    kinds = [str(entry.get("kind")) for entry in writer.material.alternatives[alternative]]
    # numbered where a kind occurs more than once, as in the ledger
    labels = [kind if kinds.count(kind) == 1 else f"{kind} #{kinds[:place + 1].count(kind)}"
              for place, kind in enumerate(kinds)]
    idle = [name(label) for label in labels if label not in active]
    return [writer.words.say("alternatives.idle", policies=writer.words.listed(idle))] if idle else []


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


def _cells(writer: Writer, one: Change, key: str, place: tuple[Markup, Markup]) -> Table:
    words, unit = writer.words, unit_text(writer.words, one.unit)
    what = {"field": _field(writer, one), "policy": policy_label(writer, one.policy)}
    summary = words.say("alternatives.cells_summary", alternatives=place[0], count=writer.number(len(one.cells), 0),
                        **what)
    caption = words.say("alternatives.cells_caption", alternative=place[0], setting=place[1], **what)
    rows = [[name(" ".join(filter(None, (cell.name, cell.letters, cell.times)))), _value(writer, cell.before),
             _value(writer, cell.after), Markup.escape(unit)] for cell in one.cells[:MOST_CELLS]]
    more = len(one.cells) - MOST_CELLS
    notes = [words.say("alternatives.cells_more", count=writer.number(more, 0))] if more > 0 else []
    columns = writer.columns("cell", "#before", "#after", "unit")
    return Table(key, caption, columns, plain_rows(rows), fold=summary, notes=notes)
