"""What is measured of a type on the approach, and SUMO's figures as they were recorded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.support.approaches import discharge

from .cases import FIRST, LAST

RECORDED = Path(__file__).with_name("sumo-1.28.0.json")
"""SUMO 1.28.0 (package eclipse-sumo) in steps of 1 s; written by ``python -m benchmarks.sumo_drivers --record``."""
FLOW_SHARE, LOST_S, FREE_KMH = 0.05, 0.5, 0.5
"""What counts as the same driver."""


@dataclass(frozen=True)
class Figures:
    """Saturation flow (veh/h), start-up lost time (s), vehicles per saturated cycle, mean free speed (km/h)."""

    flow_veh_h: float
    lost_s: float
    per_cycle: float
    free_kmh: float

    def agrees(self, other: Figures) -> bool:
        """Whether flow, lost time and free speed are those of the other, within the bands."""
        return (abs(self.flow_veh_h / other.flow_veh_h - 1.0) <= FLOW_SHARE
                and abs(self.lost_s - other.lost_s) <= LOST_S and abs(self.free_kmh - other.free_kmh) <= FREE_KMH)


def figures(crossings: Sequence[np.ndarray], free_ms: np.ndarray) -> Figures:
    """Measure a type by its crossings of the line and its free speeds."""
    found = discharge(crossings, FIRST, LAST)
    return Figures(found.flow_veh_h, found.lost_s, found.per_cycle, float(free_ms.mean()) * 3.6)


def recorded() -> dict[str, Figures]:
    """Return SUMO's figures by name of the type."""
    return {name: Figures(**values) for name, values in json.loads(RECORDED.read_text(encoding="utf-8")).items()}


def record(found: dict[str, Figures]) -> None:
    """Write SUMO's figures."""
    content = {name: {key: round(value, 3) for key, value in asdict(each).items()} for name, each in found.items()}
    RECORDED.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
