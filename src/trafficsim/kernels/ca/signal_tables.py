"""Fixed-time programs that kernels read, and what every group shows."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.tables import Array

PROGRAM_FIELDS = {"cycle": "i8", "offset": "i8", "phase": "i4", "group": "i4", "next_change": "i8"}
PHASE_FIELDS = {"end": "i8", "states": "i4"}  # end in ticks since the beginning of the cycle; where its codes begin
GROUP_FIELDS = {"state": "i4", "name": "i4", "since": "i8"}  # lamp now, the tick since when; name draws decisions


class Signals(NamedTuple):
    """Fixed-time programs: constants, and the state of every group."""

    programs: int
    program: Array
    phase: Array
    group: Array
    codes: Array
