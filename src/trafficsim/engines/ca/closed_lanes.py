"""Closed stretches of lanes, and headways that links lengthen: tables that change between slices of ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trafficsim.engines.ca.capacities import headway_factors_of
from trafficsim.engines.ca.lane_rules import lane_columns
from trafficsim.engines.ca.rerouting import lane_flags
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.trips import manoeuvre_codes, manoeuvres
from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.packed_state import FLAG_WRONG, HEADWAY_SHIFT, MOST_HEADWAY
from trafficsim.plan.arrays import LinkArrays, Plan
from trafficsim.plan.happenings import shut_at

if TYPE_CHECKING:
    from trafficsim.engines.ca.program import Program

SEEN_M, SEEN_OUTSIDE_M = 150.0, 600.0
"""So far before a closed stretch drivers leave its lane, in towns and outside them (modelling assumptions; German works
are announced from 200 m on at the latest, RSA 21)."""
MERGE_M, MERGE_OUTSIDE_M = 150.0, 300.0
"""So far before it they let each other in, as where lanes end (:mod:`trafficsim.engines.ca.lane_rules`)."""


@dataclass
class ClosedLanes:
    """Stretches that are closed from one clock time to another, as tables of a program."""

    plan: Plan
    settings: CellularAutomaton

    def apply(self, program: Program, time_s: float) -> None:
        """Let the tables hold what is closed at a clock time; who drove on a link with a closed lane wants anew."""
        net = program.net
        if len(self.plan.lane_closures.lane):
            before = net.closing[1: net.closing[0] + 1].copy()
            self._write(net, time_s)
            for link in np.setdiff1d(before, net.closing[1: net.closing[0] + 1]).tolist():
                _want_anew(program, link)

    def _write(self, net: Net, time_s: float) -> None:
        closures, cell = self.plan.lane_closures, self.settings.cell_m
        now = np.flatnonzero((closures.begin_s <= time_s) & (time_s < closures.end_s))
        lane = closures.lane[now]
        first, last = (np.rint(place[now] / cell).astype(int) - net.lane.length[lane]
                       for place in (closures.from_m, closures.to_m))
        last = np.minimum(np.maximum(last, first + 1), -1)
        number, outside = len(now), np.asarray(net.lane.keep)[lane] != 0
        net.lane.closed[:] = 0
        table = net.closed
        table.next[0] = number
        for name, values in {"lane": lane, "first": np.minimum(first, -1), "last": last,
                             "seen": np.where(outside, SEEN_OUTSIDE_M, SEEN_M) / cell,
                             "merge": np.where(outside, MERGE_OUTSIDE_M, MERGE_M) / cell}.items():
            table[name][1: number + 1] = values
        table.seen[0] = round(SEEN_M / cell)
        table.next[1: number + 1] = np.append(np.where(np.diff(lane) == 0, np.arange(2, number + 1), 0), 0)[:number]
        start = np.flatnonzero(np.diff(lane, prepend=-1) != 0)
        net.lane.closed[lane[start]] = start + 1
        links = np.unique(self.plan.lanes.link[lane])
        net.closing[0] = len(links)
        net.closing[1: len(links) + 1] = links


def apply_shut(program: Program, plan: Plan, settings: CellularAutomaton, time_s: float) -> None:
    """Let nobody choose the lanes that are shut at a clock time; all routes are looked at anew where that changes.

    Parameters
    ----------
    program
        Of the run; its tables are changed.
    plan
        With the routes as they are now.
    settings
        Cell size and tick.
    time_s
        Clock time.
    """
    net, number = program.net, len(plan.lanes.link)
    allowed = np.array(plan.lanes.allowed)
    shut = shut_at(plan, time_s)
    allowed[shut] = 0
    if (np.asarray(net.lane.allowed[:number]) == allowed).all():
        return
    net.lane.allowed[:number] = allowed
    net.lane.ends[:number] = lane_columns(plan, settings.cell_m, shut)["ends"]
    route, table = manoeuvres(manoeuvre_codes(plan, settings, net))
    program.trips = program.trips._replace(route=route, manoeuvre=table)
    for link in range(net.links):
        _want_anew(program, link)


def _want_anew(program: Program, link: int) -> None:
    """Let those who are on a link want the lanes that their routes ask for."""
    net, trips, vehicles = program.net, program.trips, program.vehicles
    for lane in range(int(net.link.lane[link]), int(net.link.lane[link + 1])):
        slots = np.arange(int(program.start[lane]), int(program.start[lane + 1]))
        trip = np.asarray(vehicles.ID[slots], np.int64)
        wants = lane_flags(net.lane[np.full(len(slots), lane)], trips.manoeuvre[trips.route[
            trips.row.route_position[trip]]])
        vehicles.Y[slots] = (vehicles.Y[slots] & ~np.int32(3 | FLAG_WRONG)) | wants


def swap_headways(program: Program, links: LinkArrays) -> None:
    """Let links have the headways that hold now, and let those who drive there keep them."""
    net, vehicles = program.net, program.vehicles
    if not net.scale.headways:
        return
    factor = np.asarray(headway_factors_of(links), np.float32)
    net.link.headway[: len(factor)] = factor
    slots = np.arange(int(program.start[-1]))
    lane = np.searchsorted(program.start, slots, side="right") - 1
    own = program.trips.end.packed[np.asarray(vehicles.ID[slots], np.int64)] >> HEADWAY_SHIFT & MOST_HEADWAY
    code = (own.astype(np.float32) * factor[net.lane.link[lane]] + np.float32(0.5)).astype(np.int32)
    mask = np.int32(MOST_HEADWAY << HEADWAY_SHIFT)
    vehicles.Z[slots] = (vehicles.Z[slots] & ~mask) | np.clip(code, 1, MOST_HEADWAY) << HEADWAY_SHIFT
