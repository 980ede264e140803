"""What a search of paths steps through: nodes, or links where turns have penalties or are banned."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.spec.static_network import StaticNetwork

I8 = NDArray[np.int64]
NOTHING = -1


class Steps(NamedTuple):
    """Steps of a search from state to state, each over a link.

    Without turns a state is a node; with turns it is a link just driven, and zones have states of their own.
    """

    states: int
    tail: I8
    head: I8
    link: I8
    """Link that a step drives; ``NOTHING`` at the arrival in a zone."""
    turn: I8
    """Place of the penalty of its turn in arrays of costs, behind the links; ``NOTHING`` without penalty."""
    origin: I8
    """State in which trips from each zone begin."""
    destination: I8
    """State in which trips to each zone end."""


def steps_of(network: StaticNetwork, ends: I8) -> Steps:
    """Make the steps of a network for zones at some nodes.

    Examples
    --------
    >>> one = np.ones(2)
    >>> road = StaticNetwork(("a", "b", "c"), ("ab", "bc"), np.array([0, 1]), np.array([1, 2]), capacity=one,
    ...                      free_time=one, b=one, power=one, turns={("ab", "bc"): 2.0})
    >>> steps_of(road, np.array([0, 2])).states
    6
    """
    plain = _by_nodes(network, ends)
    return _by_links(plain, network) if network.turns else plain


def _by_nodes(network: StaticNetwork, ends: I8) -> Steps:
    """States are nodes. A node that no path may pass is two: links begin at one and end at the other."""
    nodes, links = len(network.node), len(network.link)
    arrival = np.arange(nodes)
    closed = np.array([node in network.no_through for node in network.node], np.bool_)
    arrival[closed] = nodes + np.arange(np.count_nonzero(closed))
    return Steps(nodes + int(np.count_nonzero(closed)), network.tail, arrival[network.head], np.arange(links),
                 np.full(links, NOTHING), ends, arrival[ends])


def _by_links(plain: Steps, network: StaticNetwork) -> Steps:
    """States are links just driven, then zones as origins, then zones as destinations."""
    links, zones = len(plain.link), len(plain.origin)
    first, second = _pairs(plain.head, plain.tail)
    kept, turn = _turns(first, second, network)
    begin, begun = _pairs(plain.origin, plain.tail)
    ended, end = _pairs(plain.head, plain.destination)
    return Steps(
        links + 2 * zones,
        np.concatenate((first[kept], links + begin, ended)),
        np.concatenate((second[kept], begun, links + zones + end)),
        np.concatenate((second[kept], begun, np.full(len(ended), NOTHING))),
        np.concatenate((turn[kept], np.full(len(begin) + len(ended), NOTHING))),
        links + np.arange(zones), links + zones + np.arange(zones),
    )


def _turns(first: I8, second: I8, network: StaticNetwork) -> tuple[NDArray[np.bool_], I8]:
    """Which pairs of links are turns that may be driven, and the place of their penalty."""
    place = {link: position for position, link in enumerate(network.link)}
    behind = {pair: len(place) + row for row, pair in enumerate(network.penalised)}
    kept, turn = np.ones(len(first), np.bool_), np.full(len(first), NOTHING)
    row_of = {pair: row for row, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True))}
    for pair, penalty in network.turns.items():
        row = row_of.get((place[pair[0]], place[pair[1]]))
        if row is not None:  # none through a node that no path may pass
            kept[row] = np.isfinite(penalty)
            turn[row] = behind.get(pair, NOTHING)
    return kept, turn


def _pairs(left: I8, right: I8) -> tuple[I8, I8]:
    """Positions in both arrays of all pairs of equal values."""
    order = np.argsort(right, kind="stable")
    low = np.searchsorted(right[order], left, "left")
    number = np.searchsorted(right[order], left, "right") - low
    one = np.repeat(np.arange(len(left)), number)
    within = np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
    return one, order[np.repeat(low, number) + within]
