"""Retiming of fixed-time signals by Webster's method."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.demand import SATURATION_VEH_H
from trafficsim.design.timing.design import Design, Junction, Rules, design, junction_of, least_cycle_of
from trafficsim.plan.fields import phase_cell
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

CLOSE_S = 1e-6
REMEDY = "leave this signal out with `on`, allow a longer cycle, or add lanes or a protected stage to the network"


class Webster(Policy):
    """Set cycle and greens of fixed-time signals for the volumes of the design day.

    Mechanism: stages, their order and states, and all intergreens stay; only greens change, in whole seconds. The cycle
    is ``C0 = (1.5 L + 5) / (1 - Y)`` with the lost time L (the sum of the intergreens: start-up lost time and green
    extension of 2 s each cancel) and the sum Y of critical flow ratios; greens share ``C - L`` so that the largest
    degree of saturation is least, which is ``g = (C - L) y / Y`` with one critical lane per stage. Volumes spread over
    lanes so that flow ratios are even. Movements that give way go in gaps (critical gap and follow-up time of the
    connection) and at the end of green. Where lanes are green in several stages, Y is the smallest sum of stage ratios
    that serves all.

    No green is shorter than ``minimum_green_s`` or than pedestrians beside it need (4 s + width / 1.2 m/s, less what
    the intergreen gives); what that takes beyond Webster's greens counts as lost time. Signals with a single stage keep
    their plan, unless a common cycle stretches it.

    Source: Webster, Traffic Signal Settings (Road Research Technical Paper 39, 1958); lost times, saturation flows of
    turns and permitted left turns: HCM 2016 ch. 19 and 31; pedestrians: RiLSA 2015. Grade B: the formula is an
    approximation for isolated signals with random arrivals; published gains of retiming (delay -13 to -94 %) are of
    selected cases.

    Limits: a design for mean volumes of one period. Queues that block lanes or junctions, arrivals in platoons, and
    demand beyond capacity are outside the method: an oversaturated signal is refused.

    Parameters
    ----------
    on
        Programs; all when not given.
    common_cycle
        Give all of them the longest of their cycles, as coordination needs.
    saturation_veh_h
        Saturation flow of a lane straight on.
    minimum_cycle_s, maximum_cycle_s
        Limits of the cycle.
    minimum_green_s
        Shortest green of a stage.
    pedestrians
        Whether streets are crossed on foot beside the traffic.

    Examples
    --------
    >>> Webster(on=("j1", "j2"), common_cycle=True).maximum_cycle_s
    120.0
    """

    kind: ClassVar[str] = "webster"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "Cycle and greens of fixed-time signals for the volumes of the design day; stages and intergreens stay, "
        "minimum greens of vehicles and pedestrians are kept."
    )
    source: ClassVar[str] = "Webster 1958, Road Research Technical Paper 39; HCM 2016 ch. 19 and 31; RiLSA 2015"
    grade: ClassVar[str] = "B"
    limits: ClassVar[str] = (
        "For isolated, undersaturated signals with mean volumes of one period; blind to queues that block lanes, to "
        "platoons and to demand beyond capacity."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "on": "given by the user",
        "common_cycle": "given by the user",
        "saturation_veh_h": "input: 1,850 veh/h, what the engine's default rule discharges (field 1,850 +- 50)",
        "minimum_cycle_s": "modelling assumption: 30 s, lower end of practice",
        "maximum_cycle_s": "modelling assumption: 120 s, upper end of practice",
        "minimum_green_s": "input: 5 s (RiLSA 2015)",
        "pedestrians": "modelling assumption: every street at a signal may be crossed on foot",
    }

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    common_cycle: bool = False
    saturation_veh_h: float = Field(default=SATURATION_VEH_H, ge=500, le=2500)
    minimum_cycle_s: float = Field(default=30.0, ge=10, le=300)
    maximum_cycle_s: float = Field(default=120.0, ge=10, le=300)
    minimum_green_s: float = Field(default=5.0, ge=1, le=60)
    pedestrians: bool = True

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.minimum_cycle_s > self.maximum_cycle_s:
            raise ValueError(f"minimum_cycle_s = {self.minimum_cycle_s:g} exceeds maximum_cycle_s = "
                             f"{self.maximum_cycle_s:g}; exchange them")
        return self

    @property
    def rules(self) -> Rules:
        """What the design keeps to."""
        return Rules(self.saturation_veh_h, (self.minimum_cycle_s, self.maximum_cycle_s), self.minimum_green_s,
                     self.pedestrians)

    def lower(self, builder: Builder) -> None:
        """Retime the programs."""
        names = programs_named(builder.network, self.on, self.kind)
        cells = {program.id: tuple(phase_cell(program.id, number) for number in range(len(program.phases)))
                 for program in builder.network.signals if program.id in names}
        values = builder.value("signal.phase_s", tuple(cell for name in names for cell in cells[name])).tolist()
        present = {name: [values.pop(0) for _ in cells[name]] for name in names}
        key = (self.kind, self.model_dump_json(), tuple((name, *phase_s) for name, phase_s in present.items()))
        for name, phase_s in builder.remembered(key, lambda: self._plans(builder, present)).items():
            builder.retime(name, phase_s)

    def _plans(self, builder: Builder, present: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, ...]]:
        """Durations of the phases of every program that is retimed."""
        volumes = builder.design_volumes()
        junctions = {name: junction_of(builder.network, name, volumes, phase_s, self.rules)
                     for name, phase_s in present.items()}
        designs = {name: design(junction) for name, junction in junctions.items() if _has_choice(junction)}
        for name, one in designs.items():
            self._require_served(name, junctions[name], one)
        if self.common_cycle:
            designs = self._at_one_cycle(junctions, designs)
        return {name: one.phase_s for name, one in designs.items()}

    def _at_one_cycle(self, junctions: Mapping[str, Junction], designs: Mapping[str, Design]) -> dict[str, Design]:
        least = [least_cycle_of(junction) for junction in junctions.values() if junction.approaches.stages.phase]
        cycle_s = max([one.cycle_s for one in designs.values()] + least)
        return {name: design(junction, cycle_s) for name, junction in junctions.items()
                if junction.approaches.stages.phase}

    def _require_served(self, name: str, junction: Junction, one: Design) -> None:
        where = f"policy {self.kind}: signal {name!r}"
        if one.cycle_s > self.maximum_cycle_s + CLOSE_S:
            raise PolicyError(where, f"minimum greens and intergreens of {one.cycle_s:g} s",
                              f"at most the longest cycle of {self.maximum_cycle_s:g} s", REMEDY)
        if not one.served:
            lanes = ", ".join(f"{row.name} with {row.volume:.0f} pcu/h" for row in one.deciding)
            most = 1.0 - junction.lost_s / self.maximum_cycle_s
            raise PolicyError(
                where,
                f"a degree of saturation of {one.saturation:.2f} at a cycle of {one.cycle_s:g} s; flow ratios sum to "
                f"Y = {one.critical.total:.2f}; critical: {lanes or 'none alone'}",
                f"at most 1, which needs Y < 1 - L / C = {most:.2f} at the longest cycle of {self.maximum_cycle_s:g} s",
                REMEDY)


def programs_named(network: Network, on: tuple[str, ...] | None, policy: str) -> tuple[str, ...]:
    """Names of the programs that a policy acts on, in the order of the network.

    Raises
    ------
    PolicyError
        If a name is unknown, or there is no program at all.
    """
    known = tuple(program.id for program in network.signals)
    if not known:
        raise PolicyError(f"policy {policy}", "a network without signals", "at least one signal program",
                          "drop the policy, or give the network signals")
    for name in on or ():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise PolicyError(f"policy {policy}: on", f"no signal {name!r}", "ids of signal programs",
                              f"did you mean {close[0]!r}" if close else f"use some of {', '.join(known[:5])}")
    return known if on is None else tuple(name for name in known if name in on)


def _has_choice(junction: Junction) -> bool:
    return len(junction.approaches.stages.phase) >= 2
