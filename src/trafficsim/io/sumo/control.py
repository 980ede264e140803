"""Controllers that react from SUMO's ``tlLogic`` elements of type ``actuated`` and ``NEMA``.

What differs from SUMO stands in the guide to signals that react; each import reports what it met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trafficsim.base.errors import quoted
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_controls import on_link, with_resolved_conflicts
from trafficsim.io.sumo.logics import (
    ACTUATED,
    MAX_GAP_S,
    NEMA,
    Step,
    Stretch,
    by_lane,
    is_true,
    nobody_begins,
    number_of,
    parameters,
    steps_of,
    stretches,
)
from trafficsim.io.sumo.loops import Lanes, Loop, Zone, custom_zone, extending, lanes_of, loops_of
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.nema import NemaLogic, nema_logic
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.control import ControlPhase, Intergreen, SignalControl, SignalDetector
from trafficsim.spec.network import Network

LEAST_S = 1.0
"""Shortest green of a step without one (modelling assumption)."""
NEMA_ZONE_M = 20.0
"""SUMO's default of ``detector-length``."""
ORIGIN = "SUMO {} {}"


def read_controls(logics: Mapping[str, Element], network: Network, custom: Mapping[str, Zone], ledger: Ledger
                  ) -> tuple[SignalControl, ...]:
    """Return a control for every signal of the network whose logic reacts.

    Parameters
    ----------
    logics
        The logic of each controller that was loaded last, or the one of a switch table that reacts.
    network
        The network with its connections and fixed programs.
    custom
        Detectors of the files by id.

    Raises
    ------
    InputError
        If a logic contradicts itself, or names what is not there.
    """
    found = []
    for program in network.signals:
        element = logics.get(program.id)
        kind = element.get("type") if element is not None else ""
        if element is None or kind not in (ACTUATED, NEMA):
            continue
        control = (actuated if kind == ACTUATED else nema)(element, network, custom, ledger)
        if control is None:
            ledger.repair("signal-taken-as-fixed", f"{element.where} (type {kind}, of which no duration varies)")
            continue
        ledger.note("read", f"signal controller that reacts ({kind})", element.where)
        found.append(control)
    return tuple(found)


class _Logic(NamedTuple):
    """An actuated logic with its parameters, steps in their order, lanes and loops."""

    element: Element
    given: Mapping[str, str]
    steps: tuple[Step, ...]
    lanes: Lanes
    loops: tuple[Loop, ...]
    network: Network


def actuated(element: Element, network: Network, custom: Mapping[str, Zone], ledger: Ledger) -> SignalControl | None:
    """Return the control of a logic of type ``actuated``; ``None`` where it has no green that varies, or one only.

    One ring of stages. All have minimum recall, for SUMO skips none; those among which ``next`` lets SUMO choose are
    called by their detectors instead, and skipped without a call.
    """
    given = parameters(element)
    order, chosen = _order(element)
    steps = steps_of(element, order)
    logic = _Logic(element, given, steps, lanes_of(network, element.get("id")),
                   loops_of(element, given, steps, network, custom), network)
    greens = stretches(steps, set(logic.lanes.connections))
    if len(greens) < 2 or not any(green.most_s > green.least_s for green in greens):
        return None
    _note_unlike(logic, ledger)
    coordinated = is_true(given.get("coordinated", "false")) and any(
        step.earliest_s is not None or step.latest_s is not None for step in steps)
    stages = list(_stages(logic, greens, chosen, coordinated, ledger))
    if not coordinated:
        stages = list(_begun_at_once(stages))
    phases = tuple(with_resolved_conflicts(stages, element.get("id"), network))
    control: SignalControl = make(
        SignalControl, element, id=element.get("id"), phases=phases,
        method="coordinated" if coordinated else "actuated", detectors=tuple(_loops(logic, greens, chosen)),
        offset_s=_offset_s(logic, phases) if coordinated else 0.0, intergreens=tuple(_intergreens(phases)),
        red_amber_s=max((step.least_s for step in steps if "u" in step.state), default=0.0),
        origin=ORIGIN.format(ACTUATED, element.get("programID", "0")), program=element.get("programID", "0"))
    return control


def _order(element: Element) -> tuple[list[int], set[int]]:
    """Places of the steps in the order of the file, and of those among which ``next`` lets SUMO choose."""
    rows = list(element.all("phase"))
    chosen: set[int] = set()
    for row in rows:
        named = [int(part) for part in row.get("next").split() if part.isascii() and part.isdigit() and len(part) < 6]
        if len(named) > 1:
            chosen |= {_green_from(rows, place) for place in named if place < len(rows)}
    return list(range(len(rows))), chosen


def _green_from(rows: Sequence[Element], place: int) -> int:
    """The green step to which a transition leads."""
    for _ in rows:
        state = rows[place].get("state")
        if any(letter in "Gg" for letter in state) and not any(letter in "yu" for letter in state):
            return place
        named = rows[place].get("next").split()
        place = int(named[0]) if named and named[0].isdigit() and int(named[0]) < len(rows) else (place + 1) % len(rows)
    return place


def _note_unlike(logic: _Logic, ledger: Ledger) -> None:
    where = logic.element.where
    if any(step.earliest_s is not None or step.latest_s is not None for step in logic.steps):
        if is_true(logic.given.get("coordinated", "false")):
            ledger.note("inferred", "splits of a coordinated logic, from its durations", where, level="warning")
        else:
            ledger.note("ignored", "earliestEnd, latestEnd of a logic without coordination", where, level="warning")
    if len({loop.gap_s for loop in logic.loops}) > 1:
        ledger.note("inferred", "gap of a stage, the longest of its lanes", where)
    for key in ("inactive-threshold", "vTypes", "jam-threshold", "build-all-detectors"):
        if logic.given.get(key):
            ledger.note("ignored", f"parameter {key} of an actuated logic", where)


def _stages(logic: _Logic, greens: Sequence[Stretch], chosen: set[int], coordinated: bool, ledger: Ledger
            ) -> Iterator[ControlPhase]:
    rows = list(logic.element.all("phase"))
    for number, green in enumerate(greens, 1):
        yellow_s, red_s = _clearance(logic.steps, green, greens)
        least_s, most_s = _limits(logic, green, greens, ledger)
        loops = extending(green.state, logic.steps, logic.loops, logic.lanes, logic.network.links)
        first = rows[green.steps[0].place]
        free = any(step.place in chosen for step in green.steps)
        split_s = sum(rows[step.place].clock("duration") for step in green.steps) + yellow_s + red_s
        phase: ControlPhase = make(
            ControlPhase, first, number=number, green=green.state.replace("Y", "y"), name=first.get("name"),
            position=number, min_green_s=least_s, max_green_s=most_s,
            extension_s=max((loop.gap_s for loop in loops), default=number_of(logic.element, logic.given, "max-gap",
                                                                              MAX_GAP_S)),
            recall="none" if free and loops else "min", locking=free and bool(loops), yellow_s=yellow_s,
            red_clearance_s=red_s, split_s=split_s if coordinated else None,
            coordinated=coordinated and number == _coordinated(greens))
        yield phase


def _begun_at_once(stages: Sequence[ControlPhase]) -> Iterator[ControlPhase]:
    """Lengthen greens that begin with the change before them, and not after it as in SUMO."""
    for number, phase in enumerate(stages):
        before = stages[number - 1]
        if nobody_begins(before.green, phase.green):
            longer_s = {name: getattr(phase, name) + before.clearance_s for name in ("min_green_s", "max_green_s")}
            yield phase.model_copy(update=longer_s)
        else:
            yield phase


def _coordinated(greens: Sequence[Stretch]) -> int:
    """Number of the stage that is coordinated: the first that has an earliest end, else the first."""
    return next((number for number, green in enumerate(greens, 1)
                 if any(step.earliest_s is not None for step in green.steps)), 1)


def _offset_s(logic: _Logic, phases: Sequence[ControlPhase]) -> float:
    """Clock time at which the coordinated stage begins: the first step begins at the offset of the logic."""
    cycle_s = sum(phase.split_s or 0.0 for phase in phases)
    before_s = 0.0
    for phase in phases:
        if phase.coordinated:
            break
        before_s += phase.split_s or 0.0
    return (logic.element.clock("offset", 0.0) + before_s) % cycle_s if cycle_s else 0.0


def _intergreens(phases: Sequence[ControlPhase]) -> Iterator[Intergreen]:
    """Intergreens from a stage to the next, for every signal index that begins there.

    Yellow and red of a stage hold for all that follows in SUMO, also where people on foot, bicycles or trams begin,
    whose paths the network does not have: so every index that begins waits for one that ends, and that is never green
    beside it.
    """
    together = {(one, other) for phase in phases for one in _greens(phase) for other in _greens(phase)}
    found: dict[tuple[int, int], float] = {}
    for number, phase in enumerate(phases):
        after = phases[(number + 1) % len(phases)]
        ending, beginning = _greens(phase) - _greens(after), _greens(after) - _greens(phase)
        for index in sorted(beginning):
            before = next((one for one in sorted(ending) if (one, index) not in together), None)
            if before is not None and phase.clearance_s > 0:
                found[before, index] = max(phase.clearance_s, found.get((before, index), 0.0))
    return (Intergreen(before=before, after=after, time_s=time_s) for (before, after), time_s in found.items())


def _greens(phase: ControlPhase) -> set[int]:
    return {index for index, letter in enumerate(phase.green) if letter in "Gg"}


def _clearance(steps: Sequence[Step], green: Stretch, greens: Sequence[Stretch]) -> tuple[float, float]:
    """Yellow and red between a stage and the next one."""
    at, stages = steps.index(green.steps[-1]), {step.place for one in greens for step in one.steps}
    between: list[Step] = []
    for step in (*steps[at + 1:], *steps[:at]):
        if step.place in stages:
            break
        between.append(step)
    yellow_s = sum(step.least_s for step in between if "y" in step.state.lower())
    return yellow_s, sum(step.least_s for step in between) - yellow_s


def _limits(logic: _Logic, green: Stretch, greens: Sequence[Stretch], ledger: Ledger) -> tuple[float, float]:
    """Shortest and longest green, with ``linkMinDur`` and ``linkMaxDur`` of signal indices that no other stage has."""
    least_s, most_s = max(green.least_s, LEAST_S), max(green.most_s, LEAST_S)
    for prefix in ("linkMinDur", "linkMaxDur"):
        for text in by_lane(logic.given, prefix):
            index = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else len(green.state)
            if index >= len(green.state):
                ledger.note("ignored", f"{prefix} of a signal index that is not there", f"{logic.element.where}: "
                            f"{quoted(text)}", level="warning")
                continue
            if green.state[index] not in "Gg":
                continue
            if sum(other.state[index] in "Gg" for other in greens) > 1:
                ledger.note("ignored", f"{prefix} of a signal index that several stages serve", logic.element.where,
                            level="warning")
                continue
            value_s = number_of(logic.element, logic.given, f"{prefix}:{text}", 0.0)
            least_s = max(least_s, value_s) if prefix == "linkMinDur" else least_s
            most_s = min(most_s, value_s) if prefix == "linkMaxDur" else most_s
    return least_s, max(most_s, least_s)


def _loops(logic: _Logic, greens: Sequence[Stretch], chosen: set[int]) -> Iterator[SignalDetector]:
    extended = [extending(green.state, logic.steps, logic.loops, logic.lanes, logic.network.links) for green in greens]
    for loop in logic.loops:
        phases = tuple(number for number, loops in enumerate(extended, 1) if loop in loops)
        if phases:
            detector: SignalDetector = make(
                SignalDetector, logic.element, id=loop.id, link=loop.link, lane=loop.lane, length_m=loop.length_m,
                distance_m=on_link(loop.distance_m, loop.length_m, float(logic.network.links[loop.link]["length_m"])),
                use="both" if chosen else "extend", phases=phases)
            yield detector


def nema(element: Element, network: Network, custom: Mapping[str, Zone], ledger: Ledger) -> SignalControl:
    """Return the control of a logic of type ``NEMA``."""
    logic = nema_logic(element, ledger)
    for key in ("latchingDetectors", "crossPhaseSwitching", "whetherOutputState"):
        if any(name.partition(":")[0] == key for name in logic.given) and key != "latchingDetectors":
            ledger.note("ignored", f"parameter {key} of a NEMA logic", element.where)
    timing = logic.timing
    control: SignalControl = make(
        SignalControl, element, id=element.get("id"), method="coordinated" if logic.coordinated else "actuated",
        phases=tuple(with_resolved_conflicts(list(_nema_phases(element, logic)), element.get("id"), network)),
        detectors=tuple(_areas(element, logic, network, custom)),
        cycle_s=timing.cycle_s if logic.coordinated else None,
        offset_s=timing.offset_s % timing.cycle_s if logic.coordinated else 0.0, reference=timing.reference,
        force_off="fixed" if logic.fixed_force_off else "floating",
        origin=ORIGIN.format(NEMA, element.get("programID", "0")), program=element.get("programID", "0"))
    return control


def _nema_phases(element: Element, logic: NemaLogic) -> Iterator[ControlPhase]:
    rows = {int(row.get("name")): row for row in element.all("phase")}
    latching = {int(part) for part in logic.given.get("latchingDetectors", "").replace(" ", "").split(",")
                if part.isdigit()}
    short = {"minimum": "min", "maximum": "max", "none": "none"}
    for one in logic.timing.phases:
        phase: ControlPhase = make(
            ControlPhase, rows[one.number], number=one.number, green=rows[one.number].get("state"), ring=one.ring,
            barrier=one.barrier, position=one.position, min_green_s=max(one.min_green_s or 0.0, LEAST_S),
            max_green_s=max(one.max_green_s or 0.0, one.min_green_s or 0.0, LEAST_S),
            extension_s=one.extension_s or 0.0, recall=short[one.recall], locking=one.number in latching,
            yellow_s=one.yellow_s, red_clearance_s=one.all_red_s,
            split_s=one.split_s if logic.coordinated else None, coordinated=one.number in logic.timing.coordinated)
        yield phase


def _areas(element: Element, logic: NemaLogic, network: Network, custom: Mapping[str, Zone]
           ) -> Iterator[SignalDetector]:
    """A zone at the stop line of every lane that a phase serves with ``G``, or the one that the logic names."""
    lanes = lanes_of(network, element.get("id"))
    through_m = number_of(element, logic.given, "detector-length", NEMA_ZONE_M)
    left_m = number_of(element, logic.given, "detector-length-leftTurnLane", NEMA_ZONE_M)
    for (link, lane), indices in lanes.indices.items():
        name = f"{link}_{lane}"
        phases = tuple(dict.fromkeys(number for index in indices if index < len(logic.served)
                                     for number in logic.served[index].protected))
        if not phases:
            continue
        turns = {one.turn for index in indices for one in lanes.connections[index]
                 if (one.from_link, one.from_lane) == (link, lane)}
        length_m = left_m if turns <= {"left", "u_turn"} and "left" in turns else through_m
        length_m = min(length_m, float(network.links[link]["length_m"]))
        zone = (custom_zone(element, name, logic.given[name], custom) if logic.given.get(name)
                else Zone(link, lane, 0.0, max(length_m, 0.1)))
        detector: SignalDetector = make(
            SignalDetector, element, id=logic.given.get(name) or f"{element.get('id')} {name}", link=zone.link,
            lane=zone.lane, length_m=zone.length_m, phases=phases,
            distance_m=on_link(zone.distance_m, zone.length_m, float(network.links[zone.link]["length_m"])))
        yield detector
