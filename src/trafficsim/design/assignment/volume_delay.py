"""Link costs of static assignment: BPR functions with fixed parts, their integrals and slopes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.spec.static_network import F8, StaticNetwork


class LinkCosts(NamedTuple):
    """Costs of links by volume: fixed + free (1 + b (volume / capacity) ** power), all of shape (links,)."""

    fixed: F8
    free: F8
    b: F8
    power: F8
    capacity: F8

    def at(self, volume: F8) -> F8:
        """Cost of one trip."""
        found: F8 = self.fixed + self.free * (1.0 + self.b * (volume / self.capacity) ** self.power)
        return found

    def integral(self, volume: F8) -> float:
        """Sum over links of the integral of the cost from 0 to the volume (Beckmann et al. 1956)."""
        delay = self.b * (volume / self.capacity) ** self.power / (self.power + 1.0)
        return float(np.sum(volume * (self.fixed + self.free * (1.0 + delay))))

    def slope(self, volume: F8) -> F8:
        """Increase of the cost with the volume."""
        steep = self.power > 0
        exponent = np.where(steep, self.power - 1.0, 0.0)
        relative = (volume / self.capacity) ** exponent
        found: F8 = np.where(steep, self.free * self.b * self.power * relative / self.capacity, 0.0)
        return found

    def marginal(self) -> LinkCosts:
        """Cost that one more trip brings to all: cost + volume x slope, a function of the same form."""
        return self._replace(b=self.b * (1.0 + self.power))


def link_costs(network: StaticNetwork, toll_weight: float, distance_weight: float, most: float) -> LinkCosts:
    """Generalised costs of links, then of turns with penalties, in the unit of time.

    Parameters
    ----------
    network
        The network.
    toll_weight, distance_weight
        Time per unit of toll, and per unit of length.
    most
        Most trips that a link can have to carry: those of the whole matrix.

    Raises
    ------
    NetworkError
        If a cost is negative, or not finite when a link carries everybody.
    """
    fixed = toll_weight * network.toll + distance_weight * network.length
    capacity = np.where(network.capacity > 0, network.capacity, 1.0)
    penalties = np.array([network.turns[turn] for turn in network.penalised])
    none = np.zeros(len(penalties))
    columns = ((fixed, penalties), (network.free_time, none), (network.b, none), (network.power, none),
               (capacity, none + 1.0))
    costs = LinkCosts(*map(np.concatenate, columns))
    least = costs.at(np.zeros_like(costs.fixed))
    with np.errstate(over="ignore", invalid="ignore"):
        highest = costs.marginal().at(np.full_like(costs.fixed, most)) * most
    for fine, value, expected in ((least >= 0, least, "a cost >= 0 without traffic"),
                                  (np.isfinite(highest), highest, "a finite cost under all trips of the matrix")):
        if not fine.all():
            link = int(np.argmin(fine))  # never a turn: its penalty is a finite number >= 0
            raise NetworkError(f"link {quoted(network.link[link])}", f"a cost of {value[link]:g}", expected,
                               "correct free_time, b, power, capacity, toll or the weights")
    return costs
