"""The catalogue: what every policy says about itself, as data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic.fields import FieldInfo

from trafficsim.base.errors import InputError
from trafficsim.spec.policy import Policy

NOT_GIVEN = "(its author gives none)"
REQUIRED = "(required)"


def catalogue(registry: Mapping[str, type[Policy]], kind: str | None = None) -> dict[str, dict[str, Any]]:
    """Say what policies do, on what evidence, within what limits, and where their numbers come from.

    Returns
    -------
    By kind: ``summary, mechanism, source, grade, limits, phase, parameters {name: type, default, origin}, example``.

    Raises
    ------
    InputError
        If there is no policy of this kind.

    Examples
    --------
    >>> from trafficsim.policies import load_policies
    >>> catalogue(load_policies(), "speed_limit")["speed_limit"]["grade"]
    'C'
    """
    if kind is not None and kind not in registry:
        raise InputError(f"policy {kind!r}", "no such kind", f"one of {', '.join(sorted(registry))}",
                         "correct the kind; all of them: trafficsim policies")
    kinds = sorted(registry) if kind is None else [kind]
    return {name: _entry(registry[name]) for name in kinds}


def _entry(policy: type[Policy]) -> dict[str, Any]:
    # not inspect.getdoc: it would give the words of the base class for a policy without any
    summary = inspect.cleandoc(policy.__doc__ or NOT_GIVEN).split("\n\n", maxsplit=1)[0].replace("\n", " ")
    facts = {name: getattr(policy, name) or NOT_GIVEN for name in ("mechanism", "source", "grade", "limits")}
    fields = sorted(policy.model_fields.items(), key=lambda one: not one[1].is_required())  # what must be given first
    parameters = {name: _parameter(field, policy.numbers.get(name)) for name, field in fields}
    return {"summary": summary, **facts, "phase": policy.phase, "parameters": parameters, "example": _example(policy)}


def _parameter(field: FieldInfo, origin: str | None) -> dict[str, Any]:
    default = REQUIRED if field.is_required() else _plain(field.get_default(call_default_factory=True))
    return {"type": _type_name(field.annotation), "default": default, "origin": origin or "given by the user"}


def _plain(value: Any) -> Any:
    """Make a default fit for JSON."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _type_name(annotation: Any) -> str:
    """Name a type as people read it, without its modules."""
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else re.sub(
        r"(\w+\.)+", "", str(annotation))


def _example(policy: type[Policy]) -> str:
    if policy.example:
        return policy.example
    required = [name for name, field in policy.model_fields.items() if field.is_required()]
    return "{ " + ", ".join([f'kind = "{policy.kind}"', *(f"{name} = ..." for name in required)]) + " }"
