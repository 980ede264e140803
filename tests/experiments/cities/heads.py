"""The links that lose most beside SUMO: discharge per cycle, lanes used, and what the first vehicles waited for.

Both simulators run until they are empty, ours with replication 1. SUMO's lanes and times are those of a run with its
default seed; why its first vehicles wait it does not write.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from defusedxml.ElementTree import iterparse, parse

from trafficsim.base.codes import CAUSE_NOBODY, GREEN, LEFT_CAUSES, PERMITTED
from trafficsim.engines.ca import run
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import compile_plan
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.measurement.gridlock import find_causes
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower

from .compare import edge_totals
from .data import City, city_files
from .discharge import cycles, fullest
from .spread import sumo_command

LOOK_S = 5
"""Ticks of a second between two looks at the first vehicles."""
NO_SIGNAL_CYCLE_S = 90.0
LEAST_SHARE = 0.1
"""Lanes with a smaller part of the vehicles of their link say little of what holds it up."""
CAUSES = ("red", "gives_way", "no_room", "wrong_lane")
LANE_DATA = '<additional><laneData id="lanes" file="{}"/></additional>'


class OfSumo(NamedTuple):
    """Vehicles that left and time lost by lane (name of the edge, lane from the nearside).

    And times of leaving by edge.
    """

    lanes: dict[tuple[str, int], tuple[float, float]]
    left_s: dict[str, list[float]]


class Watched(NamedTuple):
    """Of every lane: looks with each cause, at green, at green with nobody there, blockers, and crossings."""

    cause: np.ndarray
    green: np.ndarray
    empty: np.ndarray
    behind: np.ndarray
    """Shape (lanes, links): looks in which a queue that begins there left no room."""
    crossed: list[list[float]]


def heads(folder: Path, city: City, rows: int) -> Iterator[str]:
    """Yield a Markdown table of the links with the greatest extra delay."""
    plan = lower(city.prepared).plan
    record = run(plan, city.prepared.world.scenario.ca)
    _, lost = edge_totals(record)
    of_sumo = run_sumo(folder, city.name)
    theirs = np.array([sum(_lane(of_sumo, plan, lane)[1] for lane in _lanes(plan, link))
                       for link in range(len(plan.link_id))])
    worst = np.argsort(theirs - lost, kind="stable")[:rows]
    seen = watch(plan, city)
    yield ("| link | m | extra delay h | of all | s per vehicle: ours, SUMO | vehicles per full cycle: ours, SUMO | "
           "lanes used (nearside first), %: ours, SUMO | first vehicle stands, % of the time: red, gives way, no room, "
           "wrong lane | most often before | nobody there at green % |")
    yield "|---|--:|--:|--:|--:|--:|---|---|---|--:|"
    total = float((lost - theirs).sum())
    for link in worst.tolist():
        yield _row(plan, link, (lost[link], theirs[link], total), (seen, of_sumo), city.last_departure_s)


def _lanes(plan: Plan, link: int) -> range:
    return range(int(plan.links.lane_start[link]), int(plan.links.lane_start[link + 1]))


def _lane(of_sumo: OfSumo, plan: Plan, lane: int) -> tuple[float, float]:
    link = int(plan.lanes.link[lane])
    return of_sumo.lanes.get((plan.link_id[link], lane - int(plan.links.lane_start[link])), (0.0, 0.0))


def _row(plan: Plan, link: int, lost: tuple[float, float, float], both: tuple[Watched, OfSumo], until_s: float) -> str:
    (seen, of_sumo), lanes, name = both, list(_lanes(plan, link)), plan.link_id[link]
    mine = [float(len(seen.crossed[lane])) for lane in lanes]
    theirs = [_lane(of_sumo, plan, lane)[0] for lane in lanes]
    period, cycle = (plan.start_s, until_s), _cycle_s(plan, name)
    crossed = [time for lane in lanes for time in seen.crossed[lane]]
    full = [fullest(times, cycle, period) for times in (crossed, of_sumo.left_s.get(name, []))]
    busy = [lane for lane, some in zip(lanes, mine, strict=True) if some >= LEAST_SHARE * sum(mine)]
    looks = max(float(seen.cause[busy].sum()), 1.0)
    causes = ", ".join(f"{100 * seen.cause[busy, LEFT_CAUSES.index(one)].sum() / looks:.0f}" for one in CAUSES)
    behind = seen.behind[busy].sum(axis=0)
    before = plan.link_id[int(behind.argmax())] if behind.any() else ""
    empty = 100 * seen.empty[busy].sum() / max(float(seen.green[busy].sum()), 1.0)
    return (f"| {name} | {plan.links.length_m[link]:.0f} | {(lost[0] - lost[1]) / 3600:.1f} | "
            f"{100 * (lost[0] - lost[1]) / lost[2]:.0f} % | {lost[0] / max(sum(mine), 1):.0f}, "
            f"{lost[1] / max(sum(theirs), 1):.0f} | {full[0]:.1f}, {full[1]:.1f} | {_parts(mine)}, {_parts(theirs)} | "
            f"{causes} | {before} | {empty:.0f} |")


def _cycle_s(plan: Plan, name: str) -> float:
    return next((cycle for pair, cycle in cycles(plan).items() if pair[0] == name), NO_SIGNAL_CYCLE_S)


def _parts(vehicles: list[float]) -> str:
    return "–".join(f"{100 * one / max(sum(vehicles), 1.0):.0f}" for one in vehicles)


def watch(plan: Plan, city: City) -> Watched:
    """Run our engine tick by tick; note who crosses each line, and every 5 s what the first vehicles wait for.

    Causes are counted until the last departure.
    """
    settings = city.prepared.world.scenario.ca
    program = compile_plan(plan, settings)
    lanes, route_position = len(plan.lanes.link), program.trips.row.route_position
    cause, behind = np.zeros(program.net.lanes, np.int32), np.zeros(program.net.lanes, np.int32)
    seen = Watched(np.zeros((lanes, len(LEFT_CAUSES))), np.zeros(lanes), np.zeros(lanes),
                   np.zeros((lanes, len(plan.link_id))), [[] for _ in range(lanes)])
    every = round(LOOK_S / settings.tick_s)
    for tick in range(round((plan.end_s - plan.start_s) / settings.tick_s)):
        first, route_positions = _heads(program, lanes), route_position.copy()
        advance(program, tick, tick + 1)
        now_s = plan.start_s + (tick + 1) * settings.tick_s
        for lane in np.flatnonzero(route_position[first] > route_positions[first]).tolist():
            if first[lane] < len(route_position) - 1:
                seen.crossed[lane].append(now_s)
        if tick % every == 0 and now_s <= city.last_departure_s:
            find_causes(program.road, cause, behind)
            _look(plan, program, seen, (cause[:lanes], behind[:lanes]))
        program.work.count[Count.EVENTS] = program.work.count[Count.TRAVERSALS] = 0
        if program.work.count[Count.COMPLETED] == len(route_positions) - 1:
            break
    return seen


def _heads(program, lanes: int) -> np.ndarray:
    """Trip of the first vehicle of every lane; the last row, which is nobody's, where there is none."""
    start = program.road.start[:lanes + 1]
    some = start[:-1] < start[1:]
    found = np.full(lanes, len(program.trips.row.route_position) - 1)
    found[some] = program.road.vehicles.ID[start[:-1][some]]
    return found


def _look(plan: Plan, program, seen: Watched, found: tuple[np.ndarray, np.ndarray]) -> None:
    cause, behind = found
    seen.cause[np.arange(len(cause)), cause] += 1
    blocked = np.flatnonzero(behind >= 0)
    np.add.at(seen.behind, (blocked, plan.lanes.link[_root(behind)[blocked]]), 1)
    connections, state = program.net.conn[:len(plan.connections.turn)], program.road.signals.group.state
    indications = (
        np.where(connections.group >= 0, state[np.maximum(connections.group, 0)], GREEN) if len(state) else GREEN
    )
    green = np.zeros(len(cause), np.bool_)
    green[connections.origin[(indications == GREEN) | (indications == PERMITTED)]] = True
    seen.green[green] += 1
    seen.empty[green & (cause == CAUSE_NOBODY)] += 1


def _root(behind: np.ndarray) -> np.ndarray:
    """The lane at which the queue begins that each lane waits for: the last one of its chain."""
    root = np.where(behind >= 0, behind, np.arange(len(behind)))
    for _ in range(len(behind).bit_length()):
        root = root[root]
    return root


def run_sumo(folder: Path, name: str) -> OfSumo:
    """Run SUMO until it is empty, with the routes of an empty network."""
    lanes: dict[tuple[str, int], tuple[float, float]] = {}
    left: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        data, routes, asked = (Path(place) / file for file in ("lanes.xml", "routes.xml", "asked.add.xml"))
        asked.write_text(LANE_DATA.format(data), encoding="utf-8")
        command = sumo_command(city_files(folder, name))
        if "-a" in command:
            command[command.index("-a") + 1] += f",{asked}"
        else:
            command += ["-a", str(asked)]
        subprocess.run([*command, "--vehroute-output", str(routes), "--vehroute-output.exit-times",
                        "--device.rerouting.adaptation-interval", "0"], check=True, stdout=subprocess.DEVNULL)
        for lane in parse(data).getroot().iter("lane"):
            edge, number = lane.get("id").rsplit("_", 1)
            vehicles = float(lane.get("left", 0)) + float(lane.get("arrived", 0))
            lanes[edge, int(number)] = vehicles, float(lane.get("timeLoss", 0))
        for _, vehicle in iterparse(routes):
            if vehicle.tag == "vehicle":
                route = list(vehicle.iter("route"))[-1]
                for edge, time in zip(route.get("edges").split(), route.get("exitTimes", "").split(), strict=False):
                    left.setdefault(edge, []).append(float(time))
                vehicle.clear()
    return OfSumo(lanes, left)
