"""Read a SUMO network: junctions, edges with lanes, and connections with the lanes inside junctions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import networkx as nx

from trafficsim.base.errors import NetworkError
from trafficsim.base.units import ms_to_kmh
from trafficsim.io.ledger import Ledger
from trafficsim.io.link_values import class_of_limit
from trafficsim.io.sumo.permissions import is_reserved_for_some_cars, kinds_allowed
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, complete, within
from trafficsim.spec.vehicles import KINDS, Kind

HALF_DIGIT_KMH = 0.005 * 3.6 + 1e-9
FASTEST_KMH = float(within("speed_limit_kmh")["le"])
MOST_LANES = 64
"""A higher lane index is a slip of the pen; no road known to us has as many (modelling assumption)."""
DEFAULT_WIDTH_M = 3.2
"""Width of a lane without one, as SUMO has it."""
NOT_FOR_VEHICLES = ("internal", "crossing", "walkingarea", "connector")

# Junction type of SUMO -> control of ours.
CONTROL = {
    "traffic_light": "signal", "traffic_light_right_on_red": "signal", "traffic_light_unregulated": "uncontrolled",
    "priority": "priority", "priority_stop": "priority", "zipper": "priority", "rail_crossing": "priority",
    "right_before_left": "right_before_left", "left_before_right": "right_before_left",
    "allway_stop": "all_way_stop", "unregulated": "uncontrolled", "dead_end": "dead_end",
    "rail_signal": "uncontrolled", "district": "uncontrolled", "unknown": "uncontrolled",
}


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of an edge or inside a junction."""

    length_m: float
    speed_kmh: float
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge for vehicles; lanes by index, the nearside lane first."""

    id: str
    tail: str
    head: str
    lanes: tuple[Lane, ...]
    element: Element

    @property
    def length_m(self) -> float:
        """Length of the longest lane that vehicles may use."""
        return max(lane.length_m for lane in self.lanes if lane.kinds)


@dataclass(frozen=True, slots=True)
class Link:
    """One path in SUMO through a junction: its connection element and the internal lanes along it."""

    element: Element
    edge: Edge
    lane: int
    to_edge: Edge
    to_lane: int
    inside: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass
class Net:
    """The parts of a SUMO network, before they become a network of ours."""

    root: Element
    junctions: dict[str, Element] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)
    dropped: dict[str, Edge] = field(default_factory=dict)
    """Edges without a lane for vehicles of ours; their connections still count in the order of a junction."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Edges that contradict the rest of the file, each with its reason."""
    internal: dict[str, Lane] = field(default_factory=dict)
    roundabout_nodes: set[str] = field(default_factory=set)
    roundabout_edges: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)


def read_net(root: Element, ledger: Ledger) -> Net:
    """Collect what a ``<net>`` element holds.

    Raises
    ------
    NetworkError, InputError
        If something is missing, double, unknown or out of range.
    """
    net = Net(root)
    for junction in root.all("junction"):
        if junction.get("type") != "internal":
            net.junctions[junction.text("id")] = junction
    for element in root.all("edge"):
        _read_edge(net, element, ledger)
    for element in root.all("roundabout"):
        net.roundabout_nodes.update(element.get("nodes").split())
        net.roundabout_edges.update(element.get("edges").split())
        ledger.note("read", "roundabout", element.where)
    if not net.edges:
        raise NetworkError(root.file, _why_empty(net), "at least one edge with a lane for vehicles",
                           "correct the edges, or give another network")
    net.links = _links(net, ledger)
    known = {"junction", "edge", "connection", "roundabout", "tlLogic", "location"}
    for element in root.children:
        if element.tag not in known:
            ledger.note("ignored", f"element {element.tag}", element.where)
    return net


def _why_empty(net: Net) -> str:
    if net.left_out:
        name, reason = next(iter(net.left_out.items()))
        return f"no edge that can be used (edge {name!r}: {reason})"
    return f"no edge for vehicles, {len(net.dropped)} for others"


def _read_edge(net: Net, element: Element, ledger: Ledger) -> None:
    name = element.text("id")
    if element.get("function") in NOT_FOR_VEHICLES or name.startswith(":"):
        net.internal.update({lane.text("id"): _lane(lane, ledger) for lane in element.all("lane")})
        return
    lanes = _lanes(element, ledger)
    if name in net.edges or name in net.dropped:
        raise NetworkError(element.where, "a second edge with this id", "unique ids", "rename or remove one edge")
    reason = _contradiction(net, element, lanes)
    if reason:
        net.left_out[name] = reason
        ledger.repair("edge-left-out", f"{element.where} ({reason})")
        return
    edge = Edge(name, element.get("from"), element.get("to"), tuple(lane for _, lane in lanes), element)
    if any(lane.kinds for lane in edge.lanes):
        net.edges[name] = edge
        _note_lanes(element, lanes, ledger)
    else:
        net.dropped[name] = edge
        ledger.note("ignored", "edge without a lane for cars, vans, trucks or buses", element.where)


def _contradiction(net: Net, element: Element, lanes: Sequence[object]) -> str:
    """Why an edge cannot be part of the network; empty when it can."""
    for end in ("from", "to"):
        if element.text(end) not in net.junctions:
            return f"junction {element.get(end)!r} is not in the file"
    return "" if lanes else "it has no lane"


def _lanes(element: Element, ledger: Ledger) -> list[tuple[Element, Lane]]:
    """Lanes by index; one that the numbering skips is like its neighbour, and closed."""
    found = {lane.whole("index"): (lane, _lane(lane, ledger)) for lane in element.all("lane")}
    if len(found) < len(list(element.all("lane"))) or max(found, default=0) >= MOST_LANES:
        indices = [lane.get("index") for lane in element.all("lane")]
        raise NetworkError(element.where, f"lane indices {', '.join(indices[:10])}", "0, 1, 2 ... each once",
                           "correct the lanes")
    for index in range(max(found, default=-1) + 1):
        if index not in found:
            like, lane = found[min(found, key=lambda other: abs(other - index))]
            found[index] = (like, replace(lane, kinds=()))
            ledger.repair("lane-missing", f"{element.where}, lane {index}")
    return [found[index] for index in sorted(found)]


def _lane(element: Element, ledger: Ledger) -> Lane:
    length, speed = element.number("length"), element.number("speed")
    for name, value in (("length", length), ("speed", speed)):
        if value <= 0:
            raise NetworkError(f"{element.where}: {name}", f"{value:g}", "a number above 0", f"correct the {name}")
    speed_kmh = whole_kmh(ms_to_kmh(speed))
    if speed_kmh > FASTEST_KMH:
        ledger.repair("value-capped", f"{element.where}: speed {speed:g} m/s")
    return Lane(length, min(speed_kmh, FASTEST_KMH), kinds_allowed(element))


def whole_kmh(speed_kmh: float) -> float:
    """Undo the rounding of files, which write m/s with two decimals: 13.89 m/s means 50 km/h.

    Examples
    --------
    >>> whole_kmh(13.89 * 3.6), round(whole_kmh(6.51 * 3.6), 3)
    (50.0, 23.436)
    """
    nearest = round(speed_kmh)
    return float(nearest) if nearest > 0 and abs(speed_kmh - nearest) <= HALF_DIGIT_KMH else speed_kmh


def _note_lanes(element: Element, lanes: list[tuple[Element, Lane]], ledger: Ledger) -> None:
    ledger.note("read", "edge", element.where)
    for lane_element, lane in lanes:
        ledger.note("read", "lane", lane_element.where)
        if not lane.kinds:
            ledger.note("inferred", "lane closed to cars, vans, trucks and buses (keeps its index)", lane_element.where)
        if is_reserved_for_some_cars(lane_element):
            ledger.note("inferred", "lane reserved for some cars (taxi, hov ...): closed to cars", lane_element.where,
                        level="warning")
    if len({lane.speed_kmh for _, lane in lanes if lane.kinds}) > 1:
        ledger.note("inferred", "edge whose lanes differ in speed: the highest is its limit", element.where)


def _links(net: Net, ledger: Ledger) -> list[Link]:
    """Follow every connection between edges through the lanes inside its junction."""
    onward: dict[tuple[str, str], list[Element]] = defaultdict(list)
    outer = []
    for element in net.root.all("connection"):
        origin = element.text("from")
        if origin.startswith(":"):
            onward[origin, element.get("fromLane")].append(element)
        else:
            outer.append(element)
    links = [_link(net, element, onward, ledger) for element in outer if _is_usable(net, element, ledger)]
    for link in links:
        ledger.note("read" if link.kinds else "ignored",
                    "connection" if link.kinds else "connection that no car, van, truck or bus may use",
                    link.element.where)
    return links


def _is_usable(net: Net, element: Element, ledger: Ledger) -> bool:
    """Whether both ends of a connection are lanes of edges of the network."""
    if element.get("from").startswith(":") or element.text("to").startswith(":"):
        ledger.note("ignored", "connection of a footpath", element.where)
        return False
    ends = []
    for end, index in (("from", "fromLane"), ("to", "toLane")):
        name = element.get(end)
        edge = net.edges.get(name) or net.dropped.get(name)
        if edge is None or element.whole(index) >= len(edge.lanes):
            missing = f"edge {name!r}" if edge is None else f"lane {element.get(index)} of edge {name!r}"
            ledger.repair("connection-left-out", f"{element.where} ({missing} is not there)")
            return False
        ends.append(edge)
    if ends[0].head != ends[1].tail:
        ledger.repair("connection-left-out", f"{element.where} (its edges do not meet)")
        return False
    return True


def _link(net: Net, element: Element, onward: Mapping[tuple[str, str], list[Element]], ledger: Ledger) -> Link:
    edge, to_edge = ({**net.dropped, **net.edges}[element.get(end)] for end in ("from", "to"))
    lane, to_lane = element.whole("fromLane"), element.whole("toLane")
    inside = _inside(element, onward)
    missing = [name for name in inside if name not in net.internal]
    if missing:
        ledger.repair("internal-lane-missing", f"{element.where}: via {missing[0]!r}")
    kinds = _common([edge.lanes[lane].kinds, to_edge.lanes[to_lane].kinds, kinds_allowed(element),
                     *(net.internal[name].kinds for name in inside if name in net.internal)])
    return Link(element, edge, lane, to_edge, to_lane, inside, kinds)


def _inside(element: Element, onward: Mapping[tuple[str, str], list[Element]]) -> tuple[str, ...]:
    """Internal lanes along a connection; internal junctions split the path into several."""
    inside: list[str] = []
    via = element.get("via")
    while via and via not in inside:
        inside.append(via)
        edge, _, lane = via.rpartition("_")
        following = [c for c in onward.get((edge, lane), ()) if c.get("to") == element.get("to")]
        via = following[0].get("via") if following else ""
    return tuple(inside)


def _common(kinds: Iterable[tuple[Kind, ...]]) -> tuple[Kind, ...]:
    sets = [set(each) for each in kinds]
    return tuple(kind for kind in KINDS if all(kind in each for each in sets))


def build_graph(net: Net, ledger: Ledger) -> nx.MultiDiGraph:
    """Make the graph of ours: junctions as nodes, edges as links, attributes of the network schema."""
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    used = {end for edge in net.edges.values() for end in (edge.tail, edge.head)}
    for name, junction in net.junctions.items():
        if name in used:
            found = {"x_m": junction.number("x"), "y_m": junction.number("y"),
                     "control": _control(net, junction, ledger)}
            graph.add_node(name, **complete(found, NODE_ATTRIBUTES, junction.where))
            ledger.note("read", "junction", junction.where)
        else:
            ledger.note("ignored", "junction without edges for vehicles", junction.where)
    for edge in net.edges.values():
        found = complete(_attributes(net, edge), EDGE_ATTRIBUTES, edge.element.where)
        graph.add_edge(edge.tail, edge.head, key=edge.id, **found)
    ledger.note("inferred", "road class of an edge, from its type or its limit", net.root.file, times=len(net.edges))
    return graph


def _control(net: Net, junction: Element, ledger: Ledger) -> str:
    control = CONTROL.get(junction.get("type"))
    if control is None:
        ledger.repair("junction-type-unknown", f"{junction.where} ({junction.get('type')!r})")
        control = "priority"
    return "roundabout" if control == "priority" and junction.get("id") in net.roundabout_nodes else control


def _attributes(net: Net, edge: Edge) -> dict[str, object]:
    ends = tuple((net.junctions[end].number("x"), net.junctions[end].number("y")) for end in (edge.tail, edge.head))
    limit = max(lane.speed_kmh for lane in edge.lanes if lane.kinds)
    found: dict[str, object] = {
        "id": edge.id, "length_m": edge.length_m, "lanes": len(edge.lanes), "speed_limit_kmh": limit,
        "road_class": road_class(edge.element.get("type"), limit), "priority": int(edge.element.number("priority", 0)),
        "geometry": edge.element.points("shape") or ends, "name": edge.element.get("name"),
        "spread": "centre" if edge.element.get("spreadType") == "center" else "side", **_widths(edge),
    }
    if any(lane.kinds != KINDS for lane in edge.lanes):
        found["allow"] = tuple(None if lane.kinds == KINDS else lane.kinds for lane in edge.lanes)
    if any(lane.length_m != edge.length_m for lane in edge.lanes):
        found["lane_length_m"] = tuple(lane.length_m for lane in edge.lanes)
    return found


def _widths(edge: Edge) -> dict[str, object]:
    """Widths of the lanes, from the nearside, where the file gives any."""
    lanes = sorted(edge.element.all("lane"), key=lambda lane: lane.whole("index"))
    widths = tuple(lane.number("width", DEFAULT_WIDTH_M) for lane in lanes)
    given = any(lane.get("width") for lane in lanes) and len(widths) == len(edge.lanes)
    return {"lane_width_m": widths} if given else {}


def road_class(kind: str, limit_kmh: float) -> str:
    """Infer the road class: motorway by edge type; else by its limit.

    Examples
    --------
    >>> road_class("highway.motorway_link", 80.0), road_class("", 100.0), road_class("highway.primary", 50.0)
    ('motorway', 'rural', 'urban')
    """
    if kind.partition(".")[2].startswith("motorway"):
        return "motorway"
    return class_of_limit(limit_kmh)
