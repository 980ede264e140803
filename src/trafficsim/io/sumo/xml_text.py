"""Elements of XML as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

DECIMALS = 3


def element(tag: str, attributes: Mapping[str, Any], children: Iterable[str] = ()) -> str:
    """Return an element; attributes that are ``None`` are left out, numbers have three decimals at most.

    Examples
    --------
    >>> element("node", {"id": "a", "x": 1.50, "name": None})
    '<node id="a" x="1.5"/>'
    """
    shown = "".join(f" {name}={quoteattr(text_of(value))}" for name, value in attributes.items() if value is not None)
    inside = "".join(f"\n        {child}" for child in children)
    return f"<{tag}{shown}>{inside}\n    </{tag}>" if inside else f"<{tag}{shown}/>"


def text_of(value: Any) -> str:
    """Return a value as SUMO reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    return f"{round(value, DECIMALS) + 0.0:.{DECIMALS}f}".rstrip("0").rstrip(".")


def document(root: str, rows: Iterable[str]) -> str:
    """Return a file of one root element."""
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<{root}>", *(f"    {row}" for row in rows),
                      f"</{root}>", ""])
