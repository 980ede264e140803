"""Greens that cannot both have priority: right of way says which of the two has to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trafficsim.base.repairs import repair
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram


def settled(network: Network) -> Network:
    """Settle greens that cross (see :func:`settle`), and report it among the findings of the network.

    Examples
    --------
    >>> from trafficsim.spec.build import ring
    >>> settled(ring(1000)).signals
    ()
    """
    changed, places = settle(network)
    return replace(changed, findings=(*network.findings, repair("conflicting-greens", places))) if places else network


def settle(network: Network) -> tuple[Network, list[str]]:
    """Settle every pair of crossing ways that have green ``G`` in one phase; return where this was done as well.

    The one that yields to the other, as its ``yields_to`` says, has green ``g`` in that phase: it looks, and goes where
    there is a gap. If each yields to the other, the one that stands later in the network does; if neither does, nothing
    is changed: who is in the junction first blocks the other. Ways that merge into one lane are left as they are.

    Examples
    --------
    >>> from trafficsim.spec.build import ring
    >>> settle(ring(1000))[1]
    []
    """
    programs = {program.id: [list(phase.state) for phase in program.phases] for program in network.signals}
    places = []
    for way, other in _crossing(network.connections):
        loser = _loser(network.connections, way, other)
        if loser is None:
            continue
        for number, state in enumerate(programs.get(str(network.connections[way].signal), ())):
            first, second = (network.connections[position].signal_index or 0 for position in (way, other))
            if max(first, second) < len(state) and state[first] == "G" == state[second]:
                places.append(_place(network.connections[way], network.connections[other], number))
                state[network.connections[loser].signal_index or 0] = "g"
    if not places:
        return network, []
    signals = tuple(_with_states(program, programs[program.id]) for program in network.signals)
    return replace(network, signals=signals), places


def _crossing(connections: tuple[Connection, ...]) -> Iterator[tuple[int, int]]:
    """Pairs of ways that cross, do not merge, and obey one signal; the earlier one first."""
    for number, way in enumerate(connections):
        for other in way.crosses if way.signal is not None else ():
            if not number < other < len(connections):
                continue
            beside = connections[other]
            if beside.signal == way.signal and (beside.to_link, beside.to_lane) != (way.to_link, way.to_lane):
                yield number, other


def _loser(connections: tuple[Connection, ...], way: int, other: int) -> int | None:
    if way in connections[other].yields_to:
        return other
    return way if other in connections[way].yields_to else None


def _place(way: Connection, other: Connection, phase: int) -> str:
    return (f"signal {way.signal!r}, phase {phase}: {way.from_link} lane {way.from_lane} to {way.to_link} and "
            f"{other.from_link} lane {other.from_lane} to {other.to_link}")


def _with_states(program: SignalProgram, states: list[list[str]]) -> SignalProgram:
    phases = tuple(phase.model_copy(update={"state": "".join(state)})
                   for phase, state in zip(program.phases, states, strict=True))
    return program.model_copy(update={"phases": phases})
