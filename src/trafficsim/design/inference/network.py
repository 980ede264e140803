"""Make a network of any road graph: fill defaults, infer lengths, connections, right of way and signal programs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import networkx as nx

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.design.inference.fix_signals import with_programs
from trafficsim.design.inference.fix_turns import tell_missing_turns
from trafficsim.design.inference.fixes import fixed_graph
from trafficsim.design.inference.given import Movement, joins_of
from trafficsim.design.inference.junction_shape import (
    GivenJoin,
    JunctionPath,
    JunctionShape,
    paths_given,
    paths_through,
)
from trafficsim.design.inference.legs import (
    ENTERS,
    LEAVES,
    Link,
    SeenJunction,
    ban_turns,
    shape_of,
    trimmed_length,
)
from trafficsim.design.inference.notes import Notebook
from trafficsim.design.inference.osmnx import CENTRE_LENGTH, with_osm_names
from trafficsim.design.inference.right_of_way import (
    Pair,
    conflicts_of,
    gaps,
    is_minor,
    merges_only,
    waiting_place_m,
    who_yields,
    without_drawn,
)
from trafficsim.design.inference.stage_design import Junction, staged_program
from trafficsim.design.inference.staging import Timing, default_program
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.network import MIRRORED, Connection, Network
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, complete, misnamed
from trafficsim.spec.signals import SignalProgram


@dataclass(frozen=True, slots=True)
class JunctionPlan:
    """What a shape leads to: its ways, ``(yields, to)`` pairs and conflicts by position, and notes."""

    movements: tuple[JunctionPath, ...]
    yields: frozenset[Pair]
    conflicts: tuple[Pair, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """What is known beside a graph.

    Attributes
    ----------
    signals : programs, named like the node that they control
    groups, paths : named sets and sequences of link ids
    left_hand_traffic : vehicles keep to the left
    timing : times of default programs by node
    design_signals : programs of nodes without one have stages from conflicts, intergreens from geometry and shortest
        greens instead of default ones
    movements : stated movements by node; those of approaches of which none is stated are inferred
    """

    signals: tuple[SignalProgram, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_hand_traffic: bool = False
    timing: Mapping[Hashable, Timing] = field(default_factory=dict)
    design_signals: bool = False
    movements: Mapping[Any, Iterable[Movement]] = field(default_factory=dict)


def network_from_graph(  # noqa: PLR0913 - what is known beside the graph is named one by one for those who call it
    graph: nx.DiGraph[Any],
    *,
    signals: Iterable[SignalProgram] = (),
    groups: Mapping[str, Iterable[str]] | None = None,
    paths: Mapping[str, Iterable[str]] | None = None,
    left_hand_traffic: bool = False,
    banned_turns: Iterable[tuple[str, str]] = (),
    fixes: Fixes | None = None,
    design_signals: bool = False,
) -> Network:
    """Make a network of any directed road graph, of NetworkX or of OSMnx.

    Everything that was inferred, read from names of OpenStreetMap or guessed is a finding of the network.

    Parameters
    ----------
    graph
        ``DiGraph`` or ``MultiDiGraph`` with the attributes of the reference page *Network*; it is not changed. An edge
        needs ``length_m``, or ``geometry``, or nodes with ``x_m`` and ``y_m``. Where one of ours is missing, names of
        OSMnx are read, as it writes them (texts and lists too): ``x``, ``y`` and ``highway`` of nodes; ``length``,
        ``geometry``, ``highway``, ``maxspeed``, ``speed_kph``, ``lanes``, ``oneway``, ``junction`` and ``name`` of
        edges.
    signals
        Programs, named like the node they control; letters stand in the order of the node's connections in
        ``Network.connections``. Nodes with control ``signal`` and no program get a default one.
    groups, paths
        Named sets and sequences of link ids.
    left_hand_traffic
        Vehicles keep to the left.
    banned_turns
        Pairs of links (from, to) that meet at a junction where nobody may turn from the one into the other; the node
        keeps them as its attribute ``banned_turns``, which is read as well.
    fixes
        What is known better than the graph says: applied before junctions are worked out.
    design_signals
        Programs of nodes without one have stages from conflicts and intergreens from geometry instead of default ones;
        cycle and split are then for :func:`trafficsim.design.timing.designed.with_designed_times`.

    Raises
    ------
    NetworkError
        If the graph is undirected or empty, an attribute is missing, cannot be read or is out of range, ids are not
        unique, or the links of a banned turn do not meet.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("a", "b", length_m=200)
    >>> graph.add_edge("b", "c", length_m=100, lanes=2)
    >>> network = network_from_graph(graph)
    >>> [(movement.from_link, movement.to_link, movement.to_lane) for movement in network.connections]
    [('a->b', 'b->c', 0), ('a->b', 'b->c', 1)]

    A graph as OSMnx makes it, in degrees:

    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> graph.add_node(1, x=9.730, y=52.370)
    >>> graph.add_node(2, x=9.733, y=52.370, highway="traffic_signals")
    >>> graph.add_node(3, x=9.736, y=52.371)
    >>> for tail, head in ((1, 2), (2, 3)):
    ...     _ = graph.add_edge(tail, head, length=215.0, highway="secondary", maxspeed="50", lanes="2", oneway=True)
    >>> network = network_from_graph(graph)
    >>> [(link["lanes"], link["speed_limit_kmh"], link["priority"]) for link in network.links.values()]
    [(2, 50.0, 4), (2, 50.0, 4)]
    >>> sorted(finding.code for finding in network.findings)[:3]
    ['control-read', 'coordinates-projected', 'id-inferred']
    """
    given = Given(tuple(signals), _sets(groups), _sets(paths), left_hand_traffic, design_signals=design_signals)
    notes = Notebook()
    whole = _completed(graph, notes)
    ban_turns(whole, banned_turns)
    if fixes is None:
        return _assembled(whole, given, notes)
    made = fixed_graph(whole, fixes)
    network = _assembled(_completed(made.graph, notes), given, notes)
    tell_missing_turns(network, made)
    fixed = with_programs(network, fixes, made.report)
    return replace(fixed, findings=(*network.findings, *made.report.findings()))


def assemble(graph: nx.DiGraph[Any], given: Given) -> Network:
    """Make a network of a graph and of what is known beside it, as :func:`network_from_graph` does."""
    notes = Notebook()
    return _assembled(_completed(graph, notes), given, notes)


def _assembled(made: nx.MultiDiGraph[Any], given: Given, notes: Notebook) -> Network:
    """Work out junctions, lengths and programs of a graph that has all attributes."""
    links = _links_of(made)
    shapes = {node: shape_of(made, node, links, given.left_hand_traffic) for node in made}
    _fill_lengths(made, links, shapes, notes)
    joins = {node: joins_of(shapes[node], stated, given.left_hand_traffic) for node, stated in given.movements.items()}
    plans = {node: _plan(seen.shape, joins.get(node, ())) for node, seen in shapes.items()}
    programs = {program.id: program for program in given.signals}
    _refuse_strange(programs, made)
    for node, plan in plans.items():
        if made.nodes[node]["control"] == "signal" and plan.movements and str(node) not in programs:
            allowed = made.nodes[node]["nearside_turn_on_red"] == "allowed"
            times = replace(given.timing.get(node, Timing()), nearside_turn_on_red=allowed)
            programs[str(node)] = _program(str(node), shapes[node].shape, plan, times, designed=given.design_signals)
            notes.add(f"signal-program-{'designed' if given.design_signals else 'default'}", str(node))
        stated = {join[0] for join in joins.get(node, ())} >= {movement.approach for movement in plan.movements}
        _note_junction(notes, str(node), shapes[node].without_coordinates, plan, stated)
    connections = _connections(links, shapes, plans, programs, given.left_hand_traffic)
    return Network(made, connections, tuple(programs.values()), given.groups, given.paths, notes.findings(),
                   given.left_hand_traffic)


def _program(name: str, shape: JunctionShape, plan: JunctionPlan, times: Timing, *, designed: bool) -> SignalProgram:
    """Return the program of a signal that has none."""
    if designed:
        return staged_program(name, Junction(shape, plan.movements, plan.yields, frozenset(plan.conflicts)), times)
    return default_program(name, shape, plan.movements, set(plan.yields), times)


@lru_cache(maxsize=8192)
def _plan(shape: JunctionShape, joins: tuple[GivenJoin, ...]) -> JunctionPlan:
    movements, notes = paths_given(shape, joins) if joins else paths_through(shape)
    conflicts = conflicts_of(movements)
    if shape.mapped:
        conflicts = without_drawn(shape, movements, conflicts)
    yields, was_cut = who_yields(shape, movements, conflicts)
    cut = ("right-of-way-cut",) if was_cut else ()
    return JunctionPlan(movements, frozenset(yields), tuple(conflicts), (*notes, *cut))


def _sets(named: Mapping[str, Iterable[str]] | None) -> dict[str, tuple[str, ...]]:
    return {name: tuple(ids) for name, ids in (named or {}).items()}


def _completed(graph: nx.DiGraph[Any], notes: Notebook) -> nx.MultiDiGraph[Any]:
    """Return a copy as a multigraph with plain node names, ids and all defaults."""
    if not isinstance(graph, nx.Graph) or not graph.is_directed():
        raise NetworkError("graph", f"a {type(graph).__name__}", "a directed NetworkX graph",
                           "use graph.to_directed(), or build a MultiDiGraph")
    if graph.number_of_edges() == 0:
        raise NetworkError("graph", "no edges", "at least one link", "add the roads as edges")
    for *place, attributes in (*graph.nodes(data=True), *graph.edges(data=True)):
        for name in attributes:
            if not isinstance(name, str):
                raise NetworkError(f"graph: {quoted(place)}", f"an attribute named {quoted(name)}",
                                   "names of attributes that are texts", "rename or remove the attribute")
    names = _plain_names(graph, notes)
    graph = with_osm_names(graph, names, notes)
    made: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    made.graph.update(graph.graph)
    for node, attributes in graph.nodes(data=True):
        place = f"node {names[node]!r}"
        _note_misnamed(notes, attributes, NODE_ATTRIBUTES, place)
        made.add_node(names[node], **complete(attributes, NODE_ATTRIBUTES, place))
    count = Counter((tail, head) for tail, head in graph.edges())
    several: nx.MultiDiGraph[Any] = nx.MultiDiGraph(graph)
    for tail, head, key, attributes in several.edges(keys=True, data=True):
        inferred = f"{names[tail]}->{names[head]}" + (f"#{key}" if count[tail, head] > 1 else "")
        link = str(attributes["id"]) if attributes.get("id") is not None else inferred
        if attributes.get("id") is None:
            notes.add("id-inferred", link)
        _note_misnamed(notes, attributes, EDGE_ATTRIBUTES, f"link {link!r}")
        done = complete(attributes, EDGE_ATTRIBUTES, f"link {link!r}")
        made.add_edge(names[tail], names[head], key=key, **{**done, "id": link})
    return made


def _plain_names(graph: nx.DiGraph[Any], notes: Notebook) -> dict[Hashable, str | int]:
    names: dict[Hashable, str | int] = {}
    for node in graph:
        plain = isinstance(node, str) or type(node) is int
        names[node] = node if plain else str(node)
        if not plain:
            notes.add("node-renamed", str(node))
    twice = [text for text, times in Counter(map(str, names.values())).items() if times > 1]
    if twice:
        raise NetworkError(f"node {twice[0]!r}", "two nodes with this name", "names that differ as text",
                           "rename one of the nodes")
    return names


def _note_misnamed(notes: Notebook, attributes: Mapping[str, Any], table: Any, place: str) -> None:
    for found, meant in misnamed(attributes, table).items():
        if attributes.get(meant) is None and not (found == "length" and CENTRE_LENGTH in attributes):
            notes.add("unread-attribute", f"{place}: {found} (meant {meant}?)")


def _links_of(graph: nx.MultiDiGraph[Any]) -> dict[str, Link]:
    links: dict[str, Link] = {}
    for tail, head, attributes in graph.edges(data=True):
        link = attributes["id"]
        if link in links:
            raise NetworkError(f"link {link!r}", "two edges with this id", "unique ids", "rename one of the edges")
        links[link] = Link(link, len(links), tail, head, attributes)
    return links


def _fill_lengths(
    graph: nx.MultiDiGraph[Any], links: Mapping[str, Link], shapes: Mapping[Any, SeenJunction], notes: Notebook
) -> None:
    for link in links.values():
        extents = shapes[link.tail].extent[link.id, LEAVES] + shapes[link.head].extent[link.id, ENTERS]
        if link.attributes["length_m"] is None:
            link.attributes["length_m"] = trimmed_length(graph, link, extents)
            notes.add("length-read" if link.attributes.get(CENTRE_LENGTH) else "length-inferred", link.id)
        elif extents > 0:
            notes.add("length-kept", link.id)


def _refuse_strange(programs: Mapping[str, SignalProgram], graph: nx.MultiDiGraph[Any]) -> None:
    nodes = {str(node): node for node in graph}
    for name in programs:
        if name not in nodes:
            raise NetworkError(f"signal {name!r}", "no node of this name", "the name of a node with control 'signal'",
                               "name the program like the junction it controls")
        graph.nodes[nodes[name]]["control"] = "signal"


def _note_junction(notes: Notebook, node: str, without_coordinates: bool, plan: JunctionPlan, stated: bool) -> None:
    if plan.conflicts:
        notes.add("right-of-way-inferred" if stated else "movements-inferred", node)
    if any(movement.turn == "u_turn" for movement in plan.movements):
        notes.add("turning-place", node)
    if without_coordinates:
        notes.add("no-coordinates", node)
    for note in plan.notes:
        notes.add(note, node)


def _connections(
    links: Mapping[str, Link],
    shapes: Mapping[Any, SeenJunction],
    plans: Mapping[Any, JunctionPlan],
    programs: Mapping[str, SignalProgram],
    left_hand_traffic: bool,
) -> tuple[Connection, ...]:
    """Number the ways of all junctions through, sorted by link, lane, next link, next lane."""
    rows = []
    for node, plan in plans.items():
        ins, outs = shapes[node].approaches, shapes[node].exits
        for number, movement in enumerate(plan.movements):
            key = (
                links[ins[movement.approach]].order,
                movement.from_lane,
                links[outs[movement.exit]].order,
                movement.to_lane,
            )
            rows.append((key, node, number))
    rows.sort(key=lambda row: row[0])
    position = {(node, number): place for place, (_, node, number) in enumerate(rows)}
    relations = {node: _relations(plan) for node, plan in plans.items()}
    done = []
    for _, node, number in rows:
        seen, movement, (yields, crosses) = shapes[node], plans[node].movements[number], relations[node]
        done.append(Connection(
            from_link=seen.approaches[movement.approach], to_link=seen.exits[movement.exit],
            signal=str(node) if str(node) in programs else None,
            signal_index=number if str(node) in programs else None,
            yields_to=tuple(sorted(position[node, other] for other in yields[number])),
            crosses=tuple(sorted(position[node, other] for other in crosses[number])),
            waiting_area_m=waiting_place_m(seen.shape, plans[node].movements, number, yields[number]),
            **_attributes(seen.shape, movement, number, bool(crosses[number]), left_hand_traffic),
        ))
    return tuple(done)


def _relations(plan: JunctionPlan) -> tuple[list[list[int]], list[list[int]]]:
    yields: list[list[int]] = [[] for _ in plan.movements]
    crosses: list[list[int]] = [[] for _ in plan.movements]
    for a, b in plan.yields:
        yields[a].append(b)
    for a, b in plan.conflicts:
        crosses[a].append(b)
        crosses[b].append(a)
    return yields, crosses


def _attributes(
    shape: JunctionShape, movement: JunctionPath, number: int, conflicts: bool, mirrored: bool
) -> dict[str, Any]:
    critical, follow_up = gaps(shape, movement, is_minor(shape, movement.approach))
    return {
        "from_lane": movement.from_lane,
        "to_lane": movement.to_lane,
        "turn": MIRRORED[movement.turn] if mirrored else movement.turn,
        "length_m": min(500.0, round(movement.path.length_m, 3)),
        "speed_limit_kmh": movement.speed_kmh,
        "critical_gap_s": critical,
        "follow_up_s": follow_up,
        "must_stop": shape.control == "all_way_stop" or (
            shape.control == "priority" and shape.approaches[movement.approach].stops),
        "first_come": shape.control == "all_way_stop",
        "keep_clear": conflicts and not merges_only(shape, movement) and math.isfinite(movement.path.length_m),
    }
