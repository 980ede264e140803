"""Ways through a network for a set of permissions: whether a route holds, how its gaps close, what can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from trafficsim.plan.arrays import BOOL
from trafficsim.plan.network import NetworkPlan, turn_of
from trafficsim.plan.routes import Access, permission_name

Permissions = tuple[int, ...]


class Completed(NamedTuple):
    """A route without gaps, ``None`` when there is none for anybody; reasons of the permissions that cannot use it."""

    route: tuple[str, ...] | None
    refused: dict[int, str]


class RouteFinder:
    """What each permission can drive; every question is answered once.

    Parameters
    ----------
    network
        The lowered network.
    """

    def __init__(self, network: NetworkPlan) -> None:
        self._network = network
        self._access: dict[int, Access] = {}
        self._reached: dict[tuple[int, int], BOOL] = {}
        self._completed: dict[tuple[tuple[str, ...], Permissions], Completed] = {}
        self._refused: dict[tuple[tuple[str, ...], Permissions], dict[int, str]] = {}

    def completed(self, route: tuple[str, ...], permissions: Permissions) -> Completed:
        """Join links of a route that are not joined by the fastest path between them, as SUMO's duarouter does.

        Of the routes that this gives for several permissions the one that most of them can drive is taken.
        """
        key = (route, permissions)
        if key not in self._completed:
            self._completed[key] = self._complete([self._network.link_index[link] for link in route], permissions)
        return self._completed[key]

    def refused(self, waypoints: tuple[str, ...], permissions: Permissions) -> dict[int, str]:
        """Return why each permission that cannot drive from waypoint to waypoint cannot."""
        key = (waypoints, permissions)
        if key not in self._refused:
            links = [self._network.link_index[link] for link in waypoints]
            reasons = {permission: self._blocked(links, permission) for permission in permissions}
            self._refused[key] = {permission: reason for permission, reason in reasons.items() if reason}
        return self._refused[key]

    def _complete(self, links: list[int], permissions: Permissions) -> Completed:
        best: tuple[list[int], dict[int, str]] | None = None
        reasons: dict[int, str] = {}
        for permission in permissions:
            route, reason = self._joined(links, permission)
            if route is None:
                reasons[permission] = reason
                continue
            refused = {other: self._gap(route, other) for other in permissions}
            refused = {other: why for other, why in refused.items() if why}
            if best is None or len(refused) < len(best[1]):
                best = (route, refused)
            if not refused:
                break
        if best is None:
            return Completed(None, reasons)
        return Completed(tuple(self._network.link_id[link] for link in best[0]), best[1] | reasons)

    def _joined(self, links: list[int], permission: int) -> tuple[list[int] | None, str]:
        if not self._gap(links, permission):
            return links, ""
        reason = self._closed((links[0], links[-1]), permission)
        if reason:
            return None, reason
        is_open = self._of(permission).link_open
        links = [link for place, link in enumerate(links) if is_open[link] or place in (0, len(links) - 1)]
        route = links[:1]
        for origin, target in pairwise(links):
            joined = self._is_turn((origin, target), permission)
            leg = [origin, target] if joined else self._of(permission).path(origin, target)
            if leg is None:
                return None, self._no_route(origin, target, permission)
            route += leg[1:]
        return route, ""

    def _gap(self, links: Sequence[int], permission: int) -> str:
        """Why a route cannot be driven as it is; empty when it can."""
        closed = self._closed(links, permission)
        if closed:
            return closed
        turns = turn_of(self._network.turns, np.array(links[:-1]), np.array(links[1:]))
        fine = (turns >= 0) & self._of(permission).turn_open[turns] if len(turns) else np.ones(0, np.bool_)
        if fine.all():
            return ""
        place = int(np.argmin(fine))
        return self._no_route(links[place], links[place + 1], permission)

    def _is_turn(self, pair: tuple[int, int], permission: int) -> bool:
        turn = int(turn_of(self._network.turns, np.array(pair[:1]), np.array(pair[1:]))[0])
        return turn >= 0 and bool(self._of(permission).turn_open[turn])

    def _blocked(self, links: Sequence[int], permission: int) -> str:
        closed = self._closed(links, permission)
        if closed:
            return closed
        for origin, target in pairwise(links):
            if origin != target and not self._from(origin, permission)[target]:
                return self._no_route(origin, target, permission)
        return ""

    def _closed(self, links: Iterable[int], permission: int) -> str:
        for link in links:
            if not self._of(permission).link_open[link]:
                return f"link {self._network.link_id[link]!r} is closed to {permission_name(permission)}"
        return ""

    def _no_route(self, origin: int, target: int, permission: int) -> str:
        names = self._network.link_id
        return f"no route leads from {names[origin]!r} to {names[target]!r} for {permission_name(permission)}"

    def _of(self, permission: int) -> Access:
        if permission not in self._access:
            self._access[permission] = Access(self._network, permission)
        return self._access[permission]

    def _from(self, origin: int, permission: int) -> BOOL:
        key = (origin, permission)
        if key not in self._reached:
            self._reached[key] = self._of(permission).reached(origin)
        return self._reached[key]
