"""Data frames with nullable columns: a value is there or it is null, never NaN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trafficsim.base.errors import SimulationError

Column = Any
"""A pandas extension array, a sequence of strings, or a NumPy array without gaps."""


class Labels(NamedTuple):
    """The names that a run is known by; the first columns of every table. Runs of a study over days have a day too."""

    scenario: str
    alternative: str
    replication: int
    engine: str
    day: int | None = None

    def named(self) -> dict[str, Any]:
        """Names by column; without a day where the study has none."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    def __str__(self) -> str:
        return str(tuple(self.named().values()))


LABEL_COLUMNS = ("scenario", "alternative", "replication", "engine")
"""Columns that the tables of all runs have; those of a study over days have ``day`` behind them."""
DAY = "day"


def label_columns(table: pd.DataFrame) -> list[str]:
    """Label columns of a table: ``day`` among them where it has one.

    Examples
    --------
    >>> label_columns(frame(Labels("s", "a", 1, "ca", 5), {"x": nullable([1.0])}))[-1]
    'day'
    """
    return [*LABEL_COLUMNS, DAY] if DAY in table else list(LABEL_COLUMNS)


def labels_of(names: Sequence[Any]) -> Labels:
    """Labels from the values of label columns."""
    scenario, alternative, replication, engine, *day = names
    return Labels(str(scenario), str(alternative), int(replication), str(engine), *(int(one) for one in day))


def nullable(values: ArrayLike, present: ArrayLike | bool = True) -> Column:
    """Make a nullable column of floats, integers or booleans.

    Parameters
    ----------
    values
        Shape (n,). What stands where a value is absent does not matter.
    present
        Shape (n,), or one boolean for all: where there is a value.

    Examples
    --------
    >>> nullable([1.5, -1.0], [True, False]).tolist()
    [1.5, <NA>]
    """
    array = np.asarray(values)
    absent = ~np.broadcast_to(np.asarray(present, np.bool_), array.shape)
    if array.dtype.kind == "f":
        return pd.arrays.FloatingArray(np.where(absent, 0.0, array).astype(np.float64), absent)
    if array.dtype.kind == "b":
        return pd.arrays.BooleanArray(array.copy(), absent)
    return pd.arrays.IntegerArray(array.astype(np.int64), absent)


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Divide element by element; return the quotient and where it exists (denominator above zero).

    Examples
    --------
    >>> quotient, exists = ratio([6.0, 1.0], [2.0, 0.0])
    >>> quotient.tolist(), exists.tolist()
    ([3.0, 0.0], [True, False])
    """
    above, below = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    exists = below > 0.0
    return np.divide(above, below, out=np.zeros(above.shape), where=exists), exists


def strings(values: Iterable[str | None]) -> Column:
    """Make a nullable column of strings."""
    return pd.array(np.array(list(values), dtype=object), dtype="string")


def names_of(names: Sequence[str], index: ArrayLike) -> Column:
    """Look names up by index; -1 becomes null.

    Examples
    --------
    >>> names_of(("a", "b"), [1, -1]).tolist()
    ['b', <NA>]
    """
    known = np.array([*names, None], dtype=object)
    return pd.array(known[np.asarray(index, np.int64)], dtype="string")  # -1 is the last: none


def frame(labels: Labels, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Join the label columns and a table's columns.

    Raises
    ------
    SimulationError
        If a number is not finite: a run that counts so cannot be trusted.
    """
    for name, column in columns.items():
        _refuse_non_finite(name, column)
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({
        "scenario": strings([labels.scenario]).repeat(rows),
        "alternative": strings([labels.alternative]).repeat(rows),
        "replication": nullable(np.full(rows, labels.replication)),
        "engine": strings([labels.engine]).repeat(rows),
        **({} if labels.day is None else {DAY: nullable(np.full(rows, labels.day))}),
        **columns,
    }, copy=False)


def _refuse_non_finite(name: str, column: Column) -> None:
    if getattr(column.dtype, "kind", "") == "f":
        absent = np.asarray(pd.isna(column))
        known = np.asarray(column[~absent], np.float64)
        if not np.isfinite(known).all():
            raise SimulationError(f"result column {name!r}", "a value that is not finite", "finite numbers or null",
                                  "report the scenario and seed: the engine miscounted")


def concatenate(runs: Sequence[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Stack the tables of several runs, name by name, in the order given; the runs are emptied, to hold nothing twice.

    Examples
    --------
    >>> concatenate([{"a": pd.DataFrame({"x": [1]})}, {"a": pd.DataFrame({"x": [2]})}])["a"]["x"].tolist()
    [1, 2]
    """
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: pd.concat([run.pop(name) for run in runs if name in run], ignore_index=True) for name in names}
