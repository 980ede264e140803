"""Invariants across the border: everybody is in one engine, once, or has arrived."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import EN_ROUTE
from trafficsim.base.errors import SimulationError
from trafficsim.engines.hybrid.program import Programs
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.hybrid.border import IN_CA, WRONG


def check_conservation(programs: Programs) -> None:
    """Refuse a run that has lost a vehicle, or has one twice.

    Raises
    ------
    SimulationError
        Naming how many are wrong.
    """
    automaton, border = programs.automaton, programs.border
    count = len(border.mover)
    n, taken = int(automaton.start[-1]), automaton.work.taken
    places = automaton.work.waiting_area[: len(taken)]
    inside = places["trip"][np.arange(places.shape[1]) < taken[:, np.newaxis]]
    there = np.concatenate([automaton.vehicles.ID[:n], inside]).astype(np.int64)
    there = np.bincount(there[there < count], minlength=count)
    expected = (border.mover == IN_CA) & (automaton.trips.row.status[:count] == EN_ROUTE)
    wrong = np.flatnonzero((border.mover == IN_CA) & (there != expected))
    _refuse(len(wrong), "trips of the cellular automaton that are not once on its road")
    _refuse(int(border.count[WRONG]), "trips that changed over from where they were not")
    _refuse(len(_wrong_storage(programs)), "links that keep room for others than those who are there")


def _wrong_storage(programs: Programs) -> np.ndarray:
    world, border = programs.queues, programs.border
    net, trips, vehicles, links = world.net, world.trips, world.vehicles, world.links
    road = np.flatnonzero((vehicles.begun >= 0) & (vehicles.ended < 0) & (border.mover != IN_CA))
    room = np.bincount(trips.link[vehicles.cursor[road]], net.spacing[trips.kind[road]], len(net.room))
    for link in np.flatnonzero(links.ring_count).tolist():
        size = links.ring_start[link + 1] - links.ring_start[link]
        slots = links.ring_start[link] + (links.ring_first[link] + np.arange(links.ring_count[link])) % size
        room[link] += links.ring_room[slots].sum()
    return np.flatnonzero(links.taken != room + border.closed * net.room)


def check_signals(programs: Programs) -> None:
    """Refuse a run in which somebody crossed at red without a decision.

    Raises
    ------
    SimulationError
        Naming how many did.
    """
    crossed = int(programs.automaton.work.count[Count.RED_WITHOUT_DECISION]) + int(programs.queues.counts.total[2])
    if crossed:
        raise SimulationError("signals", f"{crossed} crossings at red without a decision", "none",
                              "report this as a defect")


def _refuse(count: int, what: str) -> None:
    if count:
        raise SimulationError("conservation of vehicles", f"{count} {what}", "none", "report this as a defect")
