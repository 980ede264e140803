"""The text of TNTP files: metadata in angle brackets, comments after ``~``, rows that end with ``;``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import MEBIBYTE
from trafficsim.io.toml import read_text

BUDGET = (2048 * MEBIBYTE, 12.0)
END = "END OF METADATA"
KEY = re.compile(r"\s*<([^>]*)>(.*)")


class TntpText(NamedTuple):
    """A file: its metadata by key, and what follows, without comments, by number of line."""

    path: Path
    metadata: dict[str, str]
    lines: tuple[tuple[int, str], ...]
    comments: tuple[str, ...]

    def where(self, line: int) -> str:
        """Name a line in a message."""
        return f"{self.path}:{line}"

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number >= 0 of the metadata.

        Raises
        ------
        InputError
            If it is missing or none.
        """
        text = self.metadata.get(key, "")
        if not text and default is not None:
            return default
        if not re.fullmatch(r"\d{1,9}", text):
            raise InputError(f"{self.path}: <{key}>", quoted(text) if text else "nothing", "a whole number",
                             f"write <{key}> with its number at the beginning of the file")
        return int(text)

    def rows(self, least: int) -> Iterator[tuple[int, list[float]]]:
        """Give the numbers of each row, with the number of its line.

        Raises
        ------
        InputError
            If a row has fewer than ``least`` values, or one that is no finite number.
        """
        for line, text in self.lines:
            values = text.rstrip("; \t").split()
            if len(values) < least:
                raise InputError(self.where(line), f"{len(values)} values", f"at least {least} values",
                                 "complete the row")
            yield line, [number_of(value, self.where(line)) for value in values]


def read_tntp_text(path: Path, *, metadata: bool = True) -> TntpText:
    """Read a file, plain or gzip.

    Raises
    ------
    InputError
        If it cannot be read, or has no metadata although it should.
    """
    found, lines, comments = dict[str, str](), list[tuple[int, str]](), list[str]()
    ended = not metadata
    for number, line in enumerate(read_text(path, BUDGET).split("\n"), 1):
        key = None if ended else KEY.match(line)
        if key is not None and key[1].strip() == END:
            ended = True
        elif key is not None:
            found[key[1].strip()] = key[2].strip()
        elif line.lstrip().startswith("~"):
            comments.append(line)
        elif ended and line.strip():
            lines.append((number, line.partition("~")[0].strip()))
    if not ended:
        raise InputError(str(path), f"no line <{END}>", "a TNTP file: metadata, that line, then rows",
                         "give a file of the format TNTP")
    return TntpText(path, found, tuple(lines), tuple(comments))


def number_of(text: str, where: str) -> float:
    """Return a finite number.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(where, quoted(text), "a finite number", "correct the row")
    return number
