"""Reference model of the departures of flows: flow by flow, vehicle by vehicle."""

from __future__ import annotations

import math

import numpy as np

from trafficsim.kernels.rng import Stream, u01
from trafficsim.spec.demand import Flow
from trafficsim.spec.scenario import Time


def factor_at(flow: Flow, time_s: float) -> float:
    return next((factor for step, factor in reversed(flow.profile) if step <= time_s), 1.0)


def departures(flow: Flow, time: Time, key: int, factor: float = 1.0) -> list[float]:
    """Departures of all vehicles of a flow, in their running order."""
    begin = time.start_s if flow.begin_s is None else flow.begin_s
    last = max(min(time.analysis_end_s if flow.end_s is None else flow.end_s, time.analysis_end_s), begin)
    times = [begin, *(step for step, _ in flow.profile if begin < step < last), last]
    rates = [factor_at(flow, step) * flow.volume_veh_h / 3600.0 for step in times[:-1]]
    expected = [0.0]
    for rate, here, beyond in zip(rates, times, times[1:], strict=False):
        expected.append(expected[-1] + rate * (beyond - here))
    rates, expected = [rate * factor for rate in rates], [number * factor for number in expected]
    found: list[float] = []
    number, due = 0, 0.0
    while True:
        if flow.departures == "poisson":
            due += float(-np.log(u01(key, Stream.ARRIVALS, number, 0))[0])
            over = due >= expected[-1]
        else:
            due = float(number)
            over = number >= math.ceil(expected[-1] - 1e-9)
        if over:
            return found
        step = max(place for place, before in enumerate(expected[:-1]) if before <= due)
        found.append(times[step] + (due - expected[step]) / rates[step])
        number += 1
