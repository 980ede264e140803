"""Everything that the map holds, as numbers and texts that its script reads.

Coordinates are whole decimetres from the south-western corner; lines are deltas from point to point. Every attribute is
a column: its distinct values, and the number of one for each link.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from trafficsim.design.inference.geometry import Point
from trafficsim.design.inference.junction_shape import LANE_WIDTH_M
from trafficsim.report.interactive.findings import Register
from trafficsim.report.interactive.lines import DrawnLine, drawn_lines
from trafficsim.report.interactive.signs import SIGNS, signs
from trafficsim.report.interactive.sources import Sources
from trafficsim.report.interactive.subject import Subject
from trafficsim.report.interactive.things import Thing, things_of
from trafficsim.report.places import signal_names, signal_places
from trafficsim.spec.network import Connection
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, Attribute

PER_M = 10
"""Units of coordinates in a metre."""
Corner = Point
NOT_SHOWN = frozenset({"id", "geometry", "origins", "x_m", "y_m", "spread"})
OF_CONNECTIONS = ("turn", "length_m", "speed_limit_kmh", "critical_gap_s", "follow_up_s", "must_stop", "first_come",
                  "keep_clear", "waiting_area_m", "signal", "signal_index")


def contents(subject: Subject) -> dict[str, Any]:
    """Return what is on the map.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> contents(Subject("ring", ring(1000.0, links=2)))["links"]["id"]
    ['ring0', 'ring1']
    """
    lines = drawn_lines(subject.network)
    things = things_of(subject, lines)
    corner, numbers = _corner(subject, lines), _numbers(subject)
    sources = Sources((*subject.network.findings, *subject.findings), subject.builder)
    register = Register(subject.network, subject.demand, ((thing.kind, thing.name) for thing in things))
    return {
        "title": subject.title, "per_m": PER_M, "corner": [round(part, 3) for part in corner],
        "left_hand": subject.network.left_hand_traffic, "lane_width_m": LANE_WIDTH_M, "signs": list(SIGNS),
        "nodes": _nodes(subject, corner, sources), "links": _links(subject, lines, corner, sources),
        "connections": _connections(subject, numbers, sources), "signals": _signals(subject, corner, sources),
        "things": [_thing(thing, corner, numbers) for thing in things],
        "findings": _findings(subject, register),
        "groups": {name: list(ids) for name, ids in subject.network.groups.items()},
    }


def _corner(subject: Subject, lines: Mapping[str, DrawnLine]) -> Corner:
    points = [point for line in lines.values() for point in line.points]
    points += [(float(one["x_m"]), float(one["y_m"])) for _, one in subject.network.graph.nodes(data=True)
               if _has_place(one)]
    return (min(x for x, _ in points), min(y for _, y in points)) if points else (0.0, 0.0)


def _has_place(node: Mapping[str, Any]) -> bool:
    return node.get("x_m") is not None and node.get("y_m") is not None


def _whole(point: Point, corner: Corner) -> list[int]:
    return [round((point[0] - corner[0]) * PER_M), round((point[1] - corner[1]) * PER_M)]


def _deltas(points: Iterable[Point], corner: Corner) -> list[int]:
    """First point, then steps; points that fall together stand once."""
    whole = [one for one, _ in itertools.groupby(_whole(point, corner) for point in points)]
    steps = [b - a for one, two in itertools.pairwise(whole) for a, b in zip(one, two, strict=True)]
    return [*whole[0], *(steps or [1, 0])]


def _nodes(subject: Subject, corner: Corner, sources: Sources) -> dict[str, Any]:
    rows = list(subject.network.graph.nodes(data=True))
    return {
        "id": [str(node) for node, _ in rows],
        "at": [_whole((one["x_m"], one["y_m"]), corner) if _has_place(one) else None for _, one in rows],
        "attributes": _columns([(str(node), one) for node, one in rows], NODE_ATTRIBUTES, sources),
    }


def _links(subject: Subject, lines: Mapping[str, DrawnLine], corner: Corner, sources: Sources) -> dict[str, Any]:
    edges = list(subject.network.graph.edges(data=True))
    number = {node: place for place, node in enumerate(subject.network.graph.nodes)}
    ids = [str(one["id"]) for _, _, one in edges]
    at_end = signs(subject.network)
    return {
        "id": ids, "from": [number[tail] for tail, _, _ in edges], "to": [number[head] for _, head, _ in edges],
        "line": [_deltas(lines[link].points, corner) if link in lines else [] for link in ids],
        "centred": [int(link in lines and lines[link].spread == "centre") for link in ids],
        "sign": [SIGNS.index(at_end.get(link, "none")) for link in ids],
        "layer": [_layer(one) for _, _, one in edges],
        "attributes": _columns([(str(one["id"]), one) for _, _, one in edges], EDGE_ATTRIBUTES, sources),
    }


def _layer(link: Mapping[str, Any]) -> int:
    try:
        return int(float(link.get("layer") or 0))
    except (TypeError, ValueError, OverflowError):
        return 0


def _columns(rows: Sequence[tuple[str, Mapping[str, Any]]], table: Sequence[Attribute], sources: Sources,
             ) -> list[dict[str, Any]]:
    """One column per attribute that any row has: those of the schema first."""
    units = {attribute.name: attribute.unit for attribute in table}
    names = dict.fromkeys([*units, *sorted({name for _, row in rows for name in row if isinstance(name, str)})])
    found = []
    for name in (name for name in names if name not in NOT_SHOWN):
        values, texts = _Distinct(), _Distinct()
        at, origin = [], []
        for place, row in rows:
            at.append(values.number(row.get(name)))
            origin.append(-1 if at[-1] < 0 else texts.number(sources.of(name, row.get(name), row, place)))
        if values.found:
            found.append({"name": name, "unit": units.get(name, ""), "values": values.found, "at": at,
                          "sources": texts.found, "source": origin})
    return found


class _Distinct:
    """Distinct values in order of first appearance."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, value: Any) -> int:
        """Return the number of a value, which is added if it is new; -1 for what is not given."""
        key = (type(value), value if isinstance(value, Hashable) and not isinstance(value, tuple) else repr(value))
        known = self._numbers.get(key)
        if known is None:
            plain = _plain(value)
            known = self._numbers[key] = -1 if plain is None else len(self.found)
            self.found += [] if plain is None else [plain]
        return known


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; ``None`` for what is not given."""
    if value is None or value == "" or (isinstance(value, list | tuple) and not value):
        return None
    if isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return round(value, 3) if value == value and abs(value) != float("inf") else None
    if isinstance(value, list | tuple):
        return [_of_lane(one) for one in value]
    return str(value)


def _of_lane(value: Any) -> Any:
    """What a lane allows: everything (``None``), nothing, or kinds of vehicles; else its own value."""
    if isinstance(value, list | tuple):
        return list(map(str, value))
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _numbers(subject: Subject) -> dict[str, int]:
    return {str(one["id"]): number for number, (_, _, one) in enumerate(subject.network.graph.edges(data=True))}


def _connections(subject: Subject, numbers: Mapping[str, int], sources: Sources) -> dict[str, Any]:
    rows = subject.network.connections
    signal = {program.id: number for number, program in enumerate(subject.network.signals)}
    return {
        "from": [numbers.get(row.from_link, -1) for row in rows], "from_lane": [row.from_lane for row in rows],
        "to": [numbers.get(row.to_link, -1) for row in rows], "to_lane": [row.to_lane for row in rows],
        "controller": [signal.get(row.signal or "", -1) for row in rows],
        "letter": [-1 if row.signal_index is None else row.signal_index for row in rows],
        "yields": [list(row.yields_to) for row in rows], "crosses": [list(row.crosses) for row in rows],
        "attributes": [_connection_column(name, rows) for name in OF_CONNECTIONS], "source": sources.of_movements(),
    }


def _connection_column(name: str, rows: Sequence[Connection]) -> dict[str, Any]:
    values = _Distinct()
    at = [values.number(getattr(row, name)) for row in rows]
    unit = {"m": "m", "s": "s", "kmh": "km/h"}.get(name.rpartition("_")[2], "")
    return {"name": name, "unit": unit, "values": values.found, "at": at}


def _signals(subject: Subject, corner: Corner, sources: Sources) -> list[dict[str, Any]]:
    places, names = signal_places(subject.network), signal_names(subject.network)
    return [{
        "id": program.id, "name": names[program.id] if names[program.id] != program.id else "",
        "at": _whole(places[program.id], corner) if program.id in places else None, "offset_s": program.offset_s,
        "phases": [[phase.duration_s, phase.state] for phase in program.phases],
        "source": sources.of_signal(program, subject.written_signals),
    } for program in subject.network.signals]


def _thing(thing: Thing, corner: Corner, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "kind": thing.kind, "name": thing.name, "at": None if thing.at is None else _whole(thing.at, corner),
        "links": [numbers[link] for link in thing.links if link in numbers],
        "lane": -1 if thing.lane is None else thing.lane,
        "facts": [[name, value, source] for name, value, source in thing.facts if value is not None],
    }


def _findings(subject: Subject, register: Register) -> list[dict[str, Any]]:
    levels = ("error", "warning", "info")
    return [{"level": one.level, "code": one.code, "where": one.where, "message": one.message, "remedy": one.remedy,
             "count": one.count, "at": [list(target) for target in register.places_of(one)]}
            for one in sorted(subject.findings, key=lambda one: levels.index(one.level))]
