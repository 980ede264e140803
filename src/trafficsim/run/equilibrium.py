"""Dynamic equilibrium: an engine drives the design day again and again, until nobody finds a much cheaper path.

Any engine will do: only the record of its run is read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.equilibrium import EquilibriumSearch
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.record import Record
from trafficsim.plan.rehearsals import Iteration, Rehearsals
from trafficsim.plan.routes import RouteTable
from trafficsim.run.driving import drive
from trafficsim.run.volume_delay import volume_delay
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.policy import Policy

STATIC_ROUNDS = 10
"""Rounds of volume-delay functions before the first run: enough to bring the trips of a centre onto several routes."""
_log = logging.getLogger("trafficsim")


@dataclass(frozen=True)
class Kept:
    """The iteration whose routes are kept: its number from 1, its routes, and what was driven.

    ``entered`` vehicles and ``vehicle_s`` by link, in the whole run.
    """

    number: int
    routes: RouteTable
    plan: Plan
    entered: F8
    vehicle_s: F8


def in_equilibrium(prepared: Prepared) -> Prepared:
    """Return a world that asks for routes in equilibrium, whatever it asked for."""
    demand = prepared.world.demand.model_copy(update={"routes": "equilibrium"})
    return replace(prepared, world=replace(prepared.world, demand=demand))


def equilibrium_routes(prepared: Prepared, engine: str, settings: Equilibrium, policies: Sequence[Policy] = (),
                       ) -> RouteTable:
    """Look for the equilibrium of a prepared world under policies; return its routes, with all iterations."""
    return find_equilibrium(prepared, engine, settings, policies).routes


def find_equilibrium(prepared: Prepared, engine: str, settings: Equilibrium, policies: Sequence[Policy] = (),
                     draws: int = 0) -> Kept:
    """Look for the equilibrium of a prepared world under policies.

    Kept is the iteration with the smallest relative gap; for an optimum, the one with the least total time.

    Parameters
    ----------
    prepared
        A world with its free-flow routes.
    engine
        Name of the engine that drives.
    settings
        Stopping rule, intervals, rule of switching.
    policies
        The alternative.
    draws
        Number of the draws that say who switches.

    Raises
    ------
    InputError
        If there is no such engine, or the world is beyond its limits.
    """
    search = EquilibriumSearch(prepared, settings, policies, draws)
    if settings.start == "static":
        search.begin(volume_delay(prepared), STATIC_ROUNDS)
    kept, rank, told = None, (float("inf"), float("inf")), list[Iteration]()
    for number in range(1, settings.iterations + 1):
        plan = search.rehearsal()
        record = drive(engine, plan, prepared, f"iteration {number} of the equilibrium")
        judged = search.judge(plan, record)
        told.append(judged.told)
        _log.info("iteration %d of the equilibrium: relative gap %.2f %%, %d unfinished", number,
                  100.0 * judged.told.relative_gap, judged.told.unfinished)
        if kept is None or _rank(judged.told, settings) < rank:
            kept, rank = _kept(number, search.routes, plan, record), _rank(judged.told, settings)
        if judged.told.relative_gap <= settings.gap:
            break
        search.go_on(judged.after)
    assert kept is not None
    told_of = Rehearsals(len(told), told[kept.number - 1].relative_gap, tuple(told))
    return replace(kept, routes=replace(kept.routes, rehearsals=told_of))


def _rank(told: Iteration, settings: Equilibrium) -> tuple[float, float]:
    """What is to be small: an optimum that leaves trips on the road may have saved their time only by the end."""
    return (told.unfinished, told.total_time_h) if settings.optimises else (told.relative_gap, told.unfinished)


def _kept(number: int, routes: RouteTable, plan: Plan, record: Record) -> Kept:
    entered, vehicle_s = (np.asarray(one, np.float64).sum(axis=0) for one in (record.links.entered,
                                                                             record.links.vehicle_s))
    return Kept(number, routes, plan, entered, vehicle_s)
