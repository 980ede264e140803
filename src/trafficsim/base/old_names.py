"""Names that files of older versions have, by what they are called now: old results and networks still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS: dict[str, str] = {}
"""Columns of result tables."""
FIELDS: dict[str, str] = {}
"""Fields of the plan, as the ledger names them."""
KEYS: dict[str, str] = {}
"""Attributes of nodes, links and connections in network files."""


def with_new_keys(row: Any) -> Any:
    """Return a row of a network file with the attribute names of this version; anything but a table as it is.

    Examples
    --------
    >>> with_new_keys({"id": "a"})
    {'id': 'a'}
    """
    return {KEYS.get(key, key): value for key, value in row.items()} if isinstance(row, Mapping) else row
