"""Roads with open ends for the flat pass of NaSch at v_max 1: the totally asymmetric exclusion process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.engines.ca.classes import Units
from trafficsim.engines.ca.scales import make_rule
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.rules import follow_classic
from trafficsim.kernels.ca.vehicles import Vehicles
from trafficsim.kernels.rng import Stream, tick_key

UNITS = Units(1 / 32, 1 / 32, 1 / 1024, 1 / 8)
FREE = 1000


@dataclass
class OpenRoads:
    """Independent roads of ``sites`` cells side by side, in which the engine's own rule moves the vehicles.

    In every tick, and all at once: an empty first cell is filled with probability ``enter``, a taken last cell is
    emptied with ``leave``, every other vehicle with an empty cell before it moves on with ``route_position``.
    """

    enter: float
    leave: float
    route_position: float
    roads: int = 48
    sites: int = 200

    def __post_init__(self) -> None:
        """Fill every second cell."""
        self.taken = np.zeros((self.roads, self.sites), bool)
        self.taken[:, ::2] = True
        self.road, self.site = (part.ravel() for part in np.indices(self.taken.shape))
        self.draw = np.random.default_rng(1)
        self.key = self.draw.integers(0, 2**32, self.taken.size, np.uint32)
        self.rule = make_rule(CellularAutomaton(rule="nasch", dawdle_p=1.0 - self.route_position), UNITS)

    def step(self, tick: int) -> int:
        """Advance by one tick; return how many left."""
        at = np.flatnonzero(self.taken)
        road, site = self.road[at], self.site[at]
        last = np.append(road[1:] != road[:-1], True)
        rear = np.where(last, np.where(site == self.sites - 1, site, FREE), np.append(site[1:], 0) - 1)
        moved = self._follow(site - self.sites, rear - self.sites, self.key[at], tick) + self.sites
        may_enter, leaves = ~self.taken[:, 0], self.taken[:, -1].copy()
        leaves &= self.draw.random(self.roads) < self.leave
        self.taken[:] = False
        self.taken[road, moved] = True
        self.taken[leaves, -1] = False
        self.taken[:, 0] |= may_enter & (self.draw.random(self.roads) < self.enter)
        return int(leaves.sum())

    def _follow(self, position: np.ndarray, rear: np.ndarray, key: np.ndarray, tick: int) -> np.ndarray:
        n = len(position)
        zeros = np.zeros(n, np.int32)
        vehicles = Vehicles(X=(position << 16).astype(np.int32), Y=np.full(n, (1 << 24) | (1 << 8) | 1, np.int32),
                            Z=zeros, KEY=key, ID=zeros, W=zeros)
        moved = np.zeros(n, np.int32)
        draw = np.uint32(tick_key(1, int(Stream.DITHER), tick))
        follow_classic(vehicles, (rear << 16).astype(np.int32), draw, self.rule, n, moved)
        return np.asarray(moved >> 16, np.int64)


def current_and_density(roads: OpenRoads, warmup: int, ticks: int) -> tuple[float, float]:
    """Return vehicles per road and tick that leave, and the share of taken cells in the middle half of the roads."""
    left, taken = 0, 0.0
    quarter = roads.sites // 4
    for tick in range(warmup + ticks):
        out = roads.step(tick)
        if tick >= warmup:
            left += out
            taken += float(roads.taken[:, quarter:-quarter].mean()) if tick % 8 == 0 else 0.0
    return left / (ticks * roads.roads), taken / len(range(-warmup % 8, ticks, 8))
