"""Contributions of factors to a change: exact, symmetric, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.outcomes.decomposition import contributions

NUMBERS = st.lists(st.floats(0.0, 10.0), min_size=3, max_size=3)
SOME = st.lists(NUMBERS, min_size=2, max_size=2)


@given(SOME, SOME, SOME)
def test_contributions_add_up(exposure: list[list[float]], risk: list[list[float]], harm: list[list[float]]) -> None:
    before, after = ({"exposure": exposure[i], "risk": risk[i], "severity": harm[i]} for i in (0, 1))
    found = contributions(before, after)
    change = np.prod(list(after.values()), axis=0).sum() - np.prod(list(before.values()), axis=0).sum()
    assert float(sum(found.values())) == pytest.approx(float(change), abs=1e-9)


@given(SOME, SOME)
def test_factors_are_treated_alike_and_one_that_stays_gives_nothing(
    exposure: list[list[float]], risk: list[list[float]]
) -> None:
    one = contributions({"a": exposure[0], "b": risk[0]}, {"a": exposure[1], "b": risk[1]})
    other = contributions({"b": risk[0], "a": exposure[0]}, {"b": risk[1], "a": exposure[1]})
    assert float(one["a"]) == pytest.approx(float(other["a"]), abs=1e-9)
    still = contributions({"a": exposure[0], "b": risk[0]}, {"a": exposure[1], "b": risk[0]})
    assert float(still["b"]) == 0.0


def test_two_factors_are_the_mean_of_both_orders() -> None:
    found = contributions({"k": [2.0], "r": [3.0]}, {"k": [1.0], "r": [5.0]})
    assert float(found["k"]) == (1 - 2) * (3 + 5) / 2
    assert float(found["r"]) == (5 - 3) * (1 + 2) / 2


def test_draws_stand_along_another_axis() -> None:
    found = contributions({"k": [[1.0, 1.0]], "r": np.ones((5, 2))}, {"k": [[0.5, 1.0]], "r": np.full((5, 2), 2.0)})
    assert found["k"].shape == (5,)
    assert (found["k"] == -0.75).all()


@pytest.mark.parametrize(("before", "after"), [({"a": 1.0}, {"b": 1.0}), ({}, {}), ({"a": 1.0}, {"a": 1.0, "b": 2.0})])
def test_other_factors_after_than_before_are_refused(before: dict[str, float], after: dict[str, float]) -> None:
    with pytest.raises(InputError, match="factors"):
        contributions(before, after)
