"""The network of the queue engine: storage, backward waves, headways, and which places belong to a node."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from trafficsim.engines.queue.diagram import Diagram, diagram_of, mean_acceleration_ms2
from trafficsim.engines.queue.kinds import kinds_of
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.kernels.queue.tables import FIRST_COME, MUST_STOP, Net
from trafficsim.plan.arrays import F8, Plan

IMPATIENCE_MS = 60000.0
"""Over this time the gap that is asked for falls, as with the cellular automaton (modelling assumption)."""
RADIUS_M, SIDEWAYS_MS2 = 1.5, (30.0 / 3.6) ** 2 / 15.0
"""Of the saturation flow of turns, and of the speed of turns."""
HARDEST_MS2 = 5.0
"""Hardest braking that drivers accept, as with the cellular automaton."""
FULL_LENGTH = 0.95
"""Lanes of at least this share of their link count as lanes of its running section."""


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
    room_m, back_s = storage(plan, diagram)
    car_m = float(diagram.spacing_m.min(initial=7.0))
    manner = MUST_STOP * np.asarray(conns.must_stop) + FIRST_COME * np.asarray(conns.first_come)
    wide, room = full_lanes(plan), _cm(room_m)
    of_kind = kinds_of(plan).vehicle_class
    return Net(
        lane_start=_whole(links.lane_start), link_of=_whole(lanes.link), lane_room=_cm(lanes.length_m),
        lane_share=(room // wide)[lanes.link],
        allowed=_whole(lanes.allowed), wide=wide, room=room, back=_ms(back_s),
        conn_start=np.searchsorted(conns.from_lane, np.arange(len(lanes.link) + 1)),
        turn=_whole(conns.turn), origin=_whole(conns.from_lane), to=_whole(conns.to_lane),
        group=_whole(conns.signal_group), manner=_whole(manner), gap=conns.critical_gap_s * 1000.0,
        follow_up=conns.follow_up_s * 1000.0, inside=_whole(np.ceil(conns.waiting_area_m / car_m)),
        yield_start=_whole(conns.yield_start), yields=_whole(conns.yields_to),
        cross_start=_whole(conns.cross_start), crosses=_whole(conns.crosses),
        headway=_ms(headways_s(plan, diagram)),
        own_headway=_ms(diagram.headway_s(mean_speed_ms(plan))), spacing=_cm(diagram.spacing_m),
        reaction=_ms(diagram.time_s),
        bit=np.where(plan.classes.ignores_permissions, 255, 1 << np.asarray(plan.classes.kind, np.int64))[of_kind],
        acceleration=mean_acceleration_ms2(plan)[of_kind], node_of=node_of, member_start=member_start, member=member,
        group_start=group_start, of_group=signalised[of_group], stop_probability=stop_probability(plan),
        start_loss=round(settings.start_loss_s * 1000.0), impatience=IMPATIENCE_MS,
    )


def headways_s(plan: Plan, diagram: Diagram) -> F8:
    """Return headways at stop lines, shape (connections, classes).

    Where a connector is slower than its approach it is a turn, and headways are ``1 + 1.5 m / r`` times those of the
    approach, with the radius r (Kimber, McDonald & Hounsell 1986, TRRL RR67). Drivers turn at 30 km/h where it is 15 m.
    """
    conns = plan.connections
    approach = mean_speed_ms(plan)[plan.lanes.link[conns.from_lane]]
    radius = np.maximum(conns.speed_ms, 1.0) ** 2 / SIDEWAYS_MS2
    longer = np.where(conns.speed_ms < approach, 1.0 + RADIUS_M / radius, 1.0)
    return np.asarray(diagram.headway_s(approach) * longer[:, np.newaxis], np.float64)


def mean_speed_ms(plan: Plan) -> F8:
    """Return the mean free speed of every link."""
    return np.asarray(np.maximum(plan.links.free_speed_mean_ms, 0.5), np.float64)


def full_lanes(plan: Plan) -> np.ndarray:
    """Return the lanes of every link that are as long as it; at least one."""
    lanes = plan.lanes
    full = lanes.length_m >= FULL_LENGTH * plan.links.length_m[lanes.link]
    return np.maximum(np.bincount(lanes.link[full], minlength=len(plan.link_id)), 1)


def storage(plan: Plan, diagram: Diagram) -> tuple[F8, F8]:
    """Return the storage of every link (m) and the time of its backward wave.

    A lane stores whole vehicles, ``N = L / s`` rounded, and the wave takes ``N h - t`` with the free time t, so that
    the capacity 1 / h is exact and the jam density off by half a vehicle at most. Connectors store nobody; where a
    link is shorter than them, it stores what is on its way at capacity.
    """
    links, lanes, conns = plan.links, plan.lanes, plan.connections
    share = np.bincount(kinds_of(plan).of_trip, minlength=len(diagram.spacing_m)).astype(np.float64)
    share = share / share.sum() if share.sum() else np.full(len(share), 1.0 / max(len(share), 1))
    spacing, speed = float(share @ diagram.spacing_m), mean_speed_ms(plan)
    headway = float(share @ diagram.time_s) + spacing / speed
    before = np.zeros(len(speed))
    target = lanes.link[conns.to_lane]
    np.maximum.at(before, target, conns.length_m / np.maximum(np.minimum(conns.speed_ms, speed[target]), 0.5))
    free = links.length_m / speed + before
    wide = full_lanes(plan)
    number = np.maximum(np.rint(np.bincount(lanes.link, lanes.length_m, len(speed)) / wide / spacing),
                        np.ceil(free / headway))
    return number * spacing * wide, np.maximum(number * headway - free, 0.0)


def nodes_of(plan: Plan) -> np.ndarray:
    """Return the node of every stop line, and of every entry: those that share a movement or a conflict are one."""
    conns, lane_link, count = plan.connections, plan.lanes.link, len(plan.link_id)
    origin, target = lane_link[conns.from_lane], lane_link[conns.to_lane]
    own = np.repeat(np.arange(len(origin)), np.diff(conns.cross_start))
    given = np.repeat(np.arange(len(origin)), np.diff(conns.yield_start))
    rows = np.concatenate([origin, origin[own], origin[given]])
    columns = np.concatenate([target + count, origin[conns.crosses], origin[conns.yields_to]])
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(2 * count, 2 * count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def stop_probability(plan: Plan) -> np.ndarray:
    """Return by link the chance to stop at yellow (1/65536), by time since its begin in eighths of a second.

    Who is too near to stop goes.
    """
    time_s = np.arange(80) / 8.0
    table = np.full((len(plan.link_id), len(time_s)), 65536, np.int64)
    approaches = plan.approaches
    beyond = time_s - np.asarray(approaches.tau50_s)[:, np.newaxis]
    spread = np.asarray(approaches.spread_s)[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.where(spread > 0.0, 1.0 / (1.0 + np.exp(-beyond / spread)), beyond >= 0.0)
    reached = np.asarray(mean_speed_ms(plan)[approaches.link, np.newaxis] / (2.0 * HARDEST_MS2))
    table[approaches.link] = np.rint(np.where(time_s < reached, 0.0, share) * 65536.0)
    return table


def _whole(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, np.int64)


def _cm(values: F8) -> np.ndarray:
    return np.asarray(np.rint(values * 100.0), np.int64)


def _ms(values: F8) -> np.ndarray:
    return np.asarray(np.rint(values * 1000.0), np.int64)
