"""The comparison of a study in all indicators: those of runs, those between runs, and annual cost."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trafficsim.results.appraisal import with_costs
from trafficsim.results.between import with_between
from trafficsim.results.compare import Comparison, compare
from trafficsim.results.days import over_days
from trafficsim.results.history_outcomes import with_history
from trafficsim.results.outcome_draws import OutcomeDraws
from trafficsim.results.question import Question
from trafficsim.results.sites import Histories, judged_by_setting


def compared(
    tables: Mapping[str, pd.DataFrame], question: Question, histories: Histories | None = None
) -> Comparison:
    """Compare every alternative with the baseline in all indicators, those between runs included.

    Parameters
    ----------
    tables
        Of the study, by name.
    question
        What is asked.
    histories
        Crash histories by scenario, for casualties per year.

    Raises
    ------
    InputError
        If the baseline has no results, an indicator of the question is unknown, or a value is no number of traffic.
    """
    draws = OutcomeDraws()
    view = over_days(tables)
    known = judged_by_setting(view, question.baseline, histories or {})
    casualties = {setting: one.baseline for setting, one in known.items()}
    table = with_between(tables, question.baseline, question.outcomes, draws, casualties)
    costs = with_costs(table, tables, with_history(question, known), draws)
    return compare(costs, question, tables["runs"], draws)
