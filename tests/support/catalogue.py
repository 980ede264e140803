"""The SUMO networks of the data folder, each with its demand; where none came with it, one flow for each way across."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from tests.support.real_data import NoData, require_data

RESCO = ("cologne1", "cologne3", "cologne8", "ingolstadt1", "ingolstadt7")
VEH_H = 60.0
"""Volume of each flow of a network that came without demand."""


@dataclass(frozen=True)
class Case:
    """Files of one network, and the clock time in which its trips depart.

    Attributes
    ----------
    routes : empty when no demand came with the network
    """

    name: str
    network: Path
    routes: tuple[Path, ...] = ()
    additional: tuple[Path, ...] = ()
    start_s: float = 0.0
    analysis_s: float = 3600.0


def catalogue(folder: Path) -> tuple[Case, ...]:
    """Return all SUMO networks of the folder, with every variant of their programs and demand."""
    return (*_resco(folder / "sumo_resco"), *_acosta(folder / "sumo_bologna_acosta"),
            *_doerpfeldstr(folder / "sumo_doerpfeldstr"), *_rilsa(folder / "sumo_rilsa"),
            Case("bullhead", folder / "utdf_bullhead" / "utdf_to_sumo" / "utdf_to_sumo.net.xml"))


def find_case(folder: Path, name: str) -> Case:
    """Return a network of the folder by its name.

    Raises
    ------
    NoData
        If the folder has none of this name, or one of its files is missing.
    """
    case = next((each for each in catalogue(folder) if each.name == name), None)
    if case is None:
        raise NoData(f"REAL DATA ABSENT: no network {name} in {folder}")
    require_data(case.network, *case.routes, *case.additional)
    return case


def _resco(folder: Path) -> Iterator[Case]:
    start = {"cologne1": 25200.0, "cologne3": 25200.0, "cologne8": 25200.0, "ingolstadt1": 57600.0,
             "ingolstadt7": 57600.0}
    for name in RESCO:
        yield Case(name, folder / name / f"{name}.net.xml", (folder / name / f"{name}.rou.xml",), (), start[name])


def _acosta(folder: Path) -> Iterator[Case]:
    additional = tuple(folder / f"acosta_{each}.add.xml" for each in ("vtypes", "bus_stops", "tls", "detectors"))
    yield Case("acosta", folder / "acosta_buslanes.net.xml",
               (folder / "acosta.rou.xml.gz", folder / "acosta_busses.rou.xml"), additional, 0.0, 3600.0)


def _doerpfeldstr(folder: Path) -> Iterator[Case]:
    net, additional = folder / "net.net.xml.gz", (folder / "vtypes.add.xml", folder / "tram_tls.add.xml")
    for name, file in (("samplertrips", "samplertrips.rou.xml.gz"), ("flows_2", "flows_2.rou.xml")):
        yield Case(f"doerpfeldstr-{name}", net, (folder / file,), additional, 50300.0, 3800.0)
    # Its flows begin at 14:00.
    yield Case("doerpfeldstr-cars_bikes", net, (folder / "cars_bikes.rou.xml",), additional, 50400.0)


def _rilsa(folder: Path) -> Iterator[Case]:
    for example in sorted((folder / "RealWorld").glob("*")):
        programs = sorted(each for each in example.glob("*.add.xml") if "tls" in each.name)
        for net in sorted(example.glob("*.net.xml")):
            for program in programs:
                name = f"rilsa-{example.name[-1]}-{net.name.partition('.')[0]}-{program.name.partition('.')[0]}"
                yield Case(name, net, (), (program, example / "vtypes.add.xml"))
    yield Case("rilsa-RiLSA1", folder / "RiLSA1" / "rilsa1.net.xml", (), (folder / "RiLSA1" / "tls.add.xml",))


def flows_across(network: Path) -> str:
    """Return a route file's text: a flow from each edge on which a network is entered to each on which it is left."""
    with (gzip.open(network) if network.suffix == ".gz" else network.open("rb")) as stream:
        root = parse(stream).getroot()
    edges = [edge for edge in root.iter("edge") if edge.get("function") is None and _is_open(edge)]
    signals = {junction.get("id") for junction in root.iter("junction") if junction.get("type") == "traffic_light"}
    # A network without any end has a flow across each signal.
    ins = [edge for edge in edges if not _others(edges, edge, "from")] or [e for e in edges if e.get("to") in signals]
    outs = [edge for edge in edges if not _others(edges, edge, "to")] or [e for e in edges if e.get("from") in signals]
    rows = [f'<flow id="{a.get("id")}>{b.get("id")}" from="{a.get("id")}" to="{b.get("id")}" begin="0" end="3600" '
            f'vehsPerHour="{VEH_H:g}"/>' for a in ins for b in outs if a is not b and a.get("from") != b.get("to")]
    return "<routes>\n" + "\n".join(rows) + "\n</routes>\n"


def _is_open(edge: Element) -> bool:
    return any(not lane.get("allow") or "passenger" in lane.get("allow", "") for lane in edge.iter("lane"))


def _others(edges: list[Element], edge: Element, end: str) -> bool:
    """Whether at this end of an edge others go on, besides its way back."""
    other = "to" if end == "from" else "from"
    return any(one.get(other) == edge.get(end) and one.get(end) != edge.get(other) for one in edges)
