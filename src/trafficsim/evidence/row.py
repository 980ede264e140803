"""One row of an acceptance case: a published number, the range that is accepted, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.outcomes.casualties import Models, Outcome, SpeedChange, drawn, relative
from trafficsim.results.outcome_draws import OutcomeDraws, Sums
from trafficsim.results.statistics import t_interval

F8 = NDArray[np.float64]
Status = Literal["inside", "outside", "report only", "not modelled"]
Origin = Literal["input", "emergent", "extrapolated"]
KEYS = ("metric", "origin", "target", "low", "high", "value", "ci_low", "ci_high", "status")
BASE = "do nothing"
REPLICATIONS = 30
"""Seeds per arm that the cases ask for."""


@dataclass(frozen=True)
class Row:
    """A metric beside its published value.

    Attributes
    ----------
    metric : what is measured, with its unit
    origin : ``"input"`` where the number was put in, else it is evidence for the simulation or for a model
    target : published value, where it is one number
    low, high : accepted range; an end that is ``None`` is open, without both the value is only reported
    value, ci_low, ci_high : what came out, with its 95 % interval
    modelled : whether the code can represent it
    source : of the target
    note : what was tried where the value lies outside, or what limits it
    """

    metric: str
    origin: Origin
    target: float | None = None
    low: float | None = None
    high: float | None = None
    value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    modelled: bool = True
    source: str = ""
    note: str = ""

    @property
    def status(self) -> Status:
        """Inside if value and sign agree: the interval excludes the wrong sign unless the range contains zero."""
        if not self.modelled:
            return "not modelled"
        if self.low is None and self.high is None:
            return "report only"
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        if self.value is None or not low <= self.value <= high:
            return "outside"
        ends = (self.ci_low, self.ci_high)
        signed = low <= 0.0 <= high or ends[0] is None or ends[1] is None or ends[0] * ends[1] > 0.0
        return "inside" if signed else "outside"

    def as_json(self) -> dict[str, Any]:
        """Return the row of ``evidence --json``."""
        return {key: getattr(self, key) for key in KEYS}

    def seen(self, values: F8, scale: float = 1.0) -> Row:
        """Return the row with the mean of values over replications and its t-interval."""
        mean, low, high = (float(part) * scale for part in t_interval(values))
        return replace(self, value=mean, ci_low=low, ci_high=high)

    def predicted(self, changes: Sequence[SpeedChange], outcome: Outcome, models: Models) -> Row:
        """Return the row with the relative number of an outcome in per cent, from the speeds of each replication.

        The interval covers replications and the published intervals of the exponents.
        """
        arm = ("", "", "", outcome)
        sums = Sums(0, np.zeros(models.number), np.zeros(models.number))
        for change in changes:
            sums = sums.plus(drawn(change, outcome, models) - 1.0)
        differences = OutcomeDraws({arm: sums}).differences(arm)
        ends = np.quantile(sums.mean if differences is None else differences, [0.025, 0.975])
        value = float(np.mean([relative(change, outcome, models) for change in changes])) - 1.0
        return replace(self, value=100.0 * value, ci_low=100.0 * float(ends[0]), ci_high=100.0 * float(ends[1]))

    def exactly(self, value: float) -> Row:
        """Return the row with a value of a formula: its interval has no width."""
        return replace(self, value=value, ci_low=value, ci_high=value)


def not_modelled(metric: str, why: str, target: float | None = None) -> Row:
    """Return a row that the code cannot represent yet."""
    return Row(metric, "emergent", target, modelled=False, note=why)


def arms(table: pd.DataFrame, column: str, other: str, **where: str) -> tuple[F8, F8]:
    """Return a column by replication, without and with an alternative, of the rows that ``where`` names."""
    for name, value in where.items():
        table = table[table[name] == value]
    both = [table[table["alternative"] == name].sort_values("replication")[column] for name in (BASE, other)]
    without, with_policy = (np.asarray(part.to_numpy(np.float64)) for part in both)
    return without, with_policy


Change = Callable[[F8, F8], F8]


def difference(without: F8, with_policy: F8) -> F8:
    """Change by replication."""
    return with_policy - without


def percent(without: F8, with_policy: F8) -> F8:
    """Relative change by replication, in per cent."""
    return 100.0 * (with_policy / without - 1.0)


def odds_percent(without: F8, with_policy: F8) -> F8:
    """Relative change of the odds of a share, in per cent."""
    return 100.0 * (with_policy / (1.0 - with_policy) / (without / (1.0 - without)) - 1.0)
