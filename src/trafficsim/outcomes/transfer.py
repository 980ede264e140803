"""Evidence from one setting used in another: every difference named, intervals widened by one rule, or refused.

With the effect y of a source on its scale (logarithm of the ratio for relative changes, else the unit itself), its
sampling standard error s, the standard deviation tau between studies, and d counted differences between the settings,

    interval = y +- q sqrt(s^2 + tau^2 (1 + d)).

For d = 0 this is the prediction interval of a further study of the same kind (Higgins, Thompson & Spiegelhalter 2009,
Journal of the Royal Statistical Society A 172:137-159), not the confidence interval of a mean. That each difference
adds tau^2 once more is a modelling assumption. What is known of tau is used in this order:

- *published*: tau with k studies; q from Student's t with k - 2 degrees of freedom;
- *pooled interval*: a mean of k >= 3 studies with a 95 % interval: the variance of a mean is at least tau^2 / k, so
  tau <= s sqrt(k) is taken; q as above;
- *range*: over n studies: tau is the range over the expected range of n normal numbers (Tippett 1925, Biometrika 17);
  n = 2, the two ends, where it is not known; q of the normal distribution;
- *estimates*: at least three estimates of the same outcome in the catalogue: their standard deviation, which holds
  their sampling errors too; q from Student's t with as many degrees of freedom less one;
- *assumed*: one or two estimates: tau = |y| / 1.96, so that one estimate never excludes that a measure does nothing
  elsewhere (modelling assumption).

For relative changes tau is at least 0.1 (modelling assumption).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from scipy.integrate import quad
from scipy.special import ndtr, stdtrit

from trafficsim.outcomes.differences import Difference, differences
from trafficsim.outcomes.practice import Entry, Evidence
from trafficsim.outcomes.sourced import Z95, Sourced
from trafficsim.spec.setting import Setting

Basis = Literal["published", "pooled interval", "range", "estimates", "assumed"]
Status = Literal["carried", "flagged", "refused"]

LEAST_TAU = 0.1
"""Effects of one measure differ by some 10 % between places at least (modelling assumption)."""
LEAST_ESTIMATES = 3
"""Fewer have no standard deviation worth the name, and no degree of freedom left in a prediction interval."""


class Between(NamedTuple):
    """Standard deviation between studies, on what it rests, and the quantile that goes with it."""

    tau: float
    basis: Basis
    quantile: float


@dataclass(frozen=True)
class Carried:
    """A finding carried to another setting.

    Attributes
    ----------
    practice, evidence, cite : what was found, and where
    differences : all properties, in their order
    between : standard deviation between studies; ``None`` where nothing is carried
    value, low, high : effect and interval here, in the unit of the finding; ``None`` where nothing is carried
    status : ``carried``; ``flagged``, where a property lies beyond the range of the source; or ``refused``
    reason : why it is flagged or refused
    """

    practice: str
    evidence: Evidence
    cite: str
    differences: tuple[Difference, ...]
    between: Between | None
    value: float | None
    low: float | None
    high: float | None
    status: Status
    reason: str

    @property
    def counted(self) -> int:
        """Number of differences that widen the interval."""
        return counted(self.differences)

    def sourced(self) -> Sourced | None:
        """Return the effect here as what models calculate with, a ratio for relative changes; ``None`` if refused."""
        if self.value is None or self.low is None or self.high is None:
            return None
        relative = self.evidence.is_relative
        ends = [1.0 + end / 100.0 if relative else end for end in (self.value, self.low, self.high)]
        return Sourced(f"{self.practice}: {self.evidence.outcome}, carried over", ends[0],
                       "1" if relative else self.evidence.unit, self.cite, self.evidence.grade, "extrapolated",
                       ends[1], ends[2], log=relative)


def carry(entry: Entry, evidence: Evidence, target: Setting) -> Carried:
    """Carry a finding of a practice to a setting.

    Examples
    --------
    >>> from trafficsim.outcomes.practice import Modelled, Practice, Source
    >>> one = Evidence(outcome="crashes", value=-20, source="x", grade="A")
    >>> practice = Practice(id="p", name="P", group="signals", summary="s", mechanism="m", acts_on=("supply",),
    ...                     evidence=(one,), modelled=Modelled(planned="later"))
    >>> entry = Entry(practice=practice, sources={"x": Source(cite="X")}, origin="here")
    >>> found = carry(entry, one, Setting())
    >>> found.between.basis, round(found.low, 1), round(found.high, 1) + 0.0
    ('assumed', -36.0, 0.0)
    """
    found = differences(target, evidence.setting)
    reason = _refusal(evidence, found)
    parts = (entry.practice.id, evidence, entry.cite(evidence), found)
    if reason:
        return Carried(*parts, None, None, None, None, "refused", reason)
    between = between_studies(evidence, entry.practice.evidence)
    y, s = centre(evidence), sampling_error(evidence)
    half = between.quantile * math.sqrt(s**2 + between.tau**2 * (1 + counted(found)))
    value, low, high = (_from_scale(evidence, end) for end in (y, y - half, y + half))
    beyond = [f"{one.quantity} {one.here}, source {one.there}" for one in found if one.verdict == "beyond"]
    status: Status = "flagged" if beyond else "carried"
    return Carried(*parts, between, value, low, high, status, "beyond the range of the source: " + "; ".join(beyond)
                   if beyond else "")


def counted(found: Sequence[Difference]) -> int:
    """Count the differences that widen an interval."""
    return sum(one.is_counted for one in found)


def _refusal(evidence: Evidence, found: Sequence[Difference]) -> str:
    if evidence.words_only:
        return "no number is published"
    if evidence.unverified:
        return "the number could not be confirmed"
    far = [f"{one.quantity} {one.here}, source {one.there}" for one in found if one.verdict == "refused"]
    return "out of reach of the source: " + "; ".join(far) if far else ""


def between_studies(evidence: Evidence, peers: Sequence[Evidence]) -> Between:
    """Return what is known of the standard deviation between studies; ``peers`` are all findings of the practice."""
    between = _between(evidence, peers)
    return between._replace(tau=max(between.tau, LEAST_TAU)) if evidence.is_relative else between


def _between(evidence: Evidence, peers: Sequence[Evidence]) -> Between:
    studies, error = evidence.studies or 0, sampling_error(evidence)
    if evidence.tau is not None:
        return Between(evidence.tau, "published", _student(studies - 2))
    if error > 0.0 and studies >= LEAST_ESTIMATES:
        return Between(error * math.sqrt(studies), "pooled interval", _student(studies - 2))
    if evidence.spread == "range" and evidence.low is not None and evidence.high is not None:
        width = _to_scale(evidence, evidence.high) - _to_scale(evidence, evidence.low)
        return Between(width / expected_range(max(studies, 2)), "range", Z95)
    same = [centre(one) for one in peers if (one.outcome, one.unit) == (evidence.outcome, evidence.unit)
            and not (one.words_only or one.unverified)]
    if len(same) >= LEAST_ESTIMATES:
        mean = math.fsum(same) / len(same)
        variance = math.fsum((one - mean) ** 2 for one in same) / (len(same) - 1)
        return Between(math.sqrt(variance), "estimates", _student(len(same) - 1))
    return Between(abs(centre(evidence)) / Z95, "assumed", Z95)


def _student(degrees: int) -> float:
    """Quantile of Student's t; of the normal distribution where the number of studies is not known."""
    return float(stdtrit(degrees, 0.975)) if degrees > 0 else Z95


@lru_cache
def expected_range(number: int) -> float:
    """Expected range of ``number`` standard normal numbers (Tippett 1925).

    Examples
    --------
    >>> round(expected_range(2), 3), round(expected_range(10), 3)
    (1.128, 3.078)
    """
    return float(quad(lambda x: 1.0 - ndtr(x) ** number - ndtr(-x) ** number, -8.0, 8.0)[0])


def centre(evidence: Evidence) -> float:
    """Best estimate on its scale; the middle of the range where no estimate is given."""
    if evidence.value is not None:
        return _to_scale(evidence, evidence.value)
    assert evidence.low is not None
    assert evidence.high is not None
    return (_to_scale(evidence, evidence.low) + _to_scale(evidence, evidence.high)) / 2.0


def sampling_error(evidence: Evidence) -> float:
    """Sampling standard error on the scale, from the farther end of a 95 % interval; 0 where none is published."""
    if evidence.spread == "range" or evidence.value is None:
        return 0.0
    y = centre(evidence)
    return max((abs(_to_scale(evidence, end) - y) / Z95 for end in (evidence.low, evidence.high) if end is not None),
               default=0.0)


def _to_scale(evidence: Evidence, number: float) -> float:
    return math.log1p(number / 100.0) if evidence.is_relative else number


def _from_scale(evidence: Evidence, number: float) -> float:
    return 100.0 * math.expm1(number) if evidence.is_relative else number
