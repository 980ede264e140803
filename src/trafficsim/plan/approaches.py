"""Approaches: which links together lead up to a junction, so that a queue fills one after the other.

A queue begins at a stop line. Where the road behind it is cut into several links without anything happening between
them, it stands on all of these; only where movements part, meet or cross does another road begin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.plan.arrays import BOOL, F8, I4, Plan

U_TURN = 3
"""Direction code of connections."""


@dataclass(frozen=True)
class Approaches:
    """Chains of links up to a junction, by link.

    Attributes
    ----------
    last : the link at whose end the chain has its junction (the link itself where nothing else follows)
    before : the link of the same chain that leads to this one, -1 without
    storage_m : length from the stop line of this link back to the beginning of the chain, connectors included
    """

    last: I4
    before: I4
    storage_m: F8

    @property
    def first(self) -> I4:
        """By link: the link at which its chain begins."""
        found = np.where(self.before >= 0, self.before, np.arange(len(self.before)))
        for _ in range(len(found).bit_length()):  # each round goes twice as far as the one before
            found = found[found]
        return found.astype(np.int32)

    @property
    def following(self) -> I4:
        """By link: the next link of the same chain, -1 at its end."""
        found = np.full(len(self.before), -1, np.int32)
        inner = np.flatnonzero(self.before >= 0)
        found[self.before[inner]] = inner
        return found

    def total(self, values: F8) -> F8:
        """Sum values of links over the whole chain of each."""
        return np.asarray(np.bincount(self.last, values, len(self.last))[self.last], np.float64)

    def links(self, link: int) -> list[int]:
        """Return the links of the chain that ends with this one, in driving order."""
        found = [link]
        while self.before[found[-1]] >= 0:
            found.append(int(self.before[found[-1]]))
        return found[::-1]


def approaches_of(plan: Plan) -> Approaches:
    """Join links that follow each other without a junction in between.

    Link ``b`` goes on the approach of ``a`` where every movement from ``a`` leads to ``b`` and every movement to ``b``
    comes from ``a``, without a signal, a stop sign or a conflicting movement; turning round does not count as a
    movement. A ring without any junction has no beginning: there every link is an approach of its own.
    """
    after = _next_links(plan)
    last = _ends(after)
    after = np.where(last >= 0, after, -1)  # rings are cut everywhere
    before = np.full(len(after), -1, np.int32)
    goes_on = np.flatnonzero(after >= 0)
    before[after[goes_on]] = goes_on
    last = np.where(last >= 0, last, np.arange(len(after))).astype(np.int32)
    return Approaches(last, before, _storage_m(plan, after, before))


def _next_links(plan: Plan) -> I4:
    """Return the link on which the approach goes on, -1 where there is a junction."""
    connections, links = plan.connections, len(plan.link_id)
    first, second = plan.lanes.link[connections.from_lane], plan.lanes.link[connections.to_lane]
    onward = connections.direction != U_TURN
    pairs = np.unique(np.column_stack([first[onward], second[onward]]), axis=0).reshape(-1, 2)
    targets, sources = (np.bincount(pairs[:, end], minlength=links) for end in (0, 1))
    busy = np.bincount(first, onward & _has_conflict(plan, first), minlength=links) > 0
    alone = (targets[pairs[:, 0]] == 1) & (sources[pairs[:, 1]] == 1) & ~busy[pairs[:, 0]]
    after = np.full(links, -1, np.int32)
    after[pairs[alone, 0]] = pairs[alone, 1]
    return after


def _has_conflict(plan: Plan, from_link: I4) -> BOOL:
    """Whether a connection has a signal, a stop, or crosses the way of another link."""
    connections = plan.connections
    owner = np.repeat(np.arange(len(from_link)), np.diff(connections.cross_start))
    real = (from_link[owner] != from_link[connections.crosses]) & (connections.direction[connections.crosses] != U_TURN)
    crossed = np.bincount(owner, real, len(from_link)) > 0
    return (connections.signal_group >= 0) | connections.must_stop | connections.first_come | crossed


def _ends(after: I4) -> I4:
    """Follow every chain to its end; -1 in a ring, which has none."""
    last = np.where(after >= 0, after, np.arange(len(after)))
    for _ in range(max(len(after), 1).bit_length()):  # each round goes twice as far as the one before
        last = last[last]
    return np.where(after[last] < 0, last, -1).astype(np.int32)


def _storage_m(plan: Plan, after: I4, before: I4) -> F8:
    between = _mean_connector_m(plan, after)
    storage: F8 = np.array(plan.links.length_m, np.float64)
    for link in np.flatnonzero((before < 0) & (after >= 0)).tolist():
        while after[link] >= 0:
            storage[after[link]] += storage[link] + between[link]
            link = int(after[link])
    return storage


def _mean_connector_m(plan: Plan, after: I4) -> F8:
    """Mean length of the connectors from each link to the next one of its chain, 0 without."""
    connections = plan.connections
    first, second = plan.lanes.link[connections.from_lane], plan.lanes.link[connections.to_lane]
    inside = after[first] == second
    count = np.bincount(first, inside, len(after))
    return np.bincount(first, inside * connections.length_m, len(after)) / np.maximum(count, 1.0)
