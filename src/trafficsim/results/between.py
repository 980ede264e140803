"""Indicators between runs: each run of an alternative beside the same replication of the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from trafficsim.outcomes.sites.baseline import Baseline
from trafficsim.results.days import TABLE as DAYS
from trafficsim.results.days import DayPairs, has_days, over_days
from trafficsim.results.frames import Labels, frame, label_columns, labels_of, nullable, strings
from trafficsim.results.indicator import Indicator, Pair
from trafficsim.results.indicators import registered
from trafficsim.results.outcome_draws import OutcomeDraws
from trafficsim.spec.model import Model

Tables = Mapping[str, pd.DataFrame]
Casualties = Mapping[tuple[str, str], Baseline]
"""Casualties under the baseline by scenario and engine."""
WeightedPair = tuple[float, Pair]
"""A pair of runs, and the share of the days that it stands for."""
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
    given = over_days(tables)["indicators"]
    if not wanted:
        return given
    rows = []
    for labels, found in weighted_pairs(tables, wanted, baseline, asked, casualties):
        rows.append(_rows(labels, found, wanted))
        if draws is not None and found:
            draws.take(labels, found, (one for one in wanted if all(_readable(one, pair) for _, pair in found)))
    return pd.concat([given, *rows], ignore_index=True)


def weighted_pairs(
    tables: Tables, wanted: Sequence[Indicator], baseline: str, asked: Mapping[str, Model],
    casualties: Casualties | None = None,
) -> Iterator[tuple[Labels, list[WeightedPair]]]:
    """Yield every replication with its pairs: one, or one for every two simulated days, by the days they stand for."""
    if not has_days(tables):
        for labels, pair in pairs(tables, wanted, baseline, asked, casualties):
            yield labels, [] if pair is None else [(1.0, pair)]
        return
    read = _Reader(tables, wanted, asked, casualties or {})
    days = DayPairs(tables[DAYS], baseline)
    for chain in days.chains():
        counts = days.of(chain)
        total = sum(counts.values())
        found = [(count / total, read.pair(chain._replace(day=mine), chain._replace(alternative=baseline, day=theirs)))
                 for (mine, theirs), count in counts.items()]
        yield chain, [(weight, pair) for weight, pair in found if pair is not None]


def pairs(
    tables: Tables, wanted: Iterable[Indicator], baseline: str, asked: Mapping[str, Model],
    casualties: Casualties | None = None,
) -> Iterator[tuple[Labels, Pair | None]]:
    """Yield every run that has indicators, with the tables of its pair; with none where the baseline has no run.

    Of a study over days every two simulated days that stand for one day are a pair.
    """
    read = _Reader(tables, wanted, asked, casualties or {})
    if has_days(tables):
        days = DayPairs(tables[DAYS], baseline)
        for chain in days.chains():
            for mine, theirs in days.of(chain):
                yield chain, read.pair(chain._replace(day=mine), chain._replace(alternative=baseline, day=theirs))
        return
    for labels in read.runs:
        yield labels, read.pair(labels, labels._replace(alternative=baseline))


class _Reader:
    """Tables by run, as far as indicators between runs read them."""

    def __init__(self, tables: Tables, wanted: Iterable[Indicator], asked: Mapping[str, Model],
                 casualties: Casualties) -> None:
        needed = dict.fromkeys(name for one in wanted for name in one.tables)
        self._parts = {name: _by_run(tables[name]) if name in tables else {} for name in needed}
        self._nothing = {name: tables[name].iloc[:0] if name in tables else pd.DataFrame()
                         for name in EMPTY_MEANS_NONE}
        self.runs = _by_run(tables["indicators"])
        self._asked, self._casualties = asked, casualties

    def pair(self, labels: Labels, theirs: Labels) -> Pair | None:
        """Put a run beside one of the baseline; none where one of them is missing."""
        before, after = ({name: part[run] if run in part else self._nothing[name] for name, part in self._parts.items()
                          if run in part or name in self._nothing} for run in (theirs, labels))
        known = self._casualties.get((labels.scenario, labels.engine))
        both = theirs in self.runs and labels in self.runs
        return Pair(before, after, self._asked, casualties=known) if both else None


def _by_run(table: pd.DataFrame) -> dict[Labels, pd.DataFrame]:
    if not len(table):
        return {}
    return {labels_of(names): part for names, part in table.groupby(label_columns(table), sort=False)}


def _rows(labels: Labels, found: Sequence[WeightedPair], wanted: Sequence[Indicator]) -> pd.DataFrame:
    values = [_mean([(weight, _value(one, pair)) for weight, pair in found]) for one in wanted]
    return frame(labels, {
        "indicator": strings(one.name for one in wanted),
        "value": nullable([value or 0.0 for value in values], [value is not None for value in values]),
        "unit": strings(one.unit for one in wanted),
        "reason": strings(_reason(one, found, value) for one, value in zip(wanted, values, strict=True)),
    })


def _mean(values: Sequence[tuple[float, float | None]]) -> float | None:
    """Weighted mean; none where one is missing: the days that have a value need not be like those that have none."""
    known = [(weight, value) for weight, value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    if len(known) == 1:
        return known[0][1]
    return sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)


def _reason(one: Indicator, found: Sequence[WeightedPair], value: float | None) -> str | None:
    """Say why there is no value, or what limits the one there is."""
    readable = [pair for _, pair in found if _readable(one, pair)] if one.told is not None else []
    texts = dict.fromkeys(text for pair in readable if (text := one.told(pair)))  # type: ignore[misc]
    told = "; ".join(texts) or None
    return told if value is not None else told or one.reason


def _readable(one: Indicator, pair: Pair) -> bool:
    """Whether both runs have the tables that it reads."""
    return pair.baseline.keys() & pair.alternative.keys() >= set(one.tables)


def _value(one: Indicator, pair: Pair) -> float | None:
    """Value of an indicator; none where a run does not have a table that it reads."""
    return one.between(pair) if one.between is not None and _readable(one, pair) else None
