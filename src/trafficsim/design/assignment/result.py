"""What a static assignment gives: volumes, times, and how far from equilibrium they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from trafficsim.base.errors import DemandError, quoted
from trafficsim.design.assignment.paths import PathSearch
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.static_network import F8, StaticNetwork

Objective = Literal["user_equilibrium", "system_optimum"]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Volumes and times of a static assignment. Times and costs are in ``network.time_unit``.

    Attributes
    ----------
    network, matrix : what was assigned
    objective : ``"user_equilibrium"`` or ``"system_optimum"``
    links : one row per link: ``link``, ``from``, ``to``, ``volume``, ``time``, ``cost`` (generalised: with weighted
        tolls and lengths) and ``saturation`` (volume / capacity)
    iterations : one row per iteration: ``iteration``, ``relative_gap``, ``objective`` (Beckmann's, or total cost),
        ``total_time``, ``total_cost``, ``excess_cost`` (mean per trip) and ``step``
    gap : relative gap that was asked for
    converged : whether it was reached; if not, volumes are those of the last iteration

    Examples
    --------
    >>> import trafficsim as ts
    >>> result = ts.assign(ts.grid(2, 2), ts.ODMatrix(("w0", "e1"), [[0, 900], [0, 0]]))
    >>> result.converged
    True
    >>> result.cheapest_path("w0", "e1")[0], int(result.links["volume"].max())
    ('w0_r0c0', 900)
    """

    network: StaticNetwork
    matrix: ODMatrix
    objective: Objective
    links: pd.DataFrame
    iterations: pd.DataFrame
    gap: float
    converged: bool

    @property
    def relative_gap(self) -> float:
        """Share of the total cost that would be saved on the cheapest paths under the final costs."""
        return float(self.iterations["relative_gap"].iloc[-1])

    @property
    def total_time(self) -> float:
        """Sum over links of volume x time."""
        return float(self.iterations["total_time"].iloc[-1])

    @property
    def total_cost(self) -> float:
        """Sum over links of volume x generalised cost."""
        return float(self.iterations["total_cost"].iloc[-1])

    @property
    def beckmann(self) -> float:
        """Final value of the objective: Beckmann's function, or total cost in a system optimum."""
        return float(self.iterations["objective"].iloc[-1])

    def costs_between(self) -> pd.DataFrame:
        """Return the least generalised cost from each zone (row) to each zone (column) under the final volumes.

        Zones that no path joins have no value; within a zone the cost is 0.
        """
        between = self._search.between(self._costs)
        table = pd.DataFrame(between, index=list(self.matrix.zones), columns=list(self.matrix.zones), dtype="Float64")
        return table.mask(np.isinf(between))

    def cheapest_path(self, origin: str, destination: str) -> tuple[str, ...]:
        """Return the links of the cheapest path between two zones under the final volumes; empty if none joins them.

        Raises
        ------
        DemandError
            If a zone is not in the matrix.
        """
        places = []
        for zone in (origin, destination):
            if zone not in self.matrix.zones:
                raise DemandError(f"zone {quoted(zone)}", "no such zone in the matrix",
                                  f"{quoted(self.matrix.zones[0])} to {quoted(self.matrix.zones[-1])}",
                                  "correct the name")
            places.append(self.matrix.zones.index(zone))
        if origin == destination:
            return ()
        return tuple(self.network.link[link] for link in self._search.path(self._costs, *places))

    @cached_property
    def _search(self) -> PathSearch:
        return PathSearch(self.network, self.matrix.zones)

    @property
    def _costs(self) -> F8:
        """Costs of links, then of turns with a penalty."""
        penalties = [self.network.turns[turn] for turn in self.network.penalised]
        return np.concatenate((self.links["cost"].to_numpy(np.float64), penalties))

    def as_dict(self) -> dict[str, Any]:
        """Return the totals as a plain dictionary, for ``--json``."""
        return {
            "objective": self.objective, "converged": self.converged, "relative_gap": self.relative_gap,
            "gap": self.gap, "iterations": len(self.iterations) - 1, "objective_value": self.beckmann,
            "total_time": self.total_time, "total_cost": self.total_cost, "time_unit": self.network.time_unit,
            "trips": self.matrix.total, "trips_within_zones": self.matrix.within_zones,
            "zones": len(self.matrix.zones), "links": len(self.network.link),
        }
