"""Volume, v/c, control delay, level of service and queue by junction, approach and movement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.junctions import Movement, movements_of
from trafficsim.report.language import ABSENT, name
from trafficsim.report.views import Group, Missing, Row, Table, Writer

MOST_MOVEMENTS = 250
"""Movements listed per alternative, those with the most delay in total; all are in the table."""
Key = tuple[str, str]


class Base(NamedTuple):
    """Of the baseline: the movements to show, and the delay of each."""

    chosen: set[Key]
    delays: dict[Key, float | None]


def junctions(writer: Writer) -> Iterator[Table | Missing]:
    """Yield a table per alternative, the baseline first and unfolded."""
    for scenario, engine in writer.material.settings:
        setting = writer.setting(scenario, engine)
        table = writer.material.table("movements", scenario, engine)
        network = writer.material.networks.get(scenario)
        if network is None and table is not None:
            reason = name(writer.material.no_network.get(scenario, ""))
            yield writer.leave_out(writer.words.say("section.junctions"),
                                   writer.words.say("junctions.no_network", reason=reason))
        baseline = [] if table is None else movements_of(table, writer.material.asked.baseline, network)
        base = Base(_worst(baseline), {(one.from_link, one.to_link): one.delay_s for one in baseline})
        for alternative in writer.material.alternatives:
            caption = writer.words.say("junctions.caption", alternative=name(alternative), setting=setting)
            found = [] if table is None else movements_of(table, alternative, network)
            if found:
                yield _table(writer, alternative, (caption, f"{scenario}-{engine}"), found, base)
            else:
                yield writer.leave_out(caption, writer.words.say("junctions.none"))


def _worst(movements: Sequence[Movement]) -> set[Key]:
    """Movements with the most delay in total under the baseline."""
    ordered = sorted(movements, key=lambda one: -(one.delay_s or 0.0) * one.volume_veh_h)
    return {(one.from_link, one.to_link) for one in ordered[:MOST_MOVEMENTS]}


def _table(writer: Writer, alternative: str, names: tuple[Markup, str], found: Sequence[Movement],
           base: Base) -> Table:
    words, is_base = writer.words, alternative == writer.material.asked.baseline
    columns = writer.columns("approach", "movement", "turn", "#volume", "#v_c", "#delay",
                             *([] if is_base else ["#delay_change"]), "level", "#queue")
    shown = [one for one in found if (one.from_link, one.to_link) in base.chosen] if len(found) > MOST_MOVEMENTS else found
    groups = []
    for (signalised, junction), part in groupby(shown, lambda one: (one.signalised, one.junction)):
        key = "junctions.signalised" if signalised else "junctions.unsignalised"
        rows = [_row(writer, one, None if is_base else base.delays) for one in part]
        groups.append(Group(words.say(key, junction=name(junction)), rows))
    hidden = len(found) - len(shown)
    notes = [words.say("junctions.more", count=writer.number(hidden, 0))] if hidden else []
    return Table(f"movements-{alternative}-{names[1]}", names[0], columns, groups,
                 fold=None if is_base else names[0], notes=notes)


def _row(writer: Writer, one: Movement, delays: dict[Key, float | None] | None) -> Row:
    turn = writer.words.named("turn", one.direction or "")
    row = [name(one.from_link), name(one.to_link), Markup.escape(turn or ABSENT), writer.number(one.volume_veh_h, 0),
           writer.number(one.v_c, 2), writer.number(one.delay_s, 1)]
    if delays is not None:
        before = delays.get((one.from_link, one.to_link))
        change = None if before is None or one.delay_s is None else one.delay_s - before
        row.append(writer.number(change, 1, signed=True))
    return [*row, Markup('<bdi translate="no">{}</bdi>').format(one.level or ABSENT), writer.number(one.queue_m, 0)]

