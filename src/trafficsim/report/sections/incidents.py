"""Incidents: how long they lasted, what capacity was left, what they cost, and cumulative curves of the dearest."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.report.language import name
from trafficsim.report.plots.cumulative import cumulative_curves
from trafficsim.report.sections.drawing import picture
from trafficsim.report.views import Picture, Row, Table, Writer, plain_rows

TABLE = "incidents"
Place = tuple[str, str]
"""Scenario and engine."""


def incidents(writer: Writer) -> Iterator[Table | Picture]:
    """Yield a table for every scenario and engine with incidents, and curves of the one with the largest delay."""
    for place in writer.material.settings:
        table = writer.material.table(TABLE, *place)
        if table is not None and len(table):
            yield _table(writer, place, table)
            yield from _curves(writer, place, table)


def _table(writer: Writer, place: Place, table: pd.DataFrame) -> Table:
    """Means over replications, by alternative and incident."""
    columns = writer.columns("alternative", "incident", "#blocked_min", "#capacity_left", "#capacity_after",
                             "#incident_delay", "#longest_queue_veh", "#secondary")
    rows: list[Row] = []
    for (alternative, incident), part in table.groupby(["alternative", "incident"], sort=False):
        mean = {column: part[column].dropna().astype("float64").mean() for column in (
            "duration_s", "capacity_reduced_veh_h", "capacity_full_veh_h", "delay_veh_h", "longest_queue_veh",
            "secondary_low", "secondary_high")}
        between = writer.words.say("verdicts.interval", low=writer.number(100.0 * mean["secondary_low"], 1),
                                   high=writer.number(100.0 * mean["secondary_high"], 1))
        rows.append([name(str(alternative)), name(str(incident)), writer.number(mean["duration_s"] / 60.0, 1),
                     writer.number(mean["capacity_reduced_veh_h"], 0), writer.number(mean["capacity_full_veh_h"], 0),
                     writer.number(mean["delay_veh_h"], 1), writer.number(mean["longest_queue_veh"], 0), between])
    caption = writer.words.say("incidents.caption", setting=writer.setting(*place))
    return Table(f"incidents-{'-'.join(place)}", caption, columns, plain_rows(rows),
                 notes=[writer.words.say("incidents.note")])


def _curves(writer: Writer, place: Place, table: pd.DataFrame) -> Iterator[Picture]:
    """Draw the first replication of the baseline, on the link of the incident with the largest delay."""
    own = table[table["alternative"] == writer.material.asked.baseline]
    links = writer.material.table("links", *place)
    if not len(own) or links is None:
        return
    first = own[own["replication"] == own["replication"].min()]
    dearest = first.iloc[int(first["delay_veh_h"].to_numpy("float64").argmax())]
    rows = links[(links["alternative"] == dearest["alternative"]) & (links["replication"] == dearest["replication"])]
    words, link, incident = writer.words, str(dearest["link"]), str(dearest["incident"])
    try:
        figure = cumulative_curves(rows, link, language=words.code)
    except InputError:  # nobody left the link, or no free-flow times are known
        return
    alt = words.plain("incidents.curves_alt", incident=incident, link=link,
                      minutes=words.number(float(dearest["duration_s"]) / 60.0, 0),
                      delay=words.number(float(dearest["delay_veh_h"]), 1))
    caption = words.say("incidents.curves_caption", incident=name(incident), link=name(link),
                        setting=writer.setting(*place))
    yield picture(figure, f"figure-incidents-{'-'.join(place)}", alt, caption)
