"""The network of the queue engine: storage, backward waves, headways, and which places belong to a node."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from trafficsim.engines.queue.diagram import (
    REFERENCE_SPEED_MS,
    Diagram,
    diagram_of,
    full_lanes,
    mean_acceleration_ms2,
)
from trafficsim.engines.queue.kinds import kinds_of
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.start import start_lags_s
from trafficsim.kernels.queue.tables import FIRST_COME, MUST_STOP, NO_LIMIT, Net
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.happenings import open_share
from trafficsim.plan.network import LANE_CHANGE_M, places_inside

IMPATIENCE_MS = 60000.0
"""Over this time the gap that is asked for falls, as with the cellular automaton (modelling assumption)."""
RADIUS_M, SIDEWAYS_MS2 = 1.5, (30.0 / 3.6) ** 2 / 15.0
"""Of the saturation flow of turns, and of the speed of turns."""
LONGEST_S = 250_000.0
"""Room that would take longer does not come back in a run."""
NEVER_S = 1.0e5
"""Factor of the headways of a blocked link: more than a day."""
UNBOUNDED_MS2 = 1e12
"""Acceleration with which no time is lost."""


def ragged(key: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the starts of groups, and the rows in order of their groups.

    Examples
    --------
    >>> ragged(np.array([1, 0, 1]), 2)[0].tolist()
    [0, 1, 3]
    """
    order = np.argsort(key, kind="stable")
    return np.searchsorted(key[order], np.arange(count + 1)), order


def compile_network(plan: Plan, settings: QueueSettings) -> Net:
    """Return the constants of the network."""
    links, lanes, conns = plan.links, plan.lanes, plan.connections
    diagram = diagram_of(plan, settings)
    node_of = nodes_of(plan)
    member_start, member = ragged(node_of, int(node_of.max(initial=-1)) + 1)
    signalised = np.flatnonzero(conns.signal_group >= 0)
    groups = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
    group_start, of_group = ragged(np.asarray(conns.signal_group, np.int64)[signalised], groups)
    room_m, back_s = storage(plan, diagram, settings.spillback)
    manner = MUST_STOP * np.asarray(conns.must_stop) + FIRST_COME * np.asarray(conns.first_come)
    wide, room, longer = full_lanes(plan), _cm(room_m), longer_headways(plan)
    of_kind = kinds_of(plan).vehicle_class
    return Net(
        lane_start=_whole(links.lane_start), link_of=_whole(lanes.link),
        lane_room=np.where(room[lanes.link] < NO_LIMIT, _cm(lanes.length_m / diagram.room[lanes.link]), NO_LIMIT),
        lane_share=(room // wide)[lanes.link],
        allowed=_whole(lanes.allowed), wide=wide, room=room, back=_ms(np.minimum(back_s, LONGEST_S)),
        changes=_whole(links.length_m // LANE_CHANGE_M),
        target=_whole(plan.turns.to_link),
        conn_start=np.searchsorted(conns.from_lane, np.arange(len(lanes.link) + 1)),
        turn=_whole(conns.turn), origin=_whole(conns.from_lane), to=_whole(conns.to_lane),
        group=_whole(conns.signal_group), manner=_whole(manner), gap=conns.critical_gap_s * 1000.0,
        follow_up=conns.follow_up_s * 1000.0, inside=_whole(places_inside(conns.waiting_area_m)),
        yield_start=_whole(conns.yield_start), yields=_whole(conns.yields_to),
        cross_start=_whole(conns.cross_start), crosses=_whole(conns.crosses),
        headway=_ms(headways_s(plan, diagram) * longer.outflow[lanes.link[conns.from_lane]]),
        own_headway=_ms(diagram.headway_s(diagram.inflow) * longer.inflow),
        exit_headway=_ms(diagram.headway_s(diagram.outflow) * longer.outflow),
        spacing=_cm(diagram.spacing_m), reaction=_ms(diagram.reaction_s), stretch=diagram.room,
        bit=np.where(plan.classes.ignores_permissions, 255, 1 << np.asarray(plan.classes.kind, np.int64))[of_kind],
        acceleration=acceleration_ms2(plan, settings)[of_kind],
        node_of=node_of, member_start=member_start, member=member,
        row_of=np.argsort(member, kind="stable"),
        group_start=group_start, of_group=signalised[of_group], stop_probability=stop_probability(plan),
        node_headway=node_headway_ms(plan, node_of),
        line_speed=np.maximum(np.asarray(conns.speed_ms, np.float64), 0.5),
        middle=0.5 * conns.length_m, mean_speed=diagram.speed_ms,
        start_lag=_ms(start_lags_s(settings.start_loss_s, 3600.0 / settings.saturation_flow_veh_h)),
        impatience=IMPATIENCE_MS,
    )


class Longer(NamedTuple):
    """Factors of headways at the ends of links, shape (links, 1)."""

    inflow: F8
    outflow: F8


def longer_headways(plan: Plan) -> Longer:
    """Return how much longer headways are where less of the capacity is left.

    What closed lanes take of a link is missing at its end: those that are open serve all, one after the other. Where
    all are closed nobody gets there within the run.
    """
    factor, share = plan.links.capacity_factor, open_share(plan)
    outflow = np.where(share > 0.0, 1.0 / np.maximum(factor * share, 1e-9), NEVER_S)
    return Longer((1.0 / factor)[:, np.newaxis], outflow[:, np.newaxis])


def acceleration_ms2(plan: Plan, settings: QueueSettings) -> F8:
    """Return the acceleration by class; without bound, whatever they have."""
    own = mean_acceleration_ms2(plan)
    return own if settings.bounded_acceleration else np.full(len(own), UNBOUNDED_MS2)


def headways_s(plan: Plan, diagram: Diagram) -> F8:
    """Return headways at stop lines, shape (connections, classes).

    Where a connector is slower than its approach it is a turn, and headways are at least ``1 + 1.5 m / r`` times those
    at 50 km/h, or at the speed of the approach if it is faster, with the radius r (Kimber, McDonald & Hounsell 1986,
    TRRL RR67). Drivers turn at 30 km/h where it is 15 m.
    A capacity that the network gives of the approach holds for turns too. Who gives way without a signal follows at the
    follow-up time.
    """
    conns = plan.connections
    origin = plan.lanes.link[conns.from_lane]
    radius = np.maximum(conns.speed_ms, 1.0) ** 2 / SIDEWAYS_MS2
    gives_way = (np.diff(conns.yield_start) > 0) & (np.asarray(conns.signal_group) < 0)
    turns = (conns.speed_ms < diagram.speed_ms[origin]) & (diagram.outflow[origin] == 1.0) & ~gives_way
    fast = diagram._replace(speed_ms=np.maximum(diagram.speed_ms, REFERENCE_SPEED_MS)).headway_s(diagram.outflow)
    turning = fast[origin] * np.where(turns, 1.0 + RADIUS_M / radius, 0.0)[:, np.newaxis]
    return np.asarray(np.maximum(diagram.headway_s(diagram.outflow)[origin], turning), np.float64)


def storage(plan: Plan, diagram: Diagram, spillback: bool = True) -> tuple[F8, F8]:
    """Return the storage of every link (m) and the time of its backward wave.

    A lane stores whole vehicles, ``N = L / s`` rounded, and the wave takes ``N h - t`` with the free time t, so that
    the capacity 1 / h is exact and the jam density off by half a vehicle at most. Connectors store nobody; where a
    link is shorter than them, it stores what is on its way at capacity. Storage is in the room of the classes; without
    spillback it has no limit.
    """
    links, lanes, conns = plan.links, plan.lanes, plan.connections
    share = np.bincount(kinds_of(plan).of_trip, minlength=len(diagram.spacing_m)).astype(np.float64)
    share = share / share.sum() if share.sum() else np.full(len(share), 1.0 / max(len(share), 1))
    spacing, speed = float(share @ diagram.spacing_m), diagram.speed_ms
    headway = (float(share @ diagram.time_s) + spacing / speed) * diagram.along
    before = np.zeros(len(speed))
    target = lanes.link[conns.to_lane]
    np.maximum.at(before, target, conns.length_m / np.maximum(np.minimum(conns.speed_ms, speed[target]), 0.5))
    free = links.length_m / speed + before
    wide = full_lanes(plan)
    number = np.maximum(np.rint(np.bincount(lanes.link, lanes.length_m, len(speed)) / wide / spacing / diagram.room),
                        np.ceil(free / headway))
    back = np.maximum(number * headway - free, 0.0)
    unlimited = plan.diagrams.unlimited if len(plan.diagrams.unlimited) else np.zeros(len(number), np.bool_)
    return np.where(unlimited | (not spillback), NO_LIMIT / 100.0, number * spacing * wide), back


def nodes_of(plan: Plan) -> np.ndarray:
    """Return the node of every stop line, and of every entry: those that share a movement or a conflict are one."""
    conns, lane_link, count = plan.connections, plan.lanes.link, len(plan.link_id)
    origin, target = lane_link[conns.from_lane], lane_link[conns.to_lane]
    own = np.repeat(np.arange(len(origin)), np.diff(conns.cross_start))
    given = np.repeat(np.arange(len(origin)), np.diff(conns.yield_start))
    rows: np.ndarray = np.concatenate([origin, origin[own], origin[given]])
    columns = np.concatenate([target + count, origin[conns.crosses], origin[conns.yields_to]])
    held = np.flatnonzero(~np.isnan(plan.diagrams.node_capacity_veh_s))  # a node whose capacity is given is one
    rows = np.concatenate([rows, held])
    columns = np.concatenate([columns, _first_of(np.asarray(plan.diagrams.node)[held], held)])
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(2 * count, 2 * count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _first_of(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return by row the value of the first row of its group."""
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    return np.asarray(value[first][place])


def node_headway_ms(plan: Plan, node_of: np.ndarray) -> np.ndarray:
    """Return by node the time between two who pass it; 0 where it has no capacity of its own."""
    headway = np.zeros(int(node_of.max(initial=-1)) + 1, np.int64)
    capacity = plan.diagrams.node_capacity_veh_s
    held = np.flatnonzero(~np.isnan(capacity))
    headway[node_of[held]] = _ms(1.0 / capacity[held])
    return headway


def stop_probability(plan: Plan) -> np.ndarray:
    """Return by link the chance to stop at yellow (1/65536), by the time to the line in eighths of a second."""
    time_s = np.arange(80) / 8.0
    table = np.full((len(plan.link_id), len(time_s)), 65536, np.int64)
    approaches = plan.approaches
    beyond = time_s - np.asarray(approaches.tau50_s)[:, np.newaxis]
    spread = np.asarray(approaches.spread_s)[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.where(spread > 0.0, 1.0 / (1.0 + np.exp(-beyond / spread)), beyond >= 0.0)
    table[approaches.link] = np.rint(share * 65536.0)
    return table


def _whole(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, np.int64)


def _cm(values: F8) -> np.ndarray:
    return np.asarray(np.rint(values * 100.0), np.int64)


def _ms(values: F8) -> np.ndarray:
    return np.asarray(np.rint(values * 1000.0), np.int64)
