"""Choosing places: greedy keeps its promise, the exact choice is the best one, bounds are bounds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from trafficsim.base.errors import InputError
from trafficsim.design.siting.benefits import Benefits, Coverage
from trafficsim.design.siting.choice import GUARANTEE, GUARANTEE_UNEQUAL, MOST_EXACT, choose, most_bought


def benefits(worth: np.ndarray, cost: np.ndarray) -> Benefits:
    return Benefits(tuple(f"place {row:03d}" for row in range(len(worth))), cost, csr_array(worth))


@st.composite
def instances(draw: st.DrawFn, most: int = 9) -> tuple[Benefits, float]:
    """Up to nine places with kernels that overlap, equal or unequal costs, and a budget for at least one."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, stretches = draw(st.integers(1, most)), draw(st.integers(1, 14))
    worth = np.where(generator.random((count, stretches)) < draw(st.sampled_from([0.2, 0.5, 0.9])),
                     generator.integers(0, 9, (count, stretches)) / 4.0, 0.0)
    cost = np.ones(count) if draw(st.booleans()) else generator.integers(1, 6, count).astype(float)
    return benefits(worth, cost), float(cost.min()) + draw(st.integers(0, 12)) / 2.0


def best_by_trying(one: Benefits, budget: float) -> float:
    """The slow obvious way: all sets that can be paid."""
    places = range(len(one.name))
    sets = (chosen for size in places for chosen in combinations(places, size + 1))
    return max((one.value(chosen) for chosen in sets if one.cost[list(chosen)].sum() <= budget), default=0.0)


@given(instances())
def test_exact_is_the_best_of_all_sets(instance: tuple[Benefits, float]) -> None:
    one, budget = instance
    found = choose(one, budget, "exact")
    assert found.value == pytest.approx(best_by_trying(one, budget), rel=1e-6, abs=1e-9)
    assert found.value == pytest.approx(one.value(found.places))
    assert found.bound >= found.value - 1e-9
    assert found.guarantee == 1.0


@given(instances())
def test_greedy_keeps_its_promise_and_its_bound(instance: tuple[Benefits, float]) -> None:
    one, budget = instance
    found, best = choose(one, budget), best_by_trying(one, budget)
    assert found.guarantee == (GUARANTEE if one.same_cost else GUARANTEE_UNEQUAL)
    assert found.value >= found.guarantee * best - 1e-9
    assert found.bound >= best - 1e-9
    assert found.value == pytest.approx(one.value(found.places))
    assert one.cost[list(found.places)].sum() <= budget


@given(instances(), st.randoms(use_true_random=False), st.sampled_from(["greedy", "exact"]))
def test_order_of_candidates_does_not_matter(instance: tuple[Benefits, float], random: object, method: str) -> None:
    one, budget = instance
    order = list(range(len(one.name)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = Benefits(tuple(one.name[row] for row in order), one.cost[order], csr_array(one.benefit[order]))
    first, second = choose(one, budget, method), choose(other, budget, method)  # type: ignore[arg-type]
    assert [one.name[place] for place in first.places] == [other.name[place] for place in second.places]
    assert (first.gain, first.bound) == (second.gain, second.bound)


@given(instances())
def test_gains_fall_and_values_grow(instance: tuple[Benefits, float]) -> None:
    one, _ = instance
    cover = Coverage(one)
    before = cover.gains()
    for place in range(len(one.name)):
        value = cover.value
        assert cover.take(place) == pytest.approx(before[place])
        assert cover.value == pytest.approx(value + before[place])
        after = cover.gains()
        assert (after <= before + 1e-12).all()
        assert after[place] == 0.0
        before = after


@given(instances())
def test_more_budget_is_never_worse(instance: tuple[Benefits, float]) -> None:
    one, budget = instance
    assert choose(one, 2.0 * budget, "exact").value >= choose(one, budget, "exact").value - 1e-9


def test_overlapping_kernels_count_once() -> None:
    road = benefits(np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]), np.ones(3))
    assert road.value([0, 1]) == 2.5
    assert road.value([0, 2]) == 2.5
    assert road.value([0, 1, 2]) == 3.0


def test_a_thousand_places_are_chosen_greedily_and_refused_exactly() -> None:
    generator = np.random.default_rng(5)
    many = benefits(np.where(generator.random((1000, 2000)) < 0.01, generator.random((1000, 2000)), 0.0), np.ones(1000))
    found = choose(many, 40.0, "exact or greedy")
    assert (found.method, len(found.places)) == ("greedy", 40)
    assert GUARANTEE < found.share_of_bound <= 1.0
    with pytest.raises(InputError, match=f"1,000 candidates; expected at most {MOST_EXACT}.*exact or greedy"):
        choose(many, 40.0, "exact")


def test_a_few_hundred_places_are_solved() -> None:
    generator = np.random.default_rng(6)
    centre = generator.random((300, 1)) * 100.0
    road = np.exp(-np.abs(centre - np.linspace(0.0, 100.0, 400)) / 2.0)
    worth = np.where(road > 0.05, road, 0.0) * generator.gamma(1.0, 1.0, 400)
    some = benefits(worth, generator.integers(1, 4, 300).astype(float))
    exact, greedy = choose(some, 20.0, "exact"), choose(some, 20.0)
    assert greedy.value <= exact.value <= greedy.bound
    assert exact.guarantee == 1.0


def test_parts_of_places_bound_what_a_budget_buys() -> None:
    assert most_bought(np.array([6.0, 1.0]), np.array([3.0, 1.0]), 2.0) == 4.0
    assert most_bought(np.array([6.0, 1.0]), np.array([3.0, 1.0]), 9.0) == 7.0


@pytest.mark.parametrize(("cost", "budget", "method", "message"), [
    ([2.0, 3.0], 1.0, "greedy", "less than every place costs"), ([1.0, 1.0], -1.0, "greedy", "a number above 0"),
    ([1.0, 1.0], float("nan"), "greedy", "a number above 0"), ([1.0, 1.0], 1.0, "best", "'greedy', 'exact'"),
])
def test_what_cannot_be_chosen_is_refused(cost: list[float], budget: float, method: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        choose(benefits(np.eye(2), np.array(cost)), budget, method)  # type: ignore[arg-type]


def test_benefits_must_be_numbers() -> None:
    with pytest.raises(InputError, match="a second time"):
        Benefits(("a", "a"), np.ones(2), csr_array(np.eye(2)))
    with pytest.raises(InputError, match="negative, zero or no number"):
        benefits(np.eye(2), np.array([0.0, 1.0]))
    with pytest.raises(InputError, match="no place"):
        choose(Benefits((), np.zeros(0), csr_array((0, 3))), 1.0)
