"""Volume, v/c, control delay, level of service and queue by junction, approach and movement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.junctions import Movement, movements_of
from trafficsim.report.language import ABSENT, name
from trafficsim.report.places import link_label
from trafficsim.report.views import Group, Missing, Row, Table, Writer

MOST_MOVEMENTS = 250
"""Movements listed per alternative, those with the most delay in total; all are in the table."""
LEAST_SHARE = 0.02
"""Part of the time from which on it is reported that a movement is blocked, or its queue too long for the approach."""
LATE, FREE_DEGREE = ("E", "F"), 0.9
"""Levels of service that want an explanation where v/c is below this."""
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
            found = [] if table is None else movements_of(table, alternative, network)
            if found:
                yield from _tables(writer, alternative, (scenario, engine), found, base)
            else:
                caption = writer.words.say("junctions.caption", alternative=name(alternative), setting=setting)
                yield writer.leave_out(caption, writer.words.say("junctions.none"))


def _worst(movements: Sequence[Movement]) -> set[Key]:
    """Movements with the most delay in total under the baseline."""
    ordered = sorted(movements, key=lambda one: -(one.delay_s or 0.0) * one.volume_veh_h)
    return {(one.from_link, one.to_link) for one in ordered[:MOST_MOVEMENTS]}


def _tables(writer: Writer, alternative: str, setting: tuple[str, str], found: Sequence[Movement],
            base: Base) -> Iterator[Table]:
    """Yield the movements with a signal, and the others; only those at signals of the baseline are not folded up."""
    words, is_base = writer.words, alternative == writer.material.asked.baseline
    columns = writer.columns("approach", "movement", "turn", "#volume", "#v_c", "#delay",
                             *([] if is_base else ["#delay_change"]), "level", "#queue", "remarks")
    for signalised, part in groupby(found, lambda one: one.signalised):
        movements = list(part)
        kind = "signalised" if signalised else "other"
        caption = words.say(f"junctions.summary_{kind}", alternative=name(alternative),
                            setting=writer.setting(*setting))
        all_of_them = len(found) <= MOST_MOVEMENTS
        shown = [one for one in movements if all_of_them or (one.from_link, one.to_link) in base.chosen]
        notes = [words.say("junctions.more", count=writer.number(len(movements) - len(shown), 0))]
        yield Table(f"movements-{alternative}-{'-'.join(setting)}-{kind}", caption, columns,
                    _groups(writer, setting[0], shown, None if is_base else base.delays),
                    fold=None if is_base and signalised else caption,
                    notes=notes if len(shown) < len(movements) else ())


def _groups(writer: Writer, scenario: str, movements: Sequence[Movement],
            delays: dict[Key, float | None] | None) -> list[Group]:
    groups, names = [], writer.material.junctions.get(scenario, {})
    streets = writer.material.streets.get(scenario, {})
    for (signalised, junction), part in groupby(movements, lambda one: (one.signalised, one.junction)):
        key = "junctions.signalised" if signalised else "junctions.unsignalised"
        rows = [_row(writer, one, delays, streets) for one in part]
        groups.append(Group(writer.words.say(key, junction=link_label(names, junction)), rows))
    return groups


def _row(writer: Writer, one: Movement, delays: dict[Key, float | None] | None,
         streets: Mapping[str, str]) -> Row:
    turn = writer.words.named("turn", one.direction or "")
    row = [link_label(streets, one.from_link), link_label(streets, one.to_link), Markup.escape(turn or ABSENT),
           writer.number(one.volume_veh_h, 0), writer.number(one.v_c, 2), writer.number(one.delay_s, 1)]
    if delays is not None:
        before = delays.get((one.from_link, one.to_link))
        change = None if before is None or one.delay_s is None else one.delay_s - before
        row.append(writer.number(change, 1, signed=True))
    return [*row, Markup('<bdi translate="no">{}</bdi>').format(one.level or ABSENT), writer.number(one.queue_m, 0),
            _remarks(writer, one, streets)]


def _remarks(writer: Writer, one: Movement, streets: Mapping[str, str]) -> Markup:
    """Say what the numbers do not: blocked from downstream, a queue beyond the approach, or why late though free."""
    said = []
    if one.blocked_share >= LEAST_SHARE and one.blocked_by is not None:
        said.append(writer.words.say("junctions.blocked", share=writer.number(100.0 * one.blocked_share, 0),
                                     link=link_label(streets, one.blocked_by)))
    if one.spillback_share >= LEAST_SHARE:
        said.append(writer.words.say("junctions.spillback", share=writer.number(100.0 * one.spillback_share, 0),
                                     storage=writer.number(one.storage_m, 0)))
    late = one.level in LATE and one.v_c is not None and one.v_c < FREE_DEGREE
    if late and one.blocked_share < LEAST_SHARE and one.capacity_note is not None:
        said.append(writer.words.reason(one.capacity_note))
    return writer.words.apart(said)

