"""Sections of a UTDF file: records by intersection, with a value for each direction, movement or phase."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trafficsim.base.errors import InputError, NetworkError, quoted
from trafficsim.io.csv_rows import csv_lines
from trafficsim.io.foreign_text import number_in, read_foreign_text, whole_in
from trafficsim.io.ledger import Ledger

SECTIONS = ("network", "nodes", "links", "lanes", "timeplans", "phases")
NEEDED = ("nodes", "links", "lanes")
SIGNALS = ("timeplans", "phases")
"""Of a file with signals both."""
HEADER = re.compile(r"^\s*\[([^\]]*)\]")
REMEDY = "export a combined UTDF file (File, Save as UTDF in Synchro)"


@dataclass
class Section:
    """One section: its records by node and name, each a text by column."""

    where: str
    records: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def text(self, node: str, record: str, column: str) -> str:
        """Return a value; empty if there is none."""
        return self.records.get(node, {}).get(record.lower(), {}).get(column, "")

    def number(self, node: str, record: str, column: str, *, least: float = -math.inf) -> float | None:
        """Return a number; ``None`` where there is none.

        Raises
        ------
        InputError
            If the value is no finite number, or less than ``least``.
        """
        return number_in(self.text(node, record, column), self.place(node, record, column), least)

    def whole(self, node: str, record: str, column: str, *, least: float = 0) -> int | None:
        """Return a whole number; ``None`` where there is none.

        Raises
        ------
        InputError
            If it is none, or less than ``least``.
        """
        return whole_in(self.text(node, record, column), self.place(node, record, column), least)

    def place(self, node: str, record: str, column: str) -> str:
        """Name a value in a message."""
        line = self.lines.get((node, record.lower()))
        return f"{self.where}{f':{line}' if line else ''}: {record} of node {node}, {column}"

    def columns(self, node: str, record: str) -> list[str]:
        """Return the columns in which a record has a value."""
        return [name for name, value in self.records.get(node, {}).get(record.lower(), {}).items() if value]


@dataclass
class Utdf:
    """A file by its sections; those that are not there are empty."""

    path: Path
    network: Mapping[str, str]
    nodes: list[tuple[int, Mapping[str, str]]]
    links: Section
    lanes: Section
    timeplans: Section
    phases: Section


def read_utdf_sections(path: Path, ledger: Ledger) -> Utdf:
    """Read the sections of a combined file.

    Raises
    ------
    InputError
        If it cannot be read, or is no such file.
    NetworkError
        If it has no nodes, links or lanes, or of time plans and phases only one.
    """
    blocks = _blocks(path, ledger)
    for name in (*NEEDED, *(SIGNALS if any(one in blocks for one in SIGNALS) else ())):
        if name not in blocks:
            known = ", ".join(f"[{found}]" for found in blocks) or "no section"
            raise NetworkError(str(path), f"no section [{name.capitalize()}] ({known})",
                               "[Network], [Nodes], [Links], [Lanes], [Timeplans] and [Phases]", REMEDY)
    network = {row[0].strip().lower(): row[1].strip() for _, row in blocks.get("network", ()) if len(row) > 1}
    links, lanes, timeplans, phases = (_section(path, name, blocks.get(name, [])) for name in SECTIONS[2:])
    return Utdf(path, network, _nodes(path, blocks["nodes"]), links, lanes, timeplans, phases)


Rows = list[tuple[int, list[str]]]


def _blocks(path: Path, ledger: Ledger) -> dict[str, Rows]:
    text = read_foreign_text(path, ledger, "the sections of a UTDF file")
    found: dict[str, Rows] = {}
    rows: Rows | None = None
    for line, row in csv_lines(text, path):
        header = HEADER.match(row[0]) if row else None
        if header:
            rows = _opened(found, header[1].strip().lower(), f"{path}:{line}", ledger)
        elif rows is not None and any(cell.strip() for cell in row):
            rows.append((line, row))
    return found


def _opened(found: dict[str, Rows], name: str, where: str, ledger: Ledger) -> Rows:
    if name not in SECTIONS:
        ledger.note("ignored", f"section [{name}]", where, level="warning")
        return []
    if name in found:
        raise InputError(where, f"section [{name}] a second time", "every section once", "remove one of them")
    return found.setdefault(name, [])


def _header(path: Path, name: str, rows: Rows, needed: str) -> tuple[list[str], Rows]:
    """Names of columns, and the rows after them: a title may stand before."""
    for place, (_, row) in enumerate(rows):
        cells = [cell.strip() for cell in row]
        if needed in (cell.upper() for cell in cells[:2]):
            return cells, rows[place + 1:]
    raise InputError(f"{path}: [{name.capitalize()}]", "no row of column names", f"a row with {needed}", REMEDY)


def _nodes(path: Path, rows: Rows) -> list[tuple[int, Mapping[str, str]]]:
    names, rest = _header(path, "nodes", rows, "INTID")
    names = [name.upper() for name in names]
    return [(line, {name: cell.strip() for name, cell in zip(names, row, strict=False)}) for line, row in rest]


def _section(path: Path, name: str, rows: Rows) -> Section:
    section = Section(f"{path}: [{name.capitalize()}]")
    if not rows:
        return section
    names, rest = _header(path, name, rows, "INTID")
    for line, row in rest:
        cells = [cell.strip() for cell in row]
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise InputError(f"{path}:{line}", quoted(",".join(cells)), "RECORDNAME,INTID, then values",
                             "correct the row")
        record, node = cells[0].lower(), cells[1]
        values = dict(zip((one.upper() for one in names[2:]), cells[2:], strict=False))
        if record in section.records.setdefault(node, {}):
            raise InputError(f"{path}:{line}", f"{cells[0]} of node {node} a second time", "every record once",
                             "remove one of them")
        section.records[node][record] = values
        section.lines[node, record] = line
    return section
