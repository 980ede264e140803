"""The program of a run of the hybrid engine: both programs, of the whole plan, and the border between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trafficsim.engines.ca.classes import cells_of, code_units
from trafficsim.engines.ca.network import look_ahead_cells, table
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.program import compile_plan as compile_automaton
from trafficsim.engines.ca.scales import make_scale
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.hybrid.division import Division, divide
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.queue.network import ragged
from trafficsim.engines.queue.program import compile_plan as compile_queues
from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.trips import ENTRY_FIELDS, Queues
from trafficsim.kernels.ca.vehicles import Vehicles
from trafficsim.kernels.ca.zones import Zones
from trafficsim.kernels.hybrid.border import IN_CA, IN_QUEUES, Border
from trafficsim.kernels.queue.tables import NEVER, World
from trafficsim.plan.arrays import UNAFFECTED, Plan, no_sections

COPIED_M = 100.0
"""So far who has changed over drives on as a copy before those who follow: they have then nearly reached their speed
(modelling assumption)."""


@dataclass
class Programs:
    """One run, compiled for both engines."""

    automaton: Program
    queues: World
    border: Border
    division: Division


def compile_plan(plan: Plan, parts: HybridParts) -> Programs:
    """Turn a plan into the programs of both engines, each with the whole network and all trips.

    Raises
    ------
    InputError
        If the border lies inside a junction, or what the automaton refuses.
    NetworkError
        What the automaton refuses.
    """
    division = divide(plan, parts)
    automaton = compile_automaton(with_virtual_links(plan, division, parts.automaton), parts.automaton)
    automaton.queues = entering(automaton.queues, division)
    automaton.zones = with_a_blocker(automaton.zones)
    blocker = automaton.trips.row[len(plan.trips.name):]
    blocker["connection"], blocker["next_stop"] = -1, -1
    queues = compile_queues(plan, parts.queues)
    leave_to_the_automaton(queues, division)
    return Programs(automaton, queues, border_of(plan, parts.automaton, division, automaton), division)


def with_virtual_links(plan: Plan, division: Division, settings: CellularAutomaton) -> Plan:
    """Return the plan with virtual links long enough that nobody on them, or before them, sees their end.

    Traversals are not measured.
    """
    links, lanes = plan.links, plan.lanes
    scale = make_scale(settings, code_units(plan.classes, settings))
    seen_m = float(look_ahead_cells(links, settings, scale).max(initial=0.0)) * settings.cell_m
    least_m = COPIED_M + 2.0 * seen_m
    more_m = np.zeros(len(plan.link_id))
    more_m[division.virtual] = np.maximum(least_m - links.length_m[division.virtual], 0.0)
    return replace(plan, links=links._replace(length_m=links.length_m + more_m), sections=no_sections(),
                   lanes=lanes._replace(length_m=lanes.length_m + more_m[lanes.link]))


def entering(queues: Queues, division: Division) -> Queues:
    """Return the entry queues of the automaton's own links."""
    rows = np.flatnonzero(division.in_ca[queues.entry["link"][: queues.entries]])
    first, last = queues.entry["start"][rows], queues.entry["start"][rows + 1]
    trips = [queues.trip[begin:end] for begin, end in zip(first, last, strict=True)]
    start = np.concatenate([[0], np.cumsum(last - first)])
    entry = table(ENTRY_FIELDS, len(rows) + 1, {"link": queues.entry["link"][rows], "start": start, "next": start[:-1]})
    return Queues(len(rows), entry, np.concatenate([*trips, np.zeros(0 if trips else 1, np.int32)]))


def with_a_blocker(zones: Zones) -> Zones:
    """Return zones that know a factor for the blocker, whom nothing affects."""
    nobody = np.full((len(zones.factor), 1), UNAFFECTED, np.float32)
    return zones._replace(factor=np.ascontiguousarray(np.hstack([zones.factor, nobody])))


def leave_to_the_automaton(world: World, division: Division) -> None:
    """Let nobody begin or queue on links of the automaton in the queue engine: they pass over them at once."""
    links = np.flatnonzero(division.in_ca)
    world.links.entered[links] = world.trips.entry_start[links + 1]
    world.agenda.due[world.net.row_of[len(division.in_ca) + links]] = NEVER
    lanes = np.flatnonzero(division.in_ca[world.net.link_of])
    world.net.lane_room[lanes], world.lanes.queued[lanes] = 0, 1


def drop_copies(programs: Programs) -> None:
    """Take copies and blockers out of the automaton at the end of a run: what is left are its own vehicles."""
    automaton, border = programs.automaton, programs.border
    n = int(automaton.start[-1])
    trips = np.asarray(automaton.vehicles.ID[:n], np.int64)
    own = np.append(border.mover, IN_QUEUES)[trips] == IN_CA
    for words in automaton.vehicles:
        words[: np.count_nonzero(own)] = words[:n][own]
    automaton.start[:] = np.concatenate([[0], np.cumsum(own)])[automaton.start]


def entry_cells(net: Net) -> np.ndarray:
    """Return by lane the way from the furthest line before it to its own."""
    reach: np.ndarray = net.lane["length"].astype(np.int64)
    conns = net.conn[:-1]
    np.maximum.at(reach, conns["to"], net.lane["length"][conns["to"]] + conns["length"])
    return reach


def crossed_lanes(plan: Plan) -> np.ndarray:
    """Return by lane whether some connection to it is crossed by others."""
    conns = plan.connections
    crossed = np.diff(conns.cross_start) > 0
    return np.asarray(np.bincount(conns.to_lane[crossed], minlength=len(plan.lanes.link)) > 0, np.int64)


def border_of(plan: Plan, settings: CellularAutomaton, division: Division, automaton: Program) -> Border:
    """Return the border at the start: trips are where their first link is."""
    room, count = len(automaton.vehicles.X), len(plan.trips.name)
    start, lanes = ragged(plan.lanes.link, len(plan.link_id))
    first = plan.trips.route_link[plan.trips.route_start[:-1]]
    own = [lanes[start[link]:start[link + 1]] for link in division.virtual]
    spare = Vehicles(**{name: np.zeros(room, words.dtype) for name, words in automaton.vehicles._asdict().items()})
    return Border(
        out_lane=np.concatenate([np.zeros(0, np.int64), *own]).astype(np.int64),
        in_link=division.entered.astype(np.int64), entry_cells=entry_cells(automaton.net),
        crossed=crossed_lanes(plan),
        closed=np.zeros(len(plan.link_id), np.int64),
        mover=np.where(division.in_ca[first], IN_CA, IN_QUEUES).astype(np.uint8),
        distance=np.zeros(count, np.int64), waiting=np.zeros(count, np.int64), stops=np.zeros(count, np.int64),
        drop=np.zeros(room, np.uint8), spare=spare, count=np.zeros(3, np.int64), blocker=count,
        blocker_cells=int(cells_of(plan.classes, settings)[0]), copied_cells=round(COPIED_M / settings.cell_m),
        tick_ms=settings.tick_s * 1000.0, cell_m=settings.cell_m,
    )
