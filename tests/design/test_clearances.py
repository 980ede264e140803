"""Intergreens from the geometry of a junction, against distances worked out by hand."""

from __future__ import annotations

import pytest

from trafficsim.design.synthetic import junction
from trafficsim.design.timing.clearances import clearances, intergreens_needed_s
from trafficsim.spec.network import Network

# Streets of one lane a direction: stop lines 3.25 + 6 m from the middle, lanes 1.625 m beside it.
LINE_M, LANE_M = 9.25, 1.625


def movement(network: Network, start: str, end: str) -> int:
    return next(place for place, one in enumerate(network.connections)
                if (one.from_link, one.to_link) == (start, end))


def test_streams_that_cross_at_right_angles() -> None:
    network = junction()
    found = clearances(network, "centre")
    # in0 comes from the east and keeps to the north side, in1 from the north and keeps to the west side: they cross
    # at (-1.625, 1.625), beyond the middle for the one, before it for the other.
    one = found[movement(network, "in0", "out2"), movement(network, "in1", "out3")]
    assert one.clearing_m == pytest.approx(LINE_M + LANE_M + 6.0, abs=0.01)
    assert one.entering_m == pytest.approx(LINE_M - LANE_M, abs=0.01)
    assert one.intergreen_s == pytest.approx(3.0 + 16.875 / 10.0 - 7.625 / 11.1, abs=0.01)
    back = found[movement(network, "in1", "out3"), movement(network, "in0", "out2")]
    assert back.intergreen_s == pytest.approx(3.0 + 13.625 / 10.0 - 10.875 / 11.1, abs=0.01)


def test_who_turns_clears_slowly_but_stops_early() -> None:
    network = junction()
    one = clearances(network, "centre")[movement(network, "in0", "out3"), movement(network, "in1", "out3")]
    assert (one.crossing_s, round(one.clearing_m / one.clearing_s, 6)) == (2.0, 7.0)


def test_the_matrix_has_the_longest_of_all_lanes() -> None:
    network = junction(lanes=3)
    found = clearances(network, "centre")
    matrix = intergreens_needed_s(found, network)
    connections = network.connections
    for (first, second), one in found.items():
        key = (connections[first].from_link, connections[first].to_link, connections[second].from_link,
               connections[second].to_link)
        assert matrix[key] >= one.intergreen_s
    assert set(matrix.values()) <= {one.intergreen_s for one in found.values()}
    assert max(matrix.values()) > max(intergreens_needed_s(clearances(junction(), "centre"), junction()).values())


def test_left_hand_traffic_is_the_mirror_image() -> None:
    both = [clearances(junction(left_hand_traffic=left), "centre").values() for left in (False, True)]
    times = [sorted(round(one.intergreen_s, 2) for one in found) for found in both]
    assert times[0] == pytest.approx(times[1], abs=0.02)
