"""Signal programs: phases of states, cycle and offset."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

# The letters of the SUMO tlLogic format, which practitioners already exchange: red, yellow, green with priority, green
# with give-way, red-amber, stop-and-go arrow, off blinking, off.
STATE_LETTERS = "ryGgusoO"


class Phase(Model):
    """One interval of a signal program in which no signal indication changes.

    Parameters
    ----------
    duration_s
        Whole seconds are kept exactly; the engine rounds to its tick and reports it.
    state
        One letter per signal index: r red, y yellow, G green with priority, g green giving way, u red-amber,
        s stop then go when clear, o off blinking (give way), O off.

    Examples
    --------
    >>> Phase(duration_s=40, state="GGrr").state[0]
    'G'
    """

    duration_s: float = Field(gt=0, le=3600)
    state: str = Field(min_length=1, pattern=f"^[{STATE_LETTERS}]+$")


class SignalProgram(Model):
    """A fixed-time program of one signal controller.

    Parameters
    ----------
    id
        Name of the controller.
    phases
        Intervals in which no signal indication changes, in order.
    offset_s
        Start of the first phase relative to the clock.
    name
        Name of the program in files of other programs.
    origin
        Where it comes from, where that is known: ``designed: ...`` for a program that nobody gave.

    Examples
    --------
    >>> program = SignalProgram(id="j1", phases=(Phase(duration_s=40, state="Gr"), Phase(duration_s=50, state="rG")))
    >>> program.cycle_s
    90.0
    """

    id: str
    phases: tuple[Phase, ...] = Field(min_length=1)
    offset_s: float = 0.0
    name: str = "0"
    origin: str = ""

    @model_validator(mode="after")
    def _same_width(self) -> Self:
        widths = {len(phase.state) for phase in self.phases}
        if len(widths) > 1:
            raise ValueError(f"phases of signal {self.id!r} have different numbers of states: {sorted(widths)}")
        return self

    @property
    def cycle_s(self) -> float:
        """Sum of the phase durations in seconds."""
        return float(sum(phase.duration_s for phase in self.phases))
