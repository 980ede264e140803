"""Emergency response in a plan: crashes with all that is drawn about them, stations, and the ways between both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.spec.emergency import Emergency

F8 = NDArray[np.float64]
I4 = NDArray[np.int32]


class CrashArrays(NamedTuple):
    """Crashes with injured people, in order of time; the same in every alternative."""

    name: tuple[str, ...]
    link: I4
    position_m: F8
    begin_s: F8
    injured: I4
    ecall_draw: F8
    """Uniform: notified by eCall where it is below the share."""
    ecall_s: F8
    witness_s: F8
    handling_s: F8
    turnout_s: F8
    care_s: F8
    clearance_s: F8


class StationArrays(NamedTuple):
    """Stations, in the order written."""

    name: tuple[str, ...]
    link: I4
    position_m: F8
    units: I4


@dataclass(frozen=True)
class EmergencyPlan:
    """The response of one alternative.

    Attributes
    ----------
    setting : how units are dispatched and drive, as the policies leave it
    stations, crashes : where units wait, and where they are needed
    routes : by station and crash, the links of the fastest way on empty roads; empty without one
    drive_s : by station and crash, the time of it; infinite without one
    opposite : by link, whether there is a lane of the other direction beside it
    """

    setting: Emergency
    stations: StationArrays
    crashes: CrashArrays
    routes: tuple[tuple[tuple[int, ...], ...], ...]
    drive_s: F8
    opposite: NDArray[np.bool_]
