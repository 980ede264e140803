"""Relative casualties of a network: by hand, no change, monotony, draws, coverage, speed of the sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.outcomes.casualties import Models, SpeedChange, drawn, mean_excess, relative
from trafficsim.outcomes.sourced import Sourced
from trafficsim.outcomes.speed_models import ELVIK_2009, SETS

BETAS = {name: Sourced(f"beta {name}", value, "h/km", "hand-made", "D", "extrapolated", value - 0.02, value + 0.02)
         for name, value in (("fatal", 0.08), ("injury", 0.06))}
OUTCOMES = ("ksi", "deaths", "injury_crashes", "fatal_crashes")


def change(before: Any, after: Any, weight: Any = (1.0, 1.0), urban: Any = (True, False)) -> SpeedChange:
    return SpeedChange(*(np.array(part, np.float64) for part in (before, after, weight)), np.array(urban, np.bool_))


def test_two_links_by_hand() -> None:
    # urban 50 -> 45, rural 80 -> 76 km/h, three to one
    one = change((50.0, 80.0), (45.0, 76.0), (3.0, 1.0))
    deaths = (3.0 * 0.9**3.0 + 0.95**4.6) / 4.0
    serious = (3.0 * 0.9**2.0 + 0.95**3.5) / 4.0
    assert relative(one, "deaths", Models()) == pytest.approx(deaths)
    assert relative(one, "ksi", Models()) == pytest.approx(deaths / 6.0 + serious * 5.0 / 6.0)
    assert relative(one, "injury_crashes", Models()) == pytest.approx((3.0 * 0.9**1.2 + 0.95**1.6) / 4.0)
    assert relative(one, "fatal_crashes", Models()) == pytest.approx((3.0 * 0.9**2.6 + 0.95**4.1) / 4.0)


def test_both_forms_by_hand() -> None:
    one, models = change((50.0, 80.0), (45.0, 76.0)), Models(betas=BETAS, form="both")
    power = (0.9**3.0 + 0.95**4.6) / 2.0
    exponential = (np.exp(-0.08 * 5.0) + np.exp(-0.08 * 4.0)) / 2.0
    assert relative(one, "deaths", models) == pytest.approx((power + exponential) / 2.0)
    assert relative(one, "deaths", Models(betas=BETAS, form="exponential")) == pytest.approx(exponential)
    spread = [np.std(drawn(one, "injury_crashes", models)), np.std(drawn(one, "injury_crashes", Models()))]
    assert spread[0] > spread[1], "the form adds to the width"


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("form", ["power", "exponential", "both"])
def test_no_change_is_exactly_one_in_every_draw(outcome: Any, form: Any) -> None:
    same, models = change((50.0, 80.0), (50.0, 80.0)), Models(betas=BETAS, form=form)
    assert relative(same, outcome, models) == 1.0
    assert (drawn(same, outcome, models) == 1.0).all()


@given(st.lists(st.tuples(st.floats(30, 120), st.floats(0.7, 1.3), st.floats(0.7, 1.3), st.booleans()), min_size=1,
                max_size=5), st.sampled_from(OUTCOMES))
def test_slower_everywhere_is_never_worse(links: list[tuple[float, float, float, bool]], outcome: Any) -> None:
    before = np.array([one[0] for one in links])
    slow, fast = (before * np.array([pick(one[1], one[2]) for one in links]) for pick in (min, max))
    urban, weight = np.array([one[3] for one in links]), np.ones(len(links))
    found = [relative(SpeedChange(before, after, weight, urban), outcome, Models()) for after in (slow, fast)]
    assert found[0] <= found[1] + 1e-12


def test_sums_by_nodes_are_those_link_by_link() -> None:
    random = np.random.default_rng(1)
    x, weight = np.log(random.uniform(0.5, 1.5, 400)), random.uniform(0.0, 5.0, 400)
    exponents = random.uniform(-3.0, 9.0, 1000)
    assert mean_excess(x, weight, exponents) == pytest.approx(np.expm1(np.outer(exponents, x)) @ weight, rel=1e-9)


def test_draws_are_the_same_for_all_alternatives() -> None:
    slow, slower = (drawn(change((50.0, 80.0), after), "injury_crashes", Models())
                    for after in ((48.0, 77.0), (44.0, 72.0)))
    assert (slower < slow).all(), "one truth at a time: the order never turns within a draw"
    assert np.array_equal(slow, drawn(change((50.0, 80.0), (48.0, 77.0)), "injury_crashes", Models()))


def test_the_full_interval_covers_simulated_truth() -> None:
    # A world's exponents are drawn from the published intervals; links' ratios of speed are seen with noise in 12
    # replications. The interval of exponents and replications together must hold the world's own number.
    random, covered, worlds = np.random.default_rng(20), 0, 600
    before, true_ratio = np.full(2, 70.0), np.array([0.93, 0.96])
    urban, weight = np.array([True, False]), np.ones(2)
    keys = [("injury_crashes", "urban"), ("injury_crashes", "rural")]
    for _ in range(worlds):
        exponents = np.array([float(ELVIK_2009[key].quantile(random.random())) for key in keys])  # type: ignore[index]
        truth = float((true_ratio**exponents).mean())
        seen = true_ratio * (1.0 + 0.02 * random.standard_normal((12, 2)))
        covered += _interval_holds(truth, [SpeedChange(before, before * one, weight, urban) for one in seen])
    # 600 worlds at 95 % have a standard error of 0.9 points
    assert 0.93 <= covered / worlds <= 0.97


def _interval_holds(truth: float, changes: list[SpeedChange]) -> bool:
    from trafficsim.results.outcome_draws import OutcomeDraws, Sums

    models, arm = Models(number=1000), ("s", "e", "a", "injury_crashes_rel")
    total = Sums(0, np.zeros(1000), np.zeros(1000))
    for one in changes:
        total = total.plus(drawn(one, "injury_crashes", models) - 1.0)
    differences = OutcomeDraws({arm: total}).differences(arm)
    assert differences is not None
    low, high = np.quantile(differences, [0.025, 0.975])
    return bool(low <= truth - 1.0 <= high)


@pytest.mark.parametrize(("given_change", "told"), [
    (((50.0, 80.0), (45.0, 76.0), (0.0, 0.0)), "no weight"), (((50.0, 80.0), (45.0, 76.0), (-1.0, 1.0)), "negative"),
    (((0.0, 80.0), (45.0, 76.0)), "0 km/h"), (((50.0, 80.0), (float("nan"), 76.0)), "not finite"),
])
def test_what_means_nothing_is_refused(given_change: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        change(*given_change)


def test_a_form_without_coefficient_and_a_set_without_exponent_are_refused() -> None:
    with pytest.raises(InputError, match="no coefficients"):
        Models(form="both")
    with pytest.raises(InputError, match="no exponent"):
        relative(change((50.0, 80.0), (45.0, 76.0)), "fatal_crashes", Models(SETS["elvik_2004"]))
