"""What is compared: vehicle types of SUMO on one approach."""

from __future__ import annotations

from dataclasses import dataclass, field

GREEN_S, YELLOW_S, CYCLE_S, CYCLES = 80.0, 3.0, 130.0, 30
LENGTH_M, CLEARED_M, MEASURED_M = 700.0, 500.0, 1000.0
SKIPPED = 3
FREE_S, FREE_VEHICLES = 40.0, 600
FIRST, LAST = 5, 20


@dataclass(frozen=True)
class Case:
    """A vehicle type."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    limit_kmh: float = 50.0
