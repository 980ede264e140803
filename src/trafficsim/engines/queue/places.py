"""When vehicles passed a point of a link, by Newell's simplified theory, from when they came to and left the link.

At a distance d before the stop line a vehicle passes when it gets there at its own speed, or when the wave of the one
who left d of room earlier comes back to it, d / w later: whichever is later (Newell 2002,
doi:10.1016/S0191-2615(00)00044-8). Where there is one lane nobody passes another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.engines.queue.moments import Moment
from trafficsim.engines.queue.route_times import until_end_s
from trafficsim.engines.queue.trips import times_of_places
from trafficsim.kernels.queue.tables import World
from trafficsim.plan.arrays import F8, Plan

NOT_YET_S = np.inf
"""Time of what has not happened by the end of the run."""
Whole = NDArray[np.int64]


class LinkLog(NamedTuple):
    """Vehicles of one link in the order of leaving; times in s since the start of the run."""

    trip: Whole
    place: Whole
    lane: Whole
    """Of the plan, at the stop line."""
    since_s: F8
    ready_s: F8
    left_s: F8
    """Of those who are still there: :data:`NOT_YET_S`."""


@dataclass(frozen=True)
class Places:
    """The log of a run.

    Attributes
    ----------
    plan, world : of the run that has ended at ``end_s``
    moments : what held when
    """

    plan: Plan
    world: World
    end_s: float
    moments: tuple[Moment, ...]

    @cached_property
    def _totals(self) -> list[F8]:
        """Time of every place of the routes at the own speed, by moment."""
        return [times_of_places(moment.plan) for moment in self.moments]

    @cached_property
    def _all(self) -> tuple[Whole, LinkLog]:
        """Return link and row of all who were on a link of the log, in the order of link, lane and leaving."""
        log, rows, vehicles = self.world.log, int(self.world.counts.total[4]), self.world.vehicles
        there = np.flatnonzero((vehicles.begun >= 0) & (vehicles.ended < 0))
        there = there[log.watched[vehicles.planned[there]] > 0]
        place = np.concatenate([log.place[:rows], vehicles.cursor[there]])
        trip = np.searchsorted(self.world.trips.route_start, place, side="right") - 1
        lane = np.concatenate([log.lane[:rows], vehicles.planned[there]])
        since, ready = (np.concatenate([first[:rows], second[there]]) / 1000.0
                        for first, second in ((log.since, vehicles.since), (log.ready, vehicles.ready)))
        left = np.concatenate([log.left[:rows] / 1000.0, np.full(len(there), NOT_YET_S)])
        link = self.world.trips.link[place]
        order = np.lexsort((ready, left, lane, link))
        return link[order], LinkLog._make(column[order] for column in (trip, place, lane, since, ready, left))

    def of(self, link: int) -> LinkLog:
        """Return the log of a link, in the order of lane and leaving."""
        links, log = self._all
        first, last = np.searchsorted(links, [link, link + 1])
        return LinkLog._make(column[first:last] for column in log)

    def passing_s(self, link: int, position_m: float) -> F8:
        """Return when the vehicles of the log of a link passed a point.

        :data:`NOT_YET_S` for those who had not by the end, and for those who began beyond it.
        """
        log = self.of(link)
        before_m = max(float(self.plan.links.length_m[link]) - position_m, 0.0)
        own = self._own(link, log, position_m)
        single = np.count_nonzero(self._reach(link) >= before_m) <= 1
        time_s = self._in_file(log, own) if single else own
        time_s = np.minimum(np.maximum(time_s, self._wave_s(log, before_m)), log.left_s)
        begun = self.began_m(log)
        here = (begun < position_m) | (begun <= 0.0)
        return np.where(here & (time_s <= self.end_s), time_s, NOT_YET_S)

    def lanes_at(self, link: int, position_m: float) -> Whole:
        """Return the lanes in which the vehicles of a log were at a point: the lane of the stop line, or beside it."""
        reach, first = self._reach(link), int(self.plan.links.lane_start[link])
        before_m = float(self.plan.links.length_m[link]) - position_m
        long = np.flatnonzero(reach >= min(before_m, reach.max()))
        nearest = long[np.argmin(np.abs(np.arange(len(reach))[:, np.newaxis] - long), axis=1)]
        return np.asarray(first + nearest[self.of(link).lane - first], np.int64)

    def _reach(self, link: int) -> F8:
        first, last = self.plan.links.lane_start[link:link + 2]
        return np.asarray(self.plan.lanes.length_m[first:last], np.float64)

    def began_m(self, log: LinkLog) -> F8:
        """Return where on the link the trips of a log began, 0 for those who came to it."""
        begins = log.place == self.world.trips.route_start[log.trip]
        return np.where(begins, np.maximum(self.plan.trips.depart_position_m[log.trip], 0.0), 0.0)

    def _own(self, link: int, log: LinkLog, position_m: float) -> F8:
        """Return when vehicles reach a point at their own speed, after the start at the line before and their stops."""
        begin = np.array([moment.begin for moment in self.moments]) / 1000.0
        of = np.searchsorted(begin, log.since_s, side="right") - 1
        total, rest = np.zeros(len(of)), np.zeros(len(of))
        for row, moment in enumerate(self.moments):
            mine = np.flatnonzero(of == row)
            if len(mine):
                total[mine] = self._totals[row][log.place[mine]]
                rest[mine] = until_end_s(moment.plan, link, log.trip[mine], position_m)
        drive_s = np.maximum(total - rest, 0.0)
        all_stops, stops = self._stops(log, position_m)
        lost = np.where(self._held(link, log), 0.0, np.maximum(log.ready_s - log.since_s - total - all_stops, 0.0))
        return np.asarray(log.since_s + drive_s + stops + self._starting(log, total, drive_s, lost))

    def _held(self, link: int, log: LinkLog) -> NDArray[np.bool_]:
        """Return who came to the line behind a slower one, on a link of one lane."""
        held = np.zeros(len(log.trip), np.bool_)
        if self.world.net.wide[link] == 1:
            order = np.argsort(log.since_s, kind="stable")
            held[order[1:]] = np.diff(log.ready_s[order]) <= 0.0
        return held

    def _starting(self, log: LinkLog, total: F8, drive_s: F8, lost: F8) -> F8:
        """Return the time lost so far in speeding up: at constant acceleration from the speed at the line."""
        trips = self.world.trips
        acceleration = self.world.net.acceleration[trips.kind[log.trip]]
        speed = trips.length[log.place] / np.maximum(total, 1e-3)
        began = np.maximum(speed - np.sqrt(2.0 * acceleration * speed * lost), 0.0)
        drive_m = drive_s * speed
        starting_s = (np.sqrt(began**2 + 2.0 * acceleration * drive_m) - began) / acceleration
        return np.asarray(np.minimum(np.maximum(starting_s - drive_s, 0.0), lost), np.float64)

    def _stops(self, log: LinkLog, position_m: float) -> tuple[F8, F8]:
        """Return the time that vehicles lose at their stops on the link, and at those of them before a point."""
        trips, given = self.world.trips, self.plan.trips
        everywhere, so_far = np.zeros(len(log.trip)), np.zeros(len(log.trip))
        if trips.stop_count:
            order = np.argsort(log.place)
            for stop in np.flatnonzero(np.isin(trips.stop_place, log.place)).tolist():
                row = order[np.searchsorted(log.place[order], trips.stop_place[stop])]
                everywhere[row] += trips.stop_ms[stop] / 1000.0
                if given.stop_position_m[stop] < position_m:
                    so_far[row] += trips.stop_ms[stop] / 1000.0
        return everywhere, so_far

    def _in_file(self, log: LinkLog, own: F8) -> F8:
        """Return when vehicles reach a point that follow each other in one lane, in the order of entering."""
        net = self.world.net
        order = np.argsort(log.since_s, kind="stable")
        link = self.world.trips.link[log.place[:1]]
        headway = net.own_headway[link, self.world.trips.kind[log.trip[order]]] / 1000.0 if len(order) else own
        after = np.cumsum(headway)
        answer = np.empty(len(own))
        answer[order] = after + np.maximum.accumulate(own[order] - after)
        return answer

    def _wave_s(self, log: LinkLog, before_m: float) -> F8:
        """Return when the wave of who left so much room earlier in the lane comes back to each; never without one."""
        net, wave = self.world.net, np.full(len(log.trip), -np.inf)
        kind = self.world.trips.kind[log.trip]
        link = self.world.trips.link[log.place]
        room = net.spacing[kind] / 100.0 * net.stretch[link]
        pace = net.reaction[link, kind] / 1000.0 / room
        for lane in np.unique(log.lane).tolist():
            rows = np.flatnonzero(log.lane == lane)
            front = np.cumsum(room[rows]) - room[rows]
            left = np.where(np.isfinite(log.left_s[rows]), log.left_s[rows], self.end_s)
            asked = front - before_m
            found = np.interp(asked, front, left) + before_m * pace[rows]
            wave[rows] = np.where(asked >= 0.0, found, -np.inf)
        return wave
