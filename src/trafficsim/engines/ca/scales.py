"""From SI units to cells and ticks: the rule's parameters and the behaviour near junctions."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.engines.ca.classes import Units
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import LIGHT
from trafficsim.kernels.ca.rules import BRAKE_LIGHT, CLASSIC, DEFAULT, CarFollowingRule
from trafficsim.kernels.ca.scale import SCALE_FIELDS
from trafficsim.kernels.rng import PROBABILITY_UNIT
from trafficsim.kernels.tables import rows

# Default rule, chosen with tests/verification: saturation flow, lost time, jam spacing, motorway capacity.
SAFE_BRAKE_MS2 = 4.0
"""Braking that drivers count on of others, where these are not followed but judged (gaps, lane changes)."""
DAWDLE_MS = 0.5
LOW_SPEED_HEADWAY_S, HEADWAY_SPEED_MS = 0.95, 14.0
HARD_BRAKE_MS2 = 6.0
# Probabilities per second. NaSch: the value of Nagel & Schreckenberg 1992; VDR: Barlovic et al. 1998; brake light:
# Knospe et al. 2000 (p_d = 0.1, p_0 = 0.5, p_b = 0.94, h = 6 s, security gap of 7 cells of 1.5 m).
DAWDLE_P = {"default": 0.2, "nasch": 0.5, "vdr": 1.0 / 64.0, "brake-light": 0.1}
START_P = {"default": 0.2, "vdr": 0.75, "brake-light": 0.5}
LIGHT_P, HORIZON_S, SECURITY_M = 0.94, 6.0, 10.5
ENCROACHMENT_S = 5.0
"""Two vehicles that pass the point where their ways cross closer than this in time are an encroachment (SSAM's
threshold of post-encroachment time, Gettman et al. 2008, FHWA-HRT-08-051)."""
# Comfortable braking towards a stop line: median 3.0, 15 % and 85 % quantiles 2.2 and 3.9 m/s2 (policy-evidence B4).
STOP_BRAKE_MS2, STOP_BRAKE_LOG_SD = 3.0, 0.28
STOP_BRAKE_LEAST_MS2, STOP_BRAKE_MOST_MS2 = 1.8, 4.5
QUEUE_GAP_M = 30.0
"""Gaps in a queue that is discharging stay below this (saturation headway at 50 km/h; modelling assumption)."""
KEEP_S = 7.0
"""For so long a driver who goes back to the nearside wants to drive there at the own speed (modelling assumption)."""
AHEAD_M = 1000.0
"""Outside towns drivers change for an exit from its first sign on (RWBA 2000: 1,000 m before a motorway exit)."""
QUEUEING_KMH = 60.0
"""Up to this speed a lane is a slow queue, which may be passed on the nearside: German practice on StVO section 7
(2a), after BGHSt 22, 137 (1968)."""
STAGGER_S, CLOSING_S = 0.75, 5.0
"""Headway behind one in the next lane who must not be passed, and the time in which it is taken up (modelling
assumptions): room for the other to go back to the nearside."""
INSTANT = 1.0e4


def make_rule(settings: CellularAutomaton, units: Units) -> CarFollowingRule:
    """Return the rule in cells and ticks."""
    tick = settings.tick_s
    dawdle_p = either(settings.dawdle_p, DAWDLE_P[settings.rule])
    start_p = either(settings.start_p, START_P.get(settings.rule, dawdle_p))
    chance, cells, late = dawdle_p, 1, start_p
    if settings.rule == "default":
        chance, cells = dawdling(dawdle_p, settings)
        late = lateness(start_p, tick)
    per_tick2 = tick * tick / settings.cell_m
    return CarFollowingRule(
        code={"default": DEFAULT, "brake-light": BRAKE_LIGHT}.get(settings.rule, CLASSIC),
        comfort=np.float32(2.0 * per_tick2),
        dawdle_p=round(chance * PROBABILITY_UNIT),
        dawdle_cells=cells,
        start_p=round(late * PROBABILITY_UNIT),
        give_back=np.float32(round(chance * PROBABILITY_UNIT) / PROBABILITY_UNIT * cells),
        low_speed_headway=np.float32(LOW_SPEED_HEADWAY_S / tick),
        low_speed_rate=np.float32(settings.cell_m / (tick * HEADWAY_SPEED_MS)),
        hard_brake=round(HARD_BRAKE_MS2 * per_tick2),
        acceleration_unit=np.float32(units.acceleration), headway_unit=np.float32(units.headway),
        fade_unit=np.float32(units.fade), braking_unit=np.float32(units.braking),
        light_p=round(either(settings.light_p, LIGHT_P) * PROBABILITY_UNIT),
        horizon=round(either(settings.horizon_s, HORIZON_S) / tick),
        security=round(either(settings.security_m, SECURITY_M) / settings.cell_m),
        light=LIGHT if settings.rule == "brake-light" else 0,
    )


def either(given: float | None, otherwise: float) -> float:
    """Return what is given, or the rule's own value."""
    return otherwise if given is None else given


def dawdling(per_s: float, settings: CellularAutomaton) -> tuple[float, int]:
    """Return the default rule's chance to dawdle in a tick, and by how many cells per tick.

    What it takes off per second on average does not depend on the resolution: a loss that is no whole number of cells
    per tick happens more, or less, often.

    Examples
    --------
    >>> dawdling(0.2, CellularAutomaton()), dawdling(0.2, CellularAutomaton(cell_m=0.25, tick_s=0.5))
    ((0.2, 1), (0.1, 1))
    """
    loss = DAWDLE_MS * settings.tick_s / settings.cell_m
    cells = max(1, round(loss))
    return min(per_s * settings.tick_s * loss / cells, 1.0), cells


def lateness(per_s: float, tick_s: float) -> float:
    """Return the chance to stay for a tick that delays a start as long on average as ``per_s`` does in ticks of 1 s.

    Examples
    --------
    >>> lateness(0.2, 1.0), round(lateness(0.2, 0.5), 4)
    (0.2, 0.3333)
    """
    delay = per_s / (1.0 - per_s) / tick_s
    return per_s if tick_s == 1.0 else delay / (1.0 + delay)


def brakes_at_once(settings: CellularAutomaton) -> bool:
    """Whether vehicles of the rule may stop from any speed within a tick, as in NaSch and VDR."""
    return settings.rule in ("nasch", "vdr")


def make_scale(settings: CellularAutomaton, units: Units) -> np.record:
    """Return the behaviour near junctions and at lane changes in cells and ticks (modelling assumptions but hard)."""
    cell, tick = settings.cell_m, settings.tick_s

    def brake(ms2: float) -> np.float32:
        return np.float32(INSTANT if brakes_at_once(settings) else ms2 * tick * tick / cell)

    def cells(metres: float) -> int:
        return max(1, round(metres / cell))

    values: dict[str, Any] = {
        "hard": brake(5.0), "commit": brake(6.0), "comfort": brake(2.0), "safe": brake(SAFE_BRAKE_MS2),
        "overhang": 0, "slack": cells(2.0), "near": cells(4.0), "clear": cells(10.0), "gain": cells(6.0),
        "ahead": cells(AHEAD_M), "queueing": cells(QUEUEING_KMH / 3.6 * tick), "stagger": STAGGER_S / tick,
        "closing": max(1, round(CLOSING_S / tick)),
        "horizon": max(1, round(KEEP_S / tick)),
        "queue_gap": cells(QUEUE_GAP_M), "queue_speed": cells(2.0 * tick), "approach": cells(4.0 * tick),
        "inattentive": 0, "hard_stops": 0, "encroachment": ENCROACHMENT_S / tick,
        "soft": cells(1.5 * tick * tick), "firm": cells(3.0 * tick * tick), "urgent": cells(4.0 * tick * tick),
        "impatience_time": 60.0 / tick, "stuck": round(8.0 / tick), "stranded": round(3.0 / tick),
        "headways": 0, "anticipates": int(settings.rule == "brake-light"),
        "acceleration_unit": units.acceleration, "headway_unit": units.headway,
        "braking_unit": INSTANT if brakes_at_once(settings) else units.braking,
        "resolve": 4.0 / tick, "move_up": 2.0 / tick, "keep_clear": PROBABILITY_UNIT,
    }
    return one_row(SCALE_FIELDS, values)


def one_row(fields: dict[str, str], values: dict[str, Any]) -> np.record:
    """Return a single record."""
    table = rows(1, fields)
    for name in fields:
        table[0][name] = values[name]
    record: np.record = table[0]
    return record


def stop_probability(settings: CellularAutomaton, median_s: np.ndarray, spread_s: np.ndarray) -> np.ndarray:
    """Return P(stop) in 1/65536, of those who can stop, by approach and time to the stop line in eighths of a tick.

    A logit of that time with a median and a spread of each approach, shape (approaches,); without spread all stop whose
    time is at least the median.
    """
    time_s = np.arange(256) / 8.0 * settings.tick_s
    beyond_s = time_s - median_s[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = 1.0 / (1.0 + np.exp(-beyond_s / spread_s[:, np.newaxis]))
    share = np.where(spread_s[:, np.newaxis] > 0.0, share, beyond_s >= 0.0)
    return np.asarray(np.rint(share * PROBABILITY_UNIT), np.int32)
