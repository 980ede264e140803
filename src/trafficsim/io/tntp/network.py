"""Networks in the TNTP format, as static assignment needs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import NetworkError
from trafficsim.base.memory import require_memory
from trafficsim.io.tntp.text import TntpText, read_tntp_text
from trafficsim.spec.static_network import StaticNetwork

LEAST_VALUES = 7
"""Of a row: tail, head, capacity, length, free-flow time, b, power; then speed, toll and type, if they are given."""
LENGTH_UNITS = {"ft": "ft", "feet": "ft", "mi": "mi", "mile": "mi", "miles": "mi", "km": "km", "m": "m"}
TIME_UNITS = {"min": "min", "minutes": "min", "h": "h", "hours": "h", "s": "s", "sec": "s"}
ASSUMED_LENGTH, ASSUMED_TIME = "mi", "min"
"""Units of files that do not state them: those of most networks of the repository (modelling assumption)."""
TOLL = 8
BYTES_PER_NODE = 500.0
"""Of names and arrays, whether links use the node or not."""


class Columns(NamedTuple):
    """What was read of a network: the network, whether its units were stated, and how many links were announced."""

    network: StaticNetwork
    stated_units: tuple[str, ...]
    announced_links: int


def read_tntp_network(path: Path) -> StaticNetwork:
    """Read a network (``_net.tntp``, plain or gzip) for static assignment. Nodes are named by their numbers.

    Nodes below ``<FIRST THRU NODE>`` are never passed through. Units are those that the header states in brackets,
    ``length (miles)``; miles and minutes where it does not.

    Raises
    ------
    InputError
        If the file cannot be read, or a value is no number.
    NetworkError
        If a node does not exist, or a number cannot be used, such as a capacity of 0.
    """
    return read_columns(path).network


def read_columns(path: Path) -> Columns:
    """Read a network, and what its file says about it."""
    text = read_tntp_text(path)
    zones, nodes, first = (text.whole(f"{name}") for name in ("NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE"))
    if zones > nodes:
        raise NetworkError(f"{path}: <NUMBER OF ZONES>", f"{zones} zones and {nodes} nodes", "zones that are nodes",
                           "correct the numbers at the beginning of the file")
    require_memory(str(path), f"{nodes:,} nodes", BYTES_PER_NODE * nodes, "correct <NUMBER OF NODES>")
    rows = list(text.rows(LEAST_VALUES))
    if not rows:
        raise NetworkError(str(path), "no link", "rows of links after <END OF METADATA>", "give a complete file")
    for line, row in rows:
        _check_nodes(row, nodes, text.where(line))
    values = np.array([row[:LEAST_VALUES] for _, row in rows])
    toll = np.array([row[TOLL] if len(row) > TOLL else 0.0 for _, row in rows])
    length_unit, time_unit = _unit(text, r"length", LENGTH_UNITS), _unit(text, r"(?:free.?flow.?time|fftt)", TIME_UNITS)
    network = StaticNetwork(
        tuple(str(node + 1) for node in range(nodes)), _link_names(values), values[:, 0] - 1, values[:, 1] - 1,
        capacity=values[:, 2], length=values[:, 3], free_time=values[:, 4], b=values[:, 5], power=values[:, 6],
        toll=toll, zones=tuple(str(zone + 1) for zone in range(zones)),
        no_through=frozenset(str(node) for node in range(1, min(first, nodes + 1))),
        length_unit=length_unit or ASSUMED_LENGTH, time_unit=time_unit or ASSUMED_TIME)
    stated = tuple(name for name, unit in (("length", length_unit), ("time", time_unit)) if unit)
    return Columns(network, stated, text.whole("NUMBER OF LINKS", len(rows)))


def _check_nodes(row: list[float], nodes: int, where: str) -> None:
    for node in row[:2]:
        if node != int(node) or not 1 <= node <= nodes:
            raise NetworkError(where, f"node {node:g}", f"a node from 1 to {nodes} (<NUMBER OF NODES>)",
                               "correct the row or the number of nodes")


def _unit(text: TntpText, name: str, units: dict[str, str]) -> str | None:
    """Unit that the header states behind a column's name."""
    header = " ".join((text.metadata.get("ORIGINAL HEADER", ""), *text.comments))
    found = re.search(rf"{name}\s*\(\s*([a-z]+)\s*\)", header, re.IGNORECASE)
    return units.get(found[1].lower()) if found else None


def _link_names(values: np.ndarray) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    names = []
    for tail, head in values[:, :2].astype(np.int64).tolist():
        name = f"{tail}->{head}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)
