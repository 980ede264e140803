"""Values of a JSON file, each of which knows where it stands, so that a message can name it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import MEBIBYTE, MOST_DEPTH, REREAD, nested_deeper, read_bytes

BUDGET = (512 * MEBIBYTE, 20.0)
"""Most bytes of a file, and the memory that each takes."""
MOST_NUMBER = 1e8


@dataclass(frozen=True, slots=True)
class Item:
    """A table of a JSON file.

    Attributes
    ----------
    value : its keys and values
    where : file, key and id, for messages

    Examples
    --------
    >>> road = Item({"id": "a", "lanes": [{"maxSpeed": 11.11}]}, "roadnet.json: roads[0] 'a'")
    >>> next(road.items("lanes")).number("maxSpeed"), next(road.items("lanes")).where
    (11.11, "roadnet.json: roads[0] 'a': lanes[0]")
    """

    value: dict[str, Any]
    where: str

    def has(self, name: str) -> bool:
        """Whether there is a value of this name."""
        return self.value.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text that is not empty."""
        value = self._given(name)
        if not isinstance(value, str) or not value:
            raise self.wrong(name, value, "a text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._list(name)
        for place, value in enumerate(values):
            if not isinstance(value, str) or not value:
                raise self.wrong(f"{name}[{place}]", value, "a text")
        return tuple(values)

    def number(self, name: str, least: float = -MOST_NUMBER) -> float:
        """Return a finite number of at least ``least``."""
        value = self._given(name)
        usable = isinstance(value, int | float) and not isinstance(value, bool) and -MOST_NUMBER <= value <= MOST_NUMBER
        if not usable or not math.isfinite(value) or value < least:
            raise self.wrong(name, value, "a number" if least == -MOST_NUMBER else f"a number >= {least:g}")
        return float(value)

    def above_zero(self, name: str) -> float:
        """Return a number above 0."""
        number = self.number(name)
        if number <= 0:
            raise self.wrong(name, number, "a number above 0")
        return number

    def index(self, name: str, count: int, what: str) -> int:
        """Return an index below ``count``."""
        return self._index(name, self._given(name), count, what)

    def indices(self, name: str, count: int, what: str) -> tuple[int, ...]:
        """Return a list of indices below ``count``."""
        return tuple(self._index(f"{name}[{place}]", value, count, what)
                     for place, value in enumerate(self._list(name)))

    def truth(self, name: str) -> bool:
        """Return true or false; false where nothing is given."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, value, "true or false")
        return bool(value)

    def item(self, name: str) -> Item:
        """Return a table within this one."""
        return self._table(name, self._given(name))

    def items(self, name: str) -> Iterator[Item]:
        """Yield the tables of a list."""
        for place, value in enumerate(self._list(name)):
            yield self._table(f"{name}[{place}]", value)

    def point(self) -> tuple[float, float]:
        """Return the point ``{x, y}`` that this table is."""
        return self.number("x"), self.number("y")

    def wrong(self, name: str, value: Any, expected: str) -> InputError:
        """Return the error of a value that cannot be used."""
        return InputError(f"{self.where}: {name}", quoted(value), expected, f"correct {name}")

    def _given(self, name: str) -> Any:
        if self.value.get(name) is None:
            raise InputError(self.where, f"no {name}", f"a value for {name}", f"add {name}")
        return self.value[name]

    def _list(self, name: str) -> list[Any]:
        value = self._given(name)
        if not isinstance(value, list):
            raise self.wrong(name, value, "a list")
        return value

    def _table(self, name: str, value: Any) -> Item:
        if not isinstance(value, dict):
            raise self.wrong(name, value, "a table")
        known = value.get("id")
        return Item(value, f"{self.where}: {name}" + (f" {quoted(known)}" if isinstance(known, str) else ""))

    def _index(self, name: str, value: Any, count: int, what: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < count:
            raise self.wrong(name, value, f"{what} 0 to {count - 1}" if count else f"nothing: there is no {what}")
        return value


def read_json(path: Path) -> Any:
    """Return the content of a JSON file, plain or gzip.

    Raises
    ------
    InputError
        If it is missing, damaged, too large or too deep, or no JSON.
    """
    data = read_bytes(path, BUDGET)
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError:
        content = None
    except ValueError as error:
        raise InputError(str(path), f"no valid JSON ({error})", "a JSON file", REREAD) from None
    if content is None or nested_deeper(content):
        raise InputError(str(path), f"no table or list, or more than {MOST_DEPTH} within each other", "a JSON file",
                         REREAD)
    return content


def _no_constant(name: str) -> float:
    raise ValueError(f"the number {name}")
