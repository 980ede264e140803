"""Results per link as a map: the table of links over the time measured, with the line of each link."""

from __future__ import annotations

from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.io.exports import Exported
from trafficsim.io.geography import Line, Lines, write_geojson, write_geoparquet
from trafficsim.io.network_file import read_network
from trafficsim.results.asked import network_path
from trafficsim.results.link_summary import link_summary
from trafficsim.results.store import read_manifest, read_tables
from trafficsim.spec.network import Network
from trafficsim.spec.plane import Plane, plane_of_graph
from trafficsim.spec.scenario import Time


def write_links(folder: Path, out: Path) -> Exported:
    """Write a line for every link, scenario, alternative and engine, with its results.

    Longitude and latitude where the network keeps its projection, else metres, which a note says.

    Raises
    ------
    InputError
        If the folder holds no table of links or no network, or no link has a place.
    """
    tables = read_tables(folder)
    if "links" not in tables or tables["links"].empty:
        raise InputError(str(folder), "no results of links", "a folder of results with the table links",
                         "give the folder that --out of compare or run named")
    summary = link_summary(tables["links"], _periods(folder))
    networks = {name: _network(folder, name) for name in dict.fromkeys(summary["scenario"])}
    lines = {(name, link): line for name, network in networks.items() for link, line in lines_of(network).items()}
    keys = list(zip(summary["scenario"], summary["link"], strict=True))
    placed = [key in lines for key in keys]
    if not any(placed):
        raise InputError(str(folder), "links without coordinates", "links with a geometry, or nodes with x_m and y_m",
                         "give the nodes of the network coordinates")
    plane, notes = _plane(networks)
    if not all(placed):
        notes.append(f"{placed.count(False)} rows of links without coordinates are left out")
    found = Lines(summary[placed].reset_index(drop=True), [lines[key] for key in keys if key in lines], plane)
    (write_geojson if out.suffix == ".geojson" else write_geoparquet)(found, out)
    return Exported((out,), tuple(notes))


def lines_of(network: Network) -> dict[str, Line]:
    """Return the line of every link that has a place: its geometry, else straight from node to node.

    Examples
    --------
    >>> import trafficsim as ts
    >>> len(lines_of(ts.grid(2, 2))) == len(ts.grid(2, 2).links)
    True
    """
    found: dict[str, Line] = {}
    for link, attributes in network.links.items():
        line = [(float(x), float(y)) for x, y in attributes.get("geometry") or ()]
        if len(line) < 2:
            ends = (network.graph.nodes[attributes[end]] for end in ("from", "to"))
            line = [(float(one["x_m"]), float(one["y_m"])) for one in ends
                    if one.get("x_m") is not None and one.get("y_m") is not None]
        if len(line) >= 2:
            found[link] = line
    return found


def _periods(folder: Path) -> dict[str, tuple[float, float]]:
    """Analysis periods of the scenarios that the manifest beside the results names."""
    scenarios = (read_manifest(folder) or {}).get("scenarios", {})
    times = {name: Time.model_validate(one["time"]) for name, one in scenarios.items() if one.get("time")}
    return {name: (time.analysis_begin_s, time.analysis_end_s) for name, time in times.items()}


def _network(folder: Path, scenario: str) -> Network:
    path = network_path(folder, scenario)
    if not path.exists():
        raise InputError(str(path), "no network of the scenario", "the network beside the results",
                         "run the study again with --out")
    return read_network(path)


def _plane(networks: dict[str, Network]) -> tuple[Plane | None, list[str]]:
    """Projection of all scenarios; none where one of them has none, or they differ so that lines must not mix."""
    planes = {name: plane_of_graph(network.graph.graph) for name, network in networks.items()}
    if any(plane is None for plane in planes.values()) or len(set(planes.values())) != 1:
        return None, ["coordinates are metres of the network, no degrees: its projection is not known"]
    return next(iter(planes.values())), []
