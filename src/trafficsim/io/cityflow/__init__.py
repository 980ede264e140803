"""Read CityFlow roadnets and flows (JSON)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trafficsim.base.errors import DemandError, InputError
from trafficsim.base.repairs import REPAIRS
from trafficsim.io.cityflow.demand import Found, read_flow
from trafficsim.io.cityflow.junctions import connections_of, read_lane_links, read_road_links
from trafficsim.io.cityflow.roads import Intersection, Road, graph_of, read_intersections, read_roads
from trafficsim.io.cityflow.signals import program_of, read_light
from trafficsim.io.cityflow.values import Item, read_json
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram


def read_cityflow(network: Path, flows: Sequence[Path] = ()) -> Imported:
    """Import a CityFlow roadnet with its flows.

    Parameters
    ----------
    network
        Roadnet, plain or gzip. Roads reach from stop line to stop line; lane links become connections as long as
        their points; light phases become fixed-time programs with a letter for every road link.
    flows
        Flow files: routes, vehicle parameters, and when vehicles depart.

    Raises
    ------
    InputError
        If a file is missing, damaged, no JSON or of another kind, or a value cannot be used.
    NetworkError
        If an intersection, road or lane is named that is not there, or two have one id.

    Examples
    --------
    >>> read_cityflow(Path("nowhere.json"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.json: found no such file; expected a file that can be read. \
Remedy: correct the path or its permissions.
    """
    ledger, path = Ledger("cityflow"), Path(network)
    root = read_json(path)
    if not isinstance(root, dict) or not {"intersections", "roads"} <= set(root):
        raise InputError(str(path), "no roadnet", "a table with intersections and roads", _other_kind(root))
    top = Item(root, path.name)
    nodes = read_intersections(top)
    roads = read_roads(top, nodes, ledger)
    connections, programs = _junctions(nodes, roads, ledger)
    graph = graph_of(nodes.values(), roads.values(), {one.id for one in programs}, ledger)
    found = Found([], [], {}, [])
    for number, file in enumerate(flows):
        _read_flows(Path(file), f"flow{number or ''}", roads, found, ledger)
    findings = ledger.findings()
    return Imported(
        Network(graph, connections, programs, findings=tuple(one for one in findings if one.code in REPAIRS)),
        Demand(flows=tuple(found.flows), trips=tuple(found.trips)), tuple(found.classes.values()),
        unserved=tuple(found.unserved), findings=findings, counts=ledger.counts(),
        description=f"Made from the CityFlow roadnet {path.name}; light phases run as written, with yellow added.")


def _junctions(nodes: dict[str, Intersection], roads: dict[str, Road], ledger: Ledger
               ) -> tuple[tuple[Connection, ...], tuple[SignalProgram, ...]]:
    connections: list[Connection] = []
    programs: list[SignalProgram] = []
    for node in nodes.values():
        if node.virtual or not node.item.has("roadLinks"):
            continue
        links = read_road_links(node, roads)
        phases = read_light(node, links, ledger)
        first = len(connections)
        connections += connections_of(read_lane_links(links, ledger), node, bool(phases), first)
        if phases:
            programs.append(program_of(node, phases, links, connections[first:], first))
        ledger.note("read", "roadLink", node.item.where, times=len(links))
    ledger.note("inferred", "right of way between lane links: straight on, then left, then right",
                times=sum(1 for one in connections if one.yields_to))
    return tuple(connections), tuple(programs)


def _read_flows(path: Path, prefix: str, roads: dict[str, Road], found: Found, ledger: Ledger) -> None:
    content = read_json(path)
    if not isinstance(content, list):
        raise DemandError(str(path), "no list", "a list of flows", _other_kind(content))
    for item in Item({"flows": content}, path.name).items("flows"):
        number = len(found.trips) + len(found.flows) + len(found.unserved)
        read_flow(item, f"{prefix}_{number}", roads, found, ledger)


def _other_kind(content: object) -> str:
    if isinstance(content, list):
        return "this is a list, as flows are: give it with --flows"
    if isinstance(content, dict) and "roadnetFile" in content:
        return "this is a configuration: give the roadnet and the flows that it names"
    if isinstance(content, dict) and "roads" in content:
        return "this is a roadnet: give it as the network"
    return "give the roadnet, and the flows with --flows"
