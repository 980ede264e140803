"""Controls from ring-barrier timing of files: who is served by which phase, limits, splits, and detectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from trafficsim.design.inference.greens import resolve_phases
from trafficsim.design.timing.ring_barrier import Served
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_timing import LEAST_GREEN_S, MOVEMENTS
from trafficsim.io.row_models import made_of
from trafficsim.spec.control import ControlPhase, ControlPlan, Method, Recall, SignalControl, SignalDetector
from trafficsim.spec.model import bounds
from trafficsim.spec.network import Network
from trafficsim.spec.ring_barrier import RingBarrier, RingPhase
from trafficsim.spec.signals import Phase

RECALLS: dict[str, Recall] = {"minimum": "min", "pedestrian": "pedestrian", "maximum": "max",
                              "coordinated maximum": "max", "coordinated minimum": "min"}
STOP_LINE_M = 6.0
"""Length of a zone at the stop line where files give no detectors (20 ft, Synchro's default)."""
MOST_ZONE_M = bounds(SignalDetector, "length_m")[1]
FARTHEST_M = bounds(SignalDetector, "distance_m")[1]


class LaneZone(NamedTuple):
    """A detector as a file has it, in one lane: where it ends before the stop line, and its phases."""

    id: str
    link: str
    lane: int
    distance_m: float
    length_m: float
    phases: tuple[int, ...]
    use: str = "both"


@dataclass
class Reacting:
    """What a file says of a controller that reacts, beyond its timing.

    Attributes
    ----------
    where : place for messages
    method : actuated, or coordinated within the cycle of its timing
    zones : detectors
    more : further values of phases by number, as :class:`~trafficsim.spec.control.ControlPhase` calls them
    plans : coordinated plans by time of day
    least_s : minimum greens by number that come before those of the timing
    """

    where: str
    method: Method
    zones: tuple[LaneZone, ...] = ()
    more: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    plans: tuple[ControlPlan, ...] = ()
    least_s: Mapping[int, float] = field(default_factory=dict)


def with_controls(network: Network, timings: Mapping[str, RingBarrier], reacting: Mapping[str, Reacting],
                  ledger: Ledger) -> Network:
    """Return the network with a control for every node that reacts; its fixed program stays beside it.

    Parameters
    ----------
    network
        With programs of :func:`trafficsim.io.ring_timing.with_programs`.
    timings, reacting
        Timing by node, and what else is known of those that react.

    Raises
    ------
    InputError
        If values cannot be those of a control.
    """
    known = {one.id: len(one.phases[0].state) for one in network.signals}
    made = []
    for node, one in reacting.items():
        if node in known and network.graph.nodes[node].get(MOVEMENTS):
            letters = _letters(network, node)
            made.append(_control(node, timings[node], one, letters, network, ledger))
            ledger.note("read", f"signal controller that reacts ({one.method})", one.where)
    return replace(network, controls=(*network.controls, *made))


def _letters(network: Network, node: str) -> list[Served]:
    """Phases of each letter; those that show stop-and-go on red are known from the fixed program."""
    program = next(one for one in network.signals if one.id == node)
    served = network.graph.nodes[node][MOVEMENTS]
    arrow = [any(phase.state[index] == "s" for phase in program.phases) for index in range(len(served))]
    return [Served(tuple(one["protected"]), tuple(one["permitted"]), "s" if stop else "r")
            for one, stop in zip(served, arrow, strict=True)]


def _control(node: str, timing: RingBarrier, one: Reacting, letters: Sequence[Served], network: Network,
             ledger: Ledger) -> SignalControl:
    coordinated = one.method == "coordinated"
    serving = {number for each in letters for number in (*each.protected, *each.permitted)}
    phases = [_phase(phase, timing, one, letters, ledger) for phase in timing.phases if phase.number in serving]
    if len(phases) < len(timing.phases):
        ledger.note("ignored", "phase that serves no movement of a signal that reacts", one.where,
                    times=len(timing.phases) - len(phases))
        coordinated = coordinated and any(phase.coordinated for phase in phases)
    phases = with_resolved_conflicts(phases, node, network)
    detectors = tuple(_detectors(node, one, phases, network, ledger))
    phases = list(_recalled(phases, detectors, one.where, ledger))
    cycle_s = timing.cycle_s if coordinated and len(phases) == len(timing.phases) else None
    control: SignalControl = made_of(
        SignalControl, one.where, id=node, method="coordinated" if coordinated else "actuated", phases=tuple(phases),
        detectors=detectors, cycle_s=cycle_s,
        offset_s=timing.offset_s % timing.cycle_s if coordinated else 0.0, reference=timing.reference,
        plans=one.plans if coordinated else (), origin=f"{ledger.source} {one.where}")
    return control


def _phase(phase: RingPhase, timing: RingBarrier, one: Reacting, letters: Sequence[Served], ledger: Ledger
           ) -> ControlPhase:
    coordinated = one.method == "coordinated"
    where = f"{one.where}: phase {phase.number}"
    walk_s, clear_s = phase.walk_s or 0.0, phase.ped_clearance_s or 0.0
    least_s = max(one.least_s.get(phase.number, phase.min_green_s or 0.0), LEAST_GREEN_S)
    if coordinated and least_s > phase.green_s:
        ledger.repair("signal-minimum-cut", f"{where} (minimum {least_s:g} s, split leaves {phase.green_s:g} s)")
        least_s = phase.green_s
    most_s = max(phase.max_green_s or phase.green_s, least_s)
    if walk_s + clear_s > most_s:
        ledger.repair("signal-maximum-raised", f"{where} (maximum {most_s:g} s, pedestrians {walk_s + clear_s:g} s)")
        most_s = walk_s + clear_s
    recall = RECALLS.get(phase.recall, "none")
    made: ControlPhase = made_of(
        ControlPhase, where, number=phase.number, green="".join(_letter(each, phase.number) for each in letters),
        ring=phase.ring, barrier=phase.barrier, position=phase.position, min_green_s=least_s, max_green_s=most_s,
        extension_s=3.0 if phase.extension_s is None else phase.extension_s, walk_s=walk_s, ped_clearance_s=clear_s,
        recall="min" if recall == "pedestrian" and not walk_s else recall, yellow_s=phase.yellow_s,
        red_clearance_s=phase.all_red_s, split_s=phase.split_s if coordinated else None,
        coordinated=coordinated and phase.number in timing.coordinated, **one.more.get(phase.number, {}))
    return made


def with_resolved_conflicts(phases: Sequence[ControlPhase], node: str, network: Network) -> list[ControlPhase]:
    """Write ``g`` for the one of two crossing movements that gives way, in a phase and beside it in other rings.

    Where neither yields to the other, the later one gives way: a controller shows no two crossing ``G``. That they
    cross is told of the fixed program.
    """
    letters = {one.number: list(one.green) for one in phases}
    beside = [(one, other) for place, one in enumerate(phases) for other in phases[place:]
              if other is one or (other.ring != one.ring and other.barrier == one.barrier)]
    for pair in beside:
        shown = ["G" if "G" in (letters[pair[0].number][index], letters[pair[1].number][index]) else "r"
                 for index in range(len(pair[0].green))]
        found = resolve_phases(network, node, (Phase(duration_s=1.0, state="".join(shown)),))
        losers = {index for index, letter in enumerate(found.phases[0].state) if letter == "g"}
        losers |= {network.connections[one.other].signal_index or 0 for one in found.undecided}
        for one in {each.number: each for each in pair}.values():
            for index in losers:
                if letters[one.number][index] == "G":
                    letters[one.number][index] = "g"
    return [one.model_copy(update={"green": "".join(letters[one.number])}) for one in phases]


def _recalled(phases: Iterable[ControlPhase], detectors: Sequence[SignalDetector], where: str, ledger: Ledger
              ) -> Iterator[ControlPhase]:
    """Phases that no detector calls are served for their maximum (FHWA, Signal Timing Manual 2015, maximum recall)."""
    called = {number for one in detectors for number in one.phases if one.use != "extend"}
    for phase in phases:
        if phase.number in called or phase.recall in ("min", "max"):
            yield phase
        else:
            ledger.note("inferred", "maximum recall of a phase that no detector calls",
                        f"{where}: phase {phase.number}", level="warning")
            yield phase.model_copy(update={"recall": "max"})


def _letter(one: Served, number: int) -> str:
    if not one.protected and not one.permitted and one.always:
        return one.always
    return "G" if number in one.protected else "g" if number in one.permitted else one.on_red


def _detectors(node: str, one: Reacting, phases: Sequence[ControlPhase], network: Network, ledger: Ledger
               ) -> Iterator[SignalDetector]:
    zones, links = list(one.zones), network.links
    if not zones:
        zones = list(_at_stop_lines(node, phases, network))
        ledger.note("inferred", "detector at a stop line, for the signal reacts and no detector is given", one.where,
                    times=len(zones), level="warning")
    numbers, names = {phase.number for phase in phases}, set[str]()
    for zone in zones:
        serving = tuple(number for number in zone.phases if number in numbers)
        if not serving or zone.id in names:
            continue
        names.add(zone.id)
        length_m = float(links[zone.link]["length_m"])
        if zone.distance_m > length_m:
            ledger.repair("place-moved", f"{one.where}: detector {zone.id!r}")
        made: SignalDetector = made_of(
            SignalDetector, f"{one.where}: detector {zone.id}", id=zone.id, link=zone.link, lane=zone.lane,
            distance_m=on_link(zone.distance_m, zone.length_m, length_m),
            length_m=round(min(max(zone.length_m, 0.1), MOST_ZONE_M), 3), use=zone.use, phases=serving)
        yield made


def on_link(distance_m: float, zone_m: float, link_m: float) -> float:
    """Return the distance of a zone from the end of its link, such that the zone lies on it as far as it can.

    Examples
    --------
    >>> on_link(16.0, 2.0, 16.0), on_link(0.0, 12.0, 10.0), on_link(9.0, 12.0, 10.0)
    (14.0, 0.0, 5.0)
    """
    return round(min(distance_m, link_m - min(zone_m, link_m / 2), FARTHEST_M), 3)


def _at_stop_lines(node: str, phases: Iterable[ControlPhase], network: Network) -> Iterator[LaneZone]:
    lanes: dict[tuple[str, int], list[int]] = {}
    for one in network.connections:
        if one.signal == node:
            serving = [phase.number for phase in phases if phase.green[one.signal_index or 0] in "Gg"]
            lanes.setdefault((one.from_link, one.from_lane), []).extend(serving)
    for (link, lane), numbers in lanes.items():
        yield LaneZone(f"{node} {link} lane {lane}", link, lane, 0.0, STOP_LINE_M, tuple(dict.fromkeys(numbers)))
