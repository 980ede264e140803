"""Where a city differs most from SUMO: edges by total delay, then the movements that leave them.

With the program sumo installed, it is run with its default seed and with the routes of an empty network, as they are
here (the stored reference lets trips choose among routes by the speeds at their departure). Without it, edges are
those of the stored reference, and movements have no counterpart.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from defusedxml.ElementTree import iterparse

from trafficsim.engines.ca import run
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Record

from .compare import edge_totals
from .data import City, city_files, read_edges
from .spread import find_sumo, sumo_command

Movement = tuple[str, str]
Edges = tuple[dict[str, float], dict[str, float]]
"""Vehicles that left an edge, and the time lost on it."""
Turns = dict[Movement, tuple[int, float]]
"""Vehicles and their travel time by (link in, link out)."""


def worst(folder: Path, city: City, rows: int, until_s: float | None = None) -> Iterator[str]:
    """Yield two Markdown tables; ``until_s`` stops both simulations so long after the first departure.

    Without the program sumo, only whole intervals of 900 s of the clock are counted.
    """
    plan = lower(city.prepared).plan
    end_s = plan.end_s if until_s is None else plan.start_s + until_s
    plan = replace(plan, end_s=end_s)
    record = run(plan, city.prepared.world.scenario.ca)
    vehicles, lost = edge_totals(record)
    edges, turns = of_sumo_until(folder, city.name, end_s)
    of_sumo = np.array([(edges[0].get(link, 0.0), edges[1].get(link, 0.0)) for link in plan.link_id])
    order = np.argsort(-np.abs(lost - of_sumo[:, 1]), kind="stable")[:rows]
    yield (f"{city.name} until {end_s:.0f} s: {record.completed} of {record.demanded} completed, {record.waiting} not "
           f"yet entered, {record.en_route} en route")
    yield ""
    yield "| edge | delay more than SUMO's, s | vehicles | SUMO | delay per vehicle s | SUMO | length m | signal |"
    yield "|---|---|---|---|---|---|---|---|"
    for link in order:
        ours, theirs = max(vehicles[link], 1.0), max(of_sumo[link, 0], 1.0)
        yield (f"| {plan.link_id[link]} | {lost[link] - of_sumo[link, 1]:.0f} | {vehicles[link]:.0f} | "
               f"{of_sumo[link, 0]:.0f} | {lost[link] / ours:.1f} | {of_sumo[link, 1] / theirs:.1f} | "
               f"{plan.links.length_m[link]:.1f} | {_signal(plan, link)} |")
    yield ""
    yield from _movements(plan, record, turns, order)


def _signal(plan: Plan, link: int) -> str:
    first, last = plan.links.lane_start[link], plan.links.lane_start[link + 1]
    connections = (plan.connections.from_lane >= first) & (plan.connections.from_lane < last)
    groups = plan.connections.signal_group[connections & (plan.connections.signal_group >= 0)]
    programs = np.searchsorted(plan.signals.group_start, groups, side="right") - 1
    return ", ".join(sorted({plan.signals.program_id[each] for each in programs}))


def _movements(plan: Plan, record: Record, of_sumo: Turns, links: np.ndarray) -> Iterator[str]:
    yield "| movement | vehicles | SUMO | time on the link s | SUMO | control delay s | green share |"
    yield "|---|---|---|---|---|---|---|"
    period = plan.analysis_end_s - plan.analysis_begin_s
    for link in links:
        for turn in range(plan.links.turn_start[link], plan.links.turn_start[link + 1]):
            pair = plan.link_id[link], plan.link_id[plan.turns.to_link[turn]]
            volume, (theirs, travel) = record.turns.volume[turn], of_sumo.get(pair, (0, 0.0))
            if volume or theirs:
                yield (f"| {pair[0]} → {pair[1]} | {volume:.0f} | {theirs} | "
                       f"{record.turns.travel_s[turn] / max(volume, 1.0):.1f} | {travel / max(theirs, 1):.1f} | "
                       f"{record.turns.delay_s[turn] / max(volume, 1.0):.1f} | "
                       f"{record.turns.green_s[turn] / period:.2f} |")


def of_sumo_until(folder: Path, name: str, end_s: float) -> tuple[Edges, Turns]:
    """Return vehicles and time loss by edge, and vehicles and time by movement, until a clock time."""
    if find_sumo() is None:
        return read_edges(folder / "reference_sumo_1.28.0" / f"{name}.edgedata.xml.gz", end_s), {}
    with tempfile.TemporaryDirectory() as place:
        routes, edges = Path(place) / "routes.xml", Path(place) / "edges.xml"
        command = [*sumo_command(city_files(folder, name)), "--end", str(end_s), "--edgedata-output", str(edges),
                   "--vehroute-output", str(routes), "--vehroute-output.exit-times",
                   "--vehroute-output.write-unfinished", "--device.rerouting.adaptation-interval", "0"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return read_edges(edges), _read_turns(routes)


def _read_turns(path: Path) -> Turns:
    turns: Turns = {}
    for _, vehicle in iterparse(path):
        if vehicle.tag != "vehicle":
            continue
        route = list(vehicle.iter("route"))[-1]  # the last one, if it was replaced on the way
        begun = float(vehicle.get("depart"))
        exits = [float(each) for each in route.get("exitTimes", "").split()]
        for pair, left in zip(pairwise(route.get("edges").split()), exits, strict=False):
            if left < 0.0:
                break
            count, total = turns.get(pair, (0, 0.0))
            turns[pair] = count + 1, total + left - begun
            begun = left
        vehicle.clear()
    return turns
