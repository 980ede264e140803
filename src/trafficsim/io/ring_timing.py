"""Signals of files with ring-barrier timing: greens that fill the cycle, and programs of a network made of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from trafficsim.base.errors import InputError
from trafficsim.design.inference.greens import resolve_greens
from trafficsim.design.timing.ring_barrier import Served, program_of, unequal_rings
from trafficsim.io.ledger import Ledger
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.ring_barrier import RingBarrier, RingPhase

STANDARD = {1: (1, 1, 1), 2: (1, 1, 2), 3: (1, 2, 1), 4: (1, 2, 2), 5: (2, 1, 1), 6: (2, 1, 2), 7: (2, 2, 1),
            8: (2, 2, 2)}
"""Ring, barrier and position of phases 1 to 8 in the dual-ring diagram (NEMA TS 2; FHWA Signal Timing Manual, 2015)."""
NEAR_S = 0.051
LEAST_GREEN_S, LONGEST_CYCLE_S = 1.0, 3600.0
"""A controller's green in whole seconds, and an hour (modelling assumptions)."""
ATTRIBUTE = "ring_barrier"
"""Attribute of a node under which its timing is kept, for controllers that react and for writers."""
MOVEMENTS = "ring_barrier_movements"
"""Attribute of a node with the phases of each letter of its program."""
Rings = Mapping[int, tuple[int, int, int]]


class Plan(NamedTuple):
    """Timing of a controller as a file states it, with its cycle, and rings that other plans give the same phases."""

    timing: RingBarrier
    cycle_s: float | None
    others: tuple[Rings, ...]
    where: str
    may_be_splits: bool = True
    """Whether greens may include the clearance after them, as some files write them."""


def fitted(plan: Plan, ledger: Ledger) -> RingBarrier:
    """Return timing that fills the cycle, by the rules of :data:`trafficsim.base.repairs.REPAIRS`.

    Raises
    ------
    InputError
        If nobody could wait for such a cycle.
    """
    timing, cycle_s = plan.timing, plan.cycle_s
    if cycle_s is None:
        return timing
    if not 0 < cycle_s <= LONGEST_CYCLE_S:
        raise InputError(f"{plan.where}: cycle", f"{cycle_s:g} s", f"more than 0 and at most {LONGEST_CYCLE_S:g} s",
                         "correct the cycle")
    rings: tuple[Rings | None, ...] = (None, *plan.others, STANDARD)
    kinds = (False, True) if plan.may_be_splits else (False,)
    for strict, (number, places), splits in product((True, False), enumerate(rings), kinds):
        found = _arranged(timing, places, splits)
        if found is not None and _fills(found, cycle_s, strict):
            if splits:
                ledger.repair("signal-split-includes-clearance", plan.where)
            if number:
                whose = "another plan" if number <= len(plan.others) else "NEMA"
                ledger.repair("signal-rings", f"{plan.where} (rings of {whose})")
            return found
    between = _between(timing, cycle_s)
    ledger.repair("signal-cycle-fitted", f"{plan.where} (cycle {cycle_s:g} s, phases {timing.cycle_s:g} s, now "
                  f"{between.cycle_s:g} s)")
    return between


def _arranged(timing: RingBarrier, rings: Rings | None, splits: bool) -> RingBarrier | None:
    phases = []
    for phase in timing.phases:
        place = (phase.ring, phase.barrier, phase.position) if rings is None else rings.get(phase.number)
        green_s = phase.green_s - (phase.yellow_s + phase.all_red_s if splits else 0.0)
        if place is None or green_s < LEAST_GREEN_S:
            return None
        phases.append(phase.model_copy(update={"ring": place[0], "barrier": place[1], "position": place[2],
                                               "green_s": round(green_s, 3)}))
    places = {(phase.ring, phase.barrier, phase.position) for phase in phases}
    return timing.model_copy(update={"phases": tuple(phases)}) if len(places) == len(phases) else None


def _fills(timing: RingBarrier, cycle_s: float, strict: bool) -> bool:
    return abs(timing.cycle_s - cycle_s) < NEAR_S and not (strict and unequal_rings(timing))


def _between(timing: RingBarrier, cycle_s: float) -> RingBarrier:
    """Greens between their least and greatest, by one share for all phases.

    What is missing then goes to a coordinated phase, or to the longest one.
    """
    least = {phase.number: min(phase.min_green_s or LEAST_GREEN_S, phase.green_s) for phase in timing.phases}
    low = _with_greens(timing, least)
    spare_s, room_s = cycle_s - low.cycle_s, timing.cycle_s - low.cycle_s
    if spare_s <= 0:
        return low
    share = min(spare_s / room_s, 1.0) if room_s > 0 else 1.0
    greens = {phase.number: round(least[phase.number] + share * (phase.green_s - least[phase.number]), 1)
              for phase in timing.phases}
    for _ in range(8):  # a barrier's longest ring may change on the way
        found = _with_greens(timing, greens)
        missing_s = round(cycle_s - found.cycle_s, 3)
        if abs(missing_s) < NEAR_S:
            return found
        for number in _taking(found):
            greens[number] = max(round(greens[number] + missing_s, 3), LEAST_GREEN_S)
    return _with_greens(timing, greens)


def _taking(timing: RingBarrier) -> list[int]:
    """One phase that takes what is missing: coordinated, in the longest ring of its barrier if there is a choice."""
    def needs_s(phase: RingPhase) -> tuple[bool, float, float]:
        return phase.number in timing.coordinated, timing.length_s(phase.ring, phase.barrier), phase.green_s

    best = max(timing.phases, key=needs_s)
    barrier_s = max(timing.length_s(ring, best.barrier) for ring in timing.rings)
    beside = [max(timing.between(ring, best.barrier), key=lambda phase: phase.green_s) for ring in timing.rings
              if ring != best.ring and timing.between(ring, best.barrier)
              and math.isclose(timing.length_s(ring, best.barrier), barrier_s)]
    return [best.number, *(phase.number for phase in beside)]


def _with_greens(timing: RingBarrier, greens: Mapping[int, float]) -> RingBarrier:
    phases = (phase.model_copy(update={"green_s": greens[phase.number]}) for phase in timing.phases)
    return timing.model_copy(update={"phases": tuple(phases)})


def with_programs(network: Network, timings: Mapping[str, RingBarrier],
                  served: Callable[[str, Connection], Served | None], ledger: Ledger) -> Network:
    """Return the network with programs of the timings in place of the designed ones.

    Parameters
    ----------
    network
        As it was inferred, with default programs.
    timings
        Ring-barrier timing by node.
    served
        Phases of a connection of a node; ``None``: it obeys no signal.
    ledger
        Takes connections that no phase serves.
    """
    connections, programs = list(network.connections), {program.id: program for program in network.signals}
    for node, timing in timings.items():
        letters: list[Served] = []
        for place, one in enumerate(connections):
            if one.signal != node:
                continue
            phases = served(node, one)
            if phases is None:
                connections[place] = one.model_copy(update={"signal": None, "signal_index": None})
                ledger.note("read", "connection at a signal that obeys none", _named(one))
                continue
            connections[place] = one.model_copy(update={"signal_index": len(letters)})
            letters.append(phases)
        if letters:
            programs[node] = program_of(node, timing, letters)
            network.graph.nodes[node][ATTRIBUTE] = timing.model_dump(mode="json", exclude_none=True)
            network.graph.nodes[node][MOVEMENTS] = [{"protected": list(one.protected), "permitted": list(one.permitted)}
                                                    for one in letters]
            ledger.note("read", "signal controller with ring-barrier timing", f"node {node!r}")
        else:
            programs.pop(node, None)
    findings = tuple(one for one in network.findings if one.code != "signal-program-default")
    designed = [name for name in programs if name not in timings]
    if designed:
        ledger.note("inferred", "signal program by default, for no timing is given", f"node {designed[0]!r}",
                    times=len(designed))
    made = replace(network, connections=tuple(connections), signals=tuple(programs.values()), findings=findings)
    made, places = resolve_greens(made)
    for where in places:
        ledger.repair("conflicting-greens", where)
    return made


def _named(one: Connection) -> str:
    return f"{one.from_link} lane {one.from_lane} to {one.to_link}"


def known_phases(timing: RingBarrier, phases: Sequence[int]) -> tuple[int, ...]:
    """Return those of some phases that the timing has."""
    numbers = {phase.number for phase in timing.phases}
    return tuple(phase for phase in dict.fromkeys(phases) if phase in numbers)
