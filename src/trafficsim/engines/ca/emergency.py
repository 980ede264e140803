"""Emergency vehicles among those of the cellular automaton: whom they see, whom they hold back, who makes way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trafficsim.base.codes import GREEN
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.emergency.crossing import Crossings, check_in
from trafficsim.engines.emergency.traffic import Pass, Seen
from trafficsim.kernels.ca.packed_state import CAP_UNIT
from trafficsim.kernels.ca.permission import SHUT
from trafficsim.plan.arrays import Plan

if TYPE_CHECKING:
    from trafficsim.engines.ca.program import Program

POSITION_BITS, LENGTH_BITS, BYTE, SPEED_BITS = 16, 8, 0xFF, 0x0FFF
LOW_HALF = 0xFFFF


class RoadUsersOfCells:
    """The engine's side of emergency vehicles.

    Parameters
    ----------
    program
        Of the run.
    plan, settings
        What it was made of.

    Attributes
    ----------
    now : tick of the present look
    """

    def __init__(self, program: Program, plan: Plan, settings: CellularAutomaton) -> None:
        self._program, self._settings, self._lane_start = program, settings, plan.links.lane_start
        self._crossings, self.now = Crossings(plan), 0
        self._check_in_m = plan.controls.turns.emergency_m
        self._shut = np.zeros(0, np.int64)
        self._own_cap: dict[int, tuple[int, int, int]] = {}  # by trip: its lane's link, desired speed, lowered one

    def vehicles(self, link: int) -> Sequence[Seen]:
        """Return the vehicles on a link, nearest to the stop line first."""
        first, slots = self._slots(link)
        x, y = (np.asarray(one[slots], np.int64) for one in (self._program.vehicles.X, self._program.vehicles.Y))
        cell_m, front = self._settings.cell_m, -(x >> POSITION_BITS)
        length = (y >> LENGTH_BITS) & BYTE
        speed = (x & SPEED_BITS) * (cell_m / self._settings.tick_s)
        lane = np.searchsorted(self._program.start, slots, side="right") - 1 - first
        trip = np.asarray(self._program.vehicles.ID[slots], np.int64)
        rows = zip((front * cell_m).tolist(), ((front + length) * cell_m).tolist(), speed.tolist(), trip.tolist(),
                   lane.tolist(), strict=True)
        return sorted(Seen(*row) for row in rows)

    def _slots(self, link: int) -> tuple[int, np.ndarray]:
        first, last = int(self._lane_start[link]), int(self._lane_start[link + 1])
        return first, np.arange(int(self._program.start[first]), int(self._program.start[last]))

    def is_open(self, turn: int) -> bool:
        """Whether a movement has priority now."""
        net, own = self._program.net, self._crossings.of(turn).own
        group = int(net.conn.group[own[0]])
        if group >= 0:
            return int(self._program.signals.group[group].state) == GREEN
        return not bool((net.conn.yields[own + 1] > net.conn.yields[own]).any())

    def last_entry_s(self, turn: int) -> float:
        """Return how long ago somebody last crossed a line from which ways cross a movement."""
        crossing = self._crossings.of(turn).crossing
        last = int(self._program.work.conn.last_crossing[crossing].max(initial=-(1 << 30)))
        return (self.now - last) * self._settings.tick_s

    def hold(self, turns: frozenset[int]) -> None:
        """Let nobody enter a way that crosses these movements, and everybody all others that it has shut."""
        manner = self._program.net.conn.manner
        wanted = self._crossings.crossing(turns)
        manner[np.setdiff1d(self._shut, wanted)] &= np.uint8(0xFF ^ SHUT)
        fresh = wanted[(manner[wanted] & SHUT) == 0]
        manner[fresh] |= np.uint8(SHUT)
        self._shut = np.union1d(np.intersect1d(self._shut, wanted), fresh)

    def make_way(self, stretches: Sequence[Pass], speed_ms: float, staying: frozenset[int]) -> None:
        """Let drivers on the stretches slow down, but for those who stay; all others have their own speed again."""
        self._restore()
        vehicles, cell_m = self._program.vehicles, self._settings.cell_m
        lowered = round(speed_ms * self._settings.tick_s / cell_m * CAP_UNIT)
        for one in stretches:
            _, slots = self._slots(one.link)
            front_m = -(vehicles.X[slots] >> POSITION_BITS) * cell_m
            for slot in slots[(front_m >= one.near_m) & (front_m < one.far_m)].tolist():
                trip, own = int(vehicles.ID[slot]), int(vehicles.Y[slot]) >> POSITION_BITS & LOW_HALF
                if trip not in staying and own > lowered:
                    self._own_cap[trip] = one.link, own, lowered
                    vehicles.Y[slot] = _with_cap(int(vehicles.Y[slot]), lowered)

    def _restore(self) -> None:
        """Give those who made way their desired speed back, where they are still on the link."""
        vehicles = self._program.vehicles
        for link in sorted({link for link, _, _ in self._own_cap.values()}):
            for slot in self._slots(link)[1].tolist():
                where, own, lowered = self._own_cap.get(int(vehicles.ID[slot]), (-1, 0, 0))
                if where == link and (int(vehicles.Y[slot]) >> POSITION_BITS & LOW_HALF) == lowered:
                    vehicles.Y[slot] = _with_cap(int(vehicles.Y[slot]), own)
        self._own_cap.clear()

    def check_in(self, distance_m: dict[int, float]) -> None:
        """Tell controllers of units."""
        check_in(self._program.control.sensors.emergency, self._check_in_m, distance_m)


def _with_cap(y: int, cap: int) -> np.int32:
    return np.int32(np.array([cap << POSITION_BITS | y & LOW_HALF], np.uint32).view(np.int32)[0])
