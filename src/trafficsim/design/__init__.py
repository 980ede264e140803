"""What a traffic engineer designs: junctions inferred from geometry, signal timing, made networks, places of cameras.

``place`` joins all rooms and so lives in :mod:`trafficsim.api`; it is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trafficsim.api import place as place

__all__ = ["place"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name != "place":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("trafficsim.api").place
