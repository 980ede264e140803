"""Studies over days: the table of days, and what single simulated days mean for all days together.

Every simulated day stands for the days whose traffic it is. Over the days an indicator is the mean of the simulated
days, each weighted by the number of days that it stands for; replications are compared in pairs as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from trafficsim.results.frames import DAY, LABEL_COLUMNS, Labels, labels_of

Tables = Mapping[str, pd.DataFrame]
Chain = tuple[str, str, int, str]
"""Scenario, alternative, replication, engine."""
TABLE, TRAFFIC_OF = "days", "traffic_of_day"
MEANS = ("indicators", "groups", "movements", "paths", "links", "queues", "detectors", "speeds", "areas")
"""Tables of which the weighted mean over days makes sense, number by number."""
WHOLE = ("runs", "events", "free_speeds", TABLE)
"""Tables that keep the rows of all simulated days."""
NAMES = ("begin_s", "end_s", "lane", "position_m", "length_m", "limit_kmh", "lanes")
"""Numbers that name a place or a time."""


def has_days(tables: Tables) -> bool:
    """Whether the tables are those of a study over days."""
    return TABLE in tables


def spans(days: pd.DataFrame) -> dict[Chain, dict[int, int]]:
    """For how many days each simulated day stands, by chain.

    Examples
    --------
    >>> table = pd.DataFrame({"scenario": "s", "alternative": "a", "replication": 1, "engine": "ca",
    ...                       "day": [1, 1, 2, 3], "traffic_of_day": [1, 1, 1, 3]})
    >>> spans(table)
    {('s', 'a', 1, 'ca'): {1: 2, 3: 1}}
    """
    return {chain: {one: list(traffic.values()).count(one) for one in dict.fromkeys(traffic.values())}
            for chain, traffic in traffic_by_day(days).items()}


def traffic_by_day(days: pd.DataFrame) -> dict[Chain, dict[int, int]]:
    """Simulated day whose traffic each day has, by chain; chains that a failed run has cut short are left out."""
    unique = days[[*LABEL_COLUMNS, DAY, TRAFFIC_OF]].drop_duplicates()
    last = int(unique[DAY].max()) if len(unique) else 0
    found = {labels_of(names)[:4]: dict(zip(part[DAY].astype(int), part[TRAFFIC_OF].astype(int), strict=True))
             for names, part in unique.groupby(list(LABEL_COLUMNS), sort=False)}
    return {chain: dict(sorted(traffic.items())) for chain, traffic in found.items() if len(traffic) == last}


class DayPairs:
    """Which simulated day of a baseline each simulated day of a run is held against, and for how many days.

    Parameters
    ----------
    days
        The table of days of a study.
    baseline
        Name of the baseline.
    """

    def __init__(self, days: pd.DataFrame, baseline: str) -> None:
        self._traffic, self._baseline = traffic_by_day(days), baseline

    def chains(self) -> Iterator[Labels]:
        """Yield the chains of the study."""
        return (Labels(*chain) for chain in self._traffic)

    def of(self, chain: Labels) -> dict[tuple[int, int], int]:
        """Number of days by simulated day of the chain and of the baseline's; none where the baseline has no chain."""
        mine, theirs = (self._traffic.get(one[:4]) for one in (chain, chain._replace(alternative=self._baseline)))
        counts: dict[tuple[int, int], int] = {}
        for day, simulated in (mine or {}).items():
            if theirs is not None and day in theirs:
                pair = simulated, theirs[day]
                counts[pair] = counts.get(pair, 0) + 1
        return counts


def over_days(tables: Tables) -> Tables:
    """Return the tables of a study as if each replication were one run: weighted means over its days.

    Of tables whose numbers have no mean (single trips, traces) the rows of the last simulated day are kept; the ledger
    has what was changed on any day. Without days the tables are returned themselves.
    """
    return OverDays(tables) if has_days(tables) else tables


class OverDays(Mapping[str, pd.DataFrame]):
    """Tables of a study over days, each made when it is asked for."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            table = self._tables[name]
            self._made[name] = table if name in WHOLE or DAY not in table else self._over(name, table)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    @cached_property
    def _weights(self) -> pd.Series:
        counts = spans(self._tables[TABLE])
        return pd.Series({(*chain, day): float(count) for chain, days in counts.items() for day, count in days.items()},
                         dtype=np.float64)

    def _over(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name in MEANS:
            return weighted_means(table, self._weights)
        if name == "ledger":
            return table.drop(columns=DAY).drop_duplicates(ignore_index=True)
        last = table.groupby(list(LABEL_COLUMNS), sort=False)[DAY].transform("max")
        return table[(table[DAY] == last).to_numpy(np.bool_)].drop(columns=DAY).reset_index(drop=True)


def weighted_means(table: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """Weighted mean of all numbers of a table over the days of each replication.

    Parameters
    ----------
    table
        With ``day``; texts, and numbers that name a place or a time, say whose mean is taken.
    weights
        By scenario, alternative, replication, engine and simulated day.

    Returns
    -------
    The table without ``day``. A mean is taken over the days that have a value, and null where none has; ``reason`` has
    all reasons, each once. Counts become means per day.
    """
    texts = [str(name) for name in table if not _is_number(table[name]) and name not in (*LABEL_COLUMNS, "reason")]
    keys = [*LABEL_COLUMNS, *texts, *(name for name in NAMES if name in table)]
    numbers = [str(name) for name in table if name not in (*keys, DAY, "reason")]
    rows = pd.MultiIndex.from_frame(table[[*LABEL_COLUMNS, DAY]].astype(
        {"scenario": object, "alternative": object, "engine": object, "replication": int, DAY: int}))
    weight = weights.reindex(rows).fillna(0.0).to_numpy(np.float64)
    code, first = _codes(table, keys)
    count = len(first)
    result = table.iloc[first][keys].reset_index(drop=True)
    for name in numbers:
        known = table[name].notna().to_numpy()
        value = table[name].to_numpy(np.float64, na_value=0.0)
        total = np.bincount(code, weight * known, count)
        mean = np.divide(np.bincount(code, weight * known * value, count), total, out=np.zeros(count), where=total > 0)
        result[name] = pd.arrays.FloatingArray(mean, total <= 0.0)
    if "reason" in table:
        result["reason"] = _reasons(table["reason"], code, count)
    return result[[name for name in table if name in result]]


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _codes(table: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's group, in order of first appearance, and the first row of each group."""
    code = table.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
    _, first = np.unique(code, return_index=True)
    return code, first


def _reasons(column: pd.Series, code: np.ndarray, count: int) -> pd.Series:
    told: list[dict[str, None]] = [{} for _ in range(count)]
    for row, reason in zip(code.tolist(), column.tolist(), strict=True):
        if isinstance(reason, str):
            told[row][reason] = None
    return pd.Series(["; ".join(one) or None for one in told], dtype="string")
