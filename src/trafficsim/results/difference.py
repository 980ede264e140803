"""One alternative against the baseline in one indicator: every number of it, without a verdict yet."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.results.bootstrap import FEWEST_PAIRS, bca_interval
from trafficsim.results.indicators import declaration
from trafficsim.results.precision import replications_needed
from trafficsim.results.question import Question
from trafficsim.results.statistics import equivalence_p, paired_p, pairing, sign_p, standard_deviation, t_interval

F8 = NDArray[np.float64]
Verdict = Literal["better", "worse", "no evidence", "equivalent"]

FEW_EVENTS = 5.0
"""Mean number of events per run below which a count is called rare; the rule of thumb for normal tails of a count."""
ROUNDING = 1e-12
"""Differences below this share of the values are sums in another order, not traffic."""
LARGEST = 1e100
"""Values of this size cannot be traffic, and their squares would leave the range of numbers."""
SMALLEST = 1e-100
"""Differences below this are zero; their squares would vanish."""

NO_PAIR = "no replication has a value in both alternatives"
ONE_PAIR = "fewer than two complete pairs of replications give no interval: use more replications"
FEW_PAIRS = f"fewer than {FEWEST_PAIRS} complete pairs of replications give no bootstrap interval"
NO_VARIANCE = "all pairs differ by the same amount: the intervals have no width"
RARE_COUNT = "rare events: use low and high, the bootstrap interval is too narrow"
NO_MEAN = "the baseline's mean is zero: no relative difference can be given"
NO_DIRECTION = "the indicator has no direction: its change is neither better nor worse"

CONTRACT = ("mean", "diff", "low", "high", "p", "p_adjusted", "verdict", "unit", "n", "origin")


@dataclass(frozen=True)
class Difference:
    """One alternative against the baseline in one indicator; a value that cannot be given is ``None`` with a reason.

    Attributes
    ----------
    primary : whether the study's verdict rests on this indicator; all others are secondary, an indication only
    mean, baseline_mean : of the alternative and of the baseline over the complete pairs
    diff, low, high : mean paired difference (alternative - baseline) and its t-interval
    bootstrap_low, bootstrap_high : BCa bootstrap interval of the same, from five pairs on
    p, p_adjusted : two-sided paired t-test; adjusted by Holm over the family
    equivalence_p : two one-sided tests, adjusted likewise, where the study gives a margin
    half_width, relative_half_width : precision reached by the t-interval; relative to the baseline's mean
    replications_needed : for the precision that the study asks for, if it asks and the differences vary
    variance_ratio, correlation : what pairing gains (:func:`trafficsim.results.statistics.pairing`)
    equilibrium_gap : where alternatives stand in equilibria of their own, the relative gaps of both together
    n, left_out : number of complete pairs, and the replications without one
    reason : why a value is ``None``, or what limits it

    Notes
    -----
    Which interval to use: ``low, high``. With 10 pairs the t-interval covered 95 % of normal differences, 97 % of
    differences of skewed (lognormal) values and 96 % of differences of rare counts (mean 0.3, like ``red_violations``
    and ``citations`` of a short run); the bootstrap 90, 82 and 90 %. Differences of like things are nearly symmetric,
    which is what t needs. Only where the differences themselves are skewed does the bootstrap do better, and not by
    much (lognormal: 88 against 86 % with 20 pairs, 91 against 88 % with 30). Where the two disagree, more replications
    are needed. ``benchmarks/statistics_check.py`` prints the whole table (20,000 and 2,000 experiments).
    """

    scenario: str
    engine: str
    alternative: str
    indicator: str
    primary: bool
    n: int
    left_out: tuple[int, ...]
    mean: float | None = None
    baseline_mean: float | None = None
    diff: float | None = None
    low: float | None = None
    high: float | None = None
    bootstrap_low: float | None = None
    bootstrap_high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    equivalence_p: float | None = None
    half_width: float | None = None
    relative_half_width: float | None = None
    replications_needed: int | None = None
    variance_ratio: float | None = None
    correlation: float | None = None
    equilibrium_gap: float | None = None
    verdict: Verdict = "no evidence"
    reason: str | None = None

    @property
    def unit(self) -> str:
        """Unit of the indicator."""
        return declaration(self.indicator).unit

    @property
    def origin(self) -> str:
        """Where the number comes from: input, emergent or extrapolated."""
        return declaration(self.indicator).origin

    def as_json(self) -> dict[str, Any]:
        """Return the entry of ``compare --json``; ``reason`` only where there is one."""
        entry: dict[str, Any] = {name: getattr(self, name) for name in CONTRACT}
        labels = ("scenario", "engine", "alternative", "indicator", "reason")
        entry |= {name: value for name, value in asdict(self).items() if name not in (*labels, *CONTRACT)}
        entry["left_out"] = list(self.left_out)
        if self.equilibrium_gap is None:
            del entry["equilibrium_gap"]
        return entry | ({"reason": self.reason} if self.reason else {})


class Cell(NamedTuple):
    """What a difference is of: names, and values of the alternative and the baseline by replication (NaN: none)."""

    scenario: str
    engine: str
    alternative: str
    indicator: str
    replications: NDArray[np.int64]
    ours: F8
    theirs: F8


def difference(cell: Cell, question: Question) -> Difference:
    """Compute everything but the verdict and the adjusted p-values, which need the whole family."""
    paired = np.isfinite(cell.ours) & np.isfinite(cell.theirs)
    ours, theirs, n = cell.ours[paired], cell.theirs[paired], int(paired.sum())
    values: dict[str, Any] = {"n": n, "left_out": tuple(cell.replications[~paired].tolist()), "reason": NO_PAIR}
    if n:
        differences = without_rounding(ours, theirs)
        values |= {"mean": float(ours.mean()), "baseline_mean": float(theirs.mean()),
                   "diff": float(differences.mean()), "reason": ONE_PAIR}
    if n > 1:
        margin, wanted = question.margins.get(cell.indicator), question.precision.get(cell.indicator)
        values |= _intervals(differences, question.confidence)
        values |= _tests(differences, cell.indicator, None if margin is None else margin * abs(values["baseline_mean"]))
        values |= _precision(differences, values, wanted, question.confidence)
        values |= pairing(ours, theirs)._asdict()
        values["reason"] = _reason(cell.indicator, values)
    return Difference(*cell[:4], primary=cell.indicator in question.primary, **values)


def without_rounding(ours: F8, theirs: F8) -> F8:
    """Take differences, those that only rounding made as zero, and those that only rounding tells apart as equal.

    Examples
    --------
    >>> without_rounding(np.array([0.1 + 0.2, 2.0]), np.array([0.3, 1.0])).tolist()
    [0.0, 1.0]
    >>> without_rounding(np.array([0.1 + 0.2, 1.1]), np.array([0.2, 1.0])).tolist()
    [0.10000000000000003, 0.10000000000000003]
    """
    differences = ours - theirs
    least = np.maximum(ROUNDING * np.maximum(np.abs(ours), np.abs(theirs)), SMALLEST)
    differences = np.where(np.abs(differences) < least, 0.0, differences)
    equal = (np.abs(differences - differences[0]) < least).all() and differences.all()
    return np.full_like(differences, differences[0]) if equal else differences


def _intervals(differences: F8, confidence: float) -> dict[str, float | None]:
    centre, low, high = (float(part) for part in t_interval(differences, confidence))
    bootstrap_low, bootstrap_high = bca_interval(differences, confidence) or (None, None)
    return {"diff": centre, "low": low, "high": high, "bootstrap_low": bootstrap_low, "bootstrap_high": bootstrap_high}


def _tests(differences: F8, indicator: str, margin: float | None) -> dict[str, float | None]:
    """Test difference and equivalence. Without variance what comes in steps goes by sign: few pairs agree by chance."""
    values = differences.tolist()
    p = paired_p(values)
    if p == 0.0 and declaration(indicator).scale != "continuous" and standard_deviation(differences) == 0.0:
        p = sign_p(len(values))
    return {"p": p, "equivalence_p": None if margin is None else equivalence_p(values, margin)}


def _precision(
    differences: F8, values: dict[str, Any], wanted: float | None, confidence: float
) -> dict[str, float | int | None]:
    half, base = (values["high"] - values["low"]) / 2.0, abs(values["baseline_mean"])
    relative = half / base if base > 0.0 else None
    needed = None
    if wanted is not None:
        needed = replications_needed(standard_deviation(differences), wanted * base, confidence)
    return {
        "half_width": half,
        "relative_half_width": relative if relative is not None and math.isfinite(relative) else None,
        "replications_needed": needed,
    }


def _reason(indicator: str, values: dict[str, Any]) -> str | None:
    """Say what is missing or limited, in order of weight."""
    reasons = {
        NO_VARIANCE: values["half_width"] == 0.0 and values["diff"] != 0.0,
        NO_MEAN: values["relative_half_width"] is None,
        FEW_PAIRS: values["n"] < FEWEST_PAIRS,
        RARE_COUNT: (declaration(indicator).scale == "events" and values["n"] >= FEWEST_PAIRS
                     and values["half_width"] > 0.0 and max(values["mean"], values["baseline_mean"]) < FEW_EVENTS),
    }
    return joined(*(text for text, holds in reasons.items() if holds))


def joined(*reasons: str | None) -> str | None:
    """Join the reasons that there are.

    Examples
    --------
    >>> joined("a", None, "b"), joined(None)
    ('a; b', None)
    """
    return "; ".join(reason for reason in reasons if reason) or None
