"""Light phases of CityFlow as signal programs: one letter per road link, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from trafficsim.design.inference.staging import yellow_s
from trafficsim.io.cityflow.junctions import RoadLink
from trafficsim.io.cityflow.roads import Intersection
from trafficsim.io.ledger import Ledger
from trafficsim.spec.model import bounds
from trafficsim.spec.network import Connection
from trafficsim.spec.signals import Phase, SignalProgram

PHASE_S, MOST_PHASE_S = bounds(Phase, "duration_s")[1], 86400.0
TRANSITION_S = 6.0
"""A phase as short as this that gives nothing new to anybody is the change between its neighbours (modelling
assumption; the data sets have 5 s)."""


@dataclass(frozen=True)
class LightPhase:
    """A phase: how long, and which road links may go."""

    time_s: float
    open: frozenset[int]


def read_light(node: Intersection, links: Sequence[RoadLink], ledger: Ledger) -> list[LightPhase]:
    """Return the phases of an intersection; none where it has no signal, or all may always go.

    Raises
    ------
    InputError
        If a time is negative or missing, or a road link is not there.
    """
    if not node.item.has("trafficLight") or not links:
        return []
    phases = []
    for item in node.item.item("trafficLight").items("lightphases"):
        time_s = item.number("time", 0.0)
        opened = item.indices("availableRoadLinks", len(links), "roadLinks")
        if time_s == 0:
            ledger.repair("signal-phase-empty", item.where)
            continue
        if time_s > MOST_PHASE_S:
            ledger.repair("value-capped", f"{item.where}: time {time_s:g} s")
        phases.append(LightPhase(min(time_s, MOST_PHASE_S), frozenset(opened)))
    if all(len(phase.open) == len(links) for phase in phases):
        ledger.note("inferred", "intersection without signal: all roadLinks are always available", node.item.where)
        return []
    for link in links:
        if not any(link.number in phase.open for phase in phases):
            ledger.warn("cityflow-never-green", link.item.where, "a movement that is available in no phase",
                        "add it to availableRoadLinks of a phase")
    ledger.note("read", "traffic light", node.item.where)
    ledger.note("read", "light phase", node.item.where, times=len(phases))
    ledger.note("inferred", "yellow at the end of green, which CityFlow does not have", node.item.where)
    return phases


def program_of(node: Intersection, phases: Sequence[LightPhase], links: Sequence[RoadLink],
               connections: Sequence[Connection], first: int) -> SignalProgram:
    """Return the program: ``G`` for what is available, ``g`` for what gives way to another of the phase.

    ``connections`` are those of the intersection, of which ``first`` is the place of the first in the network.

    CityFlow has no yellow. Where a road link is available no more, it gets the yellow of its speed (RiLSA 2015): at
    the begin of the next phase if that is a transition, else at the end of its own. A right turn goes when it is
    available, as CityFlow has it (``RoadLink::isAvailable``): its files list right turns in every phase.
    """
    yielding = _yielding(connections, first)
    pieces: list[tuple[float, str]] = []
    for number, phase in enumerate(phases):
        before, after = phases[number - 1], phases[(number + 1) % len(phases)]
        pieces += _shown(phase, before, after, links, yielding)
    merged = [(sum(time for time, _ in group), state)
              for state, group in ((state, list(same)) for state, same in groupby(pieces, key=lambda one: one[1]))]
    made = tuple(Phase(duration_s=time / parts, state=state)
                 for time, state in merged for parts in [max(ceil(time / PHASE_S), 1)] for _ in range(parts))
    return SignalProgram(id=node.id, phases=made)


def _shown(phase: LightPhase, before: LightPhase, after: LightPhase, links: Sequence[RoadLink],
           yielding: dict[int, set[int]]) -> list[tuple[float, str]]:
    """Pieces of a phase: yellow of the phase before where this is a transition, green, own yellow at the end."""
    came, going = before.open - phase.open, phase.open - after.open
    first = min(_yellow(links, came), phase.time_s) if came and _is_transition(phase, before) else 0.0
    last = min(_yellow(links, going), phase.time_s / 2) if going and not _is_transition(after, phase) else 0.0
    last = min(last, phase.time_s - first)
    pieces = [(first, _state(phase.open, came, links, yielding)),
              (phase.time_s - first - last, _state(phase.open, frozenset(), links, yielding)),
              (last, _state(phase.open - going, going, links, yielding))]
    return [piece for piece in pieces if piece[0] > 0]


def _is_transition(phase: LightPhase, before: LightPhase) -> bool:
    return phase.time_s <= TRANSITION_S and phase.open < before.open


def _yellow(links: Sequence[RoadLink], of: frozenset[int]) -> float:
    return max(yellow_s(max(links[number].start.lane_speed_kmh)) for number in of)


def _state(green: frozenset[int], yellow: frozenset[int], links: Sequence[RoadLink], yielding: dict[int, set[int]]
           ) -> str:
    letters = []
    for link in links:
        if link.number in yellow:
            letters.append("y")
        elif link.number in green:
            letters.append("g" if yielding.get(link.number, set()) & green else "G")
        else:
            letters.append("r")
    return "".join(letters)


def _yielding(connections: Sequence[Connection], first: int) -> dict[int, set[int]]:
    """Road links to which each has to give way, those of its own road apart; ``first`` is the place of the first."""
    found: dict[int, set[int]] = {}
    for one in connections:
        others = (connections[place - first] for place in one.yields_to)
        found.setdefault(one.signal_index or 0, set()).update(
            other.signal_index or 0 for other in others if other.from_link != one.from_link)
    return found
