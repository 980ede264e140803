"""Yellow and all-red times of fixed-time signals, by formula or given."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import KMH_PER_MS, kmh_to_ms
from trafficsim.design.inference.staging import LEAST_GREEN_S
from trafficsim.design.timing.change_formulas import (
    Change,
    ite_all_red_s,
    ite_yellow_s,
    rilsa_all_red_s,
    rilsa_yellow_s,
)
from trafficsim.design.timing.stages import Stages, stages_of
from trafficsim.plan.fields import phase_cell
from trafficsim.policies.webster import programs_named
from trafficsim.spec.network import Connection
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

Z_85 = 1.0364
"""Standard normal quantile of 85 %."""
CLOSE_S = 1e-6
LEAST_ALL_RED_S = 1.0
"""A phase of all-red stays, and the engine changes signals at whole seconds."""
Time = Annotated[float, Field(gt=0, le=30)] | Literal["formula", "keep"]


class ChangeTimes(Policy):
    """Set yellow and all-red times of fixed-time signals, by formula or to a given value.

    Mechanism: with ``formula = "ite"`` yellow is ``t + v / (2 a + 2 G g)``, at least 3 s and at most 6 s; all-red is
    ``(W + L) / v``. v is the 85th percentile of free speeds on the approach; a turning vehicle clears the junction at
    the speed of its path where that is less. W is the length of the path from the stop line through the junction. With
    ``formula = "rilsa"`` yellow is 3, 4 or 5 s by speed limit (50, 60, above), and all-red is what the intergreen
    ``t_ü + t_r - t_e`` leaves beside it. In every change the movement that needs longest decides. Times by formula are
    rounded up to whole seconds; all-red is at least 1 s. Cycle, offset and order of the phases stay: the green before a
    change gives or takes what the change takes or gives.

    Source: formula, t = 1.0 s, a = 10 ft/s² = 3.05 m/s², L = 20 ft = 6.1 m: ITE 2020, Guidelines for Determining
    Traffic Signal Change and Clearance Intervals; range of yellow: MUTCD 2009, 4D.26; RiLSA 2015 (its values are to be
    checked against the guideline). Published effect of 1 s more yellow: violations -36 % (Retting et al. 2008); of 0.5
    to 1.5 s more: at least -50 % (Bonneson & Zimmerman 2004). Grade B, few sites. Origin: input.

    Limits: one grade for all approaches of the programs; turning vehicles get the yellow of those straight on, not the
    longer time of the 2020 formula for vehicles that slow down to turn. Whole seconds, because the engine's tick is one
    second. Needs a phase of yellow and, where all-red changes, one of all-red after every stage. Drivers do not adapt
    to a longer yellow. Nothing is claimed about crashes: what the simulation shows are vehicles that cross at red.

    Parameters
    ----------
    on
        Programs; all when not given.
    formula
        ``"ite"`` or ``"rilsa"``.
    yellow_s, all_red_s
        Seconds; ``"formula"``, or ``"keep"``: what the program has.
    reaction_s
        Time to perceive and react, t (ITE).
    deceleration_ms2
        Deceleration of a driver who stops, a (ITE).
    vehicle_length_m
        Length of a vehicle, L (ITE).
    grade_percent
        Grade of the approaches, G, negative downhill (ITE).

    Examples
    --------
    >>> ChangeTimes().yellow_of(Change(50 / 3.6, 50 / 3.6, 20)), ChangeTimes().yellow_of(Change(80 / 3.6, 80 / 3.6, 20))
    (4.0, 5.0)
    >>> ChangeTimes().all_red_of(Change(approach_ms=15, path_ms=20, length_m=22), 4.0)
    2.0
    >>> ChangeTimes(yellow_s=4, all_red_s="keep").yellow_of(Change(20, 20, 20))
    4.0
    """

    kind: ClassVar[str] = "change_times"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "Yellow and all-red times follow from approach speed, reaction time, deceleration and the length of the way "
        "through the junction, by ITE or RiLSA, or are given; cycle and offset stay."
    )
    source: ClassVar[str] = (
        "ITE 2020, Guidelines for Determining Traffic Signal Change and Clearance Intervals; RiLSA 2015"
    )
    grade: ClassVar[str] = "B"
    limits: ClassVar[str] = (
        "One grade for all approaches; turning vehicles get the yellow of those straight on; whole seconds. Drivers do "
        "not adapt to longer yellow. Vehicles that cross at red are simulated, crashes are not."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "on": "given by the user",
        "formula": "given by the user",
        "yellow_s": "input: by formula, or given by the user",
        "all_red_s": "input: by formula, or given by the user",
        "reaction_s": "input: 1.0 s (ITE 2020)",
        "deceleration_ms2": "input: 10 ft/s² (ITE 2020)",
        "vehicle_length_m": "input: 20 ft (ITE 2020)",
        "grade_percent": "given by the user; 0: level",
    }

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    formula: Literal["ite", "rilsa"] = "ite"
    yellow_s: Time = "formula"
    all_red_s: Time = "formula"
    reaction_s: float = Field(default=1.0, ge=0.3, le=3)
    deceleration_ms2: float = Field(default=3.05, ge=1, le=8)
    vehicle_length_m: float = Field(default=6.1, ge=2, le=25)
    grade_percent: float = Field(default=0.0, ge=-9, le=20)

    def yellow_of(self, change: Change) -> float:
        """Return the yellow time of a movement by formula in whole seconds, or the one that is given."""
        if isinstance(self.yellow_s, float):
            return self.yellow_s
        if self.formula == "rilsa":
            return rilsa_yellow_s(change.limit_kmh)
        return _whole(ite_yellow_s(change.approach_ms, self.reaction_s, self.deceleration_ms2, self.grade_percent))

    def all_red_of(self, change: Change, yellow_s: float) -> float:
        """Return the all-red time after a movement by formula in whole seconds, or the one that is given."""
        if isinstance(self.all_red_s, float):
            return self.all_red_s
        by_formula = (rilsa_all_red_s(change, yellow_s) if self.formula == "rilsa"
                      else ite_all_red_s(change, self.vehicle_length_m))
        return max(_whole(by_formula), LEAST_ALL_RED_S)

    def lower(self, builder: Builder) -> None:
        """Retime the changes of the programs, and the greens before them."""
        network = builder.network
        named = programs_named(network, self.on, self.kind)
        for program in network.signals:
            if program.id in named:
                stages = stages_of(program)
                cells = tuple(phase_cell(program.id, number) for number in range(len(program.phases)))
                phase_s = builder.value("signal.phase_s", cells).tolist()
                builder.retime(program.id, self._retimed(stages, phase_s, builder))

    def _retimed(self, stages: Stages, phase_s: Sequence[float], builder: Builder) -> list[float]:
        """Durations of all phases of a program."""
        found = list(phase_s)
        if len(stages.phase) == 1 and not stages.after[0]:
            return found  # always green
        for stage, after in zip(stages.phase, stages.after, strict=True):
            before_s = sum(found[number] for number in after)
            self._time_change(stages, (stage, after), found, builder)
            found[stage] -= sum(found[number] for number in after) - before_s
            if found[stage] < LEAST_GREEN_S - CLOSE_S:
                raise PolicyError(f"policy {self.kind}: signal {stages.program.id!r}: phase {stage}",
                                  f"{found[stage]:g} s of green left beside {sum(found[one] for one in after):g} s of "
                                  "yellow and all-red", f"at least {LEAST_GREEN_S:g} s of green",
                                  "lengthen the cycle, or leave the signal out with `on`")
        return found

    def _time_change(
        self, stages: Stages, one: tuple[int, Sequence[int]], phase_s: list[float], builder: Builder
    ) -> None:
        """Set yellow and all-red behind a stage among the durations of all phases."""
        yellow, red = self._phases_of_change(stages, *one)
        letters = stages.program.phases[yellow].state
        losing = [_change(connection, builder) for connection in builder.network.connections
                  if connection.signal == stages.program.id and connection.signal_index is not None
                  and letters[connection.signal_index] == "y"]
        if not losing:
            return
        if self.yellow_s != "keep":
            phase_s[yellow] = max(map(self.yellow_of, losing))
        if self.all_red_s != "keep":
            phase_s[red] = max(self.all_red_of(change, phase_s[yellow]) for change in losing)

    def _phases_of_change(self, stages: Stages, stage: int, after: Sequence[int]) -> tuple[int, int]:
        """Return the phase of yellow and the one of all-red behind a stage; -1 for an all-red that is kept."""
        states = [stages.program.phases[number].state for number in after]
        yellow = [number for number, state in zip(after, states, strict=True) if "y" in state]
        red = [number for number, state in zip(after, states, strict=True) if not set(state) & set("yu")]
        if self.all_red_s == "keep":
            red = [-1]
        if len(yellow) != 1 or len(red) != 1:
            raise PolicyError(f"policy {self.kind}: signal {stages.program.id!r}: after phase {stage}",
                              f"{len(yellow)} phases of yellow and {len(red)} of all-red",
                              "one phase of yellow and one of all-red behind it",
                              "write the change as two phases, or leave the signal out with `on`")
        return yellow[0], red[0]


def _change(movement: Connection, builder: Builder) -> Change:
    """Speeds and path of a movement, and the paths that it crosses."""
    link, connections = (movement.from_link,), builder.network.connections
    mean = float(builder.value("link.free_speed_mean_ms", link)[0])
    spread = float(builder.value("link.free_speed_cv", link)[0])
    limit_kmh = float(builder.value("link.speed_limit_ms", link)[0]) * KMH_PER_MS
    path_ms = kmh_to_ms(movement.speed_limit_kmh)
    fast, turns = mean * (1.0 + Z_85 * spread), movement.turn != "through"
    entering = tuple(connections[other].length_m for other in movement.crosses)
    return Change(fast, path_ms if turns else fast, movement.length_m, round(limit_kmh, 6), turns, entering)


def _whole(time_s: float) -> float:
    return float(math.ceil(time_s - CLOSE_S))
