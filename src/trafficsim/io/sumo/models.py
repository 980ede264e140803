"""Make our models from SUMO elements, turning a refusal into a message that names the element."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from trafficsim.base.errors import InputError
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.model import Model

M = TypeVar("M", bound=Model)


def make(model: type[M], element: Element, **values: Any) -> M:
    """Build a model from values that come from an element.

    Raises
    ------
    InputError
        If a value is out of range; names the element, the field and the value.
    """
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "values"
        raise InputError(f"{element.where}: {field}", repr(first["input"])[:80], first["msg"],
                         f"correct this {element.tag}") from None
