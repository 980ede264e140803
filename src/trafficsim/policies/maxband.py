"""Coordination of an arterial by the widest bands in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.timing.bandwidth import ArterialSignal, BandRules, Green, Order, widest_bands
from trafficsim.design.timing.waves import StopLine
from trafficsim.policies.green_wave import common_cycle_s, lines_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase


class Maxband(Policy):
    """Set the offsets of the signals along an arterial so that the bands of both directions are widest.

    Mechanism: a mixed-integer programme chooses offsets, and on every link a speed within limits, so that the weighted
    sum of both bandwidths is largest; ``by_link`` gives every link a band of its own (MULTIBAND). Greens and the cycle
    stay. The first signal keeps its offset; signals off the paths are left alone.

    Source: Little, Kelson and Gartner 1981, Transportation Research Record 795 (MAXBAND); Gartner et al. 1991,
    Transportation Research B 25 (MULTIBAND). Grade C: what bandwidth is worth in delay is a question for the run.

    Limits: bandwidth is geometry; volumes, queues and turning traffic are not known. Both paths pass the same signals,
    in opposite order, and have the distances of the way out. Orders of stages and the cycle are not chosen here.

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
    }
    example: ClassVar[str] = '{ kind = "maxband", along = "east", back = "west", slowest_kmh = 40, speed_kmh = 50 }'

    along: str
    back: str
    slowest_kmh: float = Field(gt=0, le=150)
    speed_kmh: float = Field(gt=0, le=150)
    weight_back: float = Field(default=1.0, gt=0, le=100)
    by_link: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slowest_kmh > self.speed_kmh:
            raise ValueError(f"slowest_kmh {self.slowest_kmh:g} is over speed_kmh {self.speed_kmh:g}")
        return self

    def lower(self, builder: Builder) -> None:
        """Set the offsets."""
        network = replace(builder.network, signals=builder.programs)
        durations = {program.id: [phase.duration_s for phase in program.phases] for program in network.signals}
        out, back = (lines_of(self.kind, network, name, durations) for name in (self.along, self.back))
        cycle_s = common_cycle_s(self.kind, [out, back], durations)
        names = [line.program for line in out]
        if names != [line.program for line in reversed(back)]:
            raise PolicyError(f"policy {self.kind}", f"path {self.back!r} passes other signals than {self.along!r}",
                              "the same signals in opposite order", "correct the paths, or use green_wave")
        links = len(out) - 1
        rules = BandRules((cycle_s, cycle_s), (kmh_to_ms(self.slowest_kmh), kmh_to_ms(self.speed_kmh)),
                          (1.0,) * links, (self.weight_back,) * links, self.by_link)
        signals = [_signal(one, other, cycle_s) for one, other in zip(out, reversed(back), strict=True)]
        found = widest_bands(signals, rules)
        start = float(builder.value("signal.offset_s", (names[0],))[0])
        for name, offset in list(zip(names, found.offsets_s, strict=True))[1:]:
            builder.set("signal.offset_s", (name,), (offset - found.offsets_s[0] + start) % cycle_s)


def _signal(out: StopLine, back: StopLine, cycle_s: float) -> ArterialSignal:
    greens = (Green(line.green_at_s / cycle_s, line.green_s / cycle_s) for line in (out, back))
    return ArterialSignal(out.distance_m, (Order(*greens),))
