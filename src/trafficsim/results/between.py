"""Indicators between runs: each run of an alternative beside the same replication of the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from trafficsim.results.frames import LABEL_COLUMNS, Labels, frame, nullable, strings
from trafficsim.results.indicator import Indicator, Pair
from trafficsim.results.indicators import registered

Tables = Mapping[str, pd.DataFrame]


def with_between(tables: Tables, baseline: str) -> pd.DataFrame:
    """Return the ``indicators`` table of a study with the indicators between its runs and those of a baseline.

    Without such indicators it is the table itself. A value is null, with the reason, where the same replication of the
    baseline is missing, or the formula gives none.

    Parameters
    ----------
    tables
        Of a study, by name; those that the indicators need are read.
    baseline
        Alternative that the others are held against.

    Raises
    ------
    SimulationError
        If a value is not finite.

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": []})
    >>> with_between({"indicators": table}, "do nothing") is table
    True
    """
    wanted = [one for one in registered().values() if one.between is not None]
    given = tables["indicators"]
    if not wanted:
        return given
    rows = [_rows(labels, pair, wanted) for labels, pair in _pairs(tables, wanted, baseline)]
    return pd.concat([given, *rows], ignore_index=True)


def _pairs(tables: Tables, wanted: list[Indicator], baseline: str) -> Iterator[tuple[Labels, Pair | None]]:
    """Yield every run that has indicators, with the tables of its pair; with none where the baseline has no run."""
    needed = dict.fromkeys(name for one in wanted for name in one.tables)
    parts = {name: _by_run(tables[name]) for name in needed if name in tables}
    runs = _by_run(tables["indicators"])
    for labels in runs:
        theirs = labels._replace(alternative=baseline)
        pair = Pair(*({name: part[run] for name, part in parts.items() if run in part} for run in (theirs, labels)))
        yield labels, pair if theirs in runs else None


def _by_run(table: pd.DataFrame) -> dict[Labels, pd.DataFrame]:
    return {Labels(*labels): part for labels, part in table.groupby(list(LABEL_COLUMNS), sort=False)}  # type: ignore[arg-type]


def _rows(labels: Labels, pair: Pair | None, wanted: list[Indicator]) -> pd.DataFrame:
    values = [None if pair is None else _value(one, pair) for one in wanted]
    return frame(labels, {
        "indicator": strings(one.name for one in wanted),
        "value": nullable([value or 0.0 for value in values], [value is not None for value in values]),
        "unit": strings(one.unit for one in wanted),
        "reason": strings(one.reason if value is None else None for one, value in zip(wanted, values, strict=True)),
    })


def _value(one: Indicator, pair: Pair) -> float | None:
    """Value of an indicator; none where a run does not have a table that it reads."""
    known = pair.baseline.keys() & pair.alternative.keys()
    return one.between(pair) if one.between is not None and known >= set(one.tables) else None
