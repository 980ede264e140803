"""A chain: one scenario, alternative, replication and engine from the first day of a study to the last.

Behaviour is followed every day. Traffic is simulated on sample days, on days on which a policy or a schedule begins or
ends, and once behaviour has moved by more than the study says; every other day has the traffic of the last simulated
one. Departures are those of the last sample day, the same in every alternative: a further day differs from it by
behaviour and policies alone.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.draws import hash_name
from trafficsim.people.behaviour import Behaviour
from trafficsim.people.daily import DailyLoop, Day, State
from trafficsim.people.duty import on_duty
from trafficsim.people.exposure import Exposure
from trafficsim.people.persons import groups_by_name
from trafficsim.people.points import expired, suspended
from trafficsim.plan.driving import Driving, driven
from trafficsim.plan.lower import Lowered, lower, people_habits
from trafficsim.plan.meetings import Meeting, Roads, drivers_on, meetings, roads_of
from trafficsim.plan.prepare import Prepared
from trafficsim.results.days_table import DayRow, days_table
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, Outcome, Setting, attempted, check_lowered, stored, tables_of
from trafficsim.spec.calendar import Days
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.policy import Policy, policy_labels
from trafficsim.spec.population import Population

F8 = NDArray[np.float64]
_log = logging.getLogger("trafficsim")


@dataclass(frozen=True)
class Chain:
    """One chain: its name without a day, the policies of its alternative, and the days.

    Attributes
    ----------
    unimpeded : of simulated days that are in the store already, by day and deployment: share of the traffic at the
        place that is free to choose its speed
    """

    labels: Labels
    policies: tuple[Policy, ...]
    days: Days
    unimpeded: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


def do_chain(setting: Setting, chain: Chain) -> tuple[Outcome, ...]:
    """Run the days of a chain that are not in the store yet; one outcome per simulated day.

    A day that fails ends the chain.
    """
    walk = _Walk(setting, chain)
    return tuple(one if setting.out is None else stored(one, setting.out) for one in walk.outcomes())


def policies_in_force(chain: Chain, day: int) -> tuple[Policy, ...]:
    """Policies of an alternative that are in force on a day."""
    labelled = zip(policy_labels(chain.policies), chain.policies, strict=True)
    return tuple(policy for label, policy in labelled
                 if chain.days.in_force(chain.labels.alternative, label, day))


def unimpeded_shares(speeds: pd.DataFrame, deployments: Mapping[str, Deployment]) -> dict[str, float]:
    """Share of vehicles with more than 5 s to the one before by deployment, from the table ``speeds`` of a run.

    Deployments whose checks have seen nobody are left out.
    """
    seen = speeds.set_index(speeds["place"].astype(str))[["traversals", "unimpeded_traversals"]]
    found = {}
    for name, one in deployments.items():
        rows = seen[seen.index.isin([check.name for check in one.checks])].sum()
        if rows["traversals"] > 0:
            found[name] = float(rows["unimpeded_traversals"]) / float(rows["traversals"])
    return found


@dataclass
class _Segment:
    """Days with the traffic of one simulated day."""

    day: int
    job: Job
    fresh: bool
    """Whether it was simulated now; else it is in the store."""
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    rows: list[DayRow] = field(default_factory=list)


class _Walk:
    """A walk through the days of a chain."""

    def __init__(self, setting: Setting, chain: Chain) -> None:
        self._setting, self._chain, self._days = setting, chain, chain.days
        self._prepared: Prepared = setting.worlds[chain.labels.scenario]
        scenario = self._prepared.world.scenario
        assert scenario.population is not None
        self._population: Population = scenario.population
        self._groups = tuple(group.name for group in groups_by_name(self._population))
        self._key = hash_name("days", scenario.seed, chain.labels.replication)
        self._sample = self._days.sample_days()
        self._unimpeded: dict[str, float] = {}
        self._known = self._all_deployments()
        self._state: State | None = None
        self._segment: _Segment | None = None
        self._policies: tuple[Policy, ...] = ()
        self._begun_then: frozenset[str] = frozenset()
        self._moved_from: tuple[F8, dict[str, float]] = (np.zeros(0), {})

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the simulated days, each once all days with its traffic have passed."""
        for day in range(1, self._days.number + 1):
            policies = policies_in_force(self._chain, day)
            begun = self._begun(day)
            due = day in self._sample or policies != self._policies or begun != self._begun_then
            passed = None if due else self._pass(day)
            if passed is None or self._has_moved(passed):
                yield from self._close()
                self._policies, self._begun_then = policies, begun
                failed = self._simulate(day)
                if failed is not None:
                    yield failed
                    return
                passed = self._pass(day)
                self._moved_from = self._speeds(passed)
            self._keep(passed)
        yield from self._close()

    def _all_deployments(self) -> dict[str, Deployment]:
        """Deployments of the alternative on any day, by name."""
        sets = {policies_in_force(self._chain, day): day for day in range(self._days.number, 0, -1)}
        return {one.name: one for policies, day in sets.items()
                for one in self._lower(policies, day).deployments}

    def _begun(self, day: int) -> frozenset[str]:
        """Names of the deployments whose schedule has begun and is not over on a day, whatever the weekday."""
        times = {name: one.schedule for name, one in self._known.items()}
        return frozenset(name for name, one in times.items()
                         if one.first_day <= day and (one.last_day is None or day <= one.last_day))

    def _lower(self, policies: tuple[Policy, ...], day: int) -> Lowered:
        return lower(self._prepared, policies, self._chain.labels.replication,
                     demand_variation=self._setting.demand_variation, day=(day, self._days.weekday(day)),
                     demand_day=self._demand_day(day))

    def _demand_day(self, day: int) -> int:
        """Sample day whose departures a day has."""
        return self._sample[bisect_right(self._sample, day) - 1]

    def _simulate(self, day: int) -> Outcome | None:
        """Simulate the traffic of a day, unless it is in the store; give back an outcome only if it fails."""
        lowered = self._lower(self._policies, day)
        scenario = self._prepared.world.scenario
        self._now = {one.name: one for one in lowered.deployments}
        self._known |= self._now
        roads = roads_of(people_habits(self._prepared), lowered.plan, scenario, self._days.traffic_h)
        self._take(roads)
        labels = self._chain.labels._replace(day=day)
        job = Job(labels, self._policies, trace_paths=labels.replication == 1 and day == 1)
        self._segment = _Segment(day, job, fresh=day not in self._chain.unimpeded)
        if not self._segment.fresh:
            self._unimpeded |= self._chain.unimpeded[day]
        else:
            _log.info("%s, replication %d: day %d of %d", labels.alternative, labels.replication, day,
                      self._days.number)
            plan = driven(lowered.plan, self._driving(day), self._known, scenario.seed)
            ready = replace(lowered, plan=plan)
            check_lowered(self._prepared, ready, labels.engine)
            outcome = attempted(labels, lambda: tables_of(self._prepared, ready, job))
            if outcome.failure is not None:
                return outcome
            self._segment.tables = outcome.tables
            self._unimpeded |= unimpeded_shares(outcome.tables["speeds"], self._now)
        self._take(roads)
        return None

    def _take(self, roads: Roads) -> None:
        """Put people on the roads of a day, with what is known of the traffic at the places."""
        self._met: list[Meeting] = meetings(roads, tuple(self._known.values()), self._unimpeded)
        exposures: list[Exposure] = [one.exposure for one in self._met]
        self._loop = DailyLoop(drivers_on(roads), exposures, self._population, len(self._groups), self._key)
        if self._state is None:
            self._state = self._loop.start()

    def _driving(self, day: int) -> Driving:
        """How people drive in the morning of a day."""
        assert self._state is not None
        record = expired(self._state.record, day, self._population.licence)
        morning = self._loop.behaviour(self._state._replace(record=record), day)
        at = {name: partial(self._loop.degree_at, name, morning, day) for name in self._now}
        general = dict(zip(self._loop.ordered.offences, morning.general, strict=True))
        sober = general.get("drink_driving", np.zeros(self._population.people))
        return Driving(general["speeding"], sober, suspended(record, day), at)

    def _standing(self, day: int) -> frozenset[str]:
        """Names of the deployments that stand on a day: those that a run of the day has."""
        scenario, deployments = self._prepared.world.scenario, tuple(self._now.values())
        key = hash_name(scenario.seed, self._chain.labels.replication, self._demand_day(day))
        stand = on_duty(deployments, day, self._days.weekday(day), key)
        return frozenset(one.name for one, here in zip(deployments, stand, strict=True) if here)

    def _pass(self, day: int) -> tuple[int, Day]:
        """Take people through a day."""
        assert self._state is not None
        return day, self._loop.day(self._state, day, self._days.weekday(day), self._standing(day))

    def _has_moved(self, passed: tuple[int, Day]) -> bool:
        """Whether behaviour has moved by more than the study says since the last simulated day."""
        (free, places), (free_then, places_then) = self._speeds(passed), self._moved_from
        away = np.abs(free - free_then) > self._days.resimulate_at * free_then
        at = (abs(speed - places_then[name]) > self._days.resimulate_at * places_then[name]
              for name, speed in places.items() if name in places_then)
        return bool(away.any()) or any(at)

    def _speeds(self, passed: tuple[int, Day]) -> tuple[F8, dict[str, float]]:
        """Mean desired speed by group away from places, and by deployment that stands at its place, in km/h."""
        day, result = passed
        km = result.totals.km
        free = np.divide(result.totals.speed_km, km, out=np.zeros(len(km)), where=km > 0.0)
        standing, places = self._standing(day), {}
        for one in self._met:
            who = one.exposure.encounters
            if one.limit_kmh and one.exposure.deployment.name in standing and who.probability.sum() > 0.0:
                _, speed = _at_place(one, result.behaviour, self._loop)
                places[one.exposure.deployment.name] = float(np.average(speed, weights=who.probability))
        return free, places

    def _keep(self, passed: tuple[int, Day]) -> None:
        """Note a day, and go on with its evening."""
        assert self._segment is not None
        (day, result), groups, standing = passed, len(self._groups), self._standing(passed[0])
        sums = np.zeros((3, groups))
        for one in self._met:
            if one.limit_kmh and one.exposure.deployment.name in standing:
                who = one.exposure.encounters
                group = self._loop.drivers.group[who.person]
                degree, speed = _at_place(one, result.behaviour, self._loop)
                for row, values in enumerate((np.ones(len(group)), degree, speed)):
                    sums[row] += np.bincount(group, who.probability * values, groups)
        self._segment.rows.append(DayRow(day, self._days.weekday(day), self._segment.day, self._loop.ordered.kinds,
                                         result.totals, *sums))
        self._state = result.state

    def _close(self) -> Iterator[Outcome]:
        """Yield the simulated day whose days have all passed; nothing if it is in the store."""
        segment = self._segment
        if segment is not None and segment.fresh:
            labels = segment.job.labels
            yield Outcome(labels, {**segment.tables, "days": days_table(segment.rows, self._groups, labels)})


def _at_place(met: Meeting, morning: Behaviour, loop: DailyLoop) -> tuple[F8, F8]:
    """Expected degree of compliance, and desired speed (km/h), of those who pass a deployment."""
    who, deployment = met.exposure.encounters, met.exposure.deployment
    kind = loop.ordered.kinds.index(deployment.kind)
    at, sight = morning.at_place[kind, who.person], morning.in_sight[kind, who.person]
    unaware = met.exposure.unaware
    notices = deployment.noticed * (1.0 if unaware is None else ~unaware[who.person])
    degree = at + notices * np.maximum(sight - at, 0.0)
    return degree, met.limit_kmh + who.excess_kmh - degree * who.reduction_kmh
