"""Static user equilibrium and system optimum of one matrix on one network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import get_args

import numpy as np
import pandas as pd

from trafficsim.base.errors import DemandError, InputError, quoted
from trafficsim.design.assignment.frank_wolfe import Iterate, iterates
from trafficsim.design.assignment.paths import PathSearch
from trafficsim.design.assignment.result import Assignment, Objective
from trafficsim.design.assignment.volume_delay import LinkCosts, link_costs
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.static_network import StaticNetwork

GAP, ITERATIONS = 1e-4, 1000
"""A relative gap of 1e-4 makes link volumes stable enough for planning (Boyce, Ralevic-Dekic, Bar-Gera, Convergence of
traffic assignments: how much is enough?, J. Transp. Eng. 130 (2004) 49-55)."""
WEIGHTS = ("toll", "length")


def equilibrium(
    network: StaticNetwork, matrix: ODMatrix, objective: Objective = "user_equilibrium", gap: float = GAP,
    iterations: int = ITERATIONS, weights: Mapping[str, float] | None = None,
) -> Assignment:
    """Assign a matrix to a network so that nobody finds a cheaper path, or so that the total cost is least.

    See :func:`trafficsim.assign` for parameters and errors.
    """
    _check_settings(objective, gap, iterations, weights or {})
    trips = matrix.between()
    if not trips.any():
        raise DemandError("matrix", "no trip between two zones", "trips between zones", "correct the matrix")
    search = PathSearch(network, matrix.zones)
    search.require_paths(trips)
    toll_weight, length_weight = ((weights or {}).get(name, 0.0) for name in WEIGHTS)
    costs = link_costs(network, toll_weight, length_weight, float(trips.sum()))
    wanted = costs if objective == "user_equilibrium" else costs.marginal()
    rows = []
    for number, now in enumerate(iterates(wanted, lambda link_cost: search.load(link_cost, trips))):
        rows.append(_row(number, now, costs, objective) | {"excess_cost": max(now.excess, 0.0) / trips.sum()})
        if now.relative_gap <= gap or number == iterations:
            break
    return Assignment(network, matrix, objective, _links(network, costs, now), pd.DataFrame(rows), gap,
                      now.relative_gap <= gap)


def _row(number: int, now: Iterate, costs: LinkCosts, objective: Objective) -> dict[str, float]:
    cost = costs.at(now.volume)
    total = float(now.volume @ cost)
    value = total if objective == "system_optimum" else costs.integral(now.volume)
    paid = float(now.volume @ costs.fixed)
    return {"iteration": number, "relative_gap": now.relative_gap, "objective": value,
            "total_time": total - paid, "total_cost": total, "step": now.step}


def _links(network: StaticNetwork, costs: LinkCosts, now: Iterate) -> pd.DataFrame:
    volume, names = now.volume[: len(network.link)], np.array(network.node, object)
    capacity = np.where(network.capacity > 0, network.capacity, np.nan)
    saturation = pd.array(volume / capacity, "Float64")
    return pd.DataFrame({
        "link": network.link, "from": names[network.tail], "to": names[network.head], "volume": volume,
        "time": network.time(volume), "cost": costs.at(now.volume)[: len(volume)], "saturation": saturation,
    })


def _check_settings(objective: str, gap: float, iterations: int, weights: Mapping[str, float]) -> None:
    if objective not in get_args(Objective):
        raise InputError("assign: objective", quoted(objective), f"one of {', '.join(get_args(Objective))}",
                         "choose one of them")
    if not 0 < gap < 1:
        raise InputError("assign: gap", quoted(gap), "a relative gap between 0 and 1", "give for example 1e-4")
    if not (isinstance(iterations, int) and iterations >= 1):
        raise InputError("assign: iterations", quoted(iterations), "a whole number >= 1", "correct it")
    for name, weight in weights.items():
        if name not in WEIGHTS or not (isinstance(weight, int | float) and math.isfinite(weight)):
            raise InputError(f"assign: weights: {name}", quoted(weight), f"finite weights of {' and '.join(WEIGHTS)}",
                             "correct the name or the number")
