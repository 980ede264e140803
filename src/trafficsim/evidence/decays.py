"""Cases without traffic: how enforcement that people met, or heard of, wears off day by day.

Each function takes the parameters of deterrence and returns an effect by day: the mean degree of compliance of those
who would offend. They serve the acceptance cases and the fit of the parameters, so that both mean the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trafficsim.people.daily import DailyLoop, Day
from trafficsim.people.exposure import DriverArrays, Exposure, encounters
from trafficsim.spec.calendar import WEEKDAYS, Hours, Schedule
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.enforcement import Deployment, Sanction
from trafficsim.spec.population import Population

F8 = NDArray[np.float64]

PEOPLE = 1000
KEY = 1
GOLDEN, SECOND = 0.6180339887498949, 0.7548776662466927
"""Steps of sequences that fill the unit interval evenly: people stand for a distribution without noise of drawing."""
CITED_PER_MILLION_KM = 10.6
"""Sanctions per million km driven over the limit (Norway; Trafikksikkerhetshåndboken, chapter 8.1)."""
KM_PER_DAY = 30.0
HALF_YEAR_DAYS = 182.625
SECTION_DAYS, LAW_DAYS, PROGRAMME_DAYS = 913, 900, 2557


class Road(NamedTuple):
    """Free speeds on a road: limit in km/h, share of drivers above it, coefficient of variation."""

    limit_kmh: float
    share_over: float
    cv: float


MOTORWAY, RURAL = Road(130.0, 0.25, 0.11), Road(80.0, 0.40, 0.12)
"""Defaults of the driver population by road (ETSC PIN Flash 36)."""


def even(number: int, step: float = GOLDEN) -> F8:
    """Numbers that fill (0, 1) evenly, in an order that looks like chance."""
    return np.asarray((0.5 + step * np.arange(number)) % 1.0)


def drivers(road: Road, people: int = PEOPLE) -> DriverArrays:
    """People whose free speeds are those of a road."""
    score = ndtri(even(people))
    mean = road.limit_kmh / (1.0 + road.cv * float(ndtri(1.0 - road.share_over)))
    none = np.zeros(people, np.int64)
    return DriverArrays(
        np.arange(people), none, np.asarray(score), np.full(people, 240.0), none, np.ones(people, np.bool_),
        np.full(people, KM_PER_DAY), mean * (1.0 + road.cv * np.asarray(score)), np.full(people, road.limit_kmh))


def days_of(who: DriverArrays, met: Sequence[Exposure], days: int, deterrence: Deterrence) -> list[Day]:
    """Days one after another; day 1 is a Monday."""
    loop = DailyLoop(who, met, Population(people=len(who.number), deterrence=deterrence), 1, KEY)
    state, found = loop.start(), []
    for number in range(1, days + 1):
        found.append(loop.day(state, number, WEEKDAYS[(number - 1) % 7]))
        state = found[-1].state
    return found


def section_control(deterrence: Deterrence, people: int = PEOPLE, cited: float = 0.3) -> F8:
    """Section control on a motorway: share of the excess speed that is taken off, by half-year.

    People pass between once a month and every day, evenly on a logarithmic scale (modelling assumption). Of those who
    are measured too fast the share ``cited`` is sanctioned; 0.3 is that of the Kaisermühlen tunnel (citations over the
    share above the tolerance).
    """
    who = drivers(MOTORWAY, people)
    passes = 30.0 ** (even(people, SECOND) - 1.0)
    excess = who.free_speed_kmh - who.limit_kmh
    tutor = Deployment(name="section", kind="section_control", sanction=Sanction(
        sanctioned=cited, tolerance_kmh=6.5, fine_eur=170.0, points=3))
    days = days_of(who, [Exposure(tutor, encounters(who.number, passes, excess))], SECTION_DAYS, deterrence)
    weight = passes * np.maximum(excess, 0.0)
    effect = np.array([(day.behaviour.in_sight[0] * weight).sum() / weight.sum() for day in days])
    half_year = (np.arange(SECTION_DAYS) / HALF_YEAR_DAYS).astype(int)
    return np.array([effect[half_year == row].mean() for row in range(5)])


def points_law(deterrence: Deterrence, days: int = LAW_DAYS, people: int = PEOPLE) -> F8:
    """A law that attaches points to offences, of which everybody hears every day, and which rarely hits; by day."""
    who = drivers(RURAL, people)
    cited = CITED_PER_MILLION_KM * 1e-6 * KM_PER_DAY
    law = Deployment(name="points", kind="licence_check", noticed=0.0, publicity=1.0, sanction=Sanction(
        offence="speeding", detection=cited, tolerance_kmh=0.0, fine_eur=100.0, points=3))
    excess = who.free_speed_kmh - who.limit_kmh
    found = days_of(who, [Exposure(law, encounters(who.number, np.ones(people), excess))], days, deterrence)
    return _general(found, np.maximum(excess, 0.0))


def checkpoint(deterrence: Deterrence, days: int = 22, people: int = PEOPLE) -> F8:
    """One checkpoint for breath tests on day 1 that a tenth of the drivers who drink passes; by day from day 2 on."""
    who = drivers(RURAL, people)
    one = Deployment(name="checkpoint", kind="breath_test", schedule=Schedule(last_day=1), sanction=Sanction(
        offence="drink_driving", fine_eur=500.0, points=6))
    met = encounters(who.number[::10], np.ones(len(who.number[::10])), offends=0.0)
    found = days_of(who, [Exposure(one, met)], days, deterrence)
    return _general(found, np.ones(people))[1:]


def patrol(deterrence: Deterrence, days_there: int, days: int, people: int = PEOPLE) -> F8:
    """Memory of a marked patrol, nine hours on each of its days, at its place; by day from day 1 on.

    Every driver passes the place on two of three days, in the hours of the patrol or not (modelling assumption).
    """
    who = drivers(RURAL, people)
    excess = who.free_speed_kmh - who.limit_kmh
    hours = (Hours(begin_h=7.0, end_h=16.0),)
    police = Deployment(name="patrol", kind="patrol", schedule=Schedule(last_day=days_there, hours=hours),
                        officer_hours_per_day=9.0, sanction=Sanction(detection=0.3, fine_eur=100.0, points=3))
    found = days_of(who, [Exposure(police, encounters(who.number, np.full(people, 0.667), excess))], days, deterrence)
    weight = np.maximum(excess, 0.0)
    return np.array([(day.behaviour.at_place[0] * weight).sum() / weight.sum() for day in found])


def camera_programme(deterrence: Deterrence, people: int = 300) -> F8:
    """A national programme of cameras, announced to everybody: the effect away from cameras, by day.

    Where cameras will be is not known when they are announced, so the kind acts everywhere.
    """
    who = drivers(RURAL, people)
    excess = who.free_speed_kmh - who.limit_kmh
    programme = Deployment(name="programme", kind="speed_camera", noticed=1.0, publicity=1.0,
                           sanction=Sanction(fine_eur=68.0, points=1))
    everywhere = deterrence.model_copy(update={"at_large": {**deterrence.at_large, "speed_camera": 1.0}})
    none = encounters(who.number[:0], np.ones(0))
    found = days_of(who, [Exposure(programme, none)], PROGRAMME_DAYS, everywhere)
    return _general(found, np.maximum(excess, 0.0))


def _general(found: Sequence[Day], weight: F8) -> F8:
    """Mean compliance away from places with the one offence that is enforced."""
    return np.array([(day.behaviour.general.max(axis=0) * weight).sum() / weight.sum() for day in found])


def half_life_days(effect: F8) -> float:
    """Days from the highest effect until it has fallen to half, linear between days; infinite if it never does.

    Examples
    --------
    >>> half_life_days(np.array([0.2, 1.0, 0.8, 0.4, 0.1]))
    1.75
    """
    peak = int(effect.argmax())
    below = np.flatnonzero(effect[peak:] <= effect[peak] / 2.0)
    if not len(below):
        return float("inf")
    day = peak + int(below[0])
    return float(day - peak - (effect[peak] / 2.0 - effect[day]) / (effect[day - 1] - effect[day]))
