"""Tables in CSV files: their rows as texts, and every fault with its rows, all in one message."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import MEBIBYTE
from trafficsim.io.toml import read_text

BUDGET = (1024 * MEBIBYTE, 10.0)
MOST_NAMED = 5
"""Rows that a message names of each fault."""


class Faults:
    """Faults of a table, collected so that all are told at once."""

    def __init__(self, path: Path, rows: Sequence[Hashable]) -> None:
        self.path, self.rows, self.told = path, np.asarray(rows, object), list[str]()

    def add(self, column: str, values: pd.Series[Any], wrong: pd.Series[bool], what: str) -> None:
        """Note the rows in which a column is wrong, and what is wrong with it (empty: what it is)."""
        places = np.flatnonzero(wrong.to_numpy(bool))
        if not len(places):
            return
        named = ", ".join(str(self.rows[place]) for place in places[:MOST_NAMED])
        more = f" and {len(places) - MOST_NAMED:,} more" if len(places) > MOST_NAMED else ""
        value = values.iloc[places[0]]
        shown = "nothing" if value is None or value == "" or value != value else quoted(str(value))
        self.told.append(f"{column} {shown}{f' {what}' if what else ''} in row{'s' * (len(places) > 1)} {named}{more}")

    def tell(self, expected: str, remedy: str) -> None:
        """Refuse the table if there is a fault.

        Raises
        ------
        InputError
            Naming all of them.
        """
        if self.told:
            raise InputError(str(self.path), "; ".join(self.told), expected, remedy)


def csv_lines(text: str, path: Path, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a text, each with the number of its line in the file.

    Raises
    ------
    InputError
        If a line cannot be read.
    """
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}", f"a line that cannot be read ({error})",
                         f"values separated by {'semicolons' if delimiter == ';' else 'commas'}",
                         "correct that line") from None


def require_unique(header: Sequence[str], path: Path) -> None:
    """Refuse a header that names a column twice.

    Raises
    ------
    InputError
        Naming the column.
    """
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path}:1: header", f"two columns {quoted(twice)}", "names of their own", "rename one")


def read_rows(path: Path) -> tuple[pd.DataFrame, Sequence[Hashable]]:
    """Read a file with a header and values separated by commas or semicolons; rows are called by their lines.

    Raises
    ------
    InputError
        If a line cannot be read, two columns have one name, or a row has another number of values.
    """
    text = read_text(path, BUDGET)
    head = text.partition("\n")[0]
    lines = csv_lines(text, path, ";" if ";" in head and "," not in head else ",")
    header = [name.strip() for name in next(lines)[1]]
    require_unique(header, path)
    rows = [(line, row) for line, row in lines if any(cell.strip() for cell in row)]
    wrong = [line for line, row in rows if len(row) != len(header)]
    if wrong:
        raise InputError(f"{path}:{wrong[0]}", f"another number of values than columns (in {len(wrong)} rows)",
                         f"{len(header)} values", "quote texts that hold a separator")
    frame = pd.DataFrame([row for _, row in rows], columns=header, dtype=object)
    return frame, [line for line, _ in rows]


def texts(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Return a column as texts without blanks around them, empty where there is nothing."""
    if column not in table:
        return pd.Series([""] * len(table), dtype=object)
    values = table[column].reset_index(drop=True)
    return values.map(lambda one: "" if one is None or one != one else _plain(one).strip()).astype(object)


def _plain(value: Any) -> str:
    """Write whole numbers without a decimal point: a column with gaps is one of floats."""
    return str(int(value)) if isinstance(value, float | np.floating) and float(value).is_integer() else str(value)


def numbers(
    values: pd.Series[Any], column: str, faults: Faults, right: Callable[[float], bool], *, gaps: bool = False,
) -> pd.Series[Any]:
    """Return a column as numbers; those that are none, or not right, are faults (with gaps: nothing is none)."""
    given = values.reset_index(drop=True)
    empty = given.map(lambda one: one is None or one != one or (isinstance(one, str) and not one.strip()))
    read = given.map(_number)
    wrong = read.map(lambda one: not (math.isfinite(one) and right(one)))
    faults.add(column, given, wrong & ~empty if gaps else wrong, "")
    return read.where(~wrong)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
