"""Where findings lie: what their texts name is looked up among all that is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trafficsim.base.findings import Finding
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Network

NAMED = re.compile(r"(?P<kind>[A-Za-z]+) (?P<quoted>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
"""As findings name things: ``link 'a'``."""
NUMBERED = re.compile(r"\b(?P<kind>connection|way|node) (?P<number>-?\d+)\b")
KINDS = {
    "link": "link", "edge": "link", "lane": "link", "node": "node", "junction": "node", "signal": "signal",
    "tlLogic": "signal", "program": "signal", "detector": "detector", "inductionLoop": "detector", "zone": "zone",
    "group": "group", "path": "path", "flow": "flow", "trip": "trip", "way": "way", "vehicle": "trip",
}
ORDER = ("link", "node", "signal", "detector", "zone", "flow", "trip")
ABOUT_JUNCTIONS = frozenset({
    "movements-inferred", "no-coordinates", "right-of-way-cut", "turning-place", "signal-program-default",
    "control-read", "node-renamed", "turn-not-marked", "turn-lane-without-exit",
})
"""Findings that name junctions: a link may have the same name."""
MOST_OF_ONE = 60
"""Places of one name, such as the links of a long way."""


class Target(NamedTuple):
    """One thing that is drawn: its kind, and its number among those of its kind."""

    kind: str
    number: int


class Register:
    """Everything that a finding can name.

    Parameters
    ----------
    network
        Links, nodes, signals, groups and paths.
    demand
        Flows and trips lie where they begin.
    things
        Kind (``detector``, ``zone``) and name of everything else that is drawn, in the order of the map.
    """

    def __init__(self, network: Network, demand: Demand, things: Iterable[tuple[str, str]] = ()) -> None:
        self._places: dict[str, dict[str, list[Target]]] = {
            kind: {} for kind in (*ORDER, "group", "path", "way", "osm node")}
        self._connections = len(network.connections)
        self._network(network)
        for number, (kind, name) in enumerate(things):
            if kind in self._places:
                self._add(kind, name, Target("thing", number))
        for row in demand.flows:
            self._begins("flow", row.id, row.route[0] if row.route else row.origin)
        for trip in demand.trips:
            self._begins("trip", trip.id, trip.route[0] if trip.route else trip.origin)

    def _begins(self, kind: str, name: str, link: str | None) -> None:
        for target in self._places["link"].get(str(link), ()):
            self._add(kind, name, target)

    def _network(self, network: Network) -> None:
        for number, (_, _, link) in enumerate(network.graph.edges(data=True)):
            self._add("link", str(link.get("id")), Target("link", number))
            for osm_way in str(link.get("osm_way") or "").split(";"):
                self._add("way", osm_way, Target("link", number))
        for number, (node, attributes) in enumerate(network.graph.nodes(data=True)):
            self._add("node", str(node), Target("node", number))
            for osm_node in str(attributes.get("osm_nodes") or "").split(";"):
                self._add("osm node", osm_node, Target("node", number))
        for number, program in enumerate(network.signals):
            self._add("signal", program.id, Target("signal", number))
        for kind, sets in (("group", network.groups), ("path", network.paths)):
            for name, ids in sets.items():
                for member in ids[:MOST_OF_ONE]:
                    for target in self._places["link"].get(member, ()):
                        self._add(kind, name, target)

    def _add(self, kind: str, name: str, target: Target) -> None:
        if name:
            self._places[kind].setdefault(name, []).append(target)

    def places_of(self, finding: Finding) -> list[Target]:
        """Return what a finding is about, each once; empty for what has no place.

        Examples
        --------
        >>> from trafficsim.design.synthetic import ring
        >>> register = Register(ring(1000, links=2), Demand())
        >>> register.places_of(Finding("info", "short-link", "ring0, ring1", ""))
        [Target(kind='link', number=0), Target(kind='link', number=1)]
        """
        texts = finding.places or (finding.where,)
        found = dict.fromkeys(target for text in texts for target in self._named(text))
        if not found:
            names = finding.places or finding.where.removesuffix(" ...").split(", ")
            found = dict.fromkeys(self._listed(names, finding.code))
        if not found:
            found = dict.fromkeys(self._named(finding.message))
        return list(found)

    def _named(self, text: str) -> Iterator[Target]:
        for match in NAMED.finditer(text):
            name = re.sub(r"\\(.)", r"\1", match["quoted"][1:-1])
            kind = KINDS.get(match["kind"])
            yield from self._lookup(kind, name) if kind else ()
        for match in NUMBERED.finditer(text):
            number = int(match["number"])
            if match["kind"] == "connection" and 0 <= number < self._connections:
                yield Target("connection", number)
            elif match["kind"] == "way":
                yield from self._places["way"].get(match["number"], ())[:MOST_OF_ONE]
            elif match["kind"] == "node":
                yield from self._lookup("node", match["number"])

    def _lookup(self, kind: str, name: str) -> list[Target]:
        found = self._places[kind].get(name, [])
        if not found and kind == "node":
            found = self._places["osm node"].get(name, []) or self._places["signal"].get(name, [])
        if not found and kind == "link":
            found = self._places["link"].get(name.rpartition("_")[0], [])  # a lane of SUMO: EDGE_LANE
        return found[:MOST_OF_ONE]

    def _listed(self, given: Iterable[str], code: str) -> Iterator[Target]:
        """Plain names, as the notes of an inference give them: all of one kind, if possible."""
        names = [re.sub(r" lane \d+$", "", name) for name in given]
        order = ("node", *ORDER) if code in ABOUT_JUNCTIONS else ORDER
        kinds = [kind for kind in order if all(name in self._places[kind] for name in names)]
        for name in names:
            kind = kinds[0] if kinds else next((one for one in order if name in self._places[one]), None)
            yield from self._lookup(kind, name) if kind else ()
