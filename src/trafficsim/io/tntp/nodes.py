"""Coordinates of nodes in the TNTP format: in degrees, feet or metres, as the lengths of links tell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.units import M_PER_FOOT
from trafficsim.io.ledger import Ledger
from trafficsim.io.tntp.text import number_of, read_tntp_text
from trafficsim.spec.plane import Plane
from trafficsim.spec.static_network import StaticNetwork

LIKE_FEET = 0.55
"""Lengths over differences of coordinates: about 0.3 in feet, 1 in metres, or more, for roads wind. Halfway on a
logarithmic scale."""


def read_tntp_nodes(path: Path, network: StaticNetwork, ledger: Ledger, metres: Mapping[str, float]) -> dict[
        str, tuple[float, float]]:
    """Read nodes (``_node.tntp``) and return their coordinates in metres.

    Parameters
    ----------
    path
        File with columns node, x, y.
    network
        The network to which they belong.
    ledger
        Takes what was read and inferred.
    metres
        Lengths of links in metres, by link.

    Raises
    ------
    InputError
        If the file cannot be read, or a node or value cannot be used.
    """
    found = _rows(path, set(network.node))
    ledger.note("read", "coordinates of a node", str(path), times=len(found))
    plane, unit = _plane_of(found, network, metres)
    ledger.note("inferred", f"coordinates in {unit}", str(path), times=len(found))
    scale = M_PER_FOOT if unit == "feet" else 1.0
    return {node: tuple(scale * part for part in plane.metres(x, y))  # type: ignore[misc]
            for node, (x, y) in found.items()}


def _rows(path: Path, known: set[str]) -> dict[str, tuple[float, float]]:
    text = read_tntp_text(path, metadata=False)
    found: dict[str, tuple[float, float]] = {}
    for line, content in text.lines:
        values = re.split(r"[\s,]+", content.rstrip("; \t").strip())
        if values[0].lower() in ("node", "id"):
            continue
        if len(values) < 3:
            raise InputError(text.where(line), quoted(content), "node, x and y", "complete the row")
        if values[0] not in known or values[0] in found:
            raise InputError(text.where(line), f"node {quoted(values[0])}", "every node of the network once",
                             "correct the node")
        found[values[0]] = number_of(values[1], text.where(line)), number_of(values[2], text.where(line))
    return found


def _plane_of(found: dict[str, tuple[float, float]], network: StaticNetwork, metres: Mapping[str, float]) -> tuple[
        Plane, str]:
    if all(abs(x) <= 180 and abs(y) <= 90 for x, y in found.values()):
        x, y = (median(one[part] for one in found.values()) for part in (0, 1)) if found else (0.0, 0.0)
        return Plane(x, y, is_projected=True), "degrees"
    ratios = []
    for link, tail, head in zip(network.link, network.tail, network.head, strict=True):
        ends = found.get(network.node[tail]), found.get(network.node[head])
        distance = math.dist(*ends) if all(ends) else 0.0  # type: ignore[arg-type]
        if distance > 0 and metres[link] > 0:
            ratios.append(metres[link] / distance)
    return Plane(), "feet" if ratios and median(ratios) < LIKE_FEET else "metres"
