"""The search for a plan: covariance matrix adaptation over variables without limits.

Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772. It compares values only, so it needs no
gradient of a simulation, and neither noise nor the steps of whole seconds stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.design.timing.plan_variables import PlanVariables, Programs

F8 = NDArray[np.float64]
FLAT_GENERATIONS = 10
"""Generations of equal values after which the search gives up: plans of whole seconds are often equal."""
Objective = Callable[[Sequence[Programs]], list[float]]


@dataclass(frozen=True)
class Tried:
    """A plan that a search looked at.

    Attributes
    ----------
    generation, candidate : generation, 0 for where the search began, and place in it
    value : of the objective
    plan : the programs
    """

    generation: int
    candidate: int
    value: float
    plan: Programs


def generation_size(variables: PlanVariables) -> int:
    """Plans of one generation: ``4 + floor(3 ln n)`` for n variables (Hansen 2016, table 1), two variables at least."""
    return 4 + int(3.0 * np.log(max(variables.number, 2)))


def search(variables: PlanVariables, objective: Objective, begin: Sequence[Programs], budget: int, seed: int,
           ) -> list[Tried]:
    """Look for the plan with the smallest value; return all that was looked at, in order.

    Parameters
    ----------
    variables
        What may change.
    objective
        Values of plans, in their order.
    begin
        Plans that are looked at first, beside what the search makes itself; the start plan among them.
    budget
        Plans to look at, at most, those included.
    seed
        Of the random draws of the search.

    Raises
    ------
    InputError
        If ``cma`` is not installed, or the budget does not do for one generation.
    """
    cma, size = _cma(), generation_size(variables)
    if budget < size + len(begin):
        raise InputError("budget", str(budget), f"at least {size + len(begin)} plans: {len(begin)} to begin with, and "
                         f"one generation for {variables.number} variables", "give a larger budget")
    tried = [Tried(0, place, value, plan) for place, (plan, value) in
             enumerate(zip(begin, objective(begin), strict=True))]
    draws = np.random.default_rng(seed)
    wide = max(variables.number, 2)  # the package asks for two variables; one that nothing reads changes nothing
    strategy = cma.CMAEvolutionStrategy(np.zeros(wide), 1.0, {
        "popsize": size, "seed": np.nan, "randn": lambda *shape: draws.standard_normal(shape), "verbose": -10,
        "verb_log": 0, "verb_disp": 0, "tolflatfitness": FLAT_GENERATIONS})
    generation = 0
    while len(tried) + size <= budget and not strategy.stop():
        generation += 1
        points = strategy.ask()
        plans = [variables.plan(np.asarray(point, np.float64)[:variables.number]) for point in points]
        values = objective(plans)
        strategy.tell(points, values)
        tried += [Tried(generation, place, value, plan)
                  for place, (plan, value) in enumerate(zip(plans, values, strict=True))]
    return tried


def best_of(tried: Sequence[Tried]) -> Tried:
    """Return the plan with the smallest value, the first of several."""
    return min(tried, key=lambda one: one.value)


def _cma() -> Any:
    try:
        import cma
    except ImportError:
        raise InputError("optimise", "no package cma", "the extra 'optimise' for the search",
                         "pip install 'trafficsim[optimise]'") from None
    return cma
