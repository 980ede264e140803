"""A program as its stages: Phases with a green movement, and the intergreens between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trafficsim.spec.signals import SignalProgram

GREEN_LETTERS = "GgOos"
"""Letters under which vehicles may go: with priority, giving way, signal off, stop-and-go arrow."""
STAGE_LETTERS = "GgOo"
"""Letters that make a stage: an arrow alone, for turns on red, does not."""
CHANGE_LETTERS = "yu"


@dataclass(frozen=True)
class Stages:
    """The stages of a program, by phase number, and what lies between them.

    Attributes
    ----------
    program : the program
    phase : phase number of every stage
    after : phase numbers of the intergreen that follows each stage, up to the next one
    """

    program: SignalProgram
    phase: tuple[int, ...]
    after: tuple[tuple[int, ...], ...]

    def state(self, stage: int) -> str:
        """Letters of a stage."""
        return self.program.phases[self.phase[stage]].state

    def greens(self, phase_s: Sequence[float]) -> list[float]:
        """Duration of every stage in s."""
        return [float(phase_s[number]) for number in self.phase]

    def intergreens(self, phase_s: Sequence[float]) -> list[float]:
        """Duration of the intergreen after every stage in s."""
        return [float(sum(phase_s[number] for number in numbers)) for numbers in self.after]

    def phases_s(self, phase_s: Sequence[float], greens_s: Sequence[float]) -> list[float]:
        """Return all durations with other greens."""
        durations = [float(duration) for duration in phase_s]
        for number, green in zip(self.phase, greens_s, strict=True):
            durations[number] = float(green)
        return durations


def stages_of(program: SignalProgram) -> Stages:
    """Find the stages of a program: phases with a green and without yellow or red-amber.

    Everything between two stages is their intergreen: yellow, all-red and red-amber phases, also where a movement that
    both stages serve stays green.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> phases = [Phase(duration_s=s, state=t) for s, t in ((30, "Gr"), (3, "yr"), (2, "rr"), (20, "rG"), (5, "ry"))]
    >>> stages = stages_of(SignalProgram(id="j1", phases=phases))
    >>> stages.phase, stages.after, stages.intergreens([30, 3, 2, 20, 5])
    ((0, 3), ((1, 2), (4,)), [5.0, 5.0])
    """
    count = len(program.phases)
    found = [number for number in range(count) if _is_stage(program.phases[number].state)]
    after = []
    for place, number in enumerate(found):
        following = found[(place + 1) % len(found)]
        steps = (following - number - 1) % count
        after.append(tuple((number + 1 + step) % count for step in range(steps)))
    return Stages(program, tuple(found), tuple(after))


def _is_stage(state: str) -> bool:
    return any(letter in STAGE_LETTERS for letter in state) and not any(letter in CHANGE_LETTERS for letter in state)
