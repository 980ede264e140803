"""Routes that change within a run of the cellular automaton: where trips are, what is closed, turns on the road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trafficsim.base.codes import COMPLETED, EN_ROUTE
from trafficsim.engines.ca.record import traversed
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.trips import manoeuvre_codes, manoeuvre_table
from trafficsim.engines.rerouting import I8, LAST_M, LinkTotals, Whereabouts
from trafficsim.kernels.ca.packed_state import FLAG_CONNECTOR, FLAG_STOP, FLAG_WRONG
from trafficsim.kernels.ca.permission import SHUT
from trafficsim.kernels.measurement.counters import close_interval
from trafficsim.plan.arrays import BOOL
from trafficsim.plan.rewriting import NewRoutes

if TYPE_CHECKING:
    from trafficsim.engines.ca.program import Program

POSITION_BITS, STAYS = 16, 1


class RoadTraffic:
    """The engine's side of changes of routes.

    Parameters
    ----------
    program
        Of the run; its routes are changed in place.
    settings
        Cell size and tick.
    taken
        Counters of the intervals that have ended; the list grows.
    turn
        By connection, the movement of the plan that it belongs to.

    Attributes
    ----------
    now : tick of the present look
    """

    def __init__(self, program: Program, settings: CellularAutomaton, taken: list[np.ndarray], turn: I8) -> None:
        self._program, self._settings, self._taken, self._turn = program, settings, taken, turn
        self.now, self._read = 0, 0
        self._vehicle_ticks, self._traversed = np.zeros(program.net.links), np.zeros(program.net.links)

    def _count(self) -> int:
        return len(self._program.trips.row) - 1

    def _on_lanes(self) -> tuple[I8, I8]:
        """Return slots of the vehicles on lanes, and their trips."""
        slots = np.arange(int(self._program.start[-1]))
        return slots, np.asarray(self._program.vehicles.ID[slots], np.int64)

    def whereabouts(self) -> Whereabouts:
        """Return where trips are; who is near the stop line keeps the turn."""
        count = self._count()
        rows = self._program.trips.row[:count]
        slots, trip = self._on_lanes()
        near = np.zeros(count, np.bool_)
        cells = -(np.asarray(self._program.vehicles.X[slots]) >> POSITION_BITS)
        near[trip[cells * self._settings.cell_m < LAST_M]] = True
        place = rows.route_position.astype(np.int64)
        return Whereabouts(place, rows.status >= EN_ROUTE, rows.status == COMPLETED, near)

    def totals(self) -> LinkTotals:
        """Return vehicle-seconds and traversals by link."""
        program = self._program
        for one in self._taken[self._read:]:
            self._add(one)
        self._read = len(self._taken)
        close_interval(program.road, program.counters, float(self.now))
        links, tick_s = program.net.links, self._settings.tick_s
        present = program.counters.link
        return LinkTotals((self._vehicle_ticks + present["vehicle_ticks"][:links]) * tick_s,
                          self._traversed + traversed(present)[:links])

    def _add(self, taken: np.ndarray) -> None:
        links = self._program.net.links
        self._vehicle_ticks += taken["vehicle_ticks"][:links]
        self._traversed += traversed(taken)[:links]

    def shut(self, movements: BOOL) -> None:
        """Let nobody make some movements."""
        manner = self._program.net.conn.manner
        manner[: len(self._turn)] &= np.uint8(0xFF ^ SHUT)
        manner[np.flatnonzero(movements[self._turn])] |= np.uint8(SHUT)

    def take(self, new: NewRoutes, turned: I8) -> None:
        """Take new routes; who is on a lane turns and changes lanes by the new one."""
        program = self._program
        trips, count = program.trips, self._count()
        codes = manoeuvre_codes(new.part, self._settings, program.net)
        known = _codes(trips.manoeuvre)
        different = np.concatenate([known, np.setdiff1d(codes, known)])
        order = np.argsort(different)
        fresh = order[np.searchsorted(different, codes, sorter=order)]
        trips.row.route_position[:count] = trips.row.route_position[:count] + new.shift
        stop = trips.stop.route_position[: int(new.plan.trips.stop_start[-1])]
        stop += np.repeat(new.shift, np.diff(new.plan.trips.stop_start))
        program.trips = trips._replace(route=new.moved(trips.route, fresh), manoeuvre=manoeuvre_table(different))
        slots, trip = self._on_lanes()
        self._turn_on_road(slots[np.isin(trip, new.trip)])

    def _turn_on_road(self, slots: I8) -> None:
        """Write turn, lane wish and lane that leads on into the state of vehicles; what they decided is forgotten."""
        net, trips, vehicles = self._program.net, self._program.trips, self._program.vehicles
        trip = np.asarray(vehicles.ID[slots], np.int64)
        manoeuvre = trips.manoeuvre[trips.route[trips.row.route_position[trip]]]
        lane = np.searchsorted(self._program.start, slots, side="right") - 1
        kept = vehicles.Y[slots] & (-256 | FLAG_STOP | FLAG_CONNECTOR)
        vehicles.Y[slots] = kept | lane_flags(net.lane[lane], manoeuvre)
        vehicles.Z[slots] = (vehicles.Z[slots] & -256) | manoeuvre.turn


def lane_flags(lane: np.recarray, manoeuvre: np.recarray) -> np.ndarray:
    """Return the flags of packed state Y, as :func:`trafficsim.kernels.ca.lanes.lane_flags` does for one vehicle."""
    side, wanted = lane.side.astype(np.int32), manoeuvre.wanted.astype(np.int32)
    beyond = wanted >> side
    other = (beyond & 1 == 0) & (wanted != 0)
    wish = np.where(other, np.where(beyond != 0, STAYS + 1, STAYS - 1), STAYS)
    wrong = ((lane.ends > 0) & (wish != STAYS)) | ((manoeuvre.feasible.astype(np.int32) >> side) & 1 == 0)
    return np.asarray(wish | np.where(wrong, FLAG_WRONG, 0), np.int32)


def _codes(manoeuvre: np.recarray) -> np.ndarray:
    return np.asarray(manoeuvre.turn.astype(np.int32) << 16 | manoeuvre.wanted.astype(np.int32) << 8
                      | manoeuvre.feasible.astype(np.int32))
