"""Texts and numbers of other programs: UTF-8, else the code page of Windows in western Europe, which is told."""

from __future__ import annotations

import math
from pathlib import Path

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import MEBIBYTE, read_bytes
from trafficsim.io.ledger import Ledger

BUDGET = (1024 * MEBIBYTE, 12.0)
MOST_WHOLE = 1e9


def read_foreign_text(path: Path, ledger: Ledger, expected: str) -> str:
    """Return the text of a file, plain or gzip, with plain line ends.

    Parameters
    ----------
    path
        The file.
    ledger
        Takes that a file is not UTF-8.
    expected
        What should be in it, for the message about an empty one.

    Raises
    ------
    InputError
        If it is missing, damaged, empty, or neither UTF-8 nor Windows-1252.
    """
    data = read_bytes(path, BUDGET)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _windows(path, data, error.start)
        ledger.repair("text-not-utf8", str(path))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\n \t\0,;"):
        raise InputError(str(path), "an empty file", expected, "write or download the file again")
    return text


def _windows(path: Path, data: bytes, first: int) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise InputError(str(path), f"byte {first} is not UTF-8, and byte {error.start} not Windows-1252",
                         "text in UTF-8", "save the file with the encoding UTF-8") from None


def number_in(text: str, place: str, least: float = -math.inf) -> float | None:
    """Read a number of a file; ``None`` where there is none.

    Raises
    ------
    InputError
        If the value is no finite number, or less than ``least``.

    Examples
    --------
    >>> number_in("12.5", "a table"), number_in("", "a table")
    (12.5, None)
    """
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < least:
        wanted = "a finite number" + ("" if least == -math.inf else f" >= {least:g}")
        raise InputError(place, quoted(text), wanted, "correct the value")
    return number


def whole_in(text: str, place: str, least: float = -math.inf) -> int | None:
    """Read a whole number of a file; ``None`` where there is none.

    Raises
    ------
    InputError
        If it is none, or less than ``least``.

    Examples
    --------
    >>> whole_in("2.0", "a table")
    2
    """
    number = number_in(text, place, least)
    if number is not None and (number != int(number) or abs(number) > MOST_WHOLE):
        raise InputError(place, f"{number:g}", "a whole number", "correct the value")
    return None if number is None else int(number)
