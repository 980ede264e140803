"""Names that files of older versions have, by what they are called now: old results and networks still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS: dict[str, str] = {"passages": "traversals", "unimpeded_passages": "unimpeded_traversals"}
"""Columns of result tables."""
FIELDS: dict[str, str] = {"gate.citation_ms": "section.citation_ms"}
"""Fields of the plan, as the ledger names them."""
KEYS: dict[str, str] = {"kerb_turn_on_red": "nearside_turn_on_red", "inner_wait_m": "waiting_area_m"}
"""Attributes of nodes, links and connections in network files."""


def with_new_keys(row: Any) -> Any:
    """Return a row of a network file with the attribute names of this version; anything but a table as it is.

    Examples
    --------
    >>> with_new_keys({"id": "a", "kerb_turn_on_red": "allowed"})
    {'id': 'a', 'nearside_turn_on_red': 'allowed'}
    """
    return {KEYS.get(key, key): value for key, value in row.items()} if isinstance(row, Mapping) else row
