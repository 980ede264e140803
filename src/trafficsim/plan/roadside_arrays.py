"""What stands at the roadside and reacts to traffic, and what it showed when, as arrays of the plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.spec.roadside import Reaction

SIGN, METER = 0, 1
DEVICE_NAMES = ("limit", "rate")
DEVICE_UNITS = ("km/h", "veh/h")


class RoadsideArrays(NamedTuple):
    """Reactions, their devices, and what these have shown so far: nothing in a plan that has not run.

    A device shows its value from ``since_s`` on, until it shows another one; NaN: nothing.
    """

    reactions: tuple[Reaction, ...]
    kind: NDArray[np.int32]
    """Of every device: :data:`SIGN` (a limit in m/s) or :data:`METER` (a rate in vehicles per hour)."""
    link: NDArray[np.int32]
    reaction: NDArray[np.int32]
    """To which reaction a device belongs."""
    rule: NDArray[np.int32]
    """Rule of behaviour that holds while a sign shows a limit; -1 without one."""
    shown: NDArray[np.int32]
    """One row per change, in order of time: the device."""
    since_s: NDArray[np.float64]
    value: NDArray[np.float64]
    reason: tuple[str, ...]
    """Why, in words."""


def no_roadside() -> RoadsideArrays:
    """Return the roadside of a plan on which nothing reacts."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return RoadsideArrays((), whole, whole, whole, whole, whole, real, real, ())


def values_at(roadside: RoadsideArrays, time_s: float) -> NDArray[np.float64]:
    """Return what every device shows at a clock time; NaN where nothing.

    Examples
    --------
    >>> one = np.zeros(1, np.int32)
    >>> signs = RoadsideArrays((), one, one, one, one, one, np.array([60.0]), np.array([22.2]), ("jam",))
    >>> values_at(signs, 59.0).tolist(), values_at(signs, 60.0).tolist()
    ([nan], [22.2])
    """
    values = np.full(len(roadside.link), np.nan)
    begun = roadside.since_s <= time_s
    values[roadside.shown[begun]] = roadside.value[begun]  # the last of equal indices stays
    return values


def until_s(roadside: RoadsideArrays) -> NDArray[np.float64]:
    """Return until when each row is shown: the time of the next one of its device."""
    end = np.full(len(roadside.shown), np.inf)
    for device in np.unique(roadside.shown):
        rows = np.flatnonzero(roadside.shown == device)
        end[rows[:-1]] = roadside.since_s[rows[1:]]
    return end


def shown_more(roadside: RoadsideArrays, time_s: float, changes: dict[int, tuple[float, str]]) -> RoadsideArrays:
    """Return the roadside with further rows: by device, the value from a clock time on and why."""
    devices = sorted(changes)
    return roadside._replace(
        shown=np.append(roadside.shown, np.array(devices, np.int32)).astype(np.int32),
        since_s=np.append(roadside.since_s, np.full(len(devices), time_s)),
        value=np.append(roadside.value, np.array([changes[one][0] for one in devices], np.float64)),
        reason=roadside.reason + tuple(changes[one][1] for one in devices))
