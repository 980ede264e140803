"""Conflicts within a signal plan: conflicting greens, and the time between greens that do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trafficsim.base.errors import PolicyError
from trafficsim.design.inference.greens import resolve_phases
from trafficsim.design.timing.stages import GREEN_LETTERS
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase, SignalProgram

Pair = tuple[int, int]
LONGEST_INTERGREEN_S = 15.0
"""What takes longer has other stages between (modelling assumption; RiLSA's worked examples have 4 to 9 s)."""


def crossing_pairs(network: Network, signal: str) -> Iterator[Pair]:
    """Yield pairs of connections of one signal whose paths cross or meet, each once."""
    movements = network.connections
    for number, movement in enumerate(movements):
        if movement.signal == signal and movement.signal_index is not None:
            for other in movement.crosses:
                if number < other and movements[other].signal == signal and movements[other].signal_index is not None:
                    yield number, other


def with_right_of_way(network: Network, signal: str, phases: Sequence[Phase], where: str) -> tuple[Phase, ...]:
    """Write ``g`` for every ``G`` that has to give way to another ``G`` of the same phase.

    A plan on paper has green alone; and programs of SUMO may show ``G`` to two conflicting movements, between which the
    right of way of the network decides (:func:`trafficsim.design.inference.greens.resolve_phases`).

    Raises
    ------
    PolicyError
        If two conflicting movements have green in one phase and neither gives way to the other.
    """
    found = resolve_phases(network, signal, phases)
    for one in found.undecided:
        first, second = network.connections[one.movement], network.connections[one.other]
        raise PolicyError(f"{where}: phase {one.phase}", f"green for {_named(first)} and for {_named(second)}, which "
                          "cross and of which none gives way",
                          "one of them at a time, or g for the one that gives way",
                          f"correct the letters of the signal indices {_index(first)} and {_index(second)}")
    return found.phases


def intergreens_s(network: Network, program: SignalProgram) -> dict[tuple[str, str], float]:
    """Shortest time from the end of green of one approach to the begin of green of another that it crosses, in s.

    By (link before, link of the next); approaches that are green together, one of them giving way, count only where
    green of one follows on that of the other, and nobody where other stages lie between.
    """
    found: dict[tuple[str, str], float] = {}
    for one, other in crossing_pairs(network, program.id):
        for first, second in ((one, other), (other, one)):
            movements = [network.connections[number] for number in (first, second)]
            key = (movements[0].from_link, movements[1].from_link)
            if key[0] != key[1]:
                for gap in gaps_s(program, _index(movements[0]), _index(movements[1])):
                    found[key] = min(gap, found.get(key, gap))
    return found


def gaps_s(program: SignalProgram, before: int, after: int) -> Iterator[float]:
    """Yield the times from every end of green of one index to the next begin of green of another."""
    yield from (change.gap_s for change in changes(program, before, after))


class Change(NamedTuple):
    """A change from green of one index to green of another: phases where the one ends and the other begins."""

    ends: int
    begins: int
    gap_s: float


def changes(program: SignalProgram, before: int, after: int) -> Iterator[Change]:
    """Yield the changes from green of one index to green of another, at most :data:`LONGEST_INTERGREEN_S` apart."""
    phases = program.phases
    green = [[phase.state[index] in GREEN_LETTERS for phase in phases] for index in (before, after)]
    for number in range(len(phases)):
        if green[0][number] or not green[0][number - 1] or green[1][number - 1]:
            continue  # no end of green here, or the other one has been green already
        waited, at = 0.0, number
        while not green[1][at] and not green[0][at] and waited < program.cycle_s:
            waited += phases[at].duration_s
            at = (at + 1) % len(phases)
        if green[1][at] and waited <= LONGEST_INTERGREEN_S:
            yield Change(number, at, waited)


def _index(movement: Connection) -> int:
    assert movement.signal_index is not None
    return movement.signal_index


def _named(movement: Connection) -> str:
    return f"{movement.from_link} to {movement.to_link}"
