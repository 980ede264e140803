"""Gridlock, found slowly: room from the vehicles one by one, the wait-for graph and its cycles with NetworkX."""

from __future__ import annotations

import networkx as nx

from trafficsim.base.codes import (
    CAUSE_GIVES_WAY,
    CAUSE_MOVING,
    CAUSE_NO_ROOM,
    CAUSE_RED,
    CAUSE_STOP,
    CAUSE_WRONG_LANE,
    GREEN,
    RED,
    RED_AMBER,
    YELLOW,
)
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.packed_state import EXIT, FLAG_STOP
from trafficsim.kernels.ca.state import WITHOUT_ROOM

Choices = dict[int, list[list[int]]]
"""By lane: for every way that its head may take the lanes of those who stand in it; empty where nobody does."""


def deadlocked(choices: Choices) -> set[int]:
    """Lanes whose heads never get on: take out, one at a time, whoever has a way on which nobody of them stands."""
    left = set(choices)
    while True:
        out = next((lane for lane in sorted(left) if any(not set(movement) & left for movement in choices[lane])), None)
        if out is None:
            return left
        left.remove(out)


def gridlocks(choices: Choices) -> set[frozenset[int]]:
    """Cycles of the graph in which every lane that never gets on waits for the first who stands in its first way."""
    left = deadlocked(choices)
    graph = nx.DiGraph([(lane, next(one for one in choices[lane][0] if one in left)) for lane in left])
    return {frozenset(cycle) for cycle in nx.simple_cycles(graph)}


def choices_of(program: Program, least: int) -> Choices:
    """What the heads that have stood for ``least`` ticks wait for."""
    answer: Choices = {}
    for lane in range(program.net.lanes):
        slots = range(program.start[lane], program.start[lane + 1])
        if not len(slots) or program.work.lane[lane].wait < least:
            continue
        turn = int(program.vehicles.Z[slots[0]]) & 255
        if turn == EXIT or int(program.vehicles.Y[slots[0]]) & FLAG_STOP:
            continue
        over = _over_the_line(program, lane)
        answer[lane] = [[*over, *_beyond(program, lane, conn)] for conn in _connections(program, lane, turn)]
    return answer


def _cells(program: Program, slot: int) -> int:
    return int(program.vehicles.Y[slot]) >> 8 & 255


def _connections(program: Program, lane: int, turn: int) -> list[int]:
    """Connections of the lane for a turn; without any, the first one of the nearest lane that has."""
    conns = program.net.conn
    link = program.net.lane[lane].link
    serving = [at for at in range(len(conns) - 1)
               if conns[at].turn == turn and program.net.lane[conns[at].origin].link == link]
    own = [at for at in serving if conns[at].origin == lane]
    return own or sorted(serving, key=lambda at: (abs(int(conns[at].origin) - lane), conns[at].origin))[:1]


def _over_the_line(program: Program, lane: int) -> list[int]:
    """The lane of the vehicle that left this lane last, if its rear still hangs back over the line."""
    conn = int(program.work.lane[lane].last_conn)
    if conn < 0:
        return []
    to = int(program.net.conn[conn].to)
    slots = range(program.start[to], program.start[to + 1])
    if not len(slots) or slots[-1] == program.start[lane]:
        return []
    came_by = program.trips.row[program.vehicles.ID[slots[-1]]].connection
    back = (int(program.vehicles.X[slots[-1]]) >> 16) - _cells(program, slots[-1])
    return [to] if came_by == conn and back < -(program.net.lane[to].length + program.net.conn[conn].length) else []


def _beyond(program: Program, lane: int, conn: int) -> list[int]:
    """The lane that leaves no room for the head, with the lanes before it that are too short for it; else nothing."""
    net, trips = program.net, program.trips
    head = program.start[lane]
    wait = program.work.lane[lane].wait
    need = _cells(program, head) // 2 if wait > net.scale.impatience_time else _cells(program, head)
    route_position, room = int(trips.row[program.vehicles.ID[head]].route_position), 0
    for further in range(4):
        to, route_position = int(net.conn[conn].to), route_position + 1
        slots = range(program.start[to], program.start[to + 1])
        if not further and len(slots) and int(program.vehicles.X[slots[-1]]) & 0xFFF == 0:
            back = (int(program.vehicles.X[slots[-1]]) >> 16) - _cells(program, slots[-1])
            if back < -(net.lane[to].length + net.conn[conn].length):
                return [to]
        room += int(net.lane[to].length) - sum(_cells(program, slot) for slot in slots)
        if room >= need or trips.manoeuvre[trips.route[route_position]].turn == EXIT:
            return []
        if len(slots):
            return [to] if int(program.vehicles.X[slots[0]]) & 0xFFF == 0 else []
        onward = [
            at
            for at in _connections(program, to, int(trips.manoeuvre[trips.route[route_position]].turn))
            if net.conn[at].origin == to
        ]
        if not onward:
            return []
        conn = onward[0]
    return []


def causes_of(program: Program) -> dict[int, tuple[int, int]]:
    """By lane with vehicles: why its head stands, and the lane that leaves it no room, -1 without one."""
    return {lane: _cause(program, lane) for lane in range(program.net.lanes)
            if program.start[lane] < program.start[lane + 1]}


def _cause(program: Program, lane: int) -> tuple[int, int]:
    head, net = program.start[lane], program.net
    turn = int(program.vehicles.Z[head]) & 255
    if int(program.vehicles.Y[head]) & FLAG_STOP:
        return CAUSE_STOP, -1
    if program.work.lane[lane].wait == 0 or turn == EXIT:
        return CAUSE_MOVING, -1
    connections = _connections(program, lane, turn)
    ahead = [_over_the_line(program, lane) or _beyond(program, lane, conn) for conn in connections]
    if ahead and all(ahead):
        return CAUSE_NO_ROOM, ahead[0][0]
    own = [conn for conn in connections if net.conn[conn].origin == lane]
    if not own:
        return CAUSE_WRONG_LANE, -1
    indications = [
        program.signals.group[net.conn[conn].group].state if net.conn[conn].group >= 0 else GREEN for conn in own
    ]
    if all(indication in (RED, RED_AMBER, YELLOW) for indication in indications):
        return CAUSE_RED, -1
    return (CAUSE_NO_ROOM if program.work.lane[lane].blocking_reason == WITHOUT_ROOM else CAUSE_GIVES_WAY), -1
