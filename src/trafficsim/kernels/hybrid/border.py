"""What lies between the engines: links where vehicles change over, and the accounts of those who did.

A link belongs to the engine of the junction at its end. A link of the queue engine that begins at a junction of the
cellular automaton exists there too, as a virtual link (Burghout, Koutsopoulos & Andreasson 2005,
doi:10.1177/0361198105193400123): who has crossed the line before it is in the queue engine, and for those behind it
drives on for a while as a copy. Where the queue engine has no room a vehicle stands at its beginning, the blocker.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import int32, int64

from trafficsim.kernels.ca.packed_state import FLAG_CONNECTOR
from trafficsim.kernels.ca.vehicles import Vehicles
from trafficsim.kernels.jit import scalar, spliced
from trafficsim.kernels.tables import Array

IN_QUEUES, IN_CA, COPIED = 0, 1, 2
"""Who moves a trip: the queue engine, the cellular automaton, or the queue engine while a copy of it still drives."""
INTO_CA, OUT_OF_CA, WRONG = 0, 1, 2
"""Positions in ``Border.count``; wrong are those who were to change over from where they were not."""


class Border(NamedTuple):
    """Constants and state of the border."""

    out_lane: Array
    """Lanes of the virtual links: of the queue engine, at a junction of the automaton."""
    in_link: Array
    """Links of the automaton that begin at a junction of the queue engine."""
    entry_cells: Array
    """By lane: way from the furthest line before it to its own stop line."""
    crossed: Array
    """By lane: whether some connection to it is crossed by others, so that who has no room beyond it keeps clear."""
    closed: Array
    """By link: whether the queue engine has been told that no lane of it takes anybody."""
    mover: Array
    """uint8 by trip: who moves it."""
    distance: Array
    """By trip: cells driven in the automaton up to its last line there."""
    waiting: Array
    """By trip: ticks waited in the automaton up to its last line there."""
    stops: Array
    """By trip: in the automaton up to its last line there."""
    drop: Array
    """uint8 by slot: vehicles that are taken out of the automaton."""
    spare: Vehicles
    """Room for its vehicles while they move up."""
    count: Array
    blocker: int
    """Row of the trips of the automaton that stands for no trip."""
    blocker_cells: int
    copied_cells: int
    """So far a copy drives into a virtual link."""
    tick_ms: float
    cell_m: float


@scalar
def in_ms(tick, tick_ms):
    """Return an instant (ticks) in whole milliseconds."""
    return int64(tick * tick_ms + 0.5)


@spliced
def leave_connector(road, slot):
    """Take a vehicle that is still on a connector that must be watched off it."""
    y = road.vehicles.Y[slot]
    if y & FLAG_CONNECTOR:
        road.work.conn[road.trips.row[road.vehicles.ID[slot]].connection].on_conn -= 1
        road.vehicles.Y[slot] = int32(y & int32(~FLAG_CONNECTOR))
