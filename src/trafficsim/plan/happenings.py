"""What happens on the road within a run: incidents, works and weather become closed lanes, closures and a timeline.

Policies act first: they may shorten an incident, or show a lower limit. What happens comes on top of what they leave:
of two limits the lower one holds, and factors of speed and capacity are multiplied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import hash_name
from trafficsim.base.units import kmh_to_ms
from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import Plan
from trafficsim.plan.incident_arrays import IncidentArrays, LaneClosureArrays, ShutLaneArrays, no_incidents
from trafficsim.plan.route_arrays import ClosureArrays
from trafficsim.plan.timeline import SCHEDULED, links_at
from trafficsim.plan.timeline_arrays import TimelineArrays
from trafficsim.spec.happenings import Works
from trafficsim.spec.incident import Incident
from trafficsim.spec.lane_closing import LaneClosing
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

ENTRY_M = 50.0
"""Lanes are closed from here on at the earliest, or from half of a shorter link on: so long is the stretch in which
drivers who come onto a lane find out that it is closed, and leave it (modelling assumption)."""


class Effect(NamedTuple):
    """What links are like between two clock times: factors of speed and capacity, and a limit (infinite: none)."""

    links: NDArray[np.int64]
    begin_s: float
    end_s: float
    speed: float = 1.0
    capacity: float = 1.0
    limit_ms: float = np.inf


class Stretch(NamedTuple):
    """Lanes of a link that are closed between two places and two clock times."""

    link: int
    lanes: tuple[int, ...]
    from_m: float
    to_m: float
    begin_s: float
    end_s: float


def incident_arrays(incidents: Sequence[Incident], plan: Plan,
                    known_s: Mapping[str, float] | None = None) -> IncidentArrays:
    """Return incidents with the durations of the replication.

    Parameters
    ----------
    incidents
        As the scenario gives them; those on the links of the plan.
    plan
        Its links and its random key.
    known_s
        Durations that are not drawn, by incident.
    """
    if not incidents:
        return no_incidents()
    index = {name: row for row, name in enumerate(plan.link_id)}
    link = np.array([index[one.link] for one in incidents], np.int32)
    lanes = np.diff(plan.links.lane_start)[link].tolist()
    share = [float(u01(plan.seed_key, Stream.INCIDENT, hash_name("incident", one.id), 0)[0]) for one in incidents]
    return IncidentArrays(
        name=tuple(one.id for one in incidents), kind=tuple(one.kind for one in incidents), link=link,
        position_m=np.array([one.position_m for one in incidents], np.float64),
        length_m=np.array([one.length_m for one in incidents], np.float64),
        lanes=tuple(tuple(sorted(one.lanes)) for one in incidents),
        begin_s=np.array([one.begin_s for one in incidents], np.float64),
        duration_s=np.array([(known_s or {}).get(one.id, one.drawn_s(at))
                             for one, at in zip(incidents, share, strict=True)], np.float64),
        injured=np.array([one.injured for one in incidents], np.int32),
        left=np.array([one.remaining_per_lane(number) for one, number in zip(incidents, lanes, strict=True)]),
        left_opposite=np.array([one.rubbernecking_opposite for one in incidents], np.float64))


def with_happenings(plan: Plan, world: World, closings: Sequence[LaneClosing] = ()) -> Plan:
    """Return the plan with what its incidents, and the works and the weather of its world, do; itself without any.

    Parameters
    ----------
    plan
        With its incidents, and the schedules and closures of policies.
    world
        Its scenario and network.
    closings
        Lanes that policies close; those that belong to an incident only if it happens.
    """
    scenario = world.scenario
    closings = [one for one in closings if not one.incident or one.incident in plan.incidents.name]
    if not plan.incidents.name and not scenario.works and not scenario.weather and not closings:
        return plan
    plan = replace(plan, shut_lanes=shut_lane_arrays(plan, closings))
    stretches = [*_of_incidents(plan), *_of_works(plan, world), *_of_closings(plan, closings)]
    effects = [*_looked_at(plan, world), *_weather(plan, scenario), *_work_effects(plan, world)]
    return replace(plan, lane_closures=lane_closure_arrays(plan, stretches), timeline=_timeline(plan, effects),
                   closures=_closures(plan, stretches, world))


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _of_incidents(plan: Plan) -> Iterator[Stretch]:
    for row, (lanes, begin_s, end_s) in enumerate(zip(plan.incidents.lanes, plan.incidents.begin_s.tolist(),
                                                      plan.incidents.end_s.tolist(), strict=True)):
        from_m = float(plan.incidents.position_m[row])
        if lanes:
            yield Stretch(int(plan.incidents.link[row]), lanes, from_m, from_m + float(plan.incidents.length_m[row]),
                          begin_s, end_s)


def _of_works(plan: Plan, world: World) -> Iterator[Stretch]:
    for works in world.scenario.works:
        for link in _links_of(plan, works, world) if works.lanes else ():
            length_m = float(plan.links.length_m[link])
            to_m = length_m if works.length_m is None else works.from_m + works.length_m
            yield Stretch(link, tuple(sorted(works.lanes)), works.from_m, to_m, _or(works.begin_s, -np.inf),
                          _or(works.end_s, np.inf))


def _of_closings(plan: Plan, closings: Sequence[LaneClosing]) -> Iterator[Stretch]:
    index = {name: row for row, name in enumerate(plan.link_id)}
    for one in closings:
        length_m = float(plan.links.length_m[index[one.link]])
        yield Stretch(index[one.link], tuple(sorted(one.lanes)), _or(one.from_m, 0.0), min(one.to_m, length_m),
                      one.begin_s, one.end_s)


def shut_lane_arrays(plan: Plan, closings: Sequence[LaneClosing]) -> ShutLaneArrays:
    """Return the lanes that are closed as a whole."""
    first = dict(zip(plan.link_id, plan.links.lane_start.tolist(), strict=False))
    rows = sorted((first[one.link] + lane, one.begin_s, one.end_s) for one in closings if one.is_whole
                  for lane in one.lanes)
    columns = list(zip(*rows, strict=True)) or [()] * 3
    return ShutLaneArrays(np.array(columns[0], np.int32), np.array(columns[1], np.float64),
                          np.array(columns[2], np.float64))


def shut_at(plan: Plan, time_s: float) -> NDArray[np.int32]:
    """Return the lanes that are closed as a whole at a clock time."""
    shut = plan.shut_lanes
    return np.unique(shut.lane[(shut.begin_s <= time_s) & (time_s < shut.end_s)])


def _links_of(plan: Plan, works: Works, world: World) -> list[int]:
    if works.on is None:
        return []
    index = {name: row for row, name in enumerate(plan.link_id)}
    return [index[name] for name in works.on.resolve(world.network)]


def lane_closure_arrays(plan: Plan, stretches: Sequence[Stretch]) -> LaneClosureArrays:
    """Return closed stretches by lane, with their way in; a lane that is shorter than its link ends at the same line.

    Places are from the start of the lane.
    """
    rows = []
    for one in stretches:
        entry_m = min(ENTRY_M, 0.5 * float(plan.links.length_m[one.link]))
        first = int(plan.links.lane_start[one.link])
        for side in one.lanes:
            shorter_m = float(plan.links.length_m[one.link] - plan.lanes.length_m[first + side])
            from_m, to_m = max(one.from_m, entry_m) - shorter_m, max(one.to_m, entry_m + 1.0) - shorter_m
            if to_m > 0.0:
                rows.append((first + side, max(from_m, 0.0), to_m, one.begin_s, one.end_s))
    columns = list(zip(*sorted(rows), strict=True)) or [()] * 5
    return LaneClosureArrays(np.array(columns[0], np.int32), *(np.array(column, np.float64) for column in columns[1:]))


def _looked_at(plan: Plan, world: World) -> Iterator[Effect]:
    """Where drivers look at incidents: in the lanes that are left, and in the opposite direction."""
    incidents = plan.incidents
    ends = {name: (tail, head) for tail, head, name in
            ((u, v, attributes["id"]) for u, v, attributes in world.network.graph.edges(data=True))}
    for row, link in enumerate(incidents.link.tolist()):
        begin_s, end_s = float(incidents.begin_s[row]), float(incidents.end_s[row])
        if incidents.left[row] < 1.0:
            yield Effect(np.array([link]), begin_s, end_s, capacity=float(incidents.left[row]))
        tail, head = ends[plan.link_id[link]]
        back = [other for other, name in enumerate(plan.link_id) if ends[name] == (head, tail)]
        if incidents.left_opposite[row] < 1.0 and back:
            yield Effect(np.array(back), begin_s, end_s, capacity=float(incidents.left_opposite[row]))


def _weather(plan: Plan, scenario: Scenario) -> Iterator[Effect]:
    every = np.arange(len(plan.link_id))
    for weather in scenario.weather:
        speed, capacity = weather.factors
        yield Effect(every, _or(weather.begin_s, -np.inf), _or(weather.end_s, np.inf), speed, capacity)


def _work_effects(plan: Plan, world: World) -> Iterator[Effect]:
    for works in world.scenario.works:
        if works.limit_kmh is not None or works.capacity_factor < 1.0:
            limit_ms = np.inf if works.limit_kmh is None else float(kmh_to_ms(works.limit_kmh))
            yield Effect(np.array(_links_of(plan, works, world)), _or(works.begin_s, -np.inf), _or(works.end_s, np.inf),
                         capacity=works.capacity_factor, limit_ms=limit_ms)


def _timeline(plan: Plan, effects: Sequence[Effect]) -> TimelineArrays:
    """Return the timeline of the plan with effects on top of it: values between any two times at which one changes."""
    line = plan.timeline
    if not effects:
        return line
    times = np.unique([*(time for one in effects for time in (one.begin_s, one.end_s)), *line.begin_s, *line.end_s,
                       -np.inf, np.inf])
    columns: list[tuple[str, int, float, float, float]] = []
    for begin_s, end_s in pairwise(times.tolist()):
        time_s = begin_s if np.isfinite(begin_s) else min(end_s - 1.0, 0.0)
        columns += _between(plan, [one for one in effects if one.begin_s <= time_s < one.end_s], time_s,
                            (begin_s, end_s))
    columns.sort(key=lambda row: (SCHEDULED.index(row[0]), row[1], row[2]))
    field, link, begin, end, value = zip(*columns, strict=True) if columns else ((),) * 5
    return TimelineArrays(field, np.array(link, np.int32), np.array(value, np.float64), np.array(begin, np.float64),
                          np.array(end, np.float64))


def _between(plan: Plan, effects: Sequence[Effect], time_s: float, times_s: tuple[float, float],
             ) -> Iterator[tuple[str, int, float, float, float]]:
    """Yield the rows of a timeline between two times, in which all values stay as they are."""
    line = plan.timeline
    links = links_at(plan, time_s)
    scheduled = (line.begin_s <= time_s) & (time_s < line.end_s)
    speed, capacity = np.ones(len(plan.link_id)), np.ones(len(plan.link_id))
    limit_ms = np.full(len(speed), np.inf)
    for one in effects:
        speed[one.links] *= one.speed
        capacity[one.links] *= one.capacity
        limit_ms[one.links] = np.minimum(limit_ms[one.links], one.limit_ms)
    lowered = np.minimum(limit_ms / links.speed_limit_ms, 1.0)
    values = {"link.speed_limit_ms": links.speed_limit_ms * lowered,
              "link.free_speed_mean_ms": links.free_speed_mean_ms * lowered * speed,
              "link.factor_speed_ms": links.factor_speed_ms * lowered * speed,
              "link.capacity_factor": links.capacity_factor * capacity}
    for field in SCHEDULED:
        changed = values[field] != getattr(links, field.removeprefix("link."))
        changed[line.link[scheduled & (np.array(line.field, object) == field)]] = True
        for row in np.flatnonzero(changed).tolist():
            yield field, row, *times_s, float(values[field][row])


def _closures(plan: Plan, stretches: Sequence[Stretch], world: World) -> ClosureArrays:
    """Return the closures of the plan with those of works, and with roads that are known to be blocked further on."""
    closures, turns = plan.closures, plan.turns
    rows = list(zip(closures.turn.tolist(), closures.begin_s.tolist(), closures.end_s.tolist(),
                    closures.passable.tolist(), strict=True))
    width = np.diff(plan.links.lane_start)
    for one in stretches:
        if len(one.lanes) == width[one.link]:
            rows += [(turn, one.begin_s, one.end_s, True)
                     for turn in np.flatnonzero(turns.to_link == one.link).tolist()]
    index = {name: row for row, name in enumerate(plan.link_id)}
    for works in world.scenario.works:
        shut = np.isin(turns.to_link, _links_of(plan, works, world) if works.closed else [])
        for tail, head in works.movements:
            shut |= (turns.from_link == index[tail]) & (turns.to_link == index[head])
        rows += [(turn, _or(works.begin_s, -np.inf), _or(works.end_s, np.inf), False)
                 for turn in np.flatnonzero(shut).tolist()]
    columns = list(zip(*sorted(rows), strict=True)) or [()] * 4
    return ClosureArrays(np.array(columns[0], np.int32), np.array(columns[1], np.float64),
                         np.array(columns[2], np.float64), np.array(columns[3], np.bool_))


def closed_lanes_at(plan: Plan, time_s: float) -> LaneClosureArrays:
    """Return the stretches of lanes that are closed at a clock time."""
    closures = plan.lane_closures
    now = (closures.begin_s <= time_s) & (time_s < closures.end_s)
    return LaneClosureArrays._make(column[now] for column in closures)


def open_share(plan: Plan) -> NDArray[np.float64]:
    """Return by link the share of its lanes on which no stretch is closed, of those that are not shut altogether."""
    known = np.unique(plan.shut_lanes.lane)  # drivers choose among the others
    width = np.diff(plan.links.lane_start) - np.bincount(plan.lanes.link[known], minlength=len(plan.link_id))
    lanes = np.setdiff1d(plan.lane_closures.lane, known)
    shut = np.bincount(plan.lanes.link[lanes], minlength=len(width))
    return np.asarray((width - shut) / width, np.float64)
