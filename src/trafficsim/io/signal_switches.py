"""Tables of switches between signal programs (CSV), and the programs of a scenario that change by time of day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.design.timing.reacting_schedule import plans_by_time
from trafficsim.design.timing.switching import RunTime, in_force, scheduled
from trafficsim.io.csv_rows import read_rows, texts
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import resolve_path
from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.control import SignalControl
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.signal_schedule import DAY_S, Procedure, ProgramSwitch, SignalSchedule, SwitchTable
from trafficsim.spec.signals import SignalProgram

COLUMNS = ("signal", "program", "from")
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
LAYOUT = "columns signal, program, from (HH:MM) and, if it matters, weekday (mon, mon-fri, sat sun)"
FOUND, SHOWN = "signals-by-time-of-day", 3
AS_FIXED = "signal-scheduled-as-fixed"
"""A table of switches names a program in which a signal reacts, which cannot be done together with the others."""
Programs = Mapping[str, Mapping[str, SignalProgram]]
"""Programs by signal and name."""


def by_time_of_day(network: Network, scenario: Scenario, folder: Path) -> Network:
    """Let programs change by time of day; what the scenario says of a signal comes before what its network says.

    Raises
    ------
    InputError
        If a table or a file that it needs cannot be used.
    NetworkError
        If a schedule does not fit the network.
    """
    own = {one.id for one in scenario.signals}
    schedules = [one for one in network.schedules if one.id not in own]
    for index, table in enumerate(scenario.switch_tables):
        schedules += _of_table(table, network.signals, folder, f"switch_tables[{index}]")
    schedules += scenario.signal_schedules
    if not schedules:
        return network
    time = scenario.time
    run = RunTime(time.start_s, time.analysis_end_s + time.clear_s, scenario.weekday)
    told = Finding("info", FOUND, f"signals {', '.join(one.id for one in schedules[:SHOWN])}"
                   + (" ..." if len(schedules) > SHOWN else ""),
                   f"{len(schedules)} signals run programs by time of day, those of a {run.weekday} at the begin")
    findings = (*(one for one in network.findings if one.code not in (FOUND, AS_FIXED)), told)
    made = replace(scheduled(network, schedules, run), schedules=tuple(schedules), findings=findings)
    return _with_reacting(made, network, run)


def _with_reacting(network: Network, before: Network, run: RunTime) -> Network:
    """Let signals that react do so while their program is in force; those that cannot run fixed programs alone."""
    controls, told = [], []
    names, schedules = {one.id: one.name for one in before.signals}, {one.id: one for one in network.schedules}
    for control in network.controls:
        schedule = schedules.get(control.id)
        if schedule is None:
            controls.append(control)
            continue
        seen = frozenset(one.signal_index for one in network.connections
                         if one.signal == control.id and one.signal_index is not None)
        parts = list(in_force(schedule, run))
        made = plans_by_time(control, parts, control.program or names[control.id], seen)
        if isinstance(made, SignalControl):
            controls.append(made)
        else:
            told.append(Finding("warning", AS_FIXED, f"signal {quoted(control.id)}", f"its programs by time of day run "
                                f"with fixed durations: {made}", "give programs with the same stages, or leave the "
                                "signal out of the table"))
    return replace(network, controls=tuple(controls), findings=(*network.findings, *told))


def _of_table(table: SwitchTable, present: Iterable[SignalProgram], folder: Path, key: str) -> list[SignalSchedule]:
    from trafficsim.io.sumo import read_all_programs

    known: dict[str, dict[str, SignalProgram]] = {one.id: {one.name: one} for one in present}
    for index, text in enumerate(table.programs):
        for program in read_all_programs(resolve_path(text, folder, f"{key}.programs[{index}]")):
            known.setdefault(program.id, {})[program.name] = program
    return read_switches(resolve_path(table.file, folder, f"{key}.file"), known, table.procedure)


def read_switches(path: Path, programs: Programs, procedure: Procedure = "direct") -> list[SignalSchedule]:
    """Read a table of switches: columns ``signal``, ``program``, ``from`` (``HH:MM``) and ``weekday``.

    Parameters
    ----------
    path
        CSV file. ``weekday`` may be empty (every day), a day, days with blanks between, or a range ``mon-fri``.
    programs
        Programs by signal and name.
    procedure
        Whether a switch happens at its instant, or at the end of the cycle that runs then.

    Raises
    ------
    InputError
        If the file cannot be read; a row has no signal, program or time; a program is not known; a signal switches
        twice at one time; or some weekdays have no row while others do.
    """
    table, lines = read_rows(path)
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise InputError(f"{path}:1: header", f"no column {missing[0]}", LAYOUT, "add the column")
    if table.empty:
        raise InputError(str(path), "no row", LAYOUT, "add the switches")
    rows: dict[str, list[ProgramSwitch]] = {}
    columns = (texts(table, name).tolist() for name in (*COLUMNS, "weekday"))
    for line, signal, program, clock, days in zip(lines, *columns, strict=True):
        where = f"{path}:{line}"
        _require_program(signal, program, programs, where)
        rows.setdefault(signal, []).append(
            ProgramSwitch(time_s=_seconds(clock, where), program=program, weekdays=_weekdays(days, where)))
    return [_schedule(path, signal, switches, programs[signal], procedure) for signal, switches in rows.items()]


def _schedule(path: Path, signal: str, switches: list[ProgramSwitch], programs: Mapping[str, SignalProgram],
              procedure: Procedure) -> SignalSchedule:
    used = dict.fromkeys(one.program for one in switches)
    try:
        return SignalSchedule(id=signal, programs=tuple(programs[name] for name in used), switches=tuple(switches),
                              procedure=procedure)
    except ValidationError as error:
        raise InputError(f"{path}: signal {quoted(signal)}", error.errors()[0]["msg"].removeprefix("Value error, "),
                         "a table that says for every moment of the week which program runs",
                         "correct the rows of this signal") from None


def _require_program(signal: str, program: str, programs: Programs, where: str) -> None:
    if signal not in programs:
        raise InputError(f"{where}: signal", quoted(signal) if signal else "nothing", "a signal of the network",
                         did_you_mean(signal, programs))
    if program not in programs[signal]:
        raise InputError(f"{where}: program", quoted(program) if program else "nothing",
                         f"one of {', '.join(list(programs[signal])[:8])}",
                         "correct the name, or give the file that holds the program under programs")


def _seconds(text: str, where: str) -> float:
    found = CLOCK.fullmatch(text)
    seconds = DAY_S if found is None else sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1),
                                                                                       strict=True))
    if seconds >= DAY_S:
        raise InputError(f"{where}: from", quoted(text) if text else "nothing", "a time from 00:00 to 23:59",
                         "write hours and minutes, HH:MM")
    return float(seconds)


def _weekdays(text: str, where: str) -> tuple[Weekday, ...]:
    found: list[Weekday] = []
    for part in re.split(r"[\s;|+]+", text.lower()) if text else ():
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise InputError(f"{where}: weekday", quoted(text), f"some of {', '.join(WEEKDAYS)}, or a range mon-fri",
                             "correct the weekday, or leave it empty for every day")
        begin, end = (WEEKDAYS.index(day) for day in (first, last or first))
        found += [WEEKDAYS[number % 7] for number in range(begin, end + 1 if end >= begin else end + 8)]
    return tuple(dict.fromkeys(found))
