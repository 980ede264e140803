"""Pre-emption of signals for emergency vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.requested import requested_control
from trafficsim.spec.control_options import PreemptionOptions
from trafficsim.spec.policy import Builder, Policy, PolicyPhase


class Preemption(Policy):
    """Give emergency vehicles green at signals on their way.

    Mechanism: a unit within the check-in distance of a stop line on its route asks the signal for the phases of its
    movement. They come once minimum greens and intergreens allow, and stay until the unit has passed; then the
    signal goes on with what its program or its controller would show now. A signal with a fixed program follows it
    at all other times.

    Source: Denver, itskrs 2001-b00226: response times -14 to -23 %, about 70 s on routes of 3 to 6 signals; other
    traffic +2.4 % (CORSIM, Virginia), grade C. Nothing of it is put in: what it saves is emergent.

    Limits: units are seen without error. Recovery is a return to the running program at once, as fast as intergreens
    allow, without a transition of offsets.

    Parameters
    ----------
    signals
        Names of signals; all of the network where none is given.
    check_in_m
        Distance before the stop line, along the route, within which a unit is seen.
    longest_s
        Longest pre-emption; what lasts longer is taken for a vehicle that stands.

    Examples
    --------
    >>> Preemption(check_in_m=400).signals
    ()
    """

    kind: ClassVar[str] = "preemption"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = "A unit on its way asks for green; the signal keeps its safety times and goes back."
    source: ClassVar[str] = "itskrs 2001-b00226 (Denver), 2000-b00125 (Virginia)"
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = "Units are seen without error; no transition of offsets after a pre-emption."
    example: ClassVar[str] = '{ kind = "preemption", check_in_m = 300 }'
    numbers: ClassVar[Mapping[str, str]] = {
        "signals": "given by the user; all by default",
        "check_in_m": "modelling assumption: 300 m, 15 s at 70 km/h",
        "longest_s": "modelling assumption: 120 s",
    }

    signals: tuple[str, ...] = ()
    check_in_m: float = Field(default=300.0, gt=0, le=5000)
    longest_s: float = Field(default=120.0, gt=0, le=3600)

    def lower(self, builder: Builder) -> None:
        """Let the signals react to units."""
        if builder.response is None:
            raise PolicyError("policy preemption", "no unit that could be on a route: a scenario without emergency "
                              "response", "stations and units under [emergency]", "write [emergency] in the scenario")
        programs = {program.id: program for program in builder.programs}
        unknown = [name for name in self.signals if name not in programs]
        if unknown or not programs:
            raise PolicyError(f"policy preemption: signals: {unknown[0]!r}" if unknown else "policy preemption",
                              "no such signal" if unknown else "a network without signals",
                              f"some of {', '.join(list(programs)[:8])}" if programs else "a network with signals",
                              "correct the name" if unknown else "drop the policy")
        options = PreemptionOptions(check_in_m=self.check_in_m, longest_s=self.longest_s)
        for name in self.signals or tuple(programs):
            control = builder.controls.get(name) or requested_control(programs[name])
            builder.control(control.model_copy(update={"preemption": options}))
