"""Programmes: no year spends more than its budget, orders do what they say, nothing depends on the order of names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from trafficsim.base.errors import InputError
from trafficsim.design.siting.benefits import Benefits, Coverage
from trafficsim.design.siting.programme import (
    Budget,
    Order,
    at_random,
    built,
    by_gain,
    by_score,
    equal_reduction,
    one_per_area,
)

ORDERS = ("gain", "score", "random", "area", "risk")


def order_of(name: str, one: Benefits) -> Order:
    areas = [f"area {row % 3}" for row in range(len(one.name))]
    alone = np.asarray(one.benefit.sum(axis=1))
    risk = {area: float(alone[[row for row, other in enumerate(areas) if other == area]].sum()) for area in set(areas)}
    return {"gain": by_gain(one), "score": by_score(alone), "random": at_random(one.name, 3),
            "area": one_per_area(areas, by_gain(one)), "risk": equal_reduction(areas, risk, one)}[name]


@st.composite
def programmes(draw: st.DrawFn) -> tuple[Benefits, Budget]:
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, 12))
    worth = np.where(generator.random((count, 15)) < 0.4, generator.random((count, 15)), 0.0)
    one = Benefits(tuple(f"{row:02d}" for row in range(count)), generator.integers(1, 5, count) * 1.0, csr_array(worth))
    running = draw(st.sampled_from([0.0, 0.25, 1.0]))
    most = draw(st.sampled_from([None, 1, 2]))
    per_year = float(one.cost.min()) + running + draw(st.integers(0, 6))
    return one, Budget(per_year, running, draw(st.integers(1, 6)), most)


@given(programmes(), st.sampled_from(ORDERS))
def test_no_year_spends_more_than_its_budget(programme: tuple[Benefits, Budget], order: str) -> None:
    one, budget = programme
    found = built(one, budget, order_of(order, one))
    assert len({site.place for site in found}) == len(found)
    assert [site.year for site in found] == sorted(site.year for site in found)
    for year in range(1, budget.years + 1):
        new = [site.place for site in found if site.year == year]
        standing = sum(site.year <= year for site in found)
        assert one.cost[new].sum() + budget.running_per_year * standing <= budget.per_year + 1e-6
        assert budget.most_per_year is None or len(new) <= budget.most_per_year


@given(programmes(), st.sampled_from(["gain", "score", "random"]), st.integers(0, 2**31))
def test_order_of_candidates_does_not_matter(programme: tuple[Benefits, Budget], order: str, seed: int) -> None:
    one, budget = programme
    shuffled = np.random.default_rng(seed).permutation(len(one.name)).tolist()
    other = Benefits(tuple(one.name[row] for row in shuffled), one.cost[shuffled], csr_array(one.benefit[shuffled]))
    first = [(one.name[site.place], site.year) for site in built(one, budget, order_of(order, one))]
    second = [(other.name[site.place], site.year) for site in built(other, budget, order_of(order, other))]
    assert first == second


def test_a_draw_does_not_depend_on_who_else_is_a_candidate() -> None:
    names = tuple("abcdefgh")
    whole = at_random(names, 5)
    part = at_random(names[2:], 5)

    def sequence(order: Order, count: int) -> list[int]:
        cover = Coverage(Benefits(tuple(map(str, range(count))), np.ones(count), csr_array(np.eye(count))))
        able = np.ones(count, np.bool_)
        while able.any():
            place = order(cover, able)
            assert place is not None
            cover.take(place)
            able[place] = False
        return cover.taken

    without = [names[row] for row in sequence(whole, 8) if row >= 2]
    assert without == [names[2:][row] for row in sequence(part, 6)]


AREAS = ["rich", "rich", "rich", "poor", "poor"]
WORTH = Benefits(tuple("abcde"), np.ones(5), csr_array(np.diag([9.0, 8.0, 7.0, 2.0, 1.0])))


def test_one_per_area_comes_before_a_second_in_any() -> None:
    found = built(WORTH, Budget(1.0, 0.0, 5), one_per_area(AREAS, by_gain(WORTH)))
    assert [WORTH.name[site.place] for site in found] == ["a", "d", "b", "c", "e"]


def test_risks_are_reduced_evenly() -> None:
    found = built(WORTH, Budget(1.0, 0.0, 4), equal_reduction(AREAS, {"rich": 24.0, "poor": 3.0}, WORTH))
    # poor 2/3 after its first, rich 9/24, then 17/24: poor is behind again
    assert [WORTH.name[site.place] for site in found] == ["d", "a", "b", "e"]


def test_counts_do_not_see_that_kernels_overlap() -> None:
    one = Benefits(("a", "b", "c"), np.ones(3), csr_array(np.array([[3.0, 0.0], [3.0, 0.0], [0.0, 1.0]])))
    by_count = built(one, Budget(2.0, 0.0, 1), by_score(np.array([5.0, 4.0, 1.0])))
    by_value = built(one, Budget(2.0, 0.0, 1), by_gain(one))
    assert [site.place for site in by_count] == [0, 1]
    assert [site.place for site in by_value] == [0, 2]


def test_what_nobody_can_pay_is_refused() -> None:
    with pytest.raises(InputError, match=r"less than every site costs in its first year \(from 1\.5\)"):
        built(WORTH, Budget(1.2, 0.5, 3), by_gain(WORTH))
