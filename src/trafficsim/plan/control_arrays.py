"""Signals that react, as arrays of the plan: controllers, phases, signal groups, detectors and the turns they serve.

Ragged data keep ``start`` arrays of one more than things. Phases of a controller are numbered from 0 in what follows;
sets of them are bits of a 64-bit number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BOOL = NDArray[np.bool_]
F8 = NDArray[np.float64]
I4 = NDArray[np.int32]
I8 = NDArray[np.int64]
U1 = NDArray[np.uint8]


class ControllerArrays(NamedTuple):
    """One row per controller."""

    id: tuple[str, ...]
    program: I4
    """Its program of the plan, which it replaces."""
    method: I4
    """A position in :data:`trafficsim.base.codes.CONTROL_METHODS`."""
    phase_start: I4
    detector_start: I4
    pattern_start: I4
    barriers: I4
    simultaneous: U1
    floating: U1
    fault_max: U1
    """Phases of a failed detector are called for their maximum, not their minimum."""
    transition: I4
    """0 dwell, 1 shorten, 2 lengthen, 3 the shorter of these two."""
    cyclic: U1
    capacity_aware: U1
    interval_s: F8
    threshold_veh_s: F8
    platoon_veh: I4
    extension_s: F8
    """Of transit priority; negative: there is none."""
    early_green: U1
    lockout_s: F8
    preempt_s: F8
    """Longest pre-emption; 0: there is none."""


class PhaseArrays(NamedTuple):
    """One row per phase or stage, by controller."""

    number: I4
    name: tuple[str, ...]
    ring: I4
    """From 0 in its controller."""
    barrier: I4
    """From 0 in its controller."""
    position: I4
    """Place in its ring before its barrier, from 0."""
    min_green_s: F8
    max_green_s: F8
    extension_s: F8
    before_reduction_s: F8
    to_reduce_s: F8
    min_gap_s: F8
    recall: I4
    """0 none, 1 minimum, 2 maximum, 3 pedestrians."""
    locking: U1
    walk_s: F8
    ped_clearance_s: F8
    ped_calls_per_h: F8
    clearance_s: F8
    """Yellow and red clearance after it."""
    red_clearance_s: F8
    coordinated: U1
    dual_entry: U1
    compatible: I8
    """Phases that may be green with it."""
    letter_start: I4
    serve_start: I4


class PatternArrays(NamedTuple):
    """Plans by time of day; every controller has one, whose splits stand in for a fixed program."""

    begin_s: F8
    """Clock time from which it runs; minus infinity for the first."""
    cycle_s: F8
    zero_s: F8
    """Clock time at which the first barrier begins."""
    yield_s: F8
    """From there to the yield point: begin of yellow of the first coordinated phase; of the last phase without any."""
    time_start: I4
    method: I4
    """How the controller reacts while it runs: a position in :data:`trafficsim.base.codes.CONTROL_METHODS`."""


class PatternTimes(NamedTuple):
    """Of every plan and phase of its controller: seconds from the first barrier."""

    begin_s: F8
    """Green of the phase may be asked for from here on, when all run their whole splits."""
    force_off_s: F8
    """Begin of its yellow."""
    green_s: F8
    """Its split less clearance."""


class GroupArrays(NamedTuple):
    """One row per signal group of the plan; those of fixed programs have controller -1."""

    controller: I4
    min_green_s: F8
    yellow_s: F8
    red_amber_s: F8
    pair_start: I4


class PairArrays(NamedTuple):
    """Signal groups that conflict, from the side of each of the two."""

    other: I4
    kind: U1
    """0: never green together; 1: together where this group gives way (permitted); 2: together where the other does."""
    intergreen_s: F8
    """From the end of green of the other to the begin of green of this one."""


class SignalDetectorArrays(NamedTuple):
    """Detectors of signals, by controller."""

    name: tuple[str, ...]
    controller: I4
    link: I4
    lane_start: I4
    lane_end: I4
    """It lies across the lanes ``lane_start[i]:lane_end[i]`` of the plan."""
    begin_m: F8
    """From the start of the link."""
    end_m: F8
    calls: I8
    extends: I8
    """Phases that it calls and extends."""
    fault: I4
    """0 none, 1 stuck on, 2 stuck off, 3 missing."""


class ServeArrays(NamedTuple):
    """Turns that a phase serves, and by how many lanes."""

    turn: I4
    lanes: I4
    protected: U1


class TurnControlArrays(NamedTuple):
    """What controllers need to know of every turn of the plan."""

    controller: I4
    """-1 where none of these signals controls it."""
    transit_m: F8
    """Check-in distance of transit; 0: nobody checks in."""
    emergency_m: F8
    preempts: I8
    """Phases for an emergency vehicle on it."""
    reach_m: F8
    """Vehicles so far before the line count as its queue; infinite where all on the link do."""
    outside: BOOL
    """Whether those who wait to enter its link count, too."""
    storage_in: F8
    """Vehicles that the links before and beyond hold."""
    storage_out: F8
    beyond_start: I4
    """Turns that follow it, in ``beyond_turn`` with their shares; only of turns that max-pressure serves."""


class ControlArrays(NamedTuple):
    """All controllers of signals that react."""

    controllers: ControllerArrays
    phases: PhaseArrays
    letters: U1
    """Of every phase: codes of the groups of its controller's program."""
    patterns: PatternArrays
    times: PatternTimes
    groups: GroupArrays
    pairs: PairArrays
    detectors: SignalDetectorArrays
    serves: ServeArrays
    turns: TurnControlArrays
    beyond_turn: I4
    beyond_share: F8

    @property
    def any(self) -> bool:
        """Whether any signal reacts."""
        return len(self.controllers.id) > 0


def no_controls() -> ControlArrays:
    """Return the controllers of a plan without any signal that reacts.

    Examples
    --------
    >>> no_controls().any
    False
    """
    whole, real, small, wide = np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.uint8), np.zeros(0, np.int64)
    start = np.zeros(1, np.int32)
    return ControlArrays(
        ControllerArrays((), whole, whole, start, start, start, whole, small, small, small, whole, small, small, real,
                         real, whole, real, small, real, real),
        PhaseArrays(whole, (), whole, whole, whole, real, real, real, real, real, real, whole, small, real, real, real,
                    real, real, small, small, wide, start, start),
        small, PatternArrays(real, real, real, real, start, whole), PatternTimes(real, real, real),
        GroupArrays(whole, real, real, real, start), PairArrays(whole, small, real),
        SignalDetectorArrays((), whole, whole, whole, whole, real, real, wide, wide, whole),
        ServeArrays(whole, whole, small),
        TurnControlArrays(whole, real, real, wide, real, np.zeros(0, np.bool_), real, real, start), whole, real)
