"""What the loop over days needs of a plan: who drives how far and how fast, and who meets which deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.units import KMH_PER_MS
from trafficsim.people.exposure import DriverArrays, Encounters, Exposure, encounters, offence_of
from trafficsim.people.impairment import chance_of_person, share_impaired
from trafficsim.people.persons import Persons, persons
from trafficsim.plan.arrays import BOOL, F8, UNAFFECTED, Plan
from trafficsim.plan.behaviour import driver_factor
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.driving import full_factor
from trafficsim.plan.habits import Habits, person_keys, routes_passing
from trafficsim.plan.people import held_to_limit, population_after
from trafficsim.spec.calendar import Hours
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.population import Population
from trafficsim.spec.scenario import Scenario

I8 = NDArray[np.int64]
MINUTES, S_PER_MIN, MIN_PER_H = 1440, 60.0, 60.0
UNIMPEDED_S = 5.0
"""Who follows nearer than this has no free choice of speed (policy evidence, pipeline of crash models)."""


@dataclass(frozen=True, eq=False)
class Roads:
    """People on the roads of a plan.

    Attributes
    ----------
    habits : what they are used to drive
    plan : of a day; links and people are read
    scenario : its seed, its population
    people : their attributes on the first day
    trips_per_hour : of each person at the intensity of the simulated period, shape (people,)
    minutes : traffic of every minute of the day, 1 in the simulated period
    """

    habits: Habits
    plan: Plan
    scenario: Scenario
    people: Persons
    trips_per_hour: F8
    minutes: F8


def roads_of(habits: Habits, plan: Plan, scenario: Scenario, traffic_h: float) -> Roads:
    """Put people on the roads of a plan.

    Parameters
    ----------
    habits
        What they are used to drive.
    plan
        With the policies of a day.
    scenario
        With a population.
    traffic_h
        How many hours of the simulated traffic make a day.
    """
    assert scenario.population is not None
    population = population_after(scenario.population, plan.people)
    who = persons(population, scenario.seed)
    rate = plan.people.trip_rate[who.group]
    hours = (plan.analysis_end_s - plan.start_s) / S_PER_MIN / MIN_PER_H
    each = len(habits.trips.key) / hours / len(who.number)
    return Roads(habits, plan, scenario, who, each * rate / rate.mean(), minutes_of_day(plan, traffic_h))


def minutes_of_day(plan: Plan, traffic_h: float) -> F8:
    """Traffic of every minute of the day relative to the simulated period; all together are ``traffic_h``.

    What the simulated period leaves of the day's traffic is spread evenly over the other hours (modelling assumption).
    """
    clock = np.arange(MINUTES) * S_PER_MIN
    within = (clock - plan.start_s) % (MINUTES * S_PER_MIN) < plan.analysis_end_s - plan.start_s
    inside = within.sum() / MIN_PER_H
    least = min(1.0, traffic_h / inside)
    rest = (traffic_h - inside) / max(MINUTES / MIN_PER_H - inside, 1e-9)
    return np.asarray(np.where(within, least, max(rest, 0.0)))


def drivers_on(roads: Roads) -> DriverArrays:
    """People as drivers: kilometres of a day, desired speed and limit on their way, away from known enforcement."""
    who, plan, habit = roads.people, roads.plan, roads.habits.of_person
    trips = roads.habits.trips
    trip = np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))
    length_m = plan.links.length_m[trips.route_link]
    slow, more = _desired(roads, trip, trips.route_link)

    def over_route(values: F8) -> F8:
        return np.asarray(np.bincount(trip, values * length_m, len(trips.key)) / route_m * KMH_PER_MS, np.float64)

    route_m = np.bincount(trip, length_m, len(trips.key))
    limit = over_route(plan.links.speed_limit_ms[trips.route_link])[habit]
    free = over_route(slow)[habit] + over_route(more)[habit] * who.speed_score
    held = held_to_limit(plan.people, who, roads.scenario.seed)
    per_day = roads.trips_per_hour * roads.minutes.sum() / MIN_PER_H
    return DriverArrays(who.number, who.group, who.speed_score, who.licence_months, who.points, who.licensed,
                        per_day * route_m[habit] / 1000.0, np.where(held, np.minimum(free, limit), free), limit,
                        plan.people.points_limit[who.group], plan.people.novice_points_limit[who.group])


def _desired(roads: Roads, trip: NDArray[np.integer], link: NDArray[np.integer]) -> tuple[F8, F8]:
    """Desired speed (m/s) at score 0, and what a score of 1 adds to it, by pairs of a habit and a link."""
    count, plan = len(roads.habits.trips.key), roads.plan
    plain = roads.habits.trips._replace(limit_factor=np.full(count, np.inf))
    speeds = [desired_speed_ms(plan.links, plan.classes, plain._replace(z=np.full(count, z)), trip, link)
              for z in (0.0, 1.0)]
    return speeds[0], speeds[1] - speeds[0]


class Meeting(NamedTuple):
    """A deployment and who meets it, and its limit in km/h (0 where it is about none)."""

    exposure: Exposure
    limit_kmh: float


def meetings(roads: Roads, deployments: Sequence[Deployment], unimpeded: Mapping[str, float]) -> list[Meeting]:
    """Say who meets each deployment.

    Parameters
    ----------
    roads
        People on the roads.
    deployments
        All of an alternative.
    unimpeded
        By deployment: share of the traffic there that is free to choose its speed, where it was measured; elsewhere it
        follows from the flow per lane, with random arrivals.
    """
    return [_meeting(roads, one, unimpeded) for one in deployments]


def _meeting(roads: Roads, deployment: Deployment, unimpeded: Mapping[str, float]) -> Meeting:
    index = {link: row for row, link in enumerate(roads.plan.link_id)}
    along = np.array([index[link] for link in deployment.along], np.int32)
    passing = routes_passing(roads.habits.trips, along)[roads.habits.of_person]
    person = np.flatnonzero(passing)
    hours = _hours_worth(deployment.schedule.hours, roads.minutes)
    probability = 1.0 - np.exp(-roads.trips_per_hour[person] * hours)
    known = _sanctioned(roads, deployment, index, unimpeded)
    fine = deployment.sanction.fine_eur if deployment.sanction is not None else 0.0
    limit_kmh, met = _encounters(roads, deployment, person, probability)
    return Meeting(Exposure(known, met, fine, _unaware(roads, deployment)), limit_kmh)


def _unaware(roads: Roads, deployment: Deployment) -> BOOL | None:
    """Who does not react to the sight of a deployment: the share that its response leaves unaffected."""
    if deployment.response is None or not deployment.response.unaffected:
        return None
    keys = person_keys(roads.scenario.seed, roads.people.number)
    return np.asarray(driver_factor(keys, deployment.response) == UNAFFECTED)


def _hours_worth(hours: Sequence[Hours], minutes: F8) -> float:
    """Traffic in some hours of the day, in hours of the simulated traffic."""
    clock = np.arange(MINUTES) / MIN_PER_H
    held = np.array([any(period.holds(hour) for period in hours) for hour in clock.tolist()])
    return float(minutes[held].sum()) / MIN_PER_H


def _encounters(
    roads: Roads, deployment: Deployment, person: I8, probability: F8
) -> tuple[float, Encounters]:
    """Who meets a deployment how often, how much too fast, and what full compliance takes off."""
    offends = _offending(roads, deployment, person)
    if deployment.link is None:
        return 0.0, encounters(person, probability, offends=offends)
    link = roads.plan.link_id.index(deployment.link)
    limit_kmh = float(roads.plan.links.speed_limit_ms[link]) * KMH_PER_MS
    slow, more = _desired(roads, roads.habits.of_person[person], np.full(len(person), link))
    speed = (slow + more * roads.people.speed_score[person]) * KMH_PER_MS
    reduction = None
    if deployment.response is not None:
        factor = full_factor(roads.scenario.seed, person, deployment.response)
        reduction = np.maximum(speed - limit_kmh * factor, 0.0)
    return limit_kmh, encounters(person, probability, speed - limit_kmh, reduction, offends)


def _offending(roads: Roads, deployment: Deployment, person: I8) -> F8:
    """Probability of offending on a pass by person, of what is none of speed."""
    offence, sanction = offence_of(deployment), deployment.sanction
    if offence == "unlicensed":
        return (~roads.people.licensed[person]).astype(np.float64)
    if offence == "drink_driving":
        return _impaired(roads, deployment.schedule.hours, person)
    return np.full(len(person), 0.0 if sanction is None else sanction.offending_share)


def _impaired(roads: Roads, hours: Sequence[Hours], person: I8) -> F8:
    """Probability that a person is above the limit of alcohol in some hours: mean over hours and weekdays."""
    population: Population | None = roads.scenario.population
    assert population is not None
    clock = [hour for hour in range(24) if any(period.holds(hour) for period in hours)]
    shares = np.mean([share_impaired(population.alcohol, day, np.array(clock) * 3600.0) for day in range(7)]) \
        if clock else 0.0
    share = np.clip(roads.plan.people.alcohol_factor[roads.people.group[person]] * shares, 0.0, 1.0)
    return chance_of_person(roads.people.alcohol[person], share)


def _sanctioned(
    roads: Roads, deployment: Deployment, index: Mapping[str, int], unimpeded: Mapping[str, float]
) -> Deployment:
    """Return the deployment with what policies made of fine and points, its detection that of who drives freely."""
    sanction, people = deployment.sanction, roads.plan.people
    if sanction is None:
        return deployment
    row = people.enforcement.index(deployment.kind)
    detection = sanction.detection
    if sanction.offence == "speeding" and deployment.link is not None:
        detection *= unimpeded.get(deployment.name, free_share(roads, index[deployment.link]))
    return deployment.model_copy(update={"sanction": sanction.model_copy(update={
        "detection": detection, "fine_eur": sanction.fine_eur * float(people.fine_factor[row]),
        "points": round(sanction.points * float(people.points_factor[row]))})})


def free_share(roads: Roads, link: int) -> float:
    """Share of vehicles with headways to the leader above 5 s, of random arrivals: exp(-5 s x flow per lane)."""
    trips, plan = roads.habits.trips, roads.plan
    lanes = int(plan.links.lane_start[link + 1] - plan.links.lane_start[link])
    flow_s = float((trips.route_link == link).sum()) / (plan.analysis_end_s - plan.start_s)
    return float(np.exp(-UNIMPEDED_S * flow_s / max(lanes, 1)))
