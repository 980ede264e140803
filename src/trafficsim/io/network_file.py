"""Network files: JSON, optionally compressed, read back exactly as written."""

from __future__ import annotations

import gzip
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import networkx as nx
from pydantic import ValidationError

from trafficsim.base.errors import InputError, MachineError, NetworkError, quoted
from trafficsim.base.findings import Finding
from trafficsim.base.old_names import with_new_keys
from trafficsim.io.files import MEBIBYTE, MOST_DEPTH, nested_deeper, read_bytes
from trafficsim.io.imported import Imported
from trafficsim.io.mistakes import mistake
from trafficsim.spec.control import SignalControl
from trafficsim.spec.crossing import PedestrianCrossing
from trafficsim.spec.model import Model
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, Attribute, complete
from trafficsim.spec.signal_schedule import SignalSchedule
from trafficsim.spec.signals import SignalProgram

FORMAT, VERSION = "trafficsim network", 1
BUDGET = (512 * MEBIBYTE, 20.0)
"""Most bytes of a network file, and the memory that each takes; a network of 80,800 lanes has some 30 MiB."""
TABLES = ("graph", "groups", "paths")
KINDS = {list: "list", dict: "table"}
LEVELS = ("error", "warning", "info")
LISTS = ("nodes", "links", "connections", "signals", "findings")


class _Controls(Model):
    controls: tuple[SignalControl, ...] = ()


def write_network(network: Network, path: str | Path) -> None:
    """Write a network to a JSON file; a name that ends in ``.gz`` is compressed.

    Attributes outside the schema are kept as far as JSON can hold them.

    Raises
    ------
    InputError
        If an attribute or node name cannot be written as JSON.
    MachineError
        If the file cannot be written.
    """
    path = Path(path)
    try:
        text = json.dumps(_content(network), indent=None, separators=(",", ":"), allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise InputError(str(path), str(error), "attributes that are text, finite numbers, lists or tables",
                         "convert or remove the attribute") from None
    data = text.encode()
    try:
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "choose another folder, or free space") from None


def read_network(path: str | Path) -> Network:
    """Read a network from a file made by :func:`write_network`.

    Raises
    ------
    InputError
        If the file is missing, truncated, too large, no JSON, or no network file.
    NetworkError
        If a node, link, connection or program in it is wrong.
    """
    path = Path(path)
    content = _parsed(path)
    graph = _graph(content, path)
    links = {str(attributes["id"]) for _, _, attributes in graph.edges(data=True)}
    return Network(
        graph=graph,
        connections=tuple(_model(Connection, row, f"{path}: connections[{n}]")
                          for n, row in enumerate(content["connections"])),
        signals=tuple(_model(SignalProgram, row, f"{path}: signals[{n}]") for n, row in enumerate(content["signals"])),
        groups=_sets(content, "groups", links, path), paths=_sets(content, "paths", links, path),
        findings=tuple(_finding(row, f"{path}: findings[{n}]") for n, row in enumerate(content["findings"])),
        left_hand_traffic=bool(content.get("left_hand_traffic", False)),
        schedules=tuple(_model(SignalSchedule, row, f"{path}: schedules[{n}]")
                        for n, row in enumerate(content.get("schedules", []))),
        controls=_controls(content, path),
        crossings=tuple(_model(PedestrianCrossing, row, f"{path}: crossings[{n}]")
                        for n, row in enumerate(content.get("crossings", []))),
    )


def read_imported(path: Path) -> Imported:
    """Read a network as every importer brings it; nothing comes with it.

    Raises
    ------
    InputError, NetworkError
        As :func:`read_network` does.
    """
    return Imported(read_network(path))


def network_schema() -> dict[str, Any]:
    """Return the JSON Schema of network files."""
    definitions: dict[str, Any] = {}
    items = {}
    for name, model in (("connections", Connection), ("signals", SignalProgram), ("schedules", SignalSchedule),
                        ("controls", SignalControl), ("crossings", PedestrianCrossing)):
        schema = model.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(schema.pop("$defs", {}))
        items[name] = schema
    node = _object({"id": {"type": ["string", "integer"]}}, NODE_ATTRIBUTES, ["id"])
    link = _object({"from": {"type": ["string", "integer"]}, "to": {"type": ["string", "integer"]},
                    "key": {}}, EDGE_ATTRIBUTES, ["from", "to", "id", "length_m"])
    sets = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    return {
        "title": "Network", "type": "object", "required": ["format", "version", *LISTS], "$defs": definitions,
        "properties": {
            "format": {"const": FORMAT}, "version": {"const": VERSION}, "left_hand_traffic": {"type": "boolean"},
            "graph": {"type": "object"}, "nodes": {"type": "array", "items": node},
            "links": {"type": "array", "items": link}, "groups": sets, "paths": sets,
            "findings": {"type": "array", "items": {"type": "object"}},
            **{name: {"type": "array", "items": schema} for name, schema in items.items()},
        },
    }


def _content(network: Network) -> dict[str, Any]:
    return {
        "format": FORMAT, "version": VERSION, "left_hand_traffic": network.left_hand_traffic,
        "graph": dict(network.graph.graph),
        "nodes": [{"id": node, **attributes} for node, attributes in network.graph.nodes(data=True)],
        "links": [{"from": tail, "to": head, "key": key, **attributes}
                  for tail, head, key, attributes in network.graph.edges(keys=True, data=True)],
        "connections": [movement.model_dump(exclude_defaults=True) for movement in network.connections],
        "signals": [program.model_dump(exclude=None if program.origin else {"origin"})
                    for program in network.signals],
        "groups": {name: list(ids) for name, ids in network.groups.items()},
        "paths": {name: list(ids) for name, ids in network.paths.items()},
        "findings": [_row(finding) for finding in network.findings],
        **({"schedules": [one.model_dump() for one in network.schedules]} if network.schedules else {}),
        **({"controls": [one.model_dump(exclude_defaults=True) for one in network.controls]}
           if network.controls else {}),
        **({"crossings": [one.model_dump() for one in network.crossings]} if network.crossings else {}),
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:  # a NumPy number
        return value.item()
    raise TypeError(f"a value of type {type(value).__name__}")


def _parsed(path: Path) -> dict[str, Any]:
    data = read_bytes(path, BUDGET)
    try:
        content = json.loads(data.decode(), parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError as error:
        raise InputError(str(path), f"no valid JSON ({error})", "a network file",
                         "write it again with write_network, or trafficsim import") from None
    if nested_deeper(content):
        raise _too_deep(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path}: format", "no network file", f'JSON with "format": "{FORMAT}"',
                         "name a file made by write_network or trafficsim import")
    if content.get("version") != VERSION:
        raise InputError(f"{path}: version", quoted(content.get("version")), str(VERSION), "update trafficsim")
    for names, kind in ((LISTS, list), (("schedules", "controls", "crossings"), list), (TABLES, dict)):
        for name in names:
            if not isinstance(content.get(name, None if names is LISTS else kind()), kind):
                raise InputError(f"{path}: {name}", f"no {KINDS[kind]}", f"a {KINDS[kind]}",
                                 "the file is incomplete; write it again")
    return {**content, **{name: list(map(with_new_keys, content[name])) for name in ("nodes", "connections")}}


def _too_deep(path: Path) -> InputError:
    return InputError(str(path), f"tables or lists more than {MOST_DEPTH} deep", "a network file",
                      "write it again with write_network, or trafficsim import")


def _graph(content: dict[str, Any], path: Path) -> nx.MultiDiGraph[Any]:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.graph.update(content.get("graph", {}))
    for place, row in enumerate(content["nodes"]):
        node = _taken(row, "id", f"{path}: nodes[{place}]")
        if node in graph:
            raise NetworkError(f"{path}: nodes[{place}].id", f"{quoted(node)} a second time", "unique ids",
                               "rename or remove one of the nodes")
        graph.add_node(node, **_completed(row, NODE_ATTRIBUTES, f"{path}: node {quoted(node)}", {"id"}))
    for place, row in enumerate(content["links"]):
        _add_link(graph, row, f"{path}: links[{place}]")
    return graph


def _sets(content: dict[str, Any], key: str, links: set[str], path: Path) -> dict[str, tuple[str, ...]]:
    """Groups or paths: named lists of ids of links."""
    for name, ids in content.get(key, {}).items():
        for link in ids if isinstance(ids, list) else [ids]:
            if not isinstance(link, str) or link not in links:
                raise NetworkError(f"{path}: {key}.{name}", quoted(link), "a list of ids of links",
                                   "correct the id, or add the link")
    return {name: tuple(ids) for name, ids in content.get(key, {}).items()}


def _no_constant(name: str) -> float:
    raise ValueError(f"the number {name}")


def _add_link(graph: nx.MultiDiGraph[Any], row: Any, place: str) -> None:
    tail, head = _taken(row, "from", place), _taken(row, "to", place)
    link = _taken(row, "id", place)
    for node in (tail, head):
        if node not in graph:
            raise NetworkError(f"{place} ({quoted(link)})", f"an unknown node {quoted(node)}",
                               "the id of a node in the file",
                               "correct 'from' and 'to', or add the node")
    attributes = _completed(row, EDGE_ATTRIBUTES, f"{place} ({quoted(link)})", {"from", "to", "key"})
    if attributes["length_m"] is None:
        raise NetworkError(f"{place} ({quoted(link)}): length_m", "nothing", "a length in metres", "add length_m")
    key = row.get("key")
    if isinstance(key, list | dict):
        raise NetworkError(f"{place}.key", quoted(key), "a text or a whole number", "correct or remove it")
    graph.add_edge(tail, head, key=key, **attributes)


def _taken(row: Any, name: str, place: str) -> Hashable:
    if not isinstance(row, dict) or not isinstance(row.get(name), str | int) or isinstance(row[name], bool):
        raise NetworkError(f"{place}.{name}", "nothing usable", "a name", f"add {name!r}")
    value: str | int = row[name]
    return value


def _completed(row: dict[str, Any], table: tuple[Attribute, ...], place: str, without: set[str]) -> dict[str, Any]:
    return complete({name: value for name, value in row.items() if name not in without}, table, place)


def _model(model: Any, row: Any, place: str) -> Any:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise NetworkError(f"{place}{'.' if key else ''}{key}", quoted(first["input"]), first["msg"],
                           "correct the value, or write the file again") from None


def _controls(content: dict[str, Any], path: Path) -> tuple[SignalControl, ...]:
    """Controllers that react; people know them by their ids, and what they refuse says more than their rows would."""
    rows = {"controls": content.get("controls", [])}
    try:
        return _Controls.model_validate(rows).controls
    except ValidationError as error:
        raise mistake(error, _Controls, rows, str(path)) from None


def _row(finding: Finding) -> dict[str, Any]:
    more = {"count": finding.count} if finding.count > 1 else {}
    places = {"places": list(finding.places)} if finding.places else {}
    return {**finding.as_dict(), **more, **places}


def _finding(row: Any, place: str) -> Finding:
    try:
        texts = {name: part for name, part in row.items() if name not in ("count", "places")}
        count, places = row.get("count", 1), row.get("places", [])
        if not all(isinstance(part, str) for part in texts.values()) or row.get("level") not in LEVELS:
            raise TypeError
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise TypeError
        if not isinstance(places, list) or not all(isinstance(one, str) for one in places):
            raise TypeError
        return Finding(**texts, count=count, places=tuple(places))
    except (TypeError, AttributeError):
        raise InputError(place, "no finding", "level, code, where, message", "write the file again") from None


def _object(own: dict[str, Any], table: tuple[Attribute, ...], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "required": required,
            "properties": {**own, **{attribute.name: _property(attribute) for attribute in table}}}


def _property(attribute: Attribute) -> dict[str, Any]:
    kinds = {"text": "string", "choice": "string", "integer": "integer", "number": "number"}
    schema: dict[str, Any] = {"type": [kinds.get(attribute.kind, "array"), "null"]}
    unit = f" ({attribute.unit})" if attribute.unit else ""
    schema["description"] = attribute.meaning + unit
    if attribute.kind == "choice":
        schema["enum"] = [*attribute.choices, None]
    if attribute.kind in ("integer", "number"):
        if attribute.low is not None:
            schema["minimum"] = attribute.low
        if attribute.high is not None:
            schema["maximum"] = attribute.high
    return schema
