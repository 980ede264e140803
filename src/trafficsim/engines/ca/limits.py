"""What the packed state of a vehicle can hold: settings that would be cut to it are refused, not cut in silence."""

from __future__ import annotations

import numpy as np

from trafficsim.base.errors import InputError
from trafficsim.engines.ca.capacities import check_capacities, longest_on_links
from trafficsim.engines.ca.classes import MOST_LENGTH, code_units
from trafficsim.engines.ca.headways import LEAST_TICKS
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import CAP_UNIT, MOST_ACC, MOST_CAP, MOST_HEADWAY
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import LEAST_FACTOR, LEAST_SPEED_MS, MOST_FACTOR
from trafficsim.plan.realise import MOST_SCORE
from trafficsim.plan.timeline import moments

MOST_SPEED_CELLS = MOST_CAP / CAP_UNIT
MOST_CLASSES = 256
"""A vehicle class is an 8-bit number."""
HALF = 0.5
"""Codes are rounded: half a step beyond the largest still fits it."""
PLACE = "ca: cell_m, tick_s"


def check_limits(plan: Plan, settings: CellularAutomaton) -> None:
    """Refuse a resolution at which speeds, lengths, accelerations or headways do not fit, and too many classes.

    Raises
    ------
    InputError
        Naming the link or the class, the value, and the resolution that would do.
    """
    for moment in moments(plan):
        _check_speeds(moment, settings)
        if settings.rule == "default":
            _check_slowest(moment, settings)
    if len(plan.classes.name) > MOST_CLASSES:
        raise InputError(
            "vehicle classes", f"{len(plan.classes.name)}", f"at most {MOST_CLASSES}", "give up some",
        )
    check_capacities(plan, settings)
    if settings.rule == "default":
        _check_classes(plan, settings)


def _check_speeds(plan: Plan, settings: CellularAutomaton) -> None:
    links, classes = plan.links, plan.classes
    fastest = links.free_speed_mean_ms * np.minimum(1.0 + MOST_SCORE * links.free_speed_cv, MOST_FACTOR)
    factor = np.clip(classes.speed_factor_mean + MOST_SCORE * classes.speed_factor_sd, 0.0, MOST_FACTOR)
    fastest = np.minimum(np.maximum(fastest, links.factor_speed_ms * float(factor.max(initial=0.0))),
                         classes.max_speed_ms.max(initial=0.0))
    link = int(np.argmax(fastest)) if len(fastest) else 0
    most_ms = MOST_SPEED_CELLS * settings.cell_m / settings.tick_s
    if len(fastest) and fastest[link] > most_ms:
        raise InputError(
            PLACE, f"desired speeds up to {fastest[link] * 3.6:.0f} km/h on link {plan.link_id[link]!r}",
            f"at most {most_ms * 3.6:.0f} km/h at cells of {settings.cell_m:g} m and ticks of {settings.tick_s:g} s",
            "take larger cells or shorter ticks",
        )


def _check_slowest(plan: Plan, settings: CellularAutomaton) -> None:
    """Nobody drives slower than one cell per tick: a driver who wants to would be faster than free flow."""
    links, classes = plan.links, plan.classes
    factor = np.maximum(classes.speed_factor_mean - MOST_SCORE * classes.speed_factor_sd, LEAST_FACTOR)
    factor = np.where(classes.speed_factor_mean > 0.0, factor, np.inf).min(initial=np.inf)
    slowest = links.free_speed_mean_ms * np.maximum(1.0 - MOST_SCORE * links.free_speed_cv, LEAST_FACTOR)
    slowest = np.maximum(np.minimum(slowest, links.factor_speed_ms * factor), LEAST_SPEED_MS)
    link = int(np.argmin(slowest)) if len(slowest) else 0
    least_ms = settings.cell_m / settings.tick_s
    if len(slowest) and slowest[link] < least_ms:
        raise InputError(
            PLACE, f"desired speeds down to {slowest[link] * 3.6:.1f} km/h on link {plan.link_id[link]!r}",
            f"at least {least_ms * 3.6:.1f} km/h at cells of {settings.cell_m:g} m and ticks of {settings.tick_s:g} s",
            "take smaller cells or longer ticks",
        )


def _check_classes(plan: Plan, settings: CellularAutomaton) -> None:
    cell, tick, classes = settings.cell_m, settings.tick_s, plan.classes
    units = code_units(classes, settings, longest_on_links(plan))
    used = np.unique(plan.trips.vehicle_class)
    for row in used.tolist():
        acceleration = float(classes.acceleration_ms2[row]) * tick * tick / cell
        for what, value, least, most, remedy in (
            ("length_m and min_gap_m", float(classes.length_m[row] + classes.min_gap_m[row]) / cell, 0,
             MOST_LENGTH, "take larger cells"),
            ("acceleration_ms2", acceleration, units.acceleration,
             units.acceleration * (MOST_ACC + HALF),
             "take larger cells or shorter ticks" if acceleration > 1 else "take smaller cells or longer ticks"),
            ("headway_s", float(classes.headway_s[row]) / tick, LEAST_TICKS, units.headway * (MOST_HEADWAY + HALF),
             "take shorter ticks" if classes.headway_s[row] < LEAST_TICKS * tick else "take longer ticks"),
        ):
            if not least <= value <= most:
                raise InputError(
                    f"vehicle class {classes.name[row]!r}: {what}", f"{value:.4g} in cells and ticks",
                    f"{least:.4g} to {most:.4g} at cells of {cell:g} m and ticks of {tick:g} s",
                    f"correct it, or {remedy} in [ca]",
                )
