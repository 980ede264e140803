"""Signal plans of one's own: phases or signal groups as on paper, or programs from a SUMO file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.conflicts import with_right_of_way
from trafficsim.design.timing.groups import LONGEST_CYCLE_S, SignalGroup, controlled, phases_of_groups
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase, ReadPrograms
from trafficsim.spec.signals import Phase, SignalProgram

CLOSE_S = 1e-6
TABLE_ENDING = ".csv"
"""Of a file that is a table of signal groups."""


class SignalPlan(Policy):
    """Run fixed-time programs of your own: phases or signal groups as on paper, or those of a SUMO file.

    Mechanism: the phases of a signal are replaced, with states, durations, cycle and offset; without ``offset_s`` the
    signal keeps the offset that it has. Three ways to write a plan: ``signal`` with ``phases`` (state and duration of
    each), ``signal`` with ``groups`` (begin and end of green of every signal group in a cycle of ``cycle_s``; yellow
    and red-amber are added), or ``file``: a SUMO additional file with a ``tlLogic`` for every signal that gets a new
    plan. Where two conflicting movements are green together, the right of way of the network decides which one gives
    way.

    Source: the plan is the user's; letters and offset as in SUMO's ``tlLogic``; yellow of 3, 4 or 5 s by speed and
    red-amber of 1 s where groups give none: RiLSA 2015. Grade D: nothing is claimed for a plan but what the simulation
    shows of it.

    Limits: fixed-time programs only. Intergreens and minimum greens are audited, not mended: a plan that breaks them
    runs, and the audit says so.

    Parameters
    ----------
    signal
        The signal that gets the plan.
    phases
        State letters and durations, in their order.
    groups
        Signal groups, instead of phases.
    cycle_s
        Cycle: needed with groups; with phases it is checked against their sum.
    offset_s
        Begin of the first phase, or of the cycle of the groups, after the begin of the clock.
    file
        A SUMO file with programs, instead of all of the above; or a table of signal groups (CSV), of which ``signal``
        gets the plan; relative to the study file.
    mapping
        A table (CSV) of what each signal group of the file controls; the links that the file names without it.
    on
        Signals whose programs are taken from the file; all that it has when not given.
    program
        Name (``programID``) of the programs to take from the file; the last one of each signal when not given.
    programs
        The programs themselves, as a file gives them; from Python.

    Examples
    --------
    >>> phases = (Phase(duration_s=40, state="Gr"), Phase(duration_s=50, state="rG"))
    >>> SignalPlan(signal="j1", cycle_s=90, phases=phases).offset_s is None
    True
    """

    kind: ClassVar[str] = "signal_plan"
    phase: ClassVar[PolicyPhase] = "signals"
    mechanism: ClassVar[str] = (
        "Phases, cycle and offset of fixed-time signals as the user gives them: by phase, by signal group, or from a "
        "SUMO file; the right of way of the network decides between conflicting greens."
    )
    source: ClassVar[str] = "the user's plan; yellow and red-amber where it gives none: RiLSA 2015"
    grade: ClassVar[str] = "D: nothing is claimed but what the simulation shows"
    limits: ClassVar[str] = (
        "Fixed-time programs only. Intergreens and minimum greens are audited, not mended: a plan that breaks them "
        "runs, and the audit says so."
    )
    example: ClassVar[str] = (
        '{ kind = "signal_plan", signal = "j1", cycle_s = 90, groups = [{ name = "K1", links = ["in"], '
        'green = [[0, 40]] }] }, or { kind = "signal_plan", file = "plan.add.xml" }'
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "signal": "given by the user",
        "phases": "given by the user",
        "groups": "given by the user; yellow and red-amber by RiLSA 2015 where not given",
        "cycle_s": "given by the user",
        "offset_s": "given by the user; the present one without it",
        "file": "given by the user",
        "mapping": "given by the user",
        "on": "given by the user",
        "program": "given by the user",
        "programs": "given by the user; what the file holds",
    }

    signal: str | None = None
    phases: tuple[Phase, ...] = ()
    groups: tuple[SignalGroup, ...] = ()
    cycle_s: float | None = Field(default=None, gt=0, le=LONGEST_CYCLE_S)
    offset_s: float | None = Field(default=None, ge=-LONGEST_CYCLE_S, le=LONGEST_CYCLE_S)
    file: str | None = None
    mapping: str | None = None
    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    program: str | None = None
    programs: tuple[SignalProgram, ...] = ()

    @model_validator(mode="after")
    def _one_way_of_writing(self) -> Self:
        if self._is_alone_as_table():
            return self
        if self.file is not None or self.programs:
            if self.signal is not None or self.phases or self.groups or self.cycle_s is not None:
                raise ValueError("give either file, or signal with phases or groups, not both")
            return self
        if self.signal is None:
            raise ValueError("a signal plan needs signal (with phases or groups), or file")
        if bool(self.phases) == bool(self.groups):
            raise ValueError(f"give signal {self.signal!r} either phases or groups")
        if self.on is not None or self.program is not None:
            raise ValueError("on and program choose from a file: give file, or leave them out")
        if self.groups and self.cycle_s is None:
            raise ValueError(f"signal {self.signal!r} has groups but no cycle_s")
        if self.phases and self.cycle_s is not None and abs(self._sum_s - self.cycle_s) > CLOSE_S:
            raise ValueError(f"the phases of signal {self.signal!r} sum to {self._sum_s:g} s, not to cycle_s = "
                             f"{self.cycle_s:g}")
        return self

    def _is_alone_as_table(self) -> bool:
        """Whether a table of signal groups is named, and nothing beside it that it brings itself."""
        if self.mapping is not None and not self._is_table:
            raise ValueError("mapping belongs to a table of signal groups: give file = a CSV file")
        if self._is_table and (self.phases or self.groups or self.cycle_s or self.on or self.programs):
            raise ValueError("a table of signal groups brings groups and cycle: leave phases, groups, cycle_s and on "
                             "out")
        return self._is_table

    @property
    def _is_table(self) -> bool:
        return self.file is not None and self.file.lower().endswith(TABLE_ENDING)

    @property
    def _sum_s(self) -> float:
        return sum(phase.duration_s for phase in self.phases)

    def with_files(self, read_programs: ReadPrograms) -> Self:
        """Return the policy with the programs of its file."""
        if self.file is None or self.programs:
            return self
        if self._is_table:
            found = read_programs.groups(self.file, self.mapping)
            return self.model_copy(update={
                "file": None, "mapping": None, "signal": self.signal or found.signal, "groups": found.groups,
                "cycle_s": found.cycle_s, "offset_s": found.offset_s if self.offset_s is None else self.offset_s})
        return self.model_copy(update={"programs": read_programs(self.file, self.program)})

    def lower(self, builder: Builder) -> None:
        """Replace the programs."""
        network = builder.network
        for signal, phases, offset_s in self._plans(network):
            where = f"policy {self.kind}: signal {signal!r}"
            _require_width(network, signal, phases, where)
            builder.replace_program(signal, with_right_of_way(network, signal, phases, where), offset_s)

    def _plans(self, network: Network) -> Iterable[tuple[str, tuple[Phase, ...], float | None]]:
        known = [one.id for one in network.signals]
        if self.signal is not None:
            _require_known(self.signal, known, f"policy {self.kind}: signal")
            where = f"policy {self.kind}: signal {self.signal!r}"
            there = controlled(network, self.signal)
            phases = self.phases or phases_of_groups(self.groups, self.cycle_s or 0.0, there, where)
            return [(self.signal, phases, self.offset_s)]
        if not self.programs:
            raise PolicyError(f"policy {self.kind}: file", f"{self.file!r}, which has not been read",
                              "a policy of a study", "put it into a study, or call with_files")
        return [(one.id, one.phases, one.offset_s if self.offset_s is None else self.offset_s)
                for one in self._chosen(known)]

    def _chosen(self, known: list[str]) -> list[SignalProgram]:
        source = f"policy {self.kind}: {self.file or 'programs'}"
        there = {one.id: one for one in self.programs}
        for name in self.on or ():
            _require_known(name, list(there), f"{source}: on")
        chosen = [one for one in there.values() if self.on is None or one.id in self.on]
        for one in chosen:
            _require_known(one.id, known, f"{source}: tlLogic")
        return chosen


def _require_known(name: str, known: list[str], where: str) -> None:
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        shown = ", ".join(known[:5]) + (" …" if len(known) > 5 else "")
        raise PolicyError(where, f"no signal {name!r}", f"one of {shown}" if known else "a network with signals",
                          f"did you mean {close[0]!r}" if close else "correct the name, or choose signals with `on`")


def _require_width(network: Network, signal: str, phases: tuple[Phase, ...], where: str) -> None:
    width = next(len(one.phases[0].state) for one in network.signals if one.id == signal)
    for number, phase in enumerate(phases):
        if len(phase.state) != width:
            raise PolicyError(f"{where}: phase {number}", f"{len(phase.state)} letters ({phase.state[:40]!r})",
                              f"{width}, one for each signal index", "write one letter per signal index")
