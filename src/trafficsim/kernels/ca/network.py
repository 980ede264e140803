"""The road network that kernels read, in cells and ticks."""

from __future__ import annotations

from typing import Any, NamedTuple

from trafficsim.kernels.tables import Array

LANE_FIELDS = {
    "length": "i4",  # cells from its start to its stop line
    "link": "u4",
    "turns": "u4",  # range of connections for turn q: reach[turns + q] to reach[turns + q + 1]
    "group": "i4",  # signal group while whose red all its connections have red, -1 if there is none
    "side": "u4",  # counted from the nearside of its link
    "beside": "u2",  # lanes of its link
    "closed": "u2",  # its closed stretch nearest to its start, a row of Net.closed; 0 without one
    "look": "i2",  # distance (cells) from the stop line within which followers look at it
    "merge_zone": "i2",  # cells before its end from which those who must leave it merge into the next lane
    "allowed": "i2",  # bits of the kinds that may use it
    "ends": "i1",  # whether it ends while lanes beside it go on
    "keep": "i1",  # drivers keep to the nearside unless they overtake
}
LINK_FIELDS = {
    "lane": "u4",  # first lane
    "turn": "u4",  # first turn
    "speed_mean": "f8",  # mean desired speed (cells/tick); desired = speed_mean * (1 + cv * z)
    "cv": "f8",
    "factor": "f8",  # speed that factor classes multiply (cells/tick)
    "limit": "f8",  # speed limit (1/256 cell per tick)
    "keep": "i4",  # drivers keep to the nearside unless they overtake
    "yellow": "u4",  # row of Net.stop_probability
    "inattention": "i8",  # share of drivers who do not see the signal at its end, in 1/2^32
    "hard_stop": "i4",  # share of those who stop at yellow that brake late and hard, in 1/65536
    "headway": "f4",  # factor of the headways that drivers keep there
}
CONN_FIELDS = {  # one cache line
    "speed_compliance": "f8",  # share of their desired speed that drivers keep for it, or for a slower link beyond
    "gap": "f8",  # critical gap in ticks
    "follow_up": "f8",  # ticks between the entries of two vehicles that use the same gap
    "origin": "u4",  # lane it leaves
    "to": "u4",  # lane it enters
    "length": "i4",
    "speed": "i4",  # 1/256 cell per tick
    "group": "i4",  # signal group, -1 without
    "yields": "u4",  # where its entries in Net.yields begin
    "crosses": "u4",  # where its entries in Net.crosses begin
    "waiting_area": "i4",  # index of its internal waiting area, -1 without
    "waiting_distance": "i2",  # cells from the stop line to that place
    "places": "i1",  # vehicles that can wait there
    "turn": "u1",  # turn as counted on its link
    "manner": "u1",  # bits MUST_STOP, KEEP_CLEAR, ALL_WAY of kernels.ca.permission
}


CLOSED_FIELDS = {  # a stretch of a lane that vehicles keep off
    "lane": "i4",
    "first": "i4",  # cells from the stop line: first and last one
    "last": "i4",
    "next": "i4",  # next row of the lane, 0 without one; in row 0 the number of rows
    "seen": "i4",  # cells before it from which drivers want to leave the lane
    "merge": "i4",  # the same from which they merge like a zipper
}


class Net(NamedTuple):
    """Constants of the road network, in cells and ticks."""

    scale: Any
    lanes: int
    links: int
    widest: int
    """Most lanes beside each other."""
    lane: Array
    link: Array
    conn: Array
    reach: Array
    yields: Array
    crosses: Array
    waiting_areas: Array
    """Connections with an internal waiting area."""
    nearside: Array
    """Lanes from which nobody may overtake those in the next lane towards the offside."""
    closed: Array
    """Stretches that are closed now, by lane and place, from row 1 on; row 0 stands for none."""
    closing: Array
    """int32: number of links with closed stretches, then these links."""
    kept: Array
    """Lower ones of two neighbouring lanes where drivers keep to the nearside."""
    stop_probability: Array
    """int32, P(stop) in 1/65536, by kind of approach and by time to the stop line at yellow in 1/8 tick."""
