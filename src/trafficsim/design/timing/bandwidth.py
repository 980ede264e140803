"""Bandwidth of an arterial as a mixed-integer linear programme: MAXBAND, and MULTIBAND with a band for each link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from trafficsim.base.errors import InputError


class Green(NamedTuple):
    """Green of one direction: its begin after that of the program, and its length, as shares of the cycle.

    Where intergreens last as long at every cycle, both have a part in seconds beside that: ``begin_s``, ``share_s``
    (below 0 where intergreens take from green).
    """

    begin: float
    share: float
    begin_s: float = 0.0
    share_s: float = 0.0

    def most(self, z: tuple[float, float]) -> float:
        """Largest share of the cycle between two values of its reciprocal."""
        return self.share + max(self.share_s * one for one in z)


class Order(NamedTuple):
    """Greens of both directions under one order of the stages, such as left turns first or last."""

    out: Green
    back: Green


@dataclass(frozen=True)
class ArterialSignal:
    """A signal of an arterial.

    Parameters
    ----------
    distance_m
        From the begin of the arterial.
    orders
        Greens of both directions for each order of its stages that may be chosen.
    queue_out_s, queue_back_s
        Time that waiting vehicles need to leave before the band comes.
    """

    distance_m: float
    orders: tuple[Order, ...]
    queue_out_s: float = 0.0
    queue_back_s: float = 0.0


@dataclass(frozen=True)
class BandRules:
    """What may be chosen, and what counts.

    Parameters
    ----------
    cycle_s, speed_ms
        Least and largest cycle and speed; speeds of links are chosen one by one.
    weights_out, weights_back
        Worth of the band on each link, in order of the arterial; of MAXBAND their sum counts.
    by_link
        A band for each link (MULTIBAND) instead of one for the arterial (MAXBAND).
    gap
        The search ends when it is known that no bands are wider than those found by more than this share.
    most_nodes
        The search ends after as many nodes of its tree, whatever the gap: a number of steps, not a time, so that every
        machine finds the same.
    """

    cycle_s: tuple[float, float]
    speed_ms: tuple[float, float]
    weights_out: tuple[float, ...]
    weights_back: tuple[float, ...]
    by_link: bool = False
    gap: float = 1e-4
    most_nodes: int = 30_000


class Bands(NamedTuple):
    """What was found: cycle, offsets (s) and orders by signal, bands (s) by link, and the weighted sum in cycles.

    No other choice has a sum larger by more than the share ``gap``.
    """

    cycle_s: float
    offsets_s: tuple[float, ...]
    orders: tuple[int, ...]
    out_s: tuple[float, ...]
    back_s: tuple[float, ...]
    worth: float
    gap: float = 0.0


def widest_bands(signals: Sequence[ArterialSignal], rules: BandRules) -> Bands:
    """Choose offsets, cycle, speeds and orders of stages so that the weighted sum of the bands is largest.

    Greens are shares of the cycle, with parts in seconds where they have such. Source: Little (Operations Research 14,
    1966); Little, Kelson and Gartner, MAXBAND (Transportation Research Record 795, 1981); Gartner, Assmann, Lasaga and
    Hou, MULTIBAND (Transportation Research B 25, 1991). Solved by HiGHS.

    Parameters
    ----------
    signals
        At least two, in order of the way out.
    rules
        What may be chosen, and what counts.

    Raises
    ------
    InputError
        If there are fewer than two signals, or weights do not fit the links.

    Examples
    --------
    >>> half = (Order(Green(0.0, 0.5), Green(0.0, 0.5)),)
    >>> signals = [ArterialSignal(place * 400.0, half) for place in range(3)]  # 30 s apart: half of the cycle
    >>> found = widest_bands(signals, BandRules((60.0, 60.0), (400 / 30, 400 / 30), (1.0, 1.0), (1.0, 1.0)))
    >>> [round(found.out_s[0], 3), round(found.back_s[0], 3)]
    [30.0, 30.0]
    """
    links = len(signals) - 1
    if links < 1 or {len(rules.weights_out), len(rules.weights_back)} != {links}:
        raise InputError("bandwidth", f"{len(signals)} signals, {len(rules.weights_out)} and "
                         f"{len(rules.weights_back)} weights", "two signals or more, and a weight for each link",
                         "correct the arterial or its weights")
    return _Programme(signals, rules).solved()


class _Programme:
    """Rows and columns of the mixed-integer programme."""

    def __init__(self, signals: Sequence[ArterialSignal], rules: BandRules) -> None:
        self.signals, self.rules = signals, rules
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.rows: list[dict[int, float]] = []
        self.least: list[float] = []
        self.most: list[float] = []
        self.z = self._column(1.0 / rules.cycle_s[1], 1.0 / rules.cycle_s[0])
        # All offsets may be shifted alike: the first is 0. Others count whole cycles too; the way out needs none then.
        self.offset = [self._column(-2.0, self._most_cycles(place, False)) if place else self._column(0.0, 0.0)
                       for place in range(len(signals))]
        self.order = [[self._column(0.0, 1.0, whole=True) for _ in one.orders] for one in signals]
        self.z_of = [self._shares_of_z(chosen) for chosen in self.order]
        """By signal and order: z where the order is chosen, else 0."""
        self.there: dict[int, int] = {}
        """By column of a band: whether there is one; where it is not worth it, nothing has to pass."""
        self.bands = [self._direction(back) for back in (False, True)]

    def _column(self, low: float, high: float, *, whole: bool = False) -> int:
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.low) - 1

    def _shares_of_z(self, chosen: Sequence[int]) -> list[int]:
        """One order is chosen, and its column of z is z."""
        self._row(dict.fromkeys(chosen, 1.0), 1.0, 1.0)
        if len(chosen) == 1:
            return [self.z]
        low, high = 1.0 / self.rules.cycle_s[1], 1.0 / self.rules.cycle_s[0]
        found = [self._column(0.0, high) for _ in chosen]
        for order, column in zip(chosen, found, strict=True):
            self._row({column: 1.0, order: -low})
            self._row({order: high, column: -1.0})
        self._row({**dict.fromkeys(found, 1.0), self.z: -1.0}, 0.0, 0.0)
        return found

    def _row(self, row: dict[int, float], least: float = 0.0, most: float = np.inf) -> None:
        self.rows.append(row)
        self.least.append(least)
        self.most.append(most)

    def _direction(self, back: bool) -> list[int]:
        """Add what one direction needs; return the columns of its bands by link of the arterial."""
        links = len(self.signals) - 1
        travel = [self._travel(link) for link in range(links)]
        if self.rules.by_link:
            bands = [self._band(back, (link, link + 1)) for link in range(links)]
        else:
            bands = [self._band(back, range(links + 1))] * links
        start = self._column(0.0, 1.0) if back else self._column(-1.0, self._most_cycles(0, False))
        for place in range(len(self.signals)):
            passed = travel[place:] if back else travel[:place]
            middle = {start: 1.0, **dict.fromkeys(passed, 1.0), self.offset[place]: -1.0}
            if back:
                middle[self._column(-self._most_cycles(place, True) - 2.0, self._most_cycles(place, False) + 2.0,
                                    whole=True)] = 1.0
            for band in {bands[link] for link in (place - 1, place) if 0 <= link < links}:
                self._within(place, back, middle, band)
        return bands

    def _most_cycles(self, place: int, back: bool) -> float:
        """Cycles after which a band at a signal is surely through its green: travel time, queue, green and a cycle."""
        signal, shortest_s = self.signals[place], self.rules.cycle_s[0]
        first_m = self.signals[-1 if back else 0].distance_m
        queue_s = max(signal.queue_out_s, signal.queue_back_s)
        return float(np.ceil((abs(signal.distance_m - first_m) / self.rules.speed_ms[0] + queue_s) / shortest_s)) + 3.0

    def _band(self, back: bool, places: Iterable[int]) -> int:
        """Column of a band, which is 0 unless it is there, and no wider than any green on it."""
        greens = [[order.back if back else order.out for order in self.signals[place].orders] for place in places]
        reciprocals = (1.0 / self.rules.cycle_s[1], 1.0 / self.rules.cycle_s[0])
        widest = max(min(max(green.most(reciprocals) for green in some) for some in greens), 0.0)
        band = self._column(0.0, widest)
        self.there[band] = self._column(0.0, 1.0, whole=True)
        self._row({self.there[band]: widest, band: -1.0})
        return band

    def _travel(self, link: int) -> int:
        """Column of the travel time of a link in cycles, between its limits at every cycle."""
        length_m = self.signals[link + 1].distance_m - self.signals[link].distance_m
        slowest, fastest = self.rules.speed_ms
        column = self._column(0.0, np.inf)
        self._row({column: 1.0, self.z: -length_m / fastest})
        self._row({column: -1.0, self.z: length_m / slowest})
        return column

    def _within(self, place: int, back: bool, middle: dict[int, float], band: int) -> None:
        """Keep half of a band that is there on each side of its middle within the green of a signal."""
        signal = self.signals[place]
        queue_s = signal.queue_back_s if back else signal.queue_out_s
        begins: dict[int, float] = {self.z: -queue_s}
        ends: dict[int, float] = {}
        for order, column, z in zip(signal.orders, self.order[place], self.z_of[place], strict=True):
            green = order.back if back else order.out
            begins[column], ends[column] = -green.begin, green.begin + green.share
            begins[z] = begins.get(z, 0.0) - green.begin_s
            ends[z] = ends.get(z, 0.0) + green.begin_s + green.share_s
        self._row({**middle, **begins, band: -0.5, self.there[band]: -1.0}, -1.0)
        self._row({**{column: -value for column, value in middle.items()}, **ends, band: -0.5,
                   self.there[band]: -1.0}, -1.0)

    def solved(self) -> Bands:
        size = len(self.low)
        matrix, worth = np.zeros((len(self.rows), size)), np.zeros(size)
        for number, row in enumerate(self.rows):
            for column, value in row.items():
                matrix[number, column] = value
        for columns, weights in zip(self.bands, (self.rules.weights_out, self.rules.weights_back), strict=True):
            np.add.at(worth, columns, weights)
        found = milp(-worth, constraints=LinearConstraint(matrix, np.array(self.least), np.array(self.most)),
                     integrality=np.array(self.whole), bounds=Bounds(np.array(self.low), np.array(self.high)),
                     options={"mip_rel_gap": self.rules.gap, "node_limit": self.rules.most_nodes})
        if found.x is None:
            raise InputError("bandwidth", str(found.message), "greens that leave a band of 0 s or more",
                             "shorten the queues, or widen the range of speeds")
        return self._bands(found.x, float(-found.fun), max(float(found.mip_gap or 0.0), 0.0))

    def _bands(self, x: np.ndarray, worth: float, gap: float) -> Bands:
        cycle_s = 1.0 / x[self.z]
        out, back = (tuple(float(cycle_s * x[column]) for column in columns) for columns in self.bands)
        first = x[self.offset[0]]
        return Bands(float(cycle_s), tuple(float(cycle_s * ((x[one] - first) % 1.0)) for one in self.offset),
                     tuple(int(np.argmax(x[columns])) for columns in self.order), out, back, worth, gap)
