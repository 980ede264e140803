"""Rollouts: what is built in which year, what it costs and avoids, and what counts would pretend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from trafficsim.report.language import ABSENT, foreign, name
from trafficsim.report.views import Column, Row, Table, Writer, plain_rows
from trafficsim.results.rollout import Programme

MOST_SITES = 40
MOST_OF_CURVE = 20
MILLION = 1e6
ORDERS = {"expected casualties": "expected_casualties", "observed counts": "observed_counts", "random": "random",
          "equity: one per area": "one_per_area", "equity: equal risk reduction": "equal_risk"}


def rollouts(writer: Writer) -> Iterator[Table]:
    """Yield the tables of every rollout; nothing where the study has none."""
    for number, one in enumerate(writer.material.programmes):
        key = f"rollout-{number}"
        yield _years(writer, one, f"{key}-years")
        yield _orders(writer, one, f"{key}-orders")
        yield _sites(writer, one, f"{key}-sites")
        yield _curve(writer, one, f"{key}-curve")
        yield _published(writer, one, f"{key}-published")


def _columns(writer: Writer, *keys: str) -> list[Column]:
    return [Column(writer.words.say(f"rollout.{key.removeprefix('#')}"), key.startswith("#")) for key in keys]


def _caption(writer: Writer, one: Programme, what: str) -> Markup:
    return writer.words.say(f"rollout.{what}", name=name(one.name), scenario=name(one.scenario))


def _percent(writer: Writer, share: float, *, signed: bool = False) -> Markup:
    return writer.number(100.0 * share, 1, signed=signed)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _cells(writer: Writer, row: dict[str, Any], **decimals: int) -> list[Markup]:
    """Numbers of a row by column, with so many decimals."""
    return [writer.number(row[column], count) for column, count in decimals.items()]


def _interval(writer: Writer, row: Mapping[str, Any], decimals: int) -> Markup:
    low, high = (writer.number(row[end], decimals) for end in ("low", "high"))
    return writer.words.say("verdicts.interval", low=low, high=high)


def _years(writer: Writer, one: Programme, key: str) -> Table:
    rows: list[Row] = [[
        *_cells(writer, row, year=0, built=0, building=0, running=0, avoided=3), _interval(writer, row, 3),
        *_cells(writer, row, total=3), writer.number(MILLION * row["gain_per_cost"], 3)] for row in _rows(one.years)]
    columns = _columns(writer, "year", "#built", "#building", "#running", "#avoided", "#interval", "#total",
                       "#per_million")
    return Table(key, _caption(writer, one, "years"), columns, plain_rows(rows), notes=list(_notes(writer, one)))


def _notes(writer: Writer, one: Programme) -> Iterator[Markup]:
    words, seen = writer.words, one.regression
    yield words.say("rollout.order_is", order=_order(writer, one.order), kind=name(one.kind))
    if seen["observed"] is not None and seen["without_effect"] is not None and seen["with_effect"] is not None:
        yield words.say(
            "rollout.regression", observed=writer.number(seen["observed"], 2),
            expected=writer.number(seen["expected"], 2), effect=_percent(writer, seen["effect"] or 0.0, signed=True),
            without=_percent(writer, seen["without_effect"], signed=True),
            both=_percent(writer, seen["with_effect"], signed=True))
    if one.wedge is not None:
        yield _wedge(writer, one.wedge)
    for note in one.notes:
        yield foreign(note)


def _wedge(writer: Writer, wedge: Any) -> Markup:
    seen = "rollout.wedge" if wedge["detectable"] < 1.0 else "rollout.wedge_blind"
    values = {"sites": writer.number(wedge["sites"], 0), "periods": writer.number(wedge["periods"], 0),
              "mean": writer.number(wedge["crashes_per_site_and_year"], 2), "power": _percent(writer, wedge["power"]),
              "effect": _percent(writer, wedge["effect"])}
    if wedge["detectable"] < 1.0:
        values["detectable"] = _percent(writer, wedge["detectable"])
    return writer.words.say(seen, **values)


def _orders(writer: Writer, one: Programme, key: str) -> Table:
    rows: list[Row] = [[_order(writer, row["order"]), *_cells(writer, row, sites=0, avoided=3, total=3)]
                       for row in _rows(one.orders)]
    return Table(key, _caption(writer, one, "orders"), _columns(writer, "order", "#sites", "#avoided", "#total"),
                 plain_rows(rows))


def _order(writer: Writer, order: str) -> Markup:
    return writer.words.say(f"rollout.{ORDERS[order]}")


def _sites(writer: Writer, one: Programme, key: str) -> Table:
    shown = one.sites.head(MOST_SITES)
    rows: list[Row] = [[
        name(row["name"]), *_cells(writer, row, year=0), name(row["area"]) if row["area"] else Markup(ABSENT),
        *_cells(writer, row, cost=0, observed=2, expected=2), _percent(writer, -row["crash_share"]),
        *_cells(writer, row, alone=4, gain=4)] for row in _rows(shown)]
    more = len(one.sites) - len(shown)
    notes = [writer.words.say("rollout.more", count=writer.number(more, 0))] if more else []
    columns = _columns(writer, "site", "#year", "area", "#cost", "#observed", "#expected", "#crash_share", "#alone",
                       "#gain")
    caption = _caption(writer, one, "sites_caption")
    return Table(key, caption, columns, plain_rows(rows), notes=notes, fold=caption)


def _curve(writer: Writer, one: Programme, key: str) -> Table:
    rows: list[Row] = [[name(row["name"]), *_cells(writer, row, spent=0, gain=4, avoided=3),
                        writer.number(MILLION * row["gain_per_cost"], 3)]
                       for row in _rows(one.curve.head(MOST_OF_CURVE))]
    columns = _columns(writer, "site", "#spent", "#gain", "#avoided", "#per_million")
    return Table(key, _caption(writer, one, "curve"), columns, plain_rows(rows), fold=_caption(writer, one, "curve"))


def _published(writer: Writer, one: Programme, key: str) -> Table:
    words, seen = writer.words, one.regression
    own: Row = [words.say("rollout.predicted"), _percent(writer, seen["effect"] or 0.0), Markup(ABSENT),
                words.say("origin.extrapolated")]
    rows = [own, *([words.reason(str(found["outcome"])), _value(writer, found), name(str(found["grade"])),
                    foreign(str(found["source"]))] for found in one.published)]
    return Table(key, _caption(writer, one, "published"), _columns(writer, "outcome", "#change", "grade", "source"),
                 plain_rows(rows), fold=_caption(writer, one, "published"))


def _value(writer: Writer, found: Mapping[str, Any]) -> Markup:
    return _interval(writer, found, 1) if found["value"] is None else writer.number(found["value"], 1)
