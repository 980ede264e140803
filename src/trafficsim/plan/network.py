"""Lower the network: links, lanes, turns and connections as arrays, in graph order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trafficsim.base.errors import InputError, NetworkError
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.arrays import F8, I4, ConnectionArrays, LaneArrays, LinkArrays, TurnArrays
from trafficsim.plan.desired_speed import LEAST_FACTOR
from trafficsim.plan.diagram_arrays import DiagramArrays, no_diagrams
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, ROAD_CLASSES, complete
from trafficsim.spec.vehicles import KINDS

DIRECTIONS = {"through": 0, "left": 1, "right": 2, "u_turn": 3}
LANE_CHANGE_M = 60.0
"""Length that a driver counts on for one lane change (modelling assumption)."""
FREE_LANE_CHANGE_M = 200.0
"""On a link that is as long as this drivers change to the lanes that they need (modelling assumption)."""
WAITING_SPACE_M, FIRST_WAITING_M, MOST_INSIDE = 7.0, 5.5, 3
"""Inside a junction: space from one waiting vehicle to the next, what the first one takes, and how many find room at
most (spacing in queues, a car and a metre; modelling assumption)."""
EVERY_KIND = (1 << len(KINDS)) - 1

Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class NetworkPlan:
    """The network part of a plan, and where each link is in it."""

    link_id: tuple[str, ...]
    link_index: dict[str, int]
    links: LinkArrays
    lanes: LaneArrays
    turns: TurnArrays
    connections: ConnectionArrays
    diagrams: DiagramArrays = dataclass_field(default_factory=no_diagrams)
    toll_eur: F8 = dataclass_field(default_factory=lambda: np.zeros(0))
    """By link; empty: nowhere is one."""


def places_inside(waiting_area_m: F8) -> I4:
    """Return how many vehicles that give way find room inside a junction, by the length of the waiting area.

    Examples
    --------
    >>> places_inside(np.array([5.0, 5.5, 12.5, 40.0])).tolist()
    [0, 1, 2, 3]
    """
    return np.clip((waiting_area_m - FIRST_WAITING_M) // WAITING_SPACE_M + 1, 0, MOST_INSIDE).astype(np.int32)


def starts(counts: Sequence[int] | NDArray[Any]) -> I4:
    """Turn the lengths of ragged rows into their ``start`` array of length n + 1.

    Examples
    --------
    >>> starts([2, 0, 3]).tolist()
    [0, 2, 2, 5]
    """
    return np.concatenate([[0], np.cumsum(np.asarray(counts, np.int64))]).astype(np.int32)


def lower_network(network: Network, drivers: Drivers, signal_start: Mapping[str, tuple[int, int]]) -> NetworkPlan:
    """Lower a network.

    Parameters
    ----------
    network
        The network.
    drivers
        Speed choice by road class.
    signal_start
        First signal group and number of groups of every signal program, by id.

    Raises
    ------
    NetworkError
        If an attribute is not usable or a connection names something that is not there.
    """
    rows = _complete(network)
    link_index = {link: index for index, link in enumerate(rows)}
    lane_start = starts([row["lanes"] for row in rows.values()])
    order, turns = _turns(network.connections, link_index, lane_start)
    connections = _connections(network.connections, order, turns, link_index, lane_start)
    connections = connections._replace(signal_group=_signal_groups(network.connections, order, signal_start))
    turn_start = np.searchsorted(turns.from_link, np.arange(len(link_index) + 1)).astype(np.int32)
    links = _links(rows, drivers)._replace(lane_start=lane_start, turn_start=turn_start)
    toll_eur = _floats([row["toll_eur"] for row in rows.values()])
    return NetworkPlan(tuple(link_index), link_index, links, _lanes(rows), turns, connections,
                       _diagrams(rows, network),
                       toll_eur)


def free_speed(attributes: Attributes, drivers: Drivers) -> tuple[float, float]:
    """Mean (m/s) and coefficient of variation of the free speed on a link.

    ``mean = limit / (1 + cv * z_p)`` with ``z_p`` the standard normal quantile of ``1 - share_over_limit`` of the
    road class; ``free_speed_mean_kmh`` and ``free_speed_sd_kmh`` of the link override either.

    Examples
    --------
    >>> mean, cv = free_speed({"speed_limit_kmh": 50.0, "road_class": "urban"}, Drivers())
    >>> round(mean * 3.6, 6), cv
    (50.0, 0.15)
    """
    road_class = attributes["road_class"]
    choice: SpeedChoice = getattr(drivers, road_class)
    spread = 1.0 + choice.cv * float(ndtri(1.0 - choice.share_over_limit))
    if spread < LEAST_FACTOR:
        raise InputError(f"drivers.{road_class}", f"share_over_limit {choice.share_over_limit:g} with cv {choice.cv:g}",
                         f"a limit of at least {LEAST_FACTOR:g} times the mean speed", "lower share_over_limit or cv")
    own_mean, own_sd = attributes.get("free_speed_mean_kmh"), attributes.get("free_speed_sd_kmh")
    mean = kmh_to_ms(attributes["speed_limit_kmh"]) / spread if own_mean is None else kmh_to_ms(own_mean)
    return mean, choice.cv if own_sd is None else kmh_to_ms(own_sd) / mean


def _complete(network: Network) -> dict[str, Attributes]:
    """Attributes of all links, validated and with the defaults of the schema."""
    rows: dict[str, Attributes] = {}
    for link, attributes in network.links.items():
        rows[link] = complete(attributes, EDGE_ATTRIBUTES, f"link {link!r}")
        if rows[link]["length_m"] is None:
            raise NetworkError(f"link {link!r}: length_m", "nothing", "the length of the link in m", "add length_m")
    if not rows:
        raise NetworkError("network", "no links", "at least one link", "add links to the network")
    return rows


def _links(rows: Mapping[str, Attributes], drivers: Drivers) -> LinkArrays:
    limit = _floats([kmh_to_ms(row["speed_limit_kmh"]) for row in rows.values()])
    speeds = [free_speed(row, drivers) for row in rows.values()]
    none = np.zeros(0, np.int32)
    return LinkArrays(
        length_m=_floats([row["length_m"] for row in rows.values()]),
        speed_limit_ms=limit,
        free_speed_mean_ms=_floats([mean for mean, _ in speeds]),
        free_speed_cv=_floats([cv for _, cv in speeds]),
        lane_start=none,
        turn_start=none,
        road_class=np.array([ROAD_CLASSES.index(row["road_class"]) for row in rows.values()], np.int32),
        factor_speed_ms=limit.copy(),
        keep_right=np.array([_keeps_right(row, drivers) for row in rows.values()], np.bool_),
        capacity_factor=np.ones(len(rows)),
    )


def _diagrams(rows: Mapping[str, Attributes], network: Network) -> DiagramArrays:
    """Return what links and nodes give of diagrams and capacities; nothing where none does."""
    keys = ("capacity_veh_h", "jam_density_veh_km_lane", "backward_wave_kmh", "inflow_capacity_veh_h",
            "outflow_capacity_veh_h", "merge_priority")
    unlimited = np.array([row["storage"] == "unlimited" for row in rows.values()])
    number = {node: place for place, node in enumerate(network.graph)}
    through = {node: complete(more, NODE_ATTRIBUTES, f"node {node!r}")["capacity_veh_h"]
               for node, more in network.graph.nodes(data=True) if more.get("capacity_veh_h") is not None}
    if not unlimited.any() and not through and all(row[key] is None for row in rows.values() for key in keys):
        return no_diagrams()
    for link, row in rows.items():
        if all(row[key] is not None for key in keys[:3]):
            raise NetworkError(f"link {link!r}: backward_wave_kmh", "a capacity and a jam density beside it",
                               "two of the three: the third follows from them", "leave one of them out")
    capacity, jam, wave, inflow, outflow, priority = (
        np.array([np.nan if row[key] is None else row[key] for row in rows.values()], np.float64) for key in keys)
    return DiagramArrays(capacity / 3600.0, jam / 1000.0, kmh_to_ms(wave), inflow / 3600.0, outflow / 3600.0, priority,
                         _floats([through.get(row["to"], np.nan) / 3600.0 for row in rows.values()]),
                         np.array([number[row["to"]] for row in rows.values()], np.int32), unlimited)


def _keeps_right(row: Attributes, drivers: Drivers) -> bool:
    own = row["lane_rule"]
    return bool(own == "keep_right" if own else row["road_class"] in drivers.keep_right)


def _lanes(rows: Mapping[str, Attributes]) -> LaneArrays:
    counts = [row["lanes"] for row in rows.values()]
    length = [own for row in rows.values() for own in row["lane_length_m"] or (row["length_m"],) * row["lanes"]]
    allowed = [_bits(kinds) for row in rows.values() for kinds in row["allow"] or (None,) * row["lanes"]]
    return LaneArrays(np.repeat(np.arange(len(rows), dtype=np.int32), counts), _floats(length),
                      np.array(allowed, np.uint8))


def _bits(kinds: Sequence[str] | None) -> int:
    return EVERY_KIND if kinds is None else sum(1 << KINDS.index(kind) for kind in set(kinds))


def _turns(connections: Sequence[Connection], link_index: Mapping[str, int], lane_start: I4,
           ) -> tuple[NDArray[np.int64], TurnArrays]:
    """Sort the connections by (from lane, turn), and collect the turns."""
    for number, connection in enumerate(connections):
        _check_connection(number, connection, link_index, lane_start)
    origin = np.array([link_index[c.from_link] for c in connections], np.int64)
    target = np.array([link_index[c.to_link] for c in connections], np.int64)
    from_lane = np.array([c.from_lane for c in connections], np.int64)
    to_lane = np.array([c.to_lane for c in connections], np.int64)
    pairs = np.unique(np.stack([origin, target], axis=1), axis=0) if connections else np.zeros((0, 2), np.int64)
    turns = TurnArrays(pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32))
    return np.lexsort((to_lane, target, from_lane, origin)), turns


def _check_connection(number: int, connection: Connection, link_index: Mapping[str, int], lane_start: I4) -> None:
    where = f"connection {number} from {connection.from_link!r} to {connection.to_link!r}"
    for link, lane in ((connection.from_link, connection.from_lane), (connection.to_link, connection.to_lane)):
        if link not in link_index:
            raise NetworkError(where, f"no link {link!r}", "links of the network", "correct the link id")
        lanes = int(lane_start[link_index[link] + 1] - lane_start[link_index[link]])
        if lane >= lanes:
            raise NetworkError(where, f"lane {lane} of link {link!r}", f"a lane below {lanes}", "correct the lane")


def turn_of(turns: TurnArrays, from_link: NDArray[Any], to_link: NDArray[Any]) -> NDArray[np.int64]:
    """Index of the turn from each link to each link, -1 where there is no movement."""
    if len(turns.from_link) == 0:
        return np.full(np.shape(from_link), -1, np.int64)
    base = np.int64(1) << np.int64(32)
    known = turns.from_link * base + turns.to_link
    asked = np.asarray(from_link, np.int64) * base + np.asarray(to_link, np.int64)
    found = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[found] == asked, found, -1)


def _connections(connections: Sequence[Connection], order: NDArray[np.int64], turns: TurnArrays,
                 link_index: Mapping[str, int], lane_start: I4) -> ConnectionArrays:
    rows = [connections[position] for position in order]
    origin = np.array([link_index[row.from_link] for row in rows], np.int64)
    target = np.array([link_index[row.to_link] for row in rows], np.int64)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    yield_start, yields_to = _moved("yields_to", [row.yields_to for row in rows], place)
    cross_start, crosses = _moved("crosses", [row.crosses for row in rows], place)
    return ConnectionArrays(
        from_lane=(lane_start[origin] + np.array([row.from_lane for row in rows], np.int64)).astype(np.int32),
        to_lane=(lane_start[target] + np.array([row.to_lane for row in rows], np.int64)).astype(np.int32),
        turn=turn_of(turns, origin, target).astype(np.int32),
        length_m=_floats([row.length_m for row in rows]),
        speed_ms=_floats([kmh_to_ms(row.speed_limit_kmh) for row in rows]),
        signal_group=np.zeros(0, np.int32),
        yield_start=yield_start, yields_to=yields_to, cross_start=cross_start, crosses=crosses,
        critical_gap_s=_floats([row.critical_gap_s for row in rows]),
        follow_up_s=_floats([row.follow_up_s for row in rows]),
        must_stop=np.array([row.must_stop for row in rows], np.bool_),
        keep_clear=np.array([row.keep_clear for row in rows], np.bool_),
        first_come=np.array([row.first_come for row in rows], np.bool_),
        direction=np.array([DIRECTIONS[row.turn] for row in rows], np.uint8),
        waiting_area_m=_floats([row.waiting_area_m for row in rows]),
    )


def _floats(values: list[float]) -> F8:
    return np.array(values, np.float64)


def _moved(key: str, rows: list[tuple[int, ...]], place: NDArray[np.int64]) -> tuple[I4, I4]:
    """Flatten ragged positions of connections and translate them to the new order, sorted within each row."""
    for row, positions in enumerate(rows):
        wrong = [position for position in positions if not 0 <= position < len(place)]
        if wrong:
            number = int(np.flatnonzero(place == row)[0])
            raise NetworkError(f"connection {number}: {key}", str(wrong[0]),
                               f"a position below {len(place)}", "correct the position of the connection")
    moved = [sorted(int(place[position]) for position in positions) for positions in rows]
    flat = [position for row in moved for position in row]
    return starts([len(row) for row in moved]), np.array(flat, np.int32)


def _signal_groups(connections: Sequence[Connection], order: NDArray[np.int64],
                   signal_start: Mapping[str, tuple[int, int]]) -> I4:
    groups = np.full(len(order), -1, np.int32)
    for row, position in enumerate(order):
        connection = connections[position]
        if connection.signal is None:
            continue
        where = f"connection {position} from {connection.from_link!r} to {connection.to_link!r}"
        if connection.signal not in signal_start:
            raise NetworkError(where, f"no signal program {connection.signal!r}", "a program of the network",
                               "add the program or remove the signal from the connection")
        first, width = signal_start[connection.signal]
        if connection.signal_index is None or connection.signal_index >= width:
            raise NetworkError(where, f"signal index {connection.signal_index}", f"an index below {width}",
                               f"correct the index or the states of signal {connection.signal!r}")
        groups[row] = first + connection.signal_index
    return groups
