"""What signals show: found by walking through the phases second by second."""

from __future__ import annotations

from trafficsim.base.codes import STATE_CODES
from trafficsim.spec.signals import SignalProgram


def indications(program: SignalProgram, tick: int) -> list[int]:
    """Return the codes of all groups in a tick of one second."""
    timetable = [phase.state for phase in program.phases for _ in range(round(phase.duration_s))]
    return [STATE_CODES[letter] for letter in timetable[(tick - round(program.offset_s)) % len(timetable)]]
