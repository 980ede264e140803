"""Models made of the values of a row, with one message where a value does not fit."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from trafficsim.base.errors import InputError, quoted

AnyModel = TypeVar("AnyModel", bound=BaseModel)


def made_of(model: type[AnyModel], where: str, **values: Any) -> AnyModel:
    """Make a model.

    Raises
    ------
    InputError
        Naming the place, the key, what was found and what was expected.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> made_of(Phase, "plan.csv:2", duration_s=-1, state="G")
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: plan.csv:2: duration_s: found '-1'; expected a value that fits: input should be \
greater than 0. Remedy: correct the value.
    """
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        if not key:
            raise InputError(where, what, "values that fit together", "correct the rows") from None
        raise InputError(f"{where}: {key}", quoted(str(first.get("input"))),
                         f"a value that fits: {what[:1].lower()}{what[1:]}", "correct the value") from None
