"""Audit of fixed-time programs: changes, greens and pedestrians by guideline, capacity for given volumes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from trafficsim.base.units import kmh_to_ms
from trafficsim.design.inference.greens import Crossing, crossing_pairs, resolve_phases
from trafficsim.design.timing.breaches import CLOSE_S, DEFAULT_AUDIT_RULES, SOURCES, AuditRules, Breach, seconds
from trafficsim.design.timing.clearances import clearances
from trafficsim.design.timing.conflicts import changes
from trafficsim.design.timing.demand import approaches_of
from trafficsim.design.timing.dilemma import dilemma_zone_m
from trafficsim.design.timing.pedestrians import WALK_S, crossings_of, window_s
from trafficsim.design.timing.stages import GREEN_LETTERS, STAGE_LETTERS
from trafficsim.spec.crossing import WALKING_MS
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram

ENDED = "ry"


def audit_program(network: Network, program: SignalProgram, rules: AuditRules = DEFAULT_AUDIT_RULES) -> list[Breach]:
    """Return what a program does not keep, whatever the traffic.

    Checked are conflicting greens, movements that never get green, yellow, intergreens for the geometry of the
    junction, minimum greens, and the time that pedestrians have.

    Parameters
    ----------
    network
        The network with its movements and conflicts.
    program
        One of its programs, or another one for the same signal.
    rules
        What it is held against.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction()
    >>> audit_program(network, network.signals[0])
    []
    """
    signal = _Signal(network, program, rules)
    found = [*_conflicting(signal), *_never_green(signal), *_yellow(signal), *_intergreens(signal),
             *_short_greens(signal)]
    return [*found, *_pedestrians(signal)] if rules.pedestrians else found


class _Signal(NamedTuple):
    """A program with its network, and what it is held against."""

    network: Network
    program: SignalProgram
    rules: AuditRules

    @property
    def id(self) -> str:
        return self.program.id

    @property
    def source(self) -> str:
        return SOURCES[self.rules.guideline]

    @property
    def approaches(self) -> dict[str, list[Connection]]:
        """Connections of each link that comes in."""
        found: dict[str, list[Connection]] = {}
        for one in self.network.connections:
            if one.signal == self.id and one.signal_index is not None:
                found.setdefault(one.from_link, []).append(one)
        return found

    def limit_kmh(self, link: str) -> float:
        """Speed limit of an approach."""
        return float(self.network.links[link]["speed_limit_kmh"])


def named(one: Connection) -> str:
    """Name a movement.

    Examples
    --------
    >>> named(Connection(from_link="in", from_lane=0, to_link="out", to_lane=0, turn="left"))
    'in to out (left)'
    """
    return f"{one.from_link} to {one.to_link} ({one.turn})"


def _conflicting(signal: _Signal) -> Iterator[Breach]:
    """Yield two priority greens at once that cross, each pair of movements once."""
    seen: set[tuple[int, str, str]] = set()
    connections = signal.network.connections
    undecided = resolve_phases(signal.network, signal.id, signal.program.phases).undecided
    for one in sorted({*undecided, *_straight(signal)}, key=lambda each: (each.phase, each.movement, each.other)):
        first, second = (named(connections[place]) for place in (one.movement, one.other))
        if (one.phase, first, second) not in seen:
            seen.add((one.phase, first, second))
            ends = ", and none gives way" if one in undecided else ""
            yield Breach("error", "conflicting-greens", signal.id, one.phase, first, 2.0, 1.0, "greens", signal.source,
                         f"green at the same time as {second}, which it crosses{ends}",
                         "serve them one after the other, or let one give way (g)")


def _straight(signal: _Signal) -> Iterator[Crossing]:
    """Yield crossing greens of two that go straight on: right of way may decide where one turns, not between these."""
    connections = signal.network.connections
    for movement, other in crossing_pairs(connections, signal.id):
        if connections[movement].turn == connections[other].turn == "through":
            first, second = (connections[place].signal_index or 0 for place in (movement, other))
            for phase, shown in enumerate(signal.program.phases):
                if shown.state[first] == shown.state[second] == "G":
                    yield Crossing(movement, other, phase)


def _never_green(signal: _Signal) -> Iterator[Breach]:
    for connections in signal.approaches.values():
        movements: dict[str, bool] = {}
        for one in connections:
            green = any(phase.state[one.signal_index or 0] in GREEN_LETTERS for phase in signal.program.phases)
            movements[named(one)] = movements.get(named(one), False) or green
        for movement, green in movements.items():
            if not green:
                yield Breach("warning", "movement-without-green", signal.id, None, movement, 0.0,
                             signal.rules.minimum_green_s, "s", signal.source, "no phase in which it is green",
                             "add a phase for it, or remove the movement from the network")


def _yellow(signal: _Signal) -> Iterator[Breach]:
    """Yield the shortest yellow of an approach after each phase, where it is too short."""
    for link, connections in signal.approaches.items():
        limit_kmh = signal.limit_kmh(link)
        least_s = signal.rules.yellow_s(limit_kmh)
        ends: dict[int, list[tuple[float, str]]] = {}
        for one in connections:
            for phase, yellow_s in _ends_of_green(signal.program, one.signal_index or 0):
                ends.setdefault(phase, []).append((yellow_s, one.turn))
        for phase, found in sorted(ends.items()):
            shortest = min(yellow_s for yellow_s, _ in found)
            if shortest < least_s - CLOSE_S:
                turns = dict.fromkeys(turn for yellow_s, turn in found if yellow_s == shortest)
                yield _yellow_breach(signal, phase, f"{link} ({', '.join(turns)})", (shortest, least_s, limit_kmh))


def _yellow_breach(signal: _Signal, phase: int, movement: str, times: tuple[float, float, float]) -> Breach:
    yellow_s, least_s, limit_kmh = times
    rules = signal.rules
    zone_m = dilemma_zone_m(kmh_to_ms(limit_kmh), yellow_s, rules.reaction_s, rules.deceleration_ms2,
                            rules.grade_percent)
    zone = f"; a dilemma zone of {zone_m:.0f} m" if zone_m >= 0.5 else ""
    return Breach("warning", "yellow-too-short", signal.id, phase, movement, yellow_s, least_s, "s", signal.source,
                  f"a yellow of {seconds(yellow_s)} where {seconds(least_s)} are needed at {limit_kmh:.0f} km/h{zone}",
                  f"lengthen yellow to {seconds(least_s)}")


def _ends_of_green(program: SignalProgram, index: int) -> Iterator[tuple[int, float]]:
    """Yield every phase in which green of an index ends, and the yellow that follows, in s."""
    phases = program.phases
    for number, phase in enumerate(phases):
        if phases[number - 1].state[index] not in STAGE_LETTERS or phase.state[index] not in ENDED:
            continue
        yellow_s, at = 0.0, number
        while phases[at].state[index] == "y" and yellow_s < program.cycle_s:
            yellow_s += phases[at].duration_s
            at = (at + 1) % len(phases)
        yield number, yellow_s


def _intergreens(signal: _Signal) -> Iterator[Breach]:
    """Yield the intergreen of two approaches that lacks most, after each phase."""
    worst: dict[tuple[int, str, str], Breach] = {}
    connections, program = signal.network.connections, signal.program
    for (first, second), needed in clearances(signal.network, signal.id).items():
        before, after = connections[first], connections[second]
        if before.from_link == after.from_link:
            continue
        least_s = signal.rules.intergreen_s(needed, signal.limit_kmh(before.from_link), before.speed_limit_kmh)
        for change in changes(program, before.signal_index or 0, after.signal_index or 0):
            begins = program.phases[change.begins].state[after.signal_index or 0]
            if change.gap_s >= least_s - CLOSE_S or (begins in "gos" and first in after.yields_to):
                continue  # long enough, or who begins looks for who clears
            key = (change.ends, before.from_link, after.from_link)
            one = Breach("warning", "intergreen-too-short", signal.id, change.ends, f"{named(before)}, then "
                         f"{named(after)}", change.gap_s, least_s, "s", signal.source,
                         f"an intergreen of {seconds(change.gap_s)} where {seconds(least_s)} are needed to clear "
                         f"{needed.clearing_m:.0f} m", "lengthen all-red between the two")
            if key not in worst or least_s - change.gap_s > worst[key].expected - worst[key].found:
                worst[key] = one
    yield from worst.values()


def _short_greens(signal: _Signal) -> Iterator[Breach]:
    """Yield runs of green of an approach that are shorter than the minimum."""
    least_s = signal.rules.minimum_green_s
    for link, connections in signal.approaches.items():
        found: dict[tuple[int, float], dict[str, None]] = {}
        for one in connections:
            for run in green_runs(signal.program, one.signal_index or 0):
                if run[1] < least_s - CLOSE_S:
                    found.setdefault(run, {})[one.turn] = None
        for (phase, green_s), turns in sorted(found.items()):
            yield Breach("warning", "green-too-short", signal.id, phase, f"{link} ({', '.join(turns)})", green_s,
                         least_s, "s", "RiLSA 2015", f"a green of {seconds(green_s)} where {seconds(least_s)} are the "
                         "least", f"give it {seconds(least_s)}")


def green_runs(program: SignalProgram, index: int) -> Iterator[tuple[int, float]]:
    """Yield the first phase and the length of every run of green of a signal index; none where it is always green.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> phases = [Phase(duration_s=s, state=t) for s, t in ((30, "G"), (3, "y"), (20, "r"), (9, "G"))]
    >>> list(green_runs(SignalProgram(id="j1", phases=phases), 0))
    [(3, 39.0)]
    """
    phases = program.phases
    green = [phase.state[index] in STAGE_LETTERS for phase in phases]
    for start in (number for number in range(len(phases)) if green[number] and not green[number - 1]):
        length_s, at = 0.0, start
        while green[at]:
            length_s += phases[at].duration_s
            at = (at + 1) % len(phases)
        yield start, length_s


def _pedestrians(signal: _Signal) -> Iterator[Breach]:
    """Yield crossings whose time in the stages that suit them does not do for walk and clearance."""
    approaches = approaches_of(_with(signal.network, signal.program), signal.id)
    phase_s = [phase.duration_s for phase in signal.program.phases]
    for crossing in crossings_of(signal.network, approaches, phase_s) if approaches.uses else ():
        if not crossing.stages:
            continue
        window = window_s(crossing, approaches, phase_s)
        if window < crossing.needed_s - CLOSE_S:
            phase = approaches.stages.phase[crossing.stages[0]]
            yield Breach(
                "warning", "pedestrian-time-too-short", signal.id, phase, f"on foot across {crossing.street}", window,
                crossing.needed_s, "s", "FHWA 2008, RiLSA 2015",
                f"{seconds(window)} to cross {crossing.width_m:.1f} m beside the traffic where "
                f"{seconds(crossing.needed_s)} are needed ({WALK_S:g} s to step off, {WALKING_MS:g} m/s)",
                "lengthen the stages beside it")


def _with(network: Network, program: SignalProgram) -> Network:
    """Return the network with this program in the place of its own."""
    signals: Sequence[SignalProgram] = [program if one.id == program.id else one for one in network.signals]
    return replace(network, signals=tuple(signals))
