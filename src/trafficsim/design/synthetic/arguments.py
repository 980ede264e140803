"""Arguments of builders: types with their ranges, and errors that name builder, argument and remedy."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from pydantic import ConfigDict, Field, ValidationError, validate_call

from trafficsim.base.errors import InputError
from trafficsim.spec.schema import within

Given = ParamSpec("Given")
Made = TypeVar("Made")

Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Lanes = Annotated[int, Field(strict=True, **within("lanes"))]
LengthM = Annotated[float, Field(strict=True, **within("length_m"))]
SpeedKmh = Annotated[float, Field(strict=True, **within("speed_limit_kmh"))]
Seconds = Annotated[float, Field(strict=True, gt=0, le=3600)]
Seed = Annotated[int, Field(strict=True, ge=0)]
RoadClassName = Literal["urban", "rural", "motorway"]


def builder(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """Check the arguments of a builder by their annotations before it runs.

    Raises
    ------
    InputError
        Naming the builder and the argument, what was found, what was expected and the remedy.
    """
    checked = validate_call(config=ConfigDict(allow_inf_nan=False))(function)
    known = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def build(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        try:
            return checked(*args, **kwargs)
        except ValidationError as error:
            raise _explained(function.__name__, known, error) from None

    return build


def wrong(name: str, argument: str, found: Any, expected: str, remedy: str) -> InputError:
    """Return the error for an argument whose value does not fit the others."""
    return InputError(f"builder {name}: {argument}", repr(found), expected, remedy)


def per_item(name: str, argument: str, value: Any, count: int) -> tuple[Any, ...]:
    """Return one value per item: a single value is repeated, a sequence must have the right length."""
    if not isinstance(value, tuple):
        return (value,) * count
    if len(value) != count:
        raise wrong(name, argument, value, f"one value, or {count} of them", f"give {count} values")
    return value


def _explained(name: str, known: list[str], error: ValidationError) -> InputError:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    argument = known[int(place[0])] if place and place[0].isdigit() else place[0] if place else "arguments"
    where = f"builder {name}: {'.'.join([argument, *place[1:]])}"
    if first["type"] == "missing_argument":
        return InputError(where, "nothing", "a value", f"give the argument {argument!r}")
    if first["type"] in ("unexpected_keyword_argument", "unexpected_positional_argument"):
        close = difflib.get_close_matches(argument, known, n=1)
        remedy = f"did you mean {close[0]!r}" if close else "remove it"
        return InputError(where, "an unknown argument", f"one of {', '.join(known)}", remedy)
    expected = first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return InputError(where, repr(first["input"]), expected, f"correct {argument!r}")
