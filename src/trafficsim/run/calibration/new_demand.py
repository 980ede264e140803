"""The demand that an estimate makes: flows by cell, and what is kept of the old one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from trafficsim.plan.arrays import F8
from trafficsim.plan.assignment_matrix import Streams
from trafficsim.plan.prepare import Prepared
from trafficsim.run.calibration.demand_cells import SAME, DemandCells
from trafficsim.spec.demand import MOST_VOLUME_VEH_H, Demand, Flow, Trip
from trafficsim.spec.world import World

LEAST_VEHICLES = 1e-4
"""Cells keep this much, so that the next run still says which places they pass."""
HOUR_S = 3600.0


@dataclass(frozen=True)
class NewDemand:
    """Flows of an estimate.

    Attributes
    ----------
    flows : one by cell and variant
    cell : cell of each
    kept : flows and trips that are not estimated
    """

    flows: tuple[Flow, ...]
    cell: tuple[int, ...]
    kept_flows: tuple[Flow, ...]
    kept_trips: tuple[Trip, ...]

    def world(self, base: World) -> World:
        """Return the world with this demand in the place of its own."""
        demand = Demand(flows=(*self.flows, *self.kept_flows), trips=self.kept_trips, mixes=base.demand.mixes,
                        routes=base.demand.routes)
        return replace(base, demand=demand, connectors={}, written=frozenset())


def new_demand(cells: DemandCells, trips: F8, least: float = 0.0) -> NewDemand:
    """Make flows of estimated cells; cells below ``least`` vehicles are raised to it."""
    flows, owner = list[Flow](), list[int]()
    for cell, vehicles in enumerate(np.maximum(trips, least).tolist()):
        if vehicles <= 0.0:
            continue
        made = _flows(cells, cell, vehicles)
        flows += made
        owner += [cell] * len(made)
    demand = cells.prepared.world.demand
    number = len(demand.flows)
    kept = cells.kept.tolist()
    return NewDemand(tuple(flows), tuple(owner), tuple(demand.flows[row] for row in kept if row < number),
                     tuple(demand.trips[row - number] for row in kept if row >= number))


def flow_name(cells: DemandCells, cell: int, number: int) -> str:
    """Name of a flow of a cell: slice, class where it matters, zones, and a number where there are several."""
    group = cells.groups[int(cells.group[cell])]
    what = f"{int(cells.slice[cell]) + 1}" + (f" {group}" if len(cells.groups) > 1 else "")
    pair = (cells.zones[int(end[cell])] for end in (cells.cells.origin, cells.cells.destination))
    return f"slice {what} {'>'.join(pair)}" + (f" {number}" if number else "")


def _flows(cells: DemandCells, cell: int, vehicles: float) -> list[Flow]:
    begin_s, end_s = cells.edges_s[int(cells.slice[cell]):int(cells.slice[cell]) + 2].tolist()
    classes = dict(cells.shares[cells.groups[int(cells.group[cell])]])
    hours, found = (end_s - begin_s) / HOUR_S, list[Flow]()
    for variant, share in cells.variants[cell].items():
        ends = {"route": variant.route} if variant.route else {
            "origin": variant.origin, "destination": variant.destination}
        volume = vehicles * share / hours
        parts = max(math.ceil(volume / MOST_VOLUME_VEH_H), 1)  # a flow can be only so large
        found += [Flow(id=flow_name(cells, cell, len(found) + part), volume_veh_h=volume / parts, begin_s=begin_s,
                       end_s=end_s, vehicle_classes=classes, **ends) for part in range(parts)]
    return found


def streams_of(demand: NewDemand, cells: DemandCells, prepared: Prepared) -> Streams:
    """Return the streams of the flows of an estimate in the world that was prepared with them."""
    cell_of = {flow.id: cell for flow, cell in zip(demand.flows, demand.cell, strict=True)}
    shares = np.diff(prepared.mix_cumulative, axis=1, prepend=0.0)
    parts = len(cells.edges_s) - 1
    rows: list[tuple[int, int, float, list[int]]] = []
    for row, flow in enumerate(prepared.world.demand.flows):
        cell = cell_of.get(flow.id)
        if cell is None:
            continue
        place = [cell if part == cells.slice[cell] else -1 for part in range(parts)]
        rows += [(row, int(prepared.permission[kind]), float(shares[row, kind]), place)
                 for kind in np.flatnonzero(shares[row] > SAME).tolist()]
    return Streams(np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.int64),
                   np.array([row[2] for row in rows], np.float64),
                   np.array([row[3] for row in rows], np.int64).reshape(-1, parts), len(cells.cells))
