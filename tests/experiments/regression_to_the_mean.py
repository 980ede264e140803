"""Programmes without any effect, at junctions that were chosen because many crashes had been counted there.

Signal-controlled junctions with four legs, each with a true mean of its own around what the Highway Safety Manual
predicts for its traffic (gamma distributed with the published overdispersion), and Poisson counts in three years before
and three after. Nothing changes in between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.outcomes.sites.calibration import calibration
from trafficsim.outcomes.sites.regression_to_the_mean import before_after, naive_ratio_of_no_effect
from trafficsim.outcomes.sites.spf import Prediction, junction_crashes

F8 = NDArray[np.float64]
SITES, YEARS = 300, 3.0
LEAST = 12
"""Injury crashes in the years before from which a junction is chosen: about one in six."""
PROGRAMMES, SEED = 1000, 16
MAJOR, MINOR = (22_000.0, 0.45), (8_000.0, 0.5)
"""Median and standard deviation of the logarithm of the AADT of the two roads (modelling assumption)."""


@dataclass(frozen=True)
class Assumed:
    """What the analyst takes the function to be, beside the truth.

    Attributes
    ----------
    overdispersion_factor : on the true overdispersion
    prediction_factor : on the true prediction
    calibrated : whether the prediction is calibrated to the counts before of all junctions
    """

    overdispersion_factor: float = 1.0
    prediction_factor: float = 1.0
    calibrated: bool = False


@dataclass(frozen=True)
class Found:
    """Figures over all programmes: ratios (1: no effect), coverage of the 95 % intervals, junctions per programme."""

    naive: float
    theory: float
    naive_coverage: float
    empirical_bayes: float
    coverage: float
    chosen: float

    @property
    def bias(self) -> float:
        """Effect that the naive comparison claims."""
        return self.naive - 1.0

    @property
    def bias_of_theory(self) -> float:
        """Effect that it is to claim."""
        return self.theory - 1.0


def population() -> Prediction:
    """Predicted injury crashes of all junctions, per year: the same in all programmes."""
    generator = np.random.default_rng(SEED)
    major, minor = (median * np.exp(sd * np.clip(generator.standard_normal(SITES), -2.0, 2.0))
                    for median, sd in (MAJOR, MINOR))
    return junction_crashes("4SG", np.maximum(major, minor), np.minimum(major, minor), "injury")


def programmes(assumed: Assumed | None = None, number: int = PROGRAMMES) -> Found:
    """Simulate programmes and judge each of them twice."""
    assumed = assumed or Assumed()
    truth = population()
    prior, k = truth.per_year * YEARS, truth.overdispersion
    rows = [_programme(np.random.default_rng([SEED, one]), prior, k, assumed) for one in range(number)]
    naive, covered, judged, within, chosen = np.array(rows).T
    theory = naive_ratio_of_no_effect(prior, k, LEAST)
    return Found(float(naive.mean()), theory, float(covered.mean()), float(judged.mean()), float(within.mean()),
                 float(chosen.mean()))


def _programme(generator: np.random.Generator, prior: F8, k: F8, assumed: Assumed) -> tuple[float, ...]:
    mean = generator.gamma(1.0 / k, k * prior)
    before, after = generator.poisson(mean), generator.poisson(mean)
    taken = prior * assumed.prediction_factor
    if assumed.calibrated:
        taken = taken * calibration(before, taken, k).factor
    chosen = before >= LEAST
    found = before_after(before[chosen], after[chosen], (taken[chosen], taken[chosen]),
                         assumed.overdispersion_factor * k[chosen])
    naive, judged = found.naive, found.empirical_bayes
    return (naive.ratio, naive.low <= 1.0 <= naive.high, judged.ratio, judged.low <= 1.0 <= judged.high,
            int(chosen.sum()))
