"""Signal programs by time of day: several programs of one controller, and when each of them runs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.model import Model
from trafficsim.spec.signals import SignalProgram

DAY_S = 86400.0
Procedure = Literal["direct", "cycle_end"]
"""``"direct"``: at the instant itself, as SUMO does by default; ``"cycle_end"``: at the next end of a cycle of the
program that runs."""


class ProgramSwitch(Model):
    """An instant at which a program begins to run.

    Parameters
    ----------
    time_s
        Seconds after midnight.
    program
        Name of the program.
    weekdays
        Days on which it does; all when empty.

    Examples
    --------
    >>> ProgramSwitch(time_s=6 * 3600, program="morning").weekdays
    ()
    """

    time_s: float = Field(ge=0, lt=DAY_S)
    program: str = Field(min_length=1)
    weekdays: tuple[Weekday, ...] = ()


class SignalSchedule(Model):
    """The programs of a controller, and the table of switches between them.

    A program that is switched to goes on where its own clock is (its offset, as if it had run all day), so that
    coordination holds. Before the first switch of a day the last program of the day before runs.

    Parameters
    ----------
    id
        Name of the controller.
    programs
        Its programs, told apart by ``name``.
    switches
        When each begins to run.
    procedure
        Whether a switch happens at its instant, or at the end of the cycle that runs then.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> night, day = (SignalProgram(id="j", name=name, phases=(Phase(duration_s=green, state="Gr"),
    ...               Phase(duration_s=30, state="rG"))) for name, green in (("night", 20), ("day", 40)))
    >>> table = (ProgramSwitch(time_s=21600, program="day"), ProgramSwitch(time_s=75600, program="night"))
    >>> SignalSchedule(id="j", programs=(night, day), switches=table).program_at(3600, "mon").name
    'night'
    """

    id: str = Field(min_length=1)
    programs: tuple[SignalProgram, ...] = Field(min_length=1)
    switches: tuple[ProgramSwitch, ...] = Field(min_length=1)
    procedure: Procedure = "direct"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        names = [one.name for one in self.programs]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"signal {self.id!r} has two programs named {name!r}; give each a name of its own")
        if any(one.id != self.id for one in self.programs):
            raise ValueError(f"signal {self.id!r} has a program of another signal")
        if len({len(one.phases[0].state) for one in self.programs}) > 1:
            raise ValueError(f"programs of signal {self.id!r} have different numbers of states")
        self._check_switches(names)
        return self

    def _check_switches(self, names: list[str]) -> None:
        seen: set[tuple[float, Weekday]] = set()
        for one in self.switches:
            if one.program not in names:
                raise ValueError(f"signal {self.id!r} has no program {one.program!r}; it has {', '.join(names[:8])}")
            moments = {(one.time_s, day) for day in one.weekdays or WEEKDAYS}
            if moments & seen:
                raise ValueError(f"signal {self.id!r} switches twice at {clock_text(one.time_s)} on "
                                 f"{sorted(moments & seen)[0][1]}")
            seen |= moments
        missing = [day for day in WEEKDAYS if not any(day == other for _, other in seen)]
        if missing:
            raise ValueError(f"the switch table of signal {self.id!r} has a gap: no row for {', '.join(missing)}; give "
                             "every weekday a row, or leave weekday empty")

    def of_day(self, weekday: Weekday) -> tuple[ProgramSwitch, ...]:
        """Return the switches of a weekday, in order of time."""
        found = (one for one in self.switches if not one.weekdays or weekday in one.weekdays)
        return tuple(sorted(found, key=lambda one: one.time_s))

    def program_at(self, time_s: float, weekday: Weekday) -> SignalProgram:
        """Return the program that the table names for a moment."""
        name = self.of_day(WEEKDAYS[WEEKDAYS.index(weekday) - 1])[-1].program
        for one in self.of_day(weekday):
            if one.time_s <= time_s:
                name = one.program
        return self.named(name)

    def named(self, name: str) -> SignalProgram:
        """Return a program by its name."""
        return next(one for one in self.programs if one.name == name)


def clock_text(time_s: float) -> str:
    """Return seconds after midnight as people write them.

    Examples
    --------
    >>> clock_text(21630.0), clock_text(3600.0)
    ('06:00:30', '01:00')
    """
    minutes, seconds = divmod(round(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


class SwitchTable(Model):
    """Files with a table of switches and the programs that it names.

    Parameters
    ----------
    file
        CSV with columns ``signal``, ``program``, ``from`` (``HH:MM``) and, if it matters, ``weekday``.
    programs
        Files with the programs: SUMO additional files. Programs of the network count too.
    procedure
        Whether a switch happens at its instant, or at the end of the cycle that runs then.

    Examples
    --------
    >>> SwitchTable(file="switches.csv", programs=("programs.add.xml",)).procedure
    'direct'
    """

    file: str
    programs: tuple[str, ...] = ()
    procedure: Procedure = "direct"
