"""From the tables of a study to its appraisal, and to the indicator of annual cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.outcomes.economics.appraisal import (
    Worth,
    annual_changes,
    appraise,
    casualty_cost,
    unpriced_casualties,
)
from trafficsim.outcomes.economics.discounting import annuity_factor
from trafficsim.outcomes.economics.model import CITATIONS, HOUR, Case
from trafficsim.outcomes.economics.quantities import COUNTED, DELAY, Alternative, Casualties, quantities_of
from trafficsim.outcomes.economics.valuation import Values, unit_values
from trafficsim.outcomes.sourced import Sourced
from trafficsim.results.days import over_days
from trafficsim.results.emissions_by_speed import emissions_by_speed
from trafficsim.results.enforcement_costs import annual_enforcement, counted_enforcement
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.outcome_draws import OutcomeDraws
from trafficsim.results.question import Question
from trafficsim.results.speed_effects import Effects, speed_effects
from trafficsim.spec.economics import Economics
from trafficsim.spec.emission_factors import EmissionFactor

Tables = Mapping[str, pd.DataFrame]
S_PER_H = 3600.0
EMISSIONS = ("fuel_l", "co2_kg", "nox_g")
"""Indicators of a run that have a price."""
NO_GROUPS = "the results have no table of groups: they are of an older version"
OTHER_TRIPS = "the alternative changes how many trips are made: the time of a trip that is not made is no saving, " \
              "and what its traveller loses is not known"
NOT_ASKED = "the study gives no casualties per year: add economics.casualties_per_year"
TRIP_NUMBER = "trip.number"
"""Field of the ledger that says how many trips there were and are."""
KEY = "economics"
KEYS = ["alternative", "replication"]


@dataclass(frozen=True)
class Appraisal:
    """What the alternatives of a study are worth, by scenario and engine.

    Attributes
    ----------
    economics : what the study says of money
    worths : by scenario and engine, in the order of the alternatives
    reasons : by scenario and engine, why there is none
    prices : unit values that are in the sums of any of them, by name
    """

    economics: Economics
    worths: Mapping[tuple[str, str], tuple[Worth, ...]]
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prices: Mapping[str, Sourced] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return ``{currency, price_year, ..., results: {scenario: {engine: {alternative: ...}}}}``."""
        study, nested = self.economics, dict[str, Any]()
        for (scenario, engine), worths in self.worths.items():
            nested.setdefault(scenario, {})[engine] = {one.alternative: one.as_json() for one in worths}
        told = {
            "currency": study.currency, "price_year": study.price_year, "horizon_years": study.horizon_years,
            "discount_rate": study.discount_rate, "draws": study.draws, "seed": study.seed,
            "unit_values": {name: {"value": one.value, "low": one.low, "high": one.high, "source": one.source,
                                   "grade": one.grade} for name, one in self.prices.items()},
            "results": nested,
        }
        reasons = [{"scenario": one, "engine": engine, "reason": why} for (one, engine), why in self.reasons.items()]
        return {**told, "not_appraised": reasons} if reasons else told


@dataclass(frozen=True)
class _Runs:
    """Quantities of one scenario and engine by alternative, one row per replication; those that all of them have.

    Attributes
    ----------
    by_alternative : replications as index, quantities as columns
    missing : by quantity, why it is not there
    other_trips : alternatives that change how many trips are made
    """

    by_alternative: Mapping[str, pd.DataFrame]
    missing: Mapping[str, str]
    other_trips: frozenset[str] = frozenset()

    def counts(self, alternative: str, quantity: str) -> bool:
        """Whether a quantity of an alternative can be held against that of the baseline."""
        return alternative not in self.other_trips or not quantity.startswith(DELAY)

    def left_out(self, alternative: str) -> dict[str, str]:
        """By component, why an alternative has none."""
        own = {DELAY: OTHER_TRIPS} if alternative in self.other_trips else {}
        return _components({**self.missing, **own})


def check_economics(economics: Economics | None) -> None:
    """Refuse prices that cannot be brought to the study's currency and year, and hours that have no price.

    Raises
    ------
    InputError
        Naming the key and the remedy.
    """
    if economics is None:
        return
    values = unit_values(economics)
    for name, measure in economics.measures.items():
        if measure.enforcement_hours_per_year.value > 0.0 and HOUR not in values.unit:
            raise InputError(f"economics.measures.{name}: enforcement_hours_per_year",
                             f"{measure.enforcement_hours_per_year.value:g} hours without a price",
                             f"a price of an hour: {values.table} has none",
                             f"add {HOUR} to economics.unit_values")


def appraisal_of(tables: Tables, question: Question, alternatives: Sequence[str]) -> Appraisal | None:
    """Appraise the alternatives of a study as its question says; ``None`` without ``[economics]``.

    Raises
    ------
    InputError
        If prices cannot be brought to the study's currency and year.
    """
    economics = question.outcomes.get(KEY)
    if not isinstance(economics, Economics):
        return None
    worths: dict[tuple[str, str], tuple[Worth, ...]] = {}
    reasons: dict[tuple[str, str], str] = {}
    prices: dict[str, Sourced] = {}
    effects = speed_effects(tables, question)
    for setting, runs in _settings(tables, economics).items():
        found = _case(runs, economics, question.baseline, _changes(runs, setting, alternatives, effects))
        if isinstance(found, str):
            reasons[setting] = found
        else:
            worths[setting] = appraise(found)
            prices |= found.prices
    return Appraisal(economics, worths, reasons, prices)


def with_costs(indicators: pd.DataFrame, tables: Tables, question: Question, draws: OutcomeDraws) -> pd.DataFrame:
    """Add the indicator of annual cost to the ``indicators`` table of a study; nothing without ``[economics]``.

    ``periods per year x sum of price x quantity`` of a run, with delay for time, and the yearly cost of the measure, at
    best estimates; and the value of casualties, which belong to no single run: those of the baseline where no model
    covers the alternative. Where the study gives an effect factor other than 1, what the run differs by from that of
    the baseline is multiplied by it, as in the appraisal. Its interval is that of the appraisal: replications and all
    else that is uncertain.

    Parameters
    ----------
    indicators
        The table, indicators between runs included.
    tables
        Of the study, by name.
    question
        With ``[economics]`` among its outcomes.
    draws
        Takes the draws of the change of cost.

    Raises
    ------
    InputError
        If prices cannot be brought to the study's currency and year.
    """
    economics = question.outcomes.get(KEY)
    if not isinstance(economics, Economics):
        return indicators
    rows, effects = [], speed_effects(tables, question)
    for (scenario, engine), runs in _settings(tables, economics).items():
        names = list(runs.by_alternative)
        case = _case(runs, economics, question.baseline, _changes(runs, (scenario, engine), names, effects))
        changes = {} if isinstance(case, str) else annual_changes(case)
        for name in names:
            arm = scenario, engine, name, economics.indicator
            if name in changes:
                draws.whole[arm] = changes[name].drawn
            same = casualty_cost(economics, unit_values(economics))
            told = (effects or {}).get((scenario, engine, name)) if name != question.baseline else None
            costs = _Costs(economics, runs, question.baseline,
                           changes[name].casualties if name in changes else same, told)
            rows.append(_cost_rows(Labels(scenario, name, 0, engine), costs))
    return pd.concat([indicators, *rows], ignore_index=True)


def _changes(
    runs: _Runs, setting: tuple[str, str], names: Sequence[str], effects: Effects | None
) -> dict[str, Casualties | str]:
    """How casualties change by alternative that has results, or why that is not known."""
    known = [name for name in names if name in runs.by_alternative]
    return {name: NOT_ASKED if effects is None else effects.get((*setting, name), NOT_ASKED) for name in known}


def _settings(tables: Tables, economics: Economics) -> dict[tuple[str, str], _Runs]:
    """Quantities of every scenario and engine."""
    tables = over_days(tables)
    given = tables["indicators"]
    delays = tables.get("groups")
    found = {}
    for (scenario, engine), block in given.groupby(["scenario", "engine"], sort=False):
        mine = None
        if delays is not None:
            mine = delays[(delays["scenario"] == scenario) & (delays["engine"] == engine)]
        links = tables["links"] if economics.emission_factors and "links" in tables else None
        if links is not None:
            links = links[(links["scenario"] == scenario) & (links["engine"] == engine)]
        runs = _runs(_Tables(block, mine, links, economics.emission_factors))
        found[str(scenario), str(engine)] = replace(
            runs, other_trips=_with_other_trips(tables.get("ledger"), (scenario, engine)))
    return found


def _with_other_trips(ledger: pd.DataFrame | None, setting: tuple[Any, Any]) -> frozenset[str]:
    """Alternatives of one scenario and engine whose policies drop or add any trip."""
    if ledger is None:
        return frozenset()
    here = (ledger["scenario"] == setting[0]) & (ledger["engine"] == setting[1])
    changed = here & (ledger["field"] == TRIP_NUMBER) & (ledger["before"] != ledger["after"])
    return frozenset(map(str, ledger["alternative"][changed].unique()))


class _Tables(NamedTuple):
    """Tables of one scenario and engine; links only where factors by mean speed are given."""

    indicators: pd.DataFrame
    groups: pd.DataFrame | None
    links: pd.DataFrame | None
    factors: tuple[EmissionFactor, ...]


def _runs(given: _Tables) -> _Runs:
    missing: dict[str, str] = {}
    wide = given.indicators.pivot(index=KEYS, columns="indicator", values="value")
    parts: dict[str, Any] = {}
    if given.groups is None:
        missing[DELAY] = NO_GROUPS
    else:
        classes = given.groups[given.groups["grouping"] == "class"]
        hours = classes.assign(h=classes["trips"] * classes["mean_delay_s"] / S_PER_H)
        for name, column in hours.pivot(index=KEYS, columns="group", values="h").items():
            parts[f"{DELAY}: {name}"] = column.reindex(wide.index).fillna(0.0)
    by_speed = emissions_by_speed(given.links, given.factors, wide)
    for name in EMISSIONS:
        found = by_speed.get(name, wide.get(name))
        if isinstance(found, str):
            missing[name] = found
        elif found is not None and found.notna().all():
            parts[name] = found
        else:
            missing[name] = _why_not(given.indicators, name)
    for name in (CITATIONS, *COUNTED):
        if name in wide and wide[name].notna().all():
            parts[name] = wide[name]
    table = pd.DataFrame(parts, index=wide.index).astype(np.float64)
    return _Runs({str(name): part.droplevel(0) for name, part in table.groupby(level=0, sort=False)}, missing)


def _why_not(indicators: pd.DataFrame, name: str) -> str:
    told = indicators.loc[(indicators["indicator"] == name) & indicators["value"].isna(), "reason"].dropna()
    return str(told.iloc[0]) if len(told) else "the results do not have it"


def _shared(parts: Sequence[pd.DataFrame]) -> pd.Index[int]:
    """Replications that all of some tables have."""
    index = parts[0].index
    for part in parts[1:]:
        index = index.intersection(part.index)
    return index.sort_values()


def _case(
    runs: _Runs, economics: Economics, baseline: str, changes: Mapping[str, Casualties | str]
) -> Case | str:
    """Put the alternatives beside the baseline, over the replications that all have; or say why that cannot be done."""
    known, others = runs.by_alternative, [name for name in changes if name != baseline]
    if baseline not in known:
        return f"the baseline {baseline!r} has no results"
    rows = _shared([known[name] for name in (baseline, *others)])
    if not others or not len(rows):
        return "no replication has results of all alternatives"
    values, before = unit_values(economics), known[baseline].loc[rows]
    quantities, unpriced = quantities_of(values, _priced_by_quantity(before))
    alternatives = []
    for name in others:
        after, change = known[name].loc[rows], changes[name]
        missing = runs.left_out(name) | unpriced
        saved = {one: (before[one] - after[one]).to_numpy(np.float64) for one in quantities if runs.counts(name, one)}
        citations = after[CITATIONS].to_numpy(np.float64) if CITATIONS in after else None
        counted = counted_enforcement(economics, values, name, after)
        told = {**missing, **counted.missing, **({"casualties": change} if isinstance(change, str) else {})}
        alternatives.append(Alternative(name, saved, citations, economics.measures.get(name),
                                        None if isinstance(change, str) else change, told, counted.amounts))
    return Case(economics, values, quantities, tuple(alternatives))


def _priced_by_quantity(table: pd.DataFrame) -> list[str]:
    """Quantities that have prices of their own: all but what enforcement counts."""
    return [str(name) for name in table if name not in (CITATIONS, *COUNTED)]


def _components(missing: Mapping[str, str]) -> dict[str, str]:
    names = {DELAY: "time", "fuel_l": "fuel", "co2_kg": "co2", "nox_g": "nox"}
    return {names[name]: reason for name, reason in missing.items()}


@dataclass(frozen=True)
class _Costs:
    """What the annual cost of an alternative is made of: runs, value of casualties, how they change or why not."""

    economics: Economics
    runs: _Runs
    baseline: str
    casualties: float
    change: Casualties | str | None

    def amounts(self, alternative: str) -> pd.DataFrame:
        """Quantities of the runs of an alternative, their difference from the baseline by its effect factor."""
        mine, measure = self.runs.by_alternative[alternative], self.economics.measures.get(alternative)
        effect, before = 1.0 if measure is None else measure.effect_factor.value, self.runs.by_alternative
        if effect == 1.0 or self.baseline not in before:
            return mine
        shared = _shared([before[self.baseline], mine])
        same = before[self.baseline].loc[shared]
        return same + effect * (mine.loc[shared] - same)


def _cost_rows(labels: Labels, given: _Costs) -> pd.DataFrame:
    """Rows of one alternative; ``labels`` names it."""
    economics, amounts = given.economics, given.amounts(labels.alternative)
    values = unit_values(economics)
    priced, unpriced = quantities_of(values, _priced_by_quantity(amounts))
    annual = np.full(len(amounts), measure_cost(economics, values, labels.alternative) + given.casualties)
    for name, one in priced.items():
        if not given.runs.counts(labels.alternative, name):
            continue
        price = sum(unit.value * factor for unit, factor in one.prices)
        annual += economics.periods_per_year.value * price * amounts[name].to_numpy(np.float64)
    mine = given.runs.by_alternative[labels.alternative].loc[amounts.index]
    counted = counted_enforcement(economics, values, labels.alternative, mine)
    annual += annual_enforcement(economics, values, counted)
    costless = (labels.alternative != given.baseline and labels.alternative not in economics.measures
                and not counted.amounts)
    left_out = [*(given.runs.left_out(labels.alternative) | unpriced),
                *(("casualties",) if economics.casualties_per_year is None else unpriced_casualties(values)),
                *counted.missing, *(("the cost of the measure",) if costless else ())]
    told = [*([f"without {', '.join(left_out)}"] if left_out else []),
            *([f"casualties as in the baseline: {given.change}"] if isinstance(given.change, str) else [])]
    count = len(amounts)
    table = frame(labels, {
        "indicator": strings([economics.indicator] * count), "value": nullable(annual),
        "unit": strings([f"{economics.currency}/year"] * count),
        "reason": strings(["; ".join(told) or None] * count),
    })
    return table.assign(replication=amounts.index.to_numpy(np.int64))


def measure_cost(economics: Economics, values: Values, alternative: str) -> float:
    """Return the yearly cost of an alternative at best estimates, 0 where the study gives none.

    Examples
    --------
    >>> from trafficsim.spec.economics import Measure
    >>> study = Economics(currency="EUR", price_year=2016, periods_per_year=1, discount_rate=0.0,
    ...                   measures={"wave": Measure(capital=1000, life_years=10, operation_per_year=50)})
    >>> measure_cost(study, unit_values(study), "wave")
    150.0
    """
    measure = economics.measures.get(alternative)
    if measure is None:
        return 0.0
    hour = values.unit[HOUR].value if HOUR in values.unit else 0.0
    return (measure.capital.value * annuity_factor(economics.discount_rate, measure.life_years)
            + measure.operation_per_year.value + measure.enforcement_hours_per_year.value * hour)
