"""Which trips of a plan a selection takes."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.kernels.rng import MASK64, hash_name, mix64
from trafficsim.plan.arrays import BOOL, F8, U8, Plan, TripArrays
from trafficsim.plan.behaviour import trait_uniform
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Network
from trafficsim.spec.selectors import Links
from trafficsim.spec.trip_selection import Trips

S_PER_H, H_PER_DAY = 3600.0, 24.0


@dataclass(frozen=True)
class Known:
    """What names in selections are held against.

    Attributes
    ----------
    plan : the plan without any policy
    demand : flows and trips that depart in the scenario; ``None`` takes the names from the plan
    seed : of the scenario; who takes part belongs to a person for ever
    """

    plan: Plan
    network: Network
    demand: Demand | None = None
    seed: int = 0

    @property
    def flows(self) -> Collection[str]:
        """Ids of flows."""
        if self.demand is not None:
            return [flow.id for flow in self.demand.flows]
        return {flow_of(name) for name in self.plan.trips.name if "#" in name}

    @property
    def trips(self) -> Collection[str]:
        """Names of trips."""
        given = () if self.demand is None else (trip.id for trip in self.demand.trips)
        return {*self.plan.trips.name, *given}


def flow_of(name: str) -> str:
    """Flow of a trip by its name, its own name where it belongs to none.

    Examples
    --------
    >>> flow_of("east#12"), flow_of("bus 7")
    ('east', 'bus 7')
    """
    return name.rpartition("#")[0] or name


def meeting(selection: Trips, trips: TripArrays, group: NDArray[np.int32], known: Known, policy: str) -> BOOL:
    """Whether each trip meets the conditions of a selection, whatever its share.

    Parameters
    ----------
    trips, group
        Trips now, and the group of each one's person (-1: not known).
    known
        What there is to select from.
    policy
        For messages.

    Raises
    ------
    PolicyError
        If a flow, trip, class, link or group is unknown.
    """
    taken = np.ones(len(trips.key), np.bool_)
    for what, names, present, of in (
        ("flow", selection.flows, known.flows, flow_of), ("trip", selection.ids, known.trips, str),
    ):
        if names is not None:
            check_names(policy, what, names, present)
            wanted = set(names)
            taken &= np.array([of(name) in wanted for name in trips.name], np.bool_)
    if selection.vehicle_classes is not None:
        taken &= np.isin(trips.vehicle_class, class_rows(policy, selection.vehicle_classes, known.plan))
    if selection.groups is not None:
        taken &= np.isin(group, group_rows(policy, selection.groups, known.plan))
    return taken & _leaving(selection, trips.depart_s) & _passing(selection, trips, known)


def mark_uniform(trips: TripArrays, mark: str, seed: int) -> F8:
    """Uniform numbers behind shares: of the person who makes the trip, or of the trip where there is no population."""
    keys: U8 = mix64(trips.person.astype(np.uint64) ^ np.uint64(hash_name("person", seed) & MASK64))
    return trait_uniform(np.where(trips.person >= 0, keys, trips.key), mark)


def _leaving(selection: Trips, depart_s: F8) -> BOOL:
    if selection.hours is None:
        return np.ones(len(depart_s), np.bool_)
    hour, inside = depart_s / S_PER_H % H_PER_DAY, np.zeros(len(depart_s), np.bool_)
    for period in selection.hours:
        after, before = hour >= period.begin_h, hour < period.end_h
        inside |= (after & before) if period.begin_h < period.end_h else (after | before)
    return inside


def _passing(selection: Trips, trips: TripArrays, known: Known) -> BOOL:
    fine = np.ones(len(trips.key), np.bool_)
    first, last = trips.route_start[:-1], trips.route_start[1:] - 1
    for links, place in ((selection.origin, first), (selection.destination, last)):
        if links is not None:
            fine &= np.isin(trips.route_link[place], link_rows(links, known))
    trip = np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))
    inner = np.ones(len(trips.route_link), np.bool_)
    inner[first], inner[last] = False, False
    for links, counting in ((selection.through, np.ones_like(inner)), (selection.between, inner)):
        if links is not None:
            there = np.isin(trips.route_link, link_rows(links, known)) & counting
            fine &= np.bincount(trip[there], minlength=len(trips.key)) > 0
    return fine


def link_rows(links: Links, known: Known) -> NDArray[np.int64]:
    """Rows of the links of a selector in the plan."""
    wanted = set(links.resolve(known.network))
    return np.array([row for row, link in enumerate(known.plan.link_id) if link in wanted], np.int64)


def class_rows(policy: str, names: Iterable[str], plan: Plan) -> list[int]:
    """Rows of vehicle classes by name.

    Raises
    ------
    PolicyError
        If there is no such class.
    """
    names = tuple(names)
    check_names(policy, "vehicle class", names, plan.classes.name)
    return [plan.classes.name.index(name) for name in names]


def group_rows(policy: str, names: tuple[str, ...], plan: Plan) -> list[int]:
    """Rows of groups of people by name.

    Raises
    ------
    PolicyError
        If the scenario has no population, or no such group.
    """
    present = plan.people.group
    if not present:
        raise PolicyError(f"policy {policy}: groups", "a scenario without a population", "a table [population]",
                          "add it, or select by other conditions")
    check_names(policy, "group", names, present)
    return [present.index(name) for name in names]


def check_names(policy: str, what: str, names: Iterable[str], present: Collection[str]) -> None:
    """Refuse names that are not there.

    Raises
    ------
    PolicyError
        Naming the first one, and a close one.
    """
    known = set(present)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            some = ", ".join(sorted(known)[:6]) or "(there is none)"
            raise PolicyError(f"policy {policy}: {what} {name!r}", f"no such {what} in the scenario", f"one of {some}",
                              f"did you mean {close[0]!r}?" if close else f"correct the {what}")
