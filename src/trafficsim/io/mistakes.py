"""Validation errors of the models, said in one sentence to the person who wrote the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from trafficsim.base.errors import InputError, quoted
from trafficsim.spec.signals import STATE_LETTERS

Location = tuple[str | int, ...]
UNITS = {
    "_kmh": "km/h", "_ms2": "m/s2", "_veh_h": "vehicles per hour", "_per_s": "1/s", "_m": "metres", "_s": "seconds",
    "_p": "a probability", "_share": "a share between 0 and 1",
}
TYPES = {"number": "a number", "integer": "a whole number", "string": "text", "boolean": "true or false"}
PATTERNS = {
    r"^[\w.+-]+$": "letters, digits and . _ + - without spaces",
    f"^[{STATE_LETTERS}]+$": f"letters among {' '.join(STATE_LETTERS)}",
}
KINDS = {bool: "true or false", str: "text", list: "a list", dict: "a table"}


def mistake(
    error: ValidationError, model: type[BaseModel], data: Any, file: str, prefix: Location = ()
) -> InputError:
    """Turn a validation error into the one message that helps first; further mistakes are counted.

    Parameters
    ----------
    error
        Error of ``model``.
    model, data
        What was expected, and the plain tables that were found.
    file, prefix
        Where the tables come from.
    """
    found = [one for one in error.errors(include_url=False) if not (_from_python_only_branch(one) or _is_echo(one))]
    # An unknown key comes before a missing one: the first is usually the second, misspelt.
    found.sort(key=lambda one: one["type"] != "extra_forbidden")
    first = found[0]
    location = written_location(first["loc"], data, keep_last=first["type"] in ("missing", "extra_forbidden"))
    says = {"extra_forbidden": _unknown_key, "missing": _missing_key}.get(first["type"], _wrong_value)
    what, expected, remedy = says(first, location, model)
    more = "" if len(found) == 1 else f" (and correct {len(found) - 1} more in this file)"
    place = dotted((*prefix, *location)) or "file"
    return InputError(f"{file}: {place}{_named(location, data)}", what, expected, remedy + more)


def _named(location: Location, data: Any) -> str:
    """Name the last entry of a list on the way, which people know by its id and not by its number."""
    name = ""
    for part in location:
        inside = _step(data, part)
        data = inside[0] if inside is not None else None
        if isinstance(part, int) and isinstance(data, Mapping) and isinstance(data.get("id"), str):
            name = f" (of {quoted(data['id'])})"
    return name


def dotted(location: Iterable[str | int]) -> str:
    """Write a location as people do.

    Examples
    --------
    >>> dotted(("network", "links", 3, "length_m"))
    'network.links[3].length_m'
    """
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if part.replace("_", "").replace("-", "").isalnum() else f'"{part}"'
            text += f".{name}" if text else name
    return text


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest a known name, or list some of them.

    Examples
    --------
    >>> did_you_mean("lenght_m", ["length_m", "lanes"])
    "did you mean 'length_m'?"
    """
    names = sorted(map(str, known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6) or _same_quantity(name, names)
    if close:
        return f"did you mean {close[0]!r}?"
    listed = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
    return f"known: {listed or 'none'}"


def written_location(location: Location, data: Any, keep_last: bool) -> Location:
    """Return the part of a location that exists in the file: names of union branches and validators drop out."""
    kept: list[str | int] = []
    for position, part in enumerate(location):
        inside = _step(data, part)
        if inside is not None:
            kept.append(part)
            data = inside[0]
        elif keep_last and position == len(location) - 1:
            kept.append(part)
    return tuple(kept)


def known_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys, as written, of the table in which the last part of ``location`` stands."""
    models = [model]
    for part in location[:-1]:
        if isinstance(part, str):
            fields = [field for one in models for pair in one.model_fields.items() for field in _if_named(part, *pair)]
            models = [inner for field in fields for inner in _models_in(field.annotation)]
    return [field.alias or name for one in models for name, field in one.model_fields.items()]


def _unknown_key(error: Mapping[str, Any], location: Location, model: type[BaseModel]) -> tuple[str, str, str]:
    key = str(location[-1])
    suggestion = did_you_mean(key, known_keys(model, location))
    return f"an unknown key {key!r}", "a known key", f"correct or remove it; {suggestion.rstrip('?')}"


def _missing_key(error: Mapping[str, Any], location: Location, model: type[BaseModel]) -> tuple[str, str, str]:
    key = str(location[-1])
    return "nothing", f"the key {key!r}", f"add {key} = {_quantity(key) or 'a value'}"


def _wrong_value(error: Mapping[str, Any], location: Location, model: type[BaseModel]) -> tuple[str, str, str]:
    if error["type"] == "value_error":
        said, _, tail = str(error["ctx"]["error"]).partition("; ")
        return said, "values that agree", tail or "correct these keys"
    unit = _quantity(str(location[-1]) if location else "")
    wanted = _wanted(error)
    name = dotted(location[-2:] if location and isinstance(location[-1], int) else location[-1:])
    return _shown(error["input"]), f"{wanted} ({unit})" if unit else wanted, f"give {name or 'it'} such a value"


def _wanted(error: Mapping[str, Any]) -> str:
    """What was expected, in words."""
    kind, limits = str(error["type"]), error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(str(limits["pattern"]), f"text that fits {limits['pattern']}")
    if kind == "too_short":
        return "at least one entry" if limits["min_length"] == 1 else f"at least {limits['min_length']} entries"
    message = str(error["msg"]).removeprefix("Input should be ").removeprefix("a valid ")
    return f"a number {message}" if message.startswith(("greater", "less")) else TYPES.get(message, message)


def _quantity(key: str) -> str:
    return next((unit for suffix, unit in UNITS.items() if key.endswith(suffix)), "")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return KINDS[dict if isinstance(value, Mapping) else list]
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _step(data: Any, part: str | int) -> tuple[Any] | None:
    if isinstance(data, Mapping) and part in data:
        return (data[part],)
    if isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
        return (data[part],)
    return None


def _same_quantity(name: str, known: list[str]) -> list[str]:
    stem = name.rpartition("_")[0]
    return [other for other in known if stem and other.rpartition("_")[0] == stem]


def _if_named(part: str, name: str, field: FieldInfo) -> list[FieldInfo]:
    return [field] if part in (name, field.alias) else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


# Branches of unions that exist for people who build a scenario in Python; a file cannot mean them.
_PYTHON_ONLY = ("Network", "Demand")


def _from_python_only_branch(error: Mapping[str, Any]) -> bool:
    return len(error["loc"]) > 1 and error["loc"][1] in _PYTHON_ONLY


def _is_echo(error: Mapping[str, Any]) -> bool:
    """Whether a list is called short only because what it holds was refused."""
    return error["type"] == "too_short" and len(error["input"]) >= int(error["ctx"]["min_length"])
