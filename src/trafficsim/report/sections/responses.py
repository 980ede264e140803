"""Emergency response: every part of the chain from the crash to the cleared road, by alternative."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from trafficsim.report.language import ABSENT, name
from trafficsim.report.views import Column, Group, Row, Table, Writer
from trafficsim.results.responses import TABLE
from trafficsim.results.statistics import t_interval

PARTS = ("notification_s", "handling_s", "unit_wait_s", "turnout_s", "travel_s", "response_s", "care_s", "clearance_s",
         "free_travel_s", "held_s")
MOST_PLACES = 20
"""Crashes of the table by place: those that come first."""
S_PER_MIN = 60.0
GLANCE = (("response_time_s", 1.0 / S_PER_MIN, 1), ("response_within_8_min", 100.0, 0),
          ("response_within_15_min", 100.0, 0), ("response_deaths", 1.0, 3), ("mean_delay_s", 1.0, 1))
"""Indicators of the table at a glance, with the factor to their unit there and decimals."""


class ResponseView(NamedTuple):
    """What is reported about one scenario and engine."""

    head: Markup
    chain: Table
    places: Table


def responses(writer: Writer) -> list[ResponseView]:
    """Write the chain of response of every scenario in which units are wanted; nothing without any."""
    views = []
    for scenario, engine in writer.material.settings:
        table = writer.material.table(TABLE, scenario, engine)
        if table is not None and len(table):
            key = f"{scenario}-{engine}"
            views.append(ResponseView(writer.setting(scenario, engine), _chain(writer, table, key),
                                      _places(writer, table, key)))
    return views


def at_a_glance(writer: Writer, place: tuple[str, str]) -> Table | None:
    """Write how fast help comes, deaths, and the delay of others, a row per alternative; nothing without response."""
    table, found = writer.material.table("indicators", *place), writer.material.table(TABLE, *place)
    if table is None or found is None or not len(found):
        return None
    means = table.groupby(["alternative", "indicator"], observed=True)["value"].mean()
    rows: list[Row] = [[name(arm), *(writer.number(_scaled(means.get((arm, key)), factor), places)
                                     for key, factor, places in GLANCE)]
                       for arm in (writer.material.asked.baseline, *writer.material.others)]
    outside = int(found["extrapolated"].fillna(False).sum())
    note = writer.words.say("responses.glance_note", outside=writer.number(outside, 0),
                            runs=writer.number(len(found), 0))
    return Table(f"responses-glance-{'-'.join(place)}", writer.words.say("responses.glance"),
                 _columns(writer, "alternative", "#minutes", "#within_8", "#within_15", "#deaths_of_run", "#others"),
                 [Group(Markup(""), rows)], notes=[note])


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None or np.isnan(value) else float(value) * factor


def _columns(writer: Writer, *keys: str) -> list[Column]:
    heads = [key.removeprefix("#") for key in keys]
    return [Column(writer.words.say(f"responses.{head}"), key != head) for key, head in zip(keys, heads, strict=True)]


def _chain(writer: Writer, table: pd.DataFrame, key: str) -> Table:
    """Mean of every part over the crashes of a replication, with the interval over replications, by alternative."""
    groups = []
    for alternative, rows in table.groupby("alternative", sort=False, observed=True):
        means = rows.groupby("replication")[list(PARTS)].mean()
        groups.append(Group(Markup.escape(name(str(alternative))),
                            [_part(writer, part, means[part].dropna().to_numpy(np.float64)) for part in PARTS]))
    return Table(f"responses-chain-{key}", writer.words.say("responses.chain"),
                 _columns(writer, "part", "#mean", "#interval", "#replications"), groups,
                 notes=[writer.words.say("responses.note")])


def _part(writer: Writer, part: str, values: np.ndarray) -> Row:
    interval = Markup(ABSENT)
    if len(values) > 1:
        _, low, high = t_interval(values, writer.material.asked.confidence)
        interval = writer.words.say("verdicts.interval", low=writer.number(low, 0), high=writer.number(high, 0))
    mean = writer.number(float(values.mean()), 0) if len(values) else Markup(ABSENT)
    return [writer.words.say(f"responses.{part}"), mean, interval, writer.number(len(values), 0)]


def _places(writer: Writer, table: pd.DataFrame, key: str) -> Table:
    """Response time by crash and station, a group of rows per alternative."""
    groups = []
    for alternative, rows in table.groupby("alternative", sort=False, observed=True):
        known = rows.assign(station=rows["station"].fillna(ABSENT))
        found = [_place(writer, str(crash), str(station), some) for (crash, station), some in
                 list(known.groupby(["crash", "station"], sort=True, observed=True))[:MOST_PLACES]]
        groups.append(Group(Markup.escape(name(str(alternative))), found))
    return Table(f"responses-places-{key}", writer.words.say("responses.places"),
                 _columns(writer, "crash", "station", "#runs", "#minutes", "#within_8", "#within_15", "#deaths",
                          "#extrapolated"), groups, notes=[writer.words.say("responses.deaths_note")])


def _place(writer: Writer, crash: str, station: str, rows: pd.DataFrame) -> Row:
    minutes = rows["response_s"].dropna().to_numpy(np.float64) / S_PER_MIN
    deaths = rows["deaths"].dropna().to_numpy(np.float64)
    shares = [writer.number(100.0 * float((minutes <= most).sum()) / len(rows), 0) for most in (8.0, 15.0)]
    return [name(crash), name(station), writer.number(len(rows), 0),
            writer.number(float(minutes.mean()), 1) if len(minutes) else Markup(ABSENT), *shares,
            writer.number(float(deaths.mean()), 3) if len(deaths) else Markup(ABSENT),
            writer.number(int(rows["extrapolated"].fillna(False).sum()), 0)]
