"""Rehearsals: an engine drives the design day a few times, until drivers know the routes that they take ever after.

The first rehearsal drives the fastest paths on empty roads. After each, a share 1/(k + 1) of the trips switches to the
cheapest path of its interval of departure under the times just measured (method of successive averages). What is
frozen are the routes of the rehearsal in which most vehicles arrived, and of several the one with the smallest gap.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.io.load import naming
from trafficsim.plan.experience import Learning, has_choice, with_routes
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.rehearsals import Rehearsals
from trafficsim.plan.routes import RouteTable
from trafficsim.plan.turn_times import turn_times_s
from trafficsim.run.driving import drive
from trafficsim.run.equilibrium import equilibrium_routes
from trafficsim.run.route_cache import cache_key, recall, remember

LEARNT = ("experienced", "equilibrium")
"""Routes that are found by driving."""
MOST_REHEARSALS = 10
ENOUGH_GAP = 0.02
"""Rehearsals end once all together could gain no more than this share of their time (modelling assumption)."""
_log = logging.getLogger("trafficsim")


def rehearsed(prepared: Prepared, engine: str = DEFAULT_ENGINE, cache: Path | None = None) -> Prepared:
    """Let drivers learn their routes, and freeze them for all alternatives and replications.

    Nothing is done, and nothing changes, where the demand asks for free-flow routes, or all routes are given, or
    nobody could drive another way. Without congestion one rehearsal is enough.

    Parameters
    ----------
    prepared
        A world with its free-flow routes.
    engine
        Name of the engine that drives.
    cache
        Folder in which the routes are kept for the next time; ``None`` remembers them in this process only.

    Raises
    ------
    InputError
        If there is no such engine, or the world is beyond its limits.
    """
    scenario, routes_of = prepared.world.scenario, prepared.world.demand.routes
    if prepared.routes.rehearsals.number or routes_of not in LEARNT or not has_choice(prepared):
        return prepared
    key = cache_key(prepared, engine)
    routes = recall(key, prepared, cache)
    if routes is None:
        routes = equilibrium_routes(prepared, engine, scenario.equilibrium) \
            if routes_of == "equilibrium" else _learn(prepared, engine)
        remember(key, routes, cache)
    return with_routes(prepared, routes)


def rehearsed_worlds(worlds: Mapping[str, Prepared], engine: str, cache: Path | None = None) -> dict[str, Prepared]:
    """Rehearse every scenario of a study."""
    learnt = {}
    for name, prepared in worlds.items():
        with naming(f"scenario {name!r}"):
            learnt[name] = rehearsed(prepared, engine, cache)
    return learnt


def _learn(prepared: Prepared, engine: str) -> RouteTable:
    learning = Learning(prepared)
    best, fewest_left, least_gap = learning.routes, float("inf"), float("inf")
    for number in range(1, MOST_REHEARSALS + 1):
        plan = learning.rehearsal()
        record = drive(engine, plan, prepared, f"rehearsal {number}")
        gap, after = learning.look_back(turn_times_s(plan, record))
        _log.info("rehearsal %d of routes: relative gap %.1f %%", number, 100.0 * gap)
        left = record.waiting + record.en_route
        if (left, gap) < (fewest_left, least_gap):
            best, fewest_left, least_gap = learning.routes, left, gap
        if gap <= ENOUGH_GAP:
            break
        learning.routes = after
    return replace(best, rehearsals=Rehearsals(number, least_gap))
