"""A workload as files of SUMO, and whether the network that it makes of them is the same."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.experiments.versus.workload import Workload
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.network import free_speed
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.vehicles import DEFAULT_CLASSES

NET, ROUTES = "net.net.xml", "routes.rou.xml"
LENGTH_TOLERANCE_M = 0.1


class NotTheSame(Exception):
    """SUMO's network differs from ours: speeds could not be compared."""


def write_files(load: Workload, folder: Path, netconvert: str) -> None:
    """Write nodes, edges, connections, signals and routes, and let SUMO make its network of them.

    Raises
    ------
    NotTheSame
        If lanes, lengths, connections or signals of that network are not ours.
    """
    network = load.network
    _save(folder / "a.nod.xml", "nodes", _nodes(network))
    _save(folder / "a.edg.xml", "edges", _edges(network))
    _save(folder / "a.con.xml", "connections", _connections(network, signals=False))
    _save(folder / "a.tll.xml", "tlLogics", [*_programs(network), *_connections(network, signals=True)])
    _save(folder / ROUTES, "routes", _routes(load))
    given = [f"--{kind}-files={folder / f'a.{end}.xml'}"
             for kind, end in (("node", "nod"), ("edge", "edg"), ("connection", "con"), ("tllogic", "tll"))]
    subprocess.run([netconvert, *given, "--no-turnarounds", "true", "--no-warnings", "true", "-o", str(folder / NET)],
                   check=True, capture_output=True, text=True)
    check_network(network, folder / NET)


def _save(path: Path, root: str, rows: Iterable[ET.Element]) -> None:
    tree = ET.Element(root)
    tree.extend(rows)
    ET.ElementTree(tree).write(path, encoding="utf-8", xml_declaration=True)


def _row(tag: str, **values: Any) -> ET.Element:
    return ET.Element(tag, {name: str(value) for name, value in values.items()})


def _nodes(network: Network) -> list[ET.Element]:
    signalised = {program.id for program in network.signals}
    indications = {name: {"type": "traffic_light", "tl": name} for name in signalised}
    return [_row("node", id=name, x=row["x_m"], y=row["y_m"], **indications.get(name, {"type": "priority"}))
            for name, row in network.graph.nodes(data=True)]


def _edges(network: Network) -> list[ET.Element]:
    return [_row("edge", id=link, numLanes=row["lanes"], speed=kmh_to_ms(row["speed_limit_kmh"]),
                 length=row["length_m"], priority=row["priority"], **{"from": row["from"], "to": row["to"]})
            for link, row in network.links.items()]


def _connections(network: Network, signals: bool) -> list[ET.Element]:
    rows = []
    for movement in network.connections:
        indications = {"tl": movement.signal, "linkIndex": movement.signal_index} if signals else {}
        if movement.signal is not None or not signals:
            rows.append(
                _row(
                    "connection",
                    to=movement.to_link,
                    fromLane=movement.from_lane,
                    toLane=movement.to_lane,
                    **indications,
                    **{"from": movement.from_link},
                )
            )
    return rows


def _programs(network: Network) -> list[ET.Element]:
    rows = []
    for program in network.signals:
        row = _row("tlLogic", id=program.id, type="static", programID="0", offset=program.offset_s)
        row.extend(_row("phase", duration=phase.duration_s, state=phase.state) for phase in program.phases)
        rows.append(row)
    return rows


def _routes(load: Workload) -> list[ET.Element]:
    """Cars of our length and desired speeds; all else is SUMO's default (Krauss, sigma 0.5, tau 1 s)."""
    car, drivers = DEFAULT_CLASSES[0], Drivers()
    link = next(iter(load.network.links.values()))
    mean_ms, cv = free_speed(link, drivers)
    factor = mean_ms / kmh_to_ms(link["speed_limit_kmh"])
    rows = [_row("vType", id="car", length=car.length_m, minGap=car.min_gap_m,
                 speedFactor=f"normc({factor:.4f},{factor * cv:.4f},0.2,2.0)")]
    for trip in load.trips:
        vehicle = _row("vehicle", id=trip.id, type="car", depart=f"{trip.depart_s:g}", departLane=load.depart_lane,
                       departSpeed="max")
        vehicle.append(_row("route", edges=" ".join(trip.route)))
        rows.append(vehicle)
    return rows


def check_network(network: Network, path: Path) -> None:
    """Compare links, lanes, connections and signals of a network file of SUMO with ours.

    Raises
    ------
    NotTheSame
        Naming what differs.
    """
    tree = ET.parse(path).getroot()
    edges = {edge.get("id"): edge for edge in tree.iter("edge") if edge.get("function") != "internal"}
    lanes = {name: len(edge.findall("lane")) for name, edge in edges.items()}
    _same("lanes", lanes, {link: row["lanes"] for link, row in network.links.items()})
    for link, row in network.links.items():
        length = float(edges[link].findall("lane")[0].get("length", "nan"))
        if abs(length - row["length_m"]) > LENGTH_TOLERANCE_M:
            raise NotTheSame(f"length of link {link}: {length} m with SUMO, {row['length_m']} m with us")
    keys = ("from", "fromLane", "to", "toLane", "tl", "linkIndex")
    theirs = Counter(tuple(map(movement.get, keys)) for movement in tree.iter("connection")
                     if not str(movement.get("from")).startswith(":"))
    ours = Counter(
        (
            movement.from_link,
            str(movement.from_lane),
            movement.to_link,
            str(movement.to_lane),
            movement.signal,
            None if movement.signal_index is None else str(movement.signal_index),
        )
        for movement in network.connections
    )
    _same("connections", theirs, ours)
    programs = {row.get("id"): (float(row.get("offset", "nan")), [(float(phase.get("duration", "nan")),
                phase.get("state")) for phase in row.iter("phase")]) for row in tree.iter("tlLogic")}
    _same("signals", programs, {program.id: (program.offset_s, [(phase.duration_s, phase.state)
                                for phase in program.phases]) for program in network.signals})


def _same(what: str, theirs: Any, ours: Any) -> None:
    differing = [key for key in {*theirs, *ours} if theirs.get(key) != ours.get(key)]
    if differing:
        key = differing[0]
        raise NotTheSame(f"{len(differing)} {what}, {key}: {theirs.get(key)} with SUMO, {ours.get(key)} with us")
