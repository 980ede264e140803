"""Two sets of result tables are the same: names, rows and their order, types and every bit, but for run times."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trafficsim.results.runs import RUN_TIMES


def assert_same_tables(ours: Mapping[str, pd.DataFrame], theirs: Mapping[str, pd.DataFrame]) -> None:
    assert sorted(ours) == sorted(theirs)
    for name in ours:
        pair = [tables[name].drop(columns=[*RUN_TIMES] if name == "runs" else []) for tables in (ours, theirs)]
        pd.testing.assert_frame_equal(*pair, check_exact=True, obj=name)
