"""Areas by Edie's definitions: when vehicles passed the ends of short pieces of a stretch, of the room of one each.

On a piece on which a vehicle is slower than walking pace it waits.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.engines.queue.places import Places
from trafficsim.plan.arrays import F8
from trafficsim.plan.record import WAIT_SPEED_MS, AreaRecord, no_areas


class Stays(NamedTuple):
    """Stays of vehicles on pieces of an area, one element each; times in s since the start of the run."""

    begin_s: F8
    end_s: F8
    driven_m: F8
    """Driven meanwhile."""
    back_m: F8
    """From the end of the area back to the begin of the piece."""
    room_m: F8
    """That the vehicle takes with its standing gap."""

    @property
    def waits(self) -> NDArray[np.bool_]:
        """Whether the vehicle waits meanwhile."""
        return np.asarray(self.driven_m < WAIT_SPEED_MS * (self.end_s - self.begin_s))


def area_record(places: Places, intervals: int) -> AreaRecord:
    """Return what is measured in the areas of the plan."""
    plan = places.plan
    rows = len(plan.areas.name)
    if not rows:
        return no_areas()
    tables = np.zeros((6, intervals, rows))
    bounds = np.minimum(np.arange(intervals + 1) * plan.interval_s, places.end_s)
    for row in range(rows):
        stays = stays_in(places, row)
        for number in range(intervals):
            tables[:, number, row] = _within(stays, float(bounds[number]), float(bounds[number + 1]))
    return AreaRecord._make([*tables, np.asarray(plan.areas.end_m - plan.areas.begin_m, np.float64)])


def stays_in(places: Places, row: int) -> Stays:
    """Return the stays of all vehicles on the pieces of an area of the plan."""
    plan, world = places.plan, places.world
    lane, begin_m, end_m = int(plan.areas.lane[row]), float(plan.areas.begin_m[row]), float(plan.areas.end_m[row])
    link = int(plan.lanes.link[lane])
    log = places.of(link)
    room_m = world.net.spacing[world.trips.kind[log.trip]] / 100.0 * world.net.stretch[link]
    mine = np.flatnonzero(places.lanes_at(link, 0.5 * (begin_m + end_m)) == lane)
    piece_m = float(room_m.mean()) if len(room_m) else end_m - begin_m
    cuts = np.maximum(end_m - piece_m * np.arange(int(np.ceil((end_m - begin_m) / piece_m)) + 1), begin_m)[::-1]
    passed = [places.passing_s(link, float(cut))[mine] for cut in cuts]
    parts = []
    for number, (first, last) in enumerate(pairwise(passed)):
        begun_m = np.maximum(places.began_m(log)[mine], cuts[number])
        begins = (begun_m > cuts[number]) & (begun_m < cuts[number + 1])
        since = np.where(begins, log.since_s[mine], first)
        here = np.flatnonzero(np.isfinite(since) & (since < places.end_s))
        until = np.where(np.isfinite(last[here]), last[here], places.end_s)
        driven_m = np.where(np.isfinite(last[here]), cuts[number + 1] - begun_m[here], 0.0)
        parts.append(Stays(since[here], until, driven_m, np.full(len(here), end_m - cuts[number]), room_m[mine][here]))
    return Stays._make(np.concatenate(column) for column in zip(*parts, strict=True))


def _within(stays: Stays, begin_s: float, end_s: float) -> F8:
    """Return vehicle-seconds, metres, room times time, waiting, most waiting and the longest queue of an interval."""
    first, last = np.maximum(stays.begin_s, begin_s), np.minimum(stays.end_s, end_s)
    stay_s = np.maximum(last - first, 0.0)
    share = stay_s / np.maximum(stays.end_s - stays.begin_s, 1e-9)
    waiting = np.flatnonzero(stays.waits & (stay_s > 0.0))
    longest_m = stays.back_m[waiting].max(initial=0.0)
    return np.array([stay_s.sum(), (share * stays.driven_m).sum(), (stay_s * stays.room_m).sum(), stay_s[waiting].sum(),
                     most_at_once(first[waiting], last[waiting]), longest_m])


def most_at_once(begin_s: F8, end_s: F8) -> int:
    """Return how many of some stays there were at once; who leaves when another one comes makes place for it.

    Examples
    --------
    >>> most_at_once(np.array([0.0, 1.0, 3.0]), np.array([2.0, 3.0, 4.0]))
    2
    """
    times = np.concatenate([end_s, begin_s])
    change = np.repeat([-1, 1], [len(end_s), len(begin_s)])
    return int(np.cumsum(change[np.argsort(times, kind="stable")]).max(initial=0))
