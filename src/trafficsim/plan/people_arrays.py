"""People in the plan: groups that policies may change, and who drives each trip."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.spec.population import Population

F8 = NDArray[np.float64]
I4 = NDArray[np.int32]
BOOL = NDArray[np.bool_]


class PeopleArrays(NamedTuple):
    """What policies may change about people: by group, in order of the groups' names; and by kind of enforcement."""

    group: tuple[str, ...]
    trip_rate: F8
    alcohol_factor: F8
    belt_share: F8
    isa_share: F8
    isa_override_share: F8
    """Of those with intelligent speed assistance, who override it."""
    licensed_share: F8
    novice_risk: F8
    """Factor on the crash risk per km of the group's people, whatever it is by their months since the licence."""
    points_limit: F8
    """Demerit points at which the licence is suspended."""
    novice_points_limit: F8
    """The same in probation."""
    exposure: F8
    """Factor on kilometres in the account of casualties, where traffic hardly changes by it."""
    supervised_km: F8
    """Supervised kilometres before the licence, beyond those of today."""
    lawful_share: F8
    """Share of people who keep to the limit by a campaign."""
    enforcement: tuple[str, ...]
    """Kinds of enforcement."""
    fine_factor: F8
    points_factor: F8
    """Factors on fines and demerit points of a deployment of each kind."""
    population: Population | None = None
    """As it was declared, before any policy."""


class TripDriverArrays(NamedTuple):
    """Attributes of the person who makes each trip, on the day of the run, after all policies; no rows without people.

    Shape (trips,) each.
    """

    group: I4
    """Index into the groups of :class:`PeopleArrays`."""
    age_years: F8
    licence_months: F8
    impaired: BOOL
    """Above 0.5 g/l of blood alcohol on this trip."""
    alcohol_share: F8
    """Probability of that in the driver's group at this time."""
    belt: BOOL
    isa: BOOL
    """Has intelligent speed assistance, whether it is overridden or not."""
    points: I4
    licensed: BOOL
    suspended: BOOL
    columns: tuple[str, ...]
    """Attributes that the table ``trips`` is asked to have as columns."""


def no_people() -> PeopleArrays:
    """Return the people of a plan without a population."""
    none = np.zeros(0)
    return PeopleArrays((), none, none, none, none, none, none, none, none, none, none, none, none, (), none, none)


def no_drivers() -> TripDriverArrays:
    """Return the drivers of a plan without a population."""
    whole, real, truth = np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.bool_)
    return TripDriverArrays(whole, real, real, truth, real, truth, truth, whole, truth, truth, ())
