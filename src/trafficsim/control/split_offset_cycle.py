"""Small steps of splits, offset and cycle towards what detectors see, in the manner of SCOOT.

Hunt, Robertson, Bretherton and Royle 1981 (TRL, LR1014) and Robertson and Bretherton 1991 (IEEE Transactions on
Vehicular Technology 40, 11-15, doi:10.1109/25.69966) describe the three optimisers. Their code is not published: what
is here follows the descriptions, with the simplifications that each function names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
SLICE_S = 4.0
"""Arrivals are counted in slices of so many seconds (LR1014)."""
SPLIT_STEP_S, KEPT_STEP_S, OFFSET_STEP_S = 4.0, 1.0, 4.0
"""Most that a stage change moves in a cycle, what of it stays, and what an offset moves (LR1014)."""
HIGHEST_SATURATION = 0.9
"""Degree of saturation of the most loaded stream for which a cycle is long enough (LR1014)."""
CYCLE_STEPS_S = ((64.0, 4.0), (128.0, 8.0), (float("inf"), 16.0))
"""Up to a cycle of so many seconds it changes by so many (Robertson and Bretherton 1991)."""


class Stream(NamedTuple):
    """Traffic in a lane before a signal.

    Attributes
    ----------
    stages : places of the stages that serve it
    vehicles : mean arrivals in a cycle
    saturation_veh_s : discharge in green
    """

    stages: tuple[int, ...]
    vehicles: float
    saturation_veh_s: float


def degree_of_saturation(stream: Stream, greens_s: Sequence[float]) -> float:
    """Return arrivals over what the greens of a cycle can discharge.

    Examples
    --------
    >>> degree_of_saturation(Stream((0,), 10.0, 0.5), [40.0, 20.0])
    0.5
    """
    capacity = stream.saturation_veh_s * sum(greens_s[stage] for stage in stream.stages)
    return stream.vehicles / max(capacity, 1e-9)


def worst(streams: Sequence[Stream], greens_s: Sequence[float], stages: Sequence[int]) -> float:
    """Return the highest degree of saturation of the streams of some stages; 0 without any.

    Examples
    --------
    >>> worst([Stream((0,), 10.0, 0.5), Stream((1,), 9.0, 0.5)], [40.0, 20.0], [0, 1])
    0.9
    """
    return max((degree_of_saturation(one, greens_s) for one in streams if set(one.stages) & set(stages)), default=0.0)


def moved(greens_s: Sequence[float], streams: Sequence[Stream], least_s: Sequence[float], step_s: float) -> list[int]:
    """Return for every stage change, by the stage that ends, whether its green becomes shorter, stays, or longer.

    One change after the other takes the step for which the worst degree of saturation of the two stages beside it is
    smallest; staying wins where two are equal. Greens do not fall below their least. What the change after the last
    stage gives or takes is the first stage's; that begins when it did, since where a cycle begins is the offset's.

    Parameters
    ----------
    greens_s, least_s
        By stage.
    streams
        What comes.
    step_s
        How far a change moves.

    Returns
    -------
    -1, 0 or 1 for each change.

    Examples
    --------
    >>> moved([30.0, 30.0], [Stream((0,), 14.0, 0.5), Stream((1,), 7.0, 0.5)], [5.0, 5.0], 4.0)
    [1, -1]
    """
    greens, found = list(greens_s), []
    for stage in range(len(greens)):
        after, best, choice, taken = (stage + 1) % len(greens), np.inf, 0, greens
        for move in (0, -1, 1):
            tried = list(greens)
            tried[stage] += move * step_s
            tried[after] -= move * step_s
            if move and min(tried[one] - least_s[one] for one in (stage, after)) < -1e-9:
                continue
            value = worst(streams, tried, (stage, after))
            if value < best - 1e-9:
                best, choice, taken = value, move, tried
        greens = taken
        found.append(choice)
    return found


def scaled(greens_s: Sequence[float], least_s: Sequence[float], cycle_s: float, lost_s: float) -> list[float]:
    """Return greens that fill another cycle: what is over the least greens keeps its proportions.

    Examples
    --------
    >>> scaled([30.0, 20.0], [10.0, 10.0], 90.0, 10.0)
    [50.0, 30.0]
    """
    over = np.maximum(np.asarray(greens_s, np.float64) - least_s, 0.0)
    spare = cycle_s - lost_s - sum(least_s)
    share = over / over.sum() if over.sum() > 0.0 else np.full(len(over), 1.0 / len(over))
    return [float(one) for one in np.asarray(least_s) + spare * share]


def cycle_step_s(cycle_s: float) -> float:
    """Return by how much a cycle changes at once.

    Examples
    --------
    >>> [cycle_step_s(one) for one in (60.0, 64.0, 100.0, 160.0)]
    [4.0, 4.0, 8.0, 16.0]
    """
    return next(step for most, step in CYCLE_STEPS_S if cycle_s <= most)


class Junction(NamedTuple):
    """What the choice of a cycle needs of a signal.

    Attributes
    ----------
    greens_s, least_s : by stage
    lost_s : of a cycle, in which no stage is green
    streams : what comes in a cycle as it is
    """

    greens_s: tuple[float, ...]
    least_s: tuple[float, ...]
    lost_s: float
    streams: tuple[Stream, ...]

    def saturation(self, cycle_s: float, now_s: float) -> float:
        """Return the worst degree of saturation in another cycle, with arrivals in proportion to it."""
        greens = scaled(self.greens_s, self.least_s, cycle_s, self.lost_s)
        found = [degree_of_saturation(one, greens) for one in self.streams]
        return max(found, default=0.0) * cycle_s / now_s


def better_cycle_s(now_s: float, junctions: Sequence[Junction], limits_s: tuple[float, float]) -> float:
    """Return the next cycle of a region: the shortest of a step less, the same and a step more that is long enough.

    It is long enough if no stream anywhere is over 90 % of saturation; where none is, it becomes a step longer, unless
    that helps nowhere.

    Examples
    --------
    >>> light = Junction((30.0, 20.0), (5.0, 5.0), 10.0, (Stream((0,), 5.0, 0.5),))
    >>> better_cycle_s(60.0, [light], (40.0, 120.0))
    56.0
    """
    least = max((sum(one.least_s) + one.lost_s for one in junctions), default=0.0)
    down_s, up_s = now_s - cycle_step_s(now_s - 1e-6), now_s + cycle_step_s(now_s)
    if max(limits_s[0], least) <= down_s and _saturation(junctions, down_s, now_s) <= HIGHEST_SATURATION:
        return down_s
    if _saturation(junctions, now_s, now_s) <= HIGHEST_SATURATION or up_s > limits_s[1]:
        return now_s
    return up_s if _saturation(junctions, up_s, now_s) < _saturation(junctions, now_s, now_s) - 1e-9 else now_s


def _saturation(junctions: Sequence[Junction], cycle_s: float, now_s: float) -> float:
    return max((one.saturation(cycle_s, now_s) for one in junctions), default=0.0)


def queued_veh_s(arrivals: F8, discharge: F8) -> float:
    """Return the time that vehicles spend in a queue in a cycle, after one cycle to get into step.

    Parameters
    ----------
    arrivals, discharge
        By slice of the cycle: vehicles that come, and most that can leave.

    Examples
    --------
    >>> queued_veh_s(np.array([1.0, 1.0, 0.0]), np.array([0.0, 0.0, 2.0]))
    12.0
    """
    queue = total = 0.0
    for cycle in range(2):
        for comes, leaves in zip(arrivals.tolist(), discharge.tolist(), strict=True):
            queue = max(queue + comes - leaves, 0.0)
            total += queue * cycle
    return total * SLICE_S


class Approach(NamedTuple):
    """A lane before a signal, seen in the cycle of its own signal.

    Attributes
    ----------
    arrivals : vehicles that come to the line, by slice
    discharge : vehicles that can leave, by slice
    """

    arrivals: F8
    discharge: F8


def better_offset(own: Sequence[Approach], beyond: Sequence[Approach]) -> int:
    """Return whether a signal should be a slice earlier (-1), as it is (0) or later (1).

    A later signal finds arrivals earlier in its cycle, and sends vehicles later into those of its neighbours. What
    counts is the time in queues on the approaches of the signal and on those that it feeds (LR1014 weighs stops, too).

    Parameters
    ----------
    own
        Approaches of the signal.
    beyond
        Approaches of neighbours that it feeds.

    Examples
    --------
    >>> green = np.array([0.0, 0.0, 4.0, 4.0])
    >>> better_offset([Approach(np.array([0.0, 0.0, 0.0, 3.0]), green)], [])
    0
    >>> better_offset([Approach(np.array([0.0, 3.0, 0.0, 0.0]), green)], [])
    -1
    """
    found = []
    for move in (0, -1, 1):
        spent = sum(queued_veh_s(np.roll(one.arrivals, -move), one.discharge) for one in own)
        spent += sum(queued_veh_s(np.roll(one.arrivals, move), one.discharge) for one in beyond)
        found.append((spent, move))
    least = min(spent for spent, _ in found)
    return next(move for spent, move in found if spent <= least + 1e-9)
