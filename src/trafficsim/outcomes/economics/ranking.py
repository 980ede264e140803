"""The ranking of alternatives by casualties avoided for the same money, how sure it is, and what a wrong choice costs.

Of every draw the alternative that avoids most killed and seriously injured per million is the best; the regret of
another one is by how much it avoids less. The expected regret is the mean over the draws: what choosing it gives away
on average, as things are known today (opportunity loss, Raiffa and Schlaifer 1961).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
MILLION = 1.0e6


@dataclass(frozen=True)
class Rank:
    """Where an alternative stands among all that have a cost and a number of casualties.

    Attributes
    ----------
    place, of : 1 for the one that avoids most per million at the best estimates, and how many are ranked
    per_million, low, high : killed and seriously injured avoided per million of cost, with the 95 % interval
    p_best : share of draws in which it avoids most per million, doing nothing being one of the choices
    regret : expected regret, in killed and seriously injured per million; ``None`` where draws have no mean
    """

    place: int
    of: int
    per_million: float
    low: float
    high: float
    p_best: float
    regret: float | None

    def as_json(self) -> dict[str, Any]:
        """Return everything by name."""
        return {"place": self.place, "of": self.of, "p_best": self.p_best, "expected_regret": self.regret,
                "ksi_avoided_per_million": {"value": self.per_million, "low": self.low, "high": self.high}}


def ranking(central: Mapping[str, F8], drawn: Mapping[str, F8], has_mean: bool = True) -> dict[str, Rank]:
    """Rank alternatives by what they avoid per million of their cost.

    Parameters
    ----------
    central
        By alternative at the best estimates, shape (1,).
    drawn
        By alternative, shape (draws,), with the same draws for all.
    has_mean
        Whether the distribution that the draws are from has a mean.

    Examples
    --------
    >>> some = {"zones": np.array([2.0, 4.0]), "cameras": np.array([3.0, 3.0])}
    >>> found = ranking({"zones": np.array([3.5]), "cameras": np.array([3.0])}, some)
    >>> found["zones"].place, found["zones"].p_best, found["zones"].regret, found["cameras"].regret
    (1, 0.5, 0.5, 0.5)
    """
    names = sorted(central, key=lambda name: -float(central[name][0]))
    if not names:
        return {}
    table = np.stack([drawn[name] for name in names], axis=1)
    best = np.maximum(table.max(axis=1), 0.0)
    return {name: _rank(row, float(central[name][0]), table, best, has_mean) for row, name in enumerate(names)}


def _rank(row: int, value: float, table: F8, best: F8, has_mean: bool) -> Rank:
    mine = table[:, row]
    low, high = np.quantile(mine, (0.025, 0.975)).tolist()
    return Rank(row + 1, table.shape[1], value, low, high, float((mine >= best).mean()),
                float((best - mine).mean()) if has_mean else None)


def per_million(avoided: Sequence[F8], cost: F8) -> F8 | None:
    """Return casualties avoided per million of cost; ``None`` where the cost is not above zero in every draw.

    Examples
    --------
    >>> per_million([np.array([1.0]), np.array([2.0])], np.array([1.5e6]))
    array([2.])
    """
    if not (cost > 0.0).all():
        return None
    return np.asarray(sum(avoided, np.zeros(len(cost))) * MILLION / cost)
