"""Lower signals that react: models as people write them become arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from trafficsim.base.codes import CONTROL_METHODS, GREEN, PERMITTED, STATE_CODES
from trafficsim.base.errors import NetworkError, quoted
from trafficsim.plan.arrays import U1, Plan
from trafficsim.plan.control_arrays import (
    ControlArrays,
    ControllerArrays,
    PatternArrays,
    PatternTimes,
    PhaseArrays,
    SignalDetectorArrays,
    no_controls,
)
from trafficsim.plan.control_groups import group_arrays
from trafficsim.plan.control_pairs import Groups, are_compatible, conflicting_groups, shown_together, with_giving_way
from trafficsim.plan.control_patterns import patterns_of
from trafficsim.plan.control_turns import Served, serve_arrays, served_turns, turn_arrays
from trafficsim.plan.network import starts
from trafficsim.spec.control import ControlPhase, SignalControl, SignalDetector

RECALLS = ("none", "min", "max", "pedestrian")
FAULTS = ("none", "stuck_on", "stuck_off", "missing")
TRANSITIONS = ("dwell", "shorten", "lengthen", "best")
NO_PRIORITY = -1.0


class Lowered(NamedTuple):
    """One controller on its way: its groups with their conflicts, what phases show and serve."""

    control: SignalControl
    program: int
    groups: Groups
    letters: list[U1]
    compatible: list[int]
    served: Served


def with_controls(plan: Plan, controls: Sequence[SignalControl]) -> Plan:
    """Return the plan with signals that react.

    Raises
    ------
    NetworkError
        If a controller does not fit the network: no such signal, another number of letters, conflicting greens in one
        phase or in two that rings show together, a detector that is nowhere.
    """
    return replace(plan, controls=lower_controls(controls, plan))


def lower_controls(controls: Sequence[SignalControl], plan: Plan) -> ControlArrays:
    """Lower controllers in the order of their programs; see :func:`with_controls` for the errors."""
    if not controls:
        return no_controls()
    known = {name: number for number, name in enumerate(plan.signals.program_id)}
    ids = [one.id for one in controls]
    for one in controls:
        where = f"signal control {quoted(one.id)}"
        if one.id not in known:
            raise NetworkError(where, "no signal of this name", f"one of {', '.join(list(known)[:8])}" if known
                               else "a network with signals", "correct the name")
        if ids.count(one.id) > 1:
            raise NetworkError(where, "two controllers for one signal", "one of them", "remove the other")
    lowered = [_lowered(one, known[one.id], plan) for one in sorted(controls, key=lambda one: known[one.id])]
    serves, serve_start = serve_arrays([one.served for one in lowered])
    groups, pairs = group_arrays(plan, lowered)
    patterns, times, pattern_start = _patterns(lowered)
    turns, beyond, share = turn_arrays(plan, [one.control for one in lowered], [one.served for one in lowered],
                                       [one.compatible for one in lowered])
    letters = np.concatenate([codes for one in lowered for codes in one.letters]).astype(np.uint8)
    return ControlArrays(_controllers(lowered)._replace(pattern_start=pattern_start), _phases(lowered, serve_start),
                         letters, patterns, times, groups, pairs, _detectors(lowered, plan), serves, turns, beyond,
                         share)


def _lowered(control: SignalControl, program: int, plan: Plan) -> Lowered:
    written = _written(control, int(plan.signals.group_start[program + 1] - plan.signals.group_start[program]))
    apart = [(one.before, one.after) for one in control.intergreens]
    groups = conflicting_groups(plan, program, _permitted_beside(control, written), apart)
    letters = [with_giving_way(groups, phase.number, codes)
               for phase, codes in zip(control.phases, written, strict=True)]
    compatible = [sum(1 << other for other, codes in enumerate(letters) if are_compatible(groups, own, codes))
                  for own in letters]
    _check_rings(control, compatible, groups.where)
    return Lowered(control, program, groups, letters, compatible, served_turns(plan, groups.first, letters))


def _written(control: SignalControl, width: int) -> list[U1]:
    """What phases show as they are written, overlaps included."""
    letters = []
    for phase in control.phases:
        if len(phase.green) != width:
            raise NetworkError(f"signal {control.id!r}: phase {phase.number}", f"{len(phase.green)} letters",
                               f"{width}, one for each signal index", "correct green")
        codes = np.array([STATE_CODES[letter] for letter in phase.green], np.uint8)
        for overlap in control.overlaps:
            if phase.number in overlap.phases:
                own = np.zeros(len(codes), np.uint8)
                own[list(overlap.indices)] = STATE_CODES[overlap.letter]
                codes = shown_together(codes, own)
        letters.append(codes)
    return letters


def _permitted_beside(control: SignalControl, letters: Sequence[U1]) -> Iterator[tuple[int, int]]:
    """Yield pairs of groups of which the first has a permitted green while the other is green too."""
    for number, one in enumerate(control.phases):
        for other, phase in enumerate(control.phases):
            if number == other or (one.ring != phase.ring and one.barrier == phase.barrier):
                green = np.flatnonzero((letters[other] == GREEN) | (letters[other] == PERMITTED)).tolist()
                yield from ((group, beside) for group in np.flatnonzero(letters[number] == PERMITTED).tolist()
                            for beside in green if beside != group)


def _check_rings(control: SignalControl, compatible: list[int], where: str) -> None:
    for number, one in enumerate(control.phases):
        for other, phase in enumerate(control.phases):
            if one.ring != phase.ring and one.barrier == phase.barrier and not compatible[number] >> other & 1:
                raise NetworkError(f"{where}: phases {one.number} and {phase.number}",
                                   "conflicting greens in two rings before one barrier",
                                   "phases of different rings that may be green together",
                                   "put one of them behind the barrier, or into the other's ring")


def _controllers(lowered: Sequence[Lowered]) -> ControllerArrays:
    controls = [one.control for one in lowered]
    priority = [one.priority for one in controls]
    small = np.uint8

    def of(values: list[float], kind: type = np.float64) -> np.ndarray:
        return np.array(values, kind)

    return ControllerArrays(
        tuple(one.id for one in controls), of([one.program for one in lowered], np.int32),
        of([CONTROL_METHODS.index(one.method) for one in controls], np.int32),
        starts([len(one.phases) for one in controls]), starts([len(one.detectors) for one in controls]),
        starts([0] * len(controls)), of([len({phase.barrier for phase in one.phases}) for one in controls], np.int32),
        of([one.simultaneous_gap for one in controls], small), of([one.force_off == "floating" for one in controls],
                                                                  small),
        of([one.fault_recall == "max" for one in controls], small),
        of([TRANSITIONS.index(one.transition) for one in controls], np.int32),
        of([one.max_pressure.cyclic for one in controls], small),
        of([one.max_pressure.capacity_aware for one in controls], small),
        of([one.max_pressure.interval_s for one in controls]), of([one.sotl.threshold_veh_s for one in controls]),
        of([one.sotl.platoon_veh for one in controls], np.int32),
        of([NO_PRIORITY if one is None else one.extension_s for one in priority]),
        of([one is not None and one.early_green for one in priority], small),
        of([0.0 if one is None else one.lockout_s for one in priority]),
        of([0.0 if one.preemption is None else one.preemption.longest_s for one in controls]))


def _phases(lowered: Sequence[Lowered], serve_start: np.ndarray) -> PhaseArrays:
    pairs = [(one.control, phase) for one in lowered for phase in one.control.phases]
    rows = [phase for _, phase in pairs]
    whole, small = np.int32, np.uint8
    places = np.array([_place(control, phase) for control, phase in pairs], whole).reshape(-1, 3)
    width = [one.groups.width for one in lowered for _ in one.letters]
    real = {name: np.array([getattr(phase, name) for phase in rows], np.float64) for name in (
        "min_green_s", "max_green_s", "extension_s", "before_reduction_s", "to_reduce_s", "walk_s", "ped_clearance_s",
        "ped_calls_per_h", "clearance_s", "red_clearance_s")}
    return PhaseArrays(
        number=np.array([phase.number for phase in rows], whole), name=tuple(phase.name or str(phase.number)
                                                                               for phase in rows),
        ring=places[:, 0], barrier=places[:, 1], position=places[:, 2], **real,
        min_gap_s=np.array([phase.extension_s if phase.min_gap_s is None else phase.min_gap_s for phase in rows]),
        recall=np.array([RECALLS.index(phase.recall) for phase in rows], whole),
        locking=np.array([phase.locking for phase in rows], small),
        coordinated=np.array([phase.coordinated for phase in rows], small),
        dual_entry=np.array([phase.dual_entry for phase in rows], small),
        compatible=np.array([mask for one in lowered for mask in one.compatible], np.int64),
        letter_start=starts(width), serve_start=serve_start)


def _place(control: SignalControl, phase: ControlPhase) -> tuple[int, int, int]:
    """Ring, barrier, and place between two barriers, each counted from 0 without gaps."""
    rings, barriers = (sorted({getattr(one, name) for one in control.phases}) for name in ("ring", "barrier"))
    row = sorted(one.position for one in control.phases if (one.ring, one.barrier) == (phase.ring, phase.barrier))
    return rings.index(phase.ring), barriers.index(phase.barrier), row.index(phase.position)


def _patterns(lowered: Sequence[Lowered]) -> tuple[PatternArrays, PatternTimes, np.ndarray]:
    found = [patterns_of(one.control) for one in lowered]
    flat = [pattern for part in found for pattern in part]
    times = [time for pattern in flat for time in pattern.times]
    columns = [np.array([pattern[place] for pattern in flat], np.float64) for place in range(4)]
    start = starts([len(pattern.times) for pattern in flat])
    method = np.array([CONTROL_METHODS.index(pattern.method) for pattern in flat], np.int32)
    return (PatternArrays(columns[0], columns[1], columns[2], columns[3], start, method),
            PatternTimes(*(np.array([time[place] for time in times], np.float64) for place in range(3))),
            starts([len(part) for part in found]))


def _detectors(lowered: Sequence[Lowered], plan: Plan) -> SignalDetectorArrays:
    index = {name: number for number, name in enumerate(plan.link_id)}
    names, rows = [], []
    for number, one in enumerate(lowered):
        for detector in one.control.detectors:
            link, first, last = _lanes(detector, index, plan, one.groups.where)
            length_m = float(plan.links.length_m[link])
            end_m = length_m - detector.distance_m
            mask = _phases_of(detector, one, plan, (first, last))
            names.append(detector.id)
            rows.append((number, link, first, last, max(end_m - detector.length_m, 0.0), end_m,
                         mask if detector.use in ("call", "both") else 0,
                         mask if detector.use in ("extend", "both") else 0, FAULTS.index(detector.fault)))
    kinds = (np.int32, np.int32, np.int32, np.int32, np.float64, np.float64, np.int64, np.int64, np.int32)
    columns = [np.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    return SignalDetectorArrays(tuple(names), *columns)


def _lanes(detector: SignalDetector, index: dict[str, int], plan: Plan, where: str) -> tuple[int, int, int]:
    at = f"{where}: detector {detector.id!r}"
    if detector.link not in index:
        raise NetworkError(at, f"link {detector.link!r}, which the network does not have", "a link of the network",
                           "correct the link")
    link = index[detector.link]
    first, last = (int(plan.links.lane_start[link + step]) for step in (0, 1))
    if detector.lane is not None and detector.lane >= last - first:
        raise NetworkError(at, f"lane {detector.lane} of a link with {last - first}",
                           f"a lane from 0 to {last - first - 1}", "correct the lane")
    if detector.distance_m >= float(plan.links.length_m[link]):
        raise NetworkError(at, f"{detector.distance_m:g} m before the stop line of a link of "
                           f"{plan.links.length_m[link]:g} m", "a place on its link", "lower distance_m")
    return (link, first, last) if detector.lane is None else (link, first + detector.lane, first + detector.lane + 1)


def _phases_of(detector: SignalDetector, one: Lowered, plan: Plan, lanes: tuple[int, int]) -> int:
    """Phases that a detector works for: those named, else those that serve all movements from its lanes, else any."""
    if detector.phases:
        return sum(1 << number for number, phase in enumerate(one.control.phases) if phase.number in detector.phases)
    conns, first = plan.connections, one.groups.first
    inside = (conns.from_lane >= lanes[0]) & (conns.from_lane < lanes[1]) & (conns.signal_group >= first)
    inside &= conns.signal_group < first + one.groups.width
    served = np.unique(conns.signal_group[inside]) - first
    green = [np.isin(codes[served], (GREEN, PERMITTED)) for codes in one.letters]
    whole = sum(1 << number for number, shown in enumerate(green) if len(served) and shown.all())
    return whole or sum(1 << number for number, shown in enumerate(green) if shown.any())
