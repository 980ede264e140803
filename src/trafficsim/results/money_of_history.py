"""The crash history of a study prices its casualties: what the economics of a study do not give, its history does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from trafficsim.outcomes.sites.baseline import Baseline
from trafficsim.outcomes.sourced import DRAWS
from trafficsim.results.question import Question
from trafficsim.results.sites import Histories, judged_by_setting
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.economics import Amount, CasualtiesPerYear, Economics

SOURCE = "expected from the crash history of the study (empirical Bayes)"
ENDS = (0.025, 0.975)


def with_history(tables: Mapping[str, pd.DataFrame], question: Question, histories: Histories) -> Question:
    """Return the question with the casualties of the history, and its weights of links, where economics give none.

    With several scenarios there is no one number of casualties: then it stays as it is.

    Parameters
    ----------
    tables
        Of the study, by name.
    question
        What is asked.
    histories
        Crash histories by scenario.
    """
    economics = question.outcomes.get("economics")
    if not isinstance(economics, Economics) or economics.casualties_per_year is not None:
        return question
    judged = judged_by_setting(tables, question.baseline, histories)
    if len(set(tables["runs"]["scenario"])) != 1 or not judged:
        return question
    found = next(iter(judged.values())).baseline
    asked = question.outcomes.get("casualties")
    models = asked if isinstance(asked, Casualties) else Casualties()
    weights = models.weights or dict(zip(found.crashes["link"].astype(str), found.crashes["crashes"], strict=True))
    changed = {"economics": economics.model_copy(update={"casualties_per_year": casualties_of(found)}),
               "casualties": models.model_copy(update={"weights": weights})}
    return replace(question, outcomes={**question.outcomes, **changed})


def casualties_of(found: Baseline) -> CasualtiesPerYear:
    """Return the casualties of a year by severity, with 95 % intervals.

    Parameters
    ----------
    found
        Casualties under the baseline.
    """
    amounts = {}
    for severity in CasualtiesPerYear.model_fields:
        value = found.total(severity)
        low, high = np.quantile(found.draws(severity, {}, DRAWS), ENDS)
        amounts[severity] = Amount(value=value, low=min(float(low), value), high=max(float(high), value), source=SOURCE)
    return CasualtiesPerYear(**amounts)
