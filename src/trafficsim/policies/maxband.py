"""Coordination of an arterial by the widest bands in both directions."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.timing.bandwidth import ArterialSignal, BandRules, Bands, Green, Order, widest_bands
from trafficsim.design.timing.stage_orders import at_cycle, orders_of
from trafficsim.design.timing.waves import StopLine
from trafficsim.policies.green_wave import common_cycle_s, lines_of
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.signals import SignalProgram

LOG = logging.getLogger("trafficsim")
CLOSE_S = 1e-6
Orders = Mapping[str, Sequence[SignalProgram]]
"""By signal, its program with stages in every order that may be chosen, the present one first."""


class BandPlan(NamedTuple):
    """What was chosen: programs of the signals along the arterial with their offsets after the first, and the bands."""

    programs: tuple[SignalProgram, ...]
    bands: Bands


class Maxband(Policy):
    """Set the offsets of the signals along an arterial so that the bands of both directions are widest.

    Mechanism: a mixed-integer programme chooses offsets, and on every link a speed within limits, so that the weighted
    sum of both bandwidths is largest; ``by_link`` gives every link a band of its own (MULTIBAND). With ``cycle_s`` it
    chooses a common cycle too, with ``stage_order = "free"`` the order of the stages of every signal, such as left
    turns first or last. The first signal keeps its offset; signals off the paths are left alone.

    Source: Little, Kelson and Gartner 1981, Transportation Research Record 795 (MAXBAND); Gartner et al. 1991,
    Transportation Research B 25 (MULTIBAND). Grade C: what bandwidth is worth in delay is a question for the run.

    Limits: bandwidth is geometry; volumes, queues and turning traffic are not known. Both paths pass the same signals,
    in opposite order, and have the distances of the way out. At another cycle stages share it as they do now, and
    intergreens stay. The cycle is rounded to whole seconds, and offsets are chosen again for it.

    Parameters
    ----------
    along, back
        Names of the paths.
    slowest_kmh, speed_kmh
        Limits of the speed on every link.
    weight_back
        Worth of a second of the band back, relative to one of the band out.
    by_link
        A band for every link instead of one for the whole arterial.
    cycle_s
        Least and largest common cycle; the present one without it.
    stage_order
        ``kept``, or ``free``: of signals with three or four stages their order is chosen.
    gap
        How far from the widest bands the ones found may be, as a share of these; a warning says so when they are
        farther, because the search was ended after as many steps as it may take.

    Examples
    --------
    >>> Maxband(along="east", back="west", slowest_kmh=40, speed_kmh=50).by_link
    False
    """

    kind: ClassVar[str] = "maxband"
    phase: ClassVar[PolicyPhase] = "coordination"
    mechanism: ClassVar[str] = "A mixed-integer programme chooses offsets for the widest bands in both directions."
    source: ClassVar[str] = "Little, Kelson and Gartner 1981 (MAXBAND); Gartner et al. 1991 (MULTIBAND)"
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = "Knows geometry only: no volumes, queues or turning traffic; cross streets may lose."
    numbers: ClassVar[Mapping[str, str]] = {
        "along": "given by the user", "back": "given by the user", "slowest_kmh": "given by the user",
        "speed_kmh": "given by the user", "weight_back": "modelling assumption: both directions count alike",
        "by_link": "given by the user; one band for the whole arterial without",
        "cycle_s": "given by the user; the present cycle without", "stage_order": "given by the user",
        "gap": "input: 0.0001, the default of HiGHS, which solves the programme",
    }
    example: ClassVar[str] = '{ kind = "maxband", along = "east", back = "west", slowest_kmh = 40, speed_kmh = 50 }'

    along: str
    back: str
    slowest_kmh: float = Field(gt=0, le=150)
    speed_kmh: float = Field(gt=0, le=150)
    weight_back: float = Field(default=1.0, gt=0, le=100)
    by_link: bool = False
    cycle_s: tuple[float, float] | None = None
    stage_order: Literal["kept", "free"] = "kept"
    gap: float = Field(default=1e-4, ge=0, lt=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slowest_kmh > self.speed_kmh:
            raise ValueError(f"slowest_kmh {self.slowest_kmh:g} is over speed_kmh {self.speed_kmh:g}")
        if self.cycle_s is not None and not 10 <= math.ceil(self.cycle_s[0]) <= math.floor(self.cycle_s[1]) <= 300:
            raise ValueError("cycle_s is the least and the largest cycle, from 10 to 300 s, a whole second between, "
                             f"not {self.cycle_s[0]:g} and {self.cycle_s[1]:g}")
        return self

    def lower(self, builder: Builder) -> None:
        """Set offsets, and cycle and stages where they are chosen too."""
        network = replace(builder.network, signals=builder.programs)
        key = (self.kind, self.model_dump_json(), tuple(one.model_dump_json() for one in network.signals))
        present = {one.id: one for one in network.signals}
        chosen = builder.remembered(key, lambda: self.plan(network))
        first = chosen.programs[0].id
        start = float(builder.value("signal.offset_s", (first,))[0])
        for program in chosen.programs:
            offset_s = (program.offset_s + start) % program.cycle_s if program.id != first else None
            _apply(builder, present[program.id], program, offset_s)

    def plan(self, network: Network) -> BandPlan:
        """Return what it chooses on a network; offsets count from the first signal.

        Raises
        ------
        PolicyError
            If the paths do not fit, or a cycle is too short for a signal.
        """
        where = f"policy {self.kind}"
        durations = {program.id: [phase.duration_s for phase in program.phases] for program in network.signals}
        out, back = (lines_of(self.kind, network, name, durations) for name in (self.along, self.back))
        cycle_s = common_cycle_s(self.kind, [out, back], durations)
        names = [line.program for line in out]
        if names != [line.program for line in reversed(back)]:
            raise PolicyError(where, f"path {self.back!r} passes other signals than {self.along!r}",
                              "the same signals in opposite order", "correct the paths, or use green_wave")
        orders: Orders = {one.id: orders_of(network, one, where) if self.stage_order == "free" else (one,)
                          for one in network.signals if one.id in names}
        if self.cycle_s is not None:
            cycle_s = _whole(self._bands(network, orders, self.cycle_s).cycle_s, self.cycle_s)
            orders = {name: [at_cycle(one, cycle_s, where) for one in some] for name, some in orders.items()}
        found = self._bands(network, orders, (cycle_s, cycle_s))
        if found.gap > self.gap + CLOSE_S:
            LOG.warning("%s: bands may be up to %.1f %% wider than those found: the search was ended", where,
                        100.0 * found.gap)
        return BandPlan(tuple(
            orders[name][order].model_copy(update={"offset_s": (offset - found.offsets_s[0]) % cycle_s})
            for name, order, offset in zip(names, found.orders, found.offsets_s, strict=True)), found)

    def _bands(self, network: Network, orders: Orders, cycles_s: tuple[float, float]) -> Bands:
        """Choose within a range of cycles."""
        count = max(map(len, orders.values()))
        if cycles_s[0] == cycles_s[1]:
            lines = [(self._lines(network, orders, place),) * 2 for place in range(count)]
        else:
            short, long = ({name: [at_cycle(one, cycle_s, f"policy {self.kind}", 0.0) for one in some]
                            for name, some in orders.items()} for cycle_s in cycles_s)
            lines = [(self._lines(network, short, place), self._lines(network, long, place)) for place in range(count)]
        links = len(lines[0][0][0]) - 1
        rules = BandRules(cycles_s, (kmh_to_ms(self.slowest_kmh), kmh_to_ms(self.speed_kmh)), (1.0,) * links,
                          (self.weight_back,) * links, self.by_link, self.gap)
        signals = []
        for place, line in enumerate(lines[0][0][0]):
            some = tuple(Order(*(_green(short[side][place], long[side][place], cycles_s) for side in (0, 1)))
                         for short, long in lines[:len(orders[line.program])])
            signals.append(ArterialSignal(line.distance_m, some))
        return widest_bands(signals, rules)

    def _lines(self, network: Network, orders: Orders, place: int
               ) -> tuple[tuple[StopLine, ...], tuple[StopLine, ...]]:
        """Stop lines along the way out, of both directions, with every signal's order at a place, or its last one."""
        programs = tuple(orders[one.id][min(place, len(orders[one.id]) - 1)] if one.id in orders else one
                         for one in network.signals)
        changed = replace(network, signals=programs)
        durations = {one.id: [phase.duration_s for phase in one.phases] for one in programs}
        out, back = (lines_of(self.kind, changed, name, durations) for name in (self.along, self.back))
        return out, tuple(reversed(back))


def _green(short: StopLine, long: StopLine, cycles_s: tuple[float, float]) -> Green:
    """Green at all cycles between two, at which it is known: part of it follows the cycle, part stays."""
    steps = cycles_s[1] - cycles_s[0]
    if steps == 0.0:
        return Green(short.green_at_s / cycles_s[0], short.green_s / cycles_s[0])
    begin, share = ((there - here) / steps for here, there in (
        (short.green_at_s, long.green_at_s), (short.green_s, long.green_s)))
    return Green(begin, share, short.green_at_s - begin * cycles_s[0], short.green_s - share * cycles_s[0])


def _whole(cycle_s: float, limits_s: tuple[float, float]) -> float:
    return float(min(max(round(cycle_s), math.ceil(limits_s[0])), math.floor(limits_s[1])))


def _apply(builder: Builder, before: SignalProgram, after: SignalProgram, offset_s: float | None) -> None:
    """Set what differs: another order replaces the phases, another cycle lengthens or shortens greens."""
    if [one.state for one in before.phases] != [one.state for one in after.phases]:
        builder.replace_program(after.id, after.phases, offset_s)
        return
    for number, (old, new) in enumerate(zip(before.phases, after.phases, strict=True)):
        if abs(old.duration_s - new.duration_s) > CLOSE_S:
            builder.scale("signal.phase_s", (f"{after.id}/{number}",), new.duration_s / old.duration_s)
    if offset_s is not None:
        builder.set("signal.offset_s", (after.id,), offset_s)
