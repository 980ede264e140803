"""Coordinates of graphs of OSMnx: degrees or metres, and degrees projected to a plane."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

import networkx as nx

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.design.inference.notes import Notebook
from trafficsim.design.inference.osm_tags import number_of
from trafficsim.spec.plane import Plane

GEOGRAPHIC = {"epsg:4326", "epsg:4258", "epsg:4269", "ogc:crs84", "wgs84", "wgs 84"}
FAR_M = 1000.0
"""A length this many times longer than the difference of coordinates tells that they are degrees: a degree has 111 km,
no road is so winding (modelling assumption)."""


def plane_of(graph: nx.DiGraph[Any], notes: Notebook) -> Plane | None:
    """Say where the ``x`` and ``y`` of a graph's nodes lie; ``None`` if no node needs them.

    Raises
    ------
    NetworkError
        If nobody says whether they are degrees or metres.
    """
    places = {node: tuple(number_of(row[axis], f"node {node!r}: {axis}") for axis in ("x", "y"))
              for node, row in graph.nodes(data=True) if row.get("x_m") is None and {"x", "y"} <= row.keys()}
    if not places:
        return None
    xs, ys = ([place[axis] for place in places.values()] for axis in (0, 1))
    if not _in_degrees(graph, places, notes):
        return Plane()
    if max(map(abs, xs)) > 180.0 or max(map(abs, ys)) > 90.0:
        raise NetworkError("graph: x and y", "values beyond 180 and 90", "degrees, as crs says",
                           "correct crs, or project the graph (osmnx.project_graph)")
    return Plane((min(xs) + max(xs)) / 2.0, (min(ys) + max(ys)) / 2.0, is_projected=True)


def _in_degrees(graph: nx.DiGraph[Any], places: dict[Any, tuple[float, ...]], notes: Notebook) -> bool:
    crs = graph.graph.get("crs")
    geographic = getattr(crs, "is_geographic", None)
    if geographic is not None or str(crs).lower() in GEOGRAPHIC:
        return geographic is None or bool(geographic)
    # A text names one of thousands of systems: whether it is one of degrees is told by coordinates and lengths.
    if any(abs(x) > 180.0 or abs(y) > 90.0 for x, y in places.values()):
        if not crs:
            notes.add("metres-guessed", "graph")
        return False
    ratios = [number_of(row["length"], f"link {tail}->{head}: length") / apart
              for tail, head, row in graph.edges(data=True)
              if row.get("length") is not None and tail in places and head in places
              and (apart := math.dist(places[tail], places[head])) > 0.0]
    if not ratios:
        raise NetworkError("graph: crs", quoted(crs) if crs else "nothing", "what says whether x and y are degrees or "
                           f"metres: one of {', '.join(sorted(GEOGRAPHIC))}, or lengths of the edges",
                           'write graph.graph["crs"] = "epsg:4326" for degrees, or use x_m and y_m for metres')
    notes.add("degrees-guessed" if median(ratios) > FAR_M else "metres-guessed", "graph")
    return median(ratios) > FAR_M
