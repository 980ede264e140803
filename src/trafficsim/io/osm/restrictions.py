"""Turn restrictions: relations become pairs of links from the one of which nobody turns into the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import networkx as nx

from trafficsim.design.inference.geometry import heading, heading_at_end, turn_angle
from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.source import OsmData, Relation
from trafficsim.io.osm.values import parts_of

LEFT_OUT = "osm-restriction-left-out"
CARS = {"motorcar", "motor_vehicle", "vehicle"}
MOST_LINKS_OVER = 10
"""A restriction over ways passes no more links (modelling assumption)."""
STRAIGHT_RAD, BACK_RAD = math.radians(45.0), math.radians(135.0)
Pair = tuple[str, str]


class OverWays(NamedTuple):
    """A restriction over ways that pairs of links cannot express: nobody may drive these links in this order."""

    links: tuple[str, ...]
    name: str


@dataclass
class Bans:
    """Banned turns as pairs of links, and restrictions over ways that await a junction that swallows the ways."""

    pairs: set[Pair] = field(default_factory=set)
    over_ways: list[OverWays] = field(default_factory=list)


class Links:
    """The links of a graph by id, and what leads to and from them."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self.graph = graph
        self.ends = {row["id"]: (tail, head) for tail, head, row in graph.edges(data=True)}
        self.last_way: dict[str, list[str]] = {}
        for *_, row in graph.edges(data=True):
            self.last_way.setdefault(row["osm_way"].split(";")[-1], []).append(row["id"])

    def arriving(self, node: str, ways: set[str]) -> list[dict[str, Any]]:
        """Return links into a node whose last part belongs to one of the ways."""
        return [row for *_, row in self.graph.in_edges(node, data=True) if row["osm_way"].split(";")[-1] in ways]

    def leaving(self, node: str, ways: set[str]) -> list[dict[str, Any]]:
        """Return links out of a node whose first part belongs to one of the ways."""
        return [row for *_, row in self.graph.out_edges(node, data=True) if row["osm_way"].split(";")[0] in ways]

    def sources(self, link: str) -> set[str]:
        """Return the links from which one comes into a link without turning round."""
        tail, head = self.ends[link]
        return {row["id"] for before, _, row in self.graph.in_edges(tail, data=True) if before != head}

    def targets(self, link: str) -> set[str]:
        """Return the links to which a link leads without turning round."""
        tail, head = self.ends[link]
        return {row["id"] for _, beyond, row in self.graph.out_edges(head, data=True) if beyond != tail}


def bans_of(data: OsmData, graph: nx.MultiDiGraph, ledger: Ledger) -> Bans:
    """Return the banned turns of a graph of links.

    A restriction over ways is a pair of links where its ways are entered and left by no other road than its own;
    others cannot be told by pairs and are listed.
    """
    bans, links = Bans(), Links(graph)
    roads = {int(way) for *_, row in graph.edges(data=True) for way in row["osm_way"].split(";")}
    for relation in sorted(data.relations, key=lambda one: one.id):
        own = [one.id in roads for one in relation.members if one.kind == "w"]
        if not any(own):
            continue
        word = _word(relation, ledger)
        if word and not all(own):
            ledger.note("ignored", "turn restriction of a road that is left out", f"relation {relation.id}")
            continue
        if not word:
            continue
        found = _bans(relation, word, links)
        if isinstance(found, str):
            ledger.repair(LEFT_OUT, f"relation {relation.id} ({word}): {found}")
            continue
        bans.pairs |= found.pairs
        bans.over_ways += found.over_ways
        over = " over a way" if _ways(relation, "via") else ""
        ledger.note("read", f"turn restriction {word}{over}", f"relation {relation.id}")
    return bans


def no_turning_round(graph: nx.MultiDiGraph) -> set[Pair]:
    """Return the turns by which vehicles would turn round on a motorway, where nothing else leads on."""
    found = set()
    for _, node, row in graph.edges(data=True):
        if row["osm_class"] not in ("motorway", "motorway_link"):
            continue
        for *_, other in graph.out_edges(node, data=True):
            if abs(turn_angle(heading_at_end(row["geometry"]), heading(other["geometry"]))) > BACK_RAD:
                found.add((row["id"], other["id"]))
    return found


def _word(relation: Relation, ledger: Ledger) -> str:
    """Return what is restricted (``no_left_turn``); a text without content where it does not concern cars now."""
    tags, where = relation.tags, f"relation {relation.id}"
    if not tags.get("type", "").startswith("restriction"):
        return ""
    word = next((tags[key] for key in ("restriction", *(f"restriction:{one}" for one in sorted(CARS)))
                 if tags.get(key)), "")
    if not word:
        kind = next((key for key in tags if key.startswith("restriction")), "restriction")
        act = f"turn restriction by time or weather ({kind})" if "conditional" in kind else \
            f"turn restriction of some vehicles only ({kind})"
        ledger.note("ignored", act, where)
        return ""
    excepted = set(parts_of(tags.get("except", "")))
    if excepted & CARS:
        ledger.note("ignored", "turn restriction that excepts cars", where)
        return ""
    if excepted - {"bicycle"}:
        ledger.note("ignored", f"exception from a turn restriction ({', '.join(sorted(excepted))})", where)
    return word if word.startswith(("no_", "only_")) else _unknown(word, ledger, where)


def _unknown(word: str, ledger: Ledger, where: str) -> str:
    ledger.repair("osm-value-unread", f"{where}: restriction={word}")
    return ""


def _ways(relation: Relation, role: str) -> set[str]:
    return {str(one.id) for one in relation.members if one.role == role and one.kind == "w"}


def _bans(relation: Relation, word: str, links: Links) -> Bans | str:
    """Return the bans of a relation, or why there are none."""
    starts, over, ends = (_ways(relation, role) for role in ("from", "via", "to"))
    nodes = [str(one.id) for one in relation.members if one.role == "via" and one.kind == "n"]
    if not starts or not ends:
        return "no way from, or no way to"
    if nodes:
        return _at_node(nodes[0], (starts, ends), word, links)
    return _over((starts, over, ends), word, links, f"relation {relation.id}") if over else "no via"


def _at_node(node: str, ways: tuple[set[str], set[str]], word: str, links: Links) -> Bans | str:
    if node not in links.graph:
        return f"via node {node} is no junction of roads"
    ins, outs = links.arriving(node, ways[0]), links.leaving(node, ways[1])
    if not ins or not outs:
        return f"no road of it {'begins' if ins else 'ends'} at node {node}"
    pairs = [(a, b) for a in ins for b in outs]
    if len(pairs) > 1 and len(ways[0]) == len(ways[1]) == 1:
        pairs = _fitting(pairs, word)
    named = {(a["id"], b["id"]) for a, b in pairs}
    if word.startswith("no_"):
        return Bans(named)
    others = [row["id"] for *_, row in links.graph.out_edges(node, data=True)]
    return Bans({(a["id"], other) for a, _ in pairs for other in others} - named)


Rows = tuple[dict[str, Any], dict[str, Any]]


def _fitting(pairs: list[Rows], word: str) -> list[Rows]:
    """Of several pairs of links, where a way passes the node, those that turn as the word says."""
    tests = {"left": lambda angle: STRAIGHT_RAD / 3 < angle < BACK_RAD * 1.2,
             "right": lambda angle: -BACK_RAD * 1.2 < angle < -STRAIGHT_RAD / 3,
             "straight": lambda angle: abs(angle) < STRAIGHT_RAD, "u": lambda angle: abs(angle) > BACK_RAD}
    test = tests.get(word.split("_")[1])
    fit = [(a, b) for a, b in pairs
           if test and test(turn_angle(heading_at_end(a["geometry"]), heading(b["geometry"])))]
    return fit or pairs


def _over(ways: tuple[set[str], set[str], set[str]], word: str, links: Links, name: str) -> Bans | str:
    """Bans over ways: by the shortest sequence of links that drives from, via and to."""
    starts, over, ends = ways
    first = [link for way in sorted(starts) for link in links.last_way.get(way, [])]
    found = [chain for link in first for chain in _chains(links, (link,), over, ends)]
    if not found:
        return "its ways do not follow each other"
    chain = min(found, key=lambda one: (len(one), one))
    if word.startswith("only_"):
        return _only_over(links, chain)
    place = _place_of_ban(links, chain)
    return Bans(over_ways=[OverWays(chain, name)]) if place is None else Bans({(chain[place], chain[place + 1])})


def _chains(links: Links, driven: tuple[str, ...], over: set[str], ends: set[str]) -> Iterator[tuple[str, ...]]:
    for *_, row in links.graph.out_edges(links.ends[driven[-1]][1], data=True):
        way = row["osm_way"].split(";")[0]
        if len(driven) > 1 and way in ends:
            yield (*driven, row["id"])
        elif way in over and row["id"] not in driven and len(driven) <= MOST_LINKS_OVER:
            yield from _chains(links, (*driven, row["id"]), over, ends)


def _place_of_ban(links: Links, chain: tuple[str, ...]) -> int | None:
    """Return the place of the turn that only those make who drive the whole sequence."""
    last = len(chain) - 1
    for place in range(last):
        before = all(links.sources(chain[n]) == {chain[n - 1]} for n in range(1, place + 1))
        after = all(links.targets(chain[n]) == {chain[n + 1]} for n in range(place + 1, last))
        if before and after:
            return place
    return None


def _only_over(links: Links, chain: tuple[str, ...]) -> Bans | str:
    if not all(links.sources(chain[n]) == {chain[n - 1]} for n in range(1, len(chain) - 1)):
        return "only_ over ways that others use too"
    return Bans({(chain[-2], other) for other in links.targets(chain[-2])} - {(chain[-2], chain[-1])})
