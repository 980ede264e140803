"""The cellular automaton: compile a plan to integer cells and run it. Its compiler is imported when it is run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trafficsim.engines.ca.loop import run as run
    from trafficsim.engines.ca.resolution import representation as representation

_HOMES = {"representation": "trafficsim.engines.ca.resolution", "run": "trafficsim.engines.ca.loop"}
__all__ = ["representation", "run"]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
