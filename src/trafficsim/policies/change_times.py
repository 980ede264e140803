"""Yellow and all-red times of fixed-time signals by the kinematic formula."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.inference.staging import LEAST_GREEN_S
from trafficsim.design.timing.stages import Stages, stages_of
from trafficsim.plan.fields import phase_cell
from trafficsim.policies.webster import programs_named
from trafficsim.spec.network import Connection
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

Z_85 = 1.0364
"""Standard normal quantile of 85 %."""
LEAST_YELLOW_S, MOST_YELLOW_S = 3.0, 6.0
"""MUTCD 2009, section 4D.26."""
CLOSE_S = 1e-6


class Change(NamedTuple):
    """One movement that loses its green: approach speed, speed on its path, and the length of the path."""

    approach_ms: float
    path_ms: float
    length_m: float


class ChangeTimes(Policy):
    """Set yellow and all-red times of fixed-time signals by the kinematic formula.

    Mechanism: yellow is ``t + v / (2 a)``, at least 3 s and at most 6 s; all-red is ``(W + L) / v``. In every change
    the
    movement that needs longest decides. v is the 85th percentile of free speeds on the approach; a turning vehicle
    clears the junction at the speed of its path where that is less. W is the length of the path from the stop line
    through the junction. Both times are rounded up to whole seconds. Cycle, offset and order of the phases stay: the
    green before a change gives or takes what the change takes or gives.

    Source: formula, t = 1.0 s, a = 10 ft/s² = 3.05 m/s², L = 20 ft = 6.1 m: ITE 2020, Guidelines for Determining
    Traffic Signal Change and Clearance Intervals; range of yellow: MUTCD 2009, 4D.26. Published effect of 1 s more
    yellow: violations -36 % (Retting et al. 2008). Grade B, few sites. Origin: input.

    Limits: level approaches; turning vehicles get the yellow of those straight on, not the longer time of the 2020
    formula for vehicles that slow down to turn. Whole seconds, because the engine's tick is one second. Needs a phase
    of yellow and one of all-red after every stage. Nothing is claimed about crashes: what the simulation shows are
    vehicles that cross at red.

    Parameters
    ----------
    on
        Programs; all when not given.
    reaction_s
        Time to perceive and react, t.
    deceleration_ms2
        Deceleration of a driver who stops, a.
    vehicle_length_m
        Length of a vehicle, L.

    Examples
    --------
    >>> ChangeTimes().yellow_s(50 / 3.6), ChangeTimes().yellow_s(80 / 3.6)
    (4.0, 5.0)
    >>> ChangeTimes().all_red_s(Change(approach_ms=15, path_ms=20, length_m=22))
    2.0
    """

    kind: ClassVar[str] = "change_times"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "Yellow and all-red times follow from approach speed, reaction time, deceleration and the length of the way "
        "through the junction; cycle and offset stay."
    )
    source: ClassVar[str] = "ITE 2020, Guidelines for Determining Traffic Signal Change and Clearance Intervals"
    grade: ClassVar[str] = "B"
    limits: ClassVar[str] = (
        "Level approaches; turning vehicles get the yellow of those straight on; whole seconds. Vehicles that cross at "
        "red are simulated, crashes are not."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "on": "given by the user",
        "reaction_s": "input: 1.0 s (ITE 2020)",
        "deceleration_ms2": "input: 10 ft/s² (ITE 2020)",
        "vehicle_length_m": "input: 20 ft (ITE 2020)",
    }

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    reaction_s: float = Field(default=1.0, ge=0.3, le=3)
    deceleration_ms2: float = Field(default=3.05, ge=1, le=8)
    vehicle_length_m: float = Field(default=6.1, ge=2, le=25)

    def yellow_s(self, speed_ms: float) -> float:
        """Return the yellow time for an approach speed in m/s, in whole seconds."""
        wanted = self.reaction_s + speed_ms / (2.0 * self.deceleration_ms2)
        return _whole(min(max(wanted, LEAST_YELLOW_S), MOST_YELLOW_S))

    def all_red_s(self, change: Change) -> float:
        """Return the all-red time after a movement, in whole seconds."""
        return _whole((change.length_m + self.vehicle_length_m) / min(change.approach_ms, change.path_ms))

    def lower(self, builder: Builder) -> None:
        """Retime the changes of the programs, and the greens before them."""
        network = builder.network
        named = programs_named(network, self.on, self.kind)
        for program in network.signals:
            if program.id in named:
                stages = stages_of(program)
                cells = tuple(phase_cell(program.id, number) for number in range(len(program.phases)))
                phase_s = builder.value("signal.phase_s", cells).tolist()
                movements = [one for one in network.connections if one.signal == program.id]
                builder.retime(program.id, self._retimed(stages, phase_s, movements, builder))

    def _retimed(
        self, stages: Stages, phase_s: Sequence[float], movements: Sequence[Connection], builder: Builder
    ) -> list[float]:
        """Durations of all phases of a program."""
        found = list(phase_s)
        if len(stages.phase) == 1 and not stages.after[0]:
            return found  # always green
        for stage, after in zip(stages.phase, stages.after, strict=True):
            yellow, red = self._phases_of_change(stages, stage, after)
            letters = stages.program.phases[yellow].state
            losing = [_change(one, builder) for one in movements
                      if one.signal_index is not None and letters[one.signal_index] == "y"]
            if losing:
                found[yellow] = max(self.yellow_s(one.approach_ms) for one in losing)
                found[red] = max(self.all_red_s(one) for one in losing)
            found[stage] -= found[yellow] + found[red] - phase_s[yellow] - phase_s[red]
            if found[stage] < LEAST_GREEN_S - CLOSE_S:
                raise PolicyError(f"policy {self.kind}: signal {stages.program.id!r}: phase {stage}",
                                  f"{found[stage]:g} s of green left beside {found[yellow]:g} s of yellow and "
                                  f"{found[red]:g} s of all-red", f"at least {LEAST_GREEN_S:g} s of green",
                                  "lengthen the cycle, or leave the signal out with `on`")
        return found

    def _phases_of_change(self, stages: Stages, stage: int, after: Sequence[int]) -> tuple[int, int]:
        """Return the phase of yellow and the one of all-red behind a stage."""
        states = [stages.program.phases[number].state for number in after]
        yellow = [number for number, state in zip(after, states, strict=True) if "y" in state]
        red = [number for number, state in zip(after, states, strict=True) if not set(state) & set("yu")]
        if len(yellow) != 1 or len(red) != 1:
            raise PolicyError(f"policy {self.kind}: signal {stages.program.id!r}: after phase {stage}",
                              f"{len(yellow)} phases of yellow and {len(red)} of all-red",
                              "one phase of yellow and one of all-red behind it",
                              "write the change as two phases, or leave the signal out with `on`")
        return yellow[0], red[0]


def _change(movement: Connection, builder: Builder) -> Change:
    """Speeds and path of a movement."""
    link = (movement.from_link,)
    mean = float(builder.value("link.free_speed_mean_ms", link)[0])
    spread = float(builder.value("link.free_speed_cv", link)[0])
    path_ms = kmh_to_ms(movement.speed_limit_kmh)
    fast = mean * (1.0 + Z_85 * spread)
    return Change(fast, fast if movement.turn == "through" else path_ms, movement.length_m)


def _whole(time_s: float) -> float:
    return float(math.ceil(time_s - CLOSE_S))
