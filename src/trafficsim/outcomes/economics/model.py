"""The appraisal as one function of all that is uncertain: annual benefits, costs and transfers of every alternative.

Of a year: ``benefit = N f (sum of price x quantity saved) + sum of value x casualties x (1 - relative number)``, N
analysis periods a year, f how strongly the measure works; ``cost = annuity of the investment + operation + enforcement
hours``. Fines are paid by drivers to the budget: a transfer, in no sum of society.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import chi2

from trafficsim.outcomes.economics.discounting import annuity_factor, present_worth
from trafficsim.outcomes.economics.quantities import (
    DEVICES,
    FINES,
    OFFICER_HOURS,
    PRICE_OF_CASUALTY,
    SEVERITIES,
    Alternative,
    Quantity,
)
from trafficsim.outcomes.economics.valuation import Values
from trafficsim.outcomes.sourced import Sourced
from trafficsim.outcomes.uncertainty import Draws, Uncertain
from trafficsim.spec.economics import Amount, Economics, Interval, Measure

F8 = NDArray[np.float64]
REPLICATIONS, DEMAND, BEHAVIOUR, VALUES, COSTS = "replications", "demand", "behaviour", "unit values", "costs"
EXPONENTS, MODEL_FORM = "exponents", "model form"
SOURCES = (REPLICATIONS, DEMAND, BEHAVIOUR, EXPONENTS, MODEL_FORM, VALUES, COSTS)
"""Sources of uncertainty, in the order in which they are told."""
SPREAD = "spread of replications"
CITATIONS = "citations"
HOUR, DEVICE = "enforcement_per_h", "device_per_year"
FEWEST_DIRECTIONS = 1.0e-12
"""Directions with less than this share of the variance of replications are left out (rounding)."""
COST_PARTS = ("capital", "operation_per_year", "enforcement_hours_per_year", "fine_per_citation")


@dataclass(frozen=True)
class Year:
    """Sums of the first year of one alternative, shape (n,) each.

    Attributes
    ----------
    benefits : by component; negative ones are losses
    avoided : casualties avoided by severity
    costs : annuity, operation, enforcement
    fines : paid by drivers to the budget
    capital : investment
    """

    benefits: Mapping[str, F8]
    avoided: Mapping[str, F8]
    costs: Mapping[str, F8]
    fines: F8
    capital: F8

    @property
    def benefit(self) -> F8:
        """All benefits."""
        return np.asarray(sum(self.benefits.values(), np.zeros(len(self.fines))))

    @property
    def cost(self) -> F8:
        """All costs."""
        return np.asarray(sum(self.costs.values(), np.zeros(len(self.fines))))

    def accounts(self) -> dict[str, F8]:
        """Return what each party gains in the year: fines go from one to another and cancel in the sum.

        ``users`` have time and fuel, ``society`` emissions and casualties (whoever bears them), ``budget`` the costs of
        the measure and the fines.
        """
        theirs = [self.benefits[name] for name in ("time", "fuel") if name in self.benefits]
        own = sum(theirs, np.zeros(len(self.fines)))
        return {"users": np.asarray(own - self.fines), "society": np.asarray(self.benefit - own),
                "budget": np.asarray(self.fines - self.cost)}


@dataclass(frozen=True)
class Case:
    """All alternatives of one scenario and engine, with what they are worth.

    Attributes
    ----------
    economics, values : what the study says
    quantities : by name, those that have a price
    alternatives : without the baseline
    """

    economics: Economics
    values: Values
    quantities: Mapping[str, Quantity]
    alternatives: tuple[Alternative, ...]

    @cached_property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Alternative and quantity of every simulated mean."""
        return tuple((one.name, name) for one in self.alternatives
                     for name in (*(name for name in one.saved if name in self.quantities),
                                  *((CITATIONS,) if one.citations is not None else ()), *one.enforcement))

    @cached_property
    def _simulated(self) -> F8:
        """Simulated quantities, shape (replications, columns)."""
        by_name = {one.name: one for one in self.alternatives}
        parts = [by_name[alternative].citations if name == CITATIONS
                 else {**by_name[alternative].saved, **by_name[alternative].enforcement}[name]
                 for alternative, name in self.columns]
        return np.stack([np.asarray(part, np.float64) for part in parts], axis=1) if parts else np.zeros((0, 0))

    @cached_property
    def prices(self) -> dict[str, Sourced]:
        """Unit values that are in the sums, by name: of quantities, of casualties, and of enforcement."""
        found = {one.name: one for quantity in self.quantities.values() for one, _ in quantity.prices}
        if self.economics.casualties_per_year is not None and any(one.casualties for one in self.alternatives):
            found |= {name: self.values.unit[name] for name in PRICE_OF_CASUALTY.values() if name in self.values.unit}
        hours = any(one.measure and one.measure.enforcement_hours_per_year.value > 0.0 for one in self.alternatives)
        return found | ({HOUR: self.values.unit[HOUR]} if hours and HOUR in self.values.unit else {})

    @cached_property
    def means(self) -> F8:
        """Mean of every column over the replications."""
        return np.asarray(self._simulated.mean(axis=0)) if len(self._simulated) else np.zeros(len(self.columns))

    @cached_property
    def _directions(self) -> F8:
        """Principal directions of the standard errors of the means, shape (directions, columns)."""
        count = len(self._simulated)
        if count < 2:
            return np.zeros((0, len(self.columns)))
        _, sizes, rows = np.linalg.svd((self._simulated - self.means) / np.sqrt((count - 1) * count),
                                       full_matrices=False)
        kept = sizes**2 > FEWEST_DIRECTIONS * max(float((sizes**2).sum()), 1.0e-300)
        return np.asarray(sizes[kept, None] * rows[kept])

    @cached_property
    def fixed(self) -> dict[str, float]:
        """Best estimate of every number that may be uncertain."""
        return {name: one.value for name, (_, one) in self._numbers().items()}

    def _numbers(self) -> dict[str, tuple[str, Sourced | Interval]]:
        """Source of uncertainty and number, by name."""
        study = self.economics
        found: dict[str, tuple[str, Sourced | Interval]] = {
            one.name: (VALUES, one) for quantity in self.quantities.values() for one, _ in quantity.prices}
        found |= {name: (VALUES, one) for name, one in self.values.unit.items()}
        found["periods per year"] = DEMAND, study.periods_per_year
        found["traffic growth"] = DEMAND, study.traffic_growth
        for severity in SEVERITIES if study.casualties_per_year is not None else ():
            found[f"{severity} per year"] = (DEMAND, getattr(study.casualties_per_year, severity))
        for one in self.alternatives:
            measure = one.measure or Measure(capital=Amount(value=0.0))
            found |= {f"{one.name}: {part}": (COSTS, getattr(measure, part)) for part in COST_PARTS}
            found[f"{one.name}: effect"] = (BEHAVIOUR, measure.effect_factor)
        return found

    @cached_property
    def inputs(self) -> tuple[Uncertain, ...]:
        """All uncertain numbers, by source in the order of :data:`SOURCES`."""
        count = len(self._simulated)
        found = [Uncertain(f"direction {row} of replications", REPLICATIONS, ndtri)
                 for row in range(len(self._directions))]
        if found:
            found.append(Uncertain(SPREAD, REPLICATIONS, partial(_t_spread, count - 1)))
        found += [Uncertain(name, source, _quantile(name, one))
                  for name, (source, one) in self._numbers().items() if one.low is not None]
        models = {one.name: one for alternative in self.alternatives if alternative.casualties is not None
                  for one in alternative.casualties.inputs}
        return tuple(sorted((*found, *models.values()), key=lambda one: SOURCES.index(one.group)))

    def quantity_draws(self, draws: Draws, number: int) -> F8:
        """Simulated means with the uncertainty of few replications (multivariate t), shape (number, columns)."""
        if SPREAD not in draws:
            return np.broadcast_to(self.means, (number, len(self.columns)))
        z = np.stack([draws[f"direction {row} of replications"] for row in range(len(self._directions))], axis=1)
        return np.asarray(self.means + draws[SPREAD][:, None] * (z @ self._directions))

    def years(self, draws: Draws, rate: float | None = None, only: int | None = None) -> tuple[Year, ...]:
        """First year of every alternative, for draws of shape (n,) each; what is not drawn stands at its best estimate.

        Parameters
        ----------
        draws
            By name of the inputs; none: n is 1.
        rate
            Discount rate, for the annuity; that of the study without it.
        only
            Number of the one alternative that is wanted; all without it.
        """
        number = max((len(one) for one in draws.values()), default=1)
        means = self.quantity_draws(draws, number)

        def drawn(name: str) -> F8:
            return np.broadcast_to(np.asarray(draws.get(name, self.fixed[name]), np.float64), (number,))

        taken = _Taken(draws, drawn, means, self.economics.discount_rate if rate is None else rate)
        wanted = self.alternatives if only is None else self.alternatives[only : only + 1]
        return tuple(self._year(one, taken) for one in wanted)

    def _year(self, one: Alternative, taken: _Taken) -> Year:
        drawn, factor = taken.drawn, taken.drawn(f"{one.name}: effect")
        scale = drawn("periods per year") * factor
        benefits: dict[str, F8] = {}
        fines = np.zeros(len(scale))
        for column, (alternative, name) in enumerate(self.columns):
            if alternative == one.name and name == CITATIONS:
                fines = fines + taken.means[:, column] * drawn("periods per year") * drawn(
                    f"{one.name}: fine_per_citation")
            elif alternative == one.name and name == FINES:
                fines = fines + taken.means[:, column] * drawn("periods per year")
            elif alternative == one.name and name in self.quantities:
                quantity = self.quantities[name]
                price = sum((drawn(unit.name) * share for unit, share in quantity.prices), np.zeros(len(scale)))
                before = benefits.get(quantity.component, np.zeros(len(scale)))
                benefits[quantity.component] = np.asarray(before + scale * price * taken.means[:, column])
        avoided = self._avoided(one, taken, factor)
        benefits |= {name: np.asarray(count * drawn(PRICE_OF_CASUALTY[name])) for name, count in avoided.items()
                     if PRICE_OF_CASUALTY[name] in self.values.unit}
        return Year(benefits, avoided, self._costs(one, taken), np.asarray(fines), drawn(f"{one.name}: capital"))

    def _avoided(self, one: Alternative, taken: _Taken, factor: F8) -> dict[str, F8]:
        if one.casualties is None or self.economics.casualties_per_year is None:
            return {}
        return {severity: np.asarray(taken.drawn(f"{severity} per year")
                                     * (1.0 - one.casualties.relative(severity, taken.draws, factor)))
                for severity in SEVERITIES}

    def _counted(self, one: Alternative, taken: _Taken) -> dict[str, F8]:
        """Cost of a year of the officers and devices that the runs count."""
        means = {name: taken.means[:, column] for column, (alternative, name) in enumerate(self.columns)
                 if alternative == one.name}
        found = {}
        if OFFICER_HOURS in one.enforcement:
            hours = means[OFFICER_HOURS] * taken.drawn("periods per year")
            found[OFFICER_HOURS] = np.asarray(hours * taken.drawn(HOUR))
        if DEVICES in one.enforcement:
            found[DEVICES] = np.asarray(means[DEVICES] * taken.drawn(DEVICE))
        return found

    def _costs(self, one: Alternative, taken: _Taken) -> dict[str, F8]:
        return self._given(one, taken) | self._counted(one, taken)

    def _given(self, one: Alternative, taken: _Taken) -> dict[str, F8]:
        if one.measure is None:
            return {}
        drawn = taken.drawn
        hour = drawn(HOUR) if HOUR in self.values.unit else 0.0
        return {
            "annuity": np.asarray(drawn(f"{one.name}: capital") * annuity_factor(taken.rate, one.measure.life_years)),
            "operation": np.asarray(drawn(f"{one.name}: operation_per_year")),
            "enforcement": np.asarray(drawn(f"{one.name}: enforcement_hours_per_year") * hour),
        }

    def net_present_values(self, draws: Draws, rate: float | None = None, only: int | None = None) -> F8:
        """Net present value of every alternative, or of one, shape (n, alternatives)."""
        used = self.economics.discount_rate if rate is None else rate
        growth = np.asarray(draws.get("traffic growth", self.fixed["traffic growth"]), np.float64)
        grown = np.asarray(present_worth(used, self.economics.horizon_years, growth))
        level = present_worth(used, self.economics.horizon_years)
        return np.stack([year.benefit * grown - year.cost * level for year in self.years(draws, rate, only)],
                        axis=1)

    def present_costs(self, draws: Draws) -> F8:
        """Present value of the costs of every alternative, shape (n, alternatives)."""
        level = present_worth(self.economics.discount_rate, self.economics.horizon_years)
        return np.stack([year.cost * level for year in self.years(draws)], axis=1)

    @property
    def replications(self) -> int:
        """Replications that every alternative and the baseline have."""
        return len(self._simulated)


@dataclass(frozen=True)
class _Taken:
    """What a year is worked out from: draws, how to read one, simulated means, discount rate."""

    draws: Draws
    drawn: Callable[[str], F8]
    means: F8
    rate: float


def _t_spread(freedom: int, level: F8) -> F8:
    """Factor that makes normal directions a multivariate t distribution."""
    return np.asarray(np.sqrt(freedom / chi2.ppf(level, freedom)))


def _quantile(name: str, one: Sourced | Interval) -> partial[F8]:
    if not isinstance(one, Sourced):
        log = one.low is not None and one.low > 0.0
        one = Sourced(name, one.value, "", one.source, one.grade, "input", one.low, one.high, log=log)
    return partial(Sourced.quantile, one)
