"""The loop over days in plain Python: one person after the other, one number after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trafficsim.base.draws import hash_name, u01
from trafficsim.people.exposure import DriverArrays, Exposure, offence_of
from trafficsim.spec.calendar import WEEKDAYS
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.population import Licence, Population

NOTHING, HEARD, SEEN, CAUGHT = 0, 1, 2, 3
PASS, NOTICE, DETECT, HEAR = 90, 91, 92, 93


@dataclass
class Mind:
    """What a person has in mind of one kind."""

    alert: float = 0.0
    belief: float = 0.0
    novelty: float = 1.0


@dataclass
class Person:
    """A person and the record."""

    minds: dict[str, Mind]
    points: int
    last_offence: int = 0
    back_on: int = 0
    citations: int = 0
    fines_eur: float = 0.0
    history: list[tuple[float, ...]] = field(default_factory=list)


def draw(key: int, name: str, stream: int, number: int, day: int) -> float:
    return float(u01(hash_name(key, name), stream, number, day)[0])


def learn(mind: Mind, met: int, rates: Deterrence) -> None:
    sight = rates.lasting + (1.0 - rates.lasting) * mind.novelty
    signal = {NOTHING: 0.0, HEARD: mind.novelty, SEEN: sight, CAUGHT: 1.0}[met]
    rate = {NOTHING: rates.forget, HEARD: rates.learn_heard, SEEN: rates.learn_seen, CAUGHT: rates.learn_caught}[met]
    mind.alert = mind.alert + rate * (signal - mind.alert)
    mind.belief = mind.belief + rates.consolidate * (mind.alert - mind.belief)
    if met != NOTHING or mind.novelty < 1.0:
        mind.novelty = mind.novelty - rates.habituate * mind.novelty
    if met == CAUGHT:
        mind.novelty = mind.novelty + rates.learn_caught * (1.0 - mind.novelty)


def sigmoid(inclined: float, added: float) -> float:
    return float(1.0 / (1.0 + np.exp(added - inclined)))


def comply(inclined: float, added: float) -> float:
    return max(1.0 - sigmoid(inclined, added) / sigmoid(inclined, 0.0), 0.0)


def limit_on(months: float, day: int, rules: Licence) -> int:
    if rules.novice_limit is not None and months + day / (365.25 / 12.0) < rules.novice_months:
        return rules.novice_limit
    return rules.limit


class Reference:
    """Same arguments as the loop of the package."""

    def __init__(self, drivers: DriverArrays, exposures: Sequence[Exposure], population: Population, key: int) -> None:
        self.drivers, self.population, self.key = drivers, population, key
        self.exposures = sorted(exposures, key=lambda one: one.deployment.name)
        self.kinds = sorted({one.deployment.kind for one in exposures})
        self.people = [self.person(row) for row in range(len(drivers.number))]
        self.caught_yesterday = dict.fromkeys(self.kinds, 0)

    def person(self, row: int) -> Person:
        points, rules = int(self.drivers.points[row]), self.population.licence
        found = Person({kind: Mind() for kind in self.kinds}, points)
        if self.drivers.licensed[row] and points >= limit_on(float(self.drivers.licence_months[row]), 1, rules):
            found.points, found.back_on = 0, 1 + rules.suspended_days
        return found

    def cost(self, kind: str, points: int, limit: int, fine_cap: float) -> float:
        rates, fines, given = self.population.deterrence, [], []
        for one in self.exposures:
            if one.deployment.kind == kind and one.deployment.sanction is not None:
                today = one.fine_today_eur if one.fine_today_eur > 0.0 else one.deployment.sanction.fine_eur
                fines.append(one.deployment.sanction.fine_eur / today if today > 0.0 else 0.0)
                given.append(one.deployment.sanction.points)
        if not fines:
            return 0.0
        share = min((points + max(given)) / limit, 1.0)
        near = rates.point_weight * ((share * share) * (share * share)) if max(given) > 0 else 0.0
        return rates.certainty + rates.fine_weight * min(max(fines), fine_cap, rates.fine_saturation) + near

    def inclined(self, row: int) -> float:
        rates = self.population.deterrence
        share = rates.offending_share
        return float(np.log(share / (1.0 - share)) + rates.score_weight * self.drivers.speed_score[row])

    def added(self, row: int, kind: str, day: int) -> float:
        """How much the expected cost has risen."""
        person, rates, rules = self.people[row], self.population.deterrence, self.population.licence
        mind, months = person.minds[kind], float(self.drivers.licence_months[row])
        risk = rates.initial_risk + (1.0 - rates.initial_risk) * max(mind.alert, mind.belief)
        before = rates.initial_risk * self.cost(kind, int(self.drivers.points[row]), limit_on(months, 1, rules), 1.0)
        return risk * self.cost(kind, person.points, limit_on(months, day, rules), np.inf) - before

    def speed(self, row: int, added: dict[str, float]) -> float:
        general = 0.0
        for one in self.kinds:
            offence = {offence_of(part.deployment) for part in self.exposures if part.deployment.kind == one}
            if offence == {"speeding"}:
                general += self.population.deterrence.at_large.get(one, 0.0) * added[one]
        own, limit = float(self.drivers.free_speed_kmh[row]), float(self.drivers.limit_kmh[row])
        return own - comply(self.inclined(row), general) * max(own - limit, 0.0)

    def day(self, day: int) -> None:
        """One day; day 1 is a Monday."""
        caught_today = dict.fromkeys(self.kinds, 0)
        for row, person in enumerate(self.people):
            met = self.live(row, person, day)
            for kind in self.kinds:
                learn(person.minds[kind], met[kind], self.population.deterrence)
                caught_today[kind] += met[kind] == CAUGHT
        self.caught_yesterday = caught_today

    def live(self, row: int, person: Person, day: int) -> dict[str, int]:
        """What one person meets on a day, with all that follows but the learning."""
        rules, number = self.population.licence, int(self.drivers.number[row])
        if day - person.last_offence >= rules.expire_days:
            person.points = 0
        added = {kind: self.added(row, kind, day) for kind in self.kinds}
        met, got_points = dict.fromkeys(self.kinds, NOTHING), 0
        person.history.append((self.speed(row, added), *(added[kind] for kind in self.kinds)))
        for one in self.exposures:
            deployment = one.deployment
            if not deployment.schedule.on_day(day, WEEKDAYS[(day - 1) % 7]):
                continue
            entry = np.flatnonzero(one.encounters.person == row)
            if len(entry) and day >= person.back_on:
                got_points += self.passes(one, int(entry[0]), row, day, added, met)
            told = self.population.deterrence.word_of_mouth * (
                self.caught_yesterday[deployment.kind] / len(self.people))
            if draw(self.key, deployment.name, HEAR, number, day) < deployment.publicity + told:
                met[deployment.kind] = max(met[deployment.kind], HEARD)
        self.sanction(row, person, got_points, day)
        return met

    def passes(self, one: Exposure, entry: int, row: int, day: int, added: dict[str, float],
               met: dict[str, int]) -> int:
        """Return the points that the person gets at one deployment."""
        person, deployment, number = self.people[row], one.deployment, int(self.drivers.number[row])
        who, sanction = one.encounters, one.deployment.sanction
        if not draw(self.key, deployment.name, PASS, number, day) < who.probability[entry] * deployment.present:
            return 0
        noticed = draw(self.key, deployment.name, NOTICE, number, day) < deployment.noticed
        if noticed:
            met[deployment.kind] = max(met[deployment.kind], SEEN)
        if sanction is None:
            return 0
        degree, rates = comply(self.inclined(row), added[deployment.kind]), self.population.deterrence
        if noticed and sanction.offence in ("speeding", "red_running", "close_following"):
            novelty = person.minds[deployment.kind].novelty
            worn = rates.lasting + (1.0 - rates.lasting) * novelty
            degree = max(degree, 1.0 if deployment.kind in rates.lasting_kinds else worn)
        if sanction.offence == "speeding":
            excess, less = float(who.excess_kmh[entry]), float(who.reduction_kmh[entry])
            free, slowed = (1.0 if kmh > sanction.tolerance_kmh else 0.0 for kmh in (excess, excess - less))
            offends = free * (1.0 - degree) + slowed * degree
        else:
            offends = float(who.offends[entry]) * (1.0 - degree)
        if not draw(self.key, deployment.name, DETECT, number, day) < (
                sanction.detection * sanction.sanctioned * offends):
            return 0
        met[deployment.kind] = CAUGHT
        person.citations += 1
        person.fines_eur += sanction.fine_eur
        return sanction.points

    def sanction(self, row: int, person: Person, points: int, day: int) -> None:
        rules = self.population.licence
        if points == 0 or not self.drivers.licensed[row]:
            return
        person.points += points
        person.last_offence = day
        if person.points >= limit_on(float(self.drivers.licence_months[row]), day, rules):
            person.points, person.back_on = 0, day + 1 + rules.suspended_days
