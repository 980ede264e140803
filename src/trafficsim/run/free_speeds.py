"""Measuring free speeds where an alternative acts on them, for studies that ask for casualties."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import FREE_SPEED
from trafficsim.base.memory import require_memory
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import DESIGN_DAY, Lowered, lower
from trafficsim.plan.measurement_sections import MeasurementSection, joined, section_arrays, spot_section
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.timeline import moments
from trafficsim.spec.study import Study

PLACES_EVERY_M = 250.0
"""Longest stretch of a link that one place stands for (modelling assumption): shorter than the reach of a camera."""
BYTES_PER_OPEN = 4
DESIRED = ("speed_limit_ms", "free_speed_mean_ms", "free_speed_cv", "factor_speed_ms")
"""Columns of links that drivers' desired speeds follow from."""


def measuring_free_speeds(study: Study, worlds: Mapping[str, Prepared]) -> dict[str, Prepared]:
    """Return the worlds of a study with places for free speeds on every link that an alternative acts on.

    Everywhere else drivers want what they wanted before: their free speeds are the same by construction.

    Raises
    ------
    MachineError
        If the times at so many places would not fit into the memory of the machine.
    """
    return {name: _measuring(study, prepared) for name, prepared in worlds.items()}


def _measuring(study: Study, prepared: Prepared) -> Prepared:
    acted: NDArray[np.bool_] = np.zeros(len(prepared.network.link_id), np.bool_)
    trips = 0
    for policies in study.alternatives.values():
        lowered = lower(prepared, policies, DESIGN_DAY)
        trips = max(trips, len(lowered.plan.trips.name))
        acted |= acted_on(lowered)
        if study.days is not None:
            acted |= acted_on_any_day(lowered, prepared)
    places = list(_places(np.flatnonzero(acted).tolist(), prepared.network))
    require_memory("free speeds of a study with casualties", f"{len(places):,} places and {trips:,} trips",
                   float(BYTES_PER_OPEN * len(places) * trips),
                   "split the scenario, or let policies act on fewer links")
    if not places:
        return prepared
    return replace(prepared, sections=joined(prepared.sections, section_arrays(places)))


def acted_on(lowered: Lowered) -> NDArray[np.bool_]:
    """Links on which drivers' desired speeds are others than without any policy."""
    plan, base = lowered.plan, lowered.baseline
    changed = np.zeros(len(plan.link_id), np.bool_)
    for moment in moments(plan):
        for name in DESIRED:
            changed |= getattr(moment.links, name) != getattr(base.links, name)
    changed[plan.behaviour.zone_link] = True
    if not np.array_equal(plan.classes.max_speed_ms, base.classes.max_speed_ms) or _other_drivers(plan, base):
        changed[:] = True
    return changed


def acted_on_any_day(lowered: Lowered, prepared: Prepared) -> NDArray[np.bool_]:
    """Links on which people may want other speeds on some day: zones of all deployments, everywhere for some kinds."""
    changed = np.zeros(len(lowered.plan.link_id), np.bool_)
    population = prepared.world.scenario.population
    at_large = {} if population is None else population.deterrence.at_large
    for one in lowered.deployments:
        changed[[prepared.network.link_index[zone.link] for zone in one.zones]] = True
        changed |= at_large.get(one.kind, 0.0) > 0.0
    return changed


def _other_drivers(plan: Plan, base: Plan) -> bool:
    """Whether a trip of both plans has another score of speed, or is held to the limit in one alone."""
    known = {name: row for row, name in enumerate(base.trips.name)}
    rows = [(row, known[name]) for row, name in enumerate(plan.trips.name) if name in known]
    here, there = np.array(rows, np.int64).reshape(-1, 2).T
    return any(not np.array_equal(getattr(plan.trips, name)[here], getattr(base.trips, name)[there])
               for name in ("z", "limit_factor"))


def _places(links: list[int], network: NetworkPlan) -> Iterator[MeasurementSection]:
    """Yield places along links, at the middles of equal stretches."""
    for link in links:
        length_m = float(network.links.length_m[link])
        lanes = int(network.links.lane_start[link]), int(network.links.lane_start[link + 1])
        count = math.ceil(length_m / PLACES_EVERY_M)
        for number in range(count):
            place = (link, (number + 0.5) * length_m / count)
            yield spot_section(f"free speed {network.link_id[link]} {place[1]:g} m", FREE_SPEED, place, lanes, network)
