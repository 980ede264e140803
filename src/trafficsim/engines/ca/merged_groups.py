"""Signal groups whose lamps always show the same are one: real programs have a lamp for every connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from trafficsim.kernels.signals import RED, RED_AMBER
from trafficsim.plan.arrays import Plan


class MergedGroups(NamedTuple):
    """Merged groups, by program: group g of program p is one of ``start[p]`` to ``start[p + 1] - 1``."""

    start: np.ndarray
    name: np.ndarray
    """The first of the plan's groups that each stands for."""
    of_connection: np.ndarray
    """-1 without signal."""
    of_lane: np.ndarray
    """The group while whose red all connections of the lane have red; -1 if there is none."""


def merge_groups(plan: Plan) -> MergedGroups:
    """Merge the groups of every program that show the same in all of its phases."""
    signals = plan.signals
    count = int(signals.group_start[-1]) if len(signals.program_id) else 0
    merged, names, start, red = np.zeros(count + 1, np.int64), [], [0], []
    for program, codes in enumerate(group_codes(plan)):
        first = signals.group_start[program]
        _, found, member = np.unique(codes, axis=1, return_index=True, return_inverse=True)
        order = np.argsort(found)
        merged[first : first + codes.shape[1]] = start[-1] + np.argsort(order)[member.ravel()]
        names += (first + found[order]).tolist()
        red += [sum(1 << int(phase) for phase in np.flatnonzero(lamp)) for lamp in red_phases(codes[:, found[order]]).T]
        start.append(len(names))
    group = np.asarray(plan.connections.signal_group, np.int64)
    of_connection = np.where(group >= 0, merged[group], -1)
    return MergedGroups(np.asarray(start), np.asarray(names, np.int64), of_connection,
                        _common_red(plan, of_connection, red))


def group_codes(plan: Plan) -> Iterator[np.ndarray]:
    """Yield the codes of every program: a row for every phase, a column for every group."""
    signals = plan.signals
    for program in range(len(signals.program_id)):
        phases = slice(signals.phase_start[program], signals.phase_start[program + 1])
        groups = np.arange(signals.group_start[program + 1] - signals.group_start[program])
        yield np.asarray(signals.state)[np.asarray(signals.state_start)[phases, np.newaxis] + groups]


def red_phases(codes: np.ndarray) -> np.ndarray:
    """Return which codes forbid to go, with amber or without."""
    return np.asarray((codes == RED) | (codes == RED_AMBER))


def _common_red(plan: Plan, of_connection: np.ndarray, red: list[int]) -> np.ndarray:
    """Return by lane the group that is red only in phases in which those of all connections of the lane are."""
    of_lane = np.full(len(plan.lanes.link), -1)
    groups: dict[int, set[int]] = {}
    for lane, group in zip(plan.connections.from_lane.tolist(), of_connection.tolist(), strict=True):
        groups.setdefault(lane, set()).add(group)
    for lane, together in groups.items():
        if min(together) >= 0:
            common = -1
            for group in together:
                common &= red[group]
            of_lane[lane] = next((group for group in sorted(together) if red[group] == common), -1)
    return of_lane
