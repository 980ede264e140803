"""Fits of bins against a general optimiser, and against distributions of which the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import lognorm, norm

from trafficsim.design.calibration.binned_normal import fit_binned

EDGES = np.append(np.arange(0.0, 101.0, 5.0), np.inf)


def counted(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.histogram(values[values >= edges[0]], edges)[0]


@pytest.mark.parametrize("lowest", [0, 20, 30])
def test_against_a_general_optimiser(lowest: int) -> None:
    """Truncated below, with a tail that is not normal: the same maximum as Nelder and Mead's method finds."""
    rng = np.random.default_rng(lowest)
    edges = EDGES[lowest // 5:]
    rows = np.array([counted(np.append(rng.normal(mean, sd, 3000), rng.uniform(0, 60, 200)), edges)
                     for mean, sd in ((35.0, 6.0), (48.0, 9.0), (61.0, 7.5))])
    found = fit_binned(edges, rows)
    for row, mean, sd in zip(rows, found.mean, found.sd, strict=True):
        def loss(at: np.ndarray, row: np.ndarray = row) -> float:
            cdf = norm.cdf((edges - at[0]) / np.exp(at[1]))
            share = np.diff(cdf) / (1.0 - cdf[0])
            return -float((row * np.log(np.maximum(share, 1e-300))).sum()) / row.sum()
        best = minimize(loss, [45.0, 2.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-13})
        assert mean == pytest.approx(best.x[0], abs=2e-3)
        assert sd == pytest.approx(np.exp(best.x[1]), abs=2e-3)
    assert found.converged.all()


def test_normal_speeds_are_found_behind_bins_and_truncation() -> None:
    rng = np.random.default_rng(7)
    edges = EDGES[4:]
    rows = np.array([counted(rng.normal(44.0, 8.0, 20_000), edges) for _ in range(200)])
    found = fit_binned(edges, rows)
    assert found.mean.mean() == pytest.approx(44.0, abs=3 * 8.0 / np.sqrt(20_000 * 200) + 0.01)
    assert found.sd.mean() == pytest.approx(8.0, abs=0.02)
    assert found.mean.std() == pytest.approx(8.0 / np.sqrt(20_000), rel=0.25)


def test_lognormal_speeds() -> None:
    rng = np.random.default_rng(8)
    sigma = 0.2
    values = lognorm.rvs(sigma, scale=45.0, size=50_000, random_state=rng)
    rows = counted(values, EDGES)[None, :]
    own, other = fit_binned(EDGES, rows, "lognormal"), fit_binned(EDGES, rows)
    assert own.mean[0] == pytest.approx(45.0 * np.exp(sigma**2 / 2.0), abs=0.15)
    assert own.sd[0] == pytest.approx(own.mean[0] * np.sqrt(np.expm1(sigma**2)), abs=0.15)
    assert own.log_likelihood[0] > other.log_likelihood[0]


def test_what_cannot_be_told_is_not_converged() -> None:
    rows = np.zeros((3, len(EDGES) - 1))
    rows[0, 4] = 10  # a single bin
    rows[1, 4:6] = 10  # two bins
    assert not fit_binned(EDGES, rows).converged.any()
