"""Verdicts on alternatives in equilibria of their own: none where the gaps are not small against the effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from trafficsim.results.difference import Difference, joined
from trafficsim.results.question import Question

LARGEST_SHARE = 0.1
"""Gaps are small if those of both alternatives together are no more than this share of the relative effect. It is the
rule of the British guidance for the network cost saved by a scheme (Department for Transport, TAG unit M2.1, 6.3:
user benefits, as a percentage of network costs, at least ten times the gap)."""
ASKED = "equilibrium"
Arm = tuple[str, str, str]


def with_gaps(found: Iterable[Difference], question: Question, runs: pd.DataFrame | None) -> Iterator[Difference]:
    """Give every difference the gap of the two equilibria together, and take the verdict back where it is not small.

    The relative effect is the mean difference over the mean of the baseline; for ``equivalent`` it is the margin. Where
    all values are equal nothing is taken back.
    """
    gaps = {} if runs is None or ASKED not in question.outcomes else _gaps(runs)
    for one in found:
        ours, theirs = (gaps.get((one.scenario, one.engine, name)) for name in (one.alternative, question.baseline))
        if ours is None or theirs is None or one.alternative == question.baseline:
            yield one
        else:
            yield _judged(replace(one, equilibrium_gap=ours + theirs), question)


def _gaps(runs: pd.DataFrame) -> Mapping[Arm, float]:
    known = runs.dropna(subset=["relative_gap"])
    keys = [known[name].astype(str) for name in ("scenario", "engine", "alternative")]
    return {(str(key[0]), str(key[1]), str(key[2])): float(gap)
            for key, gap in known.groupby(keys)["relative_gap"].max().items() if isinstance(key, tuple)}


def _judged(one: Difference, question: Question) -> Difference:
    gap = one.equilibrium_gap or 0.0
    if one.verdict == "no evidence" or not gap or not one.diff:
        return one
    if one.verdict == "equivalent":
        size, what = question.margins.get(one.indicator, 0.0), "margin"
    else:
        size, what = abs(one.diff / one.baseline_mean) if one.baseline_mean else 0.0, "effect"
    if gap <= LARGEST_SHARE * size:
        return one
    reason = (f"not converged enough for a verdict: the gaps of both equilibria come to {gap:.2%}, the {what} to "
              f"{size:.2%}; they must be at most a tenth of it")
    return replace(one, verdict="no evidence", reason=joined(reason, one.reason))
