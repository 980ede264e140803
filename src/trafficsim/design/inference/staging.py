"""Default fixed-time programs: which ways go together, and for how long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trafficsim.design.inference.geometry import turn_angle
from trafficsim.design.inference.junction_shape import JunctionPath, JunctionShape
from trafficsim.design.inference.right_of_way import OPPOSING_RAD, Pair
from trafficsim.spec.signals import Phase, SignalProgram

LEAST_GREEN_S = 5.0  # RiLSA 2015


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of a default program.

    Attributes
    ----------
    cycle_s : cycle (90 s: common in practice and the reference case of delay formulas)
    offset_s : start of the first phase
    all_red_s : between stages (2 s, as in common practice; RiLSA computes it per conflict)
    left_green_s : green of a protected left-turn stage (modelling assumption)
    nearside_turn_on_red : turns towards the nearside go on red after a stop
    """

    cycle_s: float = 90.0
    offset_s: float = 0.0
    all_red_s: float = 2.0
    left_green_s: float = 10.0
    nearside_turn_on_red: bool = False


def yellow_s(speed_kmh: float) -> float:
    """Return the yellow time: RiLSA 3 s up to 50 km/h, 4 s up to 60, 5 s above.

    Examples
    --------
    >>> yellow_s(50), yellow_s(60), yellow_s(70)
    (3.0, 4.0, 5.0)
    """
    return 3.0 if speed_kmh <= 50 else 4.0 if speed_kmh <= 60 else 5.0


def default_program(
    name: str, shape: JunctionShape, movements: Sequence[JunctionPath], yields: set[Pair], timing: Timing
) -> SignalProgram:
    """Return a fixed-time program with one stage per street, and one for its left turns where they have a lane.

    A street that crosses nobody gets green for half of the cycle, the rest is for pedestrians (modelling assumption).
    """
    red = "".join("s" if timing.nearside_turn_on_red and movement.turn == "right" else "r" for movement in movements)
    stages = _stages(shape, movements)
    greens = _greens(shape, movements, stages, timing)
    phases: list[Phase] = []
    for stage, green in zip(stages, greens, strict=True):
        state = "".join(letter_of(movement, stage, yields, red) for movement in range(len(movements)))
        yellow = "".join("y" if letter in "Gg" else letter for letter in state)
        phases.append(Phase(duration_s=green, state=state))
        phases.append(Phase(duration_s=yellow_of_stage(shape, movements, stage), state=yellow))
        phases.append(Phase(duration_s=timing.all_red_s, state=red))
    rest = timing.cycle_s - sum(phase.duration_s for phase in phases)
    if len(stages) == 1 and rest > 0:
        phases.append(Phase(duration_s=rest, state=red))
    return SignalProgram(id=name, phases=tuple(phases), offset_s=timing.offset_s)


def _stages(shape: JunctionShape, movements: Sequence[JunctionPath]) -> list[frozenset[int]]:
    stages = []
    for street in streets_of(shape):
        own = [number for number, movement in enumerate(movements) if movement.approach in street]
        lefts = frozenset(number for number in own if has_own_lane(movements, number))
        if lefts and len(street) > 1 and len(lefts) < len(own):
            stages += [frozenset(own) - lefts, lefts]
        elif own:
            stages.append(frozenset(own))
    return stages


def streets_of(shape: JunctionShape) -> list[list[int]]:
    """Pair every approach with the one that faces it best."""
    left, streets = list(range(len(shape.approaches))), []
    while left:
        first = left.pop(0)
        angle = {n: abs(turn_angle(shape.approaches[first].heading, shape.approaches[n].heading)) for n in left}
        facing = [n for n in left if angle[n] > OPPOSING_RAD]
        partner = max(facing, key=lambda n: (angle[n], -n), default=None)
        if partner is not None:
            left.remove(partner)
        streets.append([first] if partner is None else [first, partner])
    return streets


def has_own_lane(movements: Sequence[JunctionPath], number: int) -> bool:
    """Tell whether all movements of its lane are left turns."""
    lane = (movements[number].approach, movements[number].from_lane)
    return all(
        movement.turn in ("left", "u_turn") for movement in movements if (movement.approach, movement.from_lane) == lane
    )


def _greens(
    shape: JunctionShape, movements: Sequence[JunctionPath], stages: Sequence[frozenset[int]], timing: Timing
) -> list[float]:
    """Share out the green in proportion to lanes; protected left turns have their fixed green. Whole seconds."""
    lost = sum(yellow_of_stage(shape, movements, stage) + timing.all_red_s for stage in stages)
    if len(stages) == 1:
        return [max(LEAST_GREEN_S, math.floor(timing.cycle_s / 2 - lost))]
    is_left = [all(movements[n].turn in ("left", "u_turn") for n in stage) and len(stages) > 2 for stage in stages]
    free = timing.cycle_s - lost - timing.left_green_s * sum(is_left)
    lanes = [0 if left else _widest(movements, stage) for stage, left in zip(stages, is_left, strict=True)]
    shares = [free * count / max(1, sum(lanes)) for count in lanes]
    greens = [timing.left_green_s if left else max(LEAST_GREEN_S, math.floor(share))
              for share, left in zip(shares, is_left, strict=True)]
    largest = lanes.index(max(lanes))
    greens[largest] = max(LEAST_GREEN_S, greens[largest] + timing.cycle_s - lost - sum(greens))
    return greens


def _widest(movements: Sequence[JunctionPath], stage: frozenset[int]) -> int:
    lanes = {(movements[n].approach, movements[n].from_lane) for n in stage}
    return max(sum(1 for approach, _ in lanes if approach == one) for one, _ in lanes)


def yellow_of_stage(shape: JunctionShape, movements: Sequence[JunctionPath], stage: frozenset[int]) -> float:
    """Return the yellow time after a stage, by its fastest approach."""
    return yellow_s(max(shape.approaches[movements[number].approach].speed_kmh for number in stage))


def letter_of(movement: int, stage: frozenset[int], yields: set[Pair], red: str) -> str:
    """Return what a movement sees in a stage."""
    if movement not in stage:
        return red[movement]
    return "g" if any((movement, other) in yields for other in stage) else "G"
