"""Ring-barrier timing: phases that follow each other in rings, and barriers that all rings cross together."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

Reference = Literal["last_begin_of_green", "first_begin_of_green", "first_begin_of_yellow", "first_begin_of_red"]
"""What an offset refers to, where two phases are coordinated: the last or first of them to change."""
MOST_PHASE = 40
"""Numbers of phases; NEMA TS 2 has 16, some controllers more."""


class RingPhase(Model):
    """A phase of a ring (NEMA TS 2): its interval and the limits within which a controller may vary it.

    Parameters
    ----------
    number
        Number of the phase, by which movements name it.
    ring, barrier, position
        Its ring, the barrier before which it ends, and its place between two barriers.
    green_s
        Green of the coordinated plan.
    yellow_s, all_red_s
        Clearance after it.
    min_green_s, max_green_s, extension_s
        Limits of an actuated green, and the time by which each vehicle extends it.
    walk_s, ped_clearance_s
        Pedestrians' intervals.
    recall
        What calls the phase when nobody waits, as the file says.

    Examples
    --------
    >>> RingPhase(number=2, ring=1, barrier=1, position=2, green_s=20, yellow_s=4.3, all_red_s=1).split_s
    25.3
    """

    number: int = Field(ge=1, le=MOST_PHASE)
    ring: int = Field(ge=1, le=16)
    barrier: int = Field(ge=1, le=16)
    position: int = Field(ge=0, le=64)
    green_s: float = Field(gt=0, le=3600)
    yellow_s: float = Field(default=0.0, ge=0, le=60)
    all_red_s: float = Field(default=0.0, ge=0, le=60)
    min_green_s: float | None = Field(default=None, ge=0, le=3600)
    max_green_s: float | None = Field(default=None, ge=0, le=3600)
    extension_s: float | None = Field(default=None, ge=0, le=600)
    walk_s: float | None = Field(default=None, ge=0, le=600)
    ped_clearance_s: float | None = Field(default=None, ge=0, le=600)
    recall: str = ""

    @property
    def split_s(self) -> float:
        """Green, yellow and all-red."""
        return round(self.green_s + self.yellow_s + self.all_red_s, 3)


class RingBarrier(Model):
    """The phases of one controller, with the offset of its plan.

    Parameters
    ----------
    phases
        In any order; their rings, barriers and positions say how they follow.
    offset_s
        Clock time of the reference.
    coordinated
        Phases to which the offset refers; empty: the offset is the beginning of the first barrier.
    reference
        What of them.

    Examples
    --------
    >>> one = RingPhase(number=2, ring=1, barrier=1, position=1, green_s=30)
    >>> RingBarrier(phases=(one, one.model_copy(update={"number": 4, "barrier": 2}))).cycle_s
    60.0
    """

    phases: tuple[RingPhase, ...] = Field(min_length=1)
    offset_s: float = 0.0
    coordinated: tuple[int, ...] = ()
    reference: Reference = "last_begin_of_green"

    @model_validator(mode="after")
    def _once(self) -> Self:
        for what in ("number", "place"):
            keys = [phase.number if what == "number" else (phase.ring, phase.barrier, phase.position)
                    for phase in self.phases]
            twice = next((key for key in keys if keys.count(key) > 1), None)
            if twice is not None:
                raise ValueError(f"two phases have the same {what}: {twice}")
        return self

    @property
    def barriers(self) -> tuple[int, ...]:
        """Numbers of the barriers, in their order."""
        return tuple(sorted({phase.barrier for phase in self.phases}))

    @property
    def rings(self) -> tuple[int, ...]:
        """Numbers of the rings."""
        return tuple(sorted({phase.ring for phase in self.phases}))

    def between(self, ring: int, barrier: int) -> tuple[RingPhase, ...]:
        """Return the phases of a ring before a barrier, in their order."""
        found = (phase for phase in self.phases if (phase.ring, phase.barrier) == (ring, barrier))
        return tuple(sorted(found, key=lambda phase: (phase.position, phase.number)))

    def length_s(self, ring: int, barrier: int) -> float:
        """Return the time that a ring needs before a barrier."""
        return round(sum(phase.split_s for phase in self.between(ring, barrier)), 3)

    @property
    def cycle_s(self) -> float:
        """Sum over the barriers of the longest ring's time before each."""
        return round(sum(max(self.length_s(ring, barrier) for ring in self.rings) for barrier in self.barriers), 3)
