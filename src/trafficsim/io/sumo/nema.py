"""NEMA logics of SUMO: rings and barriers from parameters, and which phases serve each signal index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trafficsim.base.errors import InputError, quoted
from trafficsim.design.timing.ring_barrier import Served, program_of
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_timing import Plan, fitted
from trafficsim.io.sumo.logics import is_true, listed, number_of, parameters
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.ring_barrier import MOST_PHASE, Reference, RingBarrier, RingPhase
from trafficsim.spec.signals import STATE_LETTERS, SignalProgram

RINGS = ("ring1", "ring2")
BARRIERS = ("barrierPhases", "barrier2Phases")
REFERENCES: dict[str, Reference] = {"TS2": "first_begin_of_green", "Type170": "first_begin_of_yellow"}
"""Reference of the offset by ``controllerType``."""
EXTENSION_S = 2.0
"""SUMO's default of ``vehext``."""
ALL = tuple(range(1, 9))
"""Phases with minimum recall where ``minRecall`` is absent, as SUMO has it."""


class NemaLogic(NamedTuple):
    """A NEMA logic: its timing, what serves each signal index, and whether it is coordinated."""

    timing: RingBarrier
    served: tuple[Served, ...]
    coordinated: bool
    cycle_s: float
    fixed_force_off: bool
    given: Mapping[str, str]

    def program(self, element: Element) -> SignalProgram:
        """Return the fixed program: every phase with its longest green."""
        made = program_of(element.get("id"), self.timing, self.served)
        return made.model_copy(update={"name": element.get("programID", "0")})


class Place(NamedTuple):
    """Where a phase stands in its ring."""

    ring: int
    barrier: int
    position: int


def nema_logic(element: Element, ledger: Ledger) -> NemaLogic:
    """Read a ``tlLogic`` of type NEMA.

    Raises
    ------
    InputError
        If rings or barriers are missing, contradict each other or the phases, or a value cannot be used.
    """
    given = parameters(element)
    rows = _rows(element)
    places = _places(element, given, rows)
    recall = {**dict.fromkeys(listed(element, given, "minRecall") if "minRecall" in given else ALL, "minimum"),
              **dict.fromkeys(listed(element, given, "maxRecall"), "maximum")}
    phases = tuple(_phase(row, places[number], recall.get(number, "none")) for number, row in rows.items()
                   if number in places)
    kind = given.get("controllerType", given.get("cabinetType", "TS2")).replace(" ", "")
    if kind not in REFERENCES:
        raise InputError(f"{element.where}: param controllerType", quoted(kind), "TS2 or Type170", "correct the value")
    coordinated = is_true(given.get("coordinate-mode", "false"))
    numbers = listed(element, given, "coordinatePhases") or listed(element, given, "barrier2Phases")
    timing = make(RingBarrier, element, phases=phases, reference=REFERENCES[kind],
                  offset_s=element.clock("offset", 0.0),
                  coordinated=tuple(dict.fromkeys(one for one in numbers if one in places)) if coordinated else ())
    cycle_s = number_of(element, given, "total-cycle-length", number_of(element, given, "cycle-length", 60.0))
    if coordinated:
        timing = fitted(Plan(timing, cycle_s, (), element.where, may_be_splits=False), ledger)
    return NemaLogic(timing, tuple(_served(rows, places)), coordinated, cycle_s,
                     is_true(given.get("fixForceOff", "false")), given)


def _rows(element: Element) -> dict[int, Element]:
    found: dict[int, Element] = {}
    for row in element.all("phase"):
        name = row.text("name")
        number = int(name) if name.isascii() and name.isdigit() and len(name) <= 2 else 0
        if not 1 <= number <= MOST_PHASE:
            raise InputError(f"{row.where}: name", quoted(name), f"the number of a NEMA phase, 1 to {MOST_PHASE}",
                             "name the phase by its number")
        if number in found:
            raise InputError(f"{row.where}: name", f"phase {number} a second time", "every phase once",
                             "remove or renumber one")
        unknown = set(row.text("state")) - set(STATE_LETTERS)
        if unknown:
            raise InputError(f"{row.where}: state", quoted(row.get("state")),
                             f"letters among {' '.join(STATE_LETTERS)}", "correct the letters")
        found[number] = row
    if not found:
        raise InputError(element.where, "no phase", "a phase for every number of the rings", "add the phases")
    if len({len(row.get("state")) for row in found.values()}) > 1:
        raise InputError(element.where, "phases with different numbers of letters", "one letter for each signal index",
                         "correct the states")
    return found


def _places(element: Element, given: Mapping[str, str], rows: Mapping[int, Element]) -> dict[int, Place]:
    """Place of every phase of the rings: a phase of a barrier is the last of its ring before it."""
    rings = tuple(listed(element, given, name) for name in RINGS)
    ends = tuple(frozenset(listed(element, given, name)) for name in BARRIERS)
    for name, numbers in zip((*RINGS, *BARRIERS), (*rings, *ends), strict=True):
        if not any(numbers):
            raise InputError(f"{element.where}: param {name}", "nothing", 'numbers of phases, as "1,2,3,4"',
                             f"add the parameter {name}")
        unknown = sorted(set(numbers) - set(rows) - {0})
        if unknown:
            raise InputError(f"{element.where}: param {name}", f"phase {unknown[0]}, which the logic does not have",
                             f"some of {', '.join(map(str, sorted(rows)))}", "correct the number, or add the phase")
    places: dict[int, Place] = {}
    sides = [_sides(element, name, ring, ends) for name, ring in zip(RINGS, rings, strict=True)]
    first = next(barrier for barrier, _ in sides[0])
    for ring, listed_sides in enumerate(sides, 1):
        for barrier, numbers in listed_sides:
            for position, number in enumerate(numbers, 1):
                # A phase that both rings list runs in the first alone: the second has none on that side.
                places.setdefault(number, Place(ring, 1 if barrier == first else 2, position))
    left = [number for number in rows if number not in places]
    if left:
        raise InputError(element.where, f"phase {left[0]}, which no ring has", "every phase in ring1 or ring2",
                         "add it to a ring, or remove the phase")
    return places


def _sides(element: Element, name: str, ring: Sequence[int], ends: Sequence[frozenset[int]]
           ) -> list[tuple[int, list[int]]]:
    """Barrier and phases of each side of a ring, in order."""
    found: list[tuple[int, list[int]]] = []
    numbers: list[int] = []
    for number in ring:
        if number == 0:
            continue
        numbers.append(number)
        barrier = next((place for place, phases in enumerate(ends) if number in phases), None)
        if barrier is not None:
            found.append((barrier, numbers))
            numbers = []
    if numbers or len({barrier for barrier, _ in found}) < len(found):
        what = (f"phase {numbers[-1]} after the last barrier" if numbers else "one barrier twice")
        raise InputError(f"{element.where}: param {name}", what, "a ring whose last phases before the barriers are "
                         "those of barrierPhases and barrier2Phases", "correct the ring, or the phases of the barriers")
    return found


def _phase(row: Element, place: Place, recall: str) -> RingPhase:
    least_s, most_s = row.clock("minDur", row.clock("duration", 0.0)), row.clock("maxDur", row.clock("duration", 0.0))
    if most_s < least_s:
        raise InputError(f"{row.where}: maxDur", f"{most_s:g} s under a minDur of {least_s:g} s",
                         "a maxDur of at least the minDur", "raise maxDur, or lower minDur")
    phase: RingPhase = make(
        RingPhase, row, number=int(row.get("name")), ring=place.ring, barrier=place.barrier, position=place.position,
        green_s=most_s, yellow_s=row.clock("yellow", 3.0), all_red_s=row.clock("red", 2.0), min_green_s=least_s,
        max_green_s=most_s, extension_s=row.clock("vehext", row.clock("vehExt", EXTENSION_S)), recall=recall)
    return phase


def _served(rows: Mapping[int, Element], places: Mapping[int, Place]) -> Iterator[Served]:
    """Phases that serve each signal index: with priority where they show ``G``, else giving way."""
    states = {number: row.get("state") for number, row in rows.items() if number in places}
    for index in range(len(next(iter(states.values())))):
        letters = {number: state[index] for number, state in states.items()}
        protected = tuple(number for number, letter in letters.items() if letter == "G")
        permitted = tuple(number for number, letter in letters.items() if letter == "g")
        yield Served(protected, permitted, "s" if "s" in letters.values() else "r")
