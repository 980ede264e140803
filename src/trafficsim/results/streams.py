"""Streams of a movement: those who need the same lanes soon after the junction keep to the lanes that lead there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.plan.arrays import BOOL, F8, I4, Plan
from trafficsim.plan.network import FREE_LANE_CHANGE_M
from trafficsim.results.frames import ratio

MOST_LINKS = 4
"""Links beyond the junction that are looked at."""
CAR = np.uint8(1)
"""Bit of cars in what a lane allows: lanes closed to them, as bus lanes are, carry no share of the capacity."""


class Paths(NamedTuple):
    """Of each stream: its movement, the turns that follow each other within short links, and its trips."""

    turn: I4
    turns: list[list[int]]
    trips: F8


class Streams(NamedTuple):
    """One row per stream and lane that it uses.

    Attributes
    ----------
    stream, turn, lane : number of the stream, its movement, and the lane
    share : share of the stream in the trips of its movement (1 where nobody goes)
    """

    stream: I4
    turn: I4
    lane: I4
    share: F8


def streams_of(plan: Plan) -> Streams:
    """Part the trips of every movement with a signal by the turns that follow within short links.

    Lanes closed to cars are used only where there is no other.
    """
    first, paths, trips = _paths(plan)
    totals = np.bincount(first, trips, len(plan.turns.from_link))
    unused = np.flatnonzero(totals == 0.0)
    turns = np.concatenate([first, unused]).astype(np.int32)
    shares = np.concatenate([ratio(trips, totals[first])[0], np.ones(len(unused))])
    connections = _connections_of_turns(plan)
    lanes = [_lanes(connections, path) for path in [*paths, *([turn] for turn in unused.tolist())]]
    number = np.repeat(np.arange(len(lanes), dtype=np.int32), [len(each) for each in lanes])
    flat = np.array([lane for each in lanes for lane in each], np.int32)
    return Streams(number, turns[number], flat, shares[number])


def _paths(plan: Plan) -> Paths:
    """Streams in the order of their movements; without a signal a movement is one stream, whatever follows."""
    turn = _turns_of_positions(plan)
    lit = np.zeros(len(plan.turns.from_link), np.bool_)
    lit[plan.connections.turn[plan.connections.signal_group >= 0]] = True
    with_signal = _paths_from_signals(plan, turn, lit)
    used = np.bincount(turn[turn >= 0], minlength=len(lit))
    plain = np.flatnonzero((used > 0) & ~lit)
    first = np.concatenate([with_signal.turn, plain]).astype(np.int32)
    order = np.argsort(first, kind="stable")
    paths = [*with_signal.turns, *([one] for one in plain.tolist())]
    trips = np.concatenate([with_signal.trips, used[plain].astype(np.float64)])
    return Paths(first[order], [paths[row] for row in order.tolist()], trips[order])


def _paths_from_signals(plan: Plan, turn: I4, lit: BOOL) -> Paths:
    """Streams of the movements that have a signal, in the order of movements and of the turns that follow."""
    short = plan.links.length_m[plan.turns.to_link] < FREE_LANE_CHANGE_M
    crossing = np.flatnonzero(turn >= 0)
    route_position = crossing[lit[turn[crossing]]]
    name = turn[route_position].astype(np.int64)
    goes_on = np.ones(len(name), np.bool_)
    for ahead in range(1, MOST_LINKS + 1):
        here = np.minimum(route_position + ahead, len(turn) - 1)
        goes_on = goes_on & (route_position + ahead < len(turn)) & short[turn[here - 1]] & (turn[here] >= 0)
        _, name = np.unique(name * (len(lit) + 1) + np.where(goes_on, turn[here] + 1, 0), return_inverse=True)
    _, sample, trips = np.unique(name, return_index=True, return_counts=True)
    paths = [_path(turn, short, lit, int(route_position[one])) for one in sample]
    return Paths(turn[route_position[sample]], paths, trips.astype(np.float64))


def _turns_of_positions(plan: Plan) -> I4:
    """Movement by which a trip leaves each link of its route, -1 at the last one."""
    route, links = plan.trips.route_link.astype(np.int64), len(plan.link_id)
    keys = plan.turns.from_link.astype(np.int64) * links + plan.turns.to_link
    order = np.argsort(keys, kind="stable")
    found = np.full(len(route), -1, np.int32)
    wanted = route[:-1] * links + route[1:]
    place = np.minimum(np.searchsorted(keys[order], wanted), max(len(keys) - 1, 0))
    if len(keys):
        found[:-1] = np.where(keys[order][place] == wanted, order[place], -1)
    found[plan.trips.route_start[1:] - 1] = -1
    return found


def _path(turn: I4, short: BOOL, lit: BOOL, route_position: int) -> list[int]:
    path = [int(turn[route_position])]
    while lit[path[0]] and len(path) <= MOST_LINKS and short[path[-1]]:
        following = int(turn[route_position + len(path)]) if route_position + len(path) < len(turn) else -1
        if following < 0:
            break
        path.append(following)
    return path


def _connections_of_turns(plan: Plan) -> list[list[tuple[int, int]]]:
    """Lanes from and to of the connections of every movement, those for cars if there are any."""
    connections, cars = plan.connections, plan.lanes.allowed & CAR > 0
    found: list[list[tuple[int, int]]] = [[] for _ in plan.turns.from_link]
    for turn, start, end in zip(
        connections.turn.tolist(), connections.from_lane.tolist(), connections.to_lane.tolist(), strict=True
    ):
        found[turn].append((start, end))
    return [[movement for movement in each if cars[movement[0]] and cars[movement[1]]] or each for each in found]


def _lanes(connections: list[list[tuple[int, int]]], path: list[int]) -> list[int]:
    """Lanes at the start of a path from which its turns follow without changing lanes, as far as there are any."""
    useful: set[int] = set()
    for turn in reversed(path):
        starts = {start for start, end in connections[turn] if end in useful}
        useful = starts or {start for start, _ in connections[turn]}
    return sorted(useful)
