"""Who drives: the change of casualties by speed, exposure, risk and severity, and who crashes under the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from trafficsim.outcomes.people import EXPOSURE, RISK, best, factors
from trafficsim.report.language import ABSENT, name
from trafficsim.report.views import Group, Row, Table, Writer, plain_rows
from trafficsim.results.difference import Difference
from trafficsim.results.people import ALL_PARTS, TABLE, drivers_of

TOTAL = "ksi_rel"
PERCENT = 100.0


class PeopleView(NamedTuple):
    """What is reported about one scenario and engine."""

    head: Markup
    parts: Table
    groups: Table


def people(writer: Writer) -> list[PeopleView]:
    """Write the parts of the change of casualties of every scenario with people; nothing without any."""
    views = []
    for scenario, engine in writer.material.settings:
        drivers = writer.material.table(TABLE, scenario, engine)
        found = [one for one in writer.material.comparison.differences
                 if (one.scenario, one.engine) == (scenario, engine)]
        if drivers is not None and len(drivers) and any(one.indicator == f"ksi_by_{EXPOSURE}" for one in found):
            views.append(PeopleView(writer.setting(scenario, engine), _parts(writer, found, f"{scenario}-{engine}"),
                                    _groups(writer, drivers, f"{scenario}-{engine}")))
    return views


def _parts(writer: Writer, found: list[Difference], key: str) -> Table:
    """Change of killed and seriously injured in per cent, in all and by part, a group of rows per alternative."""
    columns = writer.columns("quantity", "#share", "#interval_of_draws")
    groups = []
    for alternative in writer.material.others:
        known = {one.indicator: one for one in found if one.alternative == alternative}
        rows = [_row(writer, writer.words.say(f"people.{label}"), known[indicator])
                for label, indicator in (("total", TOTAL), *((part, f"ksi_by_{part}") for part in ALL_PARTS))
                if indicator in known]
        groups.append(Group(Markup.escape(name(alternative)), rows))
    return Table(f"people-parts-{key}", writer.words.say("people.parts"), columns, groups)


def _row(writer: Writer, label: Markup, one: Difference) -> Row:
    def percent(value: float | None, signed: bool = False) -> Markup:
        return writer.number(None if value is None else PERCENT * value, 2, signed=signed)
    interval = Markup(ABSENT) if one.low is None or one.high is None else writer.words.say(
        "verdicts.interval", low=percent(one.low), high=percent(one.high))
    return [label, percent(one.diff, signed=True), interval]


def _groups(writer: Writer, table: pd.DataFrame, key: str) -> Table:
    """Share of kilometres and of crashes by group under the baseline, and the risk per km beside the mean."""
    baseline = table[table["alternative"] == writer.material.asked.baseline]
    columns = writer.columns("who", "#share_of_km", "#share_of_crashes", "#relative_risk")
    return Table(f"people-groups-{key}", writer.words.say("people.groups"), columns,
                 plain_rows(list(_group_rows(writer, baseline))), notes=[writer.words.say("people.note")])


def _group_rows(writer: Writer, table: pd.DataFrame) -> Iterator[Row]:
    found = factors(drivers_of(table), best(), "injury_crashes")
    km = found[EXPOSURE]
    sums = pd.DataFrame({"group": table["group"].to_numpy(), "km": km, "crashes": (km * found[RISK])[0]}).groupby(
        "group", sort=True).sum()
    shares = sums / sums.sum()
    for group, km_share, crash_share in zip(shares.index, shares["km"], shares["crashes"], strict=True):
        risk = None if km_share == 0.0 else crash_share / km_share
        yield [name(str(group)), writer.number(PERCENT * km_share, 1), writer.number(PERCENT * crash_share, 1),
               writer.number(risk, 2)]
