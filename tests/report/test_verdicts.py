"""Distances to another verdict, held against the comparison itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trafficsim.report.verdicts import reversal
from trafficsim.results.compare import compare
from trafficsim.results.difference import Difference
from trafficsim.results.question import Question

NUDGE = 1e-6
"""Relative step to either side of a limit."""


def table(**means: float) -> pd.DataFrame:
    """Mean delays of ten replications: a baseline around 60 s, alternatives beside it with differences that vary."""
    noise = np.random.default_rng(7).normal(size=(10, len(means)))
    noise -= noise.mean(axis=0)
    rows = [("do nothing", number, 60.0) for number in range(10)]
    for column, (name, mean) in enumerate(means.items()):
        rows += [(name, number, 60.0 + mean + noise[number, column]) for number in range(10)]
    frame = pd.DataFrame(rows, columns=["alternative", "replication", "value"])
    return frame.assign(scenario="s", engine="ca", indicator="mean_delay_s", unit="s")


def judged(question: Question, **means: float) -> dict[str, Difference]:
    return {one.alternative: one for one in compare(table(**means), question).chosen()}


@pytest.mark.parametrize("means", [{"a": -4.0}, {"a": -4.0, "b": 2.0, "c": 0.1}])
def test_a_verdict_is_lost_exactly_when_the_difference_shrinks_by_the_room(means: dict[str, float]) -> None:
    # Only the largest difference has the same rank in the family after shrinking by less; beyond, its factor changes.
    one = judged(Question(), **means)["a"]
    assert one.verdict == "better"
    found = reversal(one, 0.95)
    assert found.room is not None
    if len(means) == 1:
        for step, verdict in ((1.0 - NUDGE, "better"), (1.0 + NUDGE, "no evidence")):
            assert judged(Question(), a=means["a"] + found.room * step)["a"].verdict == verdict
    else:
        alone = reversal(judged(Question(), a=-4.0)["a"], 0.95)
        assert alone.room is not None
        assert found.room < alone.room  # a family of three asks for more


def test_the_margin_is_the_smallest_that_gives_equivalent() -> None:
    found = reversal(judged(Question(), a=0.3)["a"], 0.95)
    assert found.margin is not None
    for step, expected in ((1.0 + NUDGE, True), (1.0 - NUDGE, False)):
        question = Question(margins={"mean_delay_s": found.margin * step})
        assert (judged(question, a=0.3)["a"].verdict == "equivalent") is expected


def test_replications_wanted_make_the_interval_as_wide_as_the_difference() -> None:
    one = judged(Question(), a=0.3)["a"]
    assert one.verdict == "no evidence"
    wanted = reversal(one, 0.95).wanted
    assert wanted is not None
    from scipy.stats import t

    spread = table(a=0.3).query("alternative == 'a'")["value"].std(ddof=1)
    half = [t.ppf(0.975, n - 1) * spread / np.sqrt(n) for n in (wanted, wanted - 1)]
    assert half[0] <= abs(one.diff or 0.0) < half[1]


def test_nothing_is_said_without_an_interval() -> None:
    one = Difference("s", "ca", "a", "mean_delay_s", True, 1, (), diff=1.0)
    assert reversal(one, 0.95) == (None, None, None)
