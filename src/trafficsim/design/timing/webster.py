"""Webster's cycle and split, for lanes that may be green in several stages: small linear programmes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from trafficsim.design.timing.demand import S_PER_H, Row

F8 = NDArray[np.float64]
TINY = 1e-9


@dataclass(frozen=True)
class Bounds:
    """What greens must keep, whatever the traffic.

    Attributes
    ----------
    least_s : shortest green of every stage
    runs : stages in a row, and the least sum of their greens (pedestrians)
    """

    least_s: tuple[float, ...]
    runs: tuple[tuple[tuple[int, ...], float], ...] = ()


@dataclass(frozen=True)
class Critical:
    """The smallest sum of stage ratios that serves every lane.

    Attributes
    ----------
    ratio : of every stage
    rows : positions of the lanes that decide it
    """

    ratio: tuple[float, ...]
    rows: tuple[int, ...]

    @property
    def total(self) -> float:
        """Y, the sum over the stages."""
        return float(sum(self.ratio))


def webster_cycle_s(lost_s: float, flow_ratio: float) -> float:
    """Cycle of least delay: ``C0 = (1.5 L + 5) / (1 - Y)`` (Webster 1958), not rounded.

    Parameters
    ----------
    lost_s
        L: lost time per cycle. Start-up lost time and green extension are 2 s each and cancel (HCM 2016), so it is the
        sum of the intergreens.
    flow_ratio
        Y < 1: sum of the critical flow ratios.

    Examples
    --------
    >>> round(webster_cycle_s(12.0, 0.75), 6), round(webster_cycle_s(10.0, 0.7))
    (92.0, 67)
    """
    return (1.5 * lost_s + 5.0) / (1.0 - flow_ratio)


def critical_ratios(rows: Sequence[Row], stages: int, cycle_s: float) -> Critical:
    """Find the smallest sum of green shares such that every lane is served; Webster's Y with one lane per stage.

    What a lane discharges in intergreens in which it stays green is taken off its demand first.

    Parameters
    ----------
    rows
        Lanes with demand, each with a stage that serves it.
    stages
        Number of stages.
    cycle_s
        Cycle, for what lanes discharge in intergreens.

    Examples
    --------
    >>> rows = [Row("a", 600.0, np.array([1800.0, 0.0]), 0.0), Row("b", 450.0, np.array([0.0, 1800.0]), 0.0)]
    >>> [round(ratio, 4) for ratio in critical_ratios(rows, 2, 90.0).ratio]
    [0.3333, 0.25]
    """
    if not rows:
        return Critical((0.0,) * stages, ())
    matrix = [(-row.rate / row.volume).tolist() for row in rows]
    limit = [-max(1.0 - S_PER_H * row.between_pcu / cycle_s / row.volume, 0.0) for row in rows]
    found = _solved(_Problem([1.0] * stages, matrix, limit, None, [0.0] * stages))
    assert found is not None, "a share that is large enough serves every lane that a stage serves"
    tight = np.flatnonzero(found.price < -TINY)
    return Critical(tuple(np.maximum(found.values, 0.0).tolist()), tuple(tight.tolist()))


def least_cycle_s(rows: Sequence[Row], bounds: Bounds, lost_s: float, saturation: float) -> float | None:
    """Shortest cycle that keeps the bounds and leaves no lane more saturated than ``saturation``; None: there is none.

    Examples
    --------
    >>> rows = [Row("a", 720.0, np.array([1800.0, 0.0]), 0.0)]
    >>> round(least_cycle_s(rows, Bounds((5.0, 22.0)), 10.0, 0.8), 6)  # half of the cycle must be green for a
    64.0
    """
    stages = len(bounds.least_s)
    matrix, limit = _runs(bounds)
    for row in rows:
        matrix.append([*(-row.rate).tolist(), row.volume / saturation])
        limit.append(S_PER_H * row.between_pcu)
    total = ([-1.0] * stages + [1.0], lost_s)
    found = _solved(_Problem([0.0] * stages + [1.0], matrix, limit, total, [*bounds.least_s, 0.0]))
    return None if found is None else float(found.values[-1])


def even_split(rows: Sequence[Row], bounds: Bounds, green_s: float, cycle_s: float) -> list[float]:
    """Share out the green so that the largest degree of saturation is least, then the next one, and so on.

    With one critical lane per stage and no bound in force this is Webster's split, ``g = (C - L) y / Y``. Stages that
    nobody needs get their shortest green; without any demand all stages get the same.

    Parameters
    ----------
    rows
        Lanes with demand.
    bounds
        Shortest greens; together not more than ``green_s``.
    green_s
        Sum of all greens.
    cycle_s
        Cycle.

    Examples
    --------
    >>> rows = [Row("a", 600.0, np.array([1800.0, 0.0]), 0.0), Row("b", 300.0, np.array([0.0, 1800.0]), 0.0)]
    >>> [round(green, 6) for green in even_split(rows, Bounds((5.0, 5.0)), 60.0, 70.0)]
    [40.0, 20.0]
    """
    fixed: dict[int, float] = {}
    greens = _without_demand(bounds, green_s)
    for _ in range(len(bounds.least_s)):
        open_rows = [place for place in range(len(rows)) if place not in fixed]
        if not open_rows:
            break
        found = _most_reserve(rows, open_rows, fixed, bounds, (green_s, cycle_s))
        if found is None:
            break
        greens, reserve, tight = found
        fixed.update(dict.fromkeys(tight, reserve))
    return greens


def _without_demand(bounds: Bounds, green_s: float) -> list[float]:
    """Greens whose shortest is as long as the sum and the bounds allow."""
    stages = len(bounds.least_s)
    matrix, limit = _runs(bounds)
    matrix += [[-1.0 if stage == one else 0.0 for stage in range(stages)] + [1.0] for one in range(stages)]
    total = ([1.0] * stages + [0.0], green_s)
    found = _solved(_Problem([0.0] * stages + [-1.0], matrix, limit + [0.0] * stages, total, [*bounds.least_s, 0.0]))
    assert found is not None, "the sum covers the bounds"
    return [float(green) for green in found.values[:stages]]


def _most_reserve(
    rows: Sequence[Row], open_rows: Sequence[int], fixed: dict[int, float], bounds: Bounds,
    sums_s: tuple[float, float],
) -> tuple[list[float], float, list[int]] | None:
    """Greens with the largest least reserve of the open rows, that reserve, and the rows that it is due to."""
    green_s, cycle_s = sums_s
    stages = len(bounds.least_s)
    matrix, limit = _runs(bounds)
    for place, reserve in fixed.items():
        row = rows[place]
        matrix.append([*(-row.rate / row.volume).tolist(), 0.0])
        limit.append((S_PER_H * row.between_pcu / row.volume) - reserve * cycle_s * (1.0 - TINY))
    for place in open_rows:
        row = rows[place]
        matrix.append([*(-row.rate / row.volume).tolist(), cycle_s])
        limit.append(S_PER_H * row.between_pcu / row.volume)
    total = ([1.0] * stages + [0.0], green_s)
    found = _solved(_Problem([0.0] * stages + [-1.0], matrix, limit, total, [*bounds.least_s, 0.0]))
    if found is None:
        return None
    prices = found.price[-len(open_rows):].tolist()
    tight = [place for place, price in zip(open_rows, prices, strict=True) if price < -TINY]
    greens = [float(green) for green in found.values[:stages]]
    return (greens, float(found.values[-1]), tight) if tight else None


class _Problem(NamedTuple):
    """Least cost under upper limits, one sum, and lower bounds."""

    cost: list[float]
    matrix: list[list[float]]
    limit: list[float]
    total: tuple[list[float], float] | None
    least: list[float]


class _Solution(NamedTuple):
    values: F8
    price: F8


def _solved(problem: _Problem) -> _Solution | None:
    """Solve a linear programme exactly; None if nothing fulfils it."""
    total = problem.total
    found = linprog(
        problem.cost, A_ub=problem.matrix or None, b_ub=problem.limit or None,
        A_eq=None if total is None else [total[0]], b_eq=None if total is None else [total[1]],
        bounds=[(least, None) for least in problem.least], method="highs",
    )
    if found.status != 0:
        return None
    return _Solution(np.asarray(found.x, np.float64), np.asarray(found.ineqlin.marginals, np.float64))


def _runs(bounds: Bounds) -> tuple[list[list[float]], list[float]]:
    """Rows of a programme that keep the least sums; the last variable is none of the greens."""
    stages = range(len(bounds.least_s))
    return [[-1.0 if stage in run else 0.0 for stage in stages] + [0.0] for run, _ in bounds.runs], [
        -need for _, need in bounds.runs]


def whole_seconds(greens_s: Sequence[float], bounds: Bounds, green_s: float) -> list[float]:
    """Round greens to whole seconds with the same sum: largest remainders first, bounds of runs before others.

    If the sum is not a whole number, its fraction goes to the longest green, so that the cycle stays as it is.

    Examples
    --------
    >>> whole_seconds([20.4, 30.6], Bounds((5.0, 5.0)), 51.0)
    [20.0, 31.0]
    """
    floors = [math.floor(green + TINY) for green in greens_s]
    remainder = [green - floor for green, floor in zip(greens_s, floors, strict=True)]
    for _ in range(math.floor(green_s + TINY) - sum(floors)):
        short = [run for run, need in bounds.runs if sum(floors[stage] for stage in run) < need - TINY]
        chosen = max(short[0] if short else range(len(floors)), key=lambda stage: (remainder[stage], -stage))
        floors[chosen] += 1
        remainder[chosen] -= 1.0
    whole = [float(floor) for floor in floors]
    whole[int(np.argmax(whole))] += round(green_s - sum(whole), 6)
    return whole
