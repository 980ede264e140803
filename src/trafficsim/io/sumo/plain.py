"""Write a network and its demand as SUMO plain XML, and let netconvert make the network of it where it is present."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.units import kmh_to_ms
from trafficsim.io.exports import Exported
from trafficsim.io.sumo.names import Names
from trafficsim.io.sumo.netconvert import made_network
from trafficsim.io.sumo.plain_control import Writer, left_out, logic, with_detectors
from trafficsim.io.sumo.plain_demand import demand_elements
from trafficsim.io.sumo.xml_text import document, element, text_of
from trafficsim.spec.calendar import Weekday
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.world import World

NODE_TYPES = {"priority": "priority", "right_before_left": "right_before_left", "all_way_stop": "allway_stop",
              "roundabout": "priority", "uncontrolled": "unregulated", "dead_end": "dead_end", "signal": "priority"}
"""Node type of SUMO by control; a node whose connections have a signal is a traffic_light."""
VCLASSES = {"car": "passenger private taxi", "van": "delivery", "truck": "truck trailer", "bus": "bus coach",
            "motorcycle": "motorcycle moped"}
"""Vehicle classes of SUMO by our kinds: those that the reader takes for them."""
ROAD_TYPES = ("urban", "rural", "motorway")

Rows = Iterator[str]


class Written(NamedTuple):
    """A network with the names that it has in SUMO."""

    network: Network
    nodes: Names
    links: Names
    signals: Names


def write_plain(world: World, out: Path) -> Exported:
    """Write ``NAME.nod.xml``, ``.edg``, ``.con``, ``.tll``, ``.typ`` and ``.rou``; ``.net.xml`` with netconvert.

    Where programs change by time of day, ``.add.xml`` has the switches of the weekday of the scenario; where signals
    react, their detectors, and their logics once more, which name them: logics of a network cannot.

    Parameters
    ----------
    world
        Network, demand and vehicle classes.
    out
        An existing folder.

    Raises
    ------
    InputError
        If a node has no place, or a file is there already.
    MachineError
        If netconvert does not take what was written.
    """
    network = world.network
    written = Written(network, Names(network.graph.nodes), Names(network.links),
                      Names(one.id for one in network.signals))
    stem = out / world.scenario.name
    parts: dict[str, tuple[str, Iterable[str]]] = {
        "nod": ("nodes", _nodes(written)), "edg": ("edges", _edges(written)), "con": ("connections", _links(written)),
        "tll": ("tlLogics", _lights(written)), "typ": ("types", _types()),
        "rou": ("routes", demand_elements(world, written.links)),
    }
    more = (*_switches(written, world.scenario.weekday), *_detectors(written))
    if more:
        parts["add"] = ("additional", more)
    files = {kind: stem.with_name(f"{stem.name}.{kind}.xml") for kind in (*parts, "net")}
    for path in files.values():
        if path.exists():
            raise InputError(str(path), "a file that exists already", "a new name", "give another --out, or move it")
    texts = {kind: document(root, rows) for kind, (root, rows) in parts.items()}
    for kind, text in texts.items():
        files[kind].write_text(text, encoding="utf-8")
    made, notes = made_network(files, network.left_hand_traffic)
    return Exported((*(files[kind] for kind in parts), *made), (*_renamed(written), *_unlike(written), *notes))


def _renamed(written: Written) -> Iterator[str]:
    for kind, names in (("nodes", written.nodes), ("links", written.links), ("signals", written.signals)):
        if names.changed:
            yield f"{names.changed} {kind} have another id in SUMO, which refuses some characters"


def _unlike(written: Written) -> Iterator[str]:
    """Say what SUMO has no word for."""
    network = written.network
    fixed = [one.id for one in network.controls if one.id not in _writers(written)]
    if fixed:
        yield (f"warning: {len(fixed)} signals that react run their fixed programs in SUMO, which has no such control "
               f"({', '.join(fixed[:3])}{' ...' if len(fixed) > 3 else ''})")
    options = [one.id for one in network.controls if one.priority or one.preemption or one.plans]
    if options:
        yield (f"warning: priority, pre-emption and plans by time of day of {len(options)} signals that react are left "
               "out: SUMO's logics have none")
    less = [one.id for one in network.controls if one.id in _writers(written) and left_out(one)]
    if less:
        yield (f"warning: walks, gap reduction, single entry, faults and further detectors of a lane of {len(less)} "
               "signals that react are left out: SUMO's logics have none")
    late = sum(1 for one in network.schedules if one.procedure == "cycle_end")
    if late:
        yield f"{late} signals switch programs at the end of a cycle; in SUMO they switch at once"
    if any(switch.weekdays for one in network.schedules for switch in one.switches):
        yield "switches are those of the weekday of the scenario; SUMO knows no weekdays"


def _nodes(written: Written) -> Rows:
    graph, signal = written.network.graph, _signals_of_nodes(written.network)
    for node, attributes in graph.nodes(data=True):
        where = f"node {quoted(node)}"
        for name in ("x_m", "y_m"):
            if attributes.get(name) is None:
                raise InputError(f"{where}: {name}", "nothing", "a coordinate in metres",
                                 "give every node x_m and y_m: SUMO draws its junctions from them")
        controller = signal.get(node)
        kind = "traffic_light" if controller is not None else NODE_TYPES[attributes.get("control", "priority")]
        yield element("node", {"id": written.nodes[node], "x": float(attributes["x_m"]), "y": float(attributes["y_m"]),
                               "type": kind, "tl": None if controller is None else written.signals[controller],
                               "name": attributes.get("name") or None})


def _signals_of_nodes(network: Network) -> dict[Any, str]:
    """Controller of every node that has one."""
    links, known = network.links, {one.id for one in network.signals}
    return {links[one.from_link]["to"]: one.signal for one in network.connections
            if one.signal is not None and one.signal in known}


def _edges(written: Written) -> Rows:
    links, shared = written.network.links, _shared(written.network)
    for link, attributes in links.items():
        lanes = int(attributes["lanes"])
        given = {"id": written.links[link], "from": written.nodes[attributes["from"]],
                 "to": written.nodes[attributes["to"]], "numLanes": lanes,
                 "type": f"road.{attributes.get('road_class', 'urban')}",
                 "priority": int(attributes.get("priority", 0)),
                 "speed": float(kmh_to_ms(attributes["speed_limit_kmh"])), "length": float(attributes["length_m"]),
                 "spreadType": "right" if link in shared else "center", "shape": _shape(attributes.get("geometry")),
                 "name": attributes.get("name") or None}
        yield element("edge", given, _lanes(attributes, lanes))
    yield from _roundabouts(written)


def _lanes(attributes: Mapping[str, Any], lanes: int) -> Rows:
    allow, width = attributes.get("allow") or (), attributes.get("lane_width_m") or ()
    for index in range(lanes):
        kinds = allow[index] if index < len(allow) else None
        given = {"allow": " ".join(VCLASSES[kind] for kind in kinds) if kinds else None,
                 "disallow": "all" if kinds == () else None,
                 "width": float(width[index]) if index < len(width) else None}
        if any(value is not None for value in given.values()):
            yield element("lane", {"index": index, **given})


def _shape(points: Any) -> str | None:
    if not points or len(points) < 2:
        return None
    return " ".join(f"{text_of(float(x))},{text_of(float(y))}" for x, y in points)


def _shared(network: Network) -> set[str]:
    """Links whose line is the middle of a two-way street: another one follows it backwards."""
    links, known = network.links, set[Any]()
    for attributes in links.values():
        known.add((attributes["from"], attributes["to"], tuple(map(tuple, attributes.get("geometry") or ()))))
    return {link for link, attributes in links.items()
            if (attributes["to"], attributes["from"],
                tuple(map(tuple, reversed(attributes.get("geometry") or ())))) in known}


def _roundabouts(written: Written) -> Rows:
    """One element for every ring of nodes with control ``roundabout``."""
    graph, links = written.network.graph, written.network.links
    ring = {link: one for link, one in links.items()
            if all(graph.nodes[one[end]].get("control") == "roundabout" for end in ("from", "to"))}
    left = dict(ring)
    while left:
        first, one = next(iter(left.items()))
        members, nodes = [first], {one["from"], one["to"]}
        del left[first]
        while more := [link for link, other in left.items() if {other["from"], other["to"]} & nodes]:
            for link in more:
                other = left.pop(link)
                nodes |= {other["from"], other["to"]}
                members.append(link)
        yield element("roundabout", {"nodes": " ".join(written.nodes[node] for node in graph.nodes if node in nodes),
                                     "edges": " ".join(written.links[link] for link in members)})


def _links(written: Written) -> Rows:
    """Connections; a link from which none leads on is told as well, lest some are guessed for it."""
    goes_on = set()
    for one in written.network.connections:
        goes_on.add(one.from_link)
        yield element("connection", {**_ends(written, one), "speed": float(kmh_to_ms(one.speed_limit_kmh)),
                                     "length": one.length_m if one.length_m > 0 else None,
                                     "keepClear": None if one.keep_clear else False})
    for link in written.network.links:
        if link not in goes_on:
            yield element("connection", {"from": written.links[link]})


def _ends(written: Written, one: Connection) -> dict[str, Any]:
    return {"from": written.links[one.from_link], "to": written.links[one.to_link], "fromLane": one.from_lane,
            "toLane": one.to_lane}


def _lights(written: Written) -> Rows:
    known = {one.id for one in written.network.signals}
    several = {one.id: one.programs for one in written.network.schedules}
    reacting = _writers(written)
    for program in written.network.signals:
        if program.id in reacting:
            yield logic(reacting[program.id], program.name or "0")
            continue
        for written_program in several.get(program.id, (program,)):
            yield _light(written, written_program)
    for one in written.network.connections:
        if one.signal in known:
            yield element("connection", {**_ends(written, one), "tl": written.signals[one.signal],
                                         "linkIndex": one.signal_index})


def _writers(written: Written) -> dict[str, Writer]:
    """Controls that SUMO has a logic for, by signal; those with a switch table run their fixed programs."""
    network, switched = written.network, {one.id for one in written.network.schedules}
    made = (Writer(one, network, written.signals[one.id], lambda link, lane: f"{written.links[link]}_{lane}")
            for one in network.controls)
    return {one.control.id: one for one in made if one.kind is not None and one.control.id not in switched}


def _detectors(written: Written) -> Rows:
    names = {one.id: one.name or "0" for one in written.network.signals}
    for signal, writer in _writers(written).items():
        yield from with_detectors(writer, names[signal])


def _light(written: Written, program: SignalProgram) -> str:
    phases = (element("phase", {"duration": phase.duration_s, "state": phase.state}) for phase in program.phases)
    return element("tlLogic", {"id": written.signals[program.id], "type": "static", "programID": program.name or "0",
                               "offset": program.offset_s}, phases)


def _switches(written: Written, weekday: Weekday) -> Rows:
    """Switch tables: one for each controller."""
    for one in written.network.schedules:
        name = written.signals[one.id]
        rows = (element("wautSwitch", {"time": switch.time_s, "to": switch.program})
                for switch in one.of_day(weekday) if switch.time_s > 0)
        first = one.program_at(0.0, weekday).name
        yield element("WAUT", {"id": f"waut_{name}", "refTime": 0, "startProg": first}, rows)
        yield element("wautJunction", {"wautID": f"waut_{name}", "junctionID": name})


def _types() -> Rows:
    for name in ROAD_TYPES:
        yield element("type", {"id": f"road.{name}"})
