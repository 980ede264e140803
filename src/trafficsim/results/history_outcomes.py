"""What a crash history tells the other outcomes of a study: casualties per year for its appraisal, weights of links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from trafficsim.outcomes.sites.baseline import Baseline
from trafficsim.outcomes.sites.history import Judged
from trafficsim.outcomes.sites.under_reporting import CASUALTIES
from trafficsim.outcomes.sourced import DRAWS
from trafficsim.results.question import Question
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.economics import Amount, CasualtiesPerYear, Economics

ENDS_95 = (0.025, 0.975)


def with_history(question: Question, known: Mapping[tuple[str, str], Judged]) -> Question:
    """Return the question with casualties per year and weights of links from the crash history of the study.

    What the study gives itself stays. Studies of several scenarios or engines keep their question: each of these has
    casualties of its own.

    Parameters
    ----------
    question
        What is asked.
    known
        Crash histories, judged, by scenario and engine.
    """
    if len(known) != 1:
        return question
    found = next(iter(known.values())).baseline
    outcomes = dict(question.outcomes)
    asked, money = outcomes.get("casualties"), outcomes.get("economics")
    if isinstance(asked, Casualties) and not asked.weights and (found.crashes["crashes"] > 0.0).any():
        weights = dict(zip(found.crashes["link"].astype(str), found.crashes["crashes"].tolist(), strict=True))
        outcomes["casualties"] = asked.model_copy(update={"weights": weights})
    if isinstance(money, Economics) and money.casualties_per_year is None:
        per_year = CasualtiesPerYear(**{severity: _amount(found, severity) for severity in CASUALTIES})
        outcomes["economics"] = money.model_copy(update={"casualties_per_year": per_year})
    return replace(question, outcomes=outcomes)


def _amount(found: Baseline, severity: str) -> Amount:
    value = found.total(severity)
    low, high = np.quantile(found.draws(severity, DRAWS), ENDS_95)
    return Amount(value=value, low=min(float(low), value), high=max(float(high), value))
