"""What only trying can tell: whether worlds can be realised, policies lowered, and the demand of an import carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from trafficsim.base.errors import TrafficsimError
from trafficsim.base.findings import Finding, finding_of
from trafficsim.base.repairs import REPAIRS
from trafficsim.engines.asking import check_asked
from trafficsim.engines.descriptor import Engine
from trafficsim.engines.registry import DEFAULT_ENGINE, engine_named
from trafficsim.io.imported import Imported
from trafficsim.io.scenario_file import time_of
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.run.behaviour_scope import scope_findings
from trafficsim.run.crash_history import history_findings, read_histories
from trafficsim.run.days import check_days, days_findings
from trafficsim.run.effects import Effect, check_policies, without_effect
from trafficsim.run.question import check_named, check_question
from trafficsim.run.siting.rollout import plan_rollouts
from trafficsim.spec.check_world import check_world
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World


class Trial(NamedTuple):
    """What is known about a world, and what the policies of a study do in it."""

    findings: tuple[Finding, ...]
    effects: Sequence[Effect] = ()


def tried(world: World, found: tuple[Finding, ...], study: Study | None = None) -> Trial:
    """Add to what was found: whether demand and signals can be realised, and the policies of a study lowered.

    Nothing is tried where an error was found.
    """
    if any(finding.level == "error" for finding in found):
        return Trial(found)
    try:
        prepared = prepare(world)
        plan = lower(prepared).plan
        for name in (DEFAULT_ENGINE,) if study is None else study.engines:
            _check_runs(engine_named(name), plan, world)
        effects = () if study is None else check_policies(study, {world.scenario.name: prepared})
        scope = () if study is None else scope_findings(study, prepared)
    except TrafficsimError as error:
        return Trial((*found, finding_of(error, "not-realisable")))
    return Trial(tuple(dict.fromkeys((*found, *prepared.findings, *scope))), effects)


def _check_runs(engine: Engine, plan: Plan, world: World) -> None:
    check_asked(engine, plan)
    engine.check(plan, engine.settings_of(world))


def check_study(study: Study, worlds: Mapping[str, World]) -> tuple[Finding, ...]:
    """Check every scenario of a study, lower every alternative once, and name policies without effect.

    Raises
    ------
    InputError
        If the question makes no sense.
    """
    check_question(study)
    found: dict[Finding, None] = {}
    effects: list[Effect] = []
    check_days(study, worlds)
    found.update((one, None) for one in days_findings(study))
    check_named(study, worlds)
    histories = read_histories(study, worlds)
    found.update((one, None) for one in history_findings(histories))
    for name, world in worlds.items():
        trial = tried(world, check_world(world), study)
        effects += trial.effects
        found.update((replace(one, where=f"scenario {name!r}: {one.where}"), None) for one in trial.findings)
    if any(one.level == "error" for one in found):
        return tuple(found)
    try:
        told = without_effect(effects)
    except TrafficsimError as error:
        return (*found, finding_of(error, "no-effect"))
    try:
        if study.rollout:
            plan_rollouts(study, {name: prepare(world) for name, world in worlds.items()}, histories)
    except TrafficsimError as error:
        return (*found, *told, finding_of(error, "no-rollout"))
    return (*found, *told)


def served(found: Imported) -> Imported:
    """Return an import with the demand that can be carried, and with all repairs among the findings of its network.

    An import without any demand is returned as it is.

    Raises
    ------
    InputError
        If nothing of its demand can be carried.

    Examples
    --------
    >>> from pathlib import Path
    >>> from trafficsim.io.sumo import read_sumo
    >>> served(read_sumo(Path("nowhere.net.xml")))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.net.xml: found no such file; expected a file that can be read. \
Remedy: correct the path or its permissions.
    """
    if not (found.demand.trips or found.demand.flows or found.unserved):
        return found
    scenario = Scenario(name="import", network=found.network, demand=found.demand, time=time_of(found.demand))
    prepared = prepare(World(scenario, found.network, found.demand, (*DEFAULT_CLASSES, *found.vehicle_classes),
                             unserved=found.unserved))
    repaired = [finding for finding in prepared.findings if finding.code in REPAIRS]
    network = replace(found.network, findings=(*found.network.findings, *repaired))
    return replace(found, network=network, demand=prepared.world.demand)
