"""A network as static assignment knows it: links with volume-delay functions between nodes, some of them zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import NetworkError, quoted

F8 = NDArray[np.float64]
LINK_NUMBERS = {
    "capacity": "a finite number > 0; 0 where b or power is 0",
    "free_time": "a finite number >= 0",
    "b": "a finite number >= 0",
    "power": "0, or a finite number >= 1",
    "length": "a finite number >= 0",
    "toll": "a finite number",
}
"""Numbers of a link, with what is expected of them."""


@dataclass(frozen=True, eq=False)
class StaticNetwork:
    """Links with BPR volume-delay functions: time = free_time (1 + b (volume / capacity) ** power).

    Source of the function: Bureau of Public Roads, Traffic Assignment Manual, 1964 (b = 0.15, power = 4).

    Parameters
    ----------
    node
        Names of the nodes.
    link
        Names of the links.
    tail, head
        Position of the node at which each link begins and ends; shape (links,).
    capacity
        In the unit of the matrix: trips of the period. Shape (links,), like all numbers that follow.
    free_time
        Travel time without traffic, in ``time_unit``.
    b, power
        Coefficients of the volume-delay function.
    length
        Length in ``length_unit``.
    toll
        Toll in the unit that the toll weight of an assignment refers to.
    zones
        Nodes at which trips may begin and end; empty: all nodes.
    no_through
        Nodes at which trips only begin or end: no path passes through them.
    turns
        Penalties of turns by (link, next link), in ``time_unit``; infinite: the turn is banned.
    time_unit, length_unit
        Units, as the file states them or as they were assumed.

    Raises
    ------
    NetworkError
        If a number cannot be used: zero capacity, a negative time, power between 0 and 1.

    Examples
    --------
    >>> one = np.ones(1)
    >>> road = StaticNetwork(("a", "b"), ("a->b",), np.array([0]), np.array([1]), capacity=900 * one, free_time=2 * one,
    ...                      b=0.15 * one, power=4 * one)
    >>> road.time(np.array([900.0])).tolist()
    [2.3]
    """

    node: tuple[str, ...]
    link: tuple[str, ...]
    tail: NDArray[Any]
    head: NDArray[Any]
    capacity: F8
    free_time: F8
    b: F8
    power: F8
    length: F8 = field(default_factory=lambda: np.zeros(0))
    toll: F8 = field(default_factory=lambda: np.zeros(0))
    zones: tuple[str, ...] = ()
    no_through: frozenset[str] = frozenset()
    turns: Mapping[tuple[str, str], float] = field(default_factory=dict)
    time_unit: str = "min"
    length_unit: str = "km"

    def __post_init__(self) -> None:
        """Fill in what was not given, and refuse what cannot be used."""
        for name in ("length", "toll"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(len(self.link)))
        for name in LINK_NUMBERS:
            self._take(name, np.float64)
        for name in ("tail", "head"):
            self._take(name, np.int64)
        object.__setattr__(self, "zones", self.zones or self.node)
        self._check_numbers()
        self._check_names()
        self._check_turns()

    @property
    def penalised(self) -> tuple[tuple[str, str], ...]:
        """Turns with a penalty that is neither 0 nor infinite."""
        return tuple(turn for turn, penalty in self.turns.items() if 0 < penalty < np.inf)

    def time(self, volume: F8) -> F8:
        """Return travel times under volumes, in ``time_unit``."""
        found: F8 = self.free_time * (1.0 + self.b * (volume / self._capacity()) ** self.power)
        return found

    def _capacity(self) -> F8:
        return np.where(self.capacity > 0, self.capacity, 1.0)

    def _take(self, name: str, kind: type) -> None:
        values: NDArray[Any] = np.array(getattr(self, name), kind)
        if values.shape != (len(self.link),):
            raise NetworkError(f"network: {name}", f"shape {values.shape}", f"one value per link ({len(self.link)},)",
                               "give one value per link")
        values.setflags(write=False)
        object.__setattr__(self, name, values)

    def _check_numbers(self) -> None:
        delayed = (self.b != 0) & (self.power != 0)
        right = {name: np.isfinite(getattr(self, name)) & (getattr(self, name) >= 0) for name in LINK_NUMBERS}
        right["capacity"] &= (self.capacity > 0) | ~delayed
        right["power"] &= (self.power == 0) | (self.power >= 1)
        right["toll"] = np.isfinite(self.toll)
        for name, fine in right.items():
            if not fine.all():
                link = int(np.argmin(fine))
                raise NetworkError(f"link {quoted(self.link[link])}: {name}", f"{getattr(self, name)[link]:g}",
                                   LINK_NUMBERS[name], "correct the value")

    def _check_names(self) -> None:
        for what, names in (("node", self.node), ("link", self.link)):
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise NetworkError(f"{what} {quoted(twice)}", "this name a second time", "unique names", "rename one")
        for what, named in (("zones", self.zones), ("no_through", self.no_through)):
            strange = sorted(set(named) - set(self.node))
            if strange:
                raise NetworkError(f"network: {what}", f"{quoted(strange[0])}, which is no node", "names of nodes",
                                   "correct the name")
        for name in ("tail", "head"):
            place = getattr(self, name)
            if len(place) and not (place.min() >= 0 and place.max() < len(self.node)):
                raise NetworkError(f"network: {name}", f"positions from {place.min()} to {place.max()}",
                                   f"positions of the {len(self.node)} nodes", "correct them")

    def _check_turns(self) -> None:
        place = {link: position for position, link in enumerate(self.link)}
        for (first, second), penalty in self.turns.items():
            where = f"turn from link {quoted(first)} to link {quoted(second)}"
            if first not in place or second not in place or self.head[place[first]] != self.tail[place[second]]:
                raise NetworkError(where, "links that do not follow each other", "links joined by a node",
                                   "correct the names of the links")
            if not (isinstance(penalty, int | float) and penalty >= 0):
                raise NetworkError(where, f"a penalty of {quoted(penalty)}", "a number >= 0, or infinity to ban it",
                                   "correct the penalty")
