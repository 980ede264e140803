"""The day: how far the demand of a replication lies above or below the mean, and who travels more or less for it.

Demand is not the same from day to day; a study that repeats one volume would call differences certain that another day
would turn round. One factor per replication, common to all flows and trips, is a modelling assumption: a busy day is
busy everywhere. Timetables are the same every day: neither trips with stops nor anything that only buses drive changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import BOOL, F8, I4, U8
from trafficsim.plan.realise import hash_names, normal_score, vehicle_keys

_ITSELF, _MADE, _SHIFT = 0, 1, 2
"""Entities of the random stream of the day: the day itself, whether a trip is made or copied, and a copy's shift."""
MOST_SHIFT_S = 300.0
"""A further trip departs up to this much before or after the one it copies (modelling assumption)."""


class GivenTrips(NamedTuple):
    """What stays the same about the trips that are given one by one, in the order written.

    Attributes
    ----------
    timetabled : made every day, once
    copy_suffix : what a copy's name has behind the name of the trip; no given name ends so
    """

    name: list[str]
    name_hash: U8
    depart_s: F8
    depart_lane: I4
    depart_position_m: F8
    timetabled: BOOL
    copy_suffix: str


class DayTrips(NamedTuple):
    """Trips of one day: the row of each among the given trips, its name, hash of the name and departure."""

    row: NDArray[np.int64]
    name: list[str]
    name_hash: U8
    depart_s: F8


def day_factor(seed_key: int, variation: float) -> float:
    """Demand of a replication relative to the mean: normal with this coefficient of variation, cut at +-3 deviations.

    Examples
    --------
    >>> day_factor(7, 0.0), 0.7 <= day_factor(7, 0.1) <= 1.3
    (1.0, True)
    """
    return 1.0 + variation * float(normal_score(u01(seed_key, Stream.DAY, _ITSELF, 0))[0])


def copy_suffix(names: Sequence[str]) -> str:
    """Find an ending that, put behind any of the names, gives none of them.

    Examples
    --------
    >>> copy_suffix(["a", "b"]), copy_suffix(["a", "a+1"])
    ('+1', '++1')
    """
    suffix, known = "+1", set(names)
    while any(name + suffix in known for name in names):
        suffix = "+" + suffix
    return suffix


def trips_of_day(trips: GivenTrips, factor: float, seed_key: int, window_s: tuple[float, float]) -> DayTrips:
    """Drop each trip with probability 1 - factor, or copy it with probability factor - 1.

    The draw belongs to the trip, so those who travel on a quiet day travel on every busier day with the same random
    draws, and the same travellers travel in every alternative. A copy is a traveller with an own name, and so with an
    own class, speed and random draws; it departs up to five minutes earlier or later, within the window of departures.

    Parameters
    ----------
    window_s
        First and last departure (clock time).
    """
    rows = np.arange(len(trips.name))
    if factor == 1.0:
        return DayTrips(rows, trips.name, trips.name_hash, trips.depart_s)
    draw = u01(vehicle_keys(trips.name_hash, seed_key), Stream.DAY, _MADE, 0)
    kept = rows[trips.timetabled | (draw < factor)]
    copied = rows[~trips.timetabled & (draw < factor - 1.0)]
    names = [trips.name[row] + trips.copy_suffix for row in copied.tolist()]
    hashes = hash_names(names)
    return DayTrips(
        np.concatenate([kept, copied]), [trips.name[row] for row in kept.tolist()] + names,
        np.concatenate([trips.name_hash[kept], hashes]),
        np.concatenate([trips.depart_s[kept], shifted(trips.depart_s[copied], vehicle_keys(hashes, seed_key),
                                                            window_s)]),
    )


def shifted(depart_s: F8, keys: U8, window_s: tuple[float, float]) -> F8:
    """Departures of travellers (random ``keys``) who copy trips that depart at ``depart_s``, within the window.

    Examples
    --------
    >>> keys = np.arange(3, dtype=np.uint64)
    >>> bool((abs(shifted(np.full(3, 400.0), keys, (0.0, 900.0)) - 400.0) < MOST_SHIFT_S).all())
    True
    """
    shift_s = (2.0 * u01(keys, Stream.DAY, _SHIFT, 0) - 1.0) * MOST_SHIFT_S
    return _folded(depart_s + shift_s, window_s)


def _folded(depart_s: F8, window_s: tuple[float, float]) -> F8:
    """Reflect departures at the ends of the window: cutting them there would make a crowd."""
    first, last = window_s
    folded = first + np.abs(depart_s - first)
    return np.clip(last - np.abs(last - folded), first, last)
