"""Lower a world to the plan of one replication of one alternative."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from trafficsim.kernels.rng import hash_name
from trafficsim.plan.added_lanes import with_added_lanes
from trafficsim.plan.arrays import I4, U8, Plan, TripArrays
from trafficsim.plan.builder import PlanBuilder, Volumes
from trafficsim.plan.closures import require_paths
from trafficsim.plan.control import with_controls
from trafficsim.plan.crashes import blocked_s, crashes_of
from trafficsim.plan.day import day_factor, trips_of_day
from trafficsim.plan.emergency import with_emergency
from trafficsim.plan.en_route import with_en_route
from trafficsim.plan.habits import Habits, habits_of
from trafficsim.plan.happenings import incident_arrays, with_happenings
from trafficsim.plan.incident_arrays import no_incidents
from trafficsim.plan.ledger import LedgerRow, ledger_table
from trafficsim.plan.network import turn_of
from trafficsim.plan.people import people_arrays, with_people
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.ragged import gather
from trafficsim.plan.realise import People, draw_classes, hash_names, normal_scores, vehicle_keys
from trafficsim.plan.route_arrays import TollArrays
from trafficsim.plan.route_choice import chosen_anew, require_choice, road_costs, with_chosen_routes
from trafficsim.plan.routes import link_of
from trafficsim.plan.trip_rows import in_order
from trafficsim.plan.yellow import lower_approaches
from trafficsim.spec.calendar import Weekday
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.lane_closing import LaneClosing
from trafficsim.spec.policy import POLICY_PHASES, Policy
from trafficsim.spec.vehicles import HEAVY, KINDS
from trafficsim.spec.world import World

DESIGN_KEY = "design volumes"
DEMAND_PHASE = POLICY_PHASES[0]
DESIGN_DAY = 0
"""Replication that signal plans are designed on; those that are judged begin at 1."""


@dataclass(frozen=True)
class Lowered:
    """The plan of one replication, and what the policies did to it.

    Attributes
    ----------
    plan : the plan with the policies
    ledger : one row per policy, field and operation
    baseline : the plan without any policy: same people, same departures
    deployments : enforcement by the policies, by name, on all days
    """

    plan: Plan
    ledger: tuple[LedgerRow, ...]
    baseline: Plan
    deployments: tuple[Deployment, ...] = ()


def lower(
    world: World | Prepared, policies: Sequence[Policy] = (), replication: int = 1, *, demand_variation: float = 0.0,
    day: tuple[int, Weekday] | None = None, demand_day: int | None = None,
) -> Lowered:
    """Lower a world, or a prepared one, with policies.

    Parameters
    ----------
    world
        Give a :class:`~trafficsim.plan.prepare.Prepared` to lower many replications and alternatives: the network is
        then sorted and the routes are found only once.
    policies
        The alternative; empty for doing nothing.
    replication
        Number of the realisation; the same number means common random numbers in every alternative.
        0 is the design day: mean demand, never judged.
    demand_variation
        Coefficient of variation of demand from one replication to another (see :mod:`trafficsim.plan.day`).
    day
        Day of the study on which the run begins, and its weekday; ``None``: day 1, on the weekday of the scenario.
    demand_day
        Day of a study over days whose departures these are: another realisation for every day, the same in every
        alternative, and trips are made by people whose habit they are. ``None``: a single run.

    Raises
    ------
    NetworkError, DemandError, InputError, PolicyError
        If something cannot be lowered; the message names the place and the remedy.
    """
    prepared = with_added_lanes(world if isinstance(world, Prepared) else prepare(world), policies)
    on = _RunOn(replication, demand_day, day[1] if day else None)
    baseline = _baseline(prepared, on, demand_variation)
    changing = tuple(one for one in policies if getattr(type(one), "phase", None) == DEMAND_PHASE)
    builder = PlanBuilder(
        baseline, prepared.world.network,
        lambda: design_volumes(prepared, () if builder.phase == DEMAND_PHASE else changing),
        _memory(prepared, changing), day or (1, prepared.world.scenario.weekday), prepared.world)
    builder.choose = lambda plan: _chosen_anew(plan, prepared) if policies else plan
    builder.run(policies)
    plan, ledger = builder.finish()
    plan, ledger = builder.controlled(plan), (*ledger, *builder.control_rows)
    plan = _with_happenings(plan, prepared, on, builder.lanes_closed)
    baseline = _with_happenings(baseline, prepared, on)
    plan = with_en_route(_with_people(plan, prepared, on), prepared.world.scenario)
    plan = with_emergency(plan, prepared.world.network, builder.response, crashes_of(prepared.world.scenario, baseline))
    require_choice(plan, ledger)
    return Lowered(plan, ledger, baseline, builder.deployments)


def _with_happenings(plan: Plan, prepared: Prepared, on: _RunOn, closings: Sequence[LaneClosing] = ()) -> Plan:
    """Let happen on the road what happens; on the design day no incident does: nobody plans for one."""
    if on.replication == DESIGN_DAY and plan.incidents.name:
        plan = replace(plan, incidents=no_incidents())
    return with_happenings(plan, prepared.world, closings)


def _memory(prepared: Prepared, changing: Sequence[Policy]) -> dict[Hashable, Any]:
    """What was worked out for the design day under these policies on demand."""
    return cast("dict[Hashable, Any]", prepared.memory.setdefault(
        repr(changing), {})) if changing else prepared.memory


class _RunOn(NamedTuple):
    """Replication, day of the departures (``None``: a single run), and weekday (``None``: that of the scenario)."""

    replication: int
    demand_day: int | None
    weekday: Weekday | None

    def seed_key(self, seed: int) -> int:
        """64-bit random key of the run."""
        return hash_name(seed, self.replication, *(() if self.demand_day is None else (self.demand_day,)))


def _with_people(plan: Plan, prepared: Prepared, on: _RunOn) -> Plan:
    scenario = prepared.world.scenario
    over_days = on.demand_day is not None and scenario.population is not None
    return with_people(plan, scenario, on.weekday, people_habits(prepared) if over_days else None)


def people_habits(prepared: Prepared) -> Habits:
    """What the people of a scenario are used to drive."""
    return habits_of(prepared, lambda: _design_trips(prepared))


def _design_trips(prepared: Prepared) -> TripArrays:
    return realise(prepared, hash_name(prepared.world.scenario.seed, DESIGN_DAY))


def _baseline(prepared: Prepared, on: _RunOn, demand_variation: float) -> Plan:
    scenario, network = prepared.world.scenario, prepared.network
    time = scenario.time
    seed_key = on.seed_key(scenario.seed)
    factor = 1.0 if on.replication == DESIGN_DAY else day_factor(seed_key, demand_variation)
    plan = Plan(
        link_id=network.link_id,
        links=network.links,
        lanes=network.lanes,
        turns=network.turns,
        connections=network.connections,
        diagrams=network.diagrams,
        signals=prepared.signals,
        classes=prepared.classes,
        trips=realise(prepared, seed_key, factor),
        detectors=prepared.detectors,
        seed_key=seed_key,
        start_s=time.start_s,
        analysis_begin_s=time.analysis_begin_s,
        analysis_end_s=time.analysis_end_s,
        end_s=time.analysis_end_s + time.clear_s,
        interval_s=time.interval_s,
        trajectory_share=scenario.trajectories.share,
        areas=prepared.areas,
        sections=prepared.sections,
        **_traces(prepared),
        keep_clear_share=scenario.drivers.keep_clear_share,
        approaches=lower_approaches(network, scenario.drivers),
        people=people_arrays(scenario.population),
        tolls=TollArrays(network.toll_eur),
        crossings=prepared.crossings,
    )
    blocked = blocked_s(scenario, prepared.blocked_s)
    plan = replace(plan, incidents=incident_arrays(scenario.incidents, plan, blocked))
    return with_controls(_with_people(plan, prepared, on), prepared.world.network.controls)


def _traces(prepared: Prepared) -> dict[str, Any]:
    traces = prepared.world.scenario.trajectories
    links = tuple(link_of(link, "trajectories: links", prepared.network) for link in traces.links)
    return {"trace_link": links, "trace_begin_s": -np.inf if traces.begin_s is None else traces.begin_s,
            "trace_end_s": np.inf if traces.end_s is None else traces.end_s}


def realise(prepared: Prepared, seed_key: int, factor: float = 1.0) -> TripArrays:
    """Realise all trips of a day with ``factor`` times the mean demand, sorted by departure time, then by name."""
    people = sorted_people(prepared, seed_key, factor)
    request, key = people.request, vehicle_keys(people.name_hash, seed_key)
    vehicle_class = draw_classes(key, prepared.mix_cumulative[request])
    permission = prepared.permission[vehicle_class]
    routes, stops, given = prepared.routes, prepared.stops, prepared.trips
    route = routes.taken(request, permission, people.depart_s, route_keys(prepared, people.name_hash))
    route_start, route_position = gather(routes.start, route)
    stop_start, stop = gather(stops.start, stops.of[request, permission])
    # Flows come first among the requests; position 0 of these padded arrays stands for all of them.
    trip = np.maximum(request - prepared.rates.flows + 1, 0)
    trips = TripArrays(
        name=tuple(people.name), key=key, vehicle_class=vehicle_class, z=normal_scores(key), depart_s=people.depart_s,
        route_start=route_start, route_link=routes.link[route_position],
        depart_lane=np.append(np.int32(-1), given.depart_lane)[trip].astype(np.int32),
        depart_position_m=np.append(-1.0, given.depart_position_m)[trip],
        stop_start=stop_start, stop_position=stops.route_position[stop], stop_position_m=stops.position_m[stop],
        stop_dwell_s=stops.dwell_s[stop], stop_lane=stops.lane[stop],
        person=np.full(len(key), -1, np.int64), limit_factor=np.full(len(key), np.inf),
    )
    return _chosen(trips, routes.wish[request, permission], prepared, people.name_hash)


def _chosen(trips: TripArrays, wish: I4, prepared: Prepared, name_hash: U8) -> TripArrays:
    """Routes without any policy of those who choose among several."""
    if prepared.world.demand.routes != "logit":
        return trips
    costs = road_costs(prepared.network, prepared.signals, prepared.world.scenario.route_choice)
    return with_chosen_routes(trips._replace(wish=wish), prepared, costs, route_keys(prepared, name_hash))


def _chosen_anew(plan: Plan, prepared: Prepared) -> Plan:
    require_paths(plan)
    if not len(plan.trips.wish):
        return plan
    return chosen_anew(plan, prepared, route_keys(prepared, hash_names(plan.trips.name)))


def route_keys(prepared: Prepared, name_hash: U8) -> U8:
    """Random keys of vehicles for their routes: those of the design day, for a driver knows the way on every day."""
    return vehicle_keys(name_hash, hash_name(prepared.world.scenario.seed, DESIGN_DAY))


def sorted_people(prepared: Prepared, seed_key: int, factor: float = 1.0) -> People:
    """Who travels on a day with ``factor`` times the mean demand, sorted by departure time, then by name."""
    people = _people(prepared, seed_key, factor)
    order = in_order(people.name, people.depart_s)
    return People([people.name[row] for row in order.tolist()], people.name_hash[order], people.request[order],
                  people.depart_s[order])


def _people(prepared: Prepared, seed_key: int, factor: float) -> People:
    """Vehicles of all flows, then the given trips."""
    time, flows = prepared.world.scenario.time, prepared.world.demand.flows
    keys = np.array([hash_name("flow", flow.id, seed_key) for flow in flows], np.uint64)
    due = prepared.rates.due(keys, np.where(prepared.timetabled, 1.0, factor))
    kept = np.flatnonzero(due.depart_s >= time.start_s)
    names = [f"{flows[flow].id}#{number}"
             for flow, number in zip(due.flow[kept].tolist(), due.number[kept].tolist(), strict=True)]
    trips = trips_of_day(prepared.trips, factor, seed_key, (time.start_s, time.analysis_end_s))
    hashes = np.concatenate([hash_names(names), trips.name_hash])
    return People(names + trips.name, hashes, np.concatenate([due.flow[kept], len(flows) + trips.row]),
                  np.concatenate([due.depart_s[kept], trips.depart_s]))


HEAVY_PCU = 2.0
"""Passenger-car units of a truck or bus at a signal (HCM 2016, equation 19-8, level terrain)."""
S_PER_H = 3600.0


def design_volumes(prepared: Prepared, changing: Sequence[Policy] = ()) -> Volumes:
    """Volume (pcu/h) of every movement on the design day: trips of one realisation that is never judged.

    Every trip that departs in the scenario counts for each movement of its route; the sum is divided by the time in
    which trips depart. It is worked out once and kept with the prepared world.

    Parameters
    ----------
    changing
        Policies on demand: plans are designed for the traffic that these leave.
    """
    memory = _memory(prepared, changing)
    if DESIGN_KEY not in memory:
        memory[DESIGN_KEY] = _design_volumes(prepared, changing)
    return cast(Volumes, memory[DESIGN_KEY])


def _design_volumes(prepared: Prepared, changing: Sequence[Policy]) -> Volumes:
    time = prepared.world.scenario.time
    trips = lower(prepared, changing, DESIGN_DAY).plan.trips if changing else _design_trips(prepared)
    hours = (time.analysis_end_s - time.start_s) / S_PER_H
    heavy = np.isin(prepared.classes.kind[trips.vehicle_class], [KINDS.index(kind) for kind in HEAVY])
    pcu = np.repeat(np.where(heavy, HEAVY_PCU, 1.0), np.diff(trips.route_start))[:-1]
    same = np.diff(np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))) == 0
    links, turns = trips.route_link, prepared.network.turns
    turn = turn_of(turns, links[:-1][same], links[1:][same])
    volume = np.bincount(turn, pcu[same], minlength=len(turns.from_link)) / hours
    name = prepared.network.link_id
    return {(name[tail], name[head]): float(value)
            for tail, head, value in zip(turns.from_link, turns.to_link, volume, strict=True)}


def explain(world: World | Prepared, policies: Sequence[Policy]) -> pd.DataFrame:
    """Say what an alternative changes: its ledger as a table (see :func:`trafficsim.plan.ledger.ledger_table`)."""
    return ledger_table(lower(world, policies).ledger)
