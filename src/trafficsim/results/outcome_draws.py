"""Intervals of indicators that rest on published models: replications and the models' numbers together.

For every draw of the models' numbers the mean difference over replications is taken, and moved by a draw of Student's t
times its standard error: the spread of the results is that of both, never of replications alone. All alternatives meet
the same draws, so that their ranks are those under one truth at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from trafficsim.base.draws import hash_name, u01
from trafficsim.outcomes.sourced import OUTCOME, SEED
from trafficsim.results.frames import Labels
from trafficsim.results.indicator import Indicator, Pair

F8 = NDArray[np.float64]
Arm = tuple[str, str, str, str]
"""Scenario, engine, alternative, indicator."""


class Sums(NamedTuple):
    """Number of replications, and over them the mean of the difference from the baseline and its squared deviations."""

    n: int
    mean: F8
    squares: F8

    def plus(self, values: F8) -> Sums:
        """Add a replication (Welford 1962)."""
        step = values - self.mean
        mean = self.mean + step / (self.n + 1)
        return Sums(self.n + 1, mean, self.squares + step * (values - mean))


@dataclass
class OutcomeDraws:
    """Draws of the indicators of all runs, summed over replications; ``whole`` has draws that cover these already."""

    sums: dict[Arm, Sums] = field(default_factory=dict)
    whole: dict[Arm, F8] = field(default_factory=dict)

    def take(self, labels: Labels, pairs: Sequence[tuple[float, Pair]], indicators: Iterable[Indicator]) -> None:
        """Add the draws of one run, or of the days of one replication with their weights."""
        for one in indicators:
            found = [(weight, one.draws(pair)) for weight, pair in pairs] if one.draws is not None else []
            known = [(weight, drawn) for weight, drawn in found if drawn is not None]
            if known and len(known) == len(found):
                drawn = known[0][1] if len(known) == 1 else np.sum([weight * part for weight, part in known], axis=0)
                arm = labels.scenario, labels.engine, labels.alternative, one.name
                empty = Sums(0, np.zeros(len(drawn)), np.zeros(len(drawn)))
                self.sums[arm] = self.sums.get(arm, empty).plus(drawn)

    def differences(self, arm: Arm) -> F8 | None:
        """Draws of the mean difference from the baseline, replications and models together; none without two."""
        if arm in self.whole:
            return self.whole[arm]
        found = self.sums.get(arm)
        if found is None or found.n < 2:
            return None
        error = np.sqrt(np.maximum(found.squares, 0.0) / (found.n - 1) / found.n)
        level = u01(hash_name("outcomes", SEED), OUTCOME, hash_name("replications", *arm), np.arange(len(error)))
        return np.asarray(found.mean + error * stdtrit(found.n - 1, level))


def judged(differences: F8, confidence: float, margin: float | None) -> dict[str, Any]:
    """Interval, two-sided p-value, and p-value of equivalence within a margin, of drawn differences.

    p is twice the smaller share of draws on one side of zero, at least one in the number of draws.

    Examples
    --------
    >>> judged(np.zeros(1000), 0.95, None)["p"], judged(np.linspace(-0.3, -0.1, 1000), 0.95, 0.5)["equivalence_p"]
    (1.0, 0.001)
    """
    low, high = np.quantile(differences, [0.5 - confidence / 2.0, 0.5 + confidence / 2.0])
    least = 1.0 / len(differences)
    p = min(2.0 * min(float((differences <= 0.0).mean()), float((differences >= 0.0).mean())), 1.0)
    equal = None if margin is None else max(float((differences >= margin).mean()),
                                            float((differences <= -margin).mean()), least)
    return {"low": float(low), "high": float(high), "half_width": float(high - low) / 2.0, "p": max(p, least),
            "equivalence_p": equal, "bootstrap_low": None, "bootstrap_high": None, "replications_needed": None,
            "variance_ratio": None, "correlation": None}
