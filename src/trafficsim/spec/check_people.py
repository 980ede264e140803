"""What a population says, what is assumed beside it, and what does not fit the demand."""

from __future__ import annotations

from collections.abc import Iterator

from trafficsim.base.errors import quoted
from trafficsim.base.findings import Finding
from trafficsim.spec.population import LEAST_LICENCE_AGE, PersonGroup, Population
from trafficsim.spec.world import World

S_PER_H, MONTHS = 3600.0, 12.0
ASSUMED = {
    "groups": "who is a novice", "alcohol": "drink-driving by hour and weekday", "licence": "limits of demerit points",
}
"""Parts of a population that are modelling assumptions where they are not written."""


def check_people(world: World) -> Iterator[Finding]:
    """Find what is doubtful about the population of a world, and say who its people are; nothing without one.

    Parameters
    ----------
    world
        A resolved scenario.
    """
    population = world.scenario.population
    if population is None:
        return
    shares = ", ".join(f"{quoted(group.name)} {group.share:.3g}" for group in population.groups)
    assumed = [f"{key} ({what})" for key, what in ASSUMED.items() if key not in population.model_fields_set]
    words = f"; modelling assumptions, not given: {', '.join(assumed)}" if assumed else ""
    yield Finding("info", "people", "population", f"{population.people:,} people, shares of groups {shares}; any of "
                  f"them may make any trip, in proportion to the trip rate of the group{words}")
    yield from _enough(population, _trips(world))
    for group in population.groups:
        yield from _group(group, population)


def _trips(world: World) -> float:
    """Trips in the scenario, about: profiles of flows are left out."""
    time = world.scenario.time
    hours = [(min(_or(flow.end_s, time.analysis_end_s), time.analysis_end_s)
              - max(_or(flow.begin_s, time.start_s), time.start_s)) / S_PER_H for flow in world.demand.flows]
    flows = sum(flow.volume_veh_h * max(one, 0.0) for flow, one in zip(world.demand.flows, hours, strict=True))
    return flows + len(world.demand.trips)


def _enough(population: Population, trips: float) -> Iterator[Finding]:
    if population.people < trips:
        yield Finding("warning", "few-people", "population.people",
                      f"{population.people:,} people for about {trips:,.0f} trips: some make several at a time",
                      "give all people whose trips may come by here, several times as many as trips")


def _group(group: PersonGroup, population: Population) -> Iterator[Finding]:
    where = f"population: group {quoted(group.name)}"
    if 0.0 < group.share * population.people < 1.0:
        yield Finding("warning", "rare-group", where, f"a share of {group.share:g} of {population.people:,} people is "
                      "less than one person", "raise population.people, or join the group to another")
    if group.licence_months[0] > (group.age_years[1] - LEAST_LICENCE_AGE) * MONTHS:
        yield Finding("warning", "licence-before-age", where, f"at least {group.licence_months[0]:g} months of licence "
                      f"at {group.age_years[1]:g} years of age at most", "correct age_years or licence_months")
    suspended = sum(share for points, share in group.points.items() if points >= population.licence.limit)
    if suspended > 0.0 or group.licensed_share < 1.0:
        yield Finding("warning", "drive-without-licence", where,
                      f"{1.0 - group.licensed_share:.3g} have no licence, {suspended:.3g} have it suspended on the "
                      "first day; in a single run they drive all the same",
                      "drop their trips by a policy, or study days")


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
