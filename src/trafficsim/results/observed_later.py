"""Counts that came after the runs, held against the tables that these left: nothing is simulated."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from trafficsim.results.frames import LABEL_COLUMNS, labels_of
from trafficsim.results.observed import Row, critical_of, framed, observed_row
from trafficsim.spec.observations import Series
from trafficsim.spec.scenario import Time


def counts_beside_tables(
    series: Collection[Series], tables: Mapping[str, pd.DataFrame], time: Time, critical_s: Collection[float] = (),
) -> pd.DataFrame:
    """Make the table ``validation`` from tables of links, detectors and movements.

    Parameters
    ----------
    series
        Counts, turning counts and screenlines.
    tables
        ``links``, ``detectors`` and ``movements`` of runs of one scenario.
    time
        Of the scenario.
    critical_s
        Clock times at which critical intervals begin.
    """
    parts = []
    for names, links in tables["links"].groupby(list(LABEL_COLUMNS), sort=False):
        mine = {name: _of_run(tables[name], names) for name in ("detectors", "movements") if name in tables}
        rows = [row for one in series for row in _rows(one, {**mine, "links": links}, time, critical_s)]
        parts.append(framed(rows, labels_of(names)))
    return pd.concat(parts, ignore_index=True)


def _of_run(table: pd.DataFrame, names: Collection[object]) -> pd.DataFrame:
    same = [table[column] == name for column, name in zip(LABEL_COLUMNS, names, strict=True)]
    return table[np.logical_and.reduce(same)]


def _rows(
    one: Series, tables: Mapping[str, pd.DataFrame], time: Time, critical_s: Collection[float],
) -> list[Row]:
    critical = critical_of(one, critical_s)
    return [{**observed_row(one, at, critical), "simulated": _flow(one, at, tables, time)}
            for at in range(len(one.begin_s))]


def _flow(one: Series, at: int, tables: Mapping[str, pd.DataFrame], time: Time) -> float | None:
    """Vehicles per hour in an interval; ``None`` where the tables do not tell it."""
    begin_s, end_s = one.begin_s[at], one.end_s[at]
    if one.kind == "turning_count":
        whole = (begin_s, end_s) == (time.analysis_begin_s, time.analysis_end_s)
        rows = tables["movements"]
        mine = rows[(rows["from_link"] == one.links[0]) & (rows["to_link"] == one.to_link)]["volume_veh_h"].dropna()
        return float(mine.sum()) if whole and len(mine) else None
    column, wanted, rows = ("detector", (one.detector,), tables["detectors"]) if one.detector else (
        "link", one.links, tables["links"])
    inside = rows[rows[column].isin(wanted) & (rows["begin_s"] >= begin_s) & (rows["end_s"] <= end_s)]
    length_s = (inside["end_s"] - inside["begin_s"]).to_numpy(np.float64)
    lanes_or_links = len(inside) / max(inside["begin_s"].nunique(), 1)
    if abs(length_s.sum() - (end_s - begin_s) * lanes_or_links) > 1e-6 or not len(inside):
        return None
    return float((inside["flow_veh_h"].to_numpy(np.float64) * length_s).sum() / (end_s - begin_s))


