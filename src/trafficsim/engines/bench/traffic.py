"""The trips of the workloads, as arrays: what people would write one by one is too slow for 400,000 vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.rng import Stream, mix64, u01
from trafficsim.plan.arrays import I4, Plan, TripArrays
from trafficsim.plan.network import starts
from trafficsim.plan.realise import normal_scores

Rows = NDArray[np.int64]

TURN_SHARE = {0: 0.6, 1: 0.2, 2: 0.2, 3: 0.0}
"""Share of drivers who go through, left, right and back (modelling assumption): with equal inflow at all entries every
link of a grid then carries the same flow."""
FASTEST_LINK_S = 12.0
"""Nobody drives a link of a grid in less (250 m at 72 km/h, the fastest of drivers where 50 is allowed): routes are
drawn as far as anybody can come before the end."""
RING_FILL_S, GRID_FILL_S = 2.0, 120.0
"""Seconds between two vehicles that are placed on one link of the ring; seconds in which a grid is filled."""
# Which draw is made (occasions of one stream).
DEPART, PLACE, LINK, TURN = 0, 1, 2, 3


@dataclass(frozen=True)
class Wish:
    """Where and when vehicles want to enter; a place of -1 is the start of the link."""

    link: Rows
    place_m: NDArray[np.float64]
    depart_s: NDArray[np.float64]


def draw(number: int, salt: int, occasion: int = 0) -> NDArray[np.float64]:
    """Uniform numbers, one per vehicle."""
    return u01(salt, Stream.TRAIT, np.arange(number), occasion)


def with_trips(plan: Plan, wish: Wish, route_start: I4, route_link: I4) -> Plan:
    """Return the plan with these trips of cars, sorted by departure."""
    number = len(wish.link)
    name_hash = mix64(np.arange(number, dtype=np.uint64) + np.uint64(1))
    none = np.zeros(0)
    return replace(plan, trips=TripArrays(
        name=tuple(map(str, range(number))), key=name_hash, vehicle_class=np.zeros(number, np.int32),
        z=normal_scores(name_hash), depart_s=wish.depart_s, route_start=route_start, route_link=route_link,
        depart_lane=np.full(number, -1, np.int32), depart_position_m=wish.place_m,
        stop_start=np.zeros(number + 1, np.int32), stop_position=none.astype(np.int32), stop_position_m=none,
        stop_dwell_s=none, stop_lane=none.astype(np.int32),
        person=np.full(number, -1, np.int64), limit_factor=np.full(number, np.inf),
    ))


def ring_traffic(plan: Plan, vehicles: int) -> Plan:
    """Spread vehicles evenly over a ring and let them drive round it to the end of the run.

    The places of a link are filled in a random order, one every two ticks, because a lane takes one at a time.
    """
    links = len(plan.link_id)
    length = float(plan.links.length_m[0])
    each = vehicles // links
    slot = np.argsort(draw(each, 1))
    link = np.tile(np.arange(links), each)
    place = np.repeat((slot + 0.5) * length / each, links)
    depart = np.repeat(np.arange(each) * RING_FILL_S, links)
    route_positions = 2 + int(plan.end_s * float(plan.links.speed_limit_ms[0]) * 1.3 / length)
    routes = (link[:, np.newaxis] + np.arange(route_positions)) % links
    begin = starts(np.full(len(link), route_positions))
    return with_trips(plan, Wish(link, place, depart), begin, routes.ravel().astype(np.int32))


def grid_traffic(plan: Plan, vehicles: int, entry_veh_h: float) -> Plan:
    """Fill a grid with vehicles at random places, and feed every entry at a steady rate; all turn at random.

    Parameters
    ----------
    plan
        Of a grid.
    vehicles
        Number that enters in the first two minutes, at random places.
    entry_veh_h
        Mean inflow of every entry (Poisson).
    """
    fed = np.setdiff1d(np.arange(len(plan.link_id)), plan.turns.to_link)
    inflow = round(len(fed) * entry_veh_h * plan.end_s / 3600.0)
    inner = np.setdiff1d(np.arange(len(plan.link_id)), fed)
    begin_link = inner[(draw(vehicles, LINK) * len(inner)).astype(np.int64)]
    link = np.concatenate([begin_link, fed[(draw(inflow, LINK, 1) * len(fed)).astype(np.int64)]])
    place = np.concatenate([draw(vehicles, PLACE) * plan.links.length_m[begin_link], np.full(inflow, -1.0)])
    depart = np.concatenate([draw(vehicles, DEPART) * GRID_FILL_S, draw(inflow, DEPART, 1) * plan.end_s])
    order = np.argsort(depart, kind="stable")
    wish = Wish(link[order], place[order], depart[order])
    return with_trips(plan, wish, *random_routes(plan, wish))


def random_routes(plan: Plan, wish: Wish) -> tuple[I4, I4]:
    """Draw routes turn by turn, to the edge of the network or as far as anybody can come; no turning back."""
    onward, chance = choices(plan, TURN_SHARE)
    most = 2 + int(plan.end_s / FASTEST_LINK_S)
    left_s = plan.end_s - wish.depart_s
    reach = np.minimum(2 + (left_s / FASTEST_LINK_S).astype(np.int64), most)
    routes = np.full((len(wish.link), most), -1, np.int32)
    rows, here = np.arange(len(wish.link)), wish.link
    for route_position in range(most):
        routes[rows, route_position] = here
        going = (onward[here, 0] >= 0) & (reach[rows] > route_position + 1)
        rows, here = rows[going], here[going]
        random_draw = u01(TURN, Stream.TRAIT, rows, route_position)
        side = (random_draw[:, np.newaxis] >= chance[here]).sum(axis=1)
        here = onward[here, side]
    return starts((routes >= 0).sum(axis=1)), routes[routes >= 0]


def choices(plan: Plan, share: Mapping[int, float]) -> tuple[Rows, NDArray[np.float64]]:
    """Return, by link, the links that follow (-1: none) and the cumulative chance of each.

    ``share`` is that of drivers who go through, left, right and back where all of these exist.
    """
    links, turns = len(plan.link_id), len(plan.turns.to_link)
    direction = np.zeros(turns, np.int64)
    direction[plan.connections.turn] = plan.connections.direction
    side = np.arange(turns) - plan.links.turn_start[plan.turns.from_link]
    widest = int(side.max()) + 1
    onward, weight = np.full((links, widest), -1), np.zeros((links, widest))
    onward[plan.turns.from_link, side] = plan.turns.to_link
    weight[plan.turns.from_link, side] = np.array(list(share.values()))[direction]
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    return onward, np.minimum(np.cumsum(weight, axis=1) / total, 1.0)
