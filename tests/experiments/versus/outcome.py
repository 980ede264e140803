"""What every simulator says about a workload, in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Traffic(NamedTuple):
    """What became of the trips.

    Attributes
    ----------
    demanded : trips that it was given
    completed : of them, at their destination before the end
    travel_s : of every completed trip, from the wanted departure to the arrival; waiting to enter counts
    vehicle_s : seconds on the road, of all vehicles together
    """

    demanded: int
    completed: int
    travel_s: float
    vehicle_s: float


class Spent(NamedTuple):
    """Seconds of the loop alone on the clock and of the processor, and the most memory of the process in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, nothing of nothing."""
    return sum(values) / len(values) if len(values) else None


def outcome(traffic: Traffic, spent: Spent, seconds: int, version: str) -> dict[str, Any]:
    """Return the result of one simulator; ``per_s`` is vehicle-seconds on the road per second of the loop."""
    completed = max(traffic.completed, 1)
    return {
        "per_s": traffic.vehicle_s / max(spent.wall_s, 1e-9), "per_cpu_s": traffic.vehicle_s / max(spent.cpu_s, 1e-9),
        "wall_s": spent.wall_s, "cpu_s": spent.cpu_s, "real_time_factor": seconds / max(spent.wall_s, 1e-9),
        "demanded": traffic.demanded, "completed": traffic.completed,
        "mean_travel_time_s": traffic.travel_s / completed if traffic.completed else None,
        "vehicle_s": traffic.vehicle_s, "peak_mb": spent.peak_mb, "version": version,
    }
