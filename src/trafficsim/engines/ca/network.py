"""Compile the road network of a plan into integer arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.base.errors import NetworkError
from trafficsim.engines.ca.capacities import closed_tables, has_capacities, headway_factors_of, longest_on_links
from trafficsim.engines.ca.classes import cells_of, code_units
from trafficsim.engines.ca.lane_rules import lane_columns, nearside_lanes
from trafficsim.engines.ca.merged_groups import MergedGroups
from trafficsim.engines.ca.scales import make_scale
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.yellow import yellow_columns, yellow_table
from trafficsim.kernels.ca.network import CONN_FIELDS, LANE_FIELDS, LINK_FIELDS, Net
from trafficsim.kernels.ca.packed_state import CAP_UNIT, MOST_CAP
from trafficsim.kernels.rng import PROBABILITY_UNIT
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import LinkArrays, Plan
from trafficsim.plan.network import places_inside

MOST_CELLS = 32000
"""Positions are signed 16-bit cells."""


def to_cells(length_m: np.ndarray, cell_m: float, least: int) -> np.ndarray:
    """Round lengths to whole cells, at least ``least``."""
    return np.maximum(np.rint(np.asarray(length_m) / cell_m), least).astype(np.int32)


def table(fields: dict[str, str], count: int, columns: dict[str, Any]) -> np.recarray:
    """Return records with columns filled from arrays; a column that is one shorter leaves the last row 0."""
    records = rows(count, fields)
    for name, values in columns.items():
        records[name][: len(values)] = values
    return records


def filled(values: np.ndarray, dtype: type) -> np.ndarray:
    """Return an array of a dtype with at least one element, so that kernels never index an empty one."""
    array: np.ndarray = np.asarray(values, dtype)
    return array if len(array) else np.zeros(1, dtype)


def compile_network(plan: Plan, settings: CellularAutomaton, merged: MergedGroups) -> Net:
    """Return the constants of the network in cells and ticks."""
    cell = settings.cell_m
    links, lanes, conns = plan.links, plan.lanes, plan.connections
    lane_length = to_cells(lanes.length_m, cell, 1)
    conn_length = to_cells(conns.length_m, cell, 0)
    _check_lengths(plan, lane_length, conn_length, cell)
    scale = make_scale(settings, code_units(plan.classes, settings, longest_on_links(plan)))
    scale.headways = int(has_capacities(plan))
    scale.overhang = int(cells_of(plan.classes, settings).max())
    scale.keep_clear = round(plan.keep_clear_share * PROBABILITY_UNIT)
    scale.inattentive = int((plan.approaches.inattention > 0.0).any())
    scale.hard_stops = int((plan.approaches.hard_stop_share > 0.0).any())
    turn_start = np.asarray(links.turn_start, np.int64)
    turns_of_lane = np.diff(turn_start)[lanes.link]
    lane_turns = np.concatenate([[0], np.cumsum(turns_of_lane)])
    local_turn = np.asarray(conns.turn, np.int64) - turn_start[lanes.link[conns.from_lane]]
    slots = lane_turns[conns.from_lane] + local_turn
    look = look_ahead_cells(links, settings, scale)
    width = np.diff(links.lane_start)
    side = np.arange(len(lane_length)) - np.asarray(links.lane_start, np.int64)[lanes.link]
    return Net(
        scale=scale, lanes=len(lane_length), links=len(plan.link_id), widest=int(width.max()),
        lane=table(LANE_FIELDS, len(lane_length), {
            "length": lane_length, "link": lanes.link, "turns": lane_turns[:-1], "allowed": lanes.allowed,
            "look": look[lanes.link], "group": merged.of_lane, "side": side,
            "beside": width[lanes.link], "keep": links.keep_right[lanes.link], **lane_columns(plan, cell),
        }),
        link=table(LINK_FIELDS, len(plan.link_id) + 1, {
            "lane": links.lane_start, "turn": turn_start, "cv": links.free_speed_cv, "keep": links.keep_right,
            **link_speeds(links, settings), **yellow_columns(plan), "headway": headway_factors_of(links),
        }),
        conn=_connections(plan, settings, local_turn, conn_length, merged.of_connection),
        reach=np.searchsorted(slots, np.arange(lane_turns[-1] + 2)).astype(np.uint32),
        yields=filled(conns.yields_to, np.uint32), crosses=filled(conns.crosses, np.uint32),
        waiting_areas=np.flatnonzero(_has_place(plan)).astype(np.uint32), nearside=nearside_lanes(plan),
        **closed_tables(plan),
        kept=np.flatnonzero(links.keep_right[lanes.link] & (side + 1 < width[lanes.link])).astype(np.uint32),
        stop_probability=yellow_table(plan, settings),
    )


def _connections(
    plan: Plan, settings: CellularAutomaton, local_turn: np.ndarray, length: np.ndarray, group: np.ndarray
) -> np.recarray:
    cell, tick, conns = settings.cell_m, settings.tick_s, plan.connections
    has_place = _has_place(plan)
    return table(
        CONN_FIELDS,
        len(conns.turn) + 1,
        {
            "origin": conns.from_lane,
            "to": conns.to_lane,
            "turn": local_turn,
            "length": length,
            "speed": connector_speed(plan, settings),
            "speed_compliance": speed_compliance(plan, plan.links, settings),
            "group": group,
            "yields": conns.yield_start,
            "crosses": conns.cross_start,
            "gap": conns.critical_gap_s / tick,
            "follow_up": conns.follow_up_s / tick,
            "waiting_distance": np.minimum(to_cells(conns.waiting_area_m, cell, 0), length),
            "places": places_inside(conns.waiting_area_m),
            "waiting_area": np.where(has_place, np.cumsum(has_place) - 1, -1),
            "manner": conns.must_stop * 1 + conns.keep_clear * 2 + conns.first_come * 4,
        },
    )


def link_speeds(links: LinkArrays, settings: CellularAutomaton) -> dict[str, np.ndarray]:
    """Return the columns of links that desired speeds follow from, in cells and ticks."""
    cell, tick = settings.cell_m, settings.tick_s
    return {"speed_mean": links.free_speed_mean_ms * tick / cell, "factor": links.factor_speed_ms * tick / cell,
            "limit": links.speed_limit_ms * tick / cell * CAP_UNIT}


def look_ahead_cells(links: LinkArrays, settings: CellularAutomaton, scale: np.record) -> np.ndarray:
    """Return how far before its end a vehicle on a link looks beyond it, in cells."""
    fastest = links.free_speed_mean_ms * (1.0 + 3.0 * links.free_speed_cv) * settings.tick_s / settings.cell_m
    look = fastest + fastest**2 / (2.0 * float(scale.comfort)) + scale.clear
    return np.asarray(np.minimum(look, MOST_CELLS))


def connector_speed(plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return the speed of every connection in 1/256 cell per tick."""
    speed = plan.connections.speed_ms * settings.tick_s / settings.cell_m * CAP_UNIT
    return np.asarray(np.clip(np.rint(speed), CAP_UNIT, MOST_CAP))


def speed_compliance(plan: Plan, links: LinkArrays, settings: CellularAutomaton) -> np.ndarray:
    """Return how much slower than before its line a vehicle is at least beyond it, at these speeds of links."""
    here, there = (plan.lanes.link[lane] for lane in (plan.connections.from_lane, plan.connections.to_lane))
    mean = np.asarray(links.free_speed_mean_ms, np.float64)
    limit = links.speed_limit_ms[here] * settings.tick_s / settings.cell_m * CAP_UNIT
    return np.asarray(np.minimum(np.minimum(connector_speed(plan, settings) / limit, mean[there] / mean[here]), 1.0))


def _has_place(plan: Plan) -> np.ndarray:
    """Whether vehicles that give way can wait inside the junction, by connection."""
    return places_inside(plan.connections.waiting_area_m) > 0


def _check_lengths(plan: Plan, lane_length: np.ndarray, conn_length: np.ndarray, cell_m: float) -> None:
    reach = lane_length.astype(np.int64)
    if len(conn_length):
        np.maximum.at(reach, plan.connections.to_lane, lane_length[plan.connections.to_lane] + conn_length)
    worst = int(np.argmax(reach))
    if reach[worst] > MOST_CELLS:
        raise NetworkError(
            f"link {plan.link_id[plan.lanes.link[worst]]!r}", f"a length of {reach[worst] * cell_m:.0f} m",
            f"at most {MOST_CELLS * cell_m:.0f} m at cells of {cell_m} m", "split the link into shorter ones",
        )
