"""What signal movements discharge when they are busy, ours beside SUMO's: vehicles in the fullest cycles.

For every movement with a signal and at least 60 vehicles, the crossings of its stop line are counted by cycle of its
program; the mean over the fullest 15 % of the cycles is what it discharges when there is demand enough. Where demand
never fills a green both simulators give the demand, and the ratio is 1.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from defusedxml.ElementTree import iterparse

from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import compile_plan
from trafficsim.kernels.ca.state import Count
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower

from .data import City, city_files
from .spread import sumo_command

Movement = tuple[str, str]
Crossings = dict[Movement, list[float]]
"""Clock times at which vehicles crossed the stop line, by (link in, link out)."""
LEAST_VEHICLES, FULLEST_SHARE, CLOSE = 60, 0.15, 0.15


@dataclass(frozen=True)
class Discharge:
    """Vehicles per cycle in the fullest cycles of a movement, ours and SUMO's; green time per cycle, s."""

    movement: Movement
    vehicles: int
    ours: float
    sumo: float

    @property
    def ratio(self) -> float:
        """Ours over SUMO's."""
        return self.ours / self.sumo


def discharges(folder: Path, city: City) -> list[Discharge]:
    """Return what every busy signal movement discharges."""
    plan = lower(city.prepared).plan
    mine, theirs = crossings(plan, city), crossings_of_sumo(folder, city.name)
    found = []
    for movement, cycle_s in cycles(plan).items():
        times = theirs.get(movement, [])
        if len(times) >= LEAST_VEHICLES and movement in mine:
            period = plan.start_s, city.last_departure_s
            found.append(Discharge(movement, len(times), fullest(mine[movement], cycle_s, period),
                                   fullest(times, cycle_s, period)))
    return found


def fullest(times_s: list[float], cycle_s: float, period_s: tuple[float, float]) -> float:
    """Mean number of crossings in the fullest 15 % of the cycles of a period."""
    number = max(int((period_s[1] - period_s[0]) // cycle_s), 1)
    edges = period_s[0] + cycle_s * np.arange(number + 1)
    counts = np.sort(np.histogram(times_s, edges)[0])[::-1]
    return float(counts[:max(1, round(FULLEST_SHARE * number))].mean())


def cycles(plan: Plan) -> dict[Movement, float]:
    """Cycle of the program of every movement with a signal, s."""
    connections, signals = plan.connections, plan.signals
    found = {}
    for connection in np.flatnonzero(connections.signal_group >= 0).tolist():
        program = int(np.searchsorted(signals.group_start, connections.signal_group[connection], side="right")) - 1
        phases = slice(int(signals.phase_start[program]), int(signals.phase_start[program + 1]))
        pair = plan.lanes.link[connections.from_lane[connection]], plan.lanes.link[connections.to_lane[connection]]
        found[plan.link_id[pair[0]], plan.link_id[pair[1]]] = float(signals.duration_s[phases].sum())
    return found


def crossings(plan: Plan, city: City) -> Crossings:
    """Run our engine tick by tick and note who has gone on to the next link."""
    settings = city.prepared.world.scenario.ca
    program = compile_plan(plan, settings)
    route, found = plan.trips.route_link, {}
    route_positions = program.trips.row.route_position[:-1].copy()
    for tick in range(round((plan.end_s - plan.start_s) / settings.tick_s)):
        advance(program, tick, tick + 1)
        now = program.trips.row.route_position[:-1]
        for trip in np.flatnonzero(now != route_positions).tolist():
            for route_position in range(route_positions[trip], now[trip]):
                pair = plan.link_id[route[route_position]], plan.link_id[route[route_position + 1]]
                found.setdefault(pair, []).append(plan.start_s + (tick + 1) * settings.tick_s)
        route_positions = now.copy()
        program.work.count[Count.EVENTS] = program.work.count[Count.TRAVERSALS] = 0
        if program.work.count[Count.COMPLETED] == len(route_positions):
            break
    return found


def crossings_of_sumo(folder: Path, name: str) -> Crossings:
    """Run SUMO as the reference was run and read when vehicles left their edges."""
    found: Crossings = {}
    with tempfile.TemporaryDirectory() as place:
        routes = Path(place) / "routes.xml"
        subprocess.run([*sumo_command(city_files(folder, name)), "--vehroute-output", str(routes),
                        "--vehroute-output.exit-times"], check=True, stdout=subprocess.DEVNULL)
        for _, vehicle in iterparse(routes):
            if vehicle.tag == "vehicle":
                route = list(vehicle.iter("route"))[-1]  # the last one, if it was replaced on the way
                exits = map(float, route.get("exitTimes", "").split())
                for pair, left in zip(pairwise(route.get("edges").split()), exits, strict=False):
                    found.setdefault(pair, []).append(left)
                vehicle.clear()
    return found


def discharge_table(folder: Path, cities: list[City]) -> Iterator[str]:
    """Yield one line per city in Markdown."""
    yield "| city | signal movements | vehicles per full cycle, ours / SUMO: median | quartiles | within 15 % |"
    yield "|---|--:|--:|---|--:|"
    for city in cities:
        ratios = np.array([each.ratio for each in discharges(folder, city)])
        low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
        yield (f"| {city.name} | {len(ratios)} | {middle:.2f} | {low:.2f}–{high:.2f} | "
               f"{100 * np.mean(np.abs(ratios - 1) <= CLOSE):.0f} % |")
