"""Tables of what a scenario asks to have measured: areas, headways, histograms of speed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.base.codes import DETECTOR, FREE_SPEED, HISTOGRAM, POINT
from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, names_of, nullable, ratio, strings
from trafficsim.results.free_speeds import free_speeds_table
from trafficsim.results.period import interval_bounds
from trafficsim.results.speeds import speed_histograms_table

S_PER_H, M_PER_KM = 3600.0, 1000.0


def requested_tables(plan: Plan, record: Record, labels: Labels) -> dict[str, pd.DataFrame]:
    """Make the tables that the scenario asks for, by name; none of them for a scenario that asks for nothing."""
    roles = set(plan.sections.role.tolist())
    tables = {}
    if plan.areas.name:
        tables["areas"] = areas_table(plan, record, labels)
    if POINT in roles:
        tables["headways"] = headways_table(plan, record, labels)
    if HISTOGRAM in roles:
        tables["speed_histograms"] = speed_histograms_table(plan, record, labels)
    if FREE_SPEED in roles:
        tables["free_speeds"] = free_speeds_table(plan, record, labels)
    return tables


def areas_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per interval and lane of an area, by Edie's definitions (Edie 1963) over its length as the engine has it.

    ``flow = vehicle_m / (length T)``, ``density = vehicle_s / (length T)``, ``speed = vehicle_m / vehicle_s`` (space
    mean, null without a vehicle). A vehicle is in the area while its front is. ``occupancy`` is the mean share of the
    length that vehicles take with their standing gaps, 1 in a jam; ``mean_waiting`` and ``most_waiting`` are vehicles
    below 5 km/h; ``longest_queue_m`` reaches from the end of the area back to the rear of the last of them that is
    chained to it by gaps of at most 30 m.
    """
    areas, seen = plan.areas, record.areas
    begin_s, end_s = interval_bounds(plan, record, len(seen.vehicle_s))
    rows, places = len(begin_s), len(areas.name)
    link = plan.lanes.link[areas.lane]
    vehicle_s, vehicle_m, taken_m_s, waiting_s, most_waiting, longest_m = (
        part[:rows].ravel() for part in seen[:-1]
    )
    duration_s = np.repeat(end_s - begin_s, places)
    area_m_s = duration_s * np.tile(seen.length_m, rows)
    speed_ms, moving = ratio(vehicle_m, vehicle_s)
    return frame(labels, {
        "area": strings(areas.name * rows),
        "link": names_of(plan.link_id, np.tile(link, rows)),
        "lane": nullable(np.tile(areas.lane - plan.links.lane_start[link], rows)),
        "begin_m": nullable(np.tile(areas.begin_m, rows)),
        "end_m": nullable(np.tile(areas.end_m, rows)),
        "begin_s": nullable(np.repeat(begin_s, places)),
        "end_s": nullable(np.repeat(end_s, places)),
        "vehicle_h": nullable(vehicle_s / S_PER_H),
        "vehicle_km": nullable(vehicle_m / M_PER_KM),
        "flow_veh_h": nullable(vehicle_m / area_m_s * S_PER_H),
        "density_veh_km": nullable(vehicle_s / area_m_s * M_PER_KM),
        "speed_kmh": nullable(speed_ms * KMH_PER_MS, moving),
        "occupancy": nullable(taken_m_s / area_m_s),
        "mean_waiting": nullable(waiting_s / duration_s),
        "most_waiting": nullable(most_waiting.astype(np.int64)),
        "longest_queue_m": nullable(longest_m),
    })


def headways_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per vehicle that passes a detector with ``headways`` in the analysis period, by detector, lane and time.

    ``time_s`` is that of its front, interpolated within the tick. ``headway_s`` is the time since the front of the one
    before in the lane (gross), ``gap_s`` since its rear (net: less its length at its speed). Speeds are those over 50 m
    around the detector. Null for the first vehicle of a lane, and where the speed is not known.
    """
    seen, sections = record.traversals, plan.sections
    mine = np.flatnonzero(sections.role[seen.section] == POINT) if len(sections.name) else np.zeros(0, np.int64)
    order = mine[np.lexsort((seen.time_s[mine], seen.lane[mine], seen.section[mine]))]
    section, lane, trip, time_s = seen.section[order], seen.lane[order], seen.trip[order], seen.time_s[order]
    follows = np.zeros(len(order), np.bool_)
    follows[1:] = (section[1:] == section[:-1]) & (lane[1:] == lane[:-1])
    headway_s = np.diff(time_s, prepend=0.0)
    speed_ms = _spot_speeds(plan, record, order)
    length_m = plan.classes.length_m[plan.trips.vehicle_class[trip]]
    before_s, known = ratio(length_m, speed_ms)
    gap_s = headway_s - np.append(0.0, before_s)[:-1] if len(order) else headway_s
    followed = follows & np.append(False, known)[:-1] if len(order) else follows
    judged = (time_s >= plan.analysis_begin_s) & (time_s < plan.analysis_end_s)
    link = plan.lanes.link[lane]
    return frame(labels, {name: column[judged] for name, column in {
        "detector": names_of(sections.name, section),
        "link": names_of(plan.link_id, link),
        "lane": nullable(lane - plan.links.lane_start[link]),
        "time_s": nullable(time_s),
        "trip": names_of(plan.trips.name, trip),
        "class": names_of(plan.classes.name, plan.trips.vehicle_class[trip]),
        "speed_kmh": nullable(speed_ms * KMH_PER_MS, known),
        "headway_s": nullable(headway_s, follows),
        "gap_s": nullable(np.maximum(gap_s, 0.0), followed),
    }.items()})


def _spot_speeds(plan: Plan, record: Record, order: np.ndarray) -> np.ndarray:
    """Speed over 50 m of the vehicles that pass points, 0 where none is known; a second visit takes the last speed."""
    seen, sections = record.traversals, plan.sections
    around = np.flatnonzero(sections.role[seen.section] == DETECTOR) if len(sections.name) else np.zeros(0, np.int64)
    names = {name: number for number, name in enumerate(dict.fromkeys(sections.name))}
    place = np.array([names[name] for name in sections.name], np.int64)
    trips = max(len(plan.trips.name), 1)
    key = place[seen.section[around]] * trips + seen.trip[around]
    sorting = np.argsort(key, kind="stable")
    wanted = place[seen.section[order]] * trips + seen.trip[order]
    at = np.searchsorted(key[sorting], wanted, side="right") - 1
    if not len(around):
        return np.zeros(len(order))
    found = key[sorting][np.maximum(at, 0)] == wanted
    return np.asarray(np.where(found, seen.speed_ms[around][sorting][np.maximum(at, 0)], 0.0))
