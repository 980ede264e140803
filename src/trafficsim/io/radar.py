"""Speeds from radar in bins: a CSV table with a row per deployment of a sign or counter."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.base.units import KM_PER_MILE
from trafficsim.io.csv_rows import Faults, read_rows, texts
from trafficsim.io.ledger import Ledger
from trafficsim.io.mistakes import did_you_mean
from trafficsim.spec.drivers import RoadClass

BIN = re.compile(r"spd_(\d+)(_and_above)?")
COLUMNS = {
    "id": ("id", "_id", "deployment"),
    "street": ("street", "location"),
    "direction": ("direction",),
    "date": ("date", "installation_date"),
    "volume": ("volume",),
}
"""Columns that are read beside the bins ``spd_LOWER``, by their names; only the bins must be there."""
NOTHING = ("", "NA", "N/A", "NaN", "nan", "null")
YEARS = (1980, 2100)
ROAD_CLASSES: tuple[RoadClass, ...] = ("urban", "rural", "motorway")
SpeedUnit = Literal["km/h", "mph"]
LAYOUT = ("a table with columns spd_00, spd_05 ... spd_100_and_above: readings from that speed up to the next; and id, "
          "street, direction, date, volume where there are any")


@dataclass(frozen=True)
class RadarTable:
    """Readings in bins.

    Attributes
    ----------
    sites : one row per deployment: id, street, direction, date, readings
    edges_kmh : edges of the bins, rising; the last one is infinite where the last bin is open
    counts : readings, shape (deployments, bins)
    findings : what was read, repaired and ignored
    """

    sites: pd.DataFrame
    edges_kmh: np.ndarray
    counts: np.ndarray
    findings: tuple[Finding, ...]


def read_radar(path: str | Path, unit: SpeedUnit = "km/h") -> RadarTable:
    r"""Read a table of deployments with their readings in bins of speed.

    Parameters
    ----------
    path
        CSV (or CSV in gzip): a column per bin, ``spd_LOWER`` with the lower edge, the last one perhaps
        ``spd_LOWER_and_above``; empty and ``NA`` are no reading. Beside them ``id``, ``street``, ``direction``,
        ``date``, ``volume`` (or the names in :data:`COLUMNS`).
    unit
        Of the edges.

    Raises
    ------
    InputError
        If the file cannot be read, has fewer than three bins, or a number of readings is none.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "radar.csv"
    >>> _ = file.write_text("street,spd_30,spd_40,spd_50_and_above,volume\nHigh St,10,30,12,52\nLow St,NA,NA,NA,NA\n")
    >>> table = read_radar(file)
    >>> table.counts.tolist(), table.edges_kmh.tolist(), table.findings[0].code
    ([[10.0, 30.0, 12.0]], [30.0, 40.0, 50.0, inf], 'radar-empty')
    """
    path = Path(path)
    raw, rows = read_rows(path)
    ledger = Ledger("radar")
    names, edges = _edges(path, raw, unit)
    faults = Faults(path, rows)
    counts = np.column_stack([_readings(raw, name, faults) for name in names])
    volume = _volume(raw, faults)
    faults.tell("numbers of readings, 0 or more", "correct these rows")
    where = [f"{path.name}:{row}" for row in rows]
    kept = _kept(counts, volume, where, ledger)
    sites = _sites(raw, counts.sum(axis=1), rows, where, ledger).loc[kept].reset_index(drop=True)
    if not len(sites):
        raise InputError(str(path), "no reading", "at least one deployment with readings", "give the whole table")
    used = {*names, *(name for name in (_column(raw, key) for key in COLUMNS) if name)}
    for name in raw.columns:
        if name not in used:
            ledger.note("ignored", f"column {name}", str(path))
    ledger.note("read", "deployment", str(path), times=len(sites))
    return RadarTable(sites, edges, counts[kept], ledger.findings())


def _edges(path: Path, raw: pd.DataFrame, unit: SpeedUnit) -> tuple[list[str], np.ndarray]:
    """Names of the columns with readings in order of speed, and the edges of their bins in km/h."""
    found = sorted((int(match[1]), bool(match[2]), str(name)) for name in raw.columns
                   if (match := BIN.fullmatch(str(name))))
    if len(found) < 3:
        near = next((f"; {did_you_mean(str(name), ['spd_00', 'spd_05'])}" for name in raw.columns), "")
        raise InputError(f"{path}:1: header", f"{len(found)} columns with bins of speed", LAYOUT,
                         f"name the columns spd_ and the lower edge{near.rstrip('?')}")
    lower = [edge for edge, *_ in found]
    if len(set(lower)) < len(lower) or any(is_open for _, is_open, _ in found[:-1]):
        raise InputError(f"{path}:1: header", "two bins that begin at one speed, or an open one before the last",
                         LAYOUT, "correct the names of the columns")
    closing = np.inf if found[-1][1] else lower[-1] + (lower[-1] - lower[-2])
    factor = KM_PER_MILE if unit == "mph" else 1.0
    return [name for *_, name in found], np.array([*lower, closing]) * factor


def _readings(raw: pd.DataFrame, name: str, faults: Faults) -> np.ndarray:
    given = texts(raw, name)
    values = pd.to_numeric(given.where(~given.isin(NOTHING), "0"), errors="coerce")
    faults.add(name, given, values.isna() | (values < 0) | (values == np.inf), "")
    return np.asarray(values.fillna(0.0).to_numpy(np.float64))


def _volume(raw: pd.DataFrame, faults: Faults) -> np.ndarray | None:
    name = _column(raw, "volume")
    return None if name is None else _readings(raw, name, faults)


def _column(raw: pd.DataFrame, key: str) -> str | None:
    return next((name for name in COLUMNS[key] if name in raw), None)


def _kept(counts: np.ndarray, volume: np.ndarray | None, where: Sequence[str], ledger: Ledger) -> np.ndarray:
    """Which deployments have readings; what contradicts itself is reported."""
    readings = counts.sum(axis=1)
    for at in np.flatnonzero(readings == 0.0).tolist():
        ledger.repair("radar-empty", where[at])
    if volume is not None:
        for at in np.flatnonzero((readings > 0.0) & (volume != readings)).tolist():
            ledger.repair("radar-volume", where[at])
    return np.asarray(readings > 0.0)


def _sites(
    raw: pd.DataFrame, readings: np.ndarray, rows: Sequence[Hashable], where: Sequence[str], ledger: Ledger,
) -> pd.DataFrame:
    def text(key: str) -> pd.Series[Any]:
        name = _column(raw, key)
        return pd.Series([""] * len(raw), dtype=object) if name is None else texts(raw, name)

    names, street = text("id"), text("street")
    named = [name or f"row {row}" for name, row in zip(names, rows, strict=True)]
    dates = [_date(day, place, ledger) for day, place in zip(text("date"), where, strict=True)]
    return pd.DataFrame({"id": named, "street": street, "direction": text("direction"), "date": dates,
                         "readings": readings})


def _date(text: str, where: str, ledger: Ledger) -> str:
    """An ISO date; empty where it is none that can be."""
    if text in NOTHING:
        return ""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        ledger.repair("radar-date", where)
        return ""
    if not YEARS[0] <= day.year <= YEARS[1]:
        ledger.repair("radar-date", where)
        return ""
    return day.isoformat()


def read_street_classes(path: str | Path) -> Mapping[str, tuple[RoadClass, float | None]]:
    r"""Read the classes of streets: a CSV table with ``street``, ``road_class`` and, where it is known, ``limit_kmh``.

    Returns
    -------
    Road class and limit by the name of the street.

    Raises
    ------
    InputError
        If a column is missing, a street is named twice, or a class or limit is none.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "classes.csv"
    >>> _ = file.write_text("street,road_class,limit_kmh\nHigh St,urban,50\nRing,motorway,\n")
    >>> read_street_classes(file)
    {'High St': ('urban', 50.0), 'Ring': ('motorway', None)}
    """
    path = Path(path)
    raw, rows = read_rows(path)
    missing = [name for name in ("street", "road_class") if name not in raw]
    if missing:
        raise InputError(f"{path}:1: header", f"no column {', '.join(missing)}", "street, road_class and limit_kmh",
                         "add the column")
    faults = Faults(path, rows)
    street, road_class, limit = (texts(raw, name) for name in ("street", "road_class", "limit_kmh"))
    speed = pd.to_numeric(limit.where(limit != "", "0"), errors="coerce")
    faults.add("road_class", road_class, ~road_class.isin(ROAD_CLASSES), f"is none of {', '.join(ROAD_CLASSES)}")
    faults.add("limit_kmh", limit, ~speed.between(0.0, 300.0) | ((speed == 0.0) & (limit != "")), "")
    faults.add("street", street, street.duplicated() | (street == ""), "is named twice, or not at all")
    faults.tell("a street, its road class and its limit in km/h in every row", "correct these rows")
    pairs = zip(street, road_class, speed, strict=True)
    return {str(name): (kind, float(one) or None) for name, kind, one in pairs}


def require_streets(classes: Mapping[str, Any], streets: Sequence[str], where: str) -> None:
    """Refuse a table of classes that names no street of the radar.

    Raises
    ------
    InputError
        With a street of either.
    """
    if not set(classes) & set(streets):
        raise InputError(where, f"no street of the radar, such as {quoted(streets[0])}", "names of streets as there",
                         "write the names as the radar's table has them")
