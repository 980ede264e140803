"""The loop over days: people meet enforcement, are caught, learn and forget, and choose how to drive tomorrow.

A day in five steps, each on arrays of all people:

1. behaviour of the morning: perceived risk, and the degrees of compliance that follow (:func:`behaviour`);
2. who drives, meets which deployment in force, notices it, is caught;
3. sanctions: points, suspensions;
4. who hears of what is in force;
5. learning and forgetting.

All draws are a function of the key, the deployment's name, the person's number and the day: they depend neither on who
else exists nor on other deployments, and any number of processes gives the same bits. What one person does depends on
others only by ``word_of_mouth``, which is 0 by default.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import draw_on, draw_states, hash_name
from trafficsim.people.behaviour import Behaviour, Ordered, behaviour, limit_on, ordered
from trafficsim.people.day_totals import Caught, DayTotals, totals
from trafficsim.people.exposure import DriverArrays, Exposure, offence_of
from trafficsim.people.learning import Meeting, Memory, learned, unmet
from trafficsim.people.points import Record, expired, first_record, sanctioned, suspended
from trafficsim.spec.calendar import Weekday
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.population import Population

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
B1 = NDArray[np.bool_]
PASS, NOTICE, DETECT, HEAR = 90, 91, 92, 93
"""Random streams of the loop; not those of ``PeopleStream`` or ``EnforcementStream``."""
IN_SIGHT = ("speeding", "red_running", "close_following")
"""Offences that a driver who sees the enforcement can still leave off."""


class State(NamedTuple):
    """People in the morning of a day: all that the next day depends on.

    Attributes
    ----------
    memory : of each kind of enforcement (kinds in alphabetical order), arrays of shape (kinds, people)
    record : points and licences, arrays of shape (people,)
    caught_share : share of people caught on the day before, by kind
    """

    memory: Memory
    record: Record
    caught_share: F8


class Day(NamedTuple):
    """What a day was.

    Attributes
    ----------
    behaviour : of the morning: how people drove on this day
    totals : sums by group
    state : in the evening
    """

    behaviour: Behaviour
    totals: DayTotals
    state: State


class _On(NamedTuple):
    """A day, its weekday, and the names of the deployments that stand on it (``None``: as their schedules say)."""

    day: int
    weekday: Weekday
    standing: Collection[str] | None

    def stands(self, deployment: Deployment) -> bool:
        """Whether a deployment stands on the day."""
        if self.standing is None:
            return deployment.schedule.on_day(self.day, self.weekday)
        return deployment.name in self.standing


class DailyLoop:
    """People and what they may meet, made ready for many days.

    Parameters
    ----------
    drivers
        People as drivers.
    exposures
        Deployments and who meets them; their order changes nothing.
    population
        Rules of licences, and parameters of learning and choice.
    groups
        How many groups there are.
    key
        64-bit key of the chain's random draws (seed and replication, never the alternative).

    Examples
    --------
    Ten people who pass a camera every day:

    >>> from trafficsim.people.exposure import encounters
    >>> from trafficsim.spec.enforcement import Deployment, Sanction
    >>> ten, none = np.arange(10), np.zeros(10, np.int64)
    >>> drivers = DriverArrays(ten, none, np.zeros(10), np.full(10, 120.0), none, np.ones(10, bool),
    ...                        np.full(10, 30.0), np.full(10, 88.0), np.full(10, 80.0))
    >>> camera = Deployment(name="camera", kind="speed_camera", noticed=0.0, sanction=Sanction(fine_eur=100, points=1))
    >>> loop = DailyLoop(drivers, [Exposure(camera, encounters(ten, np.ones(10), 8.0))], Population(people=10), 1, 7)
    >>> day = loop.day(loop.start(), 1, "mon")
    >>> int(day.totals.citations.sum()), int(day.state.record.points.sum())
    (10, 10)
    """

    def __init__(self, drivers: DriverArrays, exposures: Sequence[Exposure], population: Population, groups: int,
                 key: int) -> None:
        self.drivers, self.population, self.groups, self.key = drivers, population, groups, key
        self.ordered: Ordered = ordered(drivers, exposures, population)
        self._pass_states = [self._states(PASS, one, drivers.number[one.encounters.person])
                             for one in self.ordered.exposures]
        self._hear_states = {one.deployment.name: self._states(HEAR, one, drivers.number)
                             for one in self.ordered.exposures if self._is_heard_of(one)}

    def start(self) -> State:
        """State in the morning of day 1."""
        kinds, people = len(self.ordered.kinds), len(self.drivers.number)
        limit = np.where(self.drivers.licensed, limit_on(self.drivers, 1, self.population), np.inf)
        record = first_record(self.drivers.points, limit, self.population.licence)
        return State(unmet((kinds, people)), record, np.zeros(kinds))

    def behaviour(self, state: State, day: int) -> Behaviour:
        """How people drive on a day that begins with a state."""
        return behaviour(state.memory, state.record.points, limit_on(self.drivers, day, self.population), self.ordered)

    def day(self, state: State, day: int, weekday: Weekday, standing: Collection[str] | None = None) -> Day:
        """Take people through a day (numbered from 1).

        Parameters
        ----------
        state, day, weekday
            People in the morning, and the day.
        standing
            Names of the deployments that stand on this day; ``None``: those whose schedule has it, each present with
            its probability.
        """
        licence = self.population.licence
        record = expired(state.record, day, licence)
        state = state._replace(record=record)
        driving = ~suspended(record, day)
        morning = self.behaviour(state, day)
        on = _On(day, weekday, standing)
        caught = self._meetings(morning, driving, on)
        self._hear(caught.met, state.caught_share, on)
        limit = limit_on(self.drivers, day, self.population)
        after = State(
            learned(state.memory, caught.met, self.population.deterrence),
            sanctioned(record, np.where(self.drivers.licensed, caught.points, 0), limit, day, licence),
            (caught.met == Meeting.CAUGHT).sum(axis=1) / max(len(self.drivers.number), 1))
        return Day(morning, totals(self.drivers, self.groups, morning, driving, caught, after.record), after)

    def degree_at(self, name: str, morning: Behaviour, day: int, person: I8) -> F8:
        """Degree of compliance of people who pass a deployment that stands on a day.

        Parameters
        ----------
        name
            The deployment.
        morning, day
            Behaviour of the morning, and the day.
        person
            Rows of people, as often as they pass.
        """
        exposure = next(one for one in self.ordered.exposures if one.deployment.name == name)
        return self._degree(exposure, person, morning, self._noticed(exposure, person, day))

    def _noticed(self, exposure: Exposure, person: I8, day: int) -> B1:
        noticed = self._draw(NOTICE, exposure, person, day) < exposure.deployment.noticed
        return np.asarray(noticed if exposure.unaware is None else noticed & ~exposure.unaware[person])

    def _degree(self, exposure: Exposure, person: I8, morning: Behaviour, noticed: B1) -> F8:
        kind = self.ordered.kinds.index(exposure.deployment.kind)
        degree = morning.at_place[kind, person]
        if offence_of(exposure.deployment) not in IN_SIGHT:
            return np.asarray(degree)
        return np.asarray(np.where(noticed, np.maximum(degree, morning.in_sight[kind, person]), degree))

    def _meetings(self, morning: Behaviour, driving: B1, on: _On) -> Caught:
        kinds, people = len(self.ordered.kinds), len(self.drivers.number)
        caught = Caught(np.zeros((kinds, people), np.int8), np.zeros((kinds, people), np.int64),
                        np.zeros(people, np.int64), np.zeros(people))
        for exposure, states in zip(self.ordered.exposures, self._pass_states, strict=True):
            if on.stands(exposure.deployment):
                who, deployment = exposure.encounters, exposure.deployment
                present = deployment.present if on.standing is None else 1.0
                passes = draw_on(states, on.day) < who.probability * present
                self._passing(exposure, np.flatnonzero(passes & driving[who.person]), morning, caught, on.day)
        return caught

    def _passing(self, exposure: Exposure, rows: I8, morning: Behaviour, caught: Caught, day: int) -> None:
        """Those who pass one deployment: who notices it, and who is caught."""
        deployment, who = exposure.deployment, exposure.encounters
        kind, person = self.ordered.kinds.index(deployment.kind), who.person[rows]
        noticed = self._noticed(exposure, person, day)
        met = caught.met[kind]
        met[person] = np.maximum(met[person], np.where(noticed, Meeting.SEEN, Meeting.NOTHING).astype(np.int8))
        sanction = deployment.sanction
        if sanction is None:
            return
        degree = self._degree(exposure, person, morning, noticed)
        if sanction.offence == "speeding":
            free = np.where(who.excess_kmh[rows] > sanction.tolerance_kmh, 1.0, 0.0)
            slowed = np.where(who.excess_kmh[rows] - who.reduction_kmh[rows] > sanction.tolerance_kmh, 1.0, 0.0)
            offends = free * (1.0 - degree) + slowed * degree
        else:
            offends = who.offends[rows] * (1.0 - degree)
        drawn = self._draw(DETECT, exposure, person, day)
        cited = person[drawn < sanction.detection * sanction.sanctioned * offends]
        met[cited] = Meeting.CAUGHT
        caught.citations[kind, cited] += 1
        caught.points[cited] += sanction.points
        caught.fines_eur[cited] += sanction.fine_eur

    def _hear(self, met: NDArray[np.int8], caught_share: F8, on: _On) -> None:
        """Mark who hears of a deployment that is in force."""
        for exposure in self.ordered.exposures:
            deployment = exposure.deployment
            if deployment.name not in self._hear_states or not on.stands(deployment):
                continue
            kind = self.ordered.kinds.index(deployment.kind)
            told = self.population.deterrence.word_of_mouth * float(caught_share[kind])
            heard = draw_on(self._hear_states[deployment.name], on.day) < deployment.publicity + told
            met[kind] = np.maximum(met[kind], np.where(heard, Meeting.HEARD, Meeting.NOTHING).astype(np.int8))

    def _is_heard_of(self, exposure: Exposure) -> bool:
        return exposure.deployment.publicity > 0.0 or self.population.deterrence.word_of_mouth > 0.0

    def _states(self, stream: int, exposure: Exposure, numbers: I8) -> NDArray[np.uint64]:
        return draw_states(hash_name(self.key, exposure.deployment.name), stream, numbers)

    def _draw(self, stream: int, exposure: Exposure, person: I8, day: int) -> F8:
        return draw_on(self._states(stream, exposure, self.drivers.number[person]), day)
