"""From the final state of a program to the record of the run, back in SI units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trafficsim.base.codes import COMPLETED, EN_ROUTE, WAITING
from trafficsim.engines.ca.left import left_record
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.trips import dwell_ticks
from trafficsim.engines.closed_stretches import name_closed
from trafficsim.engines.gridlocks import gridlock_record
from trafficsim.engines.queue_counters import Units, blocking_record, queue_record
from trafficsim.kernels.ca.packed_state import MOST_STOPS, STOPS_SHIFT
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.vehicles import WAITING_AREA_FIELDS
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import (
    AreaRecord,
    DetectorRecord,
    EventRecord,
    LinkRecord,
    Performance,
    Record,
    SignalRecord,
    TrajectoryRecord,
    TraversalRecord,
    TripRecord,
    TurnRecord,
)
from trafficsim.plan.shown import green_of_turns_s

if TYPE_CHECKING:
    from trafficsim.engines.ca.loop import Collected


def make_record(
    plan: Plan, settings: CellularAutomaton, program: Program, collected: Collected, tick: int,
    performance: Performance,
) -> Record:
    """Return the record of a run that finished at a tick."""
    status = program.trips.row.status[: len(plan.trips.name)]
    last = max(tick, round((plan.end_s - plan.start_s) / settings.tick_s))
    shown = program.commanded.record(last, plan.start_s, settings.tick_s, program.reacted.switches())
    counts = {code: int(np.count_nonzero(status == code)) for code in (WAITING, EN_ROUTE, COMPLETED)}
    return Record(
        engine="ca", end_s=plan.start_s + tick * settings.tick_s,
        trips=_trips(plan, settings, program), links=_links(settings, program, collected),
        turns=_turns(plan, settings, program, shown),
        queues=queue_record(program.counters, program.net.links, _units(settings, program)),
        detectors=_detectors(settings, program, collected), events=_events(plan, settings, program, collected),
        trajectories=_trajectories(plan, settings, program, collected),
        demanded=len(status), waiting=counts[WAITING], en_route=counts[EN_ROUTE], completed=counts[COMPLETED],
        state=_state(program),
        lane_changes=int(program.work.count[Count.LANE_CHANGES]),
        traversals=_traversals(plan, settings, program, collected), areas=_areas(settings, program, collected),
        blocking=blocking_record(program.counters, program.net.lanes, _units(settings, program)),
        gridlocks=gridlock_record(collected.gridlocks, program.net.lane["link"],
                                  lambda ticks: plan.start_s + ticks * settings.tick_s),
        left=name_closed(plan, left_record(plan, settings, program, tick), plan.start_s + tick * settings.tick_s),
        performance=performance, signals=shown,
        control=program.reacted.record(plan.start_s, settings.tick_s), routes=collected.routes,
        emergency=collected.emergency, roadside=collected.roadside,
    )


def _state(program: Program) -> bytes:
    n = int(program.start[-1])
    waiting_area = np.stack([program.work.waiting_area[name] for name in WAITING_AREA_FIELDS], axis=-1).astype("<i8")
    inside = waiting_area.tobytes() if len(program.net.waiting_areas) else b""
    little = (np.ascontiguousarray(packed[:n]).astype(packed.dtype.newbyteorder("<")) for packed in program.vehicles)
    return inside + b"".join(packed.tobytes() for packed in little)


def _clock_s(plan: Plan, settings: CellularAutomaton, ticks: np.ndarray) -> np.ndarray:
    return np.where(ticks < 0, -1.0, plan.start_s + ticks * settings.tick_s)


def _inside(program: Program) -> np.ndarray:
    """Return the vehicles that wait inside junctions."""
    count = program.work.taken
    places = program.work.waiting_area[: len(count)]
    return np.asarray(places[np.arange(places.shape[1]) < count[:, None]])


def _trips(plan: Plan, settings: CellularAutomaton, program: Program) -> TripRecord:
    count = len(plan.trips.name)
    trips, ends = program.trips.row[:count], program.trips.end[:count]
    n = int(program.start[-1])
    stops = trips.stops.astype(np.int32)
    inside = _inside(program)
    for vehicles, packed in ((program.vehicles.ID[:n], program.vehicles.W[:n]), (inside["trip"], inside["w"])):
        stops[vehicles] = (packed >> STOPS_SHIFT) & MOST_STOPS
    return TripRecord(
        status=trips.status.astype(np.uint8), entry_s=_clock_s(plan, settings, ends.entry_time),
        exit_s=_clock_s(plan, settings, ends.exit_time), distance_m=trips.distance * settings.cell_m,
        waiting_s=trips.waiting * settings.tick_s, stops=stops, dwell_s=_dwelled_s(plan, settings, program),
    )


def _dwelled_s(plan: Plan, settings: CellularAutomaton, program: Program) -> np.ndarray:
    trips = plan.trips
    served = dwell_ticks(plan, settings) - program.trips.stop.left[: len(trips.stop_position)]
    trip = np.repeat(np.arange(len(trips.name)), np.diff(trips.stop_start))
    return np.bincount(trip, served, len(trips.name)) * settings.tick_s


def _stack(parts: list[np.ndarray], like: np.ndarray, rows: int) -> np.ndarray:
    """Return the first ``rows`` counters of all intervals, shape (intervals, rows)."""
    return np.stack(parts)[:, :rows] if parts else np.zeros((0, rows), like.dtype)


def _joined(parts: list[np.ndarray], like: np.ndarray) -> np.ndarray:
    """Return the rows of all parts, one after the other."""
    return np.concatenate(parts) if parts else np.zeros(0, like.dtype)


def _links(settings: CellularAutomaton, program: Program, collected: Collected) -> LinkRecord:
    table = _stack(collected.links, program.counters.link, program.net.links)
    return LinkRecord(
        entered=table["entered"].copy(), left=table["left"].copy(),
        vehicle_s=table["vehicle_ticks"] * settings.tick_s, vehicle_m=table["vehicle_cells"] * settings.cell_m,
        waiting_s=table["waiting_ticks"] * settings.tick_s, traversed=traversed(table),
        free_s=table["free_ticks"] * settings.tick_s,
    )


def traversed(table: np.ndarray) -> np.ndarray:
    """Traversals of each link by the share made in the interval: those that ended, and what is on the way."""
    moved = table["vehicle_cells"] > 0.0  # where nobody does, sums of the same shares may differ by their order
    return np.where(moved, table["left"] + table["covered"] - table["begun"], 0.0)


def _turns(plan: Plan, settings: CellularAutomaton, program: Program, shown: SignalRecord) -> TurnRecord:
    table = program.counters.turn[: len(plan.turns.to_link)]
    return TurnRecord(
        volume=table.volume.copy(), travel_s=table.travel_ticks * settings.tick_s,
        delay_s=table.delay_ticks * settings.tick_s,
        green_s=green_of_turns_s(plan, shown),
    )


def _units(settings: CellularAutomaton, program: Program) -> Units:
    clock = program.clock
    return Units(settings.cell_m, float(clock.queue_every) * settings.tick_s, int(clock.bin_cells))


def _detectors(settings: CellularAutomaton, program: Program, collected: Collected) -> DetectorRecord:
    table = _stack(collected.detectors, program.counters.detector, program.counters.places)
    speed = settings.cell_m / settings.tick_s
    return DetectorRecord(
        count=table["count"].copy(), speed_sum_ms=table["speed_sum"] * speed,
        inverse_speed_sum_s_m=table["inverse_speed_sum"] / speed,
    )


def _areas(settings: CellularAutomaton, program: Program, collected: Collected) -> AreaRecord:
    table = _stack(collected.areas, program.counters.area_count, program.counters.areas)
    tick, cell = settings.tick_s, settings.cell_m
    return AreaRecord(
        vehicle_s=table["vehicle_ticks"] * tick, vehicle_m=table["vehicle_cells"] * cell,
        taken_m_s=table["taken"] * tick * cell, waiting_s=table["waiting_ticks"] * tick,
        most_waiting=table["most_waiting"].copy(), longest_queue_m=table["longest_queue"] * cell,
        length_m=(program.counters.area.end - program.counters.area.begin)[: program.counters.areas] * cell,
    )


def _events(plan: Plan, settings: CellularAutomaton, program: Program, collected: Collected) -> EventRecord:
    rows = _joined(collected.events, program.counters.events)
    return EventRecord(
        time_s=plan.start_s + rows["time"] * settings.tick_s, code=rows["code"].copy(), trip=rows["trip"].copy(),
        link=rows["link"].copy(), value_s=rows["value"] * settings.tick_s,
    )


def _traversals(plan: Plan, settings: CellularAutomaton, program: Program, collected: Collected) -> TraversalRecord:
    rows = _joined(collected.traversals, program.sections.traversals)
    return TraversalRecord(
        section=rows["section"].copy(), trip=rows["trip"].copy(), lane=rows["lane"].copy(),
        time_s=plan.start_s + rows["time"] * settings.tick_s,
        speed_ms=rows["speed"] * settings.cell_m / settings.tick_s,
    )


def _trajectories(
    plan: Plan, settings: CellularAutomaton, program: Program, collected: Collected
) -> TrajectoryRecord:
    rows = _joined(collected.traces, program.counters.trace)
    lane = rows["lane"].copy()
    step_ms = settings.cell_m / settings.tick_s
    return TrajectoryRecord(
        time_s=np.asarray(plan.start_s + rows["tick"] * settings.tick_s, np.float64), trip=rows["trip"].copy(),
        link=program.net.lane.link[lane].astype(np.int32), lane=lane,
        position_m=(rows["position"] + program.net.lane.length[lane]) * settings.cell_m,
        speed_ms=rows["speed"].astype(np.float64) * step_ms,
    )
