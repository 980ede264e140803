"""Realise the demand: who travels, when, in which vehicle and how fast, from counter-based draws.

A vehicle is known by its name for ever: a trip by its id, vehicle n of a flow by ``"(flow id)#n"``. Its class and its
normal score depend on that name, the seed and the replication, and on nothing else, so that changing one flow changes
no other flow's people. Where the volume of a flow itself changes, vehicle n keeps its class and score; Poisson arrivals
keep their random draws (the unit-exponential gaps), so all depart earlier under a larger volume and further vehicles
follow. How demand varies from one replication to another is told in :mod:`trafficsim.plan.day`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trafficsim.base.errors import DemandError
from trafficsim.base.findings import Finding
from trafficsim.kernels.rng import MASK64, Stream, hash_name, mix64, u01
from trafficsim.plan.arrays import F8, I4, U8
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.scenario import Time

MOST_SCORE = 3.0
"""Normal scores of people and days are cut there (modelling assumption)."""
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Rate:
    """Arrival rate of a flow as steps: ``rate_veh_s[k]`` holds from ``time_s[k]`` to ``time_s[k + 1]``."""

    time_s: F8
    rate_veh_s: F8
    cumulative: F8
    """Expected arrivals up to each time."""
    poisson: bool


@dataclass(frozen=True)
class People:
    """Realised vehicles in no particular order; ``request`` is the row of their flow or trip."""

    name: list[str]
    name_hash: U8
    request: NDArray[np.int64]
    depart_s: F8


def vehicle_keys(name_hash: U8, seed_key: int) -> U8:
    """Random keys of vehicles from the hashes of their names and the key of the run."""
    return mix64(name_hash ^ mix64(np.array([seed_key & MASK64], np.uint64)))


def hash_names(names: Sequence[str]) -> U8:
    """Hash names to 64 bits each."""
    return np.array([hash_name(name) for name in names], np.uint64)


def normal_score(uniform: F8) -> F8:
    """Turn uniform numbers into normal ones, cut at +-3.

    Scores beyond the cut are set to it, so that the share above any limit within it is exactly what was asked.

    Examples
    --------
    >>> normal_score(np.array([0.5, 1e-9])).tolist()
    [0.0, -3.0]
    """
    return np.clip(ndtri(uniform), -MOST_SCORE, MOST_SCORE)


def normal_scores(keys: U8) -> F8:
    """Return the normal score of each driver.

    Examples
    --------
    >>> bool(abs(normal_scores(hash_names(["a", "b"]))).max() <= 3.0)
    True
    """
    return normal_score(u01(keys, Stream.SPEED, 0, 0))


def draw_classes(keys: U8, cumulative: F8) -> I4:
    """Class of each vehicle, given the cumulative shares (vehicles, classes) of its mix."""
    draw = u01(keys, Stream.CLASS, 0, 0)
    return np.asarray((draw[:, np.newaxis] >= cumulative).sum(axis=1), np.int32)


def flow_rate(flow: Flow, time: Time) -> Rate:
    """Return the arrival rate of a flow, up to the end of departures.

    Vehicles that would depart before the scenario begins are numbered too, and left out later, so that vehicle n is the
    same whatever the warm-up.

    Raises
    ------
    DemandError
        If the flow ends before it begins, or its profile begins after the flow.
    """
    begin = time.start_s if flow.begin_s is None else flow.begin_s
    end = time.analysis_end_s if flow.end_s is None else flow.end_s
    if end <= begin:
        raise DemandError(f"flow {flow.id!r}", f"end {end:g} s at or before begin {begin:g} s",
                          "an end after the begin", "correct begin_s or end_s")
    if flow.profile and flow.profile[0][0] > begin:
        raise DemandError(f"flow {flow.id!r}: profile", f"first time {flow.profile[0][0]:g} s",
                          f"a time at or before the flow's begin ({begin:g} s)",
                          "begin the profile earlier or the flow later")
    last = max(min(end, time.analysis_end_s), begin)
    times = [begin, *(step for step, _ in flow.profile if begin < step < last), last]
    factors = [_factor(flow, step) for step in times[:-1]]
    rates = np.array(factors) * flow.volume_veh_h / SECONDS_PER_HOUR
    cumulative = np.concatenate([[0.0], np.cumsum(rates * np.diff(times))])
    return Rate(np.array(times), rates, cumulative, flow.departures == "poisson")


def _factor(flow: Flow, time_s: float) -> float:
    return next((factor for step, factor in reversed(flow.profile) if step <= time_s), 1.0)


def arrivals(rate: Rate, flow_key: int) -> F8:
    """Departure times of all vehicles of a flow, in their running order.

    Poisson: the sums of unit-exponential gaps (inversion of a uniform draw by flow and running number), taken back
    through the cumulative rate; this is a Poisson process of that rate. Scheduled: vehicle n departs when n vehicles
    are due, the first one at the beginning.
    """
    total = float(rate.cumulative[-1])
    due = _unit_poisson(total, flow_key) if rate.poisson else np.arange(np.ceil(total - 1e-9), dtype=np.float64)
    step = np.searchsorted(rate.cumulative, due, side="right") - 1
    return rate.time_s[step] + (due - rate.cumulative[step]) / rate.rate_veh_s[step]


def _unit_poisson(total: float, flow_key: int) -> F8:
    """Points of a unit-rate Poisson process in [0, total)."""
    if total <= 0.0:
        return np.zeros(0)
    number = int(total + 6.0 * np.sqrt(total) + 20.0)
    while True:
        due = np.cumsum(-np.log(u01(flow_key, Stream.ARRIVALS, np.arange(number), 0)))
        if due[-1] >= total:
            return due[due < total]
        number *= 2


def flow_people(flow: Flow, rate: Rate, seed_key: int, start_s: float) -> tuple[list[str], F8]:
    """Names and departure times of the vehicles of one flow that depart at ``start_s`` or later."""
    departures = arrivals(rate, hash_name("flow", flow.id, seed_key))
    numbers = np.flatnonzero(departures >= start_s)
    return [f"{flow.id}#{number}" for number in numbers.tolist()], departures[numbers]


def check_names(demand: Demand) -> None:
    """Refuse two trips, two flows, or a trip and a vehicle of a flow with one name.

    Raises
    ------
    DemandError
        Naming the id.
    """
    flows = {flow.id for flow in demand.flows}
    for kind, ids in (("trip", [trip.id for trip in demand.trips]), ("flow", [flow.id for flow in demand.flows])):
        seen: set[str] = set()
        for name in ids:
            if name in seen:
                raise DemandError(f"{kind} {name!r}", f"two {kind}s with this id", "unique ids", "rename one of them")
            seen.add(name)
    for trip in demand.trips:
        match = re.fullmatch(r"(.*)#\d+", trip.id)
        if match and match[1] in flows:
            raise DemandError(f"trip {trip.id!r}", f"the name of a vehicle of flow {match[1]!r}",
                              "a name of its own", "rename the trip")


def clipped_flows(demand: Demand, time: Time) -> tuple[Finding, ...]:
    """Warn of flows of which a part lies outside the departure window."""
    window = f"{time.start_s:g} s to {time.analysis_end_s:g} s"
    return tuple(
        Finding("warning", "flow-clipped", f"flow {flow.id!r}",
                f"begins or ends outside the departures of the scenario ({window}) and is cut to them",
                "correct begin_s or end_s, or lengthen the analysis period")
        for flow in demand.flows
        if (flow.begin_s is not None and flow.begin_s < time.start_s)
        or (flow.end_s is not None and flow.end_s > time.analysis_end_s)
    )
