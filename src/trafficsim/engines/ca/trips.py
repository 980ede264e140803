"""Compile the trips of a plan: routes as turns, lanes that lead on, entry queues."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from trafficsim.base.errors import NetworkError
from trafficsim.engines.ca.capacities import longest_on_links
from trafficsim.engines.ca.classes import cells_of, class_states, code_units
from trafficsim.engines.ca.headways import own_headways
from trafficsim.engines.ca.network import filled, table
from trafficsim.engines.ca.scales import (
    AHEAD_M,
    INSTANT,
    STOP_BRAKE_LEAST_MS2,
    STOP_BRAKE_LOG_SD,
    STOP_BRAKE_MOST_MS2,
    STOP_BRAKE_MS2,
    brakes_at_once,
)
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.packed_state import CAP_UNIT, EXIT
from trafficsim.kernels.ca.trips import (
    END_FIELDS,
    ENTRY_FIELDS,
    KIND_FIELDS,
    MANOEUVRE_FIELDS,
    STOP_FIELDS,
    TRIP_FIELDS,
    Queues,
    Trips,
)
from trafficsim.kernels.ca.wanted import MOST_LANES, Masks, Reach, lanes_wanted
from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import Plan, TripArrays
from trafficsim.plan.desired_speed import LEAST_FACTOR, MOST_FACTOR
from trafficsim.plan.network import LANE_CHANGE_M

LANE_HORIZON_M = 1000.0
"""Drivers choose lanes for the turns that lie within this distance beyond the next one (modelling assumption).

From 600 m on no real network tells one value from another; SUMO looks up to 3,000 m ahead."""
MOST_MANOEUVRES = 65536
"""A route position is a 16-bit number."""


def route_turns(plan: Plan) -> np.ndarray:
    """Return the turn (counted on its link) at the end of every link of all routes, EXIT at the last."""
    route, start = plan.trips.route_link, np.asarray(plan.links.turn_start)
    here, after = route[:-1], route[1:]
    first, sides = start[here], np.diff(start)[here]
    widest = int(sides.max()) if len(sides) else 0
    to_link = np.append(plan.turns.to_link, np.full(widest, -1, np.int32))
    turns = np.full(len(route), EXIT, np.uint8)
    # by side, not by a search per route position: cities have tens of millions of route positions
    for side in range(widest):
        turns[:-1][(side < sides) & (to_link[first + side] == after)] = side
    turns[np.asarray(plan.trips.route_start[1:], np.int64) - 1] = EXIT
    return turns


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
    n = len(trips.name)
    row = table(TRIP_FIELDS, n + 1, {
        **_travellers(plan, settings), "route_position": start[:-1], "next_stop": _first_stops(trips),
        "connection": np.full(n, -1),
    })
    route, manoeuvre = manoeuvres(manoeuvre_codes(plan, settings, net))
    return Trips(
        row=row,
        end=_ends(plan, settings),
        kind=_kinds(plan, settings),
        stop=_stops(plan, settings),
        route=route,
        manoeuvre=manoeuvre,
        held=int(np.isfinite(trips.limit_factor).sum()),
        limit_factor=np.append(trips.limit_factor, np.inf).astype(np.float32),
    )


def manoeuvre_codes(plan: Plan, settings: CellularAutomaton, net: Net) -> np.ndarray:
    """Return for every route position the turn at its end, and the lanes from which it is made, in one number."""
    bits = _kinds(plan, settings).bit[plan.trips.vehicle_class].astype(np.int32)
    turns, links = route_turns(plan), np.asarray(plan.trips.route_link, np.int32)
    wanted, feasible = np.zeros(len(turns), np.uint8), np.zeros(len(turns), np.uint8)
    reach = Reach(*(round(metres / settings.cell_m) for metres in (LANE_HORIZON_M, LANE_CHANGE_M, AHEAD_M)))
    scratch = np.zeros((3, MOST_LANES), np.int64)
    start = np.asarray(plan.trips.route_start, np.int64)
    kind_bits = np.repeat(bits, start[1:] - start[:-1])
    lanes_wanted(net, turns, links, kind_bits, reach, Masks(wanted, feasible), scratch)
    return np.asarray(turns.astype(np.int32) << 16 | wanted.astype(np.int32) << 8 | feasible)


def manoeuvre_table(different: np.ndarray) -> np.recarray:
    """Return what different numbers of :func:`manoeuvre_codes` stand for.

    Raises
    ------
    NetworkError
        If there are too many of them.
    """
    if len(different) > MOST_MANOEUVRES:
        raise NetworkError(
            "routes", f"{len(different):,} different turns and choices of lanes", f"at most {MOST_MANOEUVRES:,}",
            "simulate a part of the network",
        )
    return table(MANOEUVRE_FIELDS, len(different), {
        "turn": different >> 16, "wanted": different >> 8 & 255, "feasible": different & 255,
    })


def manoeuvres(codes: np.ndarray) -> tuple[np.ndarray, np.recarray]:
    """Return every route position as a number, and what the numbers stand for: few manoeuvres differ."""
    route, different = pd.factorize(codes, sort=True)
    return filled(route, np.uint16), manoeuvre_table(different)


def _kinds(plan: Plan, settings: CellularAutomaton) -> np.recarray:
    classes = plan.classes
    return table(KIND_FIELDS, len(classes.name), {
        "top_speed": classes.max_speed_ms * settings.tick_s / settings.cell_m,
        "bit": np.where(classes.ignores_permissions, 255, 1 << classes.kind),
        "cells": cells_of(classes, settings),
        "dawdling": np.rint(classes.dawdling_ms * settings.tick_s / settings.cell_m * CAP_UNIT),
    })


def _ends(plan: Plan, settings: CellularAutomaton) -> np.recarray:
    trips, classes = plan.trips, plan.classes
    n = len(trips.name)
    longest = longest_on_links(plan)
    packed = class_states(classes, settings, longest)[trips.vehicle_class]
    return table(END_FIELDS, n + 1, {
        "key": (trips.key & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        "packed": own_headways(packed, plan, settings, code_units(classes, settings, longest).headway),
        "depart": (trips.depart_s - plan.start_s) / settings.tick_s,
        "entry_time": np.full(n, -1.0), "exit_time": np.full(n, -1.0),
    })


def _travellers(plan: Plan, settings: CellularAutomaton) -> dict[str, np.ndarray]:
    trips, classes = plan.trips, plan.classes
    kind = trips.vehicle_class
    own_factor = classes.speed_factor_mean[kind] > 0
    factor = classes.speed_factor_mean[kind] + classes.speed_factor_sd[kind] * trips.z
    position = np.asarray(trips.depart_position_m, np.float64)
    return {
        "kind": kind, "depart_lane": trips.depart_lane,
        "depart_cell": np.where(position < 0, -1, np.rint(position / settings.cell_m)),
        "z": trips.z, "factor": np.where(own_factor, np.clip(factor, LEAST_FACTOR, MOST_FACTOR), 0.0),
        "brake": comfortable_braking(plan, settings),
    }


def _stops(plan: Plan, settings: CellularAutomaton) -> np.recarray:
    trips = plan.trips
    count = len(trips.stop_position)
    begin = np.asarray(trips.route_start[:-1], np.int64)
    following = np.arange(1, count + 1)
    following[np.asarray(trips.stop_start[1:], np.int64)[np.diff(trips.stop_start) > 0] - 1] = -1
    return table(STOP_FIELDS, count, {
        "route_position": trips.stop_position + np.repeat(begin, np.diff(trips.stop_start)),
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
        trip=filled(order, np.int32),
    )
