"""Other orders of the stages of a program, such as left turns first or last, and programs at another cycle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.conflicts import crossing_pairs, gaps_s, with_right_of_way
from trafficsim.design.timing.stages import GREEN_LETTERS, Stages, stages_of
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase, SignalProgram

MOST_STAGES = 4
"""Of programs with more stages the order is kept: four have six orders."""
LEAST_GREEN_S = 5.0
"""RiLSA 2015: least green of vehicles."""
YELLOW_S = 3.0
"""Where a program shows none (RiLSA 2015, up to 50 km/h)."""


def at_cycle(program: SignalProgram, cycle_s: float, where: str, least_s: float = LEAST_GREEN_S) -> SignalProgram:
    """Return a program whose stages share a cycle as they do now; intergreens stay.

    Parameters
    ----------
    program
        The program.
    cycle_s
        Its cycle from now on.
    where
        What messages begin with.
    least_s
        Shortest green of a stage, unless it is shorter now.

    Raises
    ------
    PolicyError
        If a stage would have less, or no green.

    Examples
    --------
    >>> phases = [Phase(duration_s=s, state=t) for s, t in ((30, "Gr"), (5, "yr"), (20, "rG"), (5, "ry"))]
    >>> [one.duration_s for one in at_cycle(SignalProgram(id="j", phases=phases), 85.0, "here").phases]
    [45.0, 5.0, 30.0, 5.0]
    """
    stages, durations = stages_of(program), [phase.duration_s for phase in program.phases]
    greens = stages.greens(durations)
    factor = (cycle_s - (sum(durations) - sum(greens))) / sum(greens)
    wanted = [green * factor for green in greens]
    short = next((number for number, (new, old) in enumerate(zip(wanted, greens, strict=True))
                  if new <= 0.0 or new < min(least_s, old)), None)
    if short is not None:
        raise PolicyError(f"{where}: signal {program.id!r}", f"a stage of {wanted[short]:.1f} s at a cycle of "
                          f"{cycle_s:g} s", f"at least {max(least_s, 1.0):g} s", "allow longer cycles only")
    found = stages.phases_s(durations, wanted)
    return program.model_copy(update={"phases": tuple(
        phase.model_copy(update={"duration_s": duration})
        for phase, duration in zip(program.phases, found, strict=True))})


def orders_of(network: Network, program: SignalProgram, where: str) -> tuple[SignalProgram, ...]:
    """Return a program with its stages in every order, the present one first; all have its cycle.

    Between two stages that did not follow each other those who lose green get yellow, and others wait for the shortest
    intergreen that the program shows between them, or its longest where it shows none. Greens share what is left.

    Parameters
    ----------
    network
        Where the signal stands.
    program
        Its program.
    where
        What messages begin with.

    Raises
    ------
    PolicyError
        If intergreens leave a stage no green.
    """
    stages = stages_of(program)
    count = len(stages.phase)
    if not 3 <= count <= MOST_STAGES:
        return (program,)
    others = [order for rest in permutations(range(1, count)) if (order := (0, *rest)) != tuple(range(count))]
    return (program, *(_ordered(network, stages, order, where) for order in others))


def _ordered(network: Network, stages: Stages, order: Sequence[int], where: str) -> SignalProgram:
    program = stages.program
    durations = [phase.duration_s for phase in program.phases]
    phases: list[Phase] = []
    for one, other in pairwise((*order, order[0])):
        phases.append(Phase(duration_s=durations[stages.phase[one]], state=stages.state(one)))
        if (one + 1) % len(order) == other:
            phases += [program.phases[number] for number in stages.after[one]]
        else:
            phases += _change(network, stages, one, other)
    resolved = with_right_of_way(network, program.id, phases, f"{where}: signal {program.id!r}")
    return at_cycle(program.model_copy(update={"phases": resolved}), sum(durations), where)


def _change(network: Network, stages: Stages, one: int, other: int) -> list[Phase]:
    """Yellow for those who lose green, then red, for as long as those who get it have to wait."""
    before, after = stages.state(one), stages.state(other)
    lost = [old in GREEN_LETTERS and new not in GREEN_LETTERS for old, new in zip(before, after, strict=True)]
    if not any(lost):
        return []
    gained = [new in GREEN_LETTERS and old not in GREEN_LETTERS for old, new in zip(before, after, strict=True)]
    yellow_s = _yellow_s(stages.program)
    wait_s = max(_intergreen_s(network, stages, lost, gained), yellow_s)
    red_s = wait_s - yellow_s
    shown = [("y", yellow_s), ("r", red_s)]
    return [Phase(duration_s=lasts_s, state="".join(
        letter if gone else old if old in GREEN_LETTERS else "r" for gone, old in zip(lost, before, strict=True)))
        for letter, lasts_s in shown if lasts_s > 0.0]


def _yellow_s(program: SignalProgram) -> float:
    return max((phase.duration_s for phase in program.phases if "y" in phase.state), default=YELLOW_S)


def _intergreen_s(network: Network, stages: Stages, lost: Sequence[bool], gained: Sequence[bool]) -> float:
    """Longest of the intergreens from those who lose green to those who get it and cross them."""
    program, known = stages.program, [0.0]
    durations = [phase.duration_s for phase in program.phases]
    for pair in crossing_pairs(network, program.id):
        first, second = (network.connections[number].signal_index or 0 for number in pair)
        for before, after in ((first, second), (second, first)):
            if lost[before] and gained[after]:
                known.append(min(gaps_s(program, before, after), default=max(stages.intergreens(durations))))
    return max(known)
