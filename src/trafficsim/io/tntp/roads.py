"""Road networks made of static ones: lanes from capacities, speeds from times, zones with links to enter and leave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import networkx as nx

from trafficsim.base.errors import NetworkError
from trafficsim.base.units import KM_PER_MILE, M_PER_FOOT
from trafficsim.design.inference.network import network_from_graph
from trafficsim.io.ledger import Ledger
from trafficsim.io.link_values import RANGE, capped
from trafficsim.io.tntp.junctions import without_right_of_way
from trafficsim.spec.network import Network
from trafficsim.spec.static_network import StaticNetwork
from trafficsim.spec.zones import Zone

LANE_CAPACITY_VEH_H = 1800.0
JAM_DENSITY_VEH_KM = 150.0
"""Per lane: lanes = ceil(capacity / 1,800), spacing in a queue 6.7 m (modelling assumptions)."""
METRES = {"m": 1.0, "km": 1000.0, "ft": M_PER_FOOT, "mi": 1000.0 * KM_PER_MILE}
HOURS = {"s": 1.0 / 3600.0, "min": 1.0 / 60.0, "h": 1.0}
ACCESS_M, ACCESS_KMH, ASIDE_M = 100.0, 50.0, 70.0
"""Length and speed of the link by which trips enter or leave at a zone, and how far beside the node it begins or ends
(modelling assumptions)."""
Places = Mapping[str, tuple[float, float]]


class Roads(NamedTuple):
    """A road network, with the zones of its matrix."""

    network: Network
    zones: tuple[Zone, ...]


def metres_of(static: StaticNetwork) -> dict[str, float]:
    """Lengths of links in metres."""
    return {link: float(length) * METRES[static.length_unit]
            for link, length in zip(static.link, static.length, strict=True)}


def roads_of(static: StaticNetwork, places: Places, ledger: Ledger) -> Roads:
    """Make a road network in which every zone has a link of its own to enter by and one to leave by.

    A zone that is not passed through is two nodes, one where its connectors begin and one where they end.

    Raises
    ------
    NetworkError
        If it has no link.
    """
    if not static.link:
        raise NetworkError("network", "no link", "links", "give a complete file")
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    metres = metres_of(static)
    for row, link in enumerate(static.link):
        tail, head = (static.node[end[row]] for end in (static.tail, static.head))
        tail, head = _end(static, tail, "from"), _end(static, head, "to")
        graph.add_edge(tail, head, **_link(static, row, metres[link], ledger))
    zones = tuple(_access(graph, static, zone, ledger) for zone in static.zones)
    for node in graph:
        _place(graph, node, places)
    ledger.note("inferred", "node without right of way, of which all lanes serve all links beyond",
                times=len(static.node))
    return Roads(without_right_of_way(network_from_graph(graph)), zones)


def _end(static: StaticNetwork, node: str, side: str) -> str:
    return f"{node} {side}" if node in static.no_through else node


def _link(static: StaticNetwork, row: int, length_m: float, ledger: Ledger) -> dict[str, object]:
    link, capacity_veh_h = static.link[row], float(static.capacity[row])
    where = f"link {link!r}"
    hours = float(static.free_time[row]) * HOURS[static.time_unit]
    lanes = max(math.ceil(capacity_veh_h / LANE_CAPACITY_VEH_H), 1)
    length_m = capped("length_m", length_m, where, ledger)
    speed_kmh = length_m / 1000.0 / hours if hours > 0 else ACCESS_KMH
    if hours == 0:
        ledger.note("inferred", f"speed {ACCESS_KMH:g} km/h of a link without free-flow time", link)
    ledger.note("inferred", "number of lanes: capacity / 1,800 veh/h, rounded up", link)
    return {"id": link, "length_m": length_m, "lanes": int(capped("lanes", lanes, where, ledger)),
            "speed_limit_kmh": round(capped("speed_limit_kmh", speed_kmh, where, ledger), 3),
            "capacity_veh_h": capped("capacity_veh_h", capacity_veh_h, where, ledger) if capacity_veh_h else None,
            "jam_density_veh_km_lane": JAM_DENSITY_VEH_KM,
            "bpr_b": float(static.b[row]), "bpr_power": float(static.power[row]), "toll": float(static.toll[row])}


def _access(graph: nx.MultiDiGraph, static: StaticNetwork, zone: str, ledger: Ledger) -> Zone:
    """Add the links by which the trips of a zone enter and leave; none where no link goes on or comes in."""
    begin, end = _end(static, zone, "from"), _end(static, zone, "to")
    going = sum(int(one[2]["lanes"]) for one in graph.out_edges(begin, data=True))
    coming = sum(int(one[2]["lanes"]) for one in graph.in_edges(end, data=True))
    enters = _added(graph, (f"{zone} begin", begin), f"enter {zone}", going)
    leaves = _added(graph, (end, f"{zone} end"), f"leave {zone}", coming)
    ledger.note("inferred", "link by which trips enter or leave at a zone", f"zone {zone}",
                times=len(enters) + len(leaves))
    return Zone(id=zone, origins=enters, destinations=leaves)


def _added(graph: nx.MultiDiGraph, ends: tuple[str, str], name: str, lanes: int) -> tuple[str, ...]:
    if not lanes:
        return ()
    graph.add_edge(*ends, id=name, length_m=ACCESS_M, speed_limit_kmh=ACCESS_KMH, connector=True, bpr_b=0.0,
                   lanes=min(lanes, int(RANGE["lanes"][1])), capacity_veh_h=RANGE["capacity_veh_h"][1],
                   storage="unlimited")
    return (name,)


def _place(graph: nx.MultiDiGraph, node: str, places: Places) -> None:
    name, _, side = node.partition(" ")
    if name in places:
        shift = {"begin": -ASIDE_M, "end": ASIDE_M}.get(side, 0.0)
        x, y = places[name]
        graph.nodes[node].update(x_m=x + shift, y_m=y + shift)
