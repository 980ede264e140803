"""One replication of a scenario for a time-space diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trafficsim.engines.asking import check_asked
from trafficsim.engines.registry import DEFAULT_ENGINE, engine_named
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.routes import link_of
from trafficsim.results.frames import Labels
from trafficsim.results.signals import signals_shown_table
from trafficsim.results.tables import trajectories_table
from trafficsim.results.timing import programs_with
from trafficsim.results.trace import Trace, with_distance
from trafficsim.spec.policy import Policy


def trace_route(prepared: Prepared, route: tuple[str, ...], policies: Sequence[Policy], replication: int,
                window_s: tuple[float, float] | None) -> Trace:
    """Run one replication with the default engine and keep the traces of all vehicles on the links of a way.

    Raises
    ------
    InputError
        If a link is unknown, a policy is wrong, or the engine keeps no traces.
    """
    world = prepared.world
    links = tuple(link_of(link, "trace: links", prepared.network) for link in route)
    lowered = lower(prepared, policies, replication)
    plan = lowered.plan
    begin_s, end_s = window_s or (plan.analysis_begin_s, plan.analysis_end_s)
    plan = replace(plan, trajectory_share=1.0, trace_link=links, trace_begin_s=begin_s, trace_end_s=end_s)
    engine = engine_named(DEFAULT_ENGINE)
    check_asked(engine, plan)
    record = engine.run(plan, engine.settings_of(world))
    labels = Labels(world.scenario.name, "trace", replication, engine.name)
    table = with_distance(trajectories_table(plan, record, labels), world.network, route)
    shown = signals_shown_table(plan, record, labels) if "signal_states" in engine.measures else None
    return Trace(table, world.network, route, programs_with(world.network, plan.signals), shown)
