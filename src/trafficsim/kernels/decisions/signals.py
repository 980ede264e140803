"""The signal state machine: fixed-time programs step at ticks; each knows the tick of its next change."""

from __future__ import annotations

from trafficsim.kernels.jit import kernel


@kernel
def update_signals(signals, tick):
    """Give every group the state of the phase that holds in this tick; untouched between changes."""
    for program in range(signals.programs):
        if tick < signals.program[program].next_change:
            continue
        cycle = signals.program[program].cycle
        within = (tick - signals.program[program].offset) % cycle
        phase = signals.program[program].phase
        while phase + 1 < signals.program[program + 1].phase and within >= signals.phase[phase].end:
            phase += 1
        signals.program[program].next_change = tick + signals.phase[phase].end - within
        first = signals.program[program].group
        for group in range(first, signals.program[program + 1].group):
            code = signals.codes[signals.phase[phase].states + group - first]
            if code != signals.group[group].state:
                signals.group[group].state = code
                signals.group[group].since = tick
