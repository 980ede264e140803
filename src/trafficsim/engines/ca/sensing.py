"""Compile what controllers of signals learn from the road: detectors and links, in cells."""

from __future__ import annotations

import numpy as np

from trafficsim.engines.ca.merged_groups import MergedGroups
from trafficsim.engines.ca.network import filled, table
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.reacting import places_of, shown_rows, surroundings_of
from trafficsim.kernels.ca.sensing import PLACE_FIELDS, Sensing
from trafficsim.plan.arrays import Plan


def compile_sensing(plan: Plan, settings: CellularAutomaton, merged: MergedGroups) -> Sensing:
    """Return where detectors of signals lie; each is a cell long at least."""
    places, cell = places_of(plan), settings.cell_m
    end = -np.rint(places.near_m / cell).astype(np.int64)
    begin = np.minimum(-np.rint(places.far_m / cell).astype(np.int64), end - 1)
    around, entries = surroundings_of(plan), np.unique(plan.trips.route_link[plan.trips.route_start[:-1]])
    around = around._replace(entry=np.searchsorted(entries, around.entry).astype(np.int64))
    return Sensing(
        active=int(plan.controls.any), places=len(places.lane),
        place=table(PLACE_FIELDS, len(places.lane), {"detector": places.detector, "lane": places.lane, "begin": begin,
                                                     "end": end}),
        cell_m=cell, group=filled(merged.of_group, np.int64), around=around, shown=shown_rows(plan))
