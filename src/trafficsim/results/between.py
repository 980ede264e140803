"""Indicators between runs: each run of an alternative beside the same replication of the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from trafficsim.outcomes.sites.baseline import Baseline
from trafficsim.results.frames import LABEL_COLUMNS, Labels, frame, nullable, strings
from trafficsim.results.indicator import Indicator, Pair
from trafficsim.results.indicators import registered
from trafficsim.results.outcome_draws import OutcomeDraws
from trafficsim.spec.model import Model

Tables = Mapping[str, pd.DataFrame]
Casualties = Mapping[tuple[str, str], Baseline]
"""Casualties under the baseline by scenario and engine."""
EMPTY_MEANS_NONE = ("ledger", "free_speeds", "exposure")
"""Tables that a run without policies, a study whose policies leave speeds alone, or one without people, has no rows
of."""


def with_between(
    tables: Tables, baseline: str, asked: Mapping[str, Model] | None = None, draws: OutcomeDraws | None = None,
    casualties: Casualties | None = None,
) -> pd.DataFrame:
    """Return the ``indicators`` table of a study with the indicators between its runs and those of a baseline.

    Without such indicators it is the table itself. A value is null, with the reason, where the same replication of the
    baseline is missing, or the formula gives none.

    Parameters
    ----------
    tables
        Of a study, by name; those that the indicators need are read.
    baseline
        Alternative that the others are held against.
    asked
        Tables of the study that say how outcomes are computed; indicators on request need theirs.
    draws
        Takes the draws of indicators that rest on published models.
    casualties
        Casualties under the baseline by scenario and engine.

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
    asked = asked or {}
    wanted = [one for one in registered().values()
              if one.between is not None and (not one.on_request or one.on_request in asked)
              and (not one.only_with or one.only_with in tables)]
    given = tables["indicators"]
    if not wanted:
        return given
    rows = []
    for labels, pair in pairs(tables, wanted, baseline, asked, casualties):
        rows.append(_rows(labels, pair, wanted))
        if draws is not None and pair is not None:
            draws.take(labels, pair, (one for one in wanted if _readable(one, pair)))
    return pd.concat([given, *rows], ignore_index=True)


def pairs(
    tables: Tables, wanted: Iterable[Indicator], baseline: str, asked: Mapping[str, Model],
    casualties: Casualties | None = None,
) -> Iterator[tuple[Labels, Pair | None]]:
    """Yield every run that has indicators, with the tables of its pair; with none where the baseline has no run."""
    casualties = casualties or {}
    needed = dict.fromkeys(name for one in wanted for name in one.tables)
    parts = {name: _by_run(tables[name]) if name in tables else {} for name in needed}
    nothing = {name: tables[name].iloc[:0] if name in tables else pd.DataFrame() for name in EMPTY_MEANS_NONE}
    runs = _by_run(tables["indicators"])
    for labels in runs:
        theirs = labels._replace(alternative=baseline)
        before, after = ({name: part[run] if run in part else nothing[name] for name, part in parts.items()
                          if run in part or name in nothing} for run in (theirs, labels))
        known = casualties.get((labels.scenario, labels.engine))
        yield labels, Pair(before, after, asked, casualties=known) if theirs in runs else None


def _by_run(table: pd.DataFrame) -> dict[Labels, pd.DataFrame]:
    if not len(table):
        return {}
    return {Labels(*labels): part for labels, part in table.groupby(list(LABEL_COLUMNS), sort=False)}  # type: ignore[arg-type]


def _rows(labels: Labels, pair: Pair | None, wanted: list[Indicator]) -> pd.DataFrame:
    values = [None if pair is None else _value(one, pair) for one in wanted]
    return frame(labels, {
        "indicator": strings(one.name for one in wanted),
        "value": nullable([value or 0.0 for value in values], [value is not None for value in values]),
        "unit": strings(one.unit for one in wanted),
        "reason": strings(_reason(one, pair, value) for one, value in zip(wanted, values, strict=True)),
    })


def _reason(one: Indicator, pair: Pair | None, value: float | None) -> str | None:
    """Say why there is no value, or what limits the one there is."""
    told = one.told(pair) if one.told is not None and pair is not None and _readable(one, pair) else None
    return told if value is not None else told or one.reason


def _readable(one: Indicator, pair: Pair) -> bool:
    """Whether both runs have the tables that it reads."""
    return pair.baseline.keys() & pair.alternative.keys() >= set(one.tables)


def _value(one: Indicator, pair: Pair) -> float | None:
    """Value of an indicator; none where a run does not have a table that it reads."""
    return one.between(pair) if one.between is not None and _readable(one, pair) else None
