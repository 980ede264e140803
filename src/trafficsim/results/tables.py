"""The tables of one run: trips, links, detectors, events, trajectories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import LinkRecord, Record
from trafficsim.results.driver_columns import driver_columns
from trafficsim.results.events import events_table
from trafficsim.results.exposure import exposure_table
from trafficsim.results.frames import Column, Labels, frame, names_of, nullable, ratio, strings
from trafficsim.results.groups import groups_table
from trafficsim.results.incidents import incident_curves_table, incidents_table
from trafficsim.results.movements import movements_table
from trafficsim.results.pedestrians import TABLE as PEDESTRIANS
from trafficsim.results.pedestrians import has_crossings, pedestrian_delay_table
from trafficsim.results.period import interval_bounds
from trafficsim.results.queues import queues_table
from trafficsim.results.reference import Reference, journeys
from trafficsim.results.requested import requested_tables
from trafficsim.results.responses import TABLE as RESPONSES
from trafficsim.results.responses import has_responses, responses_table
from trafficsim.results.roadside import roadside_table
from trafficsim.results.routes import has_choice, routes_table
from trafficsim.results.signals import control_events_table, signals_shown_table
from trafficsim.results.speeds import paths_table, speed_counts_table, speeds_table

STATUS_NAMES = ("waiting", "en_route", "completed")
KIND_NAMES = ("car", "van", "truck", "bus", "motorcycle")
S_PER_H = 3600.0
M_PER_KM = 1000.0


def result_tables(plan: Plan, record: Record, labels: Labels, reference: Reference) -> dict[str, pd.DataFrame]:
    """Make all tables of one run that describe traffic, by name.

    Parameters
    ----------
    plan, record
        What ran and what came out.
    labels
        Names of the run, the first four columns of every table.
    reference
        Free-flow values under do nothing, in the plan's order.

    Raises
    ------
    SimulationError
        If the record holds a number that is not finite.
    """
    tables = {
        "trips": trips_table(plan, record, labels, reference),
        "links": links_table(plan, record, labels, reference),
        "movements": movements_table(plan, record, labels),
        "queues": queues_table(plan, record, labels),
        "detectors": detectors_table(plan, record, labels),
        "events": events_table(plan, record, labels),
        "speeds": speeds_table(plan, record, labels),
        "speed_counts": speed_counts_table(plan, record, labels),
        "paths": paths_table(plan, record, labels),
        "groups": groups_table(plan, record, labels, reference),
    }
    if plan.signals.program_id:
        tables["signals_shown"] = signals_shown_table(plan, record, labels)
    if has_crossings(plan):
        tables[PEDESTRIANS] = pedestrian_delay_table(plan, record, labels)
    if plan.controls.any:
        tables["control_events"] = control_events_table(plan, record, labels)
    if has_responses(plan):
        tables[RESPONSES] = responses_table(plan, record, labels)
    if record.roadside is not None:
        tables["roadside"] = roadside_table(plan, record, labels)
    if plan.people.group:
        tables["exposure"] = exposure_table(plan, record, labels, reference)
    tables |= requested_tables(plan, record, labels)
    if has_choice(plan, record):
        tables["routes"] = routes_table(plan, record, labels, journeys(plan, record, reference))
    if plan.incidents.name:
        tables["incidents"] = incidents_table(plan, record, labels, reference)
        tables["incident_curves"] = incident_curves_table(plan, record, labels, reference)
    if plan.trajectory_share > 0.0:
        tables["trajectories"] = trajectories_table(plan, record, labels)
    return tables


def trips_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per trip. Times that did not happen are null; ``delay_s`` is that of completed trips.

    ``delay_s = entry_wait_s + travel_time_s - dwell_s - free_flow_s``, with the free-flow time under do nothing.

    Where ``population.trip_columns`` of the scenario asks for them, further columns say who drove: ``person``,
    ``group``, ``age_years``, ``licence_months``, ``speed_score`` (normal score of the desired speed), ``alcohol``
    (above 0.5 g/l on this trip), ``belt``, ``isa`` (equipped), ``points`` and ``suspended``, all after the policies.
    """
    trips, seen = record.trips, journeys(plan, record, reference)
    entered, completed = seen.entered, seen.completed
    kinds = plan.classes.kind[plan.trips.vehicle_class]
    return frame(labels, {
        "name": strings(plan.trips.name),
        "class": names_of(plan.classes.name, plan.trips.vehicle_class),
        "kind": names_of(KIND_NAMES, kinds),
        "depart_s": nullable(plan.trips.depart_s),
        "entry_s": nullable(trips.entry_s, entered),
        "exit_s": nullable(trips.exit_s, completed),
        "status": names_of(STATUS_NAMES, trips.status),
        "entry_wait_s": nullable(seen.wait_s, entered),
        "travel_time_s": nullable(seen.travel_s, completed),
        "free_flow_s": nullable(reference.free_flow.total_s),
        "delay_s": nullable(seen.delay_s, completed),
        "distance_m": nullable(trips.distance_m, entered),
        "waiting_s": nullable(trips.waiting_s, entered),
        "stops": nullable(trips.stops, entered),
        "dwell_s": nullable(trips.dwell_s, entered),
        **driver_columns(plan),
    })


def links_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per interval and link, by Edie's definitions (Edie 1963) over all its lanes, from stop line to stop line.

    What is measured is the link with the connectors that lead to it. These differ in length, so a vehicle counts by the
    share of its own way that it covers in the interval: ``flow = sum of shares / T``, which is the number of traversals
    per hour. ``measured_length_m`` is the mean length of these ways (``vehicle_m / sum of shares``; where nobody moved,
    the link with its mean connector), and with it ``flow = vehicle_m / (measured_length_m T)``, ``density = vehicle_s /
    (measured_length_m T)`` and ``speed = vehicle_m / vehicle_s = flow / density`` (space mean, null without a vehicle).
    ``delay_s_per_vehicle`` is the vehicle-seconds above those needed at the link's mean
    free speed under do nothing, per vehicle that was on the link in the interval; ``free_flow_h`` is the time that the
    vehicles that left need at their own desired speeds, connector included (null where the engine does not count it).
    """
    counters = record.links
    begin_s, end_s = interval_bounds(plan, record, len(counters.entered))
    rows, links = len(begin_s), len(plan.link_id)
    entered, left, vehicle_s, vehicle_m, traversed = (
        part[:rows].ravel() for part in (counters.entered, counters.left, counters.vehicle_s, counters.vehicle_m,
                                         counters.traversed)
    )
    mean_distance_m, somebody = ratio(vehicle_m, traversed)
    length_m = np.where(somebody & (vehicle_m > 0.0), mean_distance_m, np.tile(_length_with_connector_m(plan), rows))
    duration_s = np.repeat(end_s - begin_s, links)
    speed_ms, moving = ratio(vehicle_m, vehicle_s)
    present = _vehicles_present(counters.entered[:rows], counters.left[:rows]).ravel()
    lost_s = vehicle_s - vehicle_m / np.tile(reference.free_speed_ms, rows)
    return frame(labels, {
        "link": strings(plan.link_id * rows),
        "begin_s": nullable(np.repeat(begin_s, links)),
        "end_s": nullable(np.repeat(end_s, links)),
        "entered": nullable(entered),
        "left": nullable(left),
        "vehicle_h": nullable(vehicle_s / S_PER_H),
        "vehicle_km": nullable(vehicle_m / M_PER_KM),
        "free_flow_h": _free_flow_h(counters, rows),
        "measured_length_m": nullable(length_m),
        "flow_veh_h": nullable(traversed / duration_s * S_PER_H),
        "density_veh_km": nullable(vehicle_s / (length_m * duration_s) * M_PER_KM),
        "speed_kmh": nullable(speed_ms * KMH_PER_MS, moving),
        "delay_s_per_vehicle": nullable(*ratio(lost_s, present)),
    })


def _length_with_connector_m(plan: Plan) -> F8:
    """Length of every link with the mean of the connectors that lead to it."""
    connections = plan.connections
    link = plan.lanes.link[connections.to_lane]
    count = len(plan.link_id)
    mean_m, _ = ratio(np.bincount(link, connections.length_m, count), np.bincount(link, minlength=count))
    return plan.links.length_m + mean_m


def _free_flow_h(counters: LinkRecord, rows: int) -> Column:
    """Hours that the vehicles that left need at their own desired speed; null where the engine does not count them."""
    if counters.free_s is None:
        return nullable(np.zeros(counters.entered[:rows].size), False)
    return nullable(counters.free_s[:rows].ravel() / S_PER_H)


def _vehicles_present(entered: F8, left: F8) -> F8:
    """Vehicles that were on the link at some time of the interval: there at its begin, or entered in it."""
    there = np.cumsum(entered - left, axis=0) - (entered - left)
    return np.maximum(there, 0.0) + entered


def detectors_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per interval and detector lane; mean speeds over time and space (harmonic), null without a vehicle."""
    counts = record.detectors
    begin_s, end_s = interval_bounds(plan, record, len(counts.count))
    rows, places = len(begin_s), len(plan.detectors.name)
    lane = plan.detectors.lane
    link = plan.lanes.link[lane]
    count, speed_sum, inverse_sum = (
        part[:rows].ravel() for part in (counts.count, counts.speed_sum_ms, counts.inverse_speed_sum_s_m)
    )
    time_mean, any_vehicle = ratio(speed_sum, count)
    space_mean, any_moving = ratio(count, inverse_sum)
    return frame(labels, {
        "detector": strings(plan.detectors.name * rows),
        "link": names_of(plan.link_id, np.tile(link, rows)),
        "lane": nullable(np.tile(lane - plan.links.lane_start[link], rows)),
        "position_m": nullable(np.tile(plan.detectors.position_m, rows)),
        "begin_s": nullable(np.repeat(begin_s, places)),
        "end_s": nullable(np.repeat(end_s, places)),
        "count": nullable(count),
        "flow_veh_h": nullable(count / np.repeat(end_s - begin_s, places) * S_PER_H),
        "time_mean_speed_kmh": nullable(time_mean * KMH_PER_MS, any_vehicle),
        "space_mean_speed_kmh": nullable(space_mean * KMH_PER_MS, any_vehicle & any_moving),
    })


def trajectories_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per sampled vehicle and tick; ``class`` is that of the vehicle, ``lane`` is counted from the nearside."""
    trace = record.trajectories
    return frame(labels, {
        "time_s": nullable(trace.time_s),
        "trip": names_of(plan.trips.name, trace.trip),
        "class": names_of(plan.classes.name, plan.trips.vehicle_class[trace.trip]),
        "link": names_of(plan.link_id, trace.link),
        "lane": nullable(trace.lane - plan.links.lane_start[trace.link]),
        "position_m": nullable(trace.position_m),
        "speed_kmh": nullable(trace.speed_ms * KMH_PER_MS),
    })
