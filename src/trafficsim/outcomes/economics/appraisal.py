"""The appraisal of all alternatives: value for money with intervals, how sure, by what, and what would turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.outcomes.economics.model import BEHAVIOUR, EXPONENTS, MODEL_FORM, REPLICATIONS, SOURCES, Case, Year
from trafficsim.outcomes.economics.quantities import PRICE_OF_CASUALTY, SEVERITIES, Alternative, no_price
from trafficsim.outcomes.economics.ranking import Rank, per_million, ranking
from trafficsim.outcomes.economics.valuation import Values
from trafficsim.outcomes.uncertainty import (
    Sample,
    Share,
    sample,
    turning_point,
    value_of_information,
    value_of_perfect_information,
    variance_shares,
)
from trafficsim.spec.economics import Economics

F8 = NDArray[np.float64]
NO_COST = "the study gives no cost of this alternative: add economics.measures"
NO_CASUALTIES = "the study gives no casualties per year: add economics.casualties_per_year"
FEWEST_FOR_SHARES = 6
"""Replications from which on shares of variance are given: with fewer, the means have no finite fourth moment (t
distribution with n - 1 degrees of freedom)."""
NO_MEAN = "two replications alone: what may be lost or gained on average has no bound, so no mean is given"
"""Student's t distribution with one degree of freedom has no mean."""
LEAST_SURE = 0.975
"""Share of draws in which the denominator of a ratio must be above 0 for the ratio to have an interval: its own 95 %
interval then excludes 0."""
FURTHEST = 10.0
"""Turning points are looked for up to this multiple of a best estimate (modelling assumption)."""
RATE = "discount rate"
LEAST_RATE, MOST_RATE = -0.05, 0.25
PIECE = 20


@dataclass(frozen=True)
class Estimate:
    """A number at the best estimates, its 95 % interval over all draws, and why one of them is missing."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return value and ends, with the reason where there is one."""
        told = {"value": self.value, "low": self.low, "high": self.high}
        return told if self.reason is None else {**told, "reason": self.reason}


@dataclass(frozen=True)
class Sureness:
    """How sure a verdict is.

    Attributes
    ----------
    p_helps : share of draws in which the net present value is above zero
    mean : mean net present value over the draws; ``None`` with two replications, as ``perfect``
    shares : of its variance, by source; none where they cannot be told, with ``no_shares``
    information : what knowing a source would be worth to the choice among all alternatives; none with two replications
    perfect : what knowing everything would be worth
    turns : value at which the verdict turns, by number, with all others at their best estimates; first those that are
        reached by the smallest relative change
    absent : sources of uncertainty that nothing is known of, each with the reason
    """

    p_helps: float
    mean: float | None
    shares: Mapping[str, Share]
    no_shares: str | None
    information: Mapping[str, float]
    perfect: float | None
    turns: Mapping[str, float]
    absent: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return everything by name."""
        shares = {name: {"first": one.first, "total": one.total} for name, one in self.shares.items()}
        told: dict[str, Any] = {"p_helps": self.p_helps, "mean_npv": self.mean, "variance_shares": shares,
                                "value_of_information": dict(self.information),
                                "value_of_perfect_information": self.perfect,
                                "turns_at": dict(self.turns), "absent": dict(self.absent)}
        told |= {"no_mean": NO_MEAN} if self.mean is None else {}
        return told if self.no_shares is None else {**told, "no_variance_shares": self.no_shares}


@dataclass(frozen=True)
class Worth:
    """What one alternative is worth against the baseline.

    Attributes
    ----------
    benefits, avoided, costs : of the first year, by component, severity and kind
    figures : ``benefit_per_year``, ``cost_per_year``, ``npv``, ``benefit_cost_ratio``, ``first_year_return``,
        ``cost_per_ksi_avoided``
    fines : a year; a transfer, in no other figure
    npv_at : net present value at other discount rates
    missing : components that are not in it, each with the reason
    sureness : how sure its verdict is; ``None`` without costs
    rank : where it stands by casualties avoided per million; ``None`` without casualties or costs
    """

    alternative: str
    benefits: Mapping[str, Estimate]
    avoided: Mapping[str, Estimate]
    costs: Mapping[str, Estimate]
    figures: Mapping[str, Estimate]
    fines: Estimate
    npv_at: Mapping[float, Estimate]
    missing: Mapping[str, str] = field(default_factory=dict)
    sureness: Sureness | None = None
    rank: Rank | None = None

    def as_json(self) -> dict[str, Any]:
        """Return everything by name."""
        def each(part: Mapping[str, Estimate]) -> dict[str, Any]:
            return {name: one.as_json() for name, one in part.items()}

        return {
            "benefits_per_year": each(self.benefits), "casualties_avoided_per_year": each(self.avoided),
            "costs_per_year": each(self.costs), **each(self.figures),
            "transfers": {"fines_per_year": self.fines.as_json()},
            "npv_at_discount_rate": {f"{rate:g}": one.as_json() for rate, one in self.npv_at.items()},
            "missing": dict(self.missing), "sure": None if self.sureness is None else self.sureness.as_json(),
            "rank": None if self.rank is None else self.rank.as_json(),
        }


def appraise(case: Case) -> tuple[Worth, ...]:
    """Appraise every alternative of a case, all with the same draws.

    Returns
    -------
    In the order of the alternatives.
    """
    drawn = sample(case.inputs, case.economics.draws, case.economics.seed)
    central, years = case.years({}), case.years(drawn.first)
    rates = (case.economics.discount_rate, *case.economics.discount_rates)
    values = {rate: (case.net_present_values({}, rate), case.net_present_values(drawn.first, rate)) for rate in rates}
    known = _Known(case, drawn, values)
    ranks = _ranks(case, central, years, known.has_mean)
    return tuple(replace(known.worth(row, central[row], years[row]), rank=ranks.get(one.name))
                 for row, one in enumerate(case.alternatives))


def _ranks(case: Case, central: Sequence[Year], years: Sequence[Year], has_mean: bool) -> dict[str, Rank]:
    """Rank the alternatives that have a cost and a number of casualties."""
    known: dict[str, tuple[F8, F8]] = {}
    for one, best, year in zip(case.alternatives, central, years, strict=True):
        if one.costed and year.avoided:
            pair = [per_million([some.avoided[name] for name in SEVERITIES[:2]], some.cost) for some in (best, year)]
            if pair[0] is not None and pair[1] is not None:
                known[one.name] = pair[0], pair[1]
    return ranking({name: best for name, (best, _) in known.items()},
                   {name: drawn for name, (_, drawn) in known.items()}, has_mean)


class AnnualChange(NamedTuple):
    """Change of the annual cost of an alternative against the baseline.

    Attributes
    ----------
    casualties : value of the casualties a year, at best estimates; those of the baseline where no model covers it
    drawn : change of all costs, shape (draws,)
    """

    casualties: float
    drawn: F8


def annual_changes(case: Case) -> dict[str, AnnualChange]:
    """Return the change of the annual cost of every alternative, by name; with the draws of :func:`appraise`."""
    drawn = sample(case.inputs, case.economics.draws, case.economics.seed)
    central, years = case.years({}), case.years(drawn.first)
    before = casualty_cost(case.economics, case.values)
    return {one.name: AnnualChange(
                before - sum(float(best.benefits[name][0]) for name in SEVERITIES if name in best.benefits),
                np.asarray(year.cost - year.benefit))
            for one, best, year in zip(case.alternatives, central, years, strict=True)}


def casualty_cost(economics: Economics, values: Values) -> float:
    """Return the value of the casualties a year under the baseline, at best estimates; 0 where the study gives none."""
    given = economics.casualties_per_year
    if given is None:
        return 0.0
    return sum(float(getattr(given, name).value) * values.unit[price].value
               for name, price in PRICE_OF_CASUALTY.items() if price in values.unit)


def unpriced_casualties(values: Values) -> dict[str, str]:
    """Return the severities whose casualties have no price, each with the reason.

    Examples
    --------
    >>> from trafficsim.outcomes.economics.valuation import unit_values
    >>> unpriced_casualties(unit_values(Economics(currency="EUR", price_year=2016, periods_per_year=1)))
    {}
    """
    return {name: no_price(price, values) for name, price in PRICE_OF_CASUALTY.items() if price not in values.unit}


@dataclass(frozen=True)
class _Known:
    """Draws of a case, and its net present values (at best estimates, and drawn) by discount rate."""

    case: Case
    drawn: Sample
    values: Mapping[float, tuple[F8, F8]]

    def worth(self, row: int, central: Year, year: Year) -> Worth:
        one = self.case.alternatives[row]
        priced = one.costed
        study = self.case.economics

        def npv(rate: float) -> Estimate:
            best, drawn = self.values[rate]
            return _estimate(best[:, row], drawn[:, row]) if priced else Estimate(None, reason=NO_COST)

        rates = dict.fromkeys((*study.discount_rates, study.discount_rate))
        return Worth(
            one.name, _each(central.benefits, year.benefits), _each(central.avoided, year.avoided),
            _each(central.costs, year.costs), {"npv": npv(study.discount_rate), **self._figures(row, central, year)},
            _estimate(central.fines, year.fines), {rate: npv(rate) for rate in sorted(rates)}, self._missing(one),
            self._sureness(row) if priced else None,
        )

    def _figures(self, row: int, central: Year, year: Year) -> dict[str, Estimate]:
        benefit, cost = _estimate(central.benefit, year.benefit), _estimate(central.cost, year.cost)
        if not self.case.alternatives[row].costed:
            unknown = Estimate(None, reason=NO_COST)
            return {"benefit_per_year": benefit, "cost_per_year": unknown, "benefit_cost_ratio": unknown,
                    "first_year_return": unknown, "cost_per_ksi_avoided": unknown}
        return {
            "benefit_per_year": benefit, "cost_per_year": cost,
            "benefit_cost_ratio": self._benefit_cost_ratio(row),
            "first_year_return": _ratio([(one.benefit - one.cost + one.costs.get("annuity", 0.0), one.capital)
                                         for one in (central, year)], "no investment"),
            "cost_per_ksi_avoided": self._per_ksi(central, year),
        }

    def _benefit_cost_ratio(self, row: int) -> Estimate:
        """Present value of benefits over that of costs."""
        study, pairs = self.case.economics, []
        for draws in ({}, self.drawn.first):
            costs = self.case.present_costs(draws)[:, row]
            pairs.append((self.case.net_present_values(draws, study.discount_rate)[:, row] + costs, costs))
        return _ratio(pairs, "no costs")

    def _per_ksi(self, central: Year, year: Year) -> Estimate:
        if not year.avoided:
            return Estimate(None, reason=self._no_casualties(central))
        killed_or_serious = [sum((one.avoided[name] for name in SEVERITIES[:2]), np.zeros(len(one.fines)))
                             for one in (central, year)]
        return _ratio(list(zip((central.cost, year.cost), killed_or_serious, strict=True)),
                      "no killed or seriously injured avoided")

    def _no_casualties(self, central: Year) -> str:
        return NO_CASUALTIES if self.case.economics.casualties_per_year is None else "no model of casualties covers it"

    def _missing(self, one: Alternative) -> dict[str, str]:
        missing = dict(one.missing)
        if self.case.economics.casualties_per_year is None:
            return {**missing, "casualties": NO_CASUALTIES}
        return missing if one.casualties is None else missing | unpriced_casualties(self.case.values)

    def _sureness(self, row: int) -> Sureness:
        drawn = self.values[self.case.economics.discount_rate][1][:, row]
        shares, reason = self._shares(row)
        information, perfect = self._information
        mean = float(drawn.mean()) if self.has_mean else None
        return Sureness(float((drawn > 0.0).mean()), mean, shares, reason, information, perfect, self._turns(row),
                        self._absent(row))

    @property
    def has_mean(self) -> bool:
        """Whether the draws are from a distribution with a mean."""
        return self.case.replications != 2 or not any(one.group == REPLICATIONS for one in self.drawn.inputs)

    @cached_property
    def _information(self) -> tuple[dict[str, float], float | None]:
        """What knowing a source, and everything, is worth to the choice among the baseline and all with a cost."""
        if not self.has_mean:
            return {}, None
        drawn = self.values[self.case.economics.discount_rate][1]
        priced = [column for column, one in enumerate(self.case.alternatives) if one.measure is not None]
        choices = np.concatenate([np.zeros((len(drawn), 1)), drawn[:, priced]], axis=1)
        return value_of_information(self.drawn, choices), value_of_perfect_information(choices)

    def _shares(self, row: int) -> tuple[Mapping[str, Share], str | None]:
        if self.case.replications < FEWEST_FOR_SHARES:
            return {}, f"shares of variance need at least {FEWEST_FOR_SHARES} replications"
        shares = variance_shares(self.drawn, lambda draws: self.case.net_present_values(draws, only=row)[:, 0])
        return shares, None if shares else "nothing of the net present value is uncertain"

    def _turns(self, row: int) -> dict[str, float]:
        """Values at which the verdict turns; the nearest of each number, and the discount rate."""
        study, found = self.case.economics, dict[str, float]()
        casualties = self.case.alternatives[row].casualties
        known = {**self.case.fixed, **(casualties.fixed if casualties is not None else {})}
        for name, now in known.items():
            if now > 0.0 and self._is_of(name, row):
                place = turning_point(partial(self._along, name, row), now, 0.0, FURTHEST * now)
                if place is not None:
                    found[name] = place
        rate = turning_point(partial(self._at_rates, row), study.discount_rate, LEAST_RATE, MOST_RATE)
        known[RATE] = study.discount_rate
        found |= {} if rate is None else {RATE: rate}
        return {name: found[name] for name in sorted(found, key=lambda name: _change(found[name], known[name]))}

    def _is_of(self, name: str, row: int) -> bool:
        own, _, rest = name.partition(": ")
        names = {one.name for one in self.case.alternatives}
        return own == self.case.alternatives[row].name or own not in names or not rest

    def _along(self, name: str, row: int, values: F8) -> F8:
        """Net present values along one number, few at a time: casualties are then worked out without interpolation."""
        parts = [self.case.net_present_values({name: values[start : start + PIECE]}, only=row)[:, 0]
                 for start in range(0, len(values), PIECE)]
        return np.concatenate(parts)

    def _at_rates(self, row: int, rates: F8) -> F8:
        return np.array([self.case.net_present_values({}, rate, row)[0, 0] for rate in rates.tolist()])

    def _absent(self, row: int) -> dict[str, str]:
        """Sources of which nothing is known: they are in no interval."""
        one = self.case.alternatives[row]
        reasons = dict.fromkeys(SOURCES, "no interval is given")
        reasons[REPLICATIONS] = "one replication alone shows no spread"
        reasons[BEHAVIOUR] = "economics.measures gives effect_factor no interval"
        if one.casualties is None:
            reasons[EXPONENTS] = reasons[MODEL_FORM] = "no casualties are in it"
        else:
            reasons[MODEL_FORM] = "no coefficient of another model is given"
        prefixed = {f"{other.name}: " for other in self.case.alternatives if other is not one}
        present = {group for name, group, _ in self.drawn.inputs if not any(name.startswith(p) for p in prefixed)}
        return {source: reason for source, reason in reasons.items() if source not in present}


def _change(value: float, now: float) -> float:
    """How far a value is from the present one, relative to that."""
    return abs(value - now) / abs(now) if now != 0.0 else float("inf")


def _each(central: Mapping[str, F8], drawn: Mapping[str, F8]) -> dict[str, Estimate]:
    return {name: _estimate(central[name], drawn[name]) for name in drawn}


def _estimate(central: F8, drawn: F8) -> Estimate:
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return Estimate(float(central[0]), low, high)


def _ratio(pairs: list[tuple[F8, F8]], none: str) -> Estimate:
    """Return a ratio of best estimates and of draws; no interval where the denominator is of no sure sign."""
    (above, below), (drawn_above, drawn_below) = pairs
    if below[0] <= 0.0:
        return Estimate(None, reason=none)
    value = float(above[0] / below[0])
    positive = drawn_below > 0.0
    if positive.mean() < LEAST_SURE:
        return Estimate(value, reason=f"no interval: {none} in {100.0 * (1.0 - positive.mean()):.0f} % of the draws")
    low, high = np.quantile(drawn_above[positive] / drawn_below[positive], (0.025, 0.975)).tolist()
    return Estimate(value, low, high)
