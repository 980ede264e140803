"""Choosing places under a budget: greedy with a bound on what it misses, or exact as a mixed-integer program.

Greedy: Nemhauser, Wolsey & Fisher (1978), *Mathematical Programming* 14:265-294: at least 1 - 1/e of the best set if
all places cost the same. With unequal costs the better of two greedy sets, by gain and by gain per cost, has at least
half of that (Krause & Guestrin 2005, CMU-CALD-05-103; Leskovec et al. 2007, KDD). What the data themselves say is
usually far closer: no set is worth more than what was taken plus the largest gains that the whole budget would buy
(Leskovec et al. 2007).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import e
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from trafficsim.base.errors import InputError, SimulationError
from trafficsim.design.siting.benefits import Benefits, Coverage, require_affordable

F8 = NDArray[np.float64]
Method = Literal["greedy", "exact", "exact or greedy"]
GUARANTEE = 1.0 - 1.0 / e
"""Share of the best value that greedy reaches at least where all places cost the same."""
GUARANTEE_UNEQUAL = GUARANTEE / 2.0
MOST_EXACT = 400
"""Places up to which the exact choice is made (measured: seconds; it is NP-hard, and more may take for ever)."""
MOST_NODES = 100_000
"""Nodes of branch and bound after which the exact choice stops; a limit on time would make results depend on the
machine."""


@dataclass(frozen=True)
class Choice:
    """Chosen places, in the order in which each adds most.

    Attributes
    ----------
    places : by row
    gain : what each adds to those before it
    bound : no set within the budget is worth more
    guarantee : share of the best value that the method promises, whatever the data
    method : ``"greedy"`` or ``"exact"``
    """

    places: tuple[int, ...]
    gain: tuple[float, ...]
    bound: float
    guarantee: float
    method: Literal["greedy", "exact"]

    @property
    def value(self) -> float:
        """What the places are worth together."""
        return float(sum(self.gain))

    @property
    def share_of_bound(self) -> float:
        """Value over bound: the best set is better by no more than what is missing from one."""
        return self.value / self.bound if self.bound > 0.0 else 1.0


def choose(benefits: Benefits, budget: float, method: Method = "greedy") -> Choice:
    """Choose places under a budget.

    Parameters
    ----------
    benefits
        The places; the result does not depend on their order, and of equal ones the first by name is taken.
    budget
        Most that they may cost together.
    method
        ``"greedy"``; ``"exact"`` up to :data:`MOST_EXACT` places; ``"exact or greedy"``, whichever that allows.

    Raises
    ------
    InputError
        If no place can be paid, there are too many for the exact choice, or there is no such method.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> worth = csr_array(np.array([[2.0, 2.0, 0.0], [2.0, 0.0, 0.5], [0.0, 2.0, 1.0]]))
    >>> found = choose(Benefits(("a", "b", "c"), np.ones(3), worth), 2.0)
    >>> found.places, found.value, found.bound
    ((0, 2), 5.0, 5.0)
    >>> choose(Benefits(("a", "b", "c"), np.ones(3), worth), 2.0, "exact").value
    5.0
    """
    require_choice(benefits.cost, budget, method)
    order = sorted(range(len(benefits.name)), key=benefits.name.__getitem__)
    sorted_ones, greedy = benefits.in_order_of_names(), method == "greedy" or len(order) > MOST_EXACT
    found = _greedy(sorted_ones, budget) if greedy else _exact(sorted_ones, budget)
    return Choice(tuple(order[place] for place in found.places), found.gain, found.bound, found.guarantee, found.method)


def require_choice(cost: F8, budget: float, method: Method) -> None:
    """Refuse a choice that cannot be made, before anything is worked out.

    Raises
    ------
    InputError
        As for :func:`choose`.
    """
    require_affordable(cost, budget)
    if method not in ("greedy", "exact", "exact or greedy"):
        raise InputError("method", repr(method), "'greedy', 'exact' or 'exact or greedy'", "choose one of them")
    if method == "exact" and len(cost) > MOST_EXACT:
        raise InputError("method 'exact'", f"{len(cost):,} candidates", f"at most {MOST_EXACT}",
                         "take fewer candidates, method 'greedy', or 'exact or greedy' to fall back on it")


def _greedy(benefits: Benefits, budget: float) -> Choice:
    """All gains are worked out anew at every step: one pass over the table, and the bound needs all of them anyway."""
    runs = [_greedily(benefits, budget, benefits.cost)]
    if not benefits.same_cost:
        runs.append(_greedily(benefits, budget, np.ones(len(benefits.cost))))
    best = max(runs, key=lambda run: run.value)  # of equal ones the first
    return Choice(best.places, best.gain, min(run.bound for run in runs),
                  GUARANTEE if benefits.same_cost else GUARANTEE_UNEQUAL, "greedy")


def _greedily(benefits: Benefits, budget: float, divisor: F8) -> Choice:
    cover, left, added, bound = Coverage(benefits), budget, list[float](), np.inf
    while True:
        gains = cover.gains()
        bound = min(bound, sum(added) + most_bought(gains, benefits.cost, budget))
        able = (gains > 0.0) & (benefits.cost <= left)
        if not able.any():
            return Choice(tuple(cover.taken), tuple(added), float(bound), 0.0, "greedy")
        place = int(np.argmax(np.where(able, gains / divisor, -1.0)))
        added.append(cover.take(place))
        left -= float(benefits.cost[place])


def most_bought(gains: F8, cost: F8, budget: float) -> float:
    """Return the largest sum of gains that a budget buys if parts of places could be bought (Dantzig 1957).

    Examples
    --------
    >>> most_bought(np.array([4.0, 3.0, 1.0]), np.array([1.0, 1.0, 1.0]), 1.5)
    5.5
    """
    order = np.argsort(-gains / cost, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(cost[order])[:-1]])
    part = np.clip((budget - before) / cost[order], 0.0, 1.0)
    return float((part * gains[order]).sum())


def _exact(benefits: Benefits, budget: float) -> Choice:
    """Maximise ``sum w_A z_A`` with ``z_A <= sum of x over A``, ``z_A <= 1`` and the budget (HiGHS).

    The benefit on a stretch is a sum over its places from the strongest down: that of the place less that of the next
    counts once any place as strong is there. Stretches with the same sets of places share their variables.
    """
    weights = covering_sets(benefits)
    sets = sorted(weights, key=sorted)
    count, number = len(benefits.name), len(sets)
    rows = np.repeat(np.arange(number), [len(one) for one in sets])
    columns = np.array([place for one in sets for place in sorted(one)], np.int64)
    at = np.arange(number)
    covering = coo_array((np.concatenate([np.ones(number), -np.ones(len(columns))]),
                          (np.concatenate([at, rows]), np.concatenate([count + at, columns]))),
                         shape=(number, count + number)).tocsr()
    price = np.concatenate([benefits.cost, np.zeros(number)])[np.newaxis]
    scale = max(weights.values(), default=1.0)
    aim = -np.concatenate([np.zeros(count), [weights[one] / scale for one in sets]])
    limits = [LinearConstraint(price, -np.inf, budget)]
    if number:
        limits.append(LinearConstraint(covering, -np.inf, 0.0))
    found = milp(aim, integrality=np.concatenate([np.ones(count), np.zeros(number)]), bounds=Bounds(0.0, 1.0),
                 constraints=limits, options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0})
    if found.x is None:
        raise SimulationError("exact choice of places", str(found.message), "a solution",
                              "use method 'greedy', which needs no solver")
    chosen = np.flatnonzero(found.x[:count] > 0.5)
    best = _in_order(benefits, chosen.tolist(), -float(found.mip_dual_bound) * scale)
    return best if found.status == 0 else replace(best, guarantee=best.share_of_bound)


def covering_sets(benefits: Benefits) -> dict[frozenset[int], float]:
    """Return weights of sets of places: any place of a set brings its weight, and together they do not bring more.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> covering_sets(Benefits(("a", "b"), np.ones(2), csr_array(np.array([[3.0], [1.0]]))))
    {frozenset({0}): 2.0, frozenset({0, 1}): 1.0}
    """
    table = benefits.benefit.tocsc()
    weights: dict[frozenset[int], float] = defaultdict(float)
    for begin, end in zip(table.indptr[:-1].tolist(), table.indptr[1:].tolist(), strict=True):
        order = np.argsort(-table.data[begin:end], kind="stable")
        values = [*table.data[begin:end][order].tolist(), 0.0]
        places = table.indices[begin:end][order].tolist()
        for number, (value, following) in enumerate(pairwise(values), start=1):
            if value > following:
                weights[frozenset(places[:number])] += value - following
    return dict(weights)


def _in_order(benefits: Benefits, chosen: Sequence[int], bound: float) -> Choice:
    """Put a set in the order in which each place adds most; places that add nothing are left out."""
    cover, added = Coverage(benefits), list[float]()
    while len(cover.taken) < len(chosen):
        gains = cover.gains()
        place = max((one for one in chosen if one not in cover.taken), key=lambda one: (gains[one], -one))
        if gains[place] <= 0.0:
            break
        added.append(cover.take(place))
    return Choice(tuple(cover.taken), tuple(added), max(bound, float(sum(added))), 1.0, "exact")
