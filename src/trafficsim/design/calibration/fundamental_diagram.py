"""Fundamental diagrams fitted to points of flow and speed, with intervals and what the points cannot tell.

Two shapes. ``triangular``: flow rises with the free speed up to the capacity and falls in a straight line to the jam
density (Daganzo 1994). ``parabolic_linear``: in free flow the speed falls in a straight line with density down to the
speed at capacity (Smulders 1990); the congested branch is the same line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from trafficsim.base.errors import InputError

F8 = NDArray[np.float64]
Shape = Literal["triangular", "parabolic_linear"]
PARAMETERS: Mapping[Shape, tuple[str, ...]] = {
    "triangular": ("free_speed_kmh", "capacity_veh_h", "jam_density_veh_km"),
    "parabolic_linear": ("free_speed_kmh", "capacity_veh_h", "jam_density_veh_km", "speed_at_capacity_kmh"),
}
CONGESTED_SHARE = 2.0 / 3.0
"""Points slower than this share of the free speed count as congested (modelling assumption)."""
LEAST_CONGESTED, MOST_HALF_WIDTH = 0.10, 0.15
"""A parameter of the congested branch counts as identified with at least a tenth of the points on it, and any parameter
with an interval of at most 15 % to either side (modelling assumptions)."""
OF_THE_CONGESTED_BRANCH = ("jam_density_veh_km", "backward_wave_kmh")
FEWEST_POINTS = 30
BLOCK = 10
"""Points that follow each other are drawn together: they are one after another in time (ten of 30 s: five minutes)."""


class Estimate(NamedTuple):
    """A parameter with its 95 % bootstrap interval, and whether the points tell it."""

    value: float
    low: float
    high: float
    identified: bool


@dataclass(frozen=True)
class DiagramFit:
    """A fundamental diagram fitted to points, per lane.

    Attributes
    ----------
    shape : of the diagram
    estimates : by parameter; ``critical_density_veh_km`` and ``backward_wave_kmh`` follow from the others
    points, congested : how many points, and how many of them are congested
    rmse_veh_h : of flow at given density
    """

    shape: Shape
    estimates: Mapping[str, Estimate]
    points: int
    congested: int
    rmse_veh_h: float

    @property
    def not_identified(self) -> tuple[str, ...]:
        """Parameters that these points do not tell: take them from elsewhere."""
        return tuple(name for name, one in self.estimates.items() if not one.identified)

    def flow_veh_h(self, density_veh_km: ArrayLike) -> F8:
        """Flow per lane at a density."""
        at = np.array([self.estimates[name].value for name in PARAMETERS[self.shape]])
        return _flow(self.shape, at, np.asarray(density_veh_km, np.float64))


def fit_fundamental_diagram(
    flow_veh_h: ArrayLike, speed_kmh: ArrayLike, shape: Shape = "triangular", *, draws: int = 200, seed: int = 1,
) -> DiagramFit:
    """Fit a fundamental diagram to points of one lane by least squares of flow at given density ``flow / speed``.

    Intervals are quantiles over samples of blocks of ten points that follow each other (moving blocks, Künsch 1989).
    Capacity is where the branches meet: with few points near it, it is an extrapolation, which the interval shows.

    Parameters
    ----------
    flow_veh_h, speed_kmh
        Shape (points,), per lane, in the order of time.
    shape
        ``"triangular"`` or ``"parabolic_linear"``.
    draws, seed
        Of the bootstrap.

    Raises
    ------
    InputError
        If there are fewer than 30 points with flow and speed above 0, or a value is none.

    Examples
    --------
    >>> density = np.linspace(2.0, 120.0, 200)
    >>> flow = np.minimum(100.0 * density, 2000.0 * (140.0 - density) / (140.0 - 20.0))
    >>> fit = fit_fundamental_diagram(flow, flow / density, draws=20)
    >>> {name: round(one.value) for name, one in fit.estimates.items()}  # doctest: +NORMALIZE_WHITESPACE
    {'free_speed_kmh': 100, 'capacity_veh_h': 2000, 'jam_density_veh_km': 140, 'critical_density_veh_km': 20,
     'backward_wave_kmh': 17}
    """
    flow, speed = np.asarray(flow_veh_h, np.float64), np.asarray(speed_kmh, np.float64)
    if flow.shape != speed.shape or not (np.isfinite(flow).all() and np.isfinite(speed).all()):
        raise InputError("fundamental diagram", f"{flow.size} flows, {speed.size} speeds, or a value that is none",
                         "a flow and a speed of every point", "leave such points out")
    moving = (flow > 0.0) & (speed > 0.0)
    flow, speed = flow[moving], speed[moving]
    if len(flow) < FEWEST_POINTS:
        raise InputError("fundamental diagram", f"{len(flow)} points with vehicles that move",
                         f"at least {FEWEST_POINTS}", "give more points")
    density = flow / speed
    best = _fitted(shape, density, flow, _guess(shape, density, flow, speed))
    rng = np.random.default_rng(seed)
    drawn = np.array([_derived(shape, _fitted(shape, density[rows], flow[rows], best))
                      for rows in (_blocks(len(flow), rng) for _ in range(draws))])
    congested = int((speed < CONGESTED_SHARE * best[0]).sum())
    estimates = _estimates(shape, _derived(shape, best), drawn, congested / len(flow))
    error = _flow(shape, best, density) - flow
    return DiagramFit(shape, estimates, len(flow), congested, float(np.sqrt(np.mean(error**2))))


def _blocks(points: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows of a sample of blocks that follow each other."""
    starts = rng.integers(0, points - BLOCK + 1, -(-points // BLOCK))
    return np.asarray((starts[:, None] + np.arange(BLOCK)).ravel()[:points], np.int64)


def _estimates(shape: Shape, value: F8, drawn: F8, congested: float) -> dict[str, Estimate]:
    names = (*PARAMETERS[shape], "critical_density_veh_km", "backward_wave_kmh")
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    found = {}
    for at, name in enumerate(names):
        narrow = max(high[at] - value[at], value[at] - low[at]) <= MOST_HALF_WIDTH * value[at]
        enough = name not in OF_THE_CONGESTED_BRANCH or congested >= LEAST_CONGESTED
        found[name] = Estimate(float(value[at]), float(low[at]), float(high[at]), bool(narrow and enough))
    return found


def _derived(shape: Shape, at: F8) -> F8:
    """The parameters, critical density and speed of the backward wave."""
    critical = _critical(shape, at)
    return np.append(at, [critical, at[1] / (at[2] - critical)])


def _critical(shape: Shape, at: F8) -> float:
    return float(at[1] / (at[0] if shape == "triangular" else at[3]))


def _flow(shape: Shape, at: F8, density: F8) -> F8:
    """Flow per lane by density."""
    critical = _critical(shape, at)
    free = at[0] * density
    if shape == "parabolic_linear":
        free = free - (at[0] - at[3]) / critical * density**2
    congested = at[1] * (at[2] - density) / (at[2] - critical)
    return np.asarray(np.where(density <= critical, free, congested))


def _guess(shape: Shape, density: F8, flow: F8, speed: F8) -> F8:
    """Free speed of the upper half of speeds, the flow that few exceed, and a jam density of 140 veh/km."""
    free, capacity = float(np.median(speed[speed >= np.median(speed)])), float(np.quantile(flow, 0.98))
    jam = max(140.0, 1.1 * float(density.max()))
    return np.array([free, capacity, jam] + ([0.8 * free] if shape == "parabolic_linear" else []))


def _fitted(shape: Shape, density: F8, flow: F8, start: F8) -> F8:
    """Least squares within bounds: speeds up to 200 km/h, jam densities up to 300 veh/km."""
    most = float(flow.max())
    low, high = [5.0, 0.5 * most, 60.0], [200.0, 1.5 * most, 300.0]
    if shape == "parabolic_linear":
        low, high = [*low, 0.3 * start[0]], [*high, 200.0]
    loss: Callable[[F8], F8] = lambda at: (_flow(shape, at, density) - flow) / most  # noqa: E731 - one expression
    inside = np.clip(start, np.array(low) * 1.001, np.array(high) * 0.999)
    return np.asarray(least_squares(loss, inside, bounds=(low, high), x_scale=inside).x)
