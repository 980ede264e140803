"""Over the days: how people drive day by day, and which days were simulated."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from trafficsim.report.language import foreign, name
from trafficsim.report.plots.days import course, over_days
from trafficsim.report.sections.drawing import picture
from trafficsim.report.views import Picture, Row, Table, Writer, plain_rows
from trafficsim.results.days import TABLE, TRAFFIC_OF, traffic_by_day

SHOWN = ("share_over_limit", "mean_free_speed_kmh", "perceived_risk", "citations")
MOST_DAYS = 40
"""Simulated days that are listed one by one."""


def days(writer: Writer) -> Iterator[Picture | Table]:
    """Yield the plot and the tables of every scenario and engine of a study over days; nothing without days."""
    for scenario, engine in writer.material.settings:
        table = writer.material.table(TABLE, scenario, engine)
        if table is not None and len(table):
            words, setting, key = writer.words, writer.setting(scenario, engine), f"{scenario}-{engine}"
            figure = over_days(table, writer.material.marks, words.code)
            yield picture(figure, f"figure-days-{key}", _alt(writer, table),
                          words.say("days.figure_caption", setting=setting))
            yield _ends(writer, table, setting, key)
            yield _simulated(writer, table, setting, key)


def _alt(writer: Writer, table: pd.DataFrame) -> str:
    words, rows = writer.words, []
    for alternative, part in table.groupby("alternative", sort=False):
        share = course(part, "share_over_limit").mean
        rows.append(words.plain("days.figure_row", alternative=str(alternative), first=words.number(100 * share[0], 1),
                                last=words.number(100 * share[-1], 1)))
    return words.plain("days.figure_alt", rows=" ".join(rows))


def _ends(writer: Writer, table: pd.DataFrame, setting: Markup, key: str) -> Table:
    """Means over replications on the first and on the last day, and citations of all days."""
    columns = writer.columns("alternative", "#over_first", "#over_last", "#speed_first", "#speed_last", "#risk_last",
                             "#citations_all")
    rows: list[Row] = []
    for alternative, part in table.groupby("alternative", sort=False):
        over, speed, risk, cited = (course(part, column).mean for column in SHOWN)
        rows.append([name(str(alternative)), writer.number(100.0 * over[0], 1), writer.number(100.0 * over[-1], 1),
                     writer.number(speed[0], 1), writer.number(speed[-1], 1),
                     writer.number(100.0 * risk[-1] if len(risk) else None, 1), writer.number(cited.sum(), 0)])
    return Table(f"days-{key}", writer.words.say("days.caption", setting=setting), columns, plain_rows(rows),
                 notes=[writer.words.say("days.note"), *_outside(writer)])


def _outside(writer: Writer) -> list[Markup]:
    return [writer.words.say("days.outside", message=foreign(one.message)) for one in writer.material.warnings]


def _simulated(writer: Writer, table: pd.DataFrame, setting: Markup, key: str) -> Table:
    """Which days were simulated in the first replication of each alternative, and for how many days each stands."""
    columns = writer.columns("alternative", "#chains", "#simulated_days", "simulated_which")
    found = traffic_by_day(table)
    rows: list[Row] = []
    for alternative in table["alternative"].unique().tolist():
        chains = [set(traffic.values()) for chain, traffic in found.items() if chain[1] == alternative]
        if chains:
            days_of = sorted(chains[0])
            listed = writer.words.apart(writer.words.figure(day, 0) for day in days_of[:MOST_DAYS])
            rows.append([name(str(alternative)), writer.number(len(chains), 0),
                         writer.number(sum(map(len, chains)) / len(chains), 1), listed])
    return Table(f"days-simulated-{key}", writer.words.say("days.simulated_caption", setting=setting), columns,
                 plain_rows(rows), notes=[writer.words.say("days.simulated_note", column=name(TRAFFIC_OF))])
