"""Crash tables: CSV, Parquet or GeoPackage to one data frame; every fault with its rows, all in one message."""

from __future__ import annotations

import io
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.io.csv_rows import BUDGET as CRASH_BUDGET
from trafficsim.io.csv_rows import Faults, numbers, read_rows, texts
from trafficsim.io.files import read_bytes
from trafficsim.io.geopackage import read_points
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import require_file
from trafficsim.spec.crashes import CRASH_SEVERITIES, MOST_AADT, History

CASUALTY_COLUMNS = ("deaths", "serious_injuries", "slight_injuries")
COLUMNS = ("id", "date", "severity", "type", "place", "x_m", "y_m", *CASUALTY_COLUMNS)
PARQUET_MAGIC, SQLITE_MAGIC = b"PAR1", b"SQLite format 3\x00"
RIGHT = ("in every row an id of its own, a date as 2019-12-31, a known severity and a place or metric coordinates",
         "correct these rows, or map the words of the table under [history.columns] and [history.severities]")
"""What is expected of a crash table, and the remedy."""
MOST_COORDINATE_M = 1e8
MOST_CASUALTIES = 1000


def read_crashes(path: Path, history: History) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read a crash table; the kind of file is recognised by its content.

    Parameters
    ----------
    path
        CSV, Parquet or GeoPackage (points).
    history
        Names of columns and severities, and the layer.

    Returns
    -------
    One row per crash: ``id``, ``date`` (datetime64), ``severity`` (fatal, serious, slight, damage), ``type``, ``place``
    (empty: none), ``x_m``, ``y_m`` (NaN: none), and ``deaths``, ``serious_injuries``, ``slight_injuries``; without
    columns for these, one casualty of the crash's severity. And what was found on the way.

    Raises
    ------
    InputError
        Naming the file and all rows at fault: no crash, a column missing, an id twice, a severity that is unknown, no
        date, no place, a number that is none.
    """
    require_file(path, str(path))
    raw, rows = _raw(path, history)
    renamed = _our_columns(path, raw, history)
    if not len(renamed):
        raise InputError(str(path), "no crash", "at least one row", "give the table of the whole period")
    faults = Faults(path, rows)
    table = pd.DataFrame({
        "id": _ids(renamed, rows, faults), "date": _dates(renamed, faults),
        "severity": _severities(renamed, history, faults), "type": texts(renamed, "type"),
        "place": texts(renamed, "place"), **_coordinates(renamed, faults),
    })
    counts = _casualties(renamed, table["severity"], faults)
    faults.tell(*RIGHT)
    return table.assign(**counts), _unread(path, raw, history)


def read_aadt(path: Path) -> dict[str, float]:
    """Read the annual average daily traffic of links: a CSV file with the columns ``link`` and ``aadt`` (veh/day).

    Raises
    ------
    InputError
        If a column is missing, a link is there twice, or a volume is no number from 0 to 400,000.
    """
    raw, rows = read_rows(path)
    missing = [name for name in ("link", "aadt") if name not in raw.columns]
    if missing:
        raise InputError(f"{path}: header", f"no column {', '.join(missing)}", "columns link and aadt", "add it")
    faults = Faults(path, rows)
    links = texts(raw, "link")
    volumes = numbers(raw["aadt"], "aadt", faults, lambda one: 0.0 <= one <= MOST_AADT)
    faults.add("link", links, links == "", "")
    faults.add("link", links, links.duplicated() & (links != ""), "a second time")
    faults.tell("one row per link, with 0 to 400,000 vehicles a day of one direction", RIGHT[1])
    return dict(zip(links, volumes, strict=True))


def _raw(path: Path, history: History) -> tuple[pd.DataFrame, Sequence[Hashable]]:
    """Columns of a file as they are, and what its rows are called."""
    with path.open("rb") as stream:
        begin = stream.read(len(SQLITE_MAGIC))
    if begin == SQLITE_MAGIC or path.suffix == ".gpkg":
        points = read_points(path, history.layer)
        return points, [str(one) for one in points.index]
    if begin.startswith(PARQUET_MAGIC) or path.suffix == ".parquet":
        table = _parquet(path)
        return table, range(1, len(table) + 1)
    return read_rows(path)


def _parquet(path: Path) -> pd.DataFrame:
    content = read_bytes(path, CRASH_BUDGET)
    try:
        return pd.read_parquet(io.BytesIO(content)).reset_index(drop=True)
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"a damaged file ({str(error).splitlines()[0]})", "a Parquet file",
                         "write it again") from None


def _our_columns(path: Path, raw: pd.DataFrame, history: History) -> pd.DataFrame:
    for ours, theirs in history.columns.items():
        if ours not in COLUMNS:
            raise InputError(f"history.columns.{ours}", "an unknown column", f"one of {', '.join(COLUMNS)}",
                             f"correct it; {did_you_mean(ours, COLUMNS).rstrip('?')}")
        if theirs not in raw.columns:
            raise InputError(f"history.columns.{ours}", f"{quoted(theirs)}, no column of {path}",
                             f"one of {', '.join(map(str, raw.columns))}", "correct it")
    named = raw.drop(columns=[ours for ours, theirs in history.columns.items() if ours in raw and theirs != ours])
    renamed = named.rename(columns={theirs: ours for ours, theirs in history.columns.items()})
    missing = [name for name in ("date", "severity") if name not in renamed]
    if "place" not in renamed and not {"x_m", "y_m"} <= set(renamed):
        missing.append("place (or x_m and y_m)")
    if missing:
        raise InputError(f"{path}: header", f"no column {', '.join(missing)} among {', '.join(map(str, raw.columns))}",
                         f"columns {', '.join(COLUMNS)}", "name them under [history.columns]")
    return renamed


def _unread(path: Path, raw: pd.DataFrame, history: History) -> tuple[Finding, ...]:
    """Name columns that nobody reads: one of them may be misspelt."""
    read = {*COLUMNS, *history.columns.values()}
    unread = [str(name) for name in raw.columns if name not in read]
    if not unread:
        return ()
    return (Finding("info", "columns-not-read", str(path), f"columns not read: {', '.join(unread)}",
                    "name those that matter under [history.columns]", len(unread)),)


def _ids(table: pd.DataFrame, rows: Sequence[Hashable], faults: Faults) -> pd.Series[Any]:
    if "id" not in table:
        return pd.Series([str(row) for row in rows], dtype=object)
    ids = texts(table, "id")
    faults.add("id", ids, ids == "", "")
    faults.add("id", ids, ids.duplicated() & (ids != ""), "a second time")
    return ids


def _dates(table: pd.DataFrame, faults: Faults) -> pd.Series[Any]:
    given = table["date"].reset_index(drop=True)
    days = given.map(_day)
    faults.add("date", given, days.isna(), "")
    return pd.to_datetime(days).astype("datetime64[s]")


def _day(value: Any) -> pd.Timestamp | None:
    if isinstance(value, pd.Timestamp | datetime | date):
        return None if value is pd.NaT else pd.Timestamp(value).tz_localize(None).normalize()
    text = str(value).strip()
    try:
        return pd.Timestamp(date.fromisoformat(text[:10])) if text[4:5] == "-" else None
    except ValueError:
        return None


def _severities(table: pd.DataFrame, history: History, faults: Faults) -> pd.Series[Any]:
    given = texts(table, "severity")
    words: Mapping[str, str] = {**{name: name for name in CRASH_SEVERITIES}, **history.severities}
    known = given.map(lambda one: words.get(one) or words.get(one.lower()))
    for word in dict.fromkeys(given[known.isna()]):
        faults.add("severity", given, given == word, "")
    return known


def _coordinates(table: pd.DataFrame, faults: Faults) -> dict[str, pd.Series[Any]]:
    found = {}
    for name in ("x_m", "y_m"):
        if name in table:
            found[name] = numbers(table[name], name, faults, lambda one: abs(one) <= MOST_COORDINATE_M, gaps=True)
        else:
            found[name] = pd.Series(np.full(len(table), np.nan))
    lost = (found["x_m"].isna() | found["y_m"].isna()) & (texts(table, "place") == "")
    blank = pd.Series([""] * len(table), dtype=object)
    told_already = any(one.startswith(("x_m", "y_m")) for one in faults.told)
    if not told_already:
        faults.add("place or coordinates", blank, lost, "")
    return found


def _casualties(table: pd.DataFrame, severity: pd.Series[Any], faults: Faults) -> dict[str, pd.Series[Any]]:
    """Casualties of each crash; where the table does not count them, one of the crash's severity."""
    if not set(CASUALTY_COLUMNS) & set(table):
        worst = dict(zip(CASUALTY_COLUMNS, CRASH_SEVERITIES, strict=False))
        return {name: (severity == word).astype(np.int64) for name, word in worst.items()}
    counts = {}
    for name in CASUALTY_COLUMNS:
        whole = numbers(table[name] if name in table else pd.Series([0] * len(table)), name, faults,
                         lambda one: 0 <= one <= MOST_CASUALTIES and one == int(one), gaps=True)
        counts[name] = whole.fillna(0.0).astype(np.int64)
    _agree(counts, severity, faults)
    return counts


def _agree(counts: Mapping[str, pd.Series[Any]], severity: pd.Series[Any], faults: Faults) -> None:
    """Refuse a death in a crash that is called less than fatal, and a fatal crash without one."""
    if not faults.told:
        against = (severity == "fatal") != (counts["deaths"] > 0)
        faults.add("severity", severity, against, "against the number of deaths")
