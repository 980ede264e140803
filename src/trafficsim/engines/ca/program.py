"""The program: everything that one run of the cellular automaton reads and writes, as integer arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.control.controller import Controller
from trafficsim.engines.ca.capacities import longest_on_links
from trafficsim.engines.ca.classes import code_units
from trafficsim.engines.ca.control import SignalControl
from trafficsim.engines.ca.limits import check_limits
from trafficsim.engines.ca.merged_groups import merge_groups
from trafficsim.engines.ca.network import compile_network, table
from trafficsim.engines.ca.scales import make_rule, one_row
from trafficsim.engines.ca.sensing import compile_sensing
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.signals import compile_signals, fixed_time
from trafficsim.engines.ca.traces import trace_tables, trace_window
from trafficsim.engines.ca.trips import compile_queues, compile_trips
from trafficsim.engines.ca.zones import compile_sections, compile_zones
from trafficsim.engines.controlling import control_tables
from trafficsim.engines.queue_counters import (
    CYCLE_DEFAULT_S,
    QUEUE_BIN_M,
    QUEUE_EVERY_S,
    blocked_rows,
    cycle_counts,
    lane_rows,
    queue_rows,
)
from trafficsim.engines.reacting import ReactingRecord
from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.rules import CarFollowingRule
from trafficsim.kernels.ca.sensing import Sensing
from trafficsim.kernels.ca.signal_tables import Signals
from trafficsim.kernels.ca.state import (
    CONN_STATE_FIELDS,
    COUNTERS,
    GAP_REQUEST_FIELDS,
    INTRUSION_FIELDS,
    LANE_STATE_FIELDS,
    STRETCH_FIELDS,
    Road,
    Work,
)
from trafficsim.kernels.ca.trips import Queues, Trips
from trafficsim.kernels.ca.vehicles import ARRIVAL_FIELDS, WAITING_AREA_FIELDS, Vehicles
from trafficsim.kernels.ca.world import World
from trafficsim.kernels.ca.zones import Zones
from trafficsim.kernels.control.tables import Control
from trafficsim.kernels.measurement.tables import (
    AREA_COUNT_FIELDS,
    AREA_FIELDS,
    CLOCK_FIELDS,
    DETECTOR_COUNT_FIELDS,
    EVENT_FIELDS,
    LINK_COUNT_FIELDS,
    PLACE_FIELDS,
    TURN_COUNT_FIELDS,
    Counters,
    MeasurementSections,
)
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import Plan
from trafficsim.plan.network import MOST_INSIDE
from trafficsim.plan.record import MOVE_SPEED_MS, WAIT_SPEED_MS

EVENT_ROWS = 65536
FAR_BACK = 1.0e6
"""Ticks since when nobody has passed a junction that is empty at the start."""


@dataclass
class Program:
    """One run, compiled."""

    net: Net
    signals: Signals
    trips: Trips
    queues: Queues
    zones: Zones
    sections: MeasurementSections
    work: Work
    counters: Counters
    clock: np.record
    rule: CarFollowingRule
    vehicles: Vehicles
    start: np.ndarray
    commanded: SignalControl
    control: Control
    sensing: Sensing
    reacted: ReactingRecord

    @property
    def road(self) -> Road:
        """What decisions on the road look at and write, now."""
        return Road(self.net, self.signals, self.trips, self.work, self.vehicles, self.start)

    @property
    def world(self) -> World:
        """What the step takes as its world."""
        return World(**{name: getattr(self, name) for name in World._fields})


def compile_plan(plan: Plan, settings: CellularAutomaton) -> Program:
    """Turn a plan into a program.

    Raises
    ------
    NetworkError
        If a link is too long for the cell size, or routes go on in too many different ways.
    InputError
        If speeds or classes of vehicles do not fit the resolution, or there are too many classes.
    """
    check_limits(plan, settings)
    merged = merge_groups(plan)
    net = compile_network(plan, settings, merged)
    trips = compile_trips(plan, settings, net)
    signals, commanded = compile_signals(plan, merged), fixed_time(plan, settings, merged)
    sensing, control = compile_sensing(plan, settings, merged), control_tables(plan, settings.tick_s)
    room = _capacity(net, trips, len(plan.trips.name))
    return Program(
        net=net, signals=signals, trips=trips, queues=compile_queues(plan),
        zones=compile_zones(plan, settings, net), sections=compile_sections(plan, settings, net), work=_work(net, room),
        counters=_counters(plan, settings, net, commanded.controller), clock=_clock(plan, settings),
        rule=make_rule(settings, code_units(plan.classes, settings, longest_on_links(plan))),
        vehicles=_vehicles(room), start=np.zeros(net.lanes + 1, np.int64), commanded=commanded,
        control=control, sensing=sensing, reacted=ReactingRecord(control, sensing.shown),
    )


def _capacity(net: Net, trips: Trips, count: int) -> int:
    shortest = int(trips.kind.cells[trips.row.kind[:count]].min()) if count else 1
    reach = net.lane.length.astype(np.int64)
    conns = net.conn[:-1]
    np.maximum.at(reach, conns.to, net.lane.length[conns.to] + conns.length)
    storage = int((reach // shortest + 2).sum())
    return min(count, storage) + net.lanes + 64


def _vehicles(room: int) -> Vehicles:
    return Vehicles(**{name: np.zeros(room, np.uint32 if name == "KEY" else np.int32) for name in Vehicles._fields})


def _work(net: Net, room: int) -> Work:
    lanes = net.lanes
    lane = rows(lanes, LANE_STATE_FIELDS)
    lane.head_conn[:] = -1
    lane.last_conn[:] = -1
    event_blocks, onto_blocks, candidate_blocks = (
        np.zeros(count // 8 + 1, np.uint64) for count in (lanes, lanes, room)
    )
    request = rows(lanes, GAP_REQUEST_FIELDS)
    request.entered[:], request.requested_tick[:] = -FAR_BACK, -1
    conn = rows(len(net.conn), CONN_STATE_FIELDS)
    conn.last_crossing[:], conn.passed[:] = -1, -FAR_BACK
    return Work(
        leader=np.zeros(room, np.int32), moved=np.zeros(room, np.int32), candidate_blocks=candidate_blocks,
        candidate=candidate_blocks.view(np.uint8), listed=np.zeros(room, np.uint32), bound=np.zeros(room, np.int16),
        waiting_area=rows(max(len(net.waiting_areas), 1) * MOST_INSIDE, WAITING_AREA_FIELDS).reshape(-1, MOST_INSIDE),
        taken=np.zeros(len(net.waiting_areas), np.uint8),
        event_blocks=event_blocks, event=event_blocks.view(np.uint8),
        onto_blocks=onto_blocks, onto=onto_blocks.view(np.uint8),
        arrive=rows(lanes, ARRIVAL_FIELDS), outs=np.zeros(lanes, np.uint32),
        stretch=rows(2 * lanes + 1, STRETCH_FIELDS),
        busy=np.zeros(lanes, np.uint32),
        lane=lane, gap_request=request, conn=conn, intrusion=rows(len(net.conn), INTRUSION_FIELDS),
        count=np.zeros(COUNTERS, np.int64),
    )


def _counters(plan: Plan, settings: CellularAutomaton, net: Net, controller: Controller) -> Counters:
    links, places = len(plan.link_id), len(plan.detectors.name)
    lane = np.asarray(plan.detectors.lane, np.int64)
    cell = np.rint(np.asarray(plan.detectors.position_m) / settings.cell_m) - net.lane.length[lane]
    clock = _clock(plan, settings)
    queue = queue_rows(plan, controller, 1, int(clock.cycle_default), int(clock.queue_every))
    areas = len(plan.areas.name)
    return Counters(
        places=places, link=rows(links, LINK_COUNT_FIELDS), turn=rows(len(plan.turns.to_link), TURN_COUNT_FIELDS),
        place=table(PLACE_FIELDS, places, {"lane": lane, "cell": cell}), detector=rows(places, DETECTOR_COUNT_FIELDS),
        areas=areas, area=_areas(plan, settings, net), area_count=rows(areas, AREA_COUNT_FIELDS),
        queue=queue, queue_count=cycle_counts(links),
        lane=lane_rows(net.lanes), blocked=blocked_rows(net.lanes),
        events=rows(EVENT_ROWS, EVENT_FIELDS),
        **trace_tables(plan, net),
    )


def _areas(plan: Plan, settings: CellularAutomaton, net: Net) -> np.recarray:
    areas, clock = plan.areas, _clock(plan, settings)
    begin, end = (np.rint(place / settings.cell_m).astype(int) - net.lane.length[areas.lane]
                  for place in (areas.begin_m, areas.end_m))
    return table(AREA_FIELDS, len(areas.name), {
        "lane": areas.lane, "begin": begin, "end": np.minimum(np.maximum(end, begin + 1), 0),
        "queue_gap": np.full(len(areas.name), net.scale.queue_gap),
        "wait_speed": np.full(len(areas.name), clock.wait_speed),
    })


def _clock(plan: Plan, settings: CellularAutomaton) -> np.record:
    tick, cell = settings.tick_s, settings.cell_m
    return one_row(CLOCK_FIELDS, {
        "seed": plan.seed_key & 0xFFFFFFFF,
        "analysis_begin": round((plan.analysis_begin_s - plan.start_s) / tick),
        "analysis_end": round((plan.analysis_end_s - plan.start_s) / tick),
        "queue_every": max(1, round(QUEUE_EVERY_S / tick)), "cycle_default": round(CYCLE_DEFAULT_S / tick),
        "wait_speed": int(WAIT_SPEED_MS * tick / cell), "move_speed": max(1, int(MOVE_SPEED_MS * tick / cell)),
        "bin_cells": max(1, round(QUEUE_BIN_M / cell)), **trace_window(plan, tick),
    })
