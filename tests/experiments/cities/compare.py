"""Run a city several times and hold it against the reference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

from trafficsim.base.codes import COMPLETED, WAITING
from trafficsim.engines.asking import check_asked
from trafficsim.engines.registry import DEFAULT_ENGINE, engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.free_flow import free_flow_time_s, route_length_m
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Record

from .bands import LOSS_SHARE, SUMO_SPREAD, TRAVEL_TIME_SHARE, accepted, free_flow_share, route_length_share
from .data import City, Reference

SIGNAL_DELAY_S = 25.0
"""Delay at a signal in the model that knows no traffic (modelling assumption of that null model)."""
LEAST_EDGES = 40
"""A rank correlation over fewer edges says little."""


class Run(NamedTuple):
    """One replication: means over all trips, and delay per vehicle by link (NaN where nobody left)."""

    completed: int
    locked: bool
    """Whether a named gridlock lasts to the end."""
    last_arrival_s: float
    length_m: float
    free_s: float
    travel_s: float
    loss_s: float
    edge_delay_s: np.ndarray


@dataclass(frozen=True)
class Value:
    """A mean of ours over the replications with its range, the reference, and whether it is accepted."""

    ours: float
    low: float
    high: float
    reference: float
    ratio: float
    accepted: bool


@dataclass(frozen=True)
class Result:
    """A city: numbers of vehicles, times, and the rank correlation of edge delays (None below 40 edges).

    ``completed`` is that of the replication in which fewest arrive. ``last_arrival_s`` is the time from the last
    departure to the last arrival; None if somebody did not arrive.
    """

    city: str
    replications: int
    locked: int
    """Replications that end in a gridlock."""
    demanded: int
    completed: int
    last_arrival_s: float | None
    reference_last_arrival_s: float
    route_length_m: Value
    free_flow_time_s: Value
    travel_time_s: Value
    time_loss_s: Value
    edges: int
    rank_correlation: float | None
    null_correlation: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return asdict(self)


def compare(city: City, reference: Reference, replications: int, engine: str = DEFAULT_ENGINE) -> Result:
    """Run the replications in an engine and compare their means with the reference."""
    runs = [measure(city, number, engine) for number in range(1, replications + 1)]
    plan = lower(city.prepared).plan
    trips = reference.trips
    spread = SUMO_SPREAD.get(city.name)
    edges, ours, null = rank_correlation(plan, np.mean([each.edge_delay_s for each in runs], axis=0), reference)
    worst = min(runs, key=lambda each: each.completed)
    all_arrived = worst.completed == len(plan.trips.name)
    return Result(
        city.name, replications, sum(each.locked for each in runs), len(plan.trips.name), worst.completed,
        max(each.last_arrival_s for each in runs) - city.last_departure_s if all_arrived else None,
        float(np.max(trips["arrival"])) - city.last_departure_s,
        _value([each.length_m for each in runs], trips["routeLength"], route_length_share(city.name)),
        _value([each.free_s for each in runs], reference.free_s, free_flow_share(city.name)),
        _value([each.travel_s for each in runs], trips["duration"], TRAVEL_TIME_SHARE, spread and spread.travel_s),
        _value([each.loss_s for each in runs], reference.loss_s, LOSS_SHARE, spread and spread.loss_s),
        edges, ours, null,
    )


def _value(ours: list[float], reference: np.ndarray, share: float,
           spread: tuple[float, float] | None = None) -> Value:
    mean, of_sumo = float(np.mean(ours)), float(np.mean(reference))
    return Value(mean, min(ours), max(ours), of_sumo, mean / of_sumo, accepted(mean, of_sumo, share, spread))


def measure(city: City, replication: int, engine: str = DEFAULT_ENGINE) -> Run:
    """Run one replication. Trips that have not ended count with their time so far.

    Raises
    ------
    InputError
        If the engine does not represent what is in the city.
    """
    plan, chosen = lower(city.prepared, (), replication).plan, engine_named(engine)
    check_asked(chosen, plan)
    record = chosen.run(plan, chosen.settings_of(city.prepared.world))
    trips, free_s = record.trips, free_flow_time_s(plan)
    exit_s = np.where(trips.status == COMPLETED, trips.exit_s, record.end_s)
    entry_s = np.where(trips.status == WAITING, record.end_s, trips.entry_s)
    travel_s, wait_s = exit_s - entry_s, entry_s - plan.trips.depart_s
    loss_s = travel_s + wait_s - free_s - trips.dwell_s
    return Run(record.completed, record.gridlock, float(np.max(exit_s)), float(route_length_m(plan).mean()),
               float(free_s.mean()), float(travel_s.mean()), float(loss_s.mean()), edge_delay_s(record))


def edge_delay_s(record: Record) -> np.ndarray:
    """Delay per vehicle on each link over the whole run; NaN where nobody left."""
    vehicles, lost = edge_totals(record)
    return np.asarray(np.divide(lost, vehicles, out=np.full(len(lost), np.nan), where=vehicles > 0))


def edge_totals(record: Record) -> tuple[np.ndarray, np.ndarray]:
    """Vehicles that left each link (or arrived on it), and time lost there."""
    links = record.links
    if links.free_s is None:
        raise ValueError("the record has no free-flow times of links")
    return links.left.sum(axis=0), links.vehicle_s.sum(axis=0) - links.free_s.sum(axis=0)


def rank_correlation(plan: Plan, delay_s: np.ndarray, reference: Reference) -> tuple[int, float | None, float | None]:
    """Spearman's correlation of delay per vehicle over the edges used in both, ours and the null model's.

    The null model knows no traffic: every vehicle drives at the limit and loses 25 s at the end of a link that has
    a signal, nothing elsewhere.
    """
    vehicles = np.array([reference.edge_vehicles.get(name, 0.0) for name in plan.link_id])
    lost = np.array([reference.edge_loss_s.get(name, 0.0) for name in plan.link_id])
    used = (vehicles > 0) & np.isfinite(delay_s)
    if used.sum() < LEAST_EDGES:
        return int(used.sum()), None, None
    of_sumo = lost[used] / vehicles[used]
    null = np.where(signalised(plan), SIGNAL_DELAY_S, 0.0)
    return int(used.sum()), _spearman(delay_s[used], of_sumo), _spearman(null[used], of_sumo)


def signalised(plan: Plan) -> np.ndarray:
    """Whether a link ends at a signal."""
    connections = plan.connections
    has_signal = np.zeros(len(plan.link_id), np.bool_)
    has_signal[plan.lanes.link[connections.from_lane[connections.signal_group >= 0]]] = True
    return has_signal


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    return float(spearmanr(one, other).statistic)
