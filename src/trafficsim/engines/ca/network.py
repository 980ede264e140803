"""Compile the road network and the signals of a plan into integer arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.base.errors import NetworkError
from trafficsim.engines.ca.classes import cells_of, word_units
from trafficsim.engines.ca.lane_rules import kerb_side_lanes, lane_columns
from trafficsim.engines.ca.scales import make_scale, stop_probability
from trafficsim.kernels.state import (
    CONN_FIELDS,
    GROUP_FIELDS,
    LANE_FIELDS,
    LINK_FIELDS,
    PHASE_FIELDS,
    PROGRAM_FIELDS,
    Net,
    Signals,
    rows,
)
from trafficsim.kernels.words import CAP_UNIT, MOST_CAP
from trafficsim.plan.arrays import Plan
from trafficsim.spec.scenario import CellularAutomaton

WAITING_SPACE_M, FIRST_WAITING_M, MOST_INSIDE = 7.0, 5.5, 3
"""Inside a junction: space from one waiting vehicle to the next, what the first one takes, and how many find room at
most (spacing in queues, a car and a metre; modelling assumption)."""
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


def compile_network(plan: Plan, settings: CellularAutomaton) -> Net:
    """Return the constants of the network in cells and ticks."""
    cell, tick = settings.cell_m, settings.tick_s
    links, lanes, conns = plan.links, plan.lanes, plan.connections
    lane_length = to_cells(lanes.length_m, cell, 1)
    conn_length = to_cells(conns.length_m, cell, 0)
    _check_lengths(plan, lane_length, conn_length, cell)
    scale = make_scale(settings, word_units(plan.classes, settings))
    scale.overhang = int(cells_of(plan.classes, settings).max())
    scale.keep_clear = round(plan.keep_clear_share * 65536)
    turn_start = np.asarray(links.turn_start, np.int64)
    turns_of_lane = np.diff(turn_start)[lanes.link]
    lane_turns = np.concatenate([[0], np.cumsum(turns_of_lane)])
    local_turn = np.asarray(conns.turn, np.int64) - turn_start[lanes.link[conns.from_lane]]
    slots = lane_turns[conns.from_lane] + local_turn
    fastest = links.free_speed_mean_ms * (1.0 + 3.0 * links.free_speed_cv) * tick / cell
    look = fastest + fastest**2 / (2.0 * float(scale.comfort)) + scale.clear
    return Net(
        scale=scale, lanes=len(lane_length), links=len(plan.link_id),
        lane=table(LANE_FIELDS, len(lane_length), {
            "length": lane_length, "link": lanes.link, "turns": lane_turns[:-1], "allowed": lanes.allowed,
            "look": np.minimum(look, MOST_CELLS)[lanes.link], "group": _common_group(plan), **lane_columns(plan, cell),
        }),
        link=table(LINK_FIELDS, len(plan.link_id) + 1, {
            "lane": links.lane_start, "turn": turn_start, "speed_mean": links.free_speed_mean_ms * tick / cell,
            "cv": links.free_speed_cv, "factor": links.factor_speed_ms * tick / cell,
            "limit": links.speed_limit_ms * tick / cell * 256, "keep": links.keep_right,
        }),
        conn=_connections(plan, settings, local_turn, conn_length),
        reach=np.searchsorted(slots, np.arange(lane_turns[-1] + 2)).astype(np.int64),
        yields=filled(conns.yields_to, np.int32), crosses=filled(conns.crosses, np.int32),
        inner=np.flatnonzero(_has_place(plan)).astype(np.int32), kerb_side=kerb_side_lanes(plan),
        stop_probability=stop_probability(settings),
    )


def _connections(
    plan: Plan, settings: CellularAutomaton, local_turn: np.ndarray, length: np.ndarray
) -> np.recarray:
    cell, tick, links, conns = settings.cell_m, settings.tick_s, plan.links, plan.connections
    here, there = plan.lanes.link[conns.from_lane], plan.lanes.link[conns.to_lane]
    mean = np.asarray(links.free_speed_mean_ms, np.float64)
    speed = np.clip(np.rint(conns.speed_ms * tick / cell * CAP_UNIT), CAP_UNIT, MOST_CAP)
    ease = np.minimum(speed / (links.speed_limit_ms[here] * tick / cell * CAP_UNIT), mean[there] / mean[here])
    has_place = _has_place(plan)
    return table(CONN_FIELDS, len(conns.turn) + 1, {
        "origin": conns.from_lane, "to": conns.to_lane, "turn": local_turn, "length": length,
        "speed": speed, "ease": np.minimum(ease, 1.0), "group": conns.signal_group,
        "yields": conns.yield_start, "crosses": conns.cross_start, "gap": conns.critical_gap_s / tick,
        "follow_up": conns.follow_up_s / tick, "inner": np.minimum(to_cells(conns.inner_wait_m, cell, 0), length),
        "places": np.clip((conns.inner_wait_m - FIRST_WAITING_M) // WAITING_SPACE_M + 1, 0, MOST_INSIDE),
        "pocket": np.where(has_place, np.cumsum(has_place) - 1, -1),
        "manner": conns.must_stop * 1 + conns.keep_clear * 2 + conns.first_come * 4,
    })


def _has_place(plan: Plan) -> np.ndarray:
    """Whether vehicles that give way can wait inside the junction, by connection."""
    return np.asarray(plan.connections.inner_wait_m >= FIRST_WAITING_M)


def _common_group(plan: Plan) -> np.ndarray:
    """Return the signal group of all connections of each lane, -1 where they have none or several."""
    lanes, conns = len(plan.lanes.link), plan.connections
    group = np.asarray(conns.signal_group, np.int64)
    least, most = np.full(lanes, np.iinfo(np.int64).max), np.full(lanes, -1)
    np.minimum.at(least, conns.from_lane, group)
    np.maximum.at(most, conns.from_lane, group)
    return np.where(least == most, most, -1)


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


def compile_signals(plan: Plan, settings: CellularAutomaton) -> Signals:
    """Return the programs in ticks, with room for the state of every group."""
    tick = settings.tick_s
    signals = plan.signals
    programs = len(signals.program_id)
    duration = np.maximum(np.rint(np.asarray(signals.duration_s) / tick), 1).astype(np.int64)
    phase_start = np.asarray(signals.phase_start, np.int64)
    phase_end = np.zeros(len(duration), np.int64)
    for program in range(programs):
        inside = slice(phase_start[program], phase_start[program + 1])
        phase_end[inside] = np.cumsum(duration[inside])
    group = rows(int(signals.group_start[-1]) if programs else 0, GROUP_FIELDS)
    group.state[:] = 255
    return Signals(
        programs=programs,
        program=table(PROGRAM_FIELDS, programs + 1, {
            "cycle": phase_end[phase_start[1:] - 1] if programs else phase_end,
            "offset": np.rint((np.asarray(signals.offset_s, np.float64) - plan.start_s) / tick),
            "phase": phase_start, "group": signals.group_start, "next_change": np.full(programs, -1),
        }),
        phase=table(PHASE_FIELDS, len(duration), {"end": phase_end, "states": signals.state_start[: len(duration)]}),
        group=group, codes=filled(signals.state, np.uint8),
    )
