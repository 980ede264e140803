"""Compile the trips of a plan: routes as turns, lanes that lead on, entry queues."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from trafficsim.engines.ca.classes import class_words, word_units
from trafficsim.engines.ca.headways import own_headways
from trafficsim.engines.ca.network import filled, packed, table
from trafficsim.engines.ca.scales import (
    AHEAD_M,
    INSTANT,
    LANE_CHANGE_M,
    STOP_BRAKE_LEAST_MS2,
    STOP_BRAKE_LOG_SD,
    STOP_BRAKE_MOST_MS2,
    STOP_BRAKE_MS2,
    brakes_at_once,
)
from trafficsim.kernels.rng import Stream, u01
from trafficsim.kernels.state import ENTRY_FIELDS, HOP_FIELDS, STOP_FIELDS, TRIP_FIELDS, Net, Queues, Trips
from trafficsim.kernels.wanted import MOST_LANES, lanes_wanted
from trafficsim.kernels.words import EXIT
from trafficsim.plan.arrays import Plan, TripArrays
from trafficsim.plan.desired_speed import LEAST_FACTOR, MOST_FACTOR
from trafficsim.spec.scenario import CellularAutomaton

LANE_HORIZON_M = 400.0
"""Drivers choose lanes for the turns that lie within this distance beyond the next one (modelling assumption)."""


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


def comfortable_braking(plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return every driver's braking towards a stop line in cells/tick2: lognormal, cut at both ends."""
    if brakes_at_once(settings):
        return np.full(len(plan.trips.key), INSTANT, np.float32)
    score = ndtri(u01(plan.trips.key, Stream.BRAKING, 0, 0))
    brake = np.clip(STOP_BRAKE_MS2 * np.exp(STOP_BRAKE_LOG_SD * score), STOP_BRAKE_LEAST_MS2, STOP_BRAKE_MOST_MS2)
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
    reach = tuple(round(metres / settings.cell_m) for metres in (LANE_HORIZON_M, LANE_CHANGE_M, AHEAD_M))
    scratch = np.zeros((3, MOST_LANES), np.int64)
    lanes_wanted(net, hops, links, np.repeat(bits, np.diff(start)), reach, (wanted, feasible), scratch)
    n = len(trips.name)
    row = table(TRIP_FIELDS, n + 1, {
        **_travellers(plan, settings), "kind_bit": bits, "first_link": links[start[:-1]] if n else links,
        "route_start": start[:-1], "hop": start[:-1], "next_stop": _first_stops(trips),
        "connection": np.full(n, -1), "entry_time": np.full(n, -1.0), "exit_time": np.full(n, -1.0),
    })
    ways = packed(HOP_FIELDS, {"turn": hops, "wanted": wanted, "feasible": feasible})
    return Trips(row=row, stop=_stops(plan, settings), hops=ways)


def _travellers(plan: Plan, settings: CellularAutomaton) -> dict[str, np.ndarray]:
    cell, tick = settings.cell_m, settings.tick_s
    trips, classes = plan.trips, plan.classes
    kind = trips.vehicle_class
    words = class_words(classes, settings)[kind]
    own_factor = classes.speed_factor_mean[kind] > 0
    factor = classes.speed_factor_mean[kind] + classes.speed_factor_sd[kind] * trips.z
    position = np.asarray(trips.depart_position_m, np.float64)
    return {
        "key": (trips.key & np.uint64(0xFFFFFFFF)).astype(np.uint32), "cells": words[:, 0],
        "word": own_headways(words[:, 1], plan, settings, word_units(classes, settings).headway),
        "depart": (trips.depart_s - plan.start_s) / tick,
        "depart_cell": np.where(position < 0, -1, np.rint(position / cell)), "depart_lane": trips.depart_lane,
        "z": trips.z, "factor": np.where(own_factor, np.clip(factor, LEAST_FACTOR, MOST_FACTOR), 0.0),
        "top_speed": classes.max_speed_ms[kind] * tick / cell, "brake": comfortable_braking(plan, settings),
    }


def _stops(plan: Plan, settings: CellularAutomaton) -> np.recarray:
    trips = plan.trips
    count = len(trips.stop_hop)
    begin = np.asarray(trips.route_start[:-1], np.int64)
    following = np.arange(1, count + 1)
    following[np.asarray(trips.stop_start[1:], np.int64)[np.diff(trips.stop_start) > 0] - 1] = -1
    return table(STOP_FIELDS, count, {
        "hop": trips.stop_hop + np.repeat(begin, np.diff(trips.stop_start)),
        "cell": np.rint(np.asarray(trips.stop_position_m) / settings.cell_m),
        "left": dwell_ticks(plan, settings), "lane": trips.stop_lane, "next": following,
    })


def _first_stops(trips: TripArrays) -> np.ndarray:
    return np.where(np.diff(trips.stop_start) > 0, trips.stop_start[:-1], -1)


def dwell_ticks(plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return for how many ticks vehicles stand at each stop."""
    return np.maximum(np.rint(np.asarray(plan.trips.stop_dwell_s) / settings.tick_s), 1).astype(np.int64)


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
