"""Compare alternatives with a baseline: families of tests, verdicts, and the whole as JSON or as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.results.at_equilibrium import with_gaps
from trafficsim.results.difference import LARGEST, NO_DIRECTION, Cell, Difference, Verdict, difference, joined
from trafficsim.results.frames import nullable, strings
from trafficsim.results.indicators import PATH_TIME, declaration, in_order
from trafficsim.results.outcome_draws import OutcomeDraws, judged
from trafficsim.results.question import Question, require_indicator
from trafficsim.results.statistics import holm

__all__ = ["Comparison", "Difference", "Question", "Verdict", "compare"]

F8 = NDArray[np.float64]
"""Indicators that a camera gives by measuring alone, whether or not anybody heeds it."""
TEXTS = ("scenario", "engine", "alternative", "indicator", "unit", "verdict", "reason")
NUMBERS = (
    "mean", "baseline_mean", "diff", "low", "high", "bootstrap_low", "bootstrap_high", "p", "p_adjusted",
    "equivalence_p", "half_width", "relative_half_width", "variance_ratio", "correlation", "equilibrium_gap",
)
COLUMNS = (
    "scenario", "engine", "alternative", "indicator", "primary", "mean", "baseline_mean", "diff", "low", "high", "unit",
    "p", "p_adjusted", "verdict", "n", "left_out", "bootstrap_low", "bootstrap_high", "half_width",
    "relative_half_width", "replications_needed", "variance_ratio", "correlation", "equivalence_p", "equilibrium_gap",
    "reason",
)


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

    def _repr_html_(self) -> str:
        """Show the primary indicators in a notebook."""
        from trafficsim.results.html import comparison_html

        return comparison_html(self, title=f"compared to {self.question.baseline}")

    def chosen(self, *indicators: str) -> tuple[Difference, ...]:
        """Return the differences from the baseline in some indicators, in their order; without any, primary ones first.

        Raises
        ------
        InputError
            If an indicator is unknown or not computed.
        """
        for name in indicators:
            require_indicator(name, "comparison")
        wanted = indicators or (*self.question.primary, *in_order(one.indicator for one in self.differences))
        rank = {name: position for position, name in enumerate(dict.fromkeys(wanted))}
        shown = [one for one in self.differences
                 if one.alternative != self.question.baseline and one.indicator in rank]
        arms = {arm: position for position, arm in enumerate(dict.fromkeys(map(arm_of, shown)))}
        return tuple(sorted(shown, key=lambda one: (arms[arm_of(one)], rank[one.indicator])))

    def table(self, *indicators: str) -> pd.DataFrame:
        """Return the differences as a data frame: one row per scenario, engine, alternative and indicator.

        Parameters
        ----------
        indicators
            Names to show, in this order; without any, the primary ones first and then all others.

        Returns
        -------
        Columns as the attributes of :class:`Difference`; numbers are nullable, never NaN; ``left_out`` is the number of
        replications without a pair. The baseline itself has no row.

        Raises
        ------
        InputError
            If an indicator is unknown or not computed.
        """
        shown = self.chosen(*indicators)
        columns: dict[str, Any] = {name: strings(getattr(one, name) for one in shown) for name in TEXTS}
        for name in (*NUMBERS, "replications_needed"):
            values = [getattr(one, name) for one in shown]
            kind = np.float64 if name in NUMBERS else np.int64
            filled = np.array([0 if value is None else value for value in values], kind)
            columns[name] = nullable(filled, np.array([value is not None for value in values], np.bool_))
        columns["primary"] = np.array([one.primary for one in shown], np.bool_)
        columns["n"] = np.array([one.n for one in shown], np.int64)
        columns["left_out"] = np.array([len(one.left_out) for one in shown], np.int64)
        return pd.DataFrame({name: columns[name] for name in COLUMNS})


def arm_of(one: Difference) -> tuple[str, str, str]:
    """Scenario, engine and alternative."""
    return one.scenario, one.engine, one.alternative


def compare(
    indicators: pd.DataFrame, question: Question, runs: pd.DataFrame | None = None, draws: OutcomeDraws | None = None
) -> Comparison:
    """Compare every alternative with the baseline, replication by replication.

    Replications with the same number use common random numbers, so differences are taken in pairs; a pair
    with a missing member is left out. The primary indicators of a scenario and engine form one family over all
    alternatives, every other (secondary) indicator a family of its own over the alternatives, the times along all
    named routes one family together; p-values are adjusted by Holm within each family, and verdicts rest on adjusted
    values. An arm that equals the baseline in all values, but for citations, has difference 0, p 1 and is
    ``equivalent`` in them; otherwise ``equivalent`` needs a margin and two one-sided tests, and then goes before
    ``better`` and ``worse``.

    Parameters
    ----------
    indicators
        The ``indicators`` table of a study: labels, ``indicator``, ``value``.
    question
        Baseline, primary indicators, confidence, margins and wanted precision.
    runs
        The ``runs`` table of the study; with it, replications that failed in every alternative count as left out too,
        and an alternative without any result is there with n = 0.
    draws
        Of indicators that rest on published models: their intervals cover these beside the replications.

    Raises
    ------
    InputError
        If the baseline has no results, an indicator of the question is unknown, or a value is no number of traffic.
    """
    question.check()
    found: list[Difference] = []
    for (scenario, engine), block in indicators.groupby(["scenario", "engine"], sort=False):
        known = block if runs is None else runs[(runs["scenario"] == scenario) & (runs["engine"] == engine)]
        arms = _arms(block, pd.concat([block[["alternative", "replication"]], known[["alternative", "replication"]]]))
        judged_block = _judge(list(_compare_arms(arms, question, draws or OutcomeDraws())), question)
        found.extend(with_gaps(judged_block, question, runs))
    return Comparison(question, tuple(found))


@dataclass(frozen=True)
class _Arm:
    """One alternative in one scenario and engine: values by indicator, one per replication (NaN: none)."""

    scenario: str
    engine: str
    alternative: str
    replications: NDArray[np.int64]
    values: dict[str, F8]
    reasons: Mapping[str, str]
    """By indicator what the tables say of values that are missing or limited."""

    def present(self) -> NDArray[np.bool_]:
        """Replications that have any value."""
        return np.asarray(np.isfinite(np.stack(list(self.values.values()))).any(axis=0))


def _arms(block: pd.DataFrame, known: pd.DataFrame) -> list[_Arm]:
    """Sort one scenario and engine into arms, those without any result too; indicators in their declared order."""
    keys = ["alternative", "indicator", "replication"]
    if block.duplicated(keys).any():
        row = block[block.duplicated(keys)].iloc[0]
        raise InputError("indicators", f"two values for {[str(row[key]) for key in keys]}", "one value each",
                         "remove the rows that are there twice")
    given = block["indicator"].unique().tolist()
    names, alternatives = in_order(given), known["alternative"].unique().tolist()
    replications = np.unique(known["replication"].to_numpy(np.int64))
    wide = block.pivot(index=keys[:2], columns="replication", values="value").reindex(
        index=pd.MultiIndex.from_product([alternatives, names]), columns=replications)
    values = wide.to_numpy(np.float64, na_value=np.nan).reshape(len(alternatives), len(names), len(replications))
    _refuse_no_traffic(values)
    scenario, engine = str(block["scenario"].iloc[0]), str(block["engine"].iloc[0])
    return [_Arm(scenario, engine, str(arm), replications, dict(zip(names, rows, strict=True)),
                 table_reasons(block[block["alternative"] == arm]))
            for arm, rows in zip(alternatives, values, strict=True)]


def table_reasons(indicators: pd.DataFrame) -> dict[str, str]:
    """Return by indicator what the table says of values that are missing or limited, each reason once."""
    if "reason" not in indicators:
        return {}
    told = indicators.dropna(subset=["reason"]).groupby("indicator", sort=False)["reason"]
    return {str(name): "; ".join(dict.fromkeys(map(str, reasons))) for name, reasons in told}


def _refuse_no_traffic(values: F8) -> None:
    wrong = values[~np.isnan(values) & ~(np.abs(values) <= LARGEST)]
    if len(wrong):
        raise InputError("indicators", f"a value of {wrong[0]}", f"finite numbers up to {LARGEST:g}, or null",
                         "correct the table")


def _compare_arms(arms: Sequence[_Arm], question: Question, draws: OutcomeDraws) -> Iterator[Difference]:
    """Compare within one scenario and engine."""
    base = next((arm for arm in arms if arm.alternative == question.baseline), None)
    if base is None:
        known = sorted(arm.alternative for arm in arms)
        raise InputError(f"baseline {question.baseline!r}", "no results", f"one of {known}",
                         "run the baseline, or name another one")
    for arm in arms:
        same = bool(arm.values) and _same(arm, base)
        for name, ours in arm.values.items():
            labels = arm.scenario, arm.engine, arm.alternative, name
            one = difference(Cell(*labels, arm.replications, ours, base.values[name]), question)
            one = _with_draws(one, draws, question)
            one = replace(one, reason=_with_reasons(one, arm.reasons.get(name), base.reasons.get(name)))
            yield _equivalent(one) if same and not one.diff else one


def _with_draws(one: Difference, draws: OutcomeDraws, question: Question) -> Difference:
    """Give an outcome the interval of replications and models together."""
    drawn = draws.differences((one.scenario, one.engine, one.alternative, one.indicator))
    if drawn is None:
        return one
    share = question.margins.get(one.indicator)
    found = judged(drawn, question.confidence, None if share is None else share * abs(one.baseline_mean or 0.0))
    width = found["half_width"] / abs(one.baseline_mean) if one.baseline_mean else None
    return replace(one, reason=None, relative_half_width=width, **found)


def _with_reasons(one: Difference, *told: str | None) -> str | None:
    """Join the reasons of the tables and those of the comparison, each once; the cause goes before what follows."""
    every = [reason for text in (*told, one.reason) if text for reason in text.split("; ")]
    return joined(*dict.fromkeys(every))


def _same(arm: _Arm, base: _Arm) -> bool:
    """Whether all values that traffic gives are those of the baseline, in the replications that both have."""
    shared = arm.present() & base.present()
    names = [name for name in arm.values if declaration(name).of_traffic]
    equal = (np.array_equal(arm.values[name][shared], base.values[name][shared], equal_nan=True) for name in names)
    return bool(shared.any()) and all(equal)


def _equivalent(one: Difference) -> Difference:
    """Difference 0, p 1, equivalent, whatever the number of pairs; no claim without any."""
    return replace(one, p=1.0, p_adjusted=1.0, equivalence_p=None, verdict="equivalent") if one.n else one


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
    """Holm's p-values by family (the primary indicators; all paths; any other by itself), without the baseline."""
    families: dict[str, list[int]] = {}
    for row, one in enumerate(raw):
        if p_values[row] is not None and one.alternative != question.baseline:
            families.setdefault(_family(one.indicator, question), []).append(row)
    adjusted: list[float | None] = [None] * len(raw)
    for rows in families.values():
        values = holm([p for p in (p_values[row] for row in rows) if p is not None])
        for row, value in zip(rows, values, strict=True):
            adjusted[row] = value
    return adjusted


def _family(indicator: str, question: Question) -> str:
    if indicator in question.primary:
        return "primary"
    return "path_time_s" if PATH_TIME.fullmatch(indicator) else indicator


def _verdict(one: Difference, question: Question) -> Difference:
    """Equivalent within the margin, else better or worse at the level of the study, else no evidence."""
    level, direction = 1.0 - question.confidence, declaration(one.indicator).direction
    if one.equivalence_p is not None and one.equivalence_p <= level:
        return replace(one, verdict="equivalent")
    if one.p_adjusted is None or one.p_adjusted > level or one.diff is None:
        return one
    if direction == "none":
        return replace(one, reason=joined(NO_DIRECTION, one.reason))
    return replace(one, verdict="better" if (one.diff < 0.0) == (direction == "lower") else "worse")
