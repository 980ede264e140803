"""Stretches of road and the traffic on them, by the candidates that it passes: where a place acts, and on whom.

A link is cut into stretches of at most 50 m. The vehicles of the design day on a link are put into groups that pass
the same candidates, for a place acts only on those who pass it. A stretch with one group is a *cell*: in it all drivers
meet the same places, and the strongest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.memory import require_memory
from trafficsim.plan.arrays import F8, Plan
from trafficsim.run.siting.kernels import Influence, Kernel
from trafficsim.run.siting.speed_choice import SpeedChoices

STRETCH_M = 50.0
"""Longest stretch: that over which a spot speed is taken (modelling assumption)."""
S_PER_H = 3600.0
I8 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Traffic:
    """Vehicles of the design day and their routes.

    Attributes
    ----------
    plan : of the design day, without any policy
    hours : time in which they depart
    """

    plan: Plan
    hours: float

    @cached_property
    def visits(self) -> tuple[I8, I8]:
        """Trip and link of every route position, sorted by link."""
        trips = self.plan.trips
        trip = np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))
        order = np.argsort(trips.route_link, kind="stable")
        return trip[order], np.asarray(trips.route_link, np.int64)[order]

    def on(self, link: int) -> I8:
        """Return the trips on a link, once for each time that they are there."""
        trip, links = self.visits
        begin, end = np.searchsorted(links, [link, link + 1])
        return trip[begin:end]

    @cached_property
    def flow_veh_h(self) -> F8:
        """Mean flow of every link in veh/h."""
        return np.bincount(self.visits[1], minlength=len(self.plan.link_id)) / self.hours

    def passing(self, links: Sequence[int]) -> NDArray[np.bool_]:
        """Say which trips have one of some links in their route; shape (trips,)."""
        found = np.zeros(len(self.plan.trips.key), np.bool_)
        for link in links:
            found[self.on(link)] = True
        return found


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells, and what each place does in them.

    Attributes
    ----------
    link, begin_m, end_m : of each cell; shape (cells,)
    flow_veh_h, share : traffic of its group, and its share of the traffic of the link
    before_kmh : mean free speed on the link without any place
    site, cell, strength, slower_kmh : of each pair of a place and a cell that it acts on: strength of the kernel, and
        by how much the mean free speed falls
    reached : stretches in the reach of each place, by (link, number of the stretch)
    unknown : links in reach on which no vehicle of the design day drives
    """

    link: I8
    begin_m: F8
    end_m: F8
    flow_veh_h: F8
    share: F8
    before_kmh: F8
    site: I8
    cell: I8
    strength: F8
    slower_kmh: F8
    reached: tuple[dict[tuple[int, int], float], ...]
    unknown: tuple[int, ...]


def stretches(length_m: float) -> int:
    """Return the number of stretches of a link."""
    return int(np.ceil(length_m / STRETCH_M - 1e-9))


def stretch_ends(length_m: float) -> F8:
    """Return the ends of the stretches of a link, the begin first.

    Examples
    --------
    >>> stretch_ends(120.0).tolist()
    [0.0, 40.0, 80.0, 120.0]
    """
    return np.linspace(0.0, length_m, stretches(length_m) + 1)


@dataclass(frozen=True)
class _Felt:
    """One influence on one link: its place, who passes it, and the strength on every stretch."""

    site: int
    passing: int
    influence: Influence
    strength: F8


def cells_of(traffic: Traffic, kernels: Sequence[Kernel], choices: SpeedChoices) -> Cells:
    """Work out where the places act, and on whom.

    Parameters
    ----------
    traffic
        Of the design day.
    kernels
        Of the places.
    choices
        Free speeds of drivers, and how they fall.
    """
    index = {name: row for row, name in enumerate(traffic.plan.link_id)}
    keys: dict[tuple[str, ...], int] = {}
    felt: dict[int, list[_Felt]] = {}
    reached: list[dict[tuple[int, int], float]] = []
    for site, kernel in enumerate(kernels):
        own: dict[tuple[int, int], float] = {}
        for influence in kernel.influences:
            key = keys.setdefault(influence.along, len(keys))
            for link, strength in _strengths(influence, traffic.plan, index).items():
                felt.setdefault(link, []).append(_Felt(site, key, influence, strength))
                for number in np.flatnonzero(strength > 0.0).tolist():
                    own[link, number] = max(own.get((link, number), 0.0), float(strength[number]))
        reached.append(own)
    require_memory("candidates", f"{len(keys):,} links with candidates and {len(traffic.plan.trips.key):,} trips",
                   float(len(keys) * len(traffic.plan.trips.key)), "take fewer candidates, or a smaller scenario")
    passing = np.array([traffic.passing([index[link] for link in along]) for along in keys])
    return _joined([_on_link(traffic, link, felt[link], passing, choices) for link in sorted(felt)], tuple(reached),
                   tuple(link for link in sorted(felt) if traffic.flow_veh_h[link] <= 0.0))


def _strengths(influence: Influence, plan: Plan, index: dict[str, int]) -> dict[int, F8]:
    """Mean strength on every stretch of the links that an influence reaches."""
    found: dict[int, list[float]] = {}
    for zone in influence.zones:
        link = index[zone.link]
        length_m = float(plan.links.length_m[link])
        strength = found.setdefault(link, [0.0] * stretches(length_m))
        long_m = length_m / len(strength)
        for number in range(int(zone.begin_m / long_m), len(strength)):
            inside_m = min((number + 1) * long_m, zone.end_m) - max(number * long_m, zone.begin_m)
            if inside_m <= 0.0:
                break
            strength[number] += inside_m / long_m * zone.strength
    whole = influence.present * influence.noticed
    return {link: np.minimum(np.array(strength), 1.0) * whole for link, strength in found.items()}


def _on_link(traffic: Traffic, link: int, felt: Sequence[_Felt], passing: NDArray[np.bool_], choices: SpeedChoices
             ) -> dict[str, F8]:
    """Cells of one link as columns; ``site`` and ``cell`` of pairs with the number of the cell on the link."""
    ends = stretch_ends(float(traffic.plan.links.length_m[link]))
    count = len(ends) - 1
    sites = sorted({one.site for one in felt})
    groups = _Groups(traffic, link, sorted({one.passing for one in felt}), passing)
    # (places, stretches, groups)
    strength = np.zeros((len(sites), count, groups.number))
    slower = np.zeros_like(strength)
    for one in felt:
        row = sites.index(one.site)
        there = groups.passes(one.passing)
        drop = choices.drop_kmh(link, one.influence, groups.classes)
        each = one.strength[:, np.newaxis] * there
        strength[row] = np.maximum(strength[row], each)
        slower[row] = np.maximum(slower[row], each * drop)
    site, stretch, group = np.nonzero(strength > 0.0)
    return {
        "link": np.full(count * groups.number, float(link)),
        "begin_m": np.repeat(ends[:-1], groups.number), "end_m": np.repeat(ends[1:], groups.number),
        "flow_veh_h": np.tile(groups.vehicles / traffic.hours, count), "share": np.tile(groups.share, count),
        "before_kmh": np.full(count * groups.number, choices.mean_kmh(link, groups.classes.sum(axis=0))),
        "site": np.array(sites, np.float64)[site], "cell": stretch * float(groups.number) + group,
        "strength": strength[site, stretch, group], "slower_kmh": slower[site, stretch, group],
    }


class _Groups:
    """Vehicles on a link that pass the same candidates, and their classes.

    Where no vehicle of the design day drives, one group is assumed that passes the candidates on the link itself.
    """

    def __init__(self, traffic: Traffic, link: int, keys: Sequence[int], passing: NDArray[np.bool_]) -> None:
        self._column = {key: column for column, key in enumerate(keys)}
        trips = traffic.on(link)
        classes = len(traffic.plan.classes.name)
        if len(trips):
            passed = passing[list(keys)][:, trips]
            _, first, group = np.unique(np.packbits(passed, axis=0).T, axis=0, return_index=True, return_inverse=True)
            self._pattern, group = passed[:, first].T, np.asarray(group).ravel()
            kind = traffic.plan.trips.vehicle_class[trips]
            self.classes = np.bincount(group * classes + kind, minlength=len(self._pattern) * classes).reshape(
                -1, classes).astype(np.float64)
            self.vehicles = self.classes.sum(axis=1)
        else:
            self._pattern = np.ones((1, len(keys)), np.bool_)
            self.classes, self.vehicles = np.eye(1, classes), np.zeros(1)
        self.number = len(self._pattern)
        self.share = self.vehicles / self.vehicles.sum() if len(trips) else np.ones(1)

    def passes(self, key: int) -> NDArray[np.bool_]:
        """Say which groups pass the links of a key; shape (groups,)."""
        return np.asarray(self._pattern[:, self._column[key]])


def _joined(parts: Sequence[dict[str, F8]], reached: tuple[dict[tuple[int, int], float], ...], unknown: tuple[int, ...]
            ) -> Cells:
    first = np.concatenate([[0], np.cumsum([len(part["link"]) for part in parts])])
    for begin, part in zip(first.tolist(), parts, strict=False):
        part["cell"] = part["cell"] + begin
    names = ("link", "begin_m", "end_m", "flow_veh_h", "share", "before_kmh", "site", "cell", "strength", "slower_kmh")
    columns: dict[str, Any] = {name: np.concatenate([np.zeros(0), *(part[name] for part in parts)]) for name in names}
    columns.update((name, columns[name].astype(np.int64)) for name in ("link", "site", "cell"))
    return Cells(**columns, reached=reached, unknown=unknown)
