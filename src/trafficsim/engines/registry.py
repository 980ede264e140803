"""Engines by name: those of this package, and those of installed packages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from trafficsim.base.errors import InputError, TrafficsimError
from trafficsim.engines.ca.engine import CellularAutomatonEngine
from trafficsim.engines.descriptor import Engine
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
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        try:
            found = entry.load()
            register(found() if isinstance(found, type) else found)
        except TrafficsimError:
            raise
        except Exception as error:  # a foreign package may fail in any way; name it instead of a traceback
            raise InputError(f"entry point {entry.name!r} = {entry.value!r}", f"{type(error).__name__}: {error}",
                             "the descriptor of an engine", "repair or uninstall that package") from error


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
    >>> check_engine("teleporter")
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: engine: found 'teleporter'; expected one of ['ca']. Remedy: choose one.
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
