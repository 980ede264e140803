"""Which signal groups conflict, who gives way to whom, and what phases may show together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.base.errors import NetworkError
from trafficsim.plan.arrays import Plan

STRICT, GIVES_WAY, HAS_PRIORITY = 0, 1, 2
"""How a group conflicts with another: never together, together where it gives way, where the other does."""
Pair = tuple[int, int]


class Groups(NamedTuple):
    """Signal groups of one controller, and how those conflict (both ways, groups counted from 0 in it)."""

    where: str
    first: int
    width: int
    kinds: dict[Pair, int]


def conflicting_groups(plan: Plan, program: int, together: Iterable[Pair] = (), apart: Iterable[Pair] = ()) -> Groups:
    """Return the conflicts between the groups of a program.

    Groups conflict where paths of theirs cross or meet. One gives way to the other if each of its paths that cross one
    of the other's does, and if they are meant to be green together: by the program of the plan, or by ``together``. At
    a signal the right of way of a network also ranks streets that never are. Groups that the program of the plan shows
    green together do not conflict strictly, whatever their paths are: the one with the permitted green gives way, and
    two alike look out for themselves.

    Parameters
    ----------
    plan
        Programs and connections.
    program
        The program.
    together
        Pairs that phases show green together, with a permitted green for the first.
    apart
        Pairs with an intergreen that was given: they conflict even where no paths of theirs do, as people on foot and
        trams whose paths the network does not have.
    """
    first, last = (int(plan.signals.group_start[program + step]) for step in (0, 1))
    seen: dict[Pair, set[int]] = {}
    for one, other, kind in _crossings(plan, first, last):
        seen.setdefault((one, other), set()).add(kind)
        seen.setdefault((other, one), set()).add({GIVES_WAY: HAS_PRIORITY, HAS_PRIORITY: GIVES_WAY}.get(kind, STRICT))
    kinds = {pair: kind.copy().pop() if len(kind) == 1 else STRICT for pair, kind in seen.items()}
    permitted, shown_by_program = set(together), _together(plan, program, last - first)
    for (one, other), kind in kinds.items():
        meant = (one, other) if kind == GIVES_WAY else (other, one)
        if kind != STRICT and meant not in permitted and meant not in shown_by_program:
            kinds[one, other] = STRICT
    for pair in [pair for pair, kind in kinds.items() if kind == STRICT]:
        shown = shown_by_program.get(pair)
        if shown == (PERMITTED, GREEN):
            kinds[pair] = GIVES_WAY
        elif shown == (GREEN, PERMITTED):
            kinds[pair] = HAS_PRIORITY
        elif shown is not None:
            del kinds[pair]
    for one, other in apart:
        if (one, other) not in shown_by_program and (one, other) not in permitted and (other, one) not in permitted:
            kinds.setdefault((one, other), STRICT)
            kinds.setdefault((other, one), STRICT)
    return Groups(f"signal {plan.signals.program_id[program]!r}", first, last - first, kinds)


def _crossings(plan: Plan, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    conns = plan.connections
    group = conns.signal_group
    for number in np.flatnonzero((group >= first) & (group < last)).tolist():
        yields = set(conns.yields_to[conns.yield_start[number] : conns.yield_start[number + 1]].tolist())
        for other in conns.crosses[conns.cross_start[number] : conns.cross_start[number + 1]].tolist():
            if first <= group[other] < last and group[other] != group[number]:
                back = conns.yields_to[conns.yield_start[other] : conns.yield_start[other + 1]]
                kind = GIVES_WAY if other in yields else HAS_PRIORITY if number in back else STRICT
                yield int(group[number]) - first, int(group[other]) - first, kind


def _together(plan: Plan, program: int, width: int) -> dict[Pair, tuple[int, int]]:
    """What groups show that the program of the plan shows green together, in the first such phase."""
    signals, found = plan.signals, dict[Pair, tuple[int, int]]()
    for phase in range(int(signals.phase_start[program]), int(signals.phase_start[program + 1])):
        begin = int(signals.state_start[phase])
        state = np.asarray(signals.state[begin : begin + width])
        green = np.flatnonzero((state == GREEN) | (state == PERMITTED)).tolist()
        for one in green:
            for other in green:
                found.setdefault((one, other), (int(state[one]), int(state[other])))
    return found


def with_giving_way(groups: Groups, number: int, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what the groups show in a phase, permitted where one of two has to give way.

    Raises
    ------
    NetworkError
        If two conflicting groups are green in it.
    """
    codes = codes.copy()
    green = (codes == GREEN) | (codes == PERMITTED)
    for (one, other), kind in sorted(groups.kinds.items()):
        if green[one] and green[other]:
            if kind == STRICT:
                raise NetworkError(f"{groups.where}: phase {number}",
                                   f"green for signal indices {one} and {other}, whose paths cross or that have an "
                                   "intergreen",
                                   "movements that do not conflict, or of which one gives way", "take one of them out")
            if kind == GIVES_WAY:
                codes[one] = PERMITTED
    return codes


def are_compatible(groups: Groups, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two phases may be green together: what both show together has no conflicting greens."""
    both = shown_together(one, other)
    green = (both == GREEN) | (both == PERMITTED)
    return not any(green[first] and green[second] and (kind == STRICT or (kind == GIVES_WAY and both[first] == GREEN))
                   for (first, second), kind in groups.kinds.items())


RANK = np.array([0, 0, 3, 2, 1, 0], np.uint8)
"""By state, what prevails where phases show different things: green, permitted green, stop arrow, red."""


def shown_together(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what groups show while two phases are green.

    Examples
    --------
    >>> shown_together(np.array([0, 3, 4], np.uint8), np.array([2, 2, 0], np.uint8)).tolist()
    [2, 2, 4]
    """
    return np.where(RANK[one] >= RANK[other], one, other).astype(np.uint8)
