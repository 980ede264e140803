"""The fit of a few parameters: on lines and curves whose answer is known, and by how often its intervals cover."""

from __future__ import annotations

import numpy as np
import pytest

from trafficsim.base.errors import InputError
from trafficsim.design.calibration.fitting import F8, Fit, Observations, Prior, Response, fit

PRIORS = (Prior("a", 1.0, 0.2, 0.2, 3.0), Prior("b", 1.0, 0.3, 0.2, 3.0))


def curve(parameters: F8) -> Response:
    x = np.linspace(0.0, 2.0, 12)
    return Response(np.tile(parameters[0] * np.exp(-parameters[1] * x), (2, 1)))


def of(value: F8, sd: float) -> Observations:
    return Observations(value, np.full(len(value), sd), np.ones(len(value)), np.zeros(len(value), np.int64))


def fitted(truth: tuple[float, float], sd: float, seed: int) -> Fit:
    noise = np.random.default_rng(seed).normal(0.0, sd, 12)
    return fit(curve, of(curve(np.array(truth)).mean + noise, sd), PRIORS)


def test_without_errors_the_truth_is_found() -> None:
    found = fitted((1.3, 0.7), 1e-5, 1)
    assert found.value == pytest.approx([1.3, 0.7], abs=1e-3)
    assert found.converged
    assert (found.learnt > 0.99).all()


def test_intervals_cover_as_often_as_they_say() -> None:
    generator, inside = np.random.default_rng(5), []
    for seed in range(300):
        truth = tuple(generator.normal([1.0, 1.0], [0.2, 0.3]).clip(0.3, 2.0))
        found = fitted(truth, 0.05, seed)
        inside.append(np.abs(found.value - truth) < found.half_width)
    # The prior is the distribution of the truth; 300 experiments of two parameters scatter by 1.3 % around 95 %, and
    # the inflation of variances makes intervals a little wide.
    assert 0.93 < np.mean(inside) < 0.99


def test_what_observations_do_not_tell_stays_as_believed() -> None:
    def blind(parameters: F8) -> Response:
        return Response(np.full((2, 2), parameters[0]))

    found = fit(blind, of(np.array([1.2, 1.2]), 0.01), PRIORS)
    assert found.value[1] == pytest.approx(1.0)
    assert found.learnt[1] == pytest.approx(0.0, abs=1e-9)
    assert found.learnt[0] > 0.99


def test_parameters_that_act_alike_are_named() -> None:
    def only_the_sum(parameters: F8) -> Response:
        return Response(np.full((2, 3), parameters.sum()))

    found = fit(only_the_sum, of(np.full(3, 2.4), 0.01), PRIORS)
    assert [(a, b) for a, b, _ in found.alike] == [("a", "b")]
    assert found.value.sum() == pytest.approx(2.4, abs=0.01)


def test_days_that_differ_as_a_whole_widen_the_intervals_as_much_as_they_move_the_estimate() -> None:
    """Errors that all observations of a day share do not shrink with the number of observations."""
    generator, inside, naive = np.random.default_rng(3), [], []
    shift = generator.normal(0.0, 0.1, 8)  # of eight replications, the same at every point

    def days(parameters: F8) -> Response:
        return Response(np.exp(shift)[:, np.newaxis] * curve(parameters).mean)

    for _ in range(200):
        truth = generator.normal([1.0, 1.0], [0.2, 0.3]).clip(0.3, 2.0)
        day = np.exp(generator.normal(0.0, 0.1)) * curve(truth).mean
        found = fit(days, of(day + generator.normal(0.0, 0.01, 12), 0.01), PRIORS)
        inside.append(abs(found.value[0] - truth[0]) < found.half_width[0])
        naive.append(abs(found.value[0] - truth[0]) < 1.96 * 0.01)
    # Eight replications tell the spread of days to 27 %, once for all experiments: 95 % give or take that.
    assert np.mean(inside) > 0.88
    assert np.mean(naive) < 0.4


def test_bounds_are_kept() -> None:
    found = fit(curve, of(np.full(12, 9.0), 0.01), PRIORS)
    assert found.value[0] <= 3.0
    assert found.value[1] >= 0.2
    assert found.inflation > 1.0


@pytest.mark.parametrize(("value", "sd"), [([], []), ([1.0], [0.0]), ([np.nan], [1.0])])
def test_nothing_to_fit(value: list[float], sd: list[float]) -> None:
    with pytest.raises(InputError):
        fit(curve, Observations(np.array(value), np.array(sd), np.ones(len(sd)), np.zeros(len(sd), np.int64)), PRIORS)


def test_a_prior_that_contradicts_itself() -> None:
    with pytest.raises(InputError, match="parameter a"):
        Prior("a", 5.0, 0.1, 0.0, 2.0)
