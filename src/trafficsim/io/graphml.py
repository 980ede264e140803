"""Read road graphs in GraphML, as OSMnx and NetworkX write them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import networkx as nx
from defusedxml.ElementTree import DefusedXMLParser

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.repairs import REPAIRS
from trafficsim.design.inference.osmnx_ids import from_osmnx
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.xml import MOST_DEPTH, MOST_DIGITS, parse_xml
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
NUMBERS = {one.name for one in (*EDGE_ATTRIBUTES, *NODE_ATTRIBUTES) if one.kind == "number"}
"""Attributes of ours that OSMnx would write as texts."""


@dataclass(frozen=True, slots=True)
class Key:
    """An attribute that a GraphML file declares: its name and type."""

    name: str
    kind: str


@dataclass
class _Reader:
    """Target of the parser: nodes, edges and their attributes.

    Attributes
    ----------
    directed : whether the edges are; ``None`` before the graph begins
    nodes, edges : attributes of each; edges with their ends and key
    """

    file: str
    parser: DefusedXMLParser | None = None
    directed: bool | None = None
    keys: dict[str, Key] = field(default_factory=dict)
    whole: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    edges: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    _open: list[str] = field(default_factory=list)
    _into: list[dict[str, Any]] = field(default_factory=list)
    _key: Key | None = None
    _text: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        tag = tag.rpartition("}")[2]
        if not self._open and tag != "graphml":
            raise self._error(f"root element <{tag}>", "<graphml>", "give a file that OSMnx or NetworkX has written")
        self._open.append(tag)
        if len(self._open) > MOST_DEPTH:
            raise self._error(f"elements nested more than {MOST_DEPTH} deep", "a graph", "check where the file is from")
        match tag:
            case "key":
                self.keys[attributes.get("id", "")] = Key(attributes.get("attr.name", ""),
                                                          attributes.get("attr.type", "string"))
            case "graph":
                self._begin_graph(attributes)
            case "node":
                self._into.append(self.nodes.setdefault(self._need(attributes, "id"), {}))
            case "edge":
                ends = [self._need(attributes, name) for name in ("source", "target")]
                self.edges.append((*ends, attributes.get("id", ""), {}))  # type: ignore[arg-type]
                self._into.append(self.edges[-1][3])
            case "data":
                self._key, self._text = self.keys.get(attributes.get("key", "")), []
                if self._key is None:
                    self.unknown[attributes.get("key", "")] += 1

    def data(self, text: str) -> None:
        """Take what stands between tags."""
        if self._key is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        tag = self._open.pop()
        if tag in ("node", "edge", "graph"):
            self._into.pop()
        elif tag == "data" and self._key is not None and self._into:
            self._into[-1][self._key.name] = self._value(self._key, "".join(self._text).strip())
            self._key = None

    def close(self) -> None:
        """End the file."""

    def _begin_graph(self, attributes: dict[str, str]) -> None:
        if self.directed is not None:
            raise self._error("a second graph", "one graph", "write each graph to a file of its own")
        self.directed = attributes.get("edgedefault") == "directed"
        self._into.append(self.whole)

    def _value(self, key: Key, text: str) -> Any:
        kind = {"long": "int", "double": "float"}.get(key.kind, key.kind)
        if kind == "boolean" and text.lower() in BOOLEANS:
            return BOOLEANS[text.lower()]
        if kind == "boolean":
            raise self._error(f"{key.name} = {quoted(text)}", "true or false", "correct the value")
        if kind in ("int", "float") or key.name in NUMBERS:
            return self._number(key, text, whole=kind == "int")
        return text

    def _number(self, key: Key, text: str, *, whole: bool) -> float | int:
        try:
            number = float(text)
        except ValueError:
            number = math.inf
        if abs(number) == math.inf or (whole and not (number.is_integer() and len(text) <= MOST_DIGITS)):
            raise self._error(f"{key.name} = {quoted(text)}", "a whole number" if whole else "a finite number",
                              "correct the value")
        return int(number) if whole else number

    def _need(self, attributes: dict[str, str], name: str) -> str:
        if not attributes.get(name):
            raise self._error(f"<{self._open[-1]}> without {name}", f'{name}="..."', f"add {name}")
        return attributes[name]

    def _error(self, found: str, expected: str, remedy: str) -> InputError:
        line = self.parser.parser.CurrentLineNumber if self.parser is not None else 0
        return InputError(f"{self.file}, line {line}", found, expected, remedy)


def read_graphml(network: Path, *, hand: str = "right", fixes: Fixes | None = None) -> Imported:
    """Import a road graph in GraphML: of OSMnx, or any directed graph of NetworkX with attributes of ours.

    Parameters
    ----------
    network
        ``.graphml``, plain or gzip.
    hand
        Side of driving, ``right`` or ``left``.
    fixes
        What is known better than the graph says.

    Raises
    ------
    InputError
        If the file is missing, no GraphML, hostile, or a value does not have the type that it declares.
    NetworkError
        If the graph is undirected or empty, or a value cannot be used.

    Examples
    --------
    >>> read_graphml(Path("nowhere.graphml"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.graphml: found no such file; expected a file that can be read. Remedy: \
correct the path or its permissions.
    """
    path, ledger = Path(network), Ledger("osmnx")
    graph = read_graph(path, ledger)
    made = from_osmnx(graph, fixes=fixes, left_hand_traffic=hand == "left")
    findings = ledger.findings()
    repaired = tuple(one for one in findings if one.code in REPAIRS)
    done = replace(made, findings=(*made.findings, *repaired))
    return Imported(done, findings=findings, counts=ledger.counts(), description=f"Made from {path.name}.")


def read_graph(path: Path, ledger: Ledger) -> nx.MultiDiGraph[Any]:
    """Read a directed graph, with its attributes in the types that the file declares.

    Raises
    ------
    InputError
        If the file cannot be read, or its edges have no direction.
    """
    found = _Reader(path.name)
    parse_xml(path, found)
    if not found.directed:
        raise InputError(str(path), "no graph" if found.directed is None else "a graph without directions",
                         '<graph edgedefault="directed">', "write it before it is made undirected")
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(**{str(name): value for name, value in found.whole.items()})
    for node, attributes in found.nodes.items():
        graph.add_node(node, **attributes)
    for tail, head, key, attributes in found.edges:
        if tail not in found.nodes or head not in found.nodes:
            ledger.repair("edge-left-out", f"{path.name}: edge {tail}->{head}")
            continue
        known = int(key) if key.isascii() and key.isdigit() and len(key) <= MOST_DIGITS else key or None
        new = graph.add_edge(tail, head, key=None if graph.has_edge(tail, head, known) else known)
        graph.edges[tail, head, new].update(attributes)
    ledger.note("read", "node", str(path), times=len(graph))
    ledger.note("read", "edge", str(path), times=graph.number_of_edges())
    for name, times in found.unknown.items():
        ledger.note("ignored", f"data of key {name!r}, which the file does not declare", str(path), times=times)
    return graph
