"""Greens that cannot both have priority: right of way says which of the two has to look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from trafficsim.base.repairs import repair
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase


def settled(network: Network) -> Network:
    """Settle greens that cross (see :func:`settle`), and report it among the findings of the network.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> settled(ring(1000)).signals
    ()
    """
    changed, places = settle(network)
    return replace(changed, findings=(*network.findings, repair("conflicting-greens", places))) if places else network


def settle(network: Network) -> tuple[Network, list[str]]:
    """Settle every pair of crossing ways that have green ``G`` in one phase; return where this was done as well.

    If neither yields to the other, nothing is changed: who is in the junction first blocks the other.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> settle(ring(1000))[1]
    []
    """
    signals, places = [], []
    for program in network.signals:
        found = settle_phases(network, program.id, program.phases)
        signals.append(program.model_copy(update={"phases": found.phases}) if found.done else program)
        places += [_place(network.connections, one) for one in found.done]
    return (replace(network, signals=tuple(signals)), places) if places else (network, [])


class Crossing(NamedTuple):
    """Two ways that cross and have green ``G`` in one phase, by their places among the connections."""

    way: int
    other: int
    phase: int


class Settled(NamedTuple):
    """Phases in which right of way decides, where it was needed, and where neither of two ways yields."""

    phases: tuple[Phase, ...]
    done: list[Crossing]
    undecided: list[Crossing]


def settle_phases(network: Network, signal: str, phases: Sequence[Phase]) -> Settled:
    """Write ``g`` for the one of two crossing greens ``G`` that yields to the other, as its ``yields_to`` says.

    It looks, and goes where there is a gap. If each yields to the other, the one that stands later in the network does.
    Ways that merge into one lane are left as they are: cars follow each other there.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> settle_phases(ring(1000), "s", (Phase(duration_s=30.0, state="G"),)).done
    []
    """
    states = [list(phase.state) for phase in phases]
    done: list[Crossing] = []
    undecided: list[Crossing] = []
    for way, other in crossing_ways(network.connections, signal):
        loser = _loser(network.connections, way, other)
        first, second = (network.connections[place].signal_index or 0 for place in (way, other))
        for number, state in enumerate(states):
            if max(first, second) >= len(state) or not state[first] == "G" == state[second]:
                continue
            (undecided if loser is None else done).append(Crossing(way, other, number))
            if loser is not None:
                state[network.connections[loser].signal_index or 0] = "g"
    changed = (phase.model_copy(update={"state": "".join(state)}) for phase, state in zip(phases, states, strict=True))
    return Settled(tuple(changed), done, undecided)


def crossing_ways(connections: Sequence[Connection], signal: str) -> Iterator[tuple[int, int]]:
    """Yield pairs of ways that cross, do not merge into one lane, and obey a signal; the earlier one first."""
    for number, way in enumerate(connections):
        for other in way.crosses if way.signal == signal else ():
            if not number < other < len(connections):
                continue
            beside = connections[other]
            if beside.signal == signal and (beside.to_link, beside.to_lane) != (way.to_link, way.to_lane):
                yield number, other


def _loser(connections: Sequence[Connection], way: int, other: int) -> int | None:
    if way in connections[other].yields_to:
        return other
    return way if other in connections[way].yields_to else None


def _place(connections: Sequence[Connection], found: Crossing) -> str:
    way, other = connections[found.way], connections[found.other]
    return (f"signal {way.signal!r}, phase {found.phase}: {way.from_link} lane {way.from_lane} to {way.to_link} and "
            f"{other.from_link} lane {other.from_lane} to {other.to_link}")
