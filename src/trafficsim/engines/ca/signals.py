"""Compile the fixed-time programs of a plan into ticks."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import NOT_SHOWN
from trafficsim.engines.ca.merged_groups import MergedGroups, group_codes
from trafficsim.engines.ca.network import filled, table
from trafficsim.kernels.ca.signal_tables import GROUP_FIELDS, PHASE_FIELDS, PROGRAM_FIELDS, Signals
from trafficsim.plan.arrays import Plan
from trafficsim.spec.scenario import CellularAutomaton


def compile_signals(plan: Plan, settings: CellularAutomaton, merged: MergedGroups) -> Signals:
    """Return the programs in ticks, with room for the state of every group."""
    tick = settings.tick_s
    signals = plan.signals
    programs = len(signals.program_id)
    duration = np.maximum(np.rint(np.asarray(signals.duration_s) / tick), 1).astype(np.int64)
    phase_start = np.asarray(signals.phase_start, np.int64)
    phase_end = np.zeros(len(duration), np.int64)
    for program in range(programs):
        inside = slice(phase_start[program], phase_start[program + 1])
        phase_end[inside] = np.cumsum(duration[inside])
    group = table(GROUP_FIELDS, len(merged.name), {"name": merged.name})
    group.state[:] = NOT_SHOWN
    codes, states = _codes(plan, merged)
    return Signals(
        programs=programs,
        program=table(PROGRAM_FIELDS, programs + 1, {
            "cycle": phase_end[phase_start[1:] - 1] if programs else phase_end,
            "offset": np.rint((np.asarray(signals.offset_s, np.float64) - plan.start_s) / tick),
            "phase": phase_start, "group": merged.start, "next_change": np.full(programs, -1),
        }),
        phase=table(PHASE_FIELDS, len(duration), {"end": phase_end, "states": states}),
        group=group, codes=filled(codes, np.uint8),
    )


def _codes(plan: Plan, merged: MergedGroups) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes of the merged groups, phase by phase, and where those of each phase begin."""
    codes = [np.zeros(0, np.uint8)]
    for program, rows in enumerate(group_codes(plan)):
        names = merged.name[merged.start[program] : merged.start[program + 1]] - plan.signals.group_start[program]
        codes += list(rows[:, names])
    return np.concatenate(codes), np.cumsum([len(row) for row in codes])[:-1]
