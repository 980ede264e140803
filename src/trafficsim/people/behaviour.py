"""How people drive in the morning of a day: from memory and points to degrees of compliance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.people.choice import Cost, compliance, cost_of_sanction, inclination
from trafficsim.people.exposure import DriverArrays, Exposure, kinds_of, offence_of
from trafficsim.people.learning import Memory, perceived_risk, weight_of_sight
from trafficsim.people.points import limit_of
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.enforcement import EnforcementKind, Offence
from trafficsim.spec.population import Population

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]


class Behaviour(NamedTuple):
    """How people drive.

    Attributes
    ----------
    risk : perceived risk of being caught by each kind, shape (kinds, people)
    at_place : degree of compliance where a kind is expected but not in sight, shape (kinds, people)
    in_sight : the same where it is seen: 1 for who meets it for the first time, shape (kinds, people)
    general : degree of compliance by offence (in alphabetical order) away from places, shape (offences, people)
    free_speed_kmh : desired speed away from places, mean over trips with and without compliance, shape (people,)
    over_limit : share of trips on which the desired speed away from places is above the limit, shape (people,)
    """

    risk: F8
    at_place: F8
    in_sight: F8
    general: F8
    free_speed_kmh: F8
    over_limit: F8


class Ordered(NamedTuple):
    """Exposures in the order of their names, and what follows from them alone.

    Attributes
    ----------
    exposures : by name
    kinds : in alphabetical order
    offences : in alphabetical order; speeding is always among them
    offence_of_kind : index into ``offences``
    wears_off : whether what is seen of a kind wears off by habituation, shape (kinds, 1); not of ``lasting_kinds``, nor
        where a deployment of the kind declares a half-life of its own, which fades its response already
    costs : of being caught, by kind; ``None`` where nobody is
    inclined : inclination to offend, shape (people,)
    before : expected cost before the study, shape (kinds, people)
    free_speed_kmh, over_limit_kmh : desired speed before the study, and how much of it lies above the limit
    deterrence : parameters
    """

    exposures: tuple[Exposure, ...]
    kinds: tuple[EnforcementKind, ...]
    offences: tuple[Offence, ...]
    offence_of_kind: tuple[int, ...]
    wears_off: NDArray[np.bool_]
    costs: tuple[Cost | None, ...]
    inclined: F8
    before: F8
    free_speed_kmh: F8
    over_limit_kmh: F8
    deterrence: Deterrence


def ordered(drivers: DriverArrays, exposures: Sequence[Exposure], population: Population) -> Ordered:
    """Put exposures in order and work out what does not change from day to day.

    Raises
    ------
    InputError
        If two deployments have one name (they would share random draws), or one kind enforces two offences.
    """
    by_name = tuple(sorted(exposures, key=lambda one: one.deployment.name))
    names = [one.deployment.name for one in by_name]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"deployment {name!r}", "two of this name", "a name for each", "rename one")
    kinds = kinds_of(by_name)
    of_kind = _offences(by_name)
    offences: tuple[Offence, ...] = tuple(sorted({"speeding", *of_kind.values()}))
    costs = tuple(_cost(kind, by_name) for kind in kinds)
    limit = limit_on(drivers, 1, population)
    before = np.array([population.deterrence.initial_risk * _cost_now(
        None if cost is None else cost._replace(fine=min(cost.fine, 1.0)), drivers.points, limit, population.deterrence)
        for cost in costs]).reshape(len(kinds), len(drivers.number))
    wears_off = np.array([_wears_off(kind, by_name, population.deterrence) for kind in kinds], np.bool_)
    return Ordered(by_name, kinds, offences, tuple(offences.index(of_kind[kind]) for kind in kinds),
                   wears_off.reshape(len(kinds), 1), costs,
                   inclination(drivers.speed_score, population.deterrence), before, drivers.free_speed_kmh,
                   np.maximum(drivers.free_speed_kmh - drivers.limit_kmh, 0.0), population.deterrence)


def _wears_off(kind: EnforcementKind, exposures: Sequence[Exposure], deterrence: Deterrence) -> bool:
    own = [one.deployment.half_life_days for one in exposures if one.deployment.kind == kind]
    return kind not in deterrence.lasting_kinds and all(half_life is None for half_life in own)


def limit_on(drivers: DriverArrays, day: int, population: Population) -> F8:
    """Points at which each person loses the licence on a day."""
    return limit_of(drivers.licence_months, day, population.licence, drivers.points_limit, drivers.novice_limit)


def _offences(exposures: Sequence[Exposure]) -> dict[EnforcementKind, Offence]:
    found: dict[EnforcementKind, Offence] = {}
    for one in exposures:
        kind, offence = one.deployment.kind, offence_of(one.deployment)
        if found.setdefault(kind, offence) != offence:
            raise InputError(f"deployment {one.deployment.name!r}", f"{kind} enforces {offence} and {found[kind]}",
                             "one offence per kind, because people keep one perceived risk per kind",
                             "use a kind of enforcement for each offence")
    return found


def _cost(kind: EnforcementKind, exposures: Sequence[Exposure]) -> Cost | None:
    """The heaviest sanction of a kind."""
    found = [one for one in exposures if one.deployment.kind == kind and one.deployment.sanction is not None]
    fines = [_fine(one) for one in found]
    points = [one.deployment.sanction.points for one in found if one.deployment.sanction is not None]
    return Cost(max(fines), max(points)) if found else None


def _fine(exposure: Exposure) -> float:
    fine = exposure.deployment.sanction.fine_eur if exposure.deployment.sanction is not None else 0.0
    today = exposure.fine_today_eur if exposure.fine_today_eur > 0.0 else fine
    return fine / today if today > 0.0 else 0.0


def _cost_now(cost: Cost | None, points: I8, limit: F8, deterrence: Deterrence) -> F8:
    return np.zeros(len(points)) if cost is None else cost_of_sanction(cost, points, limit, deterrence)


def behaviour(memory: Memory, points: I8, limit: F8, known: Ordered) -> Behaviour:
    """Work out how people drive from what they have in mind, shape (kinds, people), and their points."""
    risk = perceived_risk(memory, known.deterrence)
    expected = [risk[row] * _cost_now(cost, points, limit, known.deterrence) - known.before[row]
                for row, cost in enumerate(known.costs)]
    at_place = np.array([compliance(known.inclined, one) for one in expected]).reshape(risk.shape)
    general = _general(expected, known)
    complies = general[known.offences.index("speeding")]
    speed = known.free_speed_kmh - complies * known.over_limit_kmh
    over = np.where(known.over_limit_kmh > 0.0, 1.0 - complies, 0.0)
    in_sight = np.where(known.wears_off, weight_of_sight(memory, known.deterrence), 1.0)
    return Behaviour(risk, at_place, in_sight, general, speed, over)


def _general(expected: Sequence[F8], known: Ordered) -> F8:
    """Compliance by offence away from places: every kind counts by its share at large."""
    added = np.zeros((len(known.offences), len(known.inclined)))
    for kind, offence, one in zip(known.kinds, known.offence_of_kind, expected, strict=True):
        added[offence] += known.deterrence.at_large.get(kind, 0.0) * one
    return np.array([compliance(known.inclined, one) for one in added])
