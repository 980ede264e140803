"""Crashes to sites: by the id or name of a place, else by coordinates, each with its status and distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.places import Site
from trafficsim.spec.crashes import History
from trafficsim.spec.network import Network

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
MATCHED, AMBIGUOUS, OUTSIDE = "matched", "ambiguous", "outside"
NOWHERE = -1
AROUND_M = 1000.0
"""A crash so far beyond the edge of the network is still in the same coordinate system (modelling assumption)."""
MOST_LONGITUDE, MOST_LATITUDE = 180.0, 90.0
SPREAD_OF_DEGREES, SMALLEST_NETWORK_M = 2.0, 200.0
"""Crashes that lie within two units of each other, in a network of more than 200 m, are in degrees (assumption)."""
FEWEST_PLACES = 3
EMPTY_F8 = np.zeros(0)


@dataclass(frozen=True)
class Matches:
    """Where each crash belongs.

    Attributes
    ----------
    status : ``"matched"``, ``"ambiguous"`` (a second site is about as near, or has the same name) or ``"outside"``
    site : position in the list of sites; -1 for none; an ambiguous crash counts at the nearer site, at none if only a
        name says where it was
    second : position of the second site of an ambiguous crash, else -1
    distance_m : to the site, NaN where the place is given by name
    """

    status: NDArray[np.object_]
    site: I8
    second: I8
    distance_m: F8

    def counts(self) -> dict[str, int]:
        """Number of crashes by status.

        Examples
        --------
        >>> one = np.array([0])
        >>> Matches(np.array(["matched"], object), one, one, np.zeros(1)).counts()
        {'matched': 1, 'ambiguous': 0, 'outside': 0}
        """
        return {name: int((self.status == name).sum()) for name in (MATCHED, AMBIGUOUS, OUTSIDE)}


def match(crashes: pd.DataFrame, sites: Sequence[Site], network: Network, history: History) -> Matches:
    """Match crashes to sites.

    A place goes before coordinates: the id of a junction or link, or a name that only one site has. A name of several
    sites, as that of a street, leaves it to the coordinates. These belong to the nearest junction within
    ``junction_radius_m``, else to the nearest road within ``match_distance_m``.

    Parameters
    ----------
    crashes
        As :func:`trafficsim.io.crashes.read_crashes` returns them.
    sites
        Sites of the network (:func:`~trafficsim.outcomes.sites.places.sites_of`).
    network
        Where they lie.
    history
        Distances, and the shift of the coordinates.

    Raises
    ------
    InputError
        If the coordinates are degrees, exchanged or in another system, or no crash belongs to any site.
    """
    x = crashes["x_m"].to_numpy(np.float64) + history.offset_x_m
    y = crashes["y_m"].to_numpy(np.float64) + history.offset_y_m
    found = _by_place(crashes["place"].astype(str).tolist(), sites)
    left = np.flatnonzero((found.site == NOWHERE) & np.isfinite(x) & np.isfinite(y))
    if len(left):
        require_same_system(x[left], y[left], _outline(network))
        _by_coordinates(found, left, np.column_stack([x[left], y[left]]), _Ground(sites, network, history))
    if (found.site == NOWHERE).all():
        raise InputError("history: crashes", f"{len(crashes):,} crashes, none at a site of the network",
                         "places or coordinates of this network", "check the places, or match_distance_m")
    return found


def _by_place(places: Sequence[str], sites: Sequence[Site]) -> Matches:
    ids: dict[str, list[int]] = {}
    names: dict[str, list[int]] = {}
    for position, site in enumerate(sites):
        for name in {site.id} if site.kind == "junction" else set(site.links):
            ids.setdefault(name, []).append(position)
        names.setdefault(site.name, []).append(position)
    found = _nowhere(len(places))
    for row, place in enumerate(places):
        known = (ids.get(place) or names.get(place)) if place else None
        if known is None:
            continue
        found.status[row] = MATCHED if len(known) == 1 else AMBIGUOUS
        if len(known) == 1:
            found.site[row] = known[0]
    return found


def _nowhere(number: int) -> Matches:
    return Matches(np.full(number, OUTSIDE, object), np.full(number, NOWHERE), np.full(number, NOWHERE),
                   np.full(number, np.nan))


def _outline(network: Network) -> F8:
    """Coordinates of all nodes and lines, shape (n, 2)."""
    points = [(float(one["x_m"]), float(one["y_m"])) for _, one in network.graph.nodes(data=True)
              if one.get("x_m") is not None and one.get("y_m") is not None]
    points += [point for _, _, one in network.graph.edges(data=True) for point in one.get("geometry") or ()]
    if not points:
        raise InputError("history: crashes", "coordinates, in a network without any",
                         "places: ids of links or junctions", "give a column place, or coordinates to the network")
    return np.array(points)


def require_same_system(x: F8, y: F8, outline: F8) -> None:
    """Refuse coordinates that cannot be those of the network.

    Parameters
    ----------
    x, y
        Coordinates of the crashes, shape (n,).
    outline
        Points of the network, shape (m, 2).

    Raises
    ------
    InputError
        If they are degrees, exchanged, or in another system.
    """
    low, high = outline.min(axis=0) - AROUND_M, outline.max(axis=0) + AROUND_M

    def share_inside(first: F8, second: F8) -> float:
        inside = (first >= low[0]) & (first <= high[0]) & (second >= low[1]) & (second <= high[1])
        return float(inside.mean())

    found = f"x from {x.min():,.6g} to {x.max():,.6g}, y from {y.min():,.6g} to {y.max():,.6g}"
    (west, south), (east, north) = outline.min(axis=0), outline.max(axis=0)
    wanted = f"x from {west:,.6g} to {east:,.6g} m and y from {south:,.6g} to {north:,.6g} m, as in the network"
    if _are_degrees(x, y, outline):
        raise InputError("history: crashes", f"degrees: {found}", wanted,
                         "convert longitude and latitude to the metric system of the network")
    if share_inside(x, y) >= 0.5:
        return
    if share_inside(y, x) >= 0.5:
        raise InputError("history: crashes", f"x and y exchanged: {found}", wanted, "exchange x_m and y_m, under "
                         "[history.columns] or in the table")
    if share_inside(x, y) == 0.0:
        raise InputError("history: crashes", f"coordinates in another system: {found}", wanted,
                         "convert them, or give the shift of the origin as offset_x_m and offset_y_m")


def _are_degrees(x: F8, y: F8, outline: F8) -> bool:
    if np.abs(x).max() > MOST_LONGITUDE or np.abs(y).max() > MOST_LATITUDE:
        return False
    close = max(np.ptp(x), np.ptp(y)) < SPREAD_OF_DEGREES
    places = len(np.unique(np.column_stack([x, y]), axis=0))
    return bool(close and places >= FEWEST_PLACES and np.ptp(outline, axis=0).max() > SMALLEST_NETWORK_M)


class _Ground:
    """Junction centres, and the pieces of all roads, with an index over points along them."""

    def __init__(self, sites: Sequence[Site], network: Network, history: History) -> None:
        self.history = history
        nodes = {str(node): one for node, one in network.graph.nodes(data=True)}
        centres = [(position, float(nodes[site.id]["x_m"]), float(nodes[site.id]["y_m"]))
                   for position, site in enumerate(sites) if site.kind == "junction" and "x_m" in nodes[site.id]]
        self.junction = np.array([one[0] for one in centres], np.int64)
        self.centre = np.array([one[1:] for one in centres]).reshape(-1, 2)
        self._take_pieces(sites, network)

    def _take_pieces(self, sites: Sequence[Site], network: Network) -> None:
        links, site, begin, end = network.links, [], [], []
        for position, one in enumerate(sites):
            if one.kind == "segment":
                for line in (_line(links[link], network) for link in one.links):
                    begin += line[:-1]
                    end += line[1:]
                    site += [position] * max(0, len(line) - 1)
        self.site = np.array(site, np.int64)
        self.begin, self.end = (np.array(points, np.float64).reshape(-1, 2) for points in (begin, end))
        step_m = self.history.match_distance_m
        number = np.maximum(1, np.ceil(np.hypot(*(self.end - self.begin).T) / step_m)).astype(np.int64)
        self.piece = np.repeat(np.arange(len(number)), number)
        within = np.arange(len(self.piece)) - np.repeat(np.cumsum(number) - number, number)
        share = ((within + 0.5) / number[self.piece])[:, None]
        points = self.begin[self.piece] + share * (self.end - self.begin)[self.piece]
        self.points = cKDTree(points) if len(points) else None
        # A point on a piece is at most half a step from one of these, so nothing within the distance is missed.
        self.reach_m = float(np.hypot(self.history.match_distance_m, step_m / 2.0))

    def roads(self, crashes: F8) -> tuple[I8, I8, F8]:
        """Crash, site and distance of every pair within reach."""
        if self.points is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), EMPTY_F8
        crash, point = _pairs(self.points, crashes, self.reach_m)
        piece = self.piece[point]
        distance_m = _to_piece(crashes[crash], self.begin[piece], self.end[piece])
        inside = distance_m <= self.history.match_distance_m
        return crash[inside], self.site[piece[inside]], distance_m[inside]

    def junctions(self, crashes: F8) -> tuple[I8, I8, F8]:
        """Crash, junction and distance of every pair within the radius."""
        if not len(self.junction):
            return np.zeros(0, np.int64), np.zeros(0, np.int64), EMPTY_F8
        crash, place = _pairs(cKDTree(self.centre), crashes, self.history.junction_radius_m)
        return crash, self.junction[place], np.hypot(*(crashes[crash] - self.centre[place]).T)


def _pairs(tree: cKDTree, crashes: F8, reach_m: float) -> tuple[I8, I8]:
    """Crash and point of every pair within reach."""
    near: list[list[int]] = list(tree.query_ball_point(crashes, reach_m))  # type: ignore[arg-type]
    crash = np.repeat(np.arange(len(crashes)), [len(one) for one in near])
    return crash, np.array([point for one in near for point in one], np.int64)


def _line(link: Mapping[str, object], network: Network) -> list[tuple[float, float]]:
    """Line of a link; straight from node to node without a geometry; nothing without coordinates."""
    line = [(float(x), float(y)) for x, y in link.get("geometry") or ()]  # type: ignore[attr-defined]
    if len(line) >= 2:
        return line
    ends = [network.graph.nodes[link[end]] for end in ("from", "to")]
    if any(one.get("x_m") is None or one.get("y_m") is None for one in ends):
        return []
    return [(float(one["x_m"]), float(one["y_m"])) for one in ends]


def _to_piece(point: F8, begin: F8, end: F8) -> F8:
    """Distance of points to straight pieces, row by row."""
    along = end - begin
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - begin) * along).sum(axis=1) / square, 0.0, 1.0)
    return np.asarray(np.hypot(*(point - begin - share[:, None] * along).T))


def _by_coordinates(found: Matches, rows: I8, crashes: F8, ground: _Ground) -> None:
    """Take the nearest junction, where there is none the nearest road."""
    for pairs in (ground.roads(crashes), ground.junctions(crashes)):  # a junction takes the place of a road
        for crash, site, second, distance_m, other_m in _nearest_two(*pairs):
            row = rows[crash]
            close = second != NOWHERE and other_m - distance_m < ground.history.ambiguous_within_m
            found.status[row] = AMBIGUOUS if close else MATCHED
            found.site[row], found.distance_m[row] = site, distance_m
            found.second[row] = second if close else NOWHERE


def _nearest_two(crash: I8, site: I8, distance_m: F8) -> list[tuple[int, int, int, float, float]]:
    """By crash the nearest site, the next one (-1: none) and the distance of both."""
    order = np.lexsort((site, distance_m, crash))
    best: dict[int, list[tuple[int, float]]] = {}
    for at in order.tolist():
        two = best.setdefault(int(crash[at]), [])
        if len(two) < 2 and all(int(site[at]) != known for known, _ in two):
            two.append((int(site[at]), float(distance_m[at])))
    return [(one, two[0][0], two[1][0] if len(two) > 1 else NOWHERE, two[0][1], two[1][1] if len(two) > 1 else np.inf)
            for one, two in best.items()]
