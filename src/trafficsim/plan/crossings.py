"""Lower crossings for pedestrians: those with a signal of their own, and the streets at all other signals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from trafficsim.plan.arrays import CrossingArrays, SignalArrays, no_crossings
from trafficsim.spec.crossing import LANE_WIDTH_M
from trafficsim.spec.network import MIRRORED, Connection, Network, Turn

NOT_ON_FOOT = "motorway"


class _Row(NamedTuple):
    name: str
    program: int
    group: int
    length_m: float
    approach: tuple[int, ...] = ()
    entering: tuple[int, ...] = ()
    turning: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def lower_crossings(network: Network, signals: SignalArrays) -> CrossingArrays:
    """Find the crossings at the signals of a network.

    A signal with crossings of its own has these. At any other one pedestrians may cross every street but motorways
    (modelling assumption): networks seldom say where they do. An approach and the exit between the same two nodes are
    one street; others are crossed one by one. A street that nobody drives along but vehicles which give way to
    pedestrians needs no signal and is left out. A crossing to which the program of its signal shows nothing is too.

    Parameters
    ----------
    network
        Crossings, connections and links.
    signals
        Its programs.

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim import junction
    >>> network = junction()
    >>> found = lower_crossings(network, lower_signals(network.signals))
    >>> found.name, found.length_m.tolist()
    (('in0', 'in1', 'in2', 'in3'), [6.5, 6.5, 6.5, 6.5])
    """
    rows = list(_rows(network, signals))
    if not rows:
        return no_crossings()
    columns = list(zip(*rows, strict=True))
    return CrossingArrays(columns[0], np.array(columns[1], np.int32), np.array(columns[2], np.int32),
                          np.array(columns[3], np.float64), *columns[4:])


def _rows(network: Network, signals: SignalArrays) -> Iterator[_Row]:
    links = network.links if signals.program_id else {}
    controlled: dict[str, list[Connection]] = {name: [] for name in signals.program_id}
    for one in network.connections:
        if one.signal in controlled and one.signal_index is not None:
            controlled[one.signal].append(one)
    for program, name in enumerate(signals.program_id):
        first, last = (int(signals.group_start[place]) for place in (program, program + 1))
        own = [one for one in network.crossings if one.signal == name and first + one.signal_index < last]
        if own:
            yield from (_Row(one.id, program, first + one.signal_index, one.length_m) for one in own)
        else:
            yield from _streets(program, first, controlled[name], _Roads(links, network.left_hand_traffic))


class _Roads(NamedTuple):
    links: dict[str, dict[str, Any]]
    left_hand: bool

    def across(self) -> tuple[Turn, ...]:
        """Turns across the opposing traffic."""
        return (MIRRORED["left"] if self.left_hand else "left", "u_turn")

    def nearside(self) -> Turn:
        return MIRRORED["right"] if self.left_hand else "right"


def _streets(program: int, first: int, here: Sequence[Connection], roads: _Roads) -> Iterator[_Row]:
    others = _groups(first, here)
    for into, out in _pairs(here, roads):
        ends = [roads.links[link] for link in (into, out) if link is not None]
        if any(one.get("road_class") == NOT_ON_FOOT for one in ends):
            continue
        entering = [one for one in here if one.to_link == out]
        row = _Row(into or str(out), program, -1, sum(int(one.get("lanes") or 1) for one in ends) * LANE_WIDTH_M,
                   _groups(first, (one for one in here if one.from_link == into)),
                   _groups(first, (one for one in entering if one.turn not in (*roads.across(), roads.nearside()))),
                   _groups(first, (one for one in entering if one.turn in roads.across())), others)
        if row.approach or row.entering or row.turning:
            yield row


def _groups(first: int, connections: Any) -> tuple[int, ...]:
    return tuple(sorted({first + int(one.signal_index or 0) for one in connections}))


def _pairs(here: Sequence[Connection], roads: _Roads) -> Iterator[tuple[str | None, str | None]]:
    """Each approach with the exit of the same street, then the exits that are left."""
    exits = list(dict.fromkeys(one.to_link for one in here))
    for into in dict.fromkeys(one.from_link for one in here):
        back = (roads.links[into]["to"], roads.links[into]["from"])
        out = next((one for one in exits if (roads.links[one]["from"], roads.links[one]["to"]) == back), None)
        if out is not None:
            exits.remove(out)
        yield into, out
    yield from ((None, out) for out in exits)
