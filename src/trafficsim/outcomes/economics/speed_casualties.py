"""Casualties of an alternative that changes free speeds, as a function of all that is uncertain about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from trafficsim.outcomes.casualties import Models, Outcome, SpeedChange, mean_excess
from trafficsim.outcomes.economics.model import BEHAVIOUR, EXPONENTS, MODEL_FORM, REPLICATIONS
from trafficsim.outcomes.people import ALCOHOL_SCALE, PeopleChange, numbers_at, relative_people
from trafficsim.outcomes.sourced import Sourced
from trafficsim.outcomes.speed_models import Roads, Severity
from trafficsim.outcomes.uncertainty import Draws, Uncertain
from trafficsim.people.novices import PAIR

F8 = NDArray[np.float64]
SEVERITY: dict[str, Severity] = {
    "deaths": "deaths", "serious_injuries": "seriously_injured", "slight_injuries": "slightly_injured"}
FORM = "form of the speed model"
MOST_PLACES = 4000
"""Places from which on those of nearly the same change are put together."""
BIN = 1.0e-3


@dataclass(frozen=True)
class SpeedCasualties:
    """Casualties by the models of a study, from the changes of free speed in all replications.

    Attributes
    ----------
    name : of the alternative
    changes : of every replication
    models : exponents, coefficients and form
    people : who drives without and with it, of every replication; empty without a population
    runs : of a study over days, replication and share of its days of every change; empty: each is a replication
    """

    name: str
    changes: tuple[SpeedChange, ...]
    models: Models
    people: tuple[PeopleChange, ...] = ()
    runs: tuple[tuple[int, float], ...] = ()

    @property
    def inputs(self) -> tuple[Uncertain, ...]:
        """Exponents, coefficients, the form of the model, risks of people, and the spread over replications."""
        found = [Uncertain(one.name, EXPONENTS, partial(Sourced.quantile, one))
                 for one in self._sourced() if one.has_interval]
        if self.models.form == "both":
            found.append(Uncertain(FORM, MODEL_FORM, _itself))
        if self.people:
            found += [Uncertain(PAIR, BEHAVIOUR, _itself),
                      Uncertain(ALCOHOL_SCALE.name, BEHAVIOUR, partial(Sourced.quantile, ALCOHOL_SCALE))]
        if self._relative_error > 0.0:
            found.append(Uncertain(self._spread, REPLICATIONS,
                                   partial(_t_quantile, self._count - 1, self._relative_error)))
        if self._error_of_people > 0.0:
            found.append(Uncertain(self._spread_of_people, REPLICATIONS,
                                   partial(_t_quantile, self._count - 1, self._error_of_people)))
        return tuple({one.name: one for one in found}.values())

    @property
    def fixed(self) -> dict[str, float]:
        """Exponents and coefficients, at their published values."""
        return {one.name: one.value for one in self._sourced()}

    def relative(self, severity: str, draws: Draws, factor: F8) -> F8:
        """Return casualties of a severity relative to the baseline, shape of ``factor``.

        ``factor`` scales the change of the logarithm of speed, that of the speed itself in the exponential model.
        """
        kind = SEVERITY[severity]
        excess = self._by_form(kind, draws, factor)
        by_speed = 1.0 + excess * (1.0 + draws.get(self._spread, np.zeros(1)))
        return np.asarray(by_speed * self._by_people(kind, draws) if self.people else by_speed)

    def _by_people(self, kind: Severity, draws: Draws) -> F8:
        """Mean over replications, and the days of each, of the number by who drives."""
        numbers = numbers_at(draws)
        found = [share * relative_people(one, cast(Outcome, kind), numbers)
                 for one, (_, share) in zip(self.people, self._runs, strict=True)]
        excess = np.sum(found, axis=0) / self._count - 1.0
        return np.asarray(1.0 + excess * (1.0 + draws.get(self._spread_of_people, np.zeros(1))))

    def _by_form(self, kind: Severity, draws: Draws, factor: F8) -> F8:
        form = self.models.form
        if form == "power":
            return self._power(kind, draws, factor)
        exponential = mean_excess(*self._steps, _drawn(self.models.beta(kind), draws) * factor)
        if form == "exponential":
            return exponential
        weight = (draws[FORM] < 0.5).astype(np.float64) if FORM in draws else 0.5
        return np.asarray(weight * exponential + (1.0 - weight) * self._power(kind, draws, factor))

    def _power(self, kind: Severity, draws: Draws, factor: F8) -> F8:
        total: F8 = np.zeros(len(factor))
        for roads, (x, weight) in self._logarithms.items():
            total = total + mean_excess(x, weight, _drawn(self.models.exponents[kind, roads], draws) * factor)
        return total

    def _sourced(self) -> Iterator[Sourced]:
        for kind in SEVERITY.values():
            if self.models.form != "exponential":
                yield from (self.models.exponents[kind, roads] for roads in self._logarithms)
            if self.models.form != "power":
                yield self.models.beta(kind)

    @property
    def _spread(self) -> str:
        return f"{self.name}: free speeds"

    @property
    def _spread_of_people(self) -> str:
        return f"{self.name}: who drives"

    @cached_property
    def _runs(self) -> tuple[tuple[int, float], ...]:
        """Replication of every change, and the share of its days that the change stands for."""
        return self.runs or tuple((number, 1.0) for number in range(len(self.changes)))

    @cached_property
    def _count(self) -> int:
        """Number of replications."""
        return len({run for run, _ in self._runs})

    @cached_property
    def _logarithms(self) -> dict[Roads, tuple[F8, F8]]:
        """Logarithm of the ratio of speeds, and weight, of all places that change, by kind of road."""
        parts: dict[Roads, tuple[F8, F8]] = {}
        kinds: tuple[tuple[Roads, bool], ...] = (("urban", True), ("rural", False))
        for roads, urban in kinds:
            chosen = [(_logarithm(one)[one.urban == urban], share * _shares(one)[one.urban == urban])
                      for one, (_, share) in zip(self.changes, self._runs, strict=True)]
            x, weight = _joined(chosen, self._count)
            if len(x):
                parts[roads] = x, weight
        return parts

    @cached_property
    def _steps(self) -> tuple[F8, F8]:
        """Change of speed in km/h, and weight, of all places that change."""
        return _joined([(one.after_kmh - one.before_kmh, share * _shares(one))
                        for one, (_, share) in zip(self.changes, self._runs, strict=True)], self._count)

    @cached_property
    def _relative_error(self) -> float:
        """Standard error of the mean change of speed over replications, relative to it."""
        return self._error([float(_logarithm(one) @ _shares(one)) for one in self.changes])

    @cached_property
    def _error_of_people(self) -> float:
        """The same of killed and seriously injured by who drives, at best estimates."""
        return self._error([float(relative_people(one, "ksi", numbers_at({}))[0]) - 1.0 for one in self.people])

    def _error(self, values: Sequence[float]) -> float:
        """Standard error of a mean over replications, relative to it; days of a replication are added up first."""
        sums: dict[int, float] = {}
        for value, (run, share) in zip(values, self._runs, strict=False):
            sums[run] = sums.get(run, 0.0) + share * value
        means = np.array(list(sums.values()))
        if len(means) < 2 or means.mean() == 0.0:
            return 0.0
        return float(means.std(ddof=1) / np.sqrt(len(means)) / abs(means.mean()))


def _logarithm(one: SpeedChange) -> F8:
    moving = one.weight > 0.0
    return np.asarray(np.log(np.where(moving, one.after_kmh, 1.0) / np.where(moving, one.before_kmh, 1.0)))


def _shares(one: SpeedChange) -> F8:
    return np.asarray(one.weight / one.weight.sum())


def _joined(parts: Sequence[tuple[F8, F8]], count: int) -> tuple[F8, F8]:
    """Places of all replications that change, weights over their number; many ones put together by bins."""
    x, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    moved = (x != 0.0) & (weight > 0.0)
    x, weight = x[moved], weight[moved] / count
    if len(x) <= MOST_PLACES:
        return x, weight
    _, group = np.unique(np.floor(x / BIN), return_inverse=True)
    total: F8 = np.bincount(group, weight).astype(np.float64)
    return np.asarray(np.bincount(group, weight * x) / total), np.asarray(total, np.float64)


def _drawn(one: Sourced, draws: Draws) -> F8:
    return np.asarray(draws.get(one.name, np.array([one.value])))


def _t_quantile(freedom: int, error: float, level: F8) -> F8:
    return np.asarray(error * stdtrit(freedom, level))


def _itself(level: F8) -> F8:
    return level
