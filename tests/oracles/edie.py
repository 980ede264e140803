"""Edie's counters, said plainly: what share of the ways along links vehicles covered, from where they were alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trafficsim.base.codes import COMPLETED, EN_ROUTE
from trafficsim.engines.ca.loop import Collected, advance, take_events, take_interval
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record

COLUMNS = ("flow_veh_h", "density_veh_km", "speed_kmh", "measured_length_m", "vehicle_h", "vehicle_km", "begin_s",
           "end_s")
Progress = dict[int, tuple[int, float]]
"""By trip: links of its route that lie behind it, and the share of its way along the next one that does."""


@dataclass(frozen=True)
class Watched:
    """A run whose traversals were counted beside it: by interval and link, weighted by the share of the way covered."""

    plan: Plan
    record: Record
    traversed: np.ndarray


def progress(program: Program, plan: Plan, first: np.ndarray) -> Progress:
    """Where everybody is, who has not entered left out; ``first`` is the route position with which each trip begins."""
    found: Progress = {}
    inside = {trip for at, taken in enumerate(program.work.taken)
              for trip in program.work.waiting_area["trip"][at, :taken].tolist()}
    lane_of = dict(_fronts(program))
    for trip in range(len(plan.trips.name)):
        row = program.trips.row[trip]
        if row.status == COMPLETED:
            found[trip] = int(np.diff(plan.trips.route_start)[trip]), 0.0
        elif trip in inside:
            found[trip] = int(row.route_position) - int(first[trip]), 0.0
        elif row.status == EN_ROUTE:
            lane, front = lane_of[trip]
            length = int(program.net.lane.length[lane])
            before = int(program.net.conn.length[row.connection]) if row.connection >= 0 else 0
            found[trip] = int(row.route_position) - int(first[trip]), (front + length + before) / (length + before)
    return found


def _fronts(program: Program) -> list[tuple[int, tuple[int, int]]]:
    return [(int(program.vehicles.ID[slot]), (lane, int(program.vehicles.X[slot]) >> 16))
            for lane in range(program.net.lanes) for slot in range(program.start[lane], program.start[lane + 1])]


def traversed_between(plan: Plan, before: Progress, after: Progress) -> np.ndarray:
    """Traversals between two moments by link, each weighted by the share of its way that was covered."""
    found = np.zeros(len(plan.link_id))
    for trip, (route_position, share) in after.items():
        route = plan.trips.route_link[plan.trips.route_start[trip] : plan.trips.route_start[trip + 1]]
        first, begun = before.get(trip, (0, start_share(plan, trip)))
        np.add.at(found, route[first:route_position], 1.0)
        np.add.at(found, route[first : first + 1], -begun)
        np.add.at(found, route[route_position : route_position + 1], share)
    return found


def start_share(plan: Plan, trip: int) -> float:
    """Share of its first link that a trip has behind it where it departs, in cells of 0.5 m."""
    length = max(round(float(plan.links.length_m[plan.trips.route_link[plan.trips.route_start[trip]]]) / 0.5), 1)
    return min(max(round(float(plan.trips.depart_position_m[trip]) / 0.5), 0), length - 1) / length


def watch(plan: Plan, settings: CellularAutomaton | None = None) -> Watched:
    """Run a plan interval by interval, and count traversals from the positions at their ends."""
    settings = settings or CellularAutomaton()
    program, collected = compile_plan(plan, settings), Collected()
    interval, last = round(plan.interval_s), round(plan.end_s - plan.start_s)
    counted, before, tick = [], {}, 0
    first = program.trips.row.route_position.copy()
    while tick < last:
        end = min(tick + interval, last)
        for begin in range(tick, end, 60):
            advance(program, begin, min(begin + 60, end))
            take_events(program, collected)
        tick = end
        now = progress(program, plan, first)
        counted.append(traversed_between(plan, before, now))
        before = now
        take_interval(program, tick, collected)
    return Watched(plan, make_record(plan, settings, program, collected, tick, Performance()), np.array(counted))


def faults(watched: Watched, links: pd.DataFrame) -> list[str]:
    """What is wrong with a links table of a run, in words; empty when Edie's identities hold."""
    flow, density, speed, length, vehicle_h, vehicle_km, begin, end = (
        links[name].to_numpy(np.float64, na_value=-1.0) for name in COLUMNS)
    hours, rows = (end - begin) / 3600.0, len(links)
    moved, there = vehicle_km > 0.0, vehicle_h > 0.0
    counted = watched.traversed[: rows // watched.traversed.shape[1]].ravel()
    pairs = {
        "flow x time = weighted traversals": (flow * hours, counted),
        "flow x length x time = vehicle-km": (flow * hours * length / 1000.0, vehicle_km),
        "density x length x time = vehicle-hours": (density * length / 1000.0 * hours, vehicle_h),
        "speed = flow / density": (np.where(there, speed * density, 0.0), np.where(there, flow, 0.0)),
        "no speed without a vehicle": (np.where(there, 0.0, speed), np.where(there, 0.0, -1.0)),
        "who moves is counted": (moved * 1.0, (flow > 0.0) * 1.0),
    }
    found = [f"{name}: {np.abs(one - other).max():g} at most"
             for name, (one, other) in pairs.items() if not np.allclose(one, other, rtol=1e-9, atol=1e-9)]
    if not (length >= 0.25).all():
        found.append(f"measured lengths of {length.min()} m")
    return found
