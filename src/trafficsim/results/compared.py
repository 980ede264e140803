"""The comparison of a study in all indicators: those of runs, those between runs, and annual cost."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trafficsim.results.appraisal import with_costs
from trafficsim.results.between import with_between
from trafficsim.results.compare import Comparison, compare
from trafficsim.results.outcome_draws import OutcomeDraws
from trafficsim.results.question import Question


def compared(tables: Mapping[str, pd.DataFrame], question: Question) -> Comparison:
    """Compare every alternative with the baseline in all indicators, those between runs included.

    Raises
    ------
    InputError
        If the baseline has no results, an indicator of the question is unknown, or a value is no number of traffic.
    """
    draws = OutcomeDraws()
    table = with_between(tables, question.baseline, question.outcomes, draws)
    return compare(with_costs(table, tables, question, draws), question, tables["runs"], draws)
