"""Matrices in the TNTP format: ``Origin n``, then ``destination : trips;`` entries."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from trafficsim.base.errors import DemandError, quoted
from trafficsim.base.memory import require_memory
from trafficsim.io.tntp.text import TntpText, number_of, read_tntp_text
from trafficsim.spec.od_matrix import ODMatrix

ORIGIN = re.compile(r"Origin\s+(\d+)\s*$", re.IGNORECASE)
BYTES_PER_PAIR = 40.0
"""Of a matrix and its copies."""
NEAR = 1e-3
"""Relative difference to the stated total beyond which it is told: totals are written with few digits."""


def read_tntp_trips(path: Path) -> ODMatrix:
    """Read a matrix (``_trips.tntp``, plain or gzip). Zones are named by their numbers.

    Raises
    ------
    InputError
        If the file cannot be read, or a value is no number.
    DemandError
        If a zone is not one of the stated number, a pair occurs twice, or trips are negative.
    """
    text = read_tntp_text(path)
    zones = text.whole("NUMBER OF ZONES")
    require_memory(str(path), f"{zones:,} zones", BYTES_PER_PAIR * zones**2, "merge zones")
    trips = np.full((zones, zones), np.nan)
    origin: int | None = None
    for line, content in text.lines:
        begins = ORIGIN.match(content)
        if begins is not None:
            origin = _zone(begins[1], zones, text.where(line))
        elif origin is None:
            raise DemandError(text.where(line), quoted(content), "a line Origin n before its trips",
                              "write the origin first")
        else:
            _entries(trips[origin], content, text.where(line))
    return ODMatrix(tuple(str(zone + 1) for zone in range(zones)), np.nan_to_num(trips))


def stated_total(text: TntpText, matrix: ODMatrix) -> str:
    """Say how the stated total differs from that of the matrix; empty if it does not."""
    stated = text.metadata.get("TOTAL OD FLOW", "")
    if not stated:
        return ""
    total = number_of(stated, f"{text.path}: <TOTAL OD FLOW>")
    near = abs(total - matrix.total) <= NEAR * max(total, matrix.total)
    return "" if near else f"{matrix.total:,.6g} trips, where <TOTAL OD FLOW> says {total:,.6g}"


def _entries(row: np.ndarray, content: str, where: str) -> None:
    for entry in filter(None, (part.strip() for part in content.split(";"))):
        name, colon, value = entry.partition(":")
        if not colon:
            raise DemandError(where, quoted(entry), "entries 'destination : trips;'", "correct the line")
        destination = _zone(name.strip(), len(row), where)
        if not np.isnan(row[destination]):
            raise DemandError(where, f"destination {destination + 1} a second time", "every pair of zones once",
                              "remove one of the entries, or add them up")
        trips = number_of(value.strip(), where)
        if trips < 0:
            raise DemandError(where, f"{trips:g} trips", "a number >= 0", "correct the entry")
        row[destination] = trips


def _zone(name: str, zones: int, where: str) -> int:
    if not re.fullmatch(r"\d{1,9}", name) or not 1 <= int(name) <= zones:
        raise DemandError(where, f"zone {quoted(name)}", f"a zone from 1 to {zones} (<NUMBER OF ZONES>)",
                          "correct the zone or the number of zones")
    return int(name) - 1
