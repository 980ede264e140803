"""Signal groups whose signals always show the same are one: real programs have a signal for every connection."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from trafficsim.base.codes import GREEN, RED, RED_AMBER
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
    of_group: np.ndarray
    """By group of the plan, the merged group that it belongs to."""


class Faces(NamedTuple):
    """What the groups of one program show: the first group of each kind, the kind of every group, when each is red."""

    first: np.ndarray
    kind: np.ndarray
    red: list[int]
    """By kind: bit p is set if it is red in phase p."""


def merge_groups(plan: Plan) -> MergedGroups:
    """Merge the groups of every program that show the same in all of its phases; none of a signal that reacts."""
    return _merged(plan, frozenset(plan.controls.controllers.program.tolist()))


def drawing_groups(plan: Plan, merged: MergedGroups) -> np.ndarray:
    """Return the group that draws decisions for each merged one: that of the fixed program.

    A signal that reacts and shows what the program shows then meets the same decisions.
    """
    if not plan.controls.any:
        return merged.name
    fixed = _merged(plan, frozenset())
    return np.asarray(fixed.name[fixed.of_group[merged.name]])


def _merged(plan: Plan, apart: frozenset[int]) -> MergedGroups:
    signals = plan.signals
    count = int(signals.group_start[-1]) if len(signals.program_id) else 0
    merged, start, names, red = np.zeros(count + 1, np.int64), [0], [np.zeros(0, np.int64)], []
    known: dict[tuple[tuple[int, ...], bytes], Faces] = {}  # most junctions of a city run one of few programs
    for program, codes in enumerate(group_codes(plan, apart)):
        shown = (codes.shape, codes.tobytes())
        if shown not in known:
            known[shown] = faces(codes)
        first, kind, kind_red = known[shown]
        begin = int(signals.group_start[program])
        merged[begin : begin + len(kind)] = start[-1] + kind
        names.append(begin + first)
        red += kind_red
        start.append(start[-1] + len(first))
    group = np.asarray(plan.connections.signal_group, np.int64)
    of_connection = np.where(group >= 0, merged[group], -1)
    return MergedGroups(np.asarray(start), np.concatenate(names), of_connection, _common_red(plan, of_connection, red),
                        merged[:count])


def faces(codes: np.ndarray) -> Faces:
    """Return what the groups of a program show, kinds in the order of their first groups.

    Examples
    --------
    >>> faces(np.array([[2, 0, 2], [0, 2, 0]]))
    Faces(first=array([0, 1]), kind=array([0, 1, 0]), red=[2, 1])
    """
    _, found, member = np.unique(codes, axis=1, return_index=True, return_inverse=True)
    order = np.argsort(found)
    first = found[order]
    red = (codes[:, first] == RED) | (codes[:, first] == RED_AMBER)
    bits = [sum(1 << int(phase) for phase in np.flatnonzero(one)) for one in red.T]
    return Faces(first, np.argsort(order)[member.ravel()], bits)


def group_codes(plan: Plan, apart: Collection[int] = ()) -> Iterator[np.ndarray]:
    """Yield the codes of every program: a row for every phase, a column for every group.

    Groups of the programs ``apart`` have phases of their own, each the only one that is red: any may differ from all.
    """
    signals = plan.signals
    for program in range(len(signals.program_id)):
        if program in apart:
            own = int(signals.group_start[program + 1] - signals.group_start[program])
            yield np.where(np.eye(own, dtype=np.bool_), RED, GREEN)
            continue
        phases = slice(signals.phase_start[program], signals.phase_start[program + 1])
        groups = np.arange(signals.group_start[program + 1] - signals.group_start[program])
        yield np.asarray(signals.state)[np.asarray(signals.state_start)[phases, np.newaxis] + groups]


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
