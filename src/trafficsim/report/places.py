"""Places as people know them: streets and signals by name, and the paths through junctions as lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from trafficsim.report.language import name
from trafficsim.spec.network import Network

Point = tuple[float, float]
Line = list[Point]
CURVE_STEPS = 6
MOST_STREETS, MOST_SIGNALS = 14, 25
"""Names written on a map."""


def street_names(network: Network | None) -> dict[str, str]:
    """Return the street of every link that has a name.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> street_names(corridor([200.0])), street_names(None)
    ({}, {})
    """
    if network is None:
        return {}
    edges = network.graph.edges(data=True)
    found = {str(one["id"]): str(one.get("name") or "").strip() for _, _, one in edges}
    return {link: street for link, street in found.items() if street}


def link_label(streets: Mapping[str, str], link: str) -> Markup:
    """Name a link by its street and its id, or by its id alone.

    Examples
    --------
    >>> link_label({}, "east1")
    Markup('<bdi translate="no">east1</bdi>')
    """
    street = streets.get(link)
    if not street:
        return name(link)
    return Markup('<bdi>{} <code translate="no">{}</code></bdi>').format(name(street), link)


def paths_through(network: Network, lines: Mapping[str, Line]) -> dict[tuple[str, str], Line]:
    """Lines through the junctions, from the end of one drawn link to the beginning of the next, without a hole.

    Each is a curve that leaves along the first link and arrives along the second: its control point lies where the two
    directions meet, or half way where they do not meet ahead.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> road = corridor([100.0, 100.0])
    >>> found = paths_through(road, {"east1": [(0.0, 0.0), (90.0, 0.0)], "east2": [(110.0, 0.0), (200.0, 0.0)]})
    >>> found["east1", "east2"][0], found["east1", "east2"][-1]
    ((90.0, 0.0), (110.0, 0.0))
    """
    pairs = dict.fromkeys((movement.from_link, movement.to_link) for movement in network.connections)
    return {(start, end): _curve(lines[start], lines[end]) for start, end in pairs if start in lines and end in lines}


def _curve(start: Line, end: Line) -> Line:
    (x0, y0), (x2, y2) = start[-1], end[0]
    x1, y1 = _meeting(start[-2], start[-1], end[0], end[1])
    parts = [step / CURVE_STEPS for step in range(CURVE_STEPS + 1)]
    weights = [((1.0 - t) ** 2, 2.0 * t * (1.0 - t), t * t) for t in parts]
    return [(a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2) for a, b, c in weights]


def _meeting(before: Point, leave: Point, arrive: Point, after: Point) -> Point:
    """Point ahead of the first direction and behind the second where they meet, else half way."""
    ax, ay = leave[0] - before[0], leave[1] - before[1]
    bx, by = after[0] - arrive[0], after[1] - arrive[1]
    cx, cy = arrive[0] - leave[0], arrive[1] - leave[1]
    cross = ax * by - ay * bx
    if abs(cross) > 1e-9 * math.hypot(ax, ay) * math.hypot(bx, by):
        ahead, back = (cx * by - cy * bx) / cross, (cx * ay - cy * ax) / cross
        gap = math.hypot(cx, cy)
        if ahead >= 0.0 and back <= 0.0 and ahead * math.hypot(ax, ay) < 2.0 * gap:
            return leave[0] + ahead * ax, leave[1] + ahead * ay
    return leave[0] + cx / 2.0, leave[1] + cy / 2.0


def write_streets(axes: Any, network: Network, lines: Mapping[str, Line]) -> None:
    """Write the names of the longest streets beside the middle of their longest link, where they find room.

    To be called when all else is drawn: the places of names on paper have to be known.
    """
    streets, attributes = street_names(network), network.links
    length: dict[str, float] = {}
    longest: dict[str, str] = {}
    for link, street in streets.items():
        if link in lines:
            length_m = float(attributes[link]["length_m"])
            length[street] = length.get(street, 0.0) + length_m
            if street not in longest or length_m > float(attributes[longest[street]]["length_m"]):
                longest[street] = link
    written = []
    for street in sorted(length, key=lambda one: (-length[one], one))[:MOST_STREETS]:
        place, angle = _middle(lines[longest[street]])
        written.append(axes.text(
            *place, street, fontsize=6.5, color="#303030", rotation=angle, rotation_mode="anchor",
            transform_rotates_text=True, horizontalalignment="center", verticalalignment="bottom", zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}))
    _leave_room(axes.figure, written)


def _leave_room(figure: Any, texts: Sequence[Any]) -> None:
    """Take away the texts that would lie on an earlier one."""
    if len(texts) > 1:
        figure.draw_without_rendering()
    kept: list[Any] = []
    for text in texts:
        extent = text.get_window_extent()
        if extent.count_overlaps(kept):
            text.remove()
        else:
            kept.append(extent)


def _middle(line: Sequence[Point]) -> tuple[Point, float]:
    """Middle of the longest piece of a line, and its direction in degrees, never upside down."""
    (x0, y0), (x1, y1) = max(itertools.pairwise(line), key=lambda piece: math.dist(*piece))
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    upright = angle - 180.0 if angle > 90.0 else angle + 180.0 if angle <= -90.0 else angle
    return ((x0 + x1) / 2.0, (y0 + y1) / 2.0), upright


def signal_places(network: Network) -> dict[str, Point]:
    """Where each signal program stands: the mean of the nodes that its links lead to.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> sorted(signal_places(corridor([100.0, 100.0], signals=[1], side_streets=[1])))
    ['j1']
    """
    nodes, heads = network.graph.nodes, {link: one["to"] for link, one in network.links.items()}
    found: dict[str, set[object]] = {}
    for movement in network.connections:
        if movement.signal is not None:
            found.setdefault(movement.signal, set()).add(heads[movement.from_link])
    places = {}
    for signal, at in found.items():
        known = sorted((nodes[node]["x_m"], nodes[node]["y_m"]) for node in at
                       if nodes[node].get("x_m") is not None and nodes[node].get("y_m") is not None)
        if known:
            places[signal] = (sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known))
    return places


def signal_names(network: Network) -> dict[str, str]:
    """Name of every signal program: that of its junction where the network has one, else its id."""
    names = junction_names(network)
    return {one.id: names.get(one.id, one.id) for one in network.signals}


def junction_names(network: Network) -> dict[str, str]:
    """Name every signal program and node as people do: by its own name, or by the two longest streets that meet there.

    Those that have neither are left out.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> junction_names(corridor([100.0, 100.0]))
    {}
    """
    nodes, edges = network.graph.nodes, list(network.graph.edges(data=True))
    lengths: dict[object, dict[str, float]] = {}
    for tail, head, link in edges:
        street = str(link.get("name") or "").strip()
        for node in (tail, head) if street else ():
            streets = lengths.setdefault(node, {})
            streets[street] = streets.get(street, 0.0) + float(link["length_m"])
    own = {node: str(nodes[node].get("name") or "").strip() for node in nodes}
    named = {str(node): own[node] or _crossing(lengths.get(node, {})) for node in nodes}
    heads = {str(link["id"]): head for _, head, link in edges}
    for program, at in _nodes_of_signals(network, heads).items():
        streets = {street: length for node in at for street, length in lengths.get(node, {}).items()}
        named[program] = next((own[node] for node in at if own[node]), "") or _crossing(streets)
    return {place: text for place, text in named.items() if text}


def _crossing(streets: Mapping[str, float]) -> str:
    """Name a place by the two longest streets that meet there; one street says nothing of where along it."""
    longest = sorted(streets, key=lambda street: (-streets[street], street))[:2]
    return " / ".join(longest) if len(longest) == 2 else ""


def _nodes_of_signals(network: Network, heads: Mapping[str, object]) -> dict[str, dict[object, None]]:
    """Nodes that the links at every signal program lead to, each once, in order."""
    found: dict[str, dict[object, None]] = {}
    for connection in network.connections:
        if connection.signal is not None:
            found.setdefault(connection.signal, {})[heads[connection.from_link]] = None
    return found
