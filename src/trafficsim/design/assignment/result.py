"""What a static assignment gives: volumes, times, and how far from equilibrium they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.static_network import StaticNetwork

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

    def as_dict(self) -> dict[str, Any]:
        """Return the totals as a plain dictionary, for ``--json``."""
        return {
            "objective": self.objective, "converged": self.converged, "relative_gap": self.relative_gap,
            "gap": self.gap, "iterations": len(self.iterations) - 1, "objective_value": self.beckmann,
            "total_time": self.total_time, "total_cost": self.total_cost, "time_unit": self.network.time_unit,
            "trips": self.matrix.total, "trips_within_zones": self.matrix.within_zones,
            "zones": len(self.matrix.zones), "links": len(self.network.link),
        }
