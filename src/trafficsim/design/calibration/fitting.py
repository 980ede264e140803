"""Fit a few parameters of a simulation to observations, with as few runs as it can.

The estimate is the most probable one, given what was observed and what was believed before (maximum a posteriori):
Gauss-Newton steps whose Jacobian comes from one run per parameter, and then follows from the runs of the steps
themselves (Broyden 1965, doi:10.1090/S0025-5718-1965-0198670-6). Runs of all steps share their random numbers, so that
differences between them are effects of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from trafficsim.base.errors import InputError

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
STEP_OF_PRIOR = 1.0
"""Steps of finite differences over the standard deviation of what is believed before: large against noise."""
MOST_HALVINGS = 3
LEAST_GAIN = 0.25
"""The search ends where a step promises to lower the misfit by less: 1 is what one standard deviation costs."""
TOLD_BY_DATA, TOLD_BY_PRIOR = 0.75, 0.25
"""Share of the prior's variance that the observations took away: above the first, a parameter is told by them; below
the second it is what was believed before (modelling assumption)."""
ALIKE = 0.9
"""Two parameters whose estimates are correlated by more than this cannot be told apart (modelling assumption)."""


@dataclass(frozen=True)
class Prior:
    """What is believed of a parameter before anything is observed: a normal distribution between bounds."""

    name: str
    mean: float
    sd: float
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse beliefs that contradict themselves."""
        if not (self.sd > 0.0 and self.low < self.high and self.low <= self.mean <= self.high):
            raise InputError(f"parameter {self.name}", f"mean {self.mean:g}, standard deviation {self.sd:g}, bounds "
                             f"{self.low:g} to {self.high:g}", "a positive deviation, and a mean between the bounds",
                             "correct the prior")


@dataclass(frozen=True)
class Observations:
    """Values that were observed; shapes (n,).

    Attributes
    ----------
    value : means over days
    sd : standard deviations of the errors of measurement
    days : numbers of days; each differs from another as one replication does
    group : number of the kind: observations of a kind share the variance from day to day
    """

    value: F8
    sd: F8
    days: F8
    group: I8


@dataclass(frozen=True)
class Response:
    """What replications give in place of the observations, shape (replications, n); not a number: it shows nothing."""

    runs: F8

    @property
    def seen(self) -> Bools:
        """Observations that every replication shows."""
        return np.asarray(np.isfinite(self.runs).all(axis=0), np.bool_)

    @property
    def mean(self) -> F8:
        """Means over replications; 0 where nothing is shown."""
        return np.asarray(np.where(self.seen, self.runs, 0.0).mean(axis=0), np.float64)

    @property
    def deviations(self) -> F8:
        """Replications less their mean, shape (replications, n); 0 where nothing is shown."""
        return np.where(self.seen, self.runs, 0.0) - self.mean

    def day_variance(self, group: I8) -> F8:
        """Variance from day to day, the mean of each group; shape (n,)."""
        number = len(self.runs)
        if number < 2:
            return np.zeros(self.runs.shape[1])
        single = (self.deviations**2).sum(axis=0) / (number - 1)
        count = np.bincount(group[self.seen], minlength=int(group.max()) + 1)
        total = np.bincount(group[self.seen], single[self.seen], minlength=len(count))
        return np.asarray((total / np.maximum(count, 1))[group], np.float64)


Simulation = Callable[[F8], Response]


@dataclass(frozen=True)
class Step:
    """One run: parameters, and the misfit (observations and prior, as sums of squared standardised differences)."""

    parameters: tuple[float, ...]
    misfit: float
    prior_misfit: float


@dataclass(frozen=True)
class Fit:
    """The estimate and how well it is known.

    Attributes
    ----------
    priors : the parameters
    value, sd : estimate and its standard deviation; shape (p,). It comes from errors of measurement, from how much one
        day differs from another (as replications do, with all correlations between observations) and from the prior
    half_width : half of the 95 % interval, by Student's t with as many degrees of freedom as replications give
    correlation : of the estimates; shape (p, p)
    response : the simulation at the estimate
    inflation : factor by which variances were multiplied, because the observations scatter more around the simulation
        than their errors and its noise say (Birge ratio); 1 where they do not
    steps : all runs at which the misfit was looked at
    runs : number of simulated points
    converged : whether the last step was below the tolerance
    """

    priors: tuple[Prior, ...]
    value: F8
    sd: F8
    half_width: F8
    correlation: F8
    response: Response
    inflation: float
    steps: tuple[Step, ...]
    runs: int
    converged: bool

    @property
    def learnt(self) -> F8:
        """Share of each prior's variance that the observations took away: 0, nothing; 1, all."""
        left = (self.sd / np.array([one.sd for one in self.priors])) ** 2
        return np.asarray(np.clip(1.0 - left, 0.0, 1.0), np.float64)

    @property
    def alike(self) -> list[tuple[str, str, float]]:
        """Pairs of parameters that the observations cannot tell apart, with their correlation."""
        names = [one.name for one in self.priors]
        return [(names[a], names[b], float(self.correlation[a, b]))
                for a in range(len(names)) for b in range(a + 1, len(names)) if abs(self.correlation[a, b]) > ALIKE]


def fit(simulate: Simulation, observed: Observations, priors: Sequence[Prior], *, most_steps: int = 6,
        tolerance: float = 0.05) -> Fit:
    """Return the most probable parameters.

    Parameters
    ----------
    simulate
        Runs the simulation at parameters of shape (p,), with the same random numbers at each call.
    observed
        Shape (n,).
    priors
        One per parameter.
    most_steps
        Steps at most; each is a run, the first Jacobian p runs, the last p runs.
    tolerance
        The search ends when no parameter moves by more than this share of its prior's standard deviation, or a step
        promises no gain.

    Raises
    ------
    InputError
        If there is nothing to fit, or an observation has no error.

    Examples
    --------
    >>> def line(p):
    ...     return Response(np.array([[p[0], p[0] + p[1]]] * 2))
    >>> observed = Observations(np.array([2.0, 5.0]), np.full(2, 1e-3), np.ones(2), np.zeros(2, np.int64))
    >>> found = fit(line, observed,
    ...             [Prior("a", 1.0, 1.0, 0.0, 9.0), Prior("b", 1.0, 1.0, 0.0, 9.0)])
    >>> found.value.round(2).tolist()
    [2.0, 3.0]
    """
    _require_usable(observed, priors)
    search = _Search(simulate, observed, tuple(priors))
    jacobian = search.jacobian(search.at)
    converged = False
    for _ in range(most_steps):
        moved = search.advance(jacobian)
        if moved is None:
            converged = True
            break
        jacobian = moved.updated(jacobian)
        if np.all(np.abs(moved.by) <= tolerance * search.prior_sd):
            converged = True
            break
    return search.done(search.jacobian(search.at), converged)


def _require_usable(observed: Observations, priors: Sequence[Prior]) -> None:
    if not priors or not len(observed.value):
        raise InputError("parameters", f"{len(priors)} parameters and {len(observed.value)} observations",
                         "at least one of each", "name parameters, and give observations within the analysis period")
    if not (np.all(observed.sd > 0.0) and np.all(np.isfinite(observed.value))):
        raise InputError("observations", "an error of 0, or a value that is no number", "finite values with errors",
                         "correct the observations")


@dataclass(frozen=True)
class _Move:
    by: F8
    change: F8

    def updated(self, jacobian: F8) -> F8:
        """Broyden's update: the least change of the Jacobian that agrees with the run."""
        return jacobian + np.outer(self.change - jacobian @ self.by, self.by) / (self.by @ self.by)


class _Search:
    """Where the search is, and all that it has run."""

    def __init__(self, simulate: Simulation, observed: Observations, priors: tuple[Prior, ...]) -> None:
        self.simulate, self.observed, self.priors = simulate, observed, priors
        self.prior_mean, self.prior_sd = np.array([one.mean for one in priors]), np.array([one.sd for one in priors])
        self.low, self.high = np.array([one.low for one in priors]), np.array([one.high for one in priors])
        self.runs, self.steps = 0, list[Step]()
        # That of the first point holds for the whole search: else the misfit would fall where noise happens to grow.
        self.noise: F8 | None = None
        self.at = self.prior_mean.copy()
        self.response = self._run(self.at)
        self.misfit = self._note(self.at, self.response)

    def jacobian(self, at: F8) -> F8:
        """Differences by one run per parameter, away from the nearer bound."""
        columns = []
        for place, prior in enumerate(self.priors):
            step = STEP_OF_PRIOR * prior.sd
            step = -step if at[place] + step > self.high[place] else step
            moved = at.copy()
            moved[place] = np.clip(at[place] + step, self.low[place], self.high[place])
            columns.append((self._run(moved).mean - self.response.mean) / (moved[place] - at[place]))
        return np.column_stack(columns)

    def advance(self, jacobian: F8) -> _Move | None:
        """Go a step that lowers the misfit, halved until it does; ``None`` where none does."""
        weight = self._weight(self.response)
        normal = jacobian.T @ (weight[:, np.newaxis] * jacobian) + np.diag(self.prior_sd**-2)
        pull = jacobian.T @ (weight * (self.observed.value - self.response.mean))
        slope = pull + (self.prior_mean - self.at) / self.prior_sd**2
        whole = np.linalg.solve(normal, slope)
        if float(whole @ slope) < LEAST_GAIN:
            return None
        for halving in range(MOST_HALVINGS):
            new = np.clip(self.at + whole * 0.5**halving, self.low, self.high)
            if np.array_equal(new, self.at):
                return None
            response = self._run(new)
            misfit = self._note(new, response)
            if misfit < self.misfit:
                move = _Move(new - self.at, response.mean - self.response.mean)
                self.at, self.response, self.misfit = new, response, misfit
                return move
            if np.all(np.abs(new - self.at) <= 0.05 * self.prior_sd):
                return None
        return None

    def done(self, jacobian: F8, converged: bool) -> Fit:
        weight = self._weight(self.response)
        freedom = max(int((weight > 0.0).sum()) - len(self.priors), 1)
        scatter = float(weight @ (self.observed.value - self.response.mean) ** 2) / freedom
        inflation = max(scatter, 1.0)
        covariance = self._covariance(jacobian, weight, inflation)
        sd = np.sqrt(np.diag(covariance))
        quantile = float(student.ppf(0.975, max(len(self.response.runs) - 1, 1))) if self._noisy() else 1.96
        return Fit(self.priors, self.at, sd, quantile * sd, covariance / np.outer(sd, sd), self.response, inflation,
                   tuple(self.steps), self.runs, converged)

    def _noisy(self) -> bool:
        return bool(self.response.day_variance(self.observed.group).any())

    def _covariance(self, jacobian: F8, weight: F8, inflation: float) -> F8:
        """Return the covariance of the estimate: of the prior, of measurement, and of days as replications differ."""
        inverse = np.linalg.inv(jacobian.T @ (weight[:, np.newaxis] * jacobian) + np.diag(self.prior_sd**-2))
        gain = inverse @ (jacobian.T * weight)
        believed = inverse @ np.diag(self.prior_sd**-2) @ inverse
        measured = (gain * self.observed.sd**2) @ gain.T
        days = (self.response.deviations * np.sqrt(self._days())) @ gain.T
        over_days = days.T @ days / max(len(days) - 1, 1)
        return np.asarray(believed + inflation * (measured + over_days), np.float64)

    def _days(self) -> F8:
        """Variance of the difference between observed and simulated means, over that of one day."""
        return np.asarray(1.0 / self.observed.days + 1.0 / len(self.response.runs), np.float64)

    def _run(self, at: F8) -> Response:
        self.runs += 1
        return self.simulate(at)

    def _note(self, at: F8, response: Response) -> float:
        misfit = float(self._weight(response) @ (self.observed.value - response.mean) ** 2)
        prior = float((((at - self.prior_mean) / self.prior_sd) ** 2).sum())
        self.steps.append(Step(tuple(at.tolist()), misfit, prior))
        return misfit + prior

    def _weight(self, response: Response) -> F8:
        if self.noise is None:
            self.noise = response.day_variance(self.observed.group)
        variance = self.observed.sd**2 + self.noise * (1.0 / self.observed.days + 1.0 / len(response.runs))
        return np.where(response.seen, 1.0 / variance, 0.0)
