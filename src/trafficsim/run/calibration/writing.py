"""What a scenario file needs of an estimate: matrices by slice and class, or flows where routes are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trafficsim.io.scenario_beside import EstimatedDemand, write_calibrated
from trafficsim.run.calibration.demand_cells import DemandCells
from trafficsim.run.calibration.result import HELD, USED, CalibratedDemand
from trafficsim.spec.counts import Count
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.scenario import DemandSource
from trafficsim.spec.zones import MatrixSource, Zone


def save(result: CalibratedDemand, source: Path, out: Path) -> list[Path]:
    """Write the scenario of an estimate, its matrices or flows, and its counts; return the paths."""
    cells = result.fitted.cells
    with_routes = any(variant.route for variants in cells.variants for variant in variants)
    new = result.new
    demand = EstimatedDemand(
        zones=() if with_routes else _zones(cells), matrices=() if with_routes else _matrices(result),
        flows=(*(new.flows if with_routes else ()), *new.kept_flows), trips=new.kept_trips,
        used=_counts(result, USED), held_out=_counts(result, HELD))
    return write_calibrated(source, out, cells.prepared.world, demand)


def _counts(result: CalibratedDemand, role: str) -> tuple[Count, ...]:
    roles = result.counts["role"].tolist()
    return tuple(one for one, of in zip(result.fitted.counts, roles, strict=True) if of == role)


def _zones(cells: DemandCells) -> tuple[Zone, ...]:
    """Zones of the scenario, with those of links that are no part of one."""
    source = cells.prepared.world.scenario.demand
    known = {zone.id: zone for zone in source.zones} if isinstance(source, DemandSource) else {}
    first = {cells.zones[one] for one in np.unique(cells.cells.origin).tolist()}
    last = {cells.zones[one] for one in np.unique(cells.cells.destination).tolist()}
    made = [Zone(id=name, origins=(name,) if name in first else (), destinations=(name,) if name in last else ())
            for name in cells.zones if name not in known]
    return (*known.values(), *made)


def _matrices(result: CalibratedDemand) -> tuple[tuple[MatrixSource, ODMatrix], ...]:
    cells, trips = result.fitted.cells, result.fitted.estimate.trips
    found = []
    for part in np.unique(cells.cells.part).tolist():
        rows = np.flatnonzero(cells.cells.part == part)
        values = np.zeros((len(cells.zones), len(cells.zones)))
        np.add.at(values, (cells.cells.origin[rows], cells.cells.destination[rows]), trips[rows])
        number, group = divmod(part, len(cells.groups))
        begin_s, end_s = cells.edges_s[number:number + 2].tolist()
        name = f"slice {number + 1}" + (f" {cells.groups[group]}" if len(cells.groups) > 1 else "")
        found.append((MatrixSource(file="", id=name, begin_s=begin_s, end_s=end_s,
                                   vehicle_classes=dict(cells.shares[cells.groups[group]])),
                      ODMatrix(cells.zones, values)))
    return tuple(found)
