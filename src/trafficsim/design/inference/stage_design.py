"""Stages of a signal of which only the junction is known: from conflicts, with intergreens from its geometry."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from trafficsim.design.inference.clearance import intergreen_s
from trafficsim.design.inference.junction_shape import LANE_WIDTH_M, JunctionPath, JunctionShape
from trafficsim.design.inference.right_of_way import Pair
from trafficsim.design.inference.staging import (
    LEAST_GREEN_S,
    Timing,
    has_own_lane,
    letter_of,
    streets_of,
    yellow_of_stage,
)
from trafficsim.spec.signals import Phase, SignalProgram

DESIGNED = "designed: "
"""How the origin of a designed program begins."""
LEFTS = ("left", "u_turn")
MOST_OPPOSING_LANES = 2
FAST_KMH = 70.0
"""Left turns with a lane of their own have a stage of their own where they have two lanes or more, where they cross
more than two opposing lanes, or where those are faster (FHWA Traffic Signal Timing Manual, 2008, ch. 4: two left-turn
lanes, four lanes of opposing traffic, 45 mph; of three lanes a modelling assumption on the safe side)."""
LEAST_ALL_RED_S = 1.0
"""Least all-red between conflicting streams, as by :class:`trafficsim.policies.ChangeTimes`."""
CROSSING_CYCLE_S, WALK_S, WALKING_MS = 90.0, 7.0, 1.2
"""A signal that stops one street only has a crossing for pedestrians: called once in 90 s (modelling assumption), 7 s
to step off (FHWA 2008: 4 to 7 s) and 1.2 m/s (RiLSA 2015) to cross."""


@dataclass(frozen=True)
class Junction:
    """A junction with its movements, ``(yields, to)`` pairs and conflicts."""

    shape: JunctionShape
    movements: Sequence[JunctionPath]
    yields: Collection[Pair]
    conflicts: Collection[Pair]

    def conflict(self, one: int, other: int) -> bool:
        """Tell whether two movements conflict."""
        return (one, other) in self.conflicts or (other, one) in self.conflicts


def staged_program(name: str, junction: Junction, timing: Timing) -> SignalProgram:
    """Return a program with the stages of a junction and shortest greens; cycle and split are for a design to find.

    Each street has a stage. Its left turns have one of their own where the rule of :data:`FAST_KMH` says so, else they
    go in gaps. Approaches that face each other have a stage each where their straight or right-turning streams cross,
    or where a left turn that needs a stage shares a lane. A lane that conflicts with nothing in a stage is green in it
    too. Between two stages lie yellow (RiLSA, by speed) and the all-red that the tightest conflict needs.
    """
    on_red = timing.nearside_turn_on_red
    red = "".join("s" if on_red and movement.turn == "right" else "r" for movement in junction.movements)
    stages = _without_contained([_extended(junction, stage) for stage in stages_of_junction(junction)])
    if len(stages) == 1:
        return _crossing_program(name, junction, stages[0], red)
    phases: list[Phase] = []
    for stage, following in zip(stages, [*stages[1:], stages[0]], strict=True):
        phases += _stage_phases(junction, stage, following, red)
    return SignalProgram(id=name, phases=tuple(phases), offset_s=timing.offset_s,
                         origin=f"{DESIGNED}stages from conflicts")


def _without_contained(stages: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Leave out stages whose movements are all green in one other stage."""
    kept: list[frozenset[int]] = []
    for number, stage in enumerate(stages):
        if not any(stage <= other for other in (*kept, *stages[number + 1:])):
            kept.append(stage)
    return kept


def stages_of_junction(junction: Junction) -> list[frozenset[int]]:
    """Return the movements that are green together, stage by stage."""
    stages = []
    for street in streets_of(junction.shape):
        own = frozenset(number for number, one in enumerate(junction.movements) if one.approach in street)
        lefts = _protected(junction, own)
        if not own:
            continue
        if len(street) > 1 and (_streams_cross(junction, own) or _shares_lane(junction, lefts)):
            stages += [part for approach in street
                       if (part := frozenset(n for n in own if junction.movements[n].approach == approach))]
        elif lefts and len(lefts) < len(own) and len(street) > 1:
            stages += [own - lefts, lefts]
        else:
            stages.append(own)
    return stages


def _protected(junction: Junction, own: Collection[int]) -> frozenset[int]:
    """Return the left turns of a street that need a stage of their own."""
    found = set()
    for number in own:
        movement = junction.movements[number]
        if movement.turn not in LEFTS:
            continue
        lanes = {junction.movements[n].from_lane for n in own if junction.movements[n].turn in LEFTS
                 and junction.movements[n].approach == movement.approach}
        opposing = {(junction.movements[n].approach, junction.movements[n].from_lane) for n in own
                    if junction.movements[n].approach != movement.approach and junction.movements[n].turn == "through"}
        fast = max((junction.shape.approaches[approach].speed_kmh for approach, _ in opposing), default=0.0)
        needs = opposing and (len(lanes) > 1 or len(opposing) > MOST_OPPOSING_LANES or fast > FAST_KMH)
        if needs and (has_own_lane(junction.movements, number) or len(lanes) > 1):
            found.add(number)
    return frozenset(found)


def _shares_lane(junction: Junction, lefts: Collection[int]) -> bool:
    return any(not has_own_lane(junction.movements, number) for number in lefts)


def _streams_cross(junction: Junction, own: Collection[int]) -> bool:
    """Tell whether streams of two approaches cross that are no left turns."""
    straight = [number for number in own if junction.movements[number].turn not in LEFTS]
    return any(junction.conflict(one, other) and not _merge(junction, one, other)
               for one in straight for other in straight
               if one < other and junction.movements[one].approach != junction.movements[other].approach)


def _merge(junction: Junction, one: int, other: int) -> bool:
    first, second = junction.movements[one], junction.movements[other]
    return first.exit == second.exit


def _extended(junction: Junction, stage: frozenset[int]) -> frozenset[int]:
    """Add the lanes whose movements conflict with nothing that is green."""
    lanes: dict[tuple[int, int], list[int]] = {}
    for number, movement in enumerate(junction.movements):
        lanes.setdefault((movement.approach, movement.from_lane), []).append(number)
    green = set(stage)
    for members in lanes.values():
        if not any(junction.conflict(one, other) for one in members for other in green if other not in members):
            green.update(members)
    return frozenset(green)


def _stage_phases(junction: Junction, stage: frozenset[int], following: frozenset[int], red: str) -> list[Phase]:
    state = "".join(letter_of(number, stage, set(junction.yields), red) for number in range(len(junction.movements)))
    ending = stage - following
    if not ending:
        return [Phase(duration_s=LEAST_GREEN_S, state=state)]
    yellow_s = yellow_of_stage(junction.shape, junction.movements, frozenset(ending))
    yellow = "".join("y" if number in ending else letter for number, letter in enumerate(state))
    before = "u" if stage & following else "r"  # what stays green makes no stage of an intergreen with red-amber in it
    after = "".join(red[number] if number in ending else before if number in following - stage else letter
                    for number, letter in enumerate(state))
    return [Phase(duration_s=LEAST_GREEN_S, state=state), Phase(duration_s=yellow_s, state=yellow),
            Phase(duration_s=_all_red_s(junction, stage, following, yellow_s), state=after)]


def _all_red_s(junction: Junction, stage: frozenset[int], following: frozenset[int], yellow_s: float) -> float:
    needed = [intergreen_s(junction.movements[one], junction.movements[other])
              for one in stage - following for other in following - stage if junction.conflict(one, other)]
    return max(float(math.ceil(max(needed, default=0.0) - yellow_s - 1e-9)), LEAST_ALL_RED_S)


def _crossing_program(name: str, junction: Junction, stage: frozenset[int], red: str) -> SignalProgram:
    """Return the program of a signal that has one stage: the rest of its cycle is for pedestrians."""
    lanes = [sum(leg.lanes for leg in legs) for legs in (junction.shape.approaches, junction.shape.exits)]
    state = "".join(letter_of(number, stage, set(junction.yields), red) for number in range(len(junction.movements)))
    yellow = "".join("y" if letter in "Gg" else letter for letter in state)
    yellow_s = yellow_of_stage(junction.shape, junction.movements, stage)
    red_s = math.ceil(LEAST_ALL_RED_S + WALK_S + max(lanes) * LANE_WIDTH_M / WALKING_MS)
    green_s = max(CROSSING_CYCLE_S - yellow_s - red_s, LEAST_GREEN_S)
    phases = (Phase(duration_s=green_s, state=state), Phase(duration_s=yellow_s, state=yellow),
              Phase(duration_s=float(red_s), state=red))
    return SignalProgram(id=name, phases=phases, origin=f"{DESIGNED}one stage and a crossing for pedestrians")
