"""Greens that cannot both have priority: right of way says which of the two has to look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from trafficsim.base.repairs import repair
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase


def resolved(network: Network) -> Network:
    """Resolve conflicting greens (see :func:`resolve_greens`), and report it among the findings of the network.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> resolved(ring(1000)).signals
    ()
    """
    changed, places = resolve_greens(network)
    return replace(changed, findings=(*network.findings, repair("conflicting-greens", places))) if places else network


def resolve_greens(network: Network) -> tuple[Network, list[str]]:
    """Resolve every pair of conflicting movements that have green ``G`` in one phase.

    Return where this was done as well.

    If neither yields to the other, nothing is changed: who is in the junction first blocks the other.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> resolve_greens(ring(1000))[1]
    []
    """
    signals, places = [], []
    for program in network.signals:
        found = resolve_phases(network, program.id, program.phases)
        signals.append(program.model_copy(update={"phases": found.phases}) if found.done else program)
        places += [_place(network.connections, one) for one in found.done]
    return (replace(network, signals=tuple(signals)), places) if places else (network, [])


class Crossing(NamedTuple):
    """Two conflicting movements and have green ``G`` in one phase, by their places among the connections."""

    movement: int
    other: int
    phase: int


class ResolvedGreens(NamedTuple):
    """Phases in which right of way decides, where it was needed, and where neither of two ways yields."""

    phases: tuple[Phase, ...]
    done: list[Crossing]
    undecided: list[Crossing]


def resolve_phases(network: Network, signal: str, phases: Sequence[Phase]) -> ResolvedGreens:
    """Write ``g`` for the one of two crossing greens ``G`` that yields to the other, as its ``yields_to`` says.

    It looks, and goes where there is a gap. If each yields to the other, the one that stands later in the network does.
    Ways that merge into one lane are left as they are: cars follow each other there.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> resolve_phases(ring(1000), "s", (Phase(duration_s=30.0, state="G"),)).done
    []
    """
    states = [list(phase.state) for phase in phases]
    done: list[Crossing] = []
    undecided: list[Crossing] = []
    for movement, other in crossing_pairs(network.connections, signal):
        loser = _loser(network.connections, movement, other)
        first, second = (network.connections[place].signal_index or 0 for place in (movement, other))
        for number, state in enumerate(states):
            if max(first, second) >= len(state) or not state[first] == "G" == state[second]:
                continue
            (undecided if loser is None else done).append(Crossing(movement, other, number))
            if loser is not None:
                state[network.connections[loser].signal_index or 0] = "g"
    changed = (phase.model_copy(update={"state": "".join(state)}) for phase, state in zip(phases, states, strict=True))
    return ResolvedGreens(tuple(changed), done, undecided)


def crossing_pairs(connections: Sequence[Connection], signal: str) -> Iterator[tuple[int, int]]:
    """Yield pairs of conflicting movements, do not merge into one lane, and obey a signal; the earlier one first."""
    for number, movement in enumerate(connections):
        for other in movement.crosses if movement.signal == signal else ():
            if not number < other < len(connections):
                continue
            beside = connections[other]
            if beside.signal == signal and (beside.to_link, beside.to_lane) != (movement.to_link, movement.to_lane):
                yield number, other


def _loser(connections: Sequence[Connection], movement: int, other: int) -> int | None:
    if movement in connections[other].yields_to:
        return other
    return movement if other in connections[movement].yields_to else None


def _place(connections: Sequence[Connection], found: Crossing) -> str:
    movement, other = connections[found.movement], connections[found.other]
    return (
        f"signal {movement.signal!r}, phase {found.phase}: {movement.from_link} lane {movement.from_lane} to "
        f"{movement.to_link} and "
        f"{other.from_link} lane {other.from_lane} to {other.to_link}"
    )
