"""What the choice of routes adds to a plan: tolls, closures, and drivers who change their route on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class TollArrays(NamedTuple):
    """Charges, by link."""

    toll_eur: NDArray[np.float64]
    """For a vehicle that enters the link."""


class ClosureArrays(NamedTuple):
    """Movements that nobody may make between two clock times; a closed link is one that no movement leads onto."""

    turn: NDArray[np.int32]
    begin_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    passable: NDArray[np.bool_]
    """The road beyond is known to be blocked further on: who has no way round drives up to it."""


class EnRouteArrays(NamedTuple):
    """Drivers who change their route on the way, and what routes cost them."""

    informed: NDArray[np.bool_]
    """By trip: who knows the times and closures of the moment. Empty: nobody."""
    update_s: float
    """Interval at which they look."""
    least_gain: float
    """Share of the remaining cost that another route must save."""
    money_eur: NDArray[np.float64]
    """By movement: the toll of the link that is entered, and the cost of the distance."""
    value_eur_h: NDArray[np.float64]
    """By vehicle class: value of time."""


def no_tolls() -> TollArrays:
    """Return the tolls of a plan that was made without them."""
    return TollArrays(np.zeros(0))


def no_closures() -> ClosureArrays:
    """Return the closures of a plan without any."""
    return ClosureArrays(np.zeros(0, np.int32), np.zeros(0), np.zeros(0), np.zeros(0, np.bool_))


def nobody_en_route() -> EnRouteArrays:
    """Return what a plan has where nobody changes route by knowledge."""
    return EnRouteArrays(np.zeros(0, np.bool_), 120.0, 0.0, np.zeros(0), np.zeros(0))
