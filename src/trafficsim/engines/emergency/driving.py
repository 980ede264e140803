"""How a unit drives in one tick: its own speed, who is before it, the stop line, the place of the crash.

All speeds are such that the unit can stop, or slow down, where it has to with its braking ``b`` and whole ticks of
length ``t``: the greatest speed from which ``u`` is reached within ``d`` is ``-b t + sqrt(b^2 t^2 + 2 b d + u^2)``, and
no less than ``u``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from trafficsim.base.draws import EmergencyStream, u01
from trafficsim.base.units import kmh_to_ms
from trafficsim.engines.emergency.traffic import Pass, RoadUsers, Seen
from trafficsim.plan.arrays import Plan
from trafficsim.plan.network import turn_of
from trafficsim.spec.emergency import Emergency

CLOSE_M = 6.0
"""Behind who does not make way a unit comes as near as this (modelling assumption)."""
AT_PLACE_M = 2.0
"""So near to the crash a unit has arrived."""
PULLED_OVER_KMH = 20.0
"""Speed of those who make way (modelling assumption)."""
SIREN_M = 60.0
"""Those within this distance ahead hear the unit (modelling assumption)."""
WIDEST = 2
"""Lanes beside the rescue lane: the outermost two (StVO section 11 (2): between the left lane and the one beside)."""
THROUGH = 0


class RouteLink(NamedTuple):
    """A link of a route with the movement at its end (-1: none), its connector and what it is like."""

    number: int
    turn: int
    length_m: float
    speed_ms: float
    connector_m: float
    """Of the movement at its end."""
    connector_ms: float
    lanes: int
    passable: bool
    """Wide enough for a rescue lane, or with a lane of the other direction."""


@dataclass
class Unit:
    """A unit on its way to a crash.

    Attributes
    ----------
    route, stop_m : links of its route, and where on the last one it stops
    row, at_m, speed_ms : where it is; before the start of a link, on the connector to it, ``at_m`` is negative
    held_s, slowed : time lost behind others, and whether it has not regained its own speed since
    tried_s : by trip, for how long somebody who does not make way at once has held it up
    """

    name: str
    key: int
    route: tuple[RouteLink, ...]
    stop_m: float
    at_m: float
    row: int = 0
    speed_ms: float = 0.0
    driven_m: float = 0.0
    held_s: float = 0.0
    slowed: bool = False
    red_crossings: int = 0
    tried_s: dict[int, float] = field(default_factory=dict)
    checked: int = -1

    @property
    def arrived(self) -> bool:
        """Whether it has come to the place of the crash."""
        return self.row == len(self.route) - 1 and self.at_m >= self.stop_m - AT_PLACE_M


def route_links(plan: Plan, route: tuple[int, ...]) -> tuple[RouteLink, ...]:
    """Return what a unit has to know of the links of its route."""
    setting, links, connections = _response(plan), plan.links, plan.connections
    found = []
    for place, link in enumerate(route):
        after = route[place + 1:place + 2]
        turn = int(turn_of(plan.turns, np.array([link]), np.array(after))[0]) if after else -1
        rows = (connections.turn == turn).nonzero()[0]
        row = int(rows[0]) if len(rows) else -1
        lanes = int(links.lane_start[link + 1] - links.lane_start[link])
        lane = setting.rescue_lane
        wide = lanes >= 2 and lanes * lane.lane_width_m >= lane.least_width_m
        beside = plan.emergency is not None and bool(plan.emergency.opposite[link])
        factor = setting.vehicle.limit_factor if row >= 0 and connections.direction[row] == THROUGH else 1.0
        found.append(RouteLink(
            link, turn, float(links.length_m[link]),
            min(float(links.speed_limit_ms[link]) * setting.vehicle.limit_factor,
                kmh_to_ms(setting.vehicle.max_speed_kmh)),
            float(connections.length_m[row]) if row >= 0 else 0.0,
            float(connections.speed_ms[row]) * factor if row >= 0 else math.inf, lanes,
            wide or (lane.opposing_lane and beside)))
    return tuple(found)


def _response(plan: Plan) -> Emergency:
    assert plan.emergency is not None  # units exist only where there is a response
    return plan.emergency.setting


class Driving:
    """Moves units, tick by tick, among the vehicles of an engine.

    Parameters
    ----------
    setting
        How units drive, and what others do.
    users
        The engine's side.
    tick_s
        Length of a tick.
    """

    def __init__(self, setting: Emergency, users: RoadUsers, tick_s: float) -> None:
        self._setting, self._users, self._tick_s = setting, users, tick_s
        self._brake = setting.vehicle.braking_ms2
        self._pass_ms = kmh_to_ms(setting.rescue_lane.passing_speed_kmh)

    def advance(self, units: list[Unit]) -> None:
        """Move units by a tick, and tell others of them."""
        for unit in units:
            self._move(unit)
        driving = [unit for unit in units if not unit.arrived]
        self._users.hold(frozenset(turn for unit in driving for turn in self._claimed(unit)))
        stretches = [self._stretch(unit) for unit in driving]
        staying = frozenset(trip for unit in driving for trip in unit.tried_s)
        self._users.pull_over(stretches, kmh_to_ms(PULLED_OVER_KMH), staying)
        self._users.check_in(self._checked_in(driving))

    def slowest_within(self, distance_m: float, then_ms: float) -> float:
        """Return the greatest speed from which another is reached within a distance."""
        once = self._brake * self._tick_s
        inside = once * once + 2.0 * self._brake * max(distance_m, 0.0) + then_ms * then_ms
        return max(math.sqrt(inside) - once, then_ms)

    def _move(self, unit: Unit) -> None:
        here, vehicle = unit.route[unit.row], self._setting.vehicle
        rest_m = here.length_m - unit.at_m
        free = min(here.speed_ms, self._at_line(unit, here, rest_m) if here.turn >= 0
                   else self.slowest_within(unit.stop_m - unit.at_m, 0.0))
        speed = min(unit.speed_ms + vehicle.acceleration_ms2 * self._tick_s, free)
        blocked = self._among(unit, here, rest_m)
        unit.slowed = blocked < speed or (unit.slowed and speed < free)
        speed = min(speed, blocked)
        if unit.slowed:  # until it has its own speed again
            unit.held_s += self._tick_s * (1.0 - speed / free)
        if here.turn < 0:
            speed = min(speed, max(unit.stop_m - unit.at_m, 0.0) / self._tick_s)
        unit.speed_ms = speed
        unit.at_m += speed * self._tick_s
        unit.driven_m += speed * self._tick_s
        while unit.row + 1 < len(unit.route) and unit.at_m >= unit.route[unit.row].length_m:
            self._cross(unit)

    def _cross(self, unit: Unit) -> None:
        here = unit.route[unit.row]
        unit.red_crossings += not self._users.is_open(here.turn)
        unit.at_m -= here.length_m + here.connector_m
        unit.row += 1
        unit.tried_s.clear()

    def _at_line(self, unit: Unit, here: RouteLink, rest_m: float) -> float:
        """Return the speed that the stop line ahead leaves: that of the connector, with care, or to a stop."""
        red, beyond = self._setting.red, unit.route[unit.row + 1]
        through = min(here.connector_ms, here.speed_ms, max(beyond.speed_ms, here.connector_ms))
        if self._users.is_open(here.turn):
            return self.slowest_within(rest_m, through)
        if not red.allowed:
            return self._stopping(rest_m)
        if self._users.last_entry_s(here.turn) < red.clear_s:
            return self._stopping(rest_m)
        return self.slowest_within(rest_m, min(through, kmh_to_ms(red.speed_kmh)))

    def _stopping(self, rest_m: float) -> float:
        room_m = max(rest_m - 1.0, 0.0)
        return min(self.slowest_within(room_m, 0.0), room_m / self._tick_s)

    def _among(self, unit: Unit, here: RouteLink, rest_m: float) -> float:
        """Return the speed that those ahead on this link, and at the beginning of the next, leave."""
        bound = self._behind(unit, here, rest_m)
        reach_m = unit.speed_ms * unit.speed_ms / (2.0 * self._brake) + unit.speed_ms * self._tick_s + SIREN_M
        if unit.row + 1 < len(unit.route) and rest_m < reach_m:
            after = unit.route[unit.row + 1]
            bound = min(bound, self._behind(unit, after, rest_m + here.connector_m + after.length_m))
        return bound

    def _behind(self, unit: Unit, link: RouteLink, rest_m: float) -> float:
        """Return the speed that those on a link leave to a unit so far before its stop line."""
        reach_m = unit.speed_ms * unit.speed_ms / (2.0 * self._brake) + unit.speed_ms * self._tick_s + SIREN_M
        if unit.row + 1 == len(unit.route):
            reach_m = min(reach_m, unit.stop_m - unit.at_m)
        near = [one for one in self._users.vehicles(link.number)
                if one.front_m < rest_m and rest_m - one.rear_m < reach_m]
        if not link.passable:
            return self._in_best_lane(unit, near, rest_m, link)
        bound = math.inf
        for one in near:
            if link.lanes - one.lane <= WIDEST:
                bound = min(bound, self._past(unit, one, rest_m - one.rear_m))
        return bound

    def _past(self, unit: Unit, one: Seen, gap_m: float) -> float:
        """Return the speed towards, or beside, a vehicle between which and the next a unit passes."""
        if gap_m >= 0.0 and not self._yields(unit, one, gap_m):
            return self.slowest_within(gap_m - CLOSE_M, one.speed_ms)
        return self.slowest_within(gap_m, one.speed_ms + self._pass_ms)

    def _yields(self, unit: Unit, one: Seen, gap_m: float) -> bool:
        """Whether a driver makes way: at once, or after having held the unit up for some time."""
        lane = self._setting.rescue_lane
        if float(u01(unit.key, EmergencyStream.YIELDS, one.trip, 0)[0]) < lane.share:
            return True
        tried_s = unit.tried_s.get(one.trip, 0.0)
        if gap_m < CLOSE_M + unit.speed_ms * self._tick_s + 1.0:
            tried_s += self._tick_s
            unit.tried_s[one.trip] = tried_s
        return tried_s > lane.hesitation_s

    def _in_best_lane(self, unit: Unit, near: list[Seen], rest_m: float, link: RouteLink) -> float:
        """Return the speed behind the last vehicle of the lane that leaves the most; nobody is passed inside it."""
        bounds = [math.inf] * link.lanes
        for one in near:
            if rest_m - one.rear_m >= 0.0:
                behind = self.slowest_within(rest_m - one.rear_m - CLOSE_M, one.speed_ms)
                bounds[one.lane] = min(bounds[one.lane], behind)
        return max(bounds)

    def _claimed(self, unit: Unit) -> list[int]:
        """Return the movements whose junction a unit claims: the one that it is about to enter, or has just left."""
        here, found = unit.route[unit.row], []
        if here.turn >= 0 and here.length_m - unit.at_m <= self._setting.red.hold_back_m:
            found.append(here.turn)
        if unit.row > 0 and unit.at_m < self._setting.vehicle.length_m:
            found.append(unit.route[unit.row - 1].turn)
        return found

    def _stretch(self, unit: Unit) -> Pass:
        here = unit.route[unit.row]
        rest_m = here.length_m - unit.at_m
        return Pass(here.number, rest_m - SIREN_M if here.passable else rest_m, rest_m)

    def _checked_in(self, units: list[Unit]) -> dict[int, float]:
        """Return by movement of the routes ahead the distance of the nearest unit from its stop line."""
        found: dict[int, float] = {}
        for unit in units:
            distance_m = -unit.at_m
            for link in unit.route[unit.row:]:
                distance_m += link.length_m
                if link.turn >= 0:
                    found[link.turn] = min(found.get(link.turn, math.inf), distance_m)
                distance_m += link.connector_m
        return found
