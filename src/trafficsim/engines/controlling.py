"""Tables of signals that react, from the plan: times in control ticks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from trafficsim.base.codes import NOT_SHOWN, RED
from trafficsim.kernels.control.tables import (
    BEYOND_FIELDS,
    CONTROLLER_FIELDS,
    DETECTOR_FIELDS,
    EVENTS_PER_PHASE,
    GROUP_FIELDS,
    LOG_FIELDS,
    NEVER,
    PAIR_FIELDS,
    PATTERN_FIELDS,
    PHASE_FIELDS,
    RING_FIELDS,
    SERVE_FIELDS,
    SHARE_UNIT,
    TIME_FIELDS,
    TURN_FIELDS,
    Control,
    Sensors,
)
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import Plan

MOST_LOG_ROWS = 1 << 20
SECONDS_PER_H = 3600.0
EARLIEST = -(1 << 40)
QUEUE_METHODS = (3, 4)
PRESENCE_S, SILENCE_S = 600.0, 3600.0
"""A detector that reports a vehicle for 10 minutes, or none for an hour, is taken for failed (modelling assumption:
NTCIP 1202 lets both be set in whole minutes, and gives no values)."""


def control_tables(plan: Plan, tick_s: float, ticks_between: int = 600) -> Control:
    """Return the tables of all signals that react, ready for the first control tick.

    Times that keep people safe (minimum greens, yellow, intergreens, walk and clearance) are rounded up to whole
    control ticks, all others to the nearest.

    Parameters
    ----------
    plan
        With :attr:`Plan.controls`.
    tick_s
        Length of a control tick.
    ticks_between
        Most control ticks after which the log is read and set back: it has room for their events.
    """
    arrays = plan.controls
    count = len(arrays.controllers.id)
    phases, detectors = len(arrays.phases.number), len(arrays.detectors.name)
    room = min(max((phases * EVENTS_PER_PHASE + detectors * 2 + count * 4) * ticks_between // 4, 64), MOST_LOG_ROWS)
    wanted = np.isin(arrays.controllers.method, QUEUE_METHODS).any()
    turns = len(plan.turns.to_link)
    return Control(
        controller=_controllers(plan, tick_s), ring=_rings(plan), phase=_phases(plan, tick_s),
        group=_groups(plan, tick_s), pair=_table(PAIR_FIELDS, len(arrays.pairs.other), {
            "other": arrays.pairs.other, "kind": arrays.pairs.kind,
            "intergreen": _up(arrays.pairs.intergreen_s, tick_s)}),
        detector=_table(DETECTOR_FIELDS, detectors, {
            "calls": arrays.detectors.calls, "extends": arrays.detectors.extends, "fault": arrays.detectors.fault}),
        pattern=_patterns(plan, tick_s), time=_table(TIME_FIELDS, len(arrays.times.begin_s), {
            "begin": _near(arrays.times.begin_s, tick_s), "force_off": _near(arrays.times.force_off_s, tick_s),
            "green": _near(arrays.times.green_s, tick_s)}),
        letter=np.append(np.asarray(arrays.letters, np.int32), np.int32(0)),
        serve=_table(SERVE_FIELDS, len(arrays.serves.turn), dict(zip(SERVE_FIELDS, arrays.serves, strict=True))),
        turn=_turns(plan), beyond=_table(BEYOND_FIELDS, len(arrays.beyond_turn), {
            "turn": arrays.beyond_turn, "share": np.rint(np.asarray(arrays.beyond_share) * SHARE_UNIT)}),
        sensors=Sensors(np.zeros(max(detectors, 1), np.uint8), np.zeros(max(detectors, 1), np.int32),
                        np.zeros(max(turns, 1), np.int32), np.zeros(max(len(plan.link_id), 1), np.int32),
                        np.zeros(max(turns, 1), np.int32), np.zeros(max(turns, 1), np.int32),
                        np.array([wanted], np.int64)),
        log=rows(room, LOG_FIELDS), logged=np.zeros(2, np.int64),
        changed=np.zeros(max(len(arrays.groups.controller), 1), np.int32), changes=np.zeros(1, np.int64),
        counts=np.array([count, plan.seed_key & 0xFFFFFFFF], np.int64),
    )


def _table(fields: dict[str, str], count: int, columns: dict[str, Any]) -> np.recarray:
    made = rows(count + 1, fields)
    for name, values in columns.items():
        made[name][: len(values)] = values
    return made


def _up(seconds: Any, tick_s: float) -> np.ndarray:
    return np.ceil(np.asarray(seconds) / tick_s - 1e-6).astype(np.int64)


def _near(seconds: Any, tick_s: float) -> np.ndarray:
    return np.rint(np.asarray(seconds) / tick_s).astype(np.int64)


def _controllers(plan: Plan, tick_s: float) -> np.recarray:
    given, count = plan.controls.controllers, len(plan.controls.controllers.id)
    program = np.asarray(given.program)
    group = np.asarray(plan.signals.group_start)
    made = _table(CONTROLLER_FIELDS, count, {
        "phase": given.phase_start, "detector": given.detector_start, "pattern": given.pattern_start,
        "now": given.pattern_start[:-1], "ring": np.concatenate([[0], np.cumsum(_ring_counts(plan))]),
        "group": group[program], "group_end": group[program + 1], "program": program, "method": given.method,
        "barriers": given.barriers, "simultaneous": given.simultaneous, "floating": given.floating,
        "fault_max": given.fault_max, "cyclic": given.cyclic, "capacity_aware": given.capacity_aware,
        "early_green": given.early_green, "transition": given.transition,
        "interval": np.maximum(_near(given.interval_s, tick_s), 1),
        "threshold": np.maximum(_near(given.threshold_veh_s, tick_s), 1), "platoon": given.platoon_veh,
        "extension": _near(given.extension_s, tick_s), "lockout": _near(given.lockout_s, tick_s),
        "preempt": _near(given.preempt_s, tick_s), "presence": np.full(count, round(PRESENCE_S / tick_s)),
        "silence": np.full(count, round(SILENCE_S / tick_s)),
    })
    for name in ("request", "accepted", "refused"):
        made[name][:] = -1
    for name in ("preempt_since", "priority_until"):
        made[name][:] = NEVER
    made["preempt_turn"][:] = made["preempt_cut"][:] = -1
    return made


def _ring_counts(plan: Plan) -> np.ndarray:
    start, ring = plan.controls.controllers.phase_start, plan.controls.phases.ring
    return np.array([int(ring[begin:end].max()) + 1 for begin, end in pairwise(start.tolist())], np.int64)


def _rings(plan: Plan) -> np.recarray:
    made = rows(int(_ring_counts(plan).sum()) + 1, RING_FIELDS)
    made["phase"][:] = -1
    return made


def _phases(plan: Plan, tick_s: float) -> np.recarray:
    given = plan.controls.phases
    count = len(given.number)
    detectors = plan.controls.detectors
    actuated = np.zeros(count + 1, np.uint8)
    for number, (calls, extends) in enumerate(zip(detectors.calls.tolist(), detectors.extends.tolist(), strict=True)):
        first = int(plan.controls.controllers.phase_start[detectors.controller[number]])
        for local in range((calls | extends).bit_length()):
            actuated[first + local] |= (calls | extends) >> local & 1
    per_tick = -np.expm1(-np.asarray(given.ped_calls_per_h) / SECONDS_PER_H * tick_s)
    made = _table(PHASE_FIELDS, count, {
        **{name: getattr(given, name) for name in ("number", "ring", "barrier", "position", "recall", "locking",
                                                   "coordinated", "dual_entry", "compatible")},
        "letter": given.letter_start, "serve": given.serve_start, "actuated": actuated,
        "min_green": np.maximum(_up(given.min_green_s, tick_s), 1), "walk": _up(given.walk_s, tick_s),
        "ped_clearance": _up(given.ped_clearance_s, tick_s), "clearance": _up(given.clearance_s, tick_s),
        "red_clearance": _up(given.red_clearance_s, tick_s),
        **{name: _near(getattr(given, f"{name}_s"), tick_s) for name in ("before_reduction", "to_reduce", "min_gap")},
        "max_green": np.maximum(_near(given.max_green_s, tick_s), 1), "gap": _near(given.extension_s, tick_s),
        "ped_chance": np.minimum(per_tick * 2.0**32, 2.0**32 - 1).astype(np.uint32),
    })
    for name in ("actuation", "conflict", "begin", "walk_begin"):
        made[name][:] = NEVER
    return made


def _groups(plan: Plan, tick_s: float) -> np.recarray:
    given = plan.controls.groups
    made = _table(GROUP_FIELDS, len(given.controller), {
        "controller": given.controller, "pair": given.pair_start, "min_green": _up(given.min_green_s, tick_s),
        "yellow": _up(given.yellow_s, tick_s), "red_amber": _up(given.red_amber_s, tick_s)})
    made["shown"][:], made["mode"][:], made["want"][:] = NOT_SHOWN, RED, RED
    for name in ("since", "ended", "protected_end", "hold"):
        made[name][:] = NEVER
    return made


def _patterns(plan: Plan, tick_s: float) -> np.recarray:
    given = plan.controls.patterns
    begin = np.where(np.isfinite(given.begin_s), (given.begin_s - plan.start_s) / tick_s, EARLIEST)
    return _table(PATTERN_FIELDS, len(given.begin_s), {
        "begin": np.rint(begin), "cycle": np.maximum(_near(given.cycle_s, tick_s), 1),
        "zero": _near(np.asarray(given.zero_s) - plan.start_s, tick_s), "yields": _near(given.yield_s, tick_s),
        "time": given.time_start})


def _turns(plan: Plan) -> np.recarray:
    given = plan.controls.turns
    return _table(TURN_FIELDS, len(given.controller), {
        "controller": given.controller, "beyond": given.beyond_start, "to_link": plan.turns.to_link[
            : len(given.controller)], "storage_in": np.rint(given.storage_in),
        "storage_out": np.rint(given.storage_out), "preempts": given.preempts})
