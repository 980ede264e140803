"""The fit of a few parameters: on lines and curves whose answer is known, and by how often its intervals cover."""

from __future__ import annotations

import numpy as np
import pytest

from trafficsim.base.errors import InputError
from trafficsim.design.calibration.fitting import F8, Fit, Observations, Prior, Response, fit

PRIORS = (Prior("a", 1.0, 0.2, 0.2, 3.0), Prior("b", 1.0, 0.3, 0.2, 3.0))


def curve(parameters: F8) -> Response:
    x = np.linspace(0.0, 2.0, 12)
    return Response(parameters[0] * np.exp(-parameters[1] * x), np.zeros(12))


def fitted(truth: tuple[float, float], sd: float, seed: int) -> Fit:
    noise = np.random.default_rng(seed).normal(0.0, sd, 12)
    return fit(curve, Observations(curve(np.array(truth)).mean + noise, np.full(12, sd)), PRIORS)


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
        inside.append(np.abs(found.value - truth) < 1.96 * found.sd)
    # The prior is the distribution of the truth; 300 experiments of two parameters scatter by 1.3 % around 95 %, and
    # the inflation of variances makes intervals a little wide.
    assert 0.93 < np.mean(inside) < 0.99


def test_what_observations_do_not_tell_stays_as_believed() -> None:
    def blind(parameters: F8) -> Response:
        return Response(np.array([parameters[0], parameters[0]]), np.zeros(2))

    found = fit(blind, Observations(np.array([1.2, 1.2]), np.full(2, 0.01)), PRIORS)
    assert found.value[1] == pytest.approx(1.0)
    assert found.learnt[1] == pytest.approx(0.0, abs=1e-9)
    assert found.learnt[0] > 0.99


def test_parameters_that_act_alike_are_named() -> None:
    def only_the_sum(parameters: F8) -> Response:
        return Response(np.full(3, parameters.sum()), np.zeros(3))

    found = fit(only_the_sum, Observations(np.full(3, 2.4), np.full(3, 0.01)), PRIORS)
    assert [(a, b) for a, b, _ in found.alike] == [("a", "b")]
    assert found.value.sum() == pytest.approx(2.4, abs=0.01)


def test_noise_of_the_simulation_widens_the_intervals() -> None:
    def noisy(parameters: F8) -> Response:
        return Response(curve(parameters).mean, np.full(12, 0.05**2))

    observed = Observations(curve(np.array([1.1, 0.9])).mean, np.full(12, 0.05))
    assert (fit(noisy, observed, PRIORS).sd > 1.2 * fit(curve, observed, PRIORS).sd).all()


def test_bounds_are_kept() -> None:
    found = fit(curve, Observations(np.full(12, 9.0), np.full(12, 0.01)), PRIORS)
    assert found.value[0] <= 3.0
    assert found.value[1] >= 0.2
    assert found.inflation > 1.0


@pytest.mark.parametrize(("value", "sd"), [([], []), ([1.0], [0.0]), ([np.nan], [1.0])])
def test_nothing_to_fit(value: list[float], sd: list[float]) -> None:
    with pytest.raises(InputError):
        fit(curve, Observations(np.array(value), np.array(sd)), PRIORS)


def test_a_prior_that_contradicts_itself() -> None:
    with pytest.raises(InputError, match="parameter a"):
        Prior("a", 5.0, 0.1, 0.0, 2.0)
