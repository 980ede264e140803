"""The table ``convergence``: how a dynamic equilibrium was approached."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trafficsim.plan.rehearsals import Iteration


def convergence_rows(iterations: Sequence[Iteration]) -> pd.DataFrame:
    """One row per iteration: ``iteration`` from 1, and what :class:`~trafficsim.plan.rehearsals.Iteration` has.

    Examples
    --------
    >>> told = Iteration(0.1, 0.5, 110.0, 100.0, None, 3.0, 2, 0)
    >>> convergence_rows([told])["relative_gap"].tolist()
    [0.1]
    """
    table = pd.DataFrame({name: [getattr(one, name) for one in iterations] for name in Iteration._fields
                          if name != "travel_time_s"})
    table["iteration"] = range(1, len(iterations) + 1)
    table["travel_time_s"] = pd.array([one.travel_time_s for one in iterations], "Float64")
    return table[["iteration", *Iteration._fields]]
