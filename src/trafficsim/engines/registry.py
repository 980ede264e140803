"""Engines by name: those of this package, and those of installed packages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from trafficsim.base.errors import InputError
from trafficsim.base.packages import load_entry_points
from trafficsim.engines.ca.engine import CellularAutomatonEngine
from trafficsim.engines.descriptor import Engine
from trafficsim.engines.hybrid.engine import HybridEngine
from trafficsim.engines.queue.engine import QueueEngine
from trafficsim.spec.model import Model

ENTRY_POINT_GROUP = "trafficsim.engines"
ENGINES: dict[str, Engine] = {}
"""By name; :func:`engines` gives them with those of installed packages."""


def register(engine: Engine) -> Engine:
    """Make an engine known under its name.

    Raises
    ------
    InputError
        If the name belongs to another engine.
    """
    present = ENGINES.setdefault(engine.name, engine)
    if type(present).__qualname__ != type(engine).__qualname__:
        raise InputError(f"engine {engine.name!r}", f"already taken by {type(present).__name__}", "a name of its own",
                         f"rename {type(engine).__name__}")
    return present


DEFAULT_ENGINE = register(CellularAutomatonEngine()).name
"""The engine that runs where none is named."""
register(QueueEngine())
register(HybridEngine())


def engines() -> Mapping[str, Engine]:
    """Return all engines by name.

    A package offers its own as an entry point of the group ``trafficsim.engines`` that names a descriptor or its class.

    Raises
    ------
    InputError
        If an entry point cannot be imported, or two engines have the same name.

    Examples
    --------
    >>> engines()[DEFAULT_ENGINE].summary.endswith(".")
    True
    """
    load_installed()
    return ENGINES


@cache
def load_installed() -> None:
    """Register the engines of installed packages, once."""
    load_entry_points(ENTRY_POINT_GROUP, InputError, _take, "the descriptor of an engine")


def _take(found: Any) -> None:
    register(found() if isinstance(found, type) else found)


def settings_models() -> dict[str, type[Model]]:
    """Return the model of the settings of every engine, by name."""
    return {name: engine.settings for name, engine in engines().items()}


def check_engine(name: str) -> None:
    """Refuse a name that no engine has.

    Raises
    ------
    InputError
        Naming the known engines.

    Examples
    --------
    >>> check_engine("teleporter")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: engine: found 'teleporter'; expected one of ['ca', 'hybrid', 'queue']...
    """
    if name not in engines():
        raise InputError("engine", repr(name), f"one of {sorted(engines())}", "choose one")


def engine_named(name: str) -> Engine:
    """Return an engine.

    Raises
    ------
    InputError
        If there is no engine of this name.
    """
    check_engine(name)
    return engines()[name]
