"""Warnings of a study over days: what it asks of the model of behaviour that this cannot bear."""

from __future__ import annotations

from collections.abc import Mapping

from trafficsim.base.findings import Finding
from trafficsim.people.scope import outside_scope
from trafficsim.plan.lower import Lowered, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.study import Study


def warnings_of(study: Study, worlds: Mapping[str, Prepared]) -> tuple[Finding, ...]:
    """Say of all scenarios of a study what lies outside the evidence; each thing once."""
    return tuple(dict.fromkeys(one for prepared in worlds.values() for one in scope_findings(study, prepared)))


def scope_findings(study: Study, prepared: Prepared) -> tuple[Finding, ...]:
    """Say of all alternatives of a study over days what lies outside the evidence; each thing once.

    Without days or a population nobody learns, and there is nothing to warn of.
    """
    population = prepared.world.scenario.population
    if study.days is None or population is None:
        return ()
    found: dict[Finding, None] = {}
    for policies in study.alternatives.values():
        lowered = lower(prepared, policies, day=(study.days.number, study.days.weekday(study.days.number)))
        today = {one.name: one.sanction.fine_eur for one in lowered.deployments if one.sanction is not None}
        found |= dict.fromkeys(outside_scope(population, _fined(lowered), study.days.number, today))
    return tuple(found)


def _fined(lowered: Lowered) -> list[Deployment]:
    """Deployments with what policies made of their fines."""
    people = lowered.plan.people
    factor = dict(zip(people.enforcement, people.fine_factor.tolist(), strict=True))
    return [one if one.sanction is None else one.model_copy(update={"sanction": one.sanction.model_copy(update={
        "fine_eur": one.sanction.fine_eur * factor.get(one.kind, 1.0)})}) for one in lowered.deployments]
