"""The table ``convergence``: how a dynamic equilibrium was approached."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.plan.rehearsals import Iteration
from trafficsim.results.frames import Labels, frame, nullable


def convergence_table(iterations: Sequence[Iteration], labels: Labels) -> pd.DataFrame:
    """One row per iteration of the search for the dynamic equilibrium whose routes a run drives.

    ``relative_gap`` is the sum of the costs of the routes taken over the sum of least costs, less one; ``switched`` the
    share of the trips whose route is looked for that change it afterwards; ``mean_time_s`` and ``least_time_s`` the
    means of these costs. ``travel_time_s`` is the mean time by the clock of the trips that arrived (null: none did),
    ``total_time_h`` of all trips to their arrival or the end of the run; ``unfinished`` trips did not arrive, for
    ``without_path`` no path was open.
    """
    rows = convergence_rows(iterations)
    whole = ("iteration", "unfinished", "without_path")
    columns = {name: nullable(rows[name].to_numpy(np.float64, na_value=np.nan), rows[name].notna())
               for name in map(str, rows) if name not in whole}
    columns |= {name: nullable(rows[name].to_numpy(np.int64)) for name in whole}
    return frame(labels, {name: columns[name] for name in map(str, rows)})


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
