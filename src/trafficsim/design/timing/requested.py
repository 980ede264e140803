"""A fixed program as a signal that somebody asks for its stages; the program stands in when nobody does properly."""

from __future__ import annotations

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.design.timing.stages import Stages, stages_of
from trafficsim.spec.control import ControlPhase, SignalControl
from trafficsim.spec.signals import SignalProgram

MIN_GREEN_S = 5.0
"""Shortest green of vehicles (RiLSA 2015, 2.7.3); that of the program where it is shorter."""
LONGEST_S = 3600.0


def requested_control(program: SignalProgram) -> SignalControl:
    """Return the control of a signal whose stages are requested from outside.

    Stages are those of the program, numbered from 1; yellow and red clearance after each, splits and offset are its
    own.

    Raises
    ------
    NetworkError
        If the program has fewer than two stages: there is nothing to ask for.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> phases = [Phase(duration_s=s, state=t) for s, t in ((30, "Gr"), (3, "yr"), (2, "rr"), (20, "rG"), (5, "ry"))]
    >>> control = requested_control(SignalProgram(id="j1", phases=phases))
    >>> [(one.green, one.yellow_s, one.red_clearance_s, one.split_s) for one in control.phases]
    [('Gr', 3.0, 2.0, 35.0), ('rG', 5.0, 0.0, 25.0)]
    """
    stages = stages_of(program)
    if len(stages.phase) < 2:
        raise NetworkError(f"signal {quoted(program.id)}", f"{len(stages.phase)} stages", "at least two to choose from",
                           "leave this signal with its fixed program")
    first = sum(one.duration_s for one in program.phases[: stages.phase[0]])
    return SignalControl(id=program.id, method="requested", offset_s=program.offset_s + first,
                         phases=tuple(_phase(stages, place) for place in range(len(stages.phase))))


def _phase(stages: Stages, place: int) -> ControlPhase:
    phases = stages.program.phases
    green_s = phases[stages.phase[place]].duration_s
    yellow = [phases[number] for number in stages.after[place] if "y" in phases[number].state]
    yellow_s = float(sum(one.duration_s for one in yellow))
    between_s = float(sum(phases[number].duration_s for number in stages.after[place]))
    return ControlPhase(number=place + 1, position=place, green=stages.state(place), name=str(place + 1),
                        min_green_s=min(MIN_GREEN_S, green_s), max_green_s=LONGEST_S, yellow_s=yellow_s,
                        red_clearance_s=between_s - yellow_s, split_s=green_s + between_s)
