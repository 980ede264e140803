"""Kernels of closed lanes beside the reference model: room before a stretch, and where to leave a lane."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.closed import Closed, ahead_of, room, sides
from trafficsim.kernels.ca.closed import next_closed, room_to_closed
from trafficsim.kernels.ca.network import CLOSED_FIELDS, LANE_FIELDS
from trafficsim.kernels.ca.steering import side_to_leave
from trafficsim.kernels.jit import from_python
from trafficsim.kernels.tables import rows

NEXT, ROOM, SIDE = (from_python(one) for one in (next_closed, room_to_closed, side_to_leave))

LANES, CELLS = 3, 200


class ClosedNet(NamedTuple):
    """What the kernels read."""

    lane: np.recarray
    closed: np.recarray


def net_of(stretches: list[Closed]) -> ClosedNet:
    """What the kernels read of a link with these closed stretches."""
    stretches = sorted(stretches, key=lambda one: (one.lane, one.first))
    lane, closed = rows(LANES, LANE_FIELDS), rows(len(stretches) + 1, CLOSED_FIELDS)
    lane.side, lane.beside, lane.length = np.arange(LANES), LANES, CELLS
    closed.next[0] = len(stretches)
    for row, one in enumerate(stretches, start=1):
        closed.lane[row], closed.first[row], closed.last[row] = one.lane, one.first, one.last
        if row == 1 or stretches[row - 2].lane != one.lane:
            lane.closed[one.lane] = row
        else:
            closed.next[row - 1] = row
    return ClosedNet(lane, closed)


@st.composite
def stretches_of_a_link(draw: st.DrawFn) -> list[Closed]:
    """Up to two stretches in every lane that do not touch."""
    found = []
    for lane in range(LANES):
        ends = sorted(draw(st.lists(st.integers(-CELLS, -2), max_size=4, unique=True)))
        found += [Closed(lane, first, last) for first, last in zip(ends[::2], ends[1::2], strict=False)]
    return found


@given(stretches_of_a_link(), st.integers(0, LANES - 1), st.integers(-CELLS, -1), st.integers(1, 30))
def test_the_room_before_a_closed_stretch_is_that_of_the_reference_model(stretches: list[Closed], lane: int, front: int,
                                                              length: int) -> None:
    net = net_of(stretches)
    assert ROOM(net, lane, front, front - length, 300) == room(stretches, lane, front, front - length, 300)
    row, expected = NEXT(net, lane, front), ahead_of(stretches, lane, front)
    assert (row == 0) == (expected is None)
    assert expected is None or (net.closed.first[row], net.closed.last[row]) == (expected.first, expected.last)


@given(stretches_of_a_link(), st.integers(0, LANES - 1), st.integers(-CELLS, -1), st.integers(0, 1))
def test_drivers_leave_to_a_side_that_is_right(stretches: list[Closed], lane: int, place: int, up: int) -> None:
    net = net_of(stretches)
    row = NEXT(net, lane, place)
    if row == 0:
        return
    right, side = sides(stretches, LANES, lane, place), SIDE(net, lane, place, row, up)
    assert side in (right or {0})
    if right == {-1, 1}:
        assert side == (1 if up else -1) or len({one.lane for one in stretches}) > 1
