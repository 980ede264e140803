"""Signals whose stages a controller in Python asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

from pydantic import Field, field_serializer, model_validator

from trafficsim.base.errors import InputError, PolicyError
from trafficsim.design.timing.controls import control_of, detectors_of
from trafficsim.plan.deciders import NEVER_LATE_S, Decider
from trafficsim.spec.control import SignalControl
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.signals import SignalProgram


class Controlled(Policy):
    """Let a controller in Python ask for the stages of signals, every few seconds.

    Mechanism: every ``every_s`` the method ``decide(observation)`` of the controller is called and names the stage that
    each of its signals should show. The plant brings the signal groups there: minimum greens, yellow, intergreens and
    pedestrian times are kept whatever it asks for. Stages, clearances and splits are those of the fixed program, which
    also stands in while the controller has not asked for anything, raises an error, or answers what is no stage.

    Source: none; it is as good as its controller. Grade D for that reason.

    Limits: it is written in Python and cannot stand in a study file. Detectors, queues and places of vehicles are known
    to it without error.

    Parameters
    ----------
    on
        Names of signals; all that have two stages or more when empty.
    by
        An object with ``decide(observation)``; every run works on a copy of its own. Without one, stages are asked for
        by whoever steps the run (``ts.open_run``).
    every_s
        Time between two calls.
    within_s
        Answers that take longer come too late, and the fixed program stands in. Results then depend on the machine;
        ``None``: whatever time it takes.

    Examples
    --------
    >>> Controlled(on=("j1",)).every_s
    5.0
    """

    kind: ClassVar[str] = "controlled"
    phase: ClassVar[PolicyPhase] = "coordination"
    mechanism: ClassVar[str] = (
        "A controller in Python is called every few seconds and names the stage of each of its signals; minimum "
        "greens, intergreens and pedestrian times are kept whatever it asks for."
    )
    source: ClassVar[str] = "none: it is as good as its controller"
    grade: ClassVar[str] = "D (as good as its controller)"
    limits: ClassVar[str] = "Written in Python, not in a study file; it sees detectors and queues without error."
    numbers: ClassVar[Mapping[str, str]] = {
        "on": "given by the user; none: all signals with two stages or more",
        "by": "given by the user",
        "every_s": "modelling assumption: 5 s, as in published benchmarks of learning controllers (RESCO, 2021)",
        "within_s": "given by the user; without it no answer is late",
    }

    on: tuple[str, ...] = ()
    by: Any = None
    every_s: float = Field(default=5.0, gt=0, le=3600)
    within_s: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _can_decide(self) -> Self:
        if self.by is not None and not callable(getattr(self.by, "decide", None)):
            raise ValueError(f"by is {type(self.by).__name__}, which has no method decide(observation); controllers "
                             "are written in Python, and given to ts.run or to a study in Python")
        return self

    @field_serializer("by")
    def _named(self, by: Any) -> str | None:
        return None if by is None else f"{type(by).__module__}.{type(by).__qualname__}"

    def lower(self, builder: Builder) -> None:
        """Have the stages of signals asked for."""
        programs = {one.id: one for one in builder.programs}
        for name in self.on:
            if name not in programs:
                raise PolicyError(f"policy {self.kind}: signal {name!r}", "no such signal",
                                  f"one of {', '.join(sorted(programs)) or '(there is none)'}", "correct the name")
        network = replace(builder.network, signals=builder.programs)
        found = {name: self._control(builder, network, programs[name]) for name in self.on or programs}
        names = tuple(name for name, one in found.items() if one is not None)
        if not names or (self.on and len(names) < len(self.on)):
            raise PolicyError(f"policy {self.kind}", "a signal without two stages to choose from", "at least two",
                              f"leave out {', '.join(repr(name) for name, one in found.items() if one is None)}")
        for one in found.values():
            if one is not None:
                builder.control(one)
        if self.by is not None:
            within_s = NEVER_LATE_S if self.within_s is None else self.within_s
            builder.decide(Decider(self.by, names, self.every_s, within_s))


    def _control(self, builder: Builder, network: Network, program: SignalProgram) -> SignalControl | None:
        """Return a signal that reacts already as one that is asked, or one from its program."""
        known = builder.controls.get(program.id)
        if known is not None:
            plans = tuple(one.model_copy(update={"method": None}) for one in known.plans)
            return known.model_copy(update={"method": "requested", "plans": plans})
        return control_of(network, program, "requested", detectors=tuple(detectors_of(network, program.id)))


def controlled_by(controllers: Mapping[str, Any]) -> tuple[Controlled, ...]:
    """Return the policies by which controllers decide about signals, by name; one may decide about several.

    Raises
    ------
    InputError
        If they are no mapping from names of signals to objects with a method ``decide``.
    """
    _check_controllers(controllers)
    signals: dict[int, list[str]] = {}
    known = {id(one): one for one in controllers.values()}
    for name, one in controllers.items():
        signals.setdefault(id(one), []).append(name)
    return tuple(Controlled(on=tuple(names), by=known[key]) for key, names in signals.items())


def _check_controllers(controllers: Any) -> None:
    expected = 'a dictionary from names of signals to controllers, {"j1": MyController()}'
    if not isinstance(controllers, Mapping):
        raise InputError("controllers", f"{type(controllers).__name__}", expected, "put it into a dictionary")
    for name, one in controllers.items():
        where = f"controllers[{name!r}]"
        if isinstance(one, type):
            raise InputError(where, f"the class {one.__name__}", "an object of it", f"write {one.__name__}()")
        if not callable(getattr(one, "decide", None)):
            raise InputError(where, f"{type(one).__name__}, which has no method decide", "an object with a method "
                             "decide(self, observation)", "write a class with this method")
