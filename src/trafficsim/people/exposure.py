"""What the loop over days needs to know of the world: who drives how much, and who meets which enforcement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.spec.enforcement import Deployment, EnforcementKind, Offence

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

OFFENCE_OF: Mapping[EnforcementKind, Offence] = {
    "speed_camera": "speeding", "section_control": "speeding", "mobile_camera": "speeding", "patrol": "speeding",
    "feedback_sign": "speeding", "red_light_camera": "red_running", "close_following": "close_following",
    "breath_test": "drink_driving", "licence_check": "unlicensed"}
"""The offence that a kind of enforcement is about, where the deployment has no sanction that says another."""


class DriverArrays(NamedTuple):
    """People as drivers on the first day; arrays of one length, one row per person.

    Attributes
    ----------
    number : who (names the random draws)
    group : index of the group
    speed_score : normal score of the desired speed
    licence_months : time since the licence
    points : demerit points
    licensed : has a licence; others drive without one, and get no points
    km_per_day : driven on a day
    free_speed_kmh, limit_kmh : desired speed and limit on the person's roads, away from known enforcement, mean over
        the kilometres driven
    points_limit, novice_limit : points at which each loses the licence, and the same in probation; ``None``: those
        of the population's rules
    """

    number: I8
    group: I8
    speed_score: F8
    licence_months: F8
    points: I8
    licensed: NDArray[np.bool_]
    km_per_day: F8
    free_speed_kmh: F8
    limit_kmh: F8
    points_limit: F8 | None = None
    novice_limit: F8 | None = None


class Encounters(NamedTuple):
    """Who meets one deployment; arrays of one length, one row per person who may.

    Attributes
    ----------
    person : rows of :class:`DriverArrays`, each at most once, ascending
    probability : of passing at least once in the hours of the deployment on a day on which it is in force
    excess_kmh : desired speed minus limit at the place
    reduction_kmh : what full compliance takes off the desired speed there; 0 for who is unaffected
    offends : probability of offending on a pass at the initial risk; read for offences other than speeding
    """

    person: I8
    probability: F8
    excess_kmh: F8
    reduction_kmh: F8
    offends: F8


class Exposure(NamedTuple):
    """A deployment and who meets it.

    Attributes
    ----------
    deployment : what is in force where and when
    encounters : who meets it
    fine_today_eur : fine of the same offence in the baseline, of which a higher fine is a multiple; 0: this one's own
    unaware : who does not react to the sight of it, shape (people,): such people learn of it by being caught or by
        hearing of it; ``None``: nobody
    """

    deployment: Deployment
    encounters: Encounters
    fine_today_eur: float = 0.0
    unaware: NDArray[np.bool_] | None = None


def encounters(person: NDArray[np.int64], probability: F8, excess_kmh: F8 | float = 0.0,
               reduction_kmh: F8 | float | None = None, offends: F8 | float = 0.0) -> Encounters:
    """Return encounters, numbers broadcast to the people; the reduction is down to the limit unless given.

    Examples
    --------
    >>> encounters(np.array([3, 5]), np.array([1.0, 0.5]), np.array([12.0, -4.0])).reduction_kmh.tolist()
    [12.0, 0.0]

    Raises
    ------
    InputError
        If people are not ascending, or a probability lies outside 0 to 1.
    """
    who = np.asarray(person, np.int64)
    excess, chance, rate = (np.broadcast_to(np.asarray(part, np.float64), who.shape)
                            for part in (excess_kmh, probability, offends))
    reduction = np.maximum(excess, 0.0) if reduction_kmh is None else np.broadcast_to(
        np.asarray(reduction_kmh, np.float64), who.shape)
    if len(who) and (np.diff(who) <= 0).any():
        raise InputError("encounters", "people who are not ascending", "each person once, in order",
                         "sort and join them")
    for name, part in (("probability", chance), ("offends", rate)):
        if not ((part >= 0.0) & (part <= 1.0)).all():
            raise InputError(f"encounters: {name}", f"values from {part.min():g} to {part.max():g}", "0 to 1",
                             "correct it")
    return Encounters(who, chance, excess, reduction, rate)


def offence_of(deployment: Deployment) -> Offence:
    """The offence that a deployment is about."""
    return deployment.sanction.offence if deployment.sanction is not None else OFFENCE_OF[deployment.kind]


def kinds_of(exposures: Sequence[Exposure]) -> tuple[EnforcementKind, ...]:
    """Kinds of enforcement that people may meet, in alphabetical order: the rows of all arrays by kind."""
    return tuple(sorted({one.deployment.kind for one in exposures}))
