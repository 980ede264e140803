"""Routes of every alternative of a study: those of its own dynamic user equilibrium."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trafficsim.io.load import naming
from trafficsim.plan.experience import with_routes
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.routes import RouteTable
from trafficsim.run.equilibrium import equilibrium_routes, in_equilibrium
from trafficsim.run.route_cache import cache_key, recall, remember
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.policy import Policy
from trafficsim.spec.study import Study

Routes = Mapping[tuple[str, str], RouteTable]


def equilibria(study: Study, worlds: Mapping[str, Prepared], cache: Path | None = None) -> Routes:
    """Look for the equilibrium of every alternative in every scenario, with the first engine of the study.

    Nothing is done for studies that do not ask for it. What is known from before is not looked for again.
    """
    found: dict[tuple[str, str], RouteTable] = {}
    if study.equilibrium is None:
        return found
    for name, prepared in worlds.items():
        for alternative, policies in study.alternatives.items():
            with naming(f"scenario {name!r}: alternative {alternative!r}"):
                found[name, alternative] = _routes(in_equilibrium(prepared), study, policies, cache)
    return found


def with_baseline_routes(study: Study, worlds: Mapping[str, Prepared], routes: Routes) -> dict[str, Prepared]:
    """Return the worlds with the routes of the baseline: what is not of one alternative is worked out from them."""
    return {name: with_routes(in_equilibrium(one), routes[name, study.baseline]) for name, one in worlds.items()}


def _routes(prepared: Prepared, study: Study, policies: tuple[Policy, ...], cache: Path | None) -> RouteTable:
    settings, engine = study.equilibrium or Equilibrium(), study.engines[0]
    acting: list[dict[str, Any]] = [{"kind": one.kind, **one.model_dump(mode="json")} for one in policies]
    key = cache_key(prepared, engine, {"equilibrium": settings.model_dump(mode="json"), "policies": acting})
    routes = recall(key, prepared, cache)
    if routes is None:
        routes = equilibrium_routes(prepared, engine, settings, policies)
        remember(key, routes, cache)
    return routes
