"""Texts of other programs: UTF-8, else the code page of Windows in western Europe, which is told."""

from __future__ import annotations

from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.io.files import MEBIBYTE, read_bytes
from trafficsim.io.ledger import Ledger

BUDGET = (1024 * MEBIBYTE, 12.0)


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
