"""Signals that react from their fixed programs: stages, intergreens, splits and detectors by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from trafficsim.base.units import kmh_to_ms
from trafficsim.design.timing.conflicts import crossing_pairs, gaps_s
from trafficsim.design.timing.stages import GREEN_LETTERS, Stages, stages_of
from trafficsim.spec.control import ControlPhase, Intergreen, Method, SignalControl, SignalDetector
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram

MIN_GREEN_S = 5.0
"""RiLSA 2015: least green of vehicles; SUMO's ``minDur``."""
MAX_GREEN = 1.5
"""Maximum green over that of the fixed program (FHWA, Traffic Signal Timing Manual 2008, 5.3: 1.25 to 1.5)."""
LEAST_MAX_GREEN_S = 15.0
EXTENSION_S, SETBACK_S = 3.0, 2.0
"""Passage time, and travel time at the limit from the advance detector to the stop line (SUMO's ``max-gap`` and
``detector-gap`` for actuated signals)."""
STOP_LINE_M, ADVANCE_M = 8.0, 2.0
"""Lengths of detectors: at the stop line one that no standing vehicle misses (modelling assumption), and a loop."""
YELLOW_S = 3.0
KEPT = {"o": "g", "O": "G", "y": "r", "u": "r"}


class Limits(NamedTuple):
    """What a stage may be: shortest green, longest green over that of the fixed program, passage time."""

    min_green_s: float = MIN_GREEN_S
    max_green: float = MAX_GREEN
    extension_s: float = EXTENSION_S


def control_of(network: Network, program: SignalProgram, method: Method, limits: Limits | None = None, **more: Any
               ) -> SignalControl | None:
    """Return a controller with the stages of a fixed program; ``None`` where it has fewer than two.

    Stages are the program's phases with a green and without yellow, in its order. A split is a stage's green with the
    intergreen that follows; the coordinated stage is the one with the longest green, and the offset that of its begin.
    Intergreens between conflicting movements are the shortest that the program shows. Every lane before the signal has
    a detector at the stop line that calls and one at a distance of 2 s that calls and extends; a lane too short for two
    has the first alone, which then extends too.

    Parameters
    ----------
    network
        Where the signal stands.
    program
        Its program.
    method
        How it shall react.
    limits
        Of greens.
    more
        Other fields of the controller.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction()
    >>> control = control_of(network, network.signals[0], "actuated")
    >>> len(control.phases), control.detectors[0].distance_m, control.detectors[1].use
    (2, 0.0, 'both')
    """
    stages = stages_of(program)
    if len(stages.phase) < 2:
        return None
    given = Limits() if limits is None else limits
    durations = [phase.duration_s for phase in program.phases]
    greens = stages.greens(durations)
    longest = greens.index(max(greens))
    begins = sum(durations[: stages.phase[longest]])
    phases = tuple(_phase(stages, number, given, number == longest) for number in range(len(greens)))
    fields: dict[str, Any] = {
        "id": program.id, "method": method, "phases": phases, "intergreens": tuple(_intergreens(network, program)),
        "red_amber_s": _red_amber_s(program), "origin": f"stages of program {program.name!r}",
        "offset_s": (program.offset_s + begins) % program.cycle_s,
        "detectors": tuple(detectors_of(network, program.id)) if method in ("actuated", "coordinated") else ()}
    return SignalControl(**(fields | more))


def _phase(stages: Stages, number: int, limits: Limits, coordinated: bool) -> ControlPhase:
    durations = [phase.duration_s for phase in stages.program.phases]
    green_s = durations[stages.phase[number]]
    after_s = sum(durations[phase] for phase in stages.after[number])
    yellow_s = min(_yellow_s(stages, number), after_s) if after_s else 0.0
    min_green_s = min(limits.min_green_s, green_s)
    return ControlPhase(
        number=number + 1, position=number, name=f"stage {number + 1}", coordinated=coordinated,
        green="".join(KEPT.get(letter, letter) for letter in stages.state(number)), min_green_s=min_green_s,
        max_green_s=max(green_s * limits.max_green, LEAST_MAX_GREEN_S, min_green_s), extension_s=limits.extension_s,
        yellow_s=yellow_s, red_clearance_s=after_s - yellow_s, split_s=green_s + after_s)


def _yellow_s(stages: Stages, number: int) -> float:
    """Longest yellow of an index that was green in the stage."""
    phases, state = stages.program.phases, stages.state(number)
    lasts = [0.0] * len(state)
    for phase in stages.after[number]:
        for index, letter in enumerate(phases[phase].state):
            if letter == "y" and state[index] in GREEN_LETTERS:
                lasts[index] += phases[phase].duration_s
    return max(lasts) or YELLOW_S


def _red_amber_s(program: SignalProgram) -> float:
    found = [phase.duration_s for phase in program.phases if "u" in phase.state]
    return min(found, default=0.0)


def _intergreens(network: Network, program: SignalProgram) -> Iterator[Intergreen]:
    found: dict[tuple[int, int], float] = {}
    for one, other in crossing_pairs(network, program.id):
        indices = [network.connections[number].signal_index or 0 for number in (one, other)]
        for pair in ((indices[0], indices[1]), (indices[1], indices[0])):
            if pair[0] != pair[1] and pair not in found:
                gaps = list(gaps_s(program, *pair))
                if gaps:
                    found[pair] = min(gaps)
    return (Intergreen(before=before, after=after, time_s=time_s) for (before, after), time_s in sorted(found.items()))


def detectors_of(network: Network, signal: str) -> Iterator[SignalDetector]:
    """Yield the detectors that rules place before a signal.

    Parameters
    ----------
    network
        Where the signal stands.
    signal
        Its name.
    """
    links = network.links
    lanes = {(one.from_link, one.from_lane): None for one in network.connections
             if one.signal == signal and one.signal_index is not None}
    for link, lane in lanes:
        length_m = float(links[link]["length_m"])
        setback_m = kmh_to_ms(float(links[link]["speed_limit_kmh"])) * SETBACK_S
        fits = setback_m + ADVANCE_M < length_m and setback_m > STOP_LINE_M
        yield SignalDetector(id=f"{link}_{lane} stop line", link=link, lane=lane, length_m=min(STOP_LINE_M, length_m),
                             use="call" if fits else "both")
        if fits:
            yield SignalDetector(id=f"{link}_{lane} advance", link=link, lane=lane, distance_m=round(setback_m, 1),
                                 length_m=ADVANCE_M)
