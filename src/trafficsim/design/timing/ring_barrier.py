"""Fixed-time programs from ring-barrier timing: when each phase shows green, yellow and red, and the states of that."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from trafficsim.spec.model import bounds
from trafficsim.spec.ring_barrier import RingBarrier
from trafficsim.spec.signals import Phase, SignalProgram

NEAR_S = 1e-6
LONGEST_S = bounds(Phase, "duration_s")[1]


class Window(NamedTuple):
    """When a phase shows what, in seconds from the first barrier: green from ``begin_s``, then yellow, then red."""

    begin_s: float
    yellow_at_s: float
    red_at_s: float
    end_s: float


class Served(NamedTuple):
    """The phases in which a movement goes with priority, those in which it gives way, and what it shows on red.

    ``on_red``: ``"r"``, or ``"s"`` where drivers may turn after a stop. Without any phase a movement shows ``always``.
    """

    protected: tuple[int, ...] = ()
    permitted: tuple[int, ...] = ()
    on_red: str = "r"
    always: str = ""


def windows(timing: RingBarrier) -> dict[int, Window]:
    """Return when each phase runs.

    Rings cross a barrier together: where one needs less time than another, its last phase keeps its green until then.

    Examples
    --------
    >>> from trafficsim.spec.ring_barrier import RingPhase
    >>> phases = [RingPhase(number=n, ring=r, barrier=1, position=1, green_s=g, yellow_s=3, all_red_s=1)
    ...           for n, r, g in ((2, 1, 20), (6, 2, 30))]
    >>> windows(RingBarrier(phases=tuple(phases)))[2]
    Window(begin_s=0.0, yellow_at_s=30.0, red_at_s=33.0, end_s=34.0)
    """
    found: dict[int, Window] = {}
    at_s = 0.0
    for barrier in timing.barriers:
        longest_s = max(timing.length_s(ring, barrier) for ring in timing.rings)
        for ring in timing.rings:
            begin_s, phases = at_s, timing.between(ring, barrier)
            for place, phase in enumerate(phases):
                end_s = at_s + longest_s if place == len(phases) - 1 else begin_s + phase.split_s
                times = (begin_s, end_s - phase.all_red_s - phase.yellow_s, end_s - phase.all_red_s, end_s)
                found[phase.number] = Window(*(round(time, 3) for time in times))
                begin_s = end_s
        at_s += longest_s
    return found


def program_of(name: str, timing: RingBarrier, served: Sequence[Served]) -> SignalProgram:
    """Return the fixed-time program; ``served`` holds the phases of each movement in the order of its letters.

    Greens, yellows and reds are those of the coordinated plan; a movement served by two phases in turn keeps its green
    in between. Left turns that have a protected and a permitted phase show ``G``, then ``g``.

    Examples
    --------
    >>> from trafficsim.spec.ring_barrier import RingPhase
    >>> phases = [RingPhase(number=n, ring=1, barrier=b, position=1, green_s=20, yellow_s=3, all_red_s=1)
    ...           for n, b in ((2, 1), (4, 2))]
    >>> program = program_of("j", RingBarrier(phases=tuple(phases)), [Served((2,)), Served((), (4,))])
    >>> [(phase.duration_s, phase.state) for phase in program.phases][:3]
    [(20.0, 'Gr'), (3.0, 'yr'), (1.0, 'rr')]
    """
    found = windows(timing)
    cycle_s = timing.cycle_s
    edges = sorted({0.0, cycle_s, *(round(time, 3) for window in found.values() for time in window)})
    merged: list[tuple[float, str]] = []
    for begin_s, end_s in pairwise(edges):
        if end_s - begin_s < NEAR_S:
            continue
        state = "".join(_letter(one, found, (begin_s + end_s) / 2) for one in served)
        if merged and merged[-1][1] == state:
            merged[-1] = (round(merged[-1][0] + end_s - begin_s, 3), state)
        else:
            merged.append((round(end_s - begin_s, 3), state))
    phases = (phase for time, state in merged for phase in _phases(time, state))
    return SignalProgram(id=name, phases=tuple(phases),
                         offset_s=round((timing.offset_s - reference_s(timing, found)) % cycle_s, 3))


def _phases(time_s: float, state: str) -> Iterator[Phase]:
    """A phase; a long one is several alike, for one lasts an hour at most."""
    parts = max(math.ceil(time_s / LONGEST_S), 1)
    return (Phase(duration_s=time_s / parts, state=state) for _ in range(parts))


def _letter(one: Served, found: Mapping[int, Window], at_s: float) -> str:
    if not one.protected and not one.permitted and one.always:
        return one.always
    shown = [*((_shows(found, phase, at_s), "G") for phase in one.protected),
             *((_shows(found, phase, at_s), "g") for phase in one.permitted)]
    greens = [letter for light, letter in shown if light == "green"]
    if greens:
        return "G" if "G" in greens else "g"
    return "y" if any(light == "yellow" for light, _ in shown) else one.on_red


def _shows(found: Mapping[int, Window], phase: int, at_s: float) -> str:
    window = found.get(phase)
    if window is None or not window.begin_s <= at_s < window.red_at_s:
        return "red"
    return "green" if at_s < window.yellow_at_s else "yellow"


def reference_s(timing: RingBarrier, found: Mapping[int, Window]) -> float:
    """Return the time of the reference from the first barrier: the last, or the first, coordinated phase to change.

    Parameters
    ----------
    timing
        The timing.
    found
        When its phases run (:func:`windows`).
    """
    ends = [found[phase] for phase in timing.coordinated if phase in found]
    if not ends:
        return 0.0
    place = {"first_begin_of_yellow": 1, "first_begin_of_red": 2}.get(timing.reference, 0)
    times = [window[place] for window in ends]
    return max(times) if timing.reference == "last_begin_of_green" else min(times)


def unequal_rings(timing: RingBarrier) -> tuple[tuple[int, float, float], ...]:
    """Return (barrier, shortest, longest time of a ring that has phases there) where rings need different times."""
    found = []
    for barrier in timing.barriers:
        times = [timing.length_s(ring, barrier) for ring in timing.rings if timing.between(ring, barrier)]
        if not math.isclose(min(times), max(times), abs_tol=NEAR_S):
            found.append((barrier, min(times), max(times)))
    return tuple(found)
