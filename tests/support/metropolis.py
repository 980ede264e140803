"""Networks and matrices of whole towns as scenarios: those of the TNTP repository, and Lima, Ohio, written as TNTP."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import trafficsim as ts
from tests.support.real_data import require_data
from trafficsim.io.scenario_file import write_scenario
from trafficsim.io.tntp import read_tntp
from trafficsim.io.toml import dump_toml, read_toml

LAST_ZONE = 100_000
"""Nodes of Lima with lower numbers are zones."""


class Town(NamedTuple):
    """Folder, files, hours in which its trips depart, and how many depart on the mean (those within zones do not)."""

    folder: str
    network: str
    trips: str
    nodes: str
    hours: float
    departing: float


TOWNS = {
    "SiouxFalls": Town("tntp/SiouxFalls", "SiouxFalls_net.tntp", "SiouxFalls_trips.tntp", "SiouxFalls_node.tntp",
                       3.0, 360_600.0),
    "Anaheim": Town("tntp/Anaheim", "Anaheim_net.tntp", "Anaheim_trips.tntp", "", 2.0, 104_694.4),
    "ChicagoSketch": Town("tntp/Chicago-Sketch", "ChicagoSketch_net.tntp", "ChicagoSketch_trips.tntp.gz",
                          "ChicagoSketch_node.tntp", 3.0, 1_137_493.44),
    "Lima": Town("gmns/Lima", "lima_net.tntp", "lima_trips.tntp", "lima_node.tntp", 1.0, 29_565.0),
}


def write_town(name: str, data: Path, out: Path, factor: float = 1.0, routes: str = "free_flow") -> Path:
    """Import a town and write its scenario, whose trips depart evenly over its hours; return the scenario file."""
    town = TOWNS[name]
    folder = data / town.folder
    if name == "Lima":
        folder = write_lima(folder, out)
    for file in (town.network, town.trips):
        require_data(folder / file)
    nodes = [folder / town.nodes] if town.nodes else []
    path = out / f"{name}.toml"
    write_scenario(path, read_tntp(folder / town.network, [folder / town.trips], nodes))
    text = read_toml(path)
    text["time"] = {"analysis_s": town.hours * 3600.0, "clear_s": 7200.0}
    text["demand"]["routes"] = routes
    text["demand"]["matrices"][0] |= {"end_s": town.hours * 3600.0, "factor": factor}
    path.write_text(dump_toml(text))
    ts.load(path)
    return path


def write_lima(folder: Path, out: Path) -> Path:
    """Write the GMNS files of Lima as TNTP: zones first, lengths in feet, capacities of all lanes."""
    nodes = sorted(_rows(folder / "GMNS" / "node.csv.gz"), key=lambda row: int(row["node_id"]))
    number = {row["node_id"]: place for place, row in enumerate(nodes, 1)}
    zones = sum(1 for row in nodes if int(row["node_id"]) < LAST_ZONE)
    links = list(_rows(folder / "GMNS" / "link.csv.gz"))
    lines = [f"<NUMBER OF ZONES> {zones}", f"<NUMBER OF NODES> {len(nodes)}", f"<FIRST THRU NODE> {zones + 1}",
             f"<NUMBER OF LINKS> {len(links)}",
             "<ORIGINAL HEADER>~ tail head capacity length (ft) free flow time (min) b power ;", "<END OF METADATA>"]
    for row in links:
        minutes = float(row["length"]) / 5280.0 / float(row["free_speed"]) * 60.0
        capacity = float(row["capacity"]) * int(row["lanes"])
        lines.append(f"{number[row['from_node_id']]} {number[row['to_node_id']]} {capacity:g} {row['length']} "
                     f"{minutes!r} 0.15 4 ;")
    (out / "lima_net.tntp").write_text("\n".join(lines) + "\n")
    places = (f"{number[row['node_id']]} {row['x_coord']} {row['y_coord']} ;" for row in nodes)
    (out / "lima_node.tntp").write_text("\n".join(("node x y ;", *places)) + "\n")
    (out / "lima_trips.tntp").write_text("\n".join(_matrix(folder / "demand.csv.gz", number, zones)) + "\n")
    return out


def _matrix(file: Path, number: dict[str, int], zones: int) -> Iterator[str]:
    yield from (f"<NUMBER OF ZONES> {zones}", "<END OF METADATA>")
    origin = ""
    for row in _rows(file):
        if row["orig_taz"] != origin:
            origin = row["orig_taz"]
            yield f"Origin {number[origin]}"
        yield f"{number[row['dest_taz']]} : {row['total']};"


def _rows(file: Path) -> Iterator[dict[str, str]]:
    require_data(file)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
