"""Limits against moving jams: upstream of a jam that moves, a limit holds back the flow until the jam has dissolved.

In the manner of SPECIALIST (Hegyi, Hoogendoorn, Schreuder, Stoelhorst & Viti 2008, IEEE Conference on Intelligent
Transportation Systems, 827-832): a jam whose front moves upstream at ``w`` loses length when its tail moves upstream
more slowly. Under a limit that all meet at once, density stays and flow falls from ``k v`` to ``k u``; the tail then
moves at ``k u / (k_jam - k)`` (kinematic waves), and a jam of length ``l`` is gone after ``l / (w - k u / (k_jam -
k))``. Who arrives at its end just then has driven at ``u`` all the time, so the limit must reach upstream by the way
at ``u + w`` in this time. A jam that does not lose length, or for which the signs do not reach far enough, is not
tackled. What SPECIALIST fixes in advance for the release, measured speeds decide here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.control.measured import Measured, Site
from trafficsim.plan.arrays import F8
from trafficsim.spec.roadside import MovingJamSigns

LOOKED_AHEAD_M = 1500.0
"""A moving jam has free traffic within this distance on both sides, in which vehicles speed up (modelling
assumption)."""
RELEASED = "traffic flows again, or the jam is no longer tackled"
RECOVERED = 0.7
"""Share of the limit at which traffic under it counts as flowing (modelling assumption)."""
GIVEN_UP = 4.0
"""After so many times the time in which the jam should have dissolved the limits go (modelling assumption)."""


class Jam(NamedTuple):
    """Links ``first`` to ``last`` are jammed."""

    first: int
    last: int


class Scheme(NamedTuple):
    """Where and why a limit is shown: links ``first`` to ``last``."""

    first: int
    last: int
    dissolves_s: float
    reason: str


class MovingJam:
    """Signs of one road; one jam is tackled at a time, the most downstream first.

    Parameters
    ----------
    signs
        Parameters.
    site
        Links with a sign each, in driving order.
    """

    def __init__(self, signs: MovingJamSigns, site: Site) -> None:
        self._signs, self._site = signs, site
        self._end_m = np.cumsum(site.length_m)
        self._on: NDArray[np.bool_] = np.zeros(len(site.lanes), np.bool_)
        self._scheme: Scheme | None = None
        self._released_s = -np.inf
        self._begun_s = -np.inf

    def decide(self, time_s: float, traffic: Measured) -> Mapping[int, tuple[float, str]]:
        """Return the signs that change."""
        before = self._on.copy()
        if self._scheme is None:
            self._tackle(time_s, traffic)
        else:
            self._release(time_s, traffic)
        changed = np.flatnonzero(before != self._on).tolist()
        reason = RELEASED if self._scheme is None else self._scheme.reason
        if not self._on.any():
            self._scheme = None
        return {one: (self._signs.limit_kmh, reason) if self._on[one] else (np.nan, RELEASED) for one in changed}

    def _tackle(self, time_s: float, traffic: Measured) -> None:
        for jam in reversed(self.jams(traffic.speed_kmh)):
            found = self.scheme(jam, traffic)
            if found is not None:
                self._scheme, self._begun_s, self._released_s = found, time_s, time_s
                self._on[found.first:found.last + 1] = True
                return

    def jams(self, speed_kmh: F8) -> list[Jam]:
        """Return the moving jams: slow links in a row, not too long, with free traffic on both sides."""
        with np.errstate(invalid="ignore"):
            slow, free = speed_kmh < self._signs.jam_speed_kmh, ~(speed_kmh < self._signs.free_speed_kmh)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], slow, [False]]).astype(np.int8)))
        found = [Jam(first, last - 1) for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
        return [jam for jam in found if self._moves(jam, free)]

    def _moves(self, jam: Jam, free: NDArray[np.bool_]) -> bool:
        length_m = float(self._site.length_m[jam.first:jam.last + 1].sum())
        begin_m, end_m = self._end_m[jam.first] - self._site.length_m[jam.first], self._end_m[jam.last]
        above = (self._end_m <= begin_m + 1e-6) & (self._end_m > begin_m - LOOKED_AHEAD_M)
        below = (self._end_m > end_m) & (self._end_m <= end_m + LOOKED_AHEAD_M + 1e-6)
        return length_m <= self._signs.longest_m and bool((free & above).any()) and bool((free & below).any())

    def scheme(self, jam: Jam, traffic: Measured) -> Scheme | None:
        """Return where a limit dissolves a jam; ``None`` where none does."""
        upstream = self._upstream(jam, traffic)
        if upstream is None:
            return None
        signs, jam_density = self._signs, self._signs.jam_density_veh_km_lane
        tail_kmh = upstream * signs.limit_kmh / max(jam_density - upstream, 1e-9)
        if tail_kmh >= signs.front_kmh:
            return None
        hours = self.jam_km(jam, traffic, upstream) / (signs.front_kmh - tail_kmh)
        reach_m = 1000.0 * signs.margin * (signs.limit_kmh + signs.front_kmh) * hours
        begin_m = self._end_m[jam.last] - reach_m
        if begin_m < 0.0:
            return None
        first = int(np.searchsorted(self._end_m, begin_m, side="right"))
        reason = (f"moving jam that ends at {self._end_m[jam.last]:.0f} m, {upstream:.0f} veh/km per lane upstream: "
                  f"{reach_m:.0f} m of limit, dissolves in {3600.0 * hours:.0f} s")
        return Scheme(min(first, jam.first), jam.last, 3600.0 * hours, reason)

    def _upstream(self, jam: Jam, traffic: Measured) -> float | None:
        """Density per lane of the free traffic upstream of the link that the tail is on; ``None`` without any."""
        density, speed = traffic.density_veh_km / self._site.lanes, traffic.speed_kmh
        rows = [one for one in range(max(jam.first - 1, 0)) if speed[one] >= self._signs.free_speed_kmh]
        if not rows:
            return None
        return float(np.average(density[rows], weights=self._site.length_m[rows]))

    def jam_km(self, jam: Jam, traffic: Measured, upstream: float) -> float:
        """Length of a jam at the density inside jams: its vehicles beyond those of the traffic upstream."""
        rows = slice(max(jam.first - 1, 0), jam.last + 2)
        density = np.minimum(traffic.density_veh_km / self._site.lanes, self._signs.jam_density_veh_km_lane)[rows]
        more = np.maximum(density - upstream, 0.0) * self._site.length_m[rows] / 1000.0
        return float(more.sum() / (self._signs.jam_density_veh_km_lane - upstream))

    def _release(self, time_s: float, traffic: Measured) -> None:
        """Take limits away from the downstream end: no faster than the release moves, and never at or behind a jam."""
        assert self._scheme is not None
        if time_s - self._begun_s > GIVEN_UP * max(self._scheme.dissolves_s, 60.0):
            self._on[:] = False
            return
        speed_ms = self._signs.release_kmh / 3.6
        for one in np.flatnonzero(self._on)[::-1].tolist():
            took_s = float(self._site.length_m[one]) / speed_ms
            with np.errstate(invalid="ignore"):
                if (traffic.speed_kmh[one:one + 2] < RECOVERED * self._signs.limit_kmh).any():
                    self._released_s = time_s
                    return
            if time_s - self._released_s < took_s:
                return
            self._on[one] = False
            self._released_s += took_s
