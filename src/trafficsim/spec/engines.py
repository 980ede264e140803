"""Engines as scenarios and studies name them. This room knows none: their registry is asked when one is named."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, create_model

from trafficsim.spec.model import Model

REGISTRY = "trafficsim.engines.registry"


def settings_models() -> dict[str, type[Model]]:
    """Return the model of the settings of every engine, by name.

    Examples
    --------
    >>> default_engine() in settings_models()
    True
    """
    models: dict[str, type[Model]] = import_module(REGISTRY).settings_models()
    return models


def default_engine() -> str:
    """Return the name of the engine that runs where none is named."""
    return str(import_module(REGISTRY).DEFAULT_ENGINE)


def as_written(model: type[BaseModel]) -> type[BaseModel]:
    """Return a model as files may write it: a scenario with a table of settings for every engine."""
    fields = getattr(model, "written_fields", None)
    return model if fields is None else _with_tables(fields, model.__name__, tuple(settings_models().items()))


def given_fields(model: BaseModel) -> dict[str, Any]:
    """Return the fields of a model that were given, as they are."""
    return {name: getattr(model, name) for name in model.model_fields_set}


@lru_cache(maxsize=8)
def _with_tables(
    fields: type[BaseModel], name: str, models: tuple[tuple[str, type[Model]], ...]
) -> type[BaseModel]:
    tables: dict[str, Any] = {engine: (settings, settings()) for engine, settings in models}
    return create_model(name, __base__=fields, **tables)
