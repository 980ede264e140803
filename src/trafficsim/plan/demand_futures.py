"""Futures of demand: the same scenario with a multiple of its flows and trips."""

from __future__ import annotations

from dataclasses import replace

from trafficsim.base.errors import InputError
from trafficsim.kernels.rng import hash_name
from trafficsim.plan.day import trips_of_day
from trafficsim.plan.prepare import Prepared
from trafficsim.spec.demand import Demand, Trip
from trafficsim.spec.world import World

LARGEST_FACTOR = 2.0
"""A trip is copied once at most."""


def with_demand(world: World, prepared: Prepared, factor: float) -> World:
    """Return a world with ``factor`` times its demand, under a name of its own; the same object for a factor of 1.

    Volumes of flows are multiplied; of the trips given one by one a share is left out or copied, always the same ones
    (see :func:`trafficsim.plan.day.trips_of_day`). Timetables stay.

    Parameters
    ----------
    world
        The scenario.
    prepared
        The same, prepared: it knows what is a timetable.
    factor
        Demand relative to that of the scenario.

    Raises
    ------
    InputError
        If the factor is not above 0 and at most 2.
    """
    if factor == 1.0:
        return world
    if not 0.0 < factor <= LARGEST_FACTOR:
        raise InputError("futures", f"{factor:g}", f"factors above 0 and up to {LARGEST_FACTOR:g}",
                         "give the demand of a future relative to that of the scenario: 1.2 is 20 % more")
    scenario = world.scenario.model_copy(update={"name": f"{world.scenario.name}_demand_{factor:g}"})
    return replace(world, scenario=scenario, demand=_scaled(world.demand, prepared, factor))


def _scaled(demand: Demand, prepared: Prepared, factor: float) -> Demand:
    served = prepared.world.demand.flows
    steady = {flow.id for flow, same in zip(served, prepared.timetabled.tolist(), strict=True) if same}
    flows = tuple(flow if flow.id in steady else
                  flow.model_copy(update={"volume_veh_h": flow.volume_veh_h * factor}) for flow in demand.flows)
    return demand.model_copy(update={"flows": flows, "trips": _scaled_trips(prepared, factor)})


def _scaled_trips(prepared: Prepared, factor: float) -> tuple[Trip, ...]:
    scenario, given = prepared.world.scenario, prepared.world.demand.trips
    if not given:
        return ()
    window_s = (scenario.time.start_s, scenario.time.analysis_end_s)
    kept = trips_of_day(prepared.trips, factor, hash_name(scenario.seed, "future"), window_s)
    rows = zip(kept.row.tolist(), kept.name, kept.depart_s.tolist(), strict=True)
    return tuple(given[row].model_copy(update={"id": name, "depart_s": depart_s}) for row, name, depart_s in rows)
