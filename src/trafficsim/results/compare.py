"""Compare alternatives with doing nothing: paired differences over replications, intervals and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.results.indicators import BY_NAME, NOT_COMPUTED
from trafficsim.results.statistics import equivalence_p, holm, paired_p, t_interval

Verdict = Literal["better", "worse", "no evidence", "equivalent"]

ONE_PAIR = "fewer than two complete pairs of replications give no interval: use more replications"
NO_PAIR = "no replication has a value in both alternatives"
NO_DIRECTION = "the indicator has no direction: its change is neither better nor worse"


@dataclass(frozen=True)
class Question:
    """How to compare.

    Attributes
    ----------
    baseline : alternative that all others are compared to
    primary : indicators on which the verdict is given; they form one family for Holm's correction
    confidence : level of the intervals; one minus it is the level of the tests
    margins : by indicator, the difference relative to the baseline's mean below which alternatives are equivalent
    """

    baseline: str = "do nothing"
    primary: tuple[str, ...] = ("mean_delay_s",)
    confidence: float = 0.95
    margins: Mapping[str, float] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse indicators that do not exist or cannot be computed yet.

        Raises
        ------
        InputError
            Naming the indicator and the known ones.
        """
        for name in (*self.primary, *self.margins):
            if name not in BY_NAME:
                raise InputError(f"study: indicator {name!r}", "an unknown name", f"one of {sorted(BY_NAME)}",
                                 "correct the name in 'primary' or 'equivalence_margins'")
            if name in NOT_COMPUTED:
                raise InputError(f"study: indicator {name!r}", f"not computed: {NOT_COMPUTED[name]}",
                                 f"one of {sorted(set(BY_NAME) - set(NOT_COMPUTED))}", "choose another indicator")


@dataclass(frozen=True)
class Difference:
    """One alternative against the baseline in one indicator; a value that cannot be given is ``None`` with a reason.

    Attributes
    ----------
    mean : of the alternative over the pairs
    diff, low, high : mean paired difference (alternative - baseline) and its t-interval
    p, p_adjusted : two-sided paired t-test; adjusted by Holm over the family
    equivalence_p : two one-sided tests, where the study gives a margin
    n : number of complete pairs
    """

    scenario: str
    engine: str
    alternative: str
    indicator: str
    mean: float | None
    diff: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    verdict: Verdict
    n: int
    reason: str | None = None
    equivalence_p: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entry of ``compare --json``; ``reason`` only where there is one."""
        shown = ("mean", "diff", "low", "high", "p", "p_adjusted", "verdict")
        entry: dict[str, Any] = {name: getattr(self, name) for name in shown}
        declared = BY_NAME[self.indicator]
        entry |= {"unit": declared.unit, "n": self.n, "origin": declared.origin}
        return entry | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True)
class Comparison:
    """All differences of a study, in the order scenario, engine, alternative, indicator."""

    question: Question
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """Return ``{scenario: {engine: {alternative: {indicator: entry}}}}``."""
        nested: dict[str, Any] = {}
        for one in self.differences:
            arms = nested.setdefault(one.scenario, {}).setdefault(one.engine, {})
            arms.setdefault(one.alternative, {})[one.indicator] = one.as_json()
        return nested


def compare(indicators: pd.DataFrame, question: Question) -> Comparison:
    """Compare every alternative with the baseline, replication by replication.

    Replications with the same number are the same people, trips and luck, so differences are taken in pairs. The
    primary indicators of a scenario and engine form one family over all alternatives, every other indicator a family
    of its own over the alternatives; p-values are adjusted by Holm within each family, and verdicts rest on adjusted
    values. An arm that equals the baseline in all values has difference 0, p 1 and is ``equivalent``; otherwise
    ``equivalent`` needs a margin and two one-sided tests, and then goes before ``better`` and ``worse``.

    Parameters
    ----------
    indicators
        The ``indicators`` table of a study: labels, ``indicator``, ``value``.
    question
        Baseline, primary indicators, confidence and margins.

    Raises
    ------
    InputError
        If the baseline has no results, or an indicator of the question is unknown.
    """
    question.check()
    found: list[Difference] = []
    for _, block in indicators.groupby(["scenario", "engine"], sort=False):
        found.extend(_compare_block(block, question))
    return Comparison(question, tuple(found))


def _compare_block(block: pd.DataFrame, question: Question) -> list[Difference]:
    """Compare within one scenario and engine."""
    arms = {str(name): _values(part) for name, part in block.groupby("alternative", sort=False)}
    if question.baseline not in arms:
        raise InputError(f"baseline {question.baseline!r}", "no results", f"one of {sorted(arms)}",
                         "run the baseline, or name another one")
    scenario, engine = str(block["scenario"].iloc[0]), str(block["engine"].iloc[0])
    base = arms[question.baseline]
    raw = [
        replace(one, scenario=scenario, engine=engine, alternative=name)
        for name, arm in arms.items()
        for one in _compare_arms(arm, base, question)
    ]
    return _judge(raw, question)


def _values(part: pd.DataFrame) -> pd.DataFrame:
    """Reshape one arm to indicators (rows) by replications (columns); null is null."""
    return part.pivot(index="indicator", columns="replication", values="value").reindex(
        [name for name in BY_NAME if name in set(part["indicator"])]
    )


def _compare_arms(arm: pd.DataFrame, base: pd.DataFrame, question: Question) -> Iterator[Difference]:
    shared = [number for number in arm.columns if number in base.columns]
    names = [name for name in arm.index if name in base.index]
    same = bool(shared) and arm.loc[names, shared].equals(base.loc[names, shared])
    for name in names:
        ours, theirs = arm.loc[name, shared], base.loc[name, shared]
        both = (ours.notna() & theirs.notna()).to_numpy(bool)
        pairs = [part[both].to_numpy(np.float64) for part in (ours, theirs)]
        yield _difference(name, pairs[0], pairs[1], question) if not same else _identical(name, pairs[0], question)


def _identical(indicator: str, values: np.ndarray, question: Question) -> Difference:
    """Difference 0, p 1, equivalent: all values of all indicators are those of the baseline."""
    if len(values) == 0:
        return _difference(indicator, values, values, question)
    edge = 0.0 if len(values) > 1 else None
    return Difference("", "", "", indicator, float(values.mean()), 0.0, edge, edge, 1.0, 1.0, "equivalent", len(values),
                      None if len(values) > 1 else ONE_PAIR)


def _difference(indicator: str, ours: np.ndarray, theirs: np.ndarray, question: Question) -> Difference:
    """Mean, difference, interval and p of one indicator; the verdict comes once its family is known."""
    n = len(ours)
    mean, diff = (float(ours.mean()), float((ours - theirs).mean())) if n else (None, None)
    if n < 2:
        return Difference("", "", "", indicator, mean, diff, None, None, None, None, "no evidence", n,
                          ONE_PAIR if n else NO_PAIR)
    differences = ours - theirs
    centre, low, high = (float(part) for part in t_interval(differences, question.confidence))
    margin = question.margins.get(indicator)
    equal_p = None if margin is None else equivalence_p(differences.tolist(), margin * abs(float(theirs.mean())))
    return Difference("", "", "", indicator, mean, centre, low, high, paired_p(differences.tolist()), None,
                      "no evidence", n, None, equal_p)


def _judge(raw: list[Difference], question: Question) -> list[Difference]:
    """Adjust p-values within each family and give the verdicts."""
    p_values = _adjusted(raw, [one.p for one in raw], question)
    equal_p_values = _adjusted(raw, [one.equivalence_p for one in raw], question)
    judged = []
    for one, p, equal_p in zip(raw, p_values, equal_p_values, strict=True):
        known = one.verdict == "equivalent" or p is None
        judged.append(one if known else _verdict(replace(one, p_adjusted=p, equivalence_p=equal_p), question))
    return judged


def _adjusted(raw: Sequence[Difference], p_values: Sequence[float | None], question: Question) -> list[float | None]:
    """Holm's p-values by family: the primary indicators together, any other by itself, all without the baseline."""
    families: dict[str, list[int]] = {}
    for row, one in enumerate(raw):
        if p_values[row] is not None and one.alternative != question.baseline:
            families.setdefault("primary" if one.indicator in question.primary else one.indicator, []).append(row)
    adjusted: list[float | None] = [None] * len(raw)
    for rows in families.values():
        values = holm([p for p in (p_values[row] for row in rows) if p is not None])
        for row, value in zip(rows, values, strict=True):
            adjusted[row] = value
    return adjusted


def _verdict(one: Difference, question: Question) -> Difference:
    """Equivalent within the margin, else better or worse at the level of the study, else no evidence."""
    level, direction = 1.0 - question.confidence, BY_NAME[one.indicator].direction
    if one.equivalence_p is not None and one.equivalence_p <= level:
        return replace(one, verdict="equivalent")
    if one.p_adjusted is None or one.p_adjusted > level or one.diff is None:
        return one
    if direction == "none":
        return replace(one, reason=NO_DIRECTION)
    return replace(one, verdict="better" if (one.diff < 0.0) == (direction == "lower") else "worse")
