"""Departures of all flows at once: arrival rates as steps, and the times at which vehicles are due.

Flows whose rates have the same number of steps are worked out together: a matrix of a metropolis is 100,000 flows of a
dozen vehicles each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import DemandError
from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import BOOL, F8, U8
from trafficsim.spec.demand import Flow
from trafficsim.spec.scenario import Time

SECONDS_PER_HOUR = 3600.0
AT_ONCE = 1_000_000
"""Random numbers that are drawn at once, to keep memory small."""
Rows = NDArray[np.int64]


class Steps(NamedTuple):
    """Flows with equally many steps: ``rate_veh_s[i, k]`` of flow i holds from ``time_s[i, k]`` to its next time."""

    flow: Rows
    time_s: F8
    rate_veh_s: F8
    cumulative: F8
    """Expected arrivals up to each time."""
    poisson: BOOL


class Due(NamedTuple):
    """Vehicles that depart: their flow, their running number in it, and when."""

    flow: Rows
    number: Rows
    depart_s: F8


@dataclass(frozen=True, eq=False)
class Rates:
    """Arrival rates of flows.

    Attributes
    ----------
    steps : flows by their number of steps
    flows : how many there are
    """

    steps: tuple[Steps, ...]
    flows: int

    @cached_property
    def expected(self) -> F8:
        """Expected arrivals of each flow."""
        return self._of_flows(np.concatenate([part.cumulative[:, -1] for part in (*self.steps, _no_steps())]))

    @cached_property
    def first_s(self) -> F8:
        """Time from which each flow departs."""
        return self._of_flows(np.concatenate([part.time_s[:, 0] for part in (*self.steps, _no_steps())]))

    @cached_property
    def last_s(self) -> F8:
        """Time up to which each flow departs."""
        return self._of_flows(np.concatenate([part.time_s[:, -1] for part in (*self.steps, _no_steps())]))

    def due(self, keys: U8, factor: F8) -> Due:
        """Departures of all vehicles, in no particular order of the flows, in their running order within each.

        Poisson: the sums of unit-exponential gaps (inversion of a uniform draw by flow and running number), taken back
        through the cumulative rate; this is a Poisson process of that rate. Scheduled: vehicle n departs when n
        vehicles are due, the first one at the beginning.

        Parameters
        ----------
        keys
            Random key of each flow.
        factor
            Factor of each flow's rate; the random draws of its vehicles stay the same. So on a busy day all come
            earlier and more follow.
        """
        parts = [_due(steps, keys[steps.flow], factor[steps.flow]) for steps in self.steps]
        none = np.zeros(0, np.int64)
        return Due(*(np.concatenate(columns) for columns in zip(*parts, Due(none, none, np.zeros(0)), strict=True)))

    def _of_flows(self, values: F8) -> F8:
        of = np.zeros(self.flows)
        if self.steps:
            of[np.concatenate([part.flow for part in self.steps])] = values
        return of


def rates_of(flows: Sequence[Flow], time: Time) -> Rates:
    """Return the arrival rates of flows, up to the end of departures.

    Vehicles that would depart before the scenario begins are numbered too, and left out later, so that vehicle n is the
    same whatever the warm-up.

    Raises
    ------
    DemandError
        If a flow ends before it begins, or its profile begins after the flow.
    """
    shapes: dict[tuple[float, float, int], _Shape] = {}
    rows: dict[tuple[float, float, int], list[int]] = {}
    for row, flow in enumerate(flows):
        begin, end = _period(flow, time)
        key = (begin, end, id(flow.profile))
        if key not in shapes:
            shapes[key] = _shape(flow, begin, end, time)
            rows[key] = []
        rows[key].append(row)
    by_length: dict[int, list[Steps]] = {}
    for key, shape in shapes.items():
        by_length.setdefault(len(shape.factor), []).append(_steps(shape, rows[key], flows))
    return Rates(tuple(Steps(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
                       for parts in by_length.values()), len(flows))


class _Shape(NamedTuple):
    """When the rate of flows changes, and their factors in between."""

    time_s: F8
    factor: F8


def _period(flow: Flow, time: Time) -> tuple[float, float]:
    begin = time.start_s if flow.begin_s is None else flow.begin_s
    end = time.analysis_end_s if flow.end_s is None else flow.end_s
    if end <= begin:
        raise DemandError(f"flow {flow.id!r}", f"end {end:g} s at or before begin {begin:g} s",
                          "an end after the begin", "correct begin_s or end_s")
    return begin, end


def _shape(flow: Flow, begin: float, end: float, time: Time) -> _Shape:
    if flow.profile and flow.profile[0][0] > begin:
        raise DemandError(f"flow {flow.id!r}: profile", f"first time {flow.profile[0][0]:g} s",
                          f"a time at or before the flow's begin ({begin:g} s)",
                          "begin the profile earlier or the flow later")
    last = max(min(end, time.analysis_end_s), begin)
    times = [begin, *(step for step, _ in flow.profile if begin < step < last), last]
    return _Shape(np.array(times, np.float64), np.array([_factor(flow, step) for step in times[:-1]]))


def _factor(flow: Flow, time_s: float) -> float:
    return next((factor for step, factor in reversed(flow.profile) if step <= time_s), 1.0)


def _steps(shape: _Shape, rows: list[int], flows: Sequence[Flow]) -> Steps:
    volume = np.array([flows[row].volume_veh_h for row in rows])
    rates = shape.factor * volume[:, np.newaxis] / SECONDS_PER_HOUR
    cumulative = np.zeros((len(rows), len(shape.time_s)))
    cumulative[:, 1:] = np.cumsum(rates * np.diff(shape.time_s), axis=1)
    return Steps(np.array(rows, np.int64), np.tile(shape.time_s, (len(rows), 1)), rates, cumulative,
                 np.array([flows[row].departures == "poisson" for row in rows], np.bool_))


def _no_steps() -> Steps:
    none = np.zeros((0, 1))
    return Steps(np.zeros(0, np.int64), none, none, none, np.zeros(0, np.bool_))


def _due(steps: Steps, keys: U8, factor: F8) -> Due:
    cumulative, rate = steps.cumulative * factor[:, np.newaxis], steps.rate_veh_s * factor[:, np.newaxis]
    total = cumulative[:, -1]
    random = np.flatnonzero(steps.poisson & (total > 0.0))
    regular = np.flatnonzero(~steps.poisson)
    parts = [*_unit_poisson(random, total, keys), _scheduled(regular, total)]
    row, number, due = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    step = np.zeros(len(row), np.int64)
    for last in range(1, cumulative.shape[1]):
        step += cumulative[row, last] <= due
    depart_s = steps.time_s[row, step] + (due - cumulative[row, step]) / rate[row, step]
    return Due(steps.flow[row], number, depart_s)


def _scheduled(rows: Rows, total: F8) -> Due:
    count = np.ceil(total[rows] - 1e-9).astype(np.int64)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Due(np.repeat(rows, count), number, number.astype(np.float64))


def _unit_poisson(rows: Rows, total: F8, keys: U8) -> Iterator[Due]:
    """Points of unit-rate Poisson processes in [0, total), a few flows of nearly equal totals at once."""
    draws = (total[rows] + 6.0 * np.sqrt(total[rows]) + 20.0).astype(np.int64)
    rows, draws = rows[np.argsort(draws, kind="stable")], np.sort(draws)
    begin = 0
    while begin < len(rows):
        end = begin + 1
        while end < len(rows) and (end - begin + 1) * draws[end] <= AT_ONCE:
            end = min(end + max((end - begin) // 2, 1), len(rows))
        yield _points(rows[begin:end], total, keys, int(draws[end - 1]))
        begin = end


def _points(rows: Rows, total: F8, keys: U8, draws: int) -> Due:
    due = np.cumsum(-np.log(u01(keys[rows, np.newaxis], Stream.ARRIVALS, np.arange(draws), 0)), axis=1)
    if (due[:, -1] < total[rows]).any():
        return _points(rows, total, keys, 2 * draws)
    flow, number = np.nonzero(due < total[rows, np.newaxis])
    return Due(rows[flow], number, due[flow, number])
