"""Engines side by side on one study: sign and size of every effect, where they disagree, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.results.compare import Comparison
from trafficsim.results.difference import NO_PAIR, Difference
from trafficsim.results.frames import nullable, strings

Verdict = Literal["agree", "disagree", "one undecided", "both undecided", "no value"]
VERDICTS = ("agree", "disagree", "one undecided", "both undecided", "no value")
AT_CAPACITY = 0.95
"""Degree of saturation from which a movement is at capacity: what crosses is never more (modelling assumption)."""
TEXTS = {
    "no_value": "{engine} gives no value ({detail})",
    "undecided": "the interval of {engine} includes zero with {count} replications",
    "at_capacity": "{engine}: {count} movements at capacity, most of all {detail}: delays there grow by what engines "
                   "differ in capacity",
    "unfinished": "{engine}: {count} runs ended with vehicles left",
    "limits": "{engine}: {detail}",
}
"""Causes of disagreement in words, by kind."""


class Cause(NamedTuple):
    """Something that may be why engines disagree: what kind, in which engine, how often, and where or what."""

    kind: str
    engine: str
    times: int
    detail: str

    @property
    def text(self) -> str:
        """The cause in words."""
        return TEXTS[self.kind].format(engine=self.engine, count=self.times, detail=self.detail)


@dataclass(frozen=True)
class Pair:
    """An effect in two engines.

    Attributes
    ----------
    first, second : the differences from the baseline
    verdict : ``agree`` where both intervals exclude zero on the same side, or neither engine shows any effect at all;
        ``disagree`` where they exclude it on different sides; undecided where intervals include zero
    same_size : whether the intervals overlap; ``None`` without two intervals
    causes : where they do not agree, or not in size: what may be why
    """

    first: Difference
    second: Difference
    verdict: Verdict
    same_size: bool | None
    causes: tuple[Cause, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the pair as plain values."""
        effects = {one.engine: {"diff": one.diff, "low": one.low, "high": one.high, "share": share(one)}
                   for one in (self.first, self.second)}
        return {"agreement": self.verdict, "same_size": self.same_size, "effects": effects, "unit": self.first.unit,
                "reasons": [one.text for one in self.causes]}


@dataclass(frozen=True)
class Agreement:
    """All effects of a study in pairs of engines, in the order of its comparison."""

    pairs: tuple[Pair, ...]

    def chosen(self, indicators: Sequence[str]) -> tuple[Pair, ...]:
        """Return the pairs of some indicators; without any, all."""
        return tuple(one for one in self.pairs if not indicators or one.first.indicator in indicators)

    def as_json(self) -> dict[str, Any]:
        """Return ``{scenario: {"ca, queue": {alternative: {indicator: entry}}}}``."""
        nested: dict[str, Any] = {}
        for pair in self.pairs:
            one, both = pair.first, f"{pair.first.engine}, {pair.second.engine}"
            arms = nested.setdefault(one.scenario, {}).setdefault(both, {})
            arms.setdefault(one.alternative, {})[one.indicator] = pair.as_json()
        return nested

    def table(self, *indicators: str) -> pd.DataFrame:
        """Return a row per scenario, pair of engines, alternative and indicator; numbers are nullable, never NaN."""
        pairs = self.chosen(indicators)
        columns: dict[str, Any] = {
            name: strings(getattr(one.first, name) for one in pairs)
            for name in ("scenario", "alternative", "indicator", "unit")
        }
        columns["primary"] = np.array([one.first.primary for one in pairs], np.bool_)
        columns["agreement"] = strings(one.verdict for one in pairs)
        columns["same_size"] = pd.array([one.same_size for one in pairs], "boolean")
        for prefix, side in (("", "first"), ("other_", "second")):
            effects = [getattr(one, side) for one in pairs]
            columns[f"{prefix}engine"] = strings(one.engine for one in effects)
            for name in ("diff", "low", "high"):
                columns[prefix + name] = _numbers([getattr(one, name) for one in effects])
            columns[f"{prefix}share"] = _numbers([share(one) for one in effects])
        columns["reason"] = strings("; ".join(cause.text for cause in one.causes) or None for one in pairs)
        return pd.DataFrame(columns)


def agreement(comparison: Comparison, tables: Mapping[str, pd.DataFrame], limits: Mapping[str, str]) -> Agreement:
    """Put the effects of every two engines that follow each other in a study side by side.

    Indicators of which neither engine has a value are left out.

    Parameters
    ----------
    comparison
        All differences of the study.
    tables
        Its tables: ``movements`` tell of movements at capacity, ``runs`` of vehicles left.
    limits
        By engine what it does not represent, in a sentence.

    Raises
    ------
    InputError
        If the study ran with a single engine.
    """
    engines = tuple(dict.fromkeys(one.engine for one in comparison.differences))
    if len(engines) < 2:
        raise InputError("agreement of engines", f"a single engine: {', '.join(engines)}", "a study with two engines",
                         "name two of them in the key engines of the study")
    known = {(one.scenario, one.engine, one.alternative, one.indicator): one for one in comparison.chosen()}
    found = []
    for first, second in pairwise(engines):
        for place, one in known.items():
            other = known.get((place[0], second, *place[2:])) if place[1] == first else None
            if other is not None and (one.diff is not None or other.diff is not None):
                found.append(pair_of(one, other, comparison.question.baseline, tables, limits))
    return Agreement(tuple(found))


def pair_of(first: Difference, second: Difference, baseline: str, tables: Mapping[str, pd.DataFrame],
            limits: Mapping[str, str]) -> Pair:
    """Return two effects side by side with the verdict on them, and causes where they do not agree."""
    verdict, same_size = verdict_of(first, second), overlap(first, second)
    if verdict == "both undecided" or (verdict == "agree" and same_size):
        return Pair(first, second, verdict, same_size, ())
    causes = [cause for one in (first, second) for cause in _causes(one, baseline, tables)]
    if verdict != "no value":
        causes += [Cause("limits", one.engine, 0, limits[one.engine]) for one in (first, second)
                   if one.engine in limits]
    return Pair(first, second, verdict, same_size, tuple(causes))


def verdict_of(first: Difference, second: Difference) -> Verdict:
    """Say whether two effects have the same sign."""
    if first.diff is None or second.diff is None:
        return "no value"
    signs = sign(first), sign(second)
    if None in signs:
        return "both undecided" if signs[0] is signs[1] else "one undecided"
    return "agree" if signs[0] == signs[1] else "disagree"


def sign(one: Difference) -> int | None:
    """Return the sign of an effect whose interval excludes zero; 0 where nothing changed in any pair; else ``None``.

    Examples
    --------
    >>> labels = ("town", "ca", "limit 30", "mean_delay_s")
    >>> sign(Difference(*labels, primary=True, n=5, left_out=(), diff=2.0, low=1.0, high=3.0))
    1
    >>> sign(Difference(*labels, primary=True, n=5, left_out=(), diff=2.0, low=-1.0, high=5.0)) is None
    True
    """
    if one.low is None or one.high is None:
        return None
    if one.low == one.high == 0.0:
        return 0
    return 1 if one.low > 0.0 else -1 if one.high < 0.0 else None


def overlap(first: Difference, second: Difference) -> bool | None:
    """Whether two intervals overlap; ``None`` where one is missing."""
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return None
    return first.low <= second.high and second.low <= first.high


def share(one: Difference) -> float | None:
    """Return an effect as a share of the baseline's mean; ``None`` where that is zero or missing."""
    return one.diff / abs(one.baseline_mean) if one.diff is not None and one.baseline_mean else None


def _causes(one: Difference, baseline: str, tables: Mapping[str, pd.DataFrame]) -> Iterator[Cause]:
    if one.diff is None:
        told = [reason for reason in (one.reason or "").split("; ") if reason not in ("", NO_PAIR)]
        yield Cause("no_value", one.engine, 0, "; ".join(told) or NO_PAIR)
        return
    if sign(one) is None:
        yield Cause("undecided", one.engine, one.n, "")
    runs = _of(tables, "runs", one)
    left = int(runs[runs["alternative"].isin([baseline, one.alternative])]["status"].isin(
        ["incomplete", "gridlock"]).sum()) if runs is not None else 0
    if left:
        yield Cause("unfinished", one.engine, left, "")
    yield from _at_capacity(one, baseline, _of(tables, "movements", one))


def _at_capacity(one: Difference, baseline: str, movements: pd.DataFrame | None) -> Iterator[Cause]:
    """Yield how many movements are at capacity under the baseline, in the mean of its replications."""
    if movements is None or "v_c" not in movements:
        return
    rows = movements[(movements["alternative"] == baseline) & movements["v_c"].notna()]
    if not len(rows):
        return
    degree = rows.groupby(["from_link", "to_link"], observed=True, sort=False)["v_c"].mean().astype(np.float64)
    full = degree[degree >= AT_CAPACITY]
    if len(full):
        begin, end = full.index[int(full.argmax())]
        yield Cause("at_capacity", one.engine, len(full), f"{begin} → {end}")


def _of(tables: Mapping[str, pd.DataFrame], name: str, one: Difference) -> pd.DataFrame | None:
    if name not in tables:
        return None
    whole = tables[name]
    return whole[(whole["scenario"] == one.scenario) & (whole["engine"] == one.engine)]


def _numbers(values: Sequence[float | None]) -> Any:
    filled = np.array([0.0 if value is None else value for value in values], np.float64)
    return nullable(filled, np.array([value is not None for value in values], np.bool_))
