"""Write controls as logics of SUMO: one ring of stages as ``actuated``, two rings as ``NEMA``, with their detectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from trafficsim.design.timing.ring_barrier import reference_s, windows
from trafficsim.io.sumo.logics import ACTUATED, NEMA, NO_DETECTOR, nobody_begins
from trafficsim.io.sumo.loops import LaneId, lanes_of
from trafficsim.io.sumo.nema import REFERENCES
from trafficsim.io.sumo.xml_text import element
from trafficsim.spec.control import ControlPhase, SignalControl, SignalDetector
from trafficsim.spec.network import Network
from trafficsim.spec.ring_barrier import RingBarrier, RingPhase

GREENS = "Gg"
DETECTORS_BEHIND = "-detectors"
"""Behind the name of a program that is loaded again with its detectors."""
RECALLS = {"min": "minRecall", "pedestrian": "minRecall", "max": "maxRecall"}
FREQUENCY_S = 3600
FARTHEST_LINKS = 20
LaneName = Callable[[str, int], str]


class Writer(NamedTuple):
    """A control of a network, with the name of its signal in SUMO, and how lanes are called there."""

    control: SignalControl
    network: Network
    name: str
    lane: LaneName

    @property
    def kind(self) -> str | None:
        """Type of SUMO's logic; ``None`` where it has none of this kind."""
        if self.control.method not in ("actuated", "coordinated"):
            return None
        rings = {one.ring for one in self.control.phases}
        if len(rings) == 1:
            return ACTUATED if len(self.control.phases) > 1 else None
        return NEMA if len(rings) == 2 and len({one.barrier for one in self.control.phases}) == 2 else None

    @property
    def phases(self) -> list[ControlPhase]:
        """Phases in their order."""
        return sorted(self.control.phases, key=lambda one: (one.ring, one.barrier, one.position))


def logic(writer: Writer, program: str) -> str:
    """Return the logic without detectors of its own: SUMO then places some."""
    return _logic(writer, program, {})


def with_detectors(writer: Writer, program: str) -> Iterator[str]:
    """Yield the detectors of a control, and its logic that names them, for an additional file."""
    chosen = _by_lane(writer)
    if not chosen:
        return
    for one in dict.fromkeys(chosen.values()):
        if one is not None:
            yield _loop(writer, one) if writer.kind == ACTUATED else _area(writer, one)
    named = {writer.lane(*lane): NO_DETECTOR if one is None else one for lane, one in chosen.items()
             if one is not None or writer.kind == ACTUATED}
    own = {lane: one if isinstance(one, str) else _detector_name(writer, one) for lane, one in named.items()}
    yield _logic(writer, f"{program}{DETECTORS_BEHIND}", {**own, **_gaps(writer, chosen)})


def _logic(writer: Writer, program: str, more: Mapping[str, str]) -> str:
    actuated = writer.kind == ACTUATED
    given = {**(_actuated_parameters(writer) if actuated else _nema_parameters(writer)), **more}
    rows = [element("param", {"key": key, "value": value}) for key, value in given.items()]
    rows += _actuated_rows(writer) if actuated else _nema_rows(writer)
    return element("tlLogic", {"id": writer.name, "type": writer.kind, "programID": program,
                               "offset": _offset_s(writer)}, rows)


def _offset_s(writer: Writer) -> float:
    """SUMO's offset: of an actuated logic the begin of its first stage, of NEMA that of the reference."""
    control = writer.control
    if control.method != "coordinated":
        return control.offset_s
    if writer.kind == NEMA:
        return _nema_offset_s(control)
    at_s = 0.0
    for one in writer.phases:
        if one.coordinated:
            at_s += {"first_begin_of_yellow": _green_s(one), "first_begin_of_red": _green_s(one) + one.yellow_s}.get(
                control.reference, 0.0)
            break
        at_s += one.split_s or 0.0
    return (control.offset_s - at_s) % sum(one.split_s or 0.0 for one in writer.phases)


def _nema_offset_s(control: SignalControl) -> float:
    """The offset as SUMO counts it: to the first begin of a coordinated green, or of yellow (Type 170)."""
    if control.reference in REFERENCES.values():
        return control.offset_s
    timing = RingBarrier(
        coordinated=tuple(one.number for one in control.phases if one.coordinated), reference=control.reference,
        phases=tuple(RingPhase(number=one.number, ring=one.ring, barrier=one.barrier, position=one.position,
                               green_s=_green_s(one), yellow_s=one.yellow_s, all_red_s=one.red_clearance_s)
                     for one in control.phases))
    found = windows(timing)
    theirs = timing.model_copy(update={"reference": REFERENCES["TS2"]})
    later_s = reference_s(theirs, found) - reference_s(timing, found)
    return round((control.offset_s + later_s) % timing.cycle_s, 3)


def left_out(control: SignalControl) -> bool:
    """Whether a control has what no logic of SUMO knows, or knows otherwise."""
    one_ring = len({one.ring for one in control.phases}) == 1
    return any(one.walk_s or (one.min_gap_s is not None and one.min_gap_s < one.extension_s)
               or not (one.dual_entry or one_ring) for one in control.phases) or any(
        one.fault != "none" for one in control.detectors)


def _green_s(one: ControlPhase) -> float:
    """Green of the fixed durations."""
    return one.max_green_s if one.split_s is None else one.split_s - one.clearance_s


def _actuated_parameters(writer: Writer) -> dict[str, str]:
    coordinated = writer.control.method == "coordinated"
    return {"max-gap": f"{_usual_gap_s(writer):g}", **({"coordinated": "true"} if coordinated else {})}


def _usual_gap_s(writer: Writer) -> float:
    return Counter(one.extension_s for one in writer.control.phases).most_common(1)[0][0]


def _actuated_rows(writer: Writer) -> Iterator[str]:
    phases, coordinated = writer.phases, writer.control.method == "coordinated"
    end_s = 0.0
    for number, one in enumerate(phases):
        before, after = phases[number - 1], phases[(number + 1) % len(phases)]
        shorter_s = (before.clearance_s if not coordinated and nobody_begins(_letters(writer, before),
                                                                             _letters(writer, one)) else 0.0)
        end_s += _green_s(one)
        yield element("phase", {
            "duration": max(_green_s(one) - shorter_s, 0.0), "state": _letters(writer, one),
            "minDur": max(one.min_green_s - shorter_s, 0.0), "maxDur": max(one.max_green_s - shorter_s, 0.0),
            "name": one.name or None,
            "earliestEnd": end_s if coordinated and one.coordinated else None,
            "latestEnd": end_s if coordinated else None})
        yield from _change(writer, one, after)
        end_s += one.clearance_s


def _letters(writer: Writer, one: ControlPhase) -> str:
    letters = list(one.green)
    for overlap in writer.control.overlaps:
        for index in overlap.indices if one.number in overlap.phases else ():
            letters[index] = overlap.letter if letters[index] not in GREENS else letters[index]
    return "".join(letters)


def _change(writer: Writer, one: ControlPhase, after: ControlPhase) -> Iterator[str]:
    """Yellow, red and red-amber between two stages; who is green in both stays so."""
    before, later = _letters(writer, one), _letters(writer, after)
    stays = [old in GREENS and new in GREENS for old, new in zip(before, later, strict=True)]
    arrow = ["s" if old == new == "s" else "r" for old, new in zip(before, later, strict=True)]
    yellow = "".join(old if stay else "y" if old in GREENS else quiet
                     for old, stay, quiet in zip(before, stays, arrow, strict=True))
    red = "".join(old if stay else quiet for old, stay, quiet in zip(before, stays, arrow, strict=True))
    amber = "".join("u" if quiet == "r" and new in GREENS else quiet for quiet, new in zip(red, later, strict=True))
    amber_s = min(writer.control.red_amber_s, one.red_clearance_s)
    for seconds, state in ((one.yellow_s, yellow), (one.red_clearance_s - amber_s, red), (amber_s, amber)):
        if seconds > 0:
            yield element("phase", {"duration": seconds, "state": state})


def _nema_parameters(writer: Writer) -> dict[str, str]:
    control, phases = writer.control, writer.phases
    rings = sorted({one.ring for one in phases})
    barriers = sorted({one.barrier for one in phases})
    sides = {(ring, barrier): _side(phases, ring, barrier) for ring in rings for barrier in barriers}
    longest = max(len(side) for side in sides.values())
    given = {f"ring{number}": ",".join(one for barrier in barriers for one in
                                       (["0"] * longest + sides[ring, barrier])[-longest:])
             for number, ring in enumerate(rings, 1)}
    ends = {barrier: [sides[ring, barrier][-1] for ring in rings] for barrier in barriers}
    # SUMO coordinates the phases of its second barrier, whichever comes first in the rings.
    held = {one.ring: one for one in phases if one.coordinated}
    second = next((one.barrier for one in held.values()), barriers[-1])
    first = next(barrier for barrier in barriers if barrier != second)
    coordinated = [str(held[ring].number) if ring in held else end
                   for ring, end in zip(rings, ends[second], strict=True)]
    recall: dict[str, list[str]] = {"minRecall": [], "maxRecall": []}
    for one in phases:
        if one.recall != "none":
            recall[RECALLS[one.recall]].append(str(one.number))
    cycle_s = sum(max(sum(_green_s(one) + one.clearance_s for one in phases
                          if (one.ring, one.barrier) == (ring, barrier)) for ring in rings) for barrier in barriers)
    return {
        "total-cycle-length": f"{cycle_s:g}", **given, "barrierPhases": ",".join(ends[first]),
        "barrier2Phases": ",".join(ends[second]),
        "coordinate-mode": "true" if control.method == "coordinated" else "false",
        **({"coordinatePhases": ",".join(coordinated)} if held and coordinated != ends[second] else {}),
        **{key: ",".join(numbers) for key, numbers in recall.items()},
        "fixForceOff": "true" if control.force_off == "fixed" else "false",
        "controllerType": "Type170" if control.reference == "first_begin_of_yellow" else "TS2",
        **({"latchingDetectors": ",".join(str(one.number) for one in phases if one.locking)}
           if any(one.locking for one in phases) else {}),
    }


def _side(phases: Sequence[ControlPhase], ring: int, barrier: int) -> list[str]:
    """Phases of a ring before a barrier; a ring without any repeats those of the other, as SUMO wants it.

    SUMO takes the first half of a ring for one side: 0 stands where a side has fewer phases than the longest.
    """
    here = [one for one in phases if one.barrier == barrier]
    return [str(one.number) for one in here if one.ring == ring] or [str(one.number) for one in here]


def _nema_rows(writer: Writer) -> Iterator[str]:
    coordinated = writer.control.method == "coordinated"
    for one in writer.phases:
        most_s = _green_s(one) if coordinated else one.max_green_s
        yield element("phase", {
            "duration": max(most_s, one.min_green_s), "minDur": one.min_green_s,
            "maxDur": max(most_s, one.min_green_s), "vehext": one.extension_s, "yellow": one.yellow_s,
            "red": one.red_clearance_s, "name": str(one.number), "state": _letters(writer, one)})


def _by_lane(writer: Writer) -> dict[LaneId, SignalDetector | None]:
    """The detector of each lane before the signal, of several the first that extends greens."""
    lanes = lanes_of(writer.network, writer.control.id)
    onward: dict[LaneId, list[LaneId]] = {}
    for one in writer.network.connections:
        onward.setdefault((one.from_link, one.from_lane), []).append((one.to_link, one.to_lane))
    found: dict[LaneId, SignalDetector | None] = dict.fromkeys(lanes.indices)
    links = writer.network.links
    for detector in sorted(writer.control.detectors, key=lambda one: one.use == "call"):
        wanted = range(int(links[detector.link]["lanes"])) if detector.lane is None else (detector.lane,)
        for lane in wanted:
            reached = _reached((detector.link, lane), lanes.indices, onward)
            if reached is not None and found[reached] is None:
                found[reached] = detector
    return found if any(one is not None for one in found.values()) else {}


def _reached(lane: LaneId, indices: Mapping[LaneId, Any], onward: Mapping[LaneId, Sequence[LaneId]]) -> LaneId | None:
    """The lane before the signal to which a lane leads."""
    ahead = [lane]
    for _ in range(FARTHEST_LINKS):
        for one in ahead:
            if one in indices:
                return one
        ahead = list(dict.fromkeys(after for one in ahead for after in onward.get(one, ())))
    return None


def _detector_name(writer: Writer, one: SignalDetector) -> str:
    return f"{writer.name}_{writer.lane(one.link, one.lane or 0)}_{round(one.distance_m)}m"


def _loop(writer: Writer, one: SignalDetector) -> str:
    return element("inductionLoop", {
        "id": _detector_name(writer, one), "lane": writer.lane(one.link, one.lane or 0),
        "pos": -max(one.distance_m, 0.1), "freq": FREQUENCY_S, "file": "NUL", "friendlyPos": True})


def _area(writer: Writer, one: SignalDetector) -> str:
    return element("laneAreaDetector", {
        "id": _detector_name(writer, one), "lane": writer.lane(one.link, one.lane or 0),
        "pos": -(one.distance_m + one.length_m), "length": one.length_m, "freq": FREQUENCY_S, "file": "NUL",
        "friendlyPos": True})


def _gaps(writer: Writer, chosen: Mapping[LaneId, SignalDetector | None]) -> dict[str, str]:
    """Gaps of lanes whose stages have another one than most."""
    if writer.kind != ACTUATED:
        return {}
    usual_s, gap_s = _usual_gap_s(writer), {one.number: one.extension_s for one in writer.control.phases}
    lanes = lanes_of(writer.network, writer.control.id)
    found = {}
    for lane, detector in chosen.items():
        serving = [one.number for one in writer.control.phases
                   if any(index < len(one.green) and one.green[index] in GREENS for index in lanes.indices[lane])]
        own = [gap_s[number] for number in (detector.phases or serving if detector is not None else ())]
        if own and max(own) != usual_s:
            found[f"max-gap:{writer.lane(*lane)}"] = f"{max(own):g}"
    return found
