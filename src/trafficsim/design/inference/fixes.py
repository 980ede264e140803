"""Apply the entries of a fixes file to a graph, before junctions are worked out from it.

Of entries that set one thing the more exact one stands: an id before a point, a point before a way, a way before a
name; of equally exact ones the later one, and that is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import networkx as nx

from trafficsim.base.errors import NetworkError
from trafficsim.design.inference.fix_joins import join_nodes
from trafficsim.design.inference.fix_report import FixReport
from trafficsim.design.inference.fix_selection import Catalogue
from trafficsim.design.inference.legs import BANNED
from trafficsim.spec.fixes import Fixes, JunctionFix, LinkFix, TurnFix
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, complete

SHAPES_JUNCTIONS = {"lanes", "turn_lanes", "allow", "priority", "road_class"}
"""Attributes of links that decide which ways lead through the junctions at their ends, and who goes first there."""
SHAPES_ITSELF = {"control", "nearside_turn_on_red"}
"""Attributes of a junction that do."""
PER_LANE = ("turn_lanes", "allow", "lane_length_m")
SIGNS = ("give_way_at_end", "stop_at_end")
"""Attributes of a link: whether this sign stands at its end."""
Turn = tuple[str, str]


class Setting(NamedTuple):
    """Who set a value: the entry, how exact it selects, and the value."""

    entry: str
    exactness: int
    value: Any


@dataclass
class FixedGraph:
    """A graph with fixes applied, and what they ask of its junctions.

    Attributes
    ----------
    graph : with the changed attributes, which say so in their ``origins``
    report : what became of every entry
    banned, allowed : turns by link ids, with the entry that names each
    touched : nodes whose ways have to be worked out again
    """

    graph: nx.MultiDiGraph[Any]
    report: FixReport
    banned: dict[Turn, str] = field(default_factory=dict)
    allowed: dict[Turn, str] = field(default_factory=dict)
    touched: set[Any] = field(default_factory=set)
    _set: dict[tuple[str, str], Setting] = field(default_factory=dict)
    _before: dict[tuple[str, str], Any] = field(default_factory=dict)


def fixed_graph(graph: nx.MultiDiGraph[Any], fixes: Fixes) -> FixedGraph:
    """Return a copy of a graph with every entry applied that can be; signal programs wait for the movements.

    Parameters
    ----------
    graph
        With all attributes of the reference page *Network*; it is not changed.
    fixes
        What to apply.
    """
    made = FixedGraph(nx.MultiDiGraph(graph), FixReport(fixes.source))
    _join_all(made, fixes.junction)
    catalogue = Catalogue(made.graph)
    _set_links(made, fixes.link, catalogue)
    _set_junctions(made, fixes.junction, catalogue)
    _make_signals(made, fixes, catalogue)
    _set_turns(made, fixes, catalogue)
    _remove_links(made, fixes.link, catalogue)
    return made


def set_attributes(
    made: FixedGraph, attributes: dict[str, Any], values: Mapping[str, Any], entry: str, thing: str
) -> None:
    """Write values with their origins; lists per lane that no longer fit are dropped, which is noted."""
    dropped = [name for name in PER_LANE if attributes.get(name) and name not in values
               and len(attributes[name]) != values.get("lanes", attributes.get("lanes"))]
    origins = {name: text for name, text in (attributes.get("origins") or {}).items() if name not in dropped}
    attributes.update({**dict.fromkeys(dropped), **values})
    attributes["origins"] = {**origins, **dict.fromkeys(values, made.report.origin(entry))}
    for name in dropped:
        made.report.note("fix-follows", thing, f"{name} is worked out anew: it does not fit the lanes of {entry}")


def _set_links(made: FixedGraph, entries: Sequence[LinkFix], catalogue: Catalogue) -> None:
    ordered = sorted(enumerate(entries), key=lambda row: _exactness(row[1]))
    for index, entry in ordered:
        place = f"link[{index}]"
        links = [] if entry.remove else catalogue.links(entry, place, made.report)
        told: set[str] = set()
        done = sum(_set_link(made, catalogue, link, (place, entry), told) for link in links)
        if done:
            made.report.count(place, done)
        _tell_needless(made, links, entry.settings(), place)


def _exactness(entry: LinkFix) -> int:
    """Order in which entries apply: what selects more exactly comes later and stands."""
    return 0 if entry.name is not None else 1 if entry.way is not None else 2 if entry.id is None else 3


def _set_link(
    made: FixedGraph, catalogue: Catalogue, link: str, named: tuple[str, LinkFix], told: set[str]
) -> bool:
    place, entry = named
    attributes, values = catalogue.attributes(link), entry.settings()
    trial = {name: None if name in PER_LANE and name not in values else value for name, value in attributes.items()}
    try:
        checked = complete({**trial, **values}, EDGE_ATTRIBUTES, f"link {link!r}")
    except NetworkError as error:
        if "" not in told:
            made.report.impossible(place, f"{error.where}: {error.found}; expected {error.expected}", error.remedy)
        told.add("")
        return False
    values = {name: checked[name] for name in values}
    if any(attributes.get(name) != values[name] for name in SHAPES_JUNCTIONS & values.keys()):
        made.touched.update(catalogue.by_id[link][:2])
    for name, value in values.items():
        _tell_contradiction(made, (link, name), Setting(place, _exactness(entry), value), told)
        made._before.setdefault((link, name), attributes.get(name))
    set_attributes(made, attributes, values, place, f"link {link!r}")
    return True


def _tell_contradiction(made: FixedGraph, what: tuple[str, str], new: Setting, told: set[str]) -> None:
    old = made._set.get(what)
    if old is not None and old.exactness == new.exactness and old.value != new.value and what[1] not in told:
        made.report.contradicted(new.entry, old.entry, f"{what[1]} of {what[0]!r}: {old.value} and {new.value}")
        told.add(what[1])
    made._set[what] = new


def _tell_needless(made: FixedGraph, things: Iterable[str], values: Mapping[str, Any], place: str) -> None:
    """Tell values that all things of an entry had before."""
    for name in values:
        setters = [made._set.get((thing, name)) for thing in things]
        same = [one is not None and one.value == made._before[thing, name] for thing, one in
                zip(things, setters, strict=True)]
        if same and all(same):
            made.report.needless(place, f"{name} = {values[name]} is so already")


def _set_junctions(made: FixedGraph, entries: Sequence[JunctionFix], catalogue: Catalogue) -> None:
    for index, entry in enumerate(entries):
        place = f"junction[{index}]"
        if not (entry.settings() or entry.give_way or entry.stop):
            continue
        node = catalogue.junction(entry, place, made.report)
        if node is None:
            continue
        if entry.settings():
            _set_junction(made, node, entry, place)
        for sign, names in zip(SIGNS, (entry.give_way, entry.stop), strict=True):
            for name in names:
                _set_sign(made, catalogue, (node, name, sign), place)


def _set_junction(made: FixedGraph, node: Any, entry: JunctionFix, place: str) -> None:
    attributes, values = made.graph.nodes[node], entry.settings()
    for name, value in values.items():
        _tell_contradiction(made, (f"junction {node}", name), Setting(place, 0, value), set())
        made._before.setdefault((f"junction {node}", name), attributes.get(name))
    checked = complete({**attributes, **values}, NODE_ATTRIBUTES, f"junction {node!r}")
    if any(attributes.get(name) != values.get(name) for name in SHAPES_ITSELF & values.keys()):
        made.touched.add(node)
    set_attributes(made, attributes, {name: checked[name] for name in values}, place, f"junction {node!r}")
    _tell_needless(made, [f"junction {node}"], values, place)
    made.report.count(place)


def _set_sign(made: FixedGraph, catalogue: Catalogue, what: tuple[Any, str | int, str], place: str) -> None:
    node, name, sign = what
    links = catalogue.named(name, place, made.report)
    here = [link for link in links if catalogue.by_id[link][1] == node]
    if links and not here:
        made.report.impossible(place, f"{name!r} does not lead to junction {str(node)!r}", "name an approach of it")
    for link in here:
        _tell_contradiction(made, (link, "sign"), Setting(place, 0, sign), set())
        values = {one: one == sign for one in SIGNS}
        if any(bool(catalogue.attributes(link).get(one)) != values[one] for one in SIGNS):
            made.touched.add(node)
        set_attributes(made, catalogue.attributes(link), values, place, f"link {link!r}")
        made.report.count(place)


def _make_signals(made: FixedGraph, fixes: Fixes, catalogue: Catalogue) -> None:
    """A junction with a program has a signal, whatever the extract says."""
    for index, entry in enumerate(fixes.signal):
        node = catalogue.by_node.get(str(entry.junction))
        if node is None or made.graph.nodes[node].get("control") == "signal":
            continue  # who is not there is told when the programs are set; it may be the name of a controller
        place = f"signal[{index}]"
        set_attributes(made, made.graph.nodes[node], {"control": "signal"}, place, f"junction {node!r}")
        made.touched.add(node)


def _set_turns(made: FixedGraph, fixes: Fixes, catalogue: Catalogue) -> None:
    """Ban and allow turns, in the attribute of nodes that the inference of junctions reads."""
    _turns(made, made.banned, "ban", fixes.ban, catalogue)
    _turns(made, made.allowed, "allow_turn", fixes.allow_turn, catalogue)
    for turn in made.banned.keys() & made.allowed.keys():
        made.report.contradicted(made.banned[turn], made.allowed[turn], f"the turn from {turn[0]!r} to {turn[1]!r}; "
                                 "it stays allowed")
        del made.banned[turn]
    for turn, place in (*made.banned.items(), *made.allowed.items()):
        node = made.graph.nodes[catalogue.by_id[turn[0]][1]]
        others = [pair for pair in node.get(BANNED, ()) if tuple(pair) != turn]
        if turn in made.banned and len(others) < len(node.get(BANNED, ())):
            made.report.needless(place, f"the turn from {turn[0]!r} to {turn[1]!r} is banned already")
        node[BANNED] = [*others, list(turn)] if turn in made.banned else others


def _turns(
    made: FixedGraph, into: dict[Turn, str], table: str, entries: Sequence[TurnFix], catalogue: Catalogue
) -> None:
    for index, entry in enumerate(entries):
        place = f"{table}[{index}]"
        before = len(made.report.findings())
        starts = catalogue.named(entry.from_link, place, made.report)
        ends = catalogue.named(entry.to_link, place, made.report)
        via = None if entry.via is None else catalogue.node(entry.via, place, made.report)
        found = [(start, end) for start in starts for end in ends
                 if (node := catalogue.by_id[start][1]) == catalogue.by_id[end][0] and (via is None or node == via)]
        if not found and len(made.report.findings()) == before:
            made.report.impossible(place, f"{entry.from_link!r} does not lead to {entry.to_link!r}"
                                   + ("" if via is None else f" at {entry.via!r}"), "name two links that meet")
        for turn in found:
            into[turn] = place
            if table == "allow_turn":
                made.touched.add(catalogue.by_id[turn[0]][1])
        if found:
            made.report.count(place, len(found))


def _remove_links(made: FixedGraph, entries: Sequence[LinkFix], catalogue: Catalogue) -> None:
    gone: dict[str, str] = {}
    for index, entry in enumerate(entries):
        place = f"link[{index}]"
        for link in catalogue.links(entry, place, made.report) if entry.remove else ():
            other = next((one.entry for (name, _), one in made._set.items() if name == link), None)
            if other is not None:
                made.report.contradicted(place, other, f"link {link!r} is set and removed; it is removed")
            gone[link] = place
            made.report.count(place)
    for link in gone:
        tail, head, key = catalogue.by_id[link]
        made.graph.remove_edge(tail, head, key)
        made.touched.update((tail, head))
    alone = [node for node in made.touched if node in made.graph and made.graph.degree(node) == 0]
    made.graph.remove_nodes_from(alone)
    made.touched.difference_update(alone)


def _join_all(made: FixedGraph, entries: Sequence[JunctionFix]) -> None:
    for index, entry in enumerate(entries):
        place = f"junction[{index}]"
        if not (entry.join or entry.split):
            continue
        catalogue = Catalogue(made.graph)
        nodes = {node: None for name in entry.nodes if (node := catalogue.node(name, place, made.report)) is not None}
        if entry.split and nodes:
            _tell_split(made, next(iter(nodes)), place)
        elif entry.join and len(nodes) > 1:
            made.touched.add(join_nodes(made.graph, list(nodes), made.report.origin(place)))
            made.touched.difference_update(node for node in nodes if node not in made.graph)
            made.report.count(place)
        elif entry.join and nodes:
            made.report.count(place)  # consolidation has joined them on request


def _tell_split(made: FixedGraph, node: Any, place: str) -> None:
    members = [one for one in str(made.graph.nodes[node].get("osm_nodes") or node).split(";") if one]
    if len(members) > 1:
        made.report.impossible(place, f"junction {str(node)!r} was joined from {len(members)} nodes already",
                               "import the extract again with --fixes")
    else:
        made.report.count(place)
