"""Compile the trips of a plan: routes as turns, lanes that lead on, entry queues."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from trafficsim.engines.ca.network import filled, table, to_cells
from trafficsim.engines.ca.scales import STOP_BRAKE_LOG_SD, STOP_BRAKE_MS2
from trafficsim.kernels.rng import Stream, u01
from trafficsim.kernels.state import ENTRY_FIELDS, STOP_FIELDS, TRIP_FIELDS, Net, Queues, Trips
from trafficsim.kernels.wanted import MOST_LANES, lanes_wanted
from trafficsim.kernels.words import ACC_UNIT, EXIT, FADE_UNIT, TAU_UNIT
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import LEAST_FACTOR, MOST_FACTOR
from trafficsim.spec.scenario import CellularAutomaton

LANE_HORIZON_M = 400.0
"""Drivers choose lanes for the turns that lie within this distance beyond the next one (modelling assumption)."""

LANE_CHANGE_M = 60.0
"""Length that a driver counts on for one lane change (modelling assumption)."""


def route_turns(plan: Plan) -> np.ndarray:
    """Return the turn (counted on its link) at the end of every link of all routes, EXIT at the last."""
    route, start = plan.trips.route_link, np.asarray(plan.links.turn_start)
    here, after = route[:-1], route[1:]
    first, sides = start[here], np.diff(start)[here]
    widest = int(sides.max()) if len(sides) else 0
    to_link = np.append(plan.turns.to_link, np.full(widest, -1, np.int32))
    hops = np.full(len(route), EXIT, np.uint8)
    for side in range(widest):  # by side, not by a search per hop: cities have tens of millions of hops
        hops[:-1][(side < sides) & (to_link[first + side] == after)] = side
    hops[np.asarray(plan.trips.route_start[1:], np.int64) - 1] = EXIT
    return hops


def class_words(plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return int32 (classes, 2): length in cells with the standing gap, and word Z without a turn."""
    cell, tick = settings.cell_m, settings.tick_s
    classes = plan.classes
    if settings.rule == "nasch":
        cells = np.ones(len(classes.name), np.int64)
    else:
        cells = np.minimum(to_cells(classes.length_m + classes.min_gap_m, cell, 1), 255).astype(np.int64)
    acc = np.clip(np.rint(classes.acceleration_ms2 * tick * tick / cell * ACC_UNIT), 1, 255).astype(np.int64)
    tau = np.clip(np.rint(classes.headway_s / tick * TAU_UNIT), 1, 255).astype(np.int64)
    fade = np.clip(np.rint(classes.acceleration_fade_per_s * tick * FADE_UNIT), 0, 255).astype(np.int64)
    word = ((acc << 24) | (tau << 16) | (fade << 8)).astype(np.uint32).view(np.int32)
    return np.stack([cells.astype(np.int32), word], axis=1)


def comfortable_braking(plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return every driver's braking towards a stop line in cells/tick2: lognormal, cut at 1.8 and 4.5 m/s2."""
    if settings.rule == "nasch":
        return np.full(len(plan.trips.key), 1.0e4, np.float32)
    score = ndtri(u01(plan.trips.key, Stream.BRAKING, 0, 0))
    brake = np.clip(STOP_BRAKE_MS2 * np.exp(STOP_BRAKE_LOG_SD * score), 1.8, 4.5)
    return np.asarray(brake * settings.tick_s**2 / settings.cell_m, np.float32)


def compile_trips(plan: Plan, settings: CellularAutomaton, net: Net) -> Trips:
    """Return constants and state of all travellers."""
    trips = plan.trips
    start = np.asarray(trips.route_start, np.int64)
    kind = trips.vehicle_class
    bits = np.where(plan.classes.ignores_permissions[kind], 255, 1 << plan.classes.kind[kind]).astype(np.int32)
    hops = route_turns(plan)
    wanted, feasible = np.zeros(len(hops), np.uint8), np.zeros(len(hops), np.uint8)
    links = np.asarray(trips.route_link, np.int32)
    reach = (round(LANE_HORIZON_M / settings.cell_m), round(LANE_CHANGE_M / settings.cell_m))
    scratch = np.zeros((2, MOST_LANES), np.int64)
    lanes_wanted(net, hops, links, np.repeat(bits, np.diff(start)), reach, (wanted, feasible), scratch)
    n = len(trips.name)
    row = table(TRIP_FIELDS, n + 1, {
        **_travellers(plan, settings), "kind_bit": bits, "first_link": links[start[:-1]] if n else links,
        "route_start": start, "hop": start[:-1], "stop_start": trips.stop_start, "next_stop": trips.stop_start[:-1],
        "connection": np.full(n, -1), "entry_time": np.full(n, -1.0), "exit_time": np.full(n, -1.0),
    })
    return Trips(row=row, stop=_stops(plan, settings), hops=hops, lanes_wanted=wanted, lanes_feasible=feasible)


def _travellers(plan: Plan, settings: CellularAutomaton) -> dict[str, np.ndarray]:
    cell, tick = settings.cell_m, settings.tick_s
    trips, classes = plan.trips, plan.classes
    kind = trips.vehicle_class
    words = class_words(plan, settings)[kind]
    own_factor = classes.speed_factor_mean[kind] > 0
    factor = classes.speed_factor_mean[kind] + classes.speed_factor_sd[kind] * trips.z
    position = np.asarray(trips.depart_position_m, np.float64)
    return {
        "key": (trips.key & np.uint64(0xFFFFFFFF)).astype(np.uint32), "cells": words[:, 0], "word": words[:, 1],
        "depart": (trips.depart_s - plan.start_s) / tick,
        "depart_cell": np.where(position < 0, -1, np.rint(position / cell)), "depart_lane": trips.depart_lane,
        "z": trips.z, "factor": np.where(own_factor, np.clip(factor, LEAST_FACTOR, MOST_FACTOR), 0.0),
        "top_speed": classes.max_speed_ms[kind] * tick / cell, "brake": comfortable_braking(plan, settings),
    }


def _stops(plan: Plan, settings: CellularAutomaton) -> np.recarray:
    trips = plan.trips
    return table(STOP_FIELDS, len(trips.stop_hop), {
        "hop": trips.stop_hop, "cell": np.rint(np.asarray(trips.stop_position_m) / settings.cell_m),
        "ticks": np.maximum(np.rint(np.asarray(trips.stop_dwell_s) / settings.tick_s), 1), "lane": trips.stop_lane,
    })


def compile_queues(plan: Plan) -> Queues:
    """Return the entry queues: trips by first link, in order of departure."""
    first_link = plan.trips.route_link[plan.trips.route_start[:-1]]
    order = np.argsort(first_link, kind="stable")
    links, first = np.unique(first_link[order], return_index=True)
    start = np.append(first, len(order))
    return Queues(
        entries=len(links), entry=table(ENTRY_FIELDS, len(links) + 1, {"link": links, "start": start, "next": first}),
        trip=filled(order, np.int64),
    )
