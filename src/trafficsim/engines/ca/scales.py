"""From SI units to cells and ticks: the rule's parameters and the behaviour near junctions."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.kernels.rules import Rule
from trafficsim.kernels.state import SCALE_FIELDS, rows
from trafficsim.spec.scenario import CellularAutomaton

# Default rule, chosen with tests/verification: saturation flow, lost time, jam spacing, motorway capacity.
SAFE_BRAKE_MS2 = 4.0
DAWDLE_P, DAWDLE_MS = 0.2, 0.5
START_P = 0.2
CRAWL_HEADWAY_S, CRAWL_SPEED_MS = 0.95, 14.0
HARD_BRAKE_MS2 = 6.0
NASCH_P = 0.5
# Stop or go at yellow: logit of the time to the stop line (driving simulator, 191 drivers; policy-evidence B4).
YELLOW_MEDIAN_S, YELLOW_SCALE_S = 2.9, 0.64
# Comfortable braking towards a stop line: median 3.0, 15 % and 85 % quantiles 2.2 and 3.9 m/s2 (policy-evidence B4).
STOP_BRAKE_MS2, STOP_BRAKE_LOG_SD = 3.0, 0.28
CHAIN_M = 30.0
"""Gaps in a queue that is discharging stay below this (saturation headway at 50 km/h; modelling assumption)."""
KEEP_S = 7.0
"""For so long a driver who goes back to the kerb wants to drive there at the own speed (modelling assumption)."""
INSTANT = 1.0e4


def make_rule(settings: CellularAutomaton) -> Rule:
    """Return the rule in cells and ticks."""
    cell, tick = settings.cell_m, settings.tick_s
    if settings.rule == "nasch":
        chance = NASCH_P if settings.dawdle_p is None else settings.dawdle_p
        zero = np.float32(0.0)
        return Rule(1, np.float32(INSTANT), np.float32(INSTANT), round(chance * 65536), 1, 0, zero, zero, zero, 1 << 14)
    chance = DAWDLE_P if settings.dawdle_p is None else settings.dawdle_p
    cells = max(1, round(DAWDLE_MS * tick / cell))
    return Rule(
        code=0,
        brake=np.float32(SAFE_BRAKE_MS2 * tick * tick / cell),
        comfort=np.float32(2.0 * tick * tick / cell),
        dawdle_p=round(chance * 65536),
        dawdle_cells=cells,
        start_p=round(START_P * 65536),
        give_back=np.float32(round(chance * 65536) / 65536 * cells),
        crawl_headway=np.float32(CRAWL_HEADWAY_S / tick),
        crawl_rate=np.float32(cell / (tick * CRAWL_SPEED_MS)),
        hard_brake=round(HARD_BRAKE_MS2 * tick * tick / cell),
    )


def make_scale(settings: CellularAutomaton) -> np.record:
    """Return the behaviour near junctions and at lane changes in cells and ticks (modelling assumptions but hard)."""
    cell, tick = settings.cell_m, settings.tick_s
    instant = settings.rule == "nasch"

    def brake(ms2: float) -> np.float32:
        return np.float32(INSTANT if instant else ms2 * tick * tick / cell)

    def cells(metres: float) -> int:
        return max(1, round(metres / cell))

    values: dict[str, Any] = {
        "hard": brake(5.0), "commit": brake(6.0), "comfort": brake(2.0), "safe": brake(SAFE_BRAKE_MS2),
        "overhang": 0, "slack": cells(2.0), "near": cells(4.0), "clear": cells(10.0), "gain": cells(6.0),
        "horizon": max(1, round(KEEP_S / tick)),
        "chain": cells(CHAIN_M), "crawl": cells(2.0 * tick), "approach": cells(4.0 * tick),
        "soft": cells(1.5 * tick * tick), "firm": cells(3.0 * tick * tick), "urgent": cells(4.0 * tick * tick),
        "patience": 60.0 / tick, "stuck": round(8.0 / tick), "stranded": round(3.0 / tick),
        "resolve": 4.0 / tick, "move_up": 2.0 / tick, "keep_clear": 65536,
    }
    return one_row(SCALE_FIELDS, values)


def one_row(fields: dict[str, str], values: dict[str, Any]) -> np.record:
    """Return a single record."""
    table = rows(1, fields)
    for name in fields:
        table[0][name] = values[name]
    record: np.record = table[0]
    return record


def stop_probability(settings: CellularAutomaton) -> np.ndarray:
    """Return P(stop) in 1/65536 by time to the stop line in eighths of a tick."""
    time_s = np.arange(256) / 8.0 * settings.tick_s
    share = 1.0 / (1.0 + np.exp(-(time_s - YELLOW_MEDIAN_S) / YELLOW_SCALE_S))
    return np.asarray(np.rint(share * 65536), np.int32)
