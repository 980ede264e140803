"""Lower emergency response: draw what belongs to each crash, place the stations, find the ways of the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from trafficsim.base.draws import EmergencyStream, hash_name, u01
from trafficsim.base.errors import InputError
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.arrays import BOOL, F8, Plan
from trafficsim.plan.crashes import Crash
from trafficsim.plan.emergency_arrays import CrashArrays, EmergencyPlan, StationArrays
from trafficsim.plan.k_shortest import TICKS_PER_S, PathNetwork
from trafficsim.plan.realise import normal_score
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.emergency import Chain, Delay, Emergency, EmergencyVehicle, Station
from trafficsim.spec.network import Network

DELAYS = ("ecall", "witness", "handling", "turnout", "care", "clearance")


def lower_emergency(plan: Plan, network: Network, setting: Emergency, crashes: Sequence[Crash]) -> EmergencyPlan:
    """Return the response to crashes in a plan.

    Raises
    ------
    InputError
        If a station or crash is not on a link, or units have no way: the message names it.
    """
    index = {name: row for row, name in enumerate(plan.link_id)}
    in_order = sorted(crashes, key=lambda one: (one.begin_s, one.id))
    found = _crashes(in_order, plan, index, setting.chain)
    stations = _stations(setting.stations, plan, network, index)
    roads = _Roads(plan, setting.vehicle)
    ways = [[roads.way((int(at), float(from_m)), (int(to), float(to_m)))
             for to, to_m in zip(found.link.tolist(), found.position_m.tolist(), strict=True)]
            for at, from_m in zip(stations.link.tolist(), stations.position_m.tolist(), strict=True)]
    drive_s = np.array([[way.time_s for way in row] for row in ways]).reshape(len(stations.name), len(found.name))
    _check_ways(drive_s, stations, found, np.array([one.given for one in in_order], np.bool_))
    routes = tuple(tuple(way.links for way in row) for row in ways)
    return EmergencyPlan(setting, stations, found, routes, drive_s, _opposite(network, plan.link_id))


def with_emergency(plan: Plan, network: Network, setting: Emergency | None, crashes: Sequence[Crash]) -> Plan:
    """Return a plan with its response; as it is without one."""
    if setting is None:
        return plan
    return replace(plan, emergency=lower_emergency(plan, network, setting, crashes))


def drawn_s(delay: Delay, uniform: F8) -> F8:
    """Durations of a distribution, one for each uniform number.

    Examples
    --------
    >>> drawn_s(Delay(median_s=60.0, log_sd=0.5), np.array([0.5])).tolist()
    [60.0]
    """
    return np.asarray(delay.median_s * np.exp(delay.log_sd * normal_score(uniform)))


def unit_speed_ms(limit_ms: F8, vehicle: EmergencyVehicle) -> F8:
    """Speed of a unit where nobody is in its way.

    Examples
    --------
    >>> unit_speed_ms(np.array([10.0, 50.0]), EmergencyVehicle(limit_factor=1.5, max_speed_kmh=144)).tolist()
    [15.0, 40.0]
    """
    return np.asarray(np.minimum(limit_ms * vehicle.limit_factor, kmh_to_ms(vehicle.max_speed_kmh)))


def _crashes(crashes: Sequence[Crash], plan: Plan, index: dict[str, int], chain: Chain) -> CrashArrays:
    for one in crashes:
        if one.link not in index:
            raise InputError(f"incident {one.id!r}", f"unknown link {one.link!r}", "a link of the network",
                             "correct the link")
    link = np.array([index[one.link] for one in crashes], np.int32)
    position = np.minimum([float(one.position_m) for one in crashes], plan.links.length_m[link])
    names = np.array([hash_name("crash", one.id) & (2**63 - 1) for one in crashes], np.uint64)
    draws = {name: drawn_s(getattr(chain, name), u01(plan.seed_key, EmergencyStream[name.upper()], names, 0))
             if len(crashes) else np.zeros(0) for name in DELAYS}
    share = u01(plan.seed_key, EmergencyStream.BY_ECALL, names, 0) if len(crashes) else np.zeros(0)
    return CrashArrays(tuple(one.id for one in crashes), link, np.asarray(position, np.float64),
                       np.array([one.begin_s for one in crashes], np.float64),
                       np.array([one.injured for one in crashes], np.int32), share,
                       **{f"{name}_s": values for name, values in draws.items()})


def _stations(stations: Sequence[Station], plan: Plan, network: Network, index: dict[str, int]) -> StationArrays:
    names = [_link_of(one, network, index) for one in stations]
    link = np.array([index[name] for name in names], np.int32)
    lane_open = np.bincount(plan.lanes.link, plan.lanes.allowed > 0, len(plan.link_id)) > 0
    for one, row in zip(stations, link.tolist(), strict=True):
        where = f"emergency: station {one.id!r}"
        if not lane_open[row]:
            raise InputError(where, f"link {plan.link_id[row]!r}, which is closed to all vehicles", "an open link",
                             "choose another link")
        if one.position_m > plan.links.length_m[row]:
            raise InputError(f"{where}: position_m", f"{one.position_m:g} m", f"at most the "
                             f"{plan.links.length_m[row]:g} m of link {plan.link_id[row]!r}", "correct the position")
    return StationArrays(tuple(one.id for one in stations), link, np.array([one.position_m for one in stations]),
                         np.array([one.units for one in stations], np.int32))


def _link_of(station: Station, network: Network, index: dict[str, int]) -> str:
    where = f"emergency: station {station.id!r}"
    if station.link is not None:
        if station.link not in index:
            raise InputError(where, f"unknown link {station.link!r}", "a link of the network", "correct the link")
        return station.link
    if station.node is not None:
        leaving = sorted(str(data["id"]) for tail, _, data in network.graph.edges(data=True)
                         if str(tail) == station.node and data["id"] in index)
        if not leaving:
            raise InputError(where, f"node {station.node!r}", "a node that a link leaves", "correct the node")
        return leaving[0]
    return _nearest(station, network, index)


def _nearest(station: Station, network: Network, index: dict[str, int]) -> str:
    place = np.array([station.x_m, station.y_m], np.float64)
    best = [(float(np.hypot(*(np.array([data["x_m"], data["y_m"]], np.float64) - place))), str(edge["id"]))
            for tail, _, edge in network.graph.edges(data=True) if edge["id"] in index
            if "x_m" in (data := network.graph.nodes[tail]) and data["x_m"] is not None]
    if not best:
        raise InputError(f"emergency: station {station.id!r}", "coordinates", "a network whose nodes have some",
                         "give link or node")
    return min(best)[1]


class _Way(NamedTuple):
    links: tuple[int, ...]
    time_s: float


class _Roads:
    """Empty roads as units see them: all lanes are theirs."""

    def __init__(self, plan: Plan, vehicle: EmergencyVehicle) -> None:
        turns = plan.turns
        self._link_s = plan.links.length_m / unit_speed_ms(plan.links.speed_limit_ms, vehicle)
        self._length_m = plan.links.length_m
        length_m, speed_ms = turn_means(plan.connections, len(turns.from_link))
        used = np.bincount(plan.connections.turn, minlength=len(turns.from_link)) > 0
        cost_s = np.where(used, length_m / np.maximum(speed_ms, 1e-6), 0.0) + self._link_s[turns.to_link]
        self._network = PathNetwork(turns, len(plan.link_id), cost_s, used)
        self._next = {int(tail): turns.to_link[(turns.from_link == tail) & used].tolist()
                      for tail in np.unique(turns.from_link)}

    def way(self, origin: tuple[int, float], target: tuple[int, float]) -> _Way:
        """Return the fastest way between two places; a target behind the origin is reached round the block."""
        (first, from_m), (last, to_m) = origin, target
        if first == last and from_m <= to_m:
            return _Way((first,), (to_m - from_m) * self._share(first))
        starts = self._next.get(first, []) if first == last else [first]
        best = _Way((), np.inf)
        for start in starts:
            for path in self._network.paths(start, last, 1, np.inf):
                links = (first, *path.links) if first == last else path.links
                more_s = self._link_s[start] if first == last else 0.0
                time_s = path.cost / TICKS_PER_S + more_s + (self._length_m[first] - from_m) * self._share(first)
                time_s -= (self._length_m[last] - to_m) * self._share(last)
                best = min(best, _Way(tuple(links), float(time_s)), key=lambda way: way.time_s)
        return best

    def _share(self, link: int) -> float:
        return float(self._link_s[link] / self._length_m[link])


def _check_ways(drive_s: F8, stations: StationArrays, crashes: CrashArrays, given: BOOL) -> None:
    """Refuse given crashes that no unit can reach, and stations that reach none of them; nobody comes to drawn ones."""
    reached, rows = np.isfinite(drive_s), np.flatnonzero(given)
    for crash in rows[~reached[:, rows].any(axis=0)].tolist():
        raise InputError(f"incident {crashes.name[crash]!r}", "no unit has a way there", "a station from which a route "
                         "leads there", f"place a station elsewhere than {', '.join(map(repr, stations.name))}, or "
                         "connect the links")
    for station in np.flatnonzero(~reached[:, rows].any(axis=1)).tolist() if len(rows) else ():
        raise InputError(f"emergency: station {stations.name[station]!r}", "its units have no way to incident "
                         f"{crashes.name[rows[0]]!r}", "a route from the station", "choose another link, or drop it")


def _opposite(network: Network, link_id: tuple[str, ...]) -> np.ndarray:
    ends = {str(data["id"]): (tail, head) for tail, head, data in network.graph.edges(data=True)}
    pairs = {ends[name] for name in link_id}
    return np.array([ends[name][::-1] in pairs for name in link_id], np.bool_)
