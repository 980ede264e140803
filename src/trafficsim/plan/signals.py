"""Lower signal programs to arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trafficsim.base.codes import STATE_CODES
from trafficsim.base.errors import NetworkError
from trafficsim.plan.arrays import SignalArrays
from trafficsim.plan.network import starts
from trafficsim.spec.signals import SignalProgram


def lower_signals(programs: Sequence[SignalProgram]) -> SignalArrays:
    """Flatten fixed-time programs, in the order given.

    Raises
    ------
    NetworkError
        If two programs share an id.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> phases = (Phase(duration_s=40, state="Gr"), Phase(duration_s=50, state="rG"))
    >>> signals = lower_signals([SignalProgram(id="j1", phases=phases)])
    >>> signals.group_start.tolist(), signals.duration_s.tolist(), signals.state.tolist()
    ([0, 2], [40.0, 50.0], [2, 0, 0, 2])
    """
    seen: set[str] = set()
    for program in programs:
        if program.id in seen:
            raise NetworkError(f"signal {program.id!r}", "two programs with this id", "one program per controller",
                               "remove one, or rename it")
        seen.add(program.id)
    phases = [phase for program in programs for phase in program.phases]
    letters = "".join(phase.state for phase in phases)
    return SignalArrays(
        program_id=tuple(program.id for program in programs),
        group_start=starts([len(program.phases[0].state) for program in programs]),
        phase_start=starts([len(program.phases) for program in programs]),
        duration_s=np.array([phase.duration_s for phase in phases], np.float64),
        state_start=starts([len(phase.state) for phase in phases]),
        state=np.array([STATE_CODES[letter] for letter in letters], np.uint8),
        offset_s=np.array([program.offset_s for program in programs], np.float64),
    )


def signal_groups(signals: SignalArrays) -> dict[str, tuple[int, int]]:
    """First group and number of groups of every program, by id."""
    first, last = signals.group_start[:-1].tolist(), signals.group_start[1:].tolist()
    return {name: (begin, end - begin) for name, begin, end in zip(signals.program_id, first, last, strict=True)}
