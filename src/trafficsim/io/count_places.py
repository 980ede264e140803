"""Where counts were taken: links by id, by name and direction, or by coordinates and bearing; movements."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import quoted
from trafficsim.spec.network import Network
from trafficsim.spec.plane import plane_of_graph
from trafficsim.spec.schema import TURN_NAMES

COMPASS = {name: 45.0 * place for place, name in enumerate(("N", "NE", "E", "SE", "S", "SW", "W", "NW"))}
WORDS = {"north": 0.0, "northbound": 0.0, "nb": 0.0, "east": 90.0, "eastbound": 90.0, "eb": 90.0, "south": 180.0,
         "southbound": 180.0, "sb": 180.0, "west": 270.0, "westbound": 270.0, "wb": 270.0}
MOST_OFF_M, MOST_OFF_DEG = 30.0, 50.0
"""How far a place may lie from its link, and a bearing from the link's (modelling assumption: a detector cabinet stands
beside the road, and eight points of the compass are 22.5 degrees coarse)."""
CLOSE_M = 5.0
"""A second link that is farther by less makes the place doubtful (modelling assumption)."""


@dataclass(frozen=True, slots=True)
class Match:
    """The link of a count: empty if there is none; ``why`` says what was missing, or what is doubtful."""

    link: str = ""
    why: str = ""


def bearing_of(text: str) -> float | None:
    """Return a direction as degrees clockwise from north; ``None`` if it is none.

    Examples
    --------
    >>> bearing_of("NE"), bearing_of("westbound"), bearing_of("372"), bearing_of("up")
    (45.0, 270.0, 12.0, None)
    """
    plain = text.strip()
    if plain.upper() in COMPASS:
        return COMPASS[plain.upper()]
    if plain.lower() in WORDS:
        return WORDS[plain.lower()]
    try:
        degrees = float(plain)
    except ValueError:
        return None
    return degrees % 360.0 if math.isfinite(degrees) else None


@dataclass(frozen=True)
class Places:
    """Finds the links of a network.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> Places(ring(1000.0, links=2)).by_id("nowhere").why
    "no link 'nowhere' in the network"
    """

    network: Network
    links: Mapping[str, Mapping[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Look the links up once."""
        object.__setattr__(self, "links", self.network.links)

    def by_id(self, link: str) -> Match:
        """Find a link by its id."""
        if link in self.links:
            return Match(link)
        close = difflib.get_close_matches(link, self.links, n=1, cutoff=0.8)
        return Match("", f"no link {quoted(link)} in the network" + (f"; close: {close[0]}" if close else ""))

    def by_name(self, name: str, bearing_deg: float) -> Match:
        """Find a link by the name of its road and its direction; of several the longest, as doubtful."""
        named = [link for link, road in self.links.items() if str(road.get("name") or "").casefold() == name.casefold()]
        if not named:
            return Match("", f"no link has the name {quoted(name)}")
        aligned = [link for link in named if self._turned_by(link, bearing_deg) <= MOST_OFF_DEG]
        if not aligned:
            return Match("", f"no link of {quoted(name)} leads towards {bearing_deg:g} degrees")
        best = max(aligned, key=lambda link: (float(self.links[link].get("length_m") or 0.0), link))
        return Match(best, f"{len(aligned)} links of {quoted(name)} lead there; the longest is taken"
                     if len(aligned) > 1 else "")

    def by_degrees(self, latitude: float, longitude: float, bearing_deg: float | None) -> Match:
        """Find a link by latitude, longitude and bearing."""
        plane = plane_of_graph(self.network.graph.graph)
        if plane is None:
            return Match("", "the network does not say where on the earth it lies: give link, or x_m and y_m")
        return self.at(*plane.metres(longitude, latitude), bearing_deg)

    def at(self, x_m: float, y_m: float, bearing_deg: float | None) -> Match:
        """Find the nearest link that leads the way; without a bearing a two-way road is doubtful."""
        away = self._distances_m(x_m, y_m)
        near = [place for place in np.argsort(away, kind="stable")[:50].tolist() if away[place] <= MOST_OFF_M]
        if not near:
            closest = f"; the nearest is {away.min():,.0f} m away" if len(away) else ""
            return Match("", f"no link within {MOST_OFF_M:g} m{closest}")
        names = self._segments[1]
        fitting = [place for place in near
                   if bearing_deg is None or _between(self._bearings[place], bearing_deg) <= MOST_OFF_DEG]
        if not fitting:
            return Match("", f"no link within {MOST_OFF_M:g} m leads towards {bearing_deg:g} degrees")
        best = fitting[0]
        rival = next((place for place in fitting if names[place] != names[best]
                      and away[place] - away[best] < CLOSE_M), None)
        return Match(names[best], "" if rival is None else f"link {names[rival]} is as near, "
                     f"{away[rival]:.0f} m against {away[best]:.0f} m")

    def beyond(self, link: str, turn: str) -> Match:
        """Find where a turn (``left``, ``through``, ``right``, ``u_turn``) of a link leads."""
        if turn not in TURN_NAMES:
            return Match("", f"the turn {quoted(turn)} is none of {', '.join(TURN_NAMES)}")
        ends = dict.fromkeys(one.to_link for one in self.network.connections
                             if one.from_link == link and one.turn == turn)
        if len(ends) != 1:
            return Match("", f"{len(ends) or 'no'} movements {turn} leave link {quoted(link)}: give to_link")
        return Match(next(iter(ends)))

    def movement(self, link: str, to_link: str) -> Match:
        """Find a movement by the two links."""
        known = self.by_id(to_link)
        if known.why or (link, to_link) in self._movements:
            return known
        return Match("", f"no movement leads from link {quoted(link)} to {quoted(to_link)}")

    @cached_property
    def _movements(self) -> set[tuple[str, str]]:
        return {(one.from_link, one.to_link) for one in self.network.connections}

    def _line(self, link: str) -> Sequence[Sequence[float]]:
        road = self.links[link]
        shape = road.get("geometry") or ()
        if hasattr(shape, "coords"):
            shape = tuple(shape.coords)
        if len(shape) >= 2:
            return tuple(point[:2] for point in shape)
        ends = (self.network.graph.nodes[road["from"]], self.network.graph.nodes[road["to"]])
        return tuple((float(node["x_m"]), float(node["y_m"])) for node in ends
                     if node.get("x_m") is not None and node.get("y_m") is not None)

    def _turned_by(self, link: str, bearing_deg: float) -> float:
        line = self._line(link)
        if len(line) < 2:
            return 180.0
        return _between(_bearing(line[-1][0] - line[0][0], line[-1][1] - line[0][1]), bearing_deg)

    @cached_property
    def _segments(self) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        pieces, names = [], []
        for link in self.links:
            line = self._line(link)
            pieces += [(*first, *second) for first, second in pairwise(line)]
            names += [link] * max(0, len(line) - 1)
        return np.array(pieces, np.float64).reshape(-1, 4), tuple(names)

    @cached_property
    def _bearings(self) -> NDArray[np.float64]:
        ends = self._segments[0]
        return np.degrees(np.arctan2(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])) % 360.0

    def _distances_m(self, x_m: float, y_m: float) -> NDArray[np.float64]:
        ends = self._segments[0]
        along = ends[:, 2:] - ends[:, :2]
        to_point = np.array((x_m, y_m)) - ends[:, :2]
        squared = np.maximum((along ** 2).sum(axis=1), 1e-12)
        share = np.clip((to_point * along).sum(axis=1) / squared, 0.0, 1.0)
        gap = to_point - share[:, None] * along
        return np.asarray(np.hypot(gap[:, 0], gap[:, 1]))


def _bearing(east_m: float, north_m: float) -> float:
    return math.degrees(math.atan2(east_m, north_m)) % 360.0


def _between(first_deg: float, second_deg: float) -> float:
    return abs((float(first_deg) - second_deg + 180.0) % 360.0 - 180.0)
