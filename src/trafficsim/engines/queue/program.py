"""The program of a run of the queue engine: constants and empty roads."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import NOT_SHOWN
from trafficsim.engines.controlling import control_tables
from trafficsim.engines.queue.layout import in_lines
from trafficsim.engines.queue.merges import compile_merges
from trafficsim.engines.queue.moments import moments_of
from trafficsim.engines.queue.network import compile_network
from trafficsim.engines.queue.representation import CONTROL_TICK_S
from trafficsim.engines.queue.sensing import compile_sensing
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.trips import compile_trips
from trafficsim.kernels.queue.lanes import find_lanes
from trafficsim.kernels.queue.start import FAR_CM
from trafficsim.kernels.queue.tables import (
    NEVER,
    NO_LIMIT,
    NOBODY,
    Agenda,
    Counts,
    Lanes,
    Links,
    Log,
    Net,
    Shown,
    Trips,
    Vehicles,
    World,
)
from trafficsim.plan.arrays import Plan

SEEN = 1024
"""Links, and vehicles, that are fetched ahead at once, at most."""
FAR_BACK = -(1 << 30)
"""Nobody has used a line for so long at the start."""


def compile_plan(plan: Plan, settings: QueueSettings) -> World:
    """Turn a plan into a program, with the limits and zones that hold at the start."""
    plan = moments_of(plan)[0].plan
    net, trips = compile_network(plan, settings), compile_trips(plan)
    count = len(plan.trips.name)
    links = _links(net, trips)
    agenda = _agenda(net, trips)
    groups = len(net.group_start) - 1
    shown = Shown(_full(groups, NOT_SHOWN), _full(groups, 0), _full(groups, FAR_BACK),
                  _full(len(net.turn), FAR_BACK))
    world = in_lines(World(net, trips, _vehicles(trips, count), _lanes(len(net.link_of)), links, shown, agenda,
                           _counts(plan), _log(plan), compile_merges(plan, settings, net),
                           control_tables(plan, CONTROL_TICK_S), compile_sensing(plan)))
    find_lanes(world.net, world.trips)
    return world


def _full(count: int, value: int) -> np.ndarray:
    return np.full(count, value, np.int64)


def _vehicles(trips: Trips, count: int) -> Vehicles:
    def of(value: int) -> np.ndarray:
        return _full(count, value)

    return Vehicles(cursor=trips.route_start[:-1].copy(), since=of(0), ready=of(0), before=of(NOBODY),
                    after=of(NOBODY), planned=of(NOBODY), ahead=of(0), covered=np.zeros(count),
                    waiting=of(0), stops=of(0), begun=of(-1), ended=of(-1), distance=np.zeros(count))


def _lanes(count: int) -> Lanes:
    def of(value: int) -> np.ndarray:
        return _full(count, value)

    return Lanes(head=of(NOBODY), tail=of(NOBODY), queued=of(0), planned=of(0), left=of(FAR_BACK), due=of(NEVER),
                 blocked=of(NOBODY), since=of(0), gives_way=of(0), may_clear=of(0), admits=of(FAR_BACK),
                 place=of(0), pace=of(0), gone=of(FAR_CM), stood=of(0))


def _links(net: Net, trips: Trips) -> Links:
    count = len(net.room)
    ring = np.where(net.room < NO_LIMIT, net.room // max(int(net.spacing.min(initial=1 << 20)), 1) + 2, 1)
    start = np.concatenate([[0], np.cumsum(ring)])

    def of(value: int) -> np.ndarray:
        return _full(count, value)

    return Links(first=of(NOBODY), last=of(NOBODY), arrival=of(NEVER), taken=of(0), waited=of(0), held=of(0),
                 served=_full(2 * count, FAR_BACK), entered=trips.entry_start[:-1].copy(), ring_start=start,
                 ring_time=_full(int(start[-1]), 0), ring_room=_full(int(start[-1]), 0),
                 ring_lane=_full(int(start[-1]), 0), ring_first=of(0), ring_count=of(0))


def _agenda(net: Net, trips: Trips) -> Agenda:
    """Return when the first trips are due; nothing else happens on empty roads."""
    count = len(net.room)
    place = _full(2 * count, NEVER)
    some = np.flatnonzero(np.diff(trips.entry_start))
    place[count + some] = trips.depart[trips.entry[trips.entry_start[some]]]
    node = _full(len(net.member_start) - 1, NEVER)
    np.minimum.at(node, net.node_of, place)
    return Agenda(place[net.member], node, np.zeros((3, SEEN), np.int64))


def _counts(plan: Plan) -> Counts:
    links, turns = len(plan.link_id), len(plan.turns.to_link)
    period = np.rint((np.array([plan.analysis_begin_s, plan.analysis_end_s]) - plan.start_s) * 1000.0)
    return Counts(entered=np.zeros(links), left=np.zeros(links), vehicle_ms=_full(links, 0),
                  vehicle_m=np.zeros(links), waiting_ms=_full(links, 0), traversed=np.zeros(links),
                  free_ms=_full(links, 0), volume=np.zeros(turns), travel_ms=_full(turns, 0), delay_ms=_full(turns, 0),
                  analysis=period.astype(np.int64), total=_full(5, 0))


def _log(plan: Plan) -> Log:
    """Return a log with a row for every place of the routes on a link on which something is measured."""
    links = np.zeros(len(plan.link_id), np.bool_)
    links[plan.lanes.link[plan.detectors.lane]] = links[plan.lanes.link[plan.areas.lane]] = True
    links[plan.controls.detectors.link] = True
    links[plan.sections.from_link] = links[plan.sections.to_link] = True
    rows = int(np.count_nonzero(links[plan.trips.route_link]))
    watched = links[plan.lanes.link].astype(np.int64)
    return Log(watched, *(_full(rows, 0) for _ in range(5)))
