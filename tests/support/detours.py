"""A fork before a closure: who knows turns off in time, who does not drives up to it and goes a long way round."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.plan.small import Demand, flow, join, link, network, world
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.plan.record import Record
from trafficsim.policies import Closure
from trafficsim.spec.calendar import Hours
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

HALF_AN_HOUR = Time(warmup_s=0.0, analysis_s=1800.0, clear_s=5400.0)
LENGTHS_M = {"a": 500.0, "b": 2000.0, "k": 500.0, "d": 4000.0, "c": 3200.0, "z": 300.0}
ENDS = {"a": ("1", "2"), "b": ("2", "3"), "k": ("3", "4"), "d": ("3", "4"), "c": ("2", "4"), "z": ("4", "5")}
JOINS = [("a", "b"), ("a", "c"), ("b", "k"), ("b", "d"), ("k", "z"), ("d", "z"), ("c", "z")]


def detour_network(lanes: int = 2, without: tuple[str, ...] = ()) -> Network:
    """a -> (b -> (k | d, long) | c, between the two) -> z."""
    links = [link(name, *ENDS[name], length_m=LENGTHS_M[name], lanes=lanes, speed_limit_kmh=60.0)
             for name in ENDS if name not in without]
    joins = [join(tail, head, lane, lane, length_m=5.0, speed_limit_kmh=50.0)
             for tail, head in JOINS if not {tail, head} & set(without) for lane in range(lanes)]
    return network(links, joins)


def detour_world(informed: float = 0.0, road: Network | None = None, volume_veh_h: float = 400.0,
                 **given: Any) -> World:
    demand = Demand(flows=(flow(volume_veh_h=volume_veh_h, destination="z"),), routes="free_flow")
    choice = RouteChoice(informed_share=informed, update_s=60.0)
    return world(demand, road or detour_network(), **{"time": HALF_AN_HOUR, "route_choice": choice, **given})


def closing(name: str = "k", begin_h: float = 0.15, end_h: float = 0.4) -> list[Policy]:
    return [Closure(on=Links(ids=(name,)), hours=(Hours(begin_h=begin_h, end_h=end_h),))]


def driven(given: World, policies: list[Policy], engine: str) -> tuple[Plan, Record]:
    """Lower and run."""
    prepared = prepare(given)
    plan = lower(prepared, policies).plan
    return plan, engine_named(engine).run(plan, given.scenario.settings(engine))


def routes_of(plan: Plan, record: Record) -> list[tuple[str, ...]]:
    """Links of every trip, as they were driven."""
    assert record.routes is not None
    parts = np.split(record.routes.route_link, record.routes.route_start[1:-1])
    return [tuple(plan.link_id[row] for row in part) for part in parts]


def travel_s(plan: Plan, record: Record) -> np.ndarray:
    return np.asarray(record.trips.exit_s - plan.trips.depart_s)
