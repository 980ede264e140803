"""Matrices from counts: exact small cases, an independent solver, coverage, broken detectors, gravity."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize
from scipy.sparse import csr_array

from trafficsim.base.errors import DemandError
from trafficsim.design.estimation.broken import deleted_residuals
from trafficsim.design.estimation.entropy import maximum_entropy
from trafficsim.design.estimation.estimate import Estimate, estimate
from trafficsim.design.estimation.gravity import beta_of, gravity
from trafficsim.design.estimation.least_squares import least_squares
from trafficsim.design.estimation.prior import Spread, prior_of
from trafficsim.design.estimation.problem import F8, Cells, Problem, plain_problem
from trafficsim.design.estimation.spreads import noise_of


def cells_of(zones: int, seed: F8 | None = None, parts: int = 1) -> Cells:
    origin, destination = np.nonzero(~np.eye(zones, dtype=bool))
    number = len(origin)
    part = np.repeat(np.arange(parts), number)
    size = np.full(number * parts, 30.0) if seed is None else seed
    return Cells(np.tile(origin, parts), np.tile(destination, parts), part, size)


def small(rng: np.random.Generator, zones: int = 5, counts: int = 8) -> Problem:
    cells = cells_of(zones, rng.gamma(2.0, 15.0, zones * (zones - 1)) + 1.0)
    rows = csr_array((rng.random((counts, len(cells))) < 0.3).astype(float))
    return plain_problem(cells, rows, rng.poisson(rows @ cells.seed * 1.3).astype(float))


def covariance(problem: Problem, spread: Spread) -> F8:
    """The prior, written out."""
    cells, seed = problem.cells, problem.cells.seed
    same = {"total": np.ones((len(seed), len(seed))), "origin": np.equal.outer(cells.origin, cells.origin),
            "destination": np.equal.outer(cells.destination, cells.destination),
            "part": np.equal.outer(cells.part, cells.part), "pair": np.equal.outer(cells.pair, cells.pair),
            "cell": np.eye(len(seed))}
    names = same if len(np.unique(cells.part)) > 1 else ("total", "origin", "destination", "pair")
    return np.asarray(np.outer(seed, seed) * sum(spread.variances[name] * same[name] for name in names))


def test_least_squares_is_the_posterior_mean_of_normal_variables() -> None:
    problem, spread = small(np.random.default_rng(1)), Spread(0.3, 0.1, 0.1, 0.05)
    noise, prior = problem.variance(spread.error), covariance(problem, Spread(0.3, 0.1, 0.1, 0.05))
    rows = problem.proportions.toarray()
    gain = prior @ rows.T @ np.linalg.inv(rows @ prior @ rows.T + np.diag(noise))
    found = least_squares(problem, prior_of(problem.cells), spread.variances, noise)
    assert found.trips == pytest.approx(problem.cells.seed + gain @ (problem.counts - rows @ problem.cells.seed))
    left = np.sqrt(np.diag(prior - gain @ rows @ prior))
    assert found.deviation(csr_array(np.eye(len(left)))) == pytest.approx(left)


@pytest.mark.parametrize("parts", [1, 3])
def test_prior_is_a_sum_of_parts(parts: int) -> None:
    rng = np.random.default_rng(2)
    cells = cells_of(4, rng.gamma(2.0, 10.0, 12 * parts), parts)
    problem, prior = plain_problem(cells, csr_array(np.eye(len(cells))), cells.seed), prior_of(cells)
    seen = prior.seen(problem.proportions)
    spread = Spread(0.5, 0.2, 0.3, 0.05)
    assert prior.between(seen, seen, spread.variances) == pytest.approx(covariance(problem, spread))


def test_bounds_are_those_of_a_bounded_solver() -> None:
    """Counts far below a seed push cells to 0: compared with SciPy's bounded least squares."""
    rng = np.random.default_rng(5)
    problem = small(rng)
    counts = problem.counts * rng.choice([0.0, 0.1, 2.0], len(problem.counts))
    problem = plain_problem(problem.cells, problem.proportions, counts)
    spread = Spread(0.5, 0.4, 2.0, 0.05)
    noise = problem.variance(spread.error)
    found = least_squares(problem, prior_of(problem.cells), spread.variances, noise)
    root = np.linalg.cholesky(np.linalg.inv(covariance(problem, spread))).T
    stacked = np.vstack([problem.proportions.toarray() / np.sqrt(noise)[:, np.newaxis], root])
    target = np.concatenate([counts / np.sqrt(noise), root @ problem.cells.seed])
    exact = lsq_linear(stacked, target, (0.0, problem.cells.most), tol=1e-12)
    assert len(found.at_bound) > 0
    assert found.trips == pytest.approx(exact.x, abs=0.05)


def test_maximum_entropy_is_the_least_of_its_objective() -> None:
    problem, freedom = small(np.random.default_rng(3)), 2.0
    noise, seed, rows = problem.variance(0.05), problem.cells.seed, problem.proportions.toarray()

    def objective(logs: F8) -> float:
        trips = seed * np.exp(logs)
        return float((trips * logs - trips + seed).sum() / freedom
                     + 0.5 * ((rows @ trips - problem.counts) ** 2 / noise).sum())

    best = minimize(objective, np.zeros(len(seed)), method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    found = maximum_entropy(problem, freedom, noise)
    assert found == pytest.approx(seed * np.exp(best.x), rel=1e-3)


def test_entropy_keeps_its_bounds_and_takes_counts_that_contradict_each_other() -> None:
    none = np.zeros(1, np.int64)
    cells = Cells(none, none + 1, none, np.array([2.0]))
    problem = plain_problem(cells, csr_array(np.ones((2, 1))), np.array([0.0, 1e5]))
    found = maximum_entropy(problem, 1e3, np.ones(2))
    assert 0.0 <= found[0] <= cells.most[0] + 1e-9


def test_deleted_residuals_are_those_of_leaving_out() -> None:
    rng = np.random.default_rng(4)
    root, residual = rng.normal(size=(6, 6)), rng.normal(size=6)
    both = root @ root.T + np.eye(6)
    left, variance = deleted_residuals(both, residual)
    for one in range(6):
        rest = np.delete(np.arange(6), one)
        weight = np.linalg.solve(both[np.ix_(rest, rest)], both[rest, one])
        assert left[one] == pytest.approx(residual[one] - weight @ residual[rest])
        assert variance[one] == pytest.approx(both[one, one] - weight @ both[rest, one])


def trial(seed: int, broken: bool = False, method: str = "gls") -> tuple[Estimate, F8, Problem]:
    """Counts of a matrix that differs from its seed as the prior says."""
    rng = np.random.default_rng(seed)
    cells = cells_of(12, rng.gamma(2.0, 20.0, 132))
    error = 0.2 * rng.normal() + 0.2 * rng.normal(size=12)[cells.origin] + 0.2 * rng.normal(size=12)[cells.destination]
    truth = cells.seed * np.exp(error + 0.3 * rng.normal(size=132))
    rows = csr_array((rng.random((50, 132)) < 0.12).astype(float))
    counts = rng.poisson(rows @ truth).astype(float)
    if broken:
        counts[7] = 0.0
    problem = plain_problem(cells, rows, counts)
    return estimate(problem, "entropy" if method == "entropy" else "gls"), truth, problem


def test_intervals_cover() -> None:
    """Of 8 x 132 cells and 8 x 50 flows about 95 % lie in their intervals."""
    cells, flows = [], []
    for seed in range(8):
        found, truth, problem = trial(seed)
        cells.append(np.abs(found.trips - truth) < 1.96 * found.deviation)
        flow, deviation = found.flow(problem.proportions)
        flows.append(np.abs(flow - problem.proportions @ truth) < 1.96 * deviation)
    assert 0.90 <= np.mean(cells) <= 0.98
    assert 0.90 <= np.mean(flows) <= 0.98


@pytest.mark.parametrize("method", ["gls", "entropy"])
def test_a_broken_detector_is_named_and_left_out(method: str) -> None:
    for seed in range(3):
        found, truth, problem = trial(seed, broken=True, method=method)
        assert 7 in [one.detector for one in found.broken]
        assert 7 not in found.used
        assert len(found.broken) <= 2
        flow, true_flow = problem.proportions @ found.trips, problem.proportions @ truth
        assert np.corrcoef(flow, true_flow)[0, 1] ** 2 > 0.9


def test_a_sound_set_of_detectors_is_not_called_broken() -> None:
    """At a level of 1 % of all sets; heavy tails of the truth add a few."""
    assert sum(bool(trial(seed)[0].broken) for seed in range(20, 32)) <= 2


def test_counts_that_contradict_each_other_weigh_less() -> None:
    found, _, problem = trial(1)
    wrong = problem.counts.copy()
    wrong[3] *= 1.3
    other = plain_problem(problem.cells, problem.proportions, wrong)
    prior = prior_of(problem.cells)
    raised = noise_of(other, prior, found.spread)[3] / other.variance(found.spread.error)[3]
    usual = noise_of(problem, prior, found.spread)[3] / problem.variance(found.spread.error)[3]
    assert raised > usual


def test_what_is_determined_is_told() -> None:
    none = np.zeros(2, np.int64)
    cells = Cells(np.arange(2), np.array([2, 3]), none, np.array([100.0, 100.0]))
    sees_both = plain_problem(cells, csr_array([[1.0, 1.0]]), np.array([300.0]))
    found = estimate(sees_both).determined
    assert (found.rank, found.known, found.cells) == (1, 1, 2)
    nothing = estimate(plain_problem(cells, csr_array((0, 2)), np.zeros(0)))
    assert nothing.determined.seed_share == pytest.approx(1.0)
    assert nothing.trips.tolist() == [100.0, 100.0]


def test_counts_that_no_trip_passes_are_not_used() -> None:
    none = np.zeros(2, np.int64)
    cells = Cells(np.arange(2), np.array([2, 3]), none, np.array([100.0, 0.0]))
    found = estimate(plain_problem(cells, csr_array([[1.0, 0.0], [0.0, 1.0]]), np.array([90.0, 50.0])))
    assert found.unreached.tolist() == [1]
    assert found.trips[1] == 0.0


def test_gravity_keeps_trip_ends_and_mean_cost() -> None:
    rng = np.random.default_rng(1)
    place = rng.random((12, 2)) * 10.0
    cost = np.hypot(*(place[:, np.newaxis] - place[np.newaxis]).transpose(2, 0, 1))
    production, attraction = rng.random(12) * 100.0, rng.random(12)
    beta = beta_of(production, attraction, cost, 3.5)
    trips = gravity(production, attraction, cost, beta)
    assert trips.sum(axis=1) == pytest.approx(production, rel=1e-6)
    assert trips.sum(axis=0) == pytest.approx(attraction * production.sum() / attraction.sum(), rel=1e-4)
    assert (trips * cost).sum() / trips.sum() == pytest.approx(3.5, rel=1e-6)


def test_a_mean_that_no_deterrence_gives_is_refused() -> None:
    cost = np.array([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(DemandError, match="mean trip length"):
        beta_of(np.ones(2), np.ones(2), cost, 9.0)
