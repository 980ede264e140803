"""Priority at signals: for public transport, and pre-emption for emergency vehicles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.controls import control_of
from trafficsim.policies.signal_control import ON, chosen, react
from trafficsim.spec.control import Method, SignalControl
from trafficsim.spec.control_options import PreemptionOptions, PriorityOptions
from trafficsim.spec.policy import Builder, Policy, PolicyPhase


class TransitPriority(Policy):
    """Give buses and trams that come near a signal a longer or earlier green.

    Mechanism: within ``check_in_m`` of the stop line a vehicle asks. Its green lasts up to ``extension_s`` longer than
    it would; at red, the greens of others end at their minimums. After a service the next waits for ``lockout_s``.
    Signals that react keep their method; fixed-time ones run their program as coordinated stages, whose clock goes on,
    so that they are back in step within a cycle.

    Source: FHWA, Signal Timing Manual (2nd ed., 2015), chapter 10: extension and early green are the usual measures.
    Grade D: no published gain is claimed.

    Limits: only at actuated and coordinated signals; other methods see buses as vehicles like others. Every bus asks,
    late or not.

    Parameters
    ----------
    on
        Signals.
    check_in_m
        Distance before the stop line within which a vehicle asks.
    extension_s
        By how much a green may last longer.
    early_green
        Whether greens of others end early.
    lockout_s
        Time from one service to the next.

    Examples
    --------
    >>> TransitPriority(extension_s=8).early_green
    True
    """

    kind: ClassVar[str] = "transit_priority"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "Green lasts longer for a bus or tram within the check-in distance, or other greens end at their minimums for "
        "it; minimum greens, intergreens and pedestrians are kept.")
    source: ClassVar[str] = (
        "FHWA, Signal Timing Manual (2nd ed., 2015), chapter 10; Smith, Hemily and Ivanovic 2005, Transit Signal "
        "Priority: a planning and implementation handbook")
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = "Only at actuated, coordinated and fixed-time signals; every bus asks, late or not."
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON,
        "check_in_m": "modelling assumption: 100 m",
        "extension_s": "input: Smith, Hemily and Ivanovic 2005: usually up to 10 s",
        "early_green": "given by the user; on",
        "lockout_s": "modelling assumption: 60 s, about a cycle",
    }
    example: ClassVar[str] = '{ kind = "transit_priority" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    check_in_m: float = Field(default=100.0, gt=0, le=5000)
    extension_s: float = Field(default=10.0, ge=0, le=120)
    early_green: bool = True
    lockout_s: float = Field(default=60.0, ge=0, le=3600)

    def lower(self, builder: Builder) -> None:
        """Let transit ask for priority."""
        options = PriorityOptions(check_in_m=self.check_in_m, extension_s=self.extension_s,
                                  early_green=self.early_green, lockout_s=self.lockout_s)
        react(builder, self.kind, self.on, (
            one if one is None else one.model_copy(update={"priority": options})
            for one in _present(builder, self.kind, self.on, "coordinated")))


class Preemption(Policy):
    """Let emergency vehicles on their way have green ahead of them.

    Mechanism: while an emergency vehicle is within ``check_in_m`` of the stop line, the stage that serves its movement
    is asked for, and held until it has passed; then the signal goes on from there. Minimum greens, intergreens and
    pedestrians' clearance are kept. Signals that react keep their method; fixed-time ones run their stages by the
    clock.

    Source: FHWA, Signal Timing Manual (2nd ed., 2015), chapter 10. Grade C: in Denver response times fell by 14 to
    23 %, and other traffic took 2.4 % longer.

    Limits: the vehicle is known with its movement; no queue is cleared beyond the junction.

    Parameters
    ----------
    on
        Signals.
    check_in_m
        Distance before the stop line within which a vehicle is seen.
    longest_s
        Longest pre-emption.

    Examples
    --------
    >>> Preemption().check_in_m
    300.0
    """

    kind: ClassVar[str] = "preemption"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "The stage that serves an emergency vehicle's movement is asked for and held until it has passed; minimum "
        "greens, intergreens and pedestrians are kept.")
    source: ClassVar[str] = "FHWA, Signal Timing Manual (2nd ed., 2015), chapter 10"
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = "The vehicle is known with its movement; no queue is cleared beyond the junction."
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON,
        "check_in_m": "modelling assumption: 300 m, 20 s ahead at 54 km/h",
        "longest_s": "modelling assumption: 120 s",
    }
    example: ClassVar[str] = '{ kind = "preemption" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    check_in_m: float = Field(default=300.0, gt=0, le=5000)
    longest_s: float = Field(default=120.0, gt=0, le=3600)

    def lower(self, builder: Builder) -> None:
        """Let emergency vehicles pre-empt the signals."""
        if builder.response is None:
            raise PolicyError("policy preemption", "no unit that could be on a route: a scenario without emergency "
                              "response", "stations and units under [emergency]", "write [emergency] in the scenario")
        options = PreemptionOptions(check_in_m=self.check_in_m, longest_s=self.longest_s)
        react(builder, self.kind, self.on, (
            one if one is None else one.model_copy(update={"preemption": options})
            for one in _present(builder, self.kind, self.on, "requested")))


def _present(builder: Builder, kind: str, on: tuple[str, ...] | None, method: Method
             ) -> Iterator[SignalControl | None]:
    """Yield how signals react now; fixed-time ones run the stages of their program by the clock."""
    controls = builder.controls
    for program in chosen(builder, kind, on):
        own = controls.get(program.id)
        yield own if own is not None else control_of(builder.network, program, method, detectors=())
