"""TOML files to frozen models and back, with one message per mistake: file, key, found, expected, remedy."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import MEBIBYTE, MOST_DEPTH, nested_deeper, read_bytes
from trafficsim.io.mistakes import dotted, mistake
from trafficsim.io.paths import require_file
from trafficsim.spec.engines import as_written, given_fields

AnyModel = TypeVar("AnyModel", bound=BaseModel)
Location = tuple[str | int, ...]
TOML_BUDGET = (16 * MEBIBYTE, 20.0)
"""Most bytes of a scenario or study, and the memory that each takes; trips by the million belong into a file."""
MOST_WHOLE = 10**18
DOTTED = re.compile(rf"(?<![^\s.=,\[\]{{}}#])(?:[^\s.=,\[\]{{}}#]+[ \t]*\.[ \t]*){{{MOST_DEPTH}}}")
"""Dotted keys so long that reading them takes for ever; begins where a key can begin, else it were slow itself."""


def read_text(path: Path, budget: tuple[int, float] = TOML_BUDGET) -> str:
    """Return the text of a UTF-8 file; ``budget`` is that of :func:`~trafficsim.io.files.read_bytes`.

    Raises
    ------
    InputError
        If it is missing, a directory, not readable, empty, or not UTF-8.
    """
    require_file(path, str(path))
    try:
        text = read_bytes(path, budget).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InputError(str(path), f"byte {error.start} is not UTF-8", "text in UTF-8",
                         "save the file with the encoding UTF-8") from None
    if not text.strip():
        raise InputError(str(path), "an empty file", "keys and values", "write a first one with: trafficsim new DIR")
    return text


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; numbers in it are finite and nothing is a date.

    Raises
    ------
    InputError
        If the file cannot be read, is not TOML (with line and column), or holds NaN, infinity or a date.
    """
    text = read_text(path)
    if DOTTED.search(text):
        raise InputError(str(path), f"a key of more than {MOST_DEPTH} parts", "keys as in trafficsim schema scenario",
                         "shorten the dotted key")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, error, text) from None
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError as error:  # a date that is none, a number of thousands of digits
        raise InputError(str(path), f"a value that cannot be read ({error})", "numbers, texts, true, false, lists",
                         "correct that value") from None
    if nested_deeper(data):
        raise _too_deep(path)
    for location, value in _leaves(data):
        _refuse_odd_value(path, location, value)
    return data


def validate(model: type[AnyModel], data: Mapping[str, Any], file: Path, prefix: Location = ()) -> AnyModel:
    """Make a model from tables of a file, without converting types: a number in quotes is a mistake, not a number.

    Parameters
    ----------
    model
        The model.
    data
        Tables as read by :func:`read_toml`.
    file, prefix
        Where the tables come from, for messages.

    Raises
    ------
    InputError
        If a key is missing, unknown, or has a wrong value.
    """
    written = as_written(model)
    try:
        checked = written.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        raise mistake(error, written, data, str(file), prefix) from None
    return checked if isinstance(checked, model) else model.model_validate(given_fields(checked))


def _syntax_error(path: Path, error: tomllib.TOMLDecodeError, text: str) -> InputError:
    message, _, place = str(error).partition(" (at ")
    place = place.rstrip(")")
    if not place or place == "end of document":
        lines = text.splitlines()
        place = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    return InputError(f"{path}: {place}", f"a mistake in the TOML syntax ({message})", "key = value lines and [tables]",
                      "correct that line")


def _too_deep(path: Path) -> InputError:
    return InputError(str(path), f"tables or lists more than {MOST_DEPTH} deep", "tables as in the reference",
                      "take the brackets apart")


def _leaves(value: Any, location: Location = ()) -> Iterator[tuple[Location, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*location, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*location, index))
    else:
        yield location, value


def _refuse_odd_value(path: Path, location: Location, value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{path}: {dotted(location)}", str(value), "a finite number", "write a finite number")
    if isinstance(value, int) and abs(value) >= MOST_WHOLE:
        raise InputError(f"{path}: {dotted(location)}", quoted(value), "a whole number of at most 18 digits",
                         "correct the number")
    if not isinstance(value, str | int | float | bool):
        raise InputError(f"{path}: {dotted(location)}", f"the date or time {value}", "a number or a text in quotes",
                         "write clock times as seconds after midnight")


def dump_toml(data: Mapping[str, Any]) -> str:
    """Write nested tables as TOML; ``None`` and empty collections are left out.

    Examples
    --------
    >>> print(dump_toml({"name": "toy", "time": {"start_s": 0.0}, "flows": [{"id": "a"}]}))
    name = "toy"
    <BLANKLINE>
    [time]
    start_s = 0.0
    <BLANKLINE>
    [[flows]]
    id = "a"
    <BLANKLINE>
    """
    return "\n".join(_table(data, ())).lstrip("\n") + "\n"


def _table(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    entries = {key: value for key, value in data.items() if value is not None and value not in ((), [], {}, "")}
    for key, value in entries.items():
        if not _is_table(value) and not _is_table_array(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in entries.items():
        inner = (*path, key)
        if _is_table(value):
            yield f"\n[{'.'.join(map(_key, inner))}]"
            yield from _table(value, inner)
        elif _is_table_array(value):
            for row in value:
                yield f"\n[[{'.'.join(map(_key, inner))}]]"
                yield from _table(row, inner)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_table_array(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and all(map(_is_table, value))


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key) else _plain(key)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _plain(value)


def _plain(value: Any) -> str:
    # Text, whole and decimal numbers, true and false are written alike in JSON and TOML, but for one control character.
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("\x7f", "\\u007f")
