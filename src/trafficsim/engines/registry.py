"""Engines by name, imported when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from trafficsim.base.errors import InputError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.plan.representation import Representation

ENGINES = {"ca": "trafficsim.engines.ca"}


class Engine(Protocol):
    """How vehicles move: a module with this function and this table."""

    def representation(self, settings: Any) -> Representation:
        """By plan field that policies may change: what the engine's program represents of it, back in SI units."""

    def run(self, plan: Plan, settings: Any) -> Record:
        """Run a plan to its end under the engine's settings (``scenario.ca`` for the engine ``ca``)."""


def check_engine(name: str) -> None:
    """Refuse a name that no engine has, without importing any.

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
    if name not in ENGINES:
        raise InputError("engine", repr(name), f"one of {sorted(ENGINES)}", "choose one")


def engine_named(name: str) -> Engine:
    """Import an engine.

    Raises
    ------
    InputError
        If there is no engine of this name.
    """
    check_engine(name)
    return cast(Engine, import_module(ENGINES[name]))
