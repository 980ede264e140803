"""Coordination: when a path is green at each of its signals, bands through them, and offsets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.stages import GREEN_LETTERS
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram

F8 = NDArray[np.float64]
TINY = 1e-9


class StopLine(NamedTuple):
    """A signal on a path.

    Attributes
    ----------
    program : its program
    distance_m : of its stop line from the begin of the path
    movement : link before and link beyond
    green_at_s, green_s : begin, after the begin of the first phase, and length of the path's longest run of green
    """

    program: str
    distance_m: float
    movement: tuple[str, str]
    green_at_s: float
    green_s: float


@dataclass(frozen=True)
class Wave:
    """One direction of a coordination: its signals with distances, and the speed at which it runs."""

    lines: tuple[StopLine, ...]
    speed_ms: float

    def travel_s(self, line: StopLine) -> float:
        """Time from the first stop line to another."""
        return (line.distance_m - self.lines[0].distance_m) / self.speed_ms


def stop_lines(
    network: Network, links: Sequence[str], durations: Mapping[str, Sequence[float]]
) -> tuple[StopLine, ...]:
    """Find the signals along a path, in driving order.

    Parameters
    ----------
    network
        The network.
    links
        Links of the path, in driving order.
    durations
        Durations of all phases by program.

    Raises
    ------
    PolicyError
        If two links that follow each other are not joined, or a signal on the way never shows green to the path.
    """
    lengths, programs = network.links, {program.id: program for program in network.signals}
    connections: dict[tuple[str, str], list[Connection]] = {}
    for connection in network.connections:
        connections.setdefault((connection.from_link, connection.to_link), []).append(connection)
    found, distance_m = [], 0.0
    for first, second in pairwise(links):
        joined = connections.get((first, second))
        if not joined:
            raise PolicyError(f"path at link {first!r}", f"no connection to {second!r}", "links that follow each other",
                              "correct the path")
        distance_m += float(lengths[first]["length_m"])
        signal = next((connection.signal for connection in joined if connection.signal is not None), None)
        if signal is not None:
            begin, green = green_run(programs[signal], durations[signal], joined)
            found.append(StopLine(signal, distance_m, (first, second), begin, green))
        distance_m += sum(connection.length_m for connection in joined) / len(joined)
    return tuple(found)


def green_run(
    program: SignalProgram, phase_s: Sequence[float], connections: Sequence[Connection]
) -> tuple[float, float]:
    """Begin (after the begin of the first phase) and length of the longest run of green of a movement, in s.

    Raises
    ------
    PolicyError
        If there is no green.
    """
    own = [
        connection.signal_index
        for connection in connections
        if connection.signal == program.id and connection.signal_index is not None
    ]
    green = [any(phase.state[index] in GREEN_LETTERS for index in own) for phase in program.phases]
    begins = np.concatenate([[0.0], np.cumsum(phase_s)])
    if not any(green):
        raise PolicyError(
            f"signal {program.id!r}",
            f"no green from {connections[0].from_link!r} to {connections[0].to_link!r}",
            "a movement that is served",
            "correct the path or the program",
        )
    if all(green):
        return 0.0, float(begins[-1])
    runs = []
    for start in (number for number in range(len(green)) if green[number] and not green[number - 1]):
        length, number = 0.0, start
        while green[number]:
            length += float(phase_s[number])
            number = (number + 1) % len(green)
        runs.append((length, -start))
    length, start = max(runs)
    return float(begins[-start]), length


def one_way_offsets(
    wave: Wave, cycle_s: float, first_offset_s: float = 0.0, lead_s: float = 0.0
) -> dict[str, float]:
    """Offsets of a wave in one direction: ``(x / v) mod C``, whole seconds, from begin of green to begin of green.

    Parameters
    ----------
    wave
        The direction.
    cycle_s
        Common cycle.
    first_offset_s
        Offset of the first signal, which stays.
    lead_s
        By how much green begins earlier at all signals but the first, so that queues leave before the platoon comes.

    Returns
    -------
    By program; a program that the path meets twice goes by the first time.

    Examples
    --------
    >>> lines = [StopLine(f"j{n}", 400.0 * n, ("a", "b"), 0.0, 30.0) for n in range(3)]
    >>> one_way_offsets(Wave(tuple(lines), 50 / 3.6), 80.0)
    {'j0': 0.0, 'j1': 29.0, 'j2': 58.0}
    """
    first = wave.lines[0]
    offsets = {first.program: first_offset_s}
    for line in wave.lines[1:]:
        begin = first_offset_s + first.green_at_s + wave.travel_s(line) - lead_s
        offsets.setdefault(line.program, float(math.floor((begin - line.green_at_s) % cycle_s + 0.5) % cycle_s))
    return offsets


def band_s(wave: Wave, cycle_s: float, offsets: Mapping[str, float]) -> float:
    """Bandwidth: the longest time in which vehicles at the wave's speed meet green at all signals, in s.

    Examples
    --------
    >>> lines = (StopLine("a", 0.0, ("p", "q"), 0.0, 30.0), StopLine("b", 100.0, ("q", "r"), 10.0, 25.0))
    >>> band_s(Wave(lines, 10.0), 60.0, {"a": 0.0, "b": 5.0})
    25.0
    """
    begins = np.array([(offsets[line.program] + line.green_at_s - wave.travel_s(line)) % cycle_s
                       for line in wave.lines])
    lengths = np.array([line.green_s for line in wave.lines])
    return float(max(_covered(begins, lengths, cycle_s, start) for start in begins))


def _covered(begins: F8, lengths: F8, cycle_s: float, start: float) -> float:
    """How long all windows stay open from ``start`` on; 0 if one is closed."""
    age = (start - begins) % cycle_s
    age = np.where(age > cycle_s - TINY, 0.0, age)
    return float(np.where(lengths >= cycle_s - TINY, cycle_s, np.maximum(lengths - age, 0.0)).min())


class TwoWay(NamedTuple):
    """Offsets for both directions, the speed that they are made for, and both bands in s."""

    offsets: Mapping[str, float]
    speed_ms: float
    band_out_s: float
    band_back_s: float


@lru_cache(maxsize=256)
def two_way(
    out: tuple[StopLine, ...], back: tuple[StopLine, ...], cycle_s: float, weight_back: float,
    speeds_ms: tuple[float, ...],
) -> TwoWay:
    """Find offsets that maximise the band out plus ``weight_back`` times the band back, over whole seconds.

    Given when the two bands begin at the first signal and how wide the band out is, each signal can be set by itself:
    all these cases are looked at (Little's bandwidth problem, 1966, with a fixed cycle). Of equal sums the one with the
    wider narrower band is taken; of equal offsets of a signal the one with the most green around the bands. Of several
    speeds the first with the largest sum is taken.

    Parameters
    ----------
    out, back
        Stop lines of both directions.
    cycle_s
        Common cycle, a whole number of seconds.
    weight_back
        Worth of a second of the band back, relative to one of the band out.
    speeds_ms
        Speeds of the wave to choose from.

    Returns
    -------
    Offsets relative to the first signal of the way out.
    """
    best: TwoWay | None = None
    for speed_ms in speeds_ms:
        found = _two_way(Wave(out, speed_ms), Wave(back, speed_ms), cycle_s, weight_back)
        gain = 0.0 if best is None else (found.band_out_s - best.band_out_s) + weight_back * (
            found.band_back_s - best.band_back_s)
        if best is None or gain > 1e-6:
            best = found
    assert best is not None, "at least one speed"
    return best


def _two_way(out: Wave, back: Wave, cycle_s: float, weight_back: float) -> TwoWay:
    shifts = np.arange(round(cycle_s), dtype=np.float64)
    names = list(dict.fromkeys(line.program for line in (*out.lines, *back.lines)))
    cover_out = {name: _cover(out, name, cycle_s, shifts, np.zeros(1))[:, 0] for name in names}
    cover_back = {name: _cover(back, name, cycle_s, shifts, shifts) for name in names}
    widths = np.arange(math.floor(min(line.green_s for line in out.lines)) + 1, dtype=np.float64)
    reach = np.full((len(widths), len(shifts)), cycle_s)
    for name in names:
        reach = np.minimum(reach, _best_back(cover_out[name], cover_back[name], widths))
    worth = np.where(reach >= 0.0, widths[:, None] + weight_back * reach, -1.0)
    narrow = np.where(worth >= worth.max() - 1e-6, np.minimum(widths[:, None], reach), -1.0)
    width, start = np.unravel_index(int(np.argmax(narrow)), narrow.shape)
    chosen = {}
    for name in names:
        fits = (cover_out[name] >= widths[width] - TINY) & (cover_back[name][:, start] >= reach[width, start] - TINY)
        slack = np.where(fits, cover_out[name] + weight_back * cover_back[name][:, start], -1.0)
        chosen[name] = float(shifts[int(np.argmax(slack))])
    first = chosen[out.lines[0].program]
    offsets = {name: (offset - first) % cycle_s for name, offset in chosen.items()}
    return TwoWay(offsets, out.speed_ms, band_s(out, cycle_s, offsets), band_s(back, cycle_s, offsets))


def _cover(wave: Wave, program: str, cycle_s: float, shifts: F8, starts: F8) -> F8:
    """How long a program is open for a band that begins at ``starts``: shape (shifts, starts)."""
    covered = np.full((len(shifts), len(starts)), cycle_s)
    for line in (line for line in wave.lines if line.program == program):
        begin = shifts[:, None] + line.green_at_s - wave.travel_s(line)
        age = (starts[None, :] - begin) % cycle_s
        age = np.where(age > cycle_s - TINY, 0.0, age)
        covered = np.minimum(covered, np.maximum(line.green_s - age, 0.0))
    return covered


def _best_back(cover_out: F8, cover_back: F8, widths: F8) -> F8:
    """Widest way back by width of the way out and begin of the way back, over all offsets; -1 where none fits."""
    order = np.argsort(-cover_out, kind="stable")
    best = np.maximum.accumulate(cover_back[order], axis=0)
    fitting = np.searchsorted(-cover_out[order], -widths + TINY, side="right")
    return np.where((fitting > 0)[:, None], best[np.maximum(fitting - 1, 0)], -1.0)
