"""Incidents that last until help has cleared the road: how long that is comes from a run in which they do not end.

What happens before the road is clear does not hang on when that will be: a run in which the lanes stay blocked gives
the arrival of the unit, care and clearance follow, and a second run opens the lanes then. Of several incidents every
pass settles at least the one that ends first.
"""

from __future__ import annotations

from dataclasses import replace

from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.crashes import blocked_s
from trafficsim.plan.prepare import Prepared
from trafficsim.spec.scenario import Scenario


def passes(plan: Plan, scenario: Scenario) -> int:
    """Return how many runs may be needed before the judged one: one per incident that lasts until the road is clear."""
    return 0 if plan.emergency is None else len(blocked_s(scenario, {}))


def with_blocked_times(prepared: Prepared, plan: Plan, engine: str) -> Prepared:
    """Run a plan and return the world with how long its incidents blocked lanes until the road was clear."""
    run = engine_named(engine)
    seen, crashes = run.run(plan, run.settings_of(prepared.world)).emergency, plan.emergency
    assert crashes is not None  # only plans with a response have such incidents
    lasting = blocked_s(prepared.world.scenario, {})
    found = {name: float(end_s - begin_s) for name, end_s, begin_s in zip(
        crashes.crashes.name, seen.cleared_s.tolist(), crashes.crashes.begin_s.tolist(), strict=True)
        if name in lasting and end_s >= 0.0}
    return replace(prepared, blocked_s=found)
