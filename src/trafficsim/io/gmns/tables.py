"""Tables of a GMNS folder: CSV files by name, their rows as texts, and what of their columns is not read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.csv_rows import csv_lines, require_unique
from trafficsim.io.foreign_text import number_in, read_foreign_text, whole_in
from trafficsim.io.ledger import Ledger

NOTHING = ("", "null", "none", "nan", "#n/a", "na", "n/a")
"""How files write that there is no value."""
NAMES: dict[str, tuple[str, ...]] = {
    "signal_timing_phase": ("signal_timing_phase", "signal_timing"),
    "signal_phase_mvmt": ("signal_phase_mvmt", "signal_phase"),
}
"""Names of tables that changed between versions of the specification."""
REQUIRED: dict[str, tuple[str, ...]] = {
    "node": ("node_id", "x_coord", "y_coord"),
    "link": ("link_id", "from_node_id", "to_node_id"),
    "movement": ("node_id", "ib_link_id", "ob_link_id"),
    "geometry": ("geometry_id", "geometry"),
    "lane": ("link_id", "lane_num"),
    "segment": ("segment_id", "link_id", "start_lr", "end_lr"),
    "segment_lane": ("segment_id", "lane_num"),
    "signal_timing_plan": ("timing_plan_id",),
    "signal_timing_phase": ("timing_plan_id|node_id", "signal_phase_num", "max_green"),
    "signal_phase_mvmt": ("timing_phase_id|phase_num",),
    "signal_coordination": ("timing_plan_id", "controller_id"),
    "signal_phase_concurrency": ("node_id", "signal_phase_id", "ring", "barrier"),
    "signal_detector": ("detector_id", "link_id"),
    "use_definition": ("use",),
    "use_group": ("use_group", "uses"),
}
"""Columns without which a table is of no use; ``a|b``: one of them. Source: GMNS specification 0.96."""


class Row(NamedTuple):
    """A row of a table, and where it stands."""

    where: str
    values: Mapping[str, str]

    def text(self, *names: str) -> str:
        """Return the first value that is there, of several names of one column; empty if none is."""
        for name in names:
            value = self.values.get(name, "").strip()
            if value.lower() not in NOTHING:
                return value
        return ""

    def key(self, *names: str) -> str:
        """Return an identifier: whole numbers without a decimal point, as tables with gaps write them."""
        text = self.text(*names)
        whole, dot, rest = text.partition(".")
        return whole if dot and whole.lstrip("-").isdigit() and not rest.strip("0") else text

    def number(self, *names: str, least: float = -math.inf) -> float | None:
        """Return a number; ``None`` where there is none.

        Raises
        ------
        InputError
            If the value is no finite number, or less than ``least``.
        """
        return number_in(self.text(*names), f"{self.where}: {names[0]}", least)

    def whole(self, *names: str, least: float = -math.inf) -> int | None:
        """Return a whole number; ``None`` where there is none.

        Raises
        ------
        InputError
            If it is none, or less than ``least``.
        """
        return whole_in(self.text(*names), f"{self.where}: {names[0]}", least)


class Folder:
    """The tables of one data set.

    Parameters
    ----------
    path
        The folder.
    ledger
        Takes what is read and what is not.
    """

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.path, self._ledger = path, ledger
        self._read: set[str] = set()

    def table(self, name: str) -> list[Row]:
        """Return the rows of a table; none if there is no such file.

        Raises
        ------
        InputError
            If the file cannot be read, or lacks a column.
        """
        for known in NAMES.get(name, (name,)):
            for ending in (".csv", ".csv.gz"):
                path = self.path / f"{known}{ending}"
                if path.exists():
                    self._read.add(path.name)
                    return self._rows(path, name)
        return []

    def note_unread(self) -> None:
        """Note the tables that nobody asked for."""
        for path in sorted(self.path.glob("*.csv*")):
            if path.name not in self._read:
                self._ledger.note("ignored", f"table {path.name.partition('.csv')[0]}", str(path))

    def _rows(self, path: Path, name: str) -> list[Row]:
        return read_rows(path, REQUIRED.get(name, ()), self._ledger)


def read_rows(path: Path, required: Iterable[str], ledger: Ledger) -> list[Row]:
    """Read a table with a header.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, names one twice, or a row is longer than the header.
    """
    text = read_foreign_text(path, ledger, "a header, then rows separated by commas")
    lines = csv_lines(text, path)
    header = [name.strip() for name in next(lines)[1]]
    _check_header(path, header, required)
    rows = [(line, row) for line, row in lines if any(cell.strip() for cell in row)]
    for line, row in rows:
        if any(cell.strip() for cell in row[len(header):]):
            raise InputError(f"{path}:{line}", f"{len(row)} values", f"{len(header)} values, one per column",
                             "quote texts that hold a comma")
    return [Row(f"{path}:{line}", dict(zip(header, row, strict=False))) for line, row in rows]


def _check_header(path: Path, header: list[str], required: Iterable[str]) -> None:
    require_unique(header, path)
    for name in required:
        if not set(name.split("|")) & set(header):
            raise InputError(f"{path}:1: header", f"no column {quoted(name.replace('|', ' or '))}",
                             f"columns {', '.join(one.replace('|', ' or ') for one in required)}",
                             "add or rename the column")
