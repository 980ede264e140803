"""Switch tables of SUMO (``WAUT``, ``wautSwitch``, ``wautJunction``): which program of a controller runs when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.logics import REACTING
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.signals import RAIL, program_of
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.signal_schedule import DAY_S, ProgramSwitch, SignalSchedule
from trafficsim.spec.signals import SignalProgram

WAUT_TAGS = ("WAUT", "wautJunction")
Programs = Mapping[str, Mapping[str, SignalProgram]]


def all_programs(logics: Iterable[Element], ledger: Ledger) -> dict[str, dict[str, SignalProgram]]:
    """Return all programs by controller and name; of two of one name the last loaded."""
    found: dict[str, dict[str, SignalProgram]] = {}
    for element in logics:
        if element.get("type") not in RAIL:
            found.setdefault(element.text("id"), {})[element.get("programID", "0")] = program_of(element, ledger)
    return found


def read_schedules(elements: Sequence[Element], programs: Programs, ledger: Ledger) -> tuple[SignalSchedule, ...]:
    """Return the schedules of the controllers that switch tables name.

    A switch happens at its instant, as in SUMO without ``procedure`` (``WAUTSwitchProcedure_JustSwitch``), and the new
    program goes on at its own clock, for SUMO runs all programs of a controller all the time. Procedures ``GSP`` and
    ``Stretch`` wait for points that programs name by parameters; with us they wait for the end of the cycle. Times
    count from ``refTime``; ``startProg`` runs from midnight.

    Raises
    ------
    InputError
        If a table, controller or program is not there, or two switches of a controller fall together.
    """
    tables = {element.text("id"): element for element in elements if element.tag == "WAUT"}
    found: dict[str, SignalSchedule] = {}
    for element in elements:
        if element.tag != "wautJunction":
            continue
        table, signal = element.text("wautID"), element.text("junctionID")
        if table not in tables:
            raise InputError(f"{element.where}: wautID", quoted(table), "the id of a WAUT of the files",
                             "correct it, or give the file that holds the WAUT")
        if signal not in programs:
            raise InputError(f"{element.where}: junctionID", quoted(signal), "a signal controller of the files",
                             "correct it, or give the file that holds its programs")
        procedure = "cycle_end" if element.get("procedure") else "direct"
        if element.get("procedure"):
            ledger.note("repaired", f"procedure {element.get('procedure')}: switches at the end of a cycle",
                        element.where)
        switches = _switches(tables[table], signal, programs[signal], ledger)
        used = dict.fromkeys(one.program for one in switches)
        found[signal] = make(SignalSchedule, tables[table], id=signal, switches=switches, procedure=procedure,
                             programs=tuple(programs[signal][name] for name in used))
        ledger.note("read", "signal controller that switches by time of day", element.where)
    return tuple(found.values())


def reacting_logics(logics: Iterable[Element], schedules: Iterable[SignalSchedule], ledger: Ledger
                    ) -> dict[str, Element]:
    """Return, of the programs of each table, the one that reacts; none where several do.

    A signal then reacts while that program is in force (:mod:`trafficsim.design.timing.reacting_schedule`).
    """
    known = {(one.text("id"), one.get("programID", "0")): one for one in logics}
    found: dict[str, Element] = {}
    for schedule in schedules:
        able = [element for one in schedule.programs if (element := known.get((schedule.id, one.name))) is not None
                and element.get("type") in REACTING]
        if len(able) == 1:
            found[schedule.id] = able[0]
        for element in able if len(able) > 1 else ():
            ledger.repair("signal-taken-as-fixed", f"{element.where} (type {element.get('type')}, one of several of a "
                          "switch table that react)")
    return found


def _switches(table: Element, signal: str, programs: Mapping[str, SignalProgram], ledger: Ledger
              ) -> tuple[ProgramSwitch, ...]:
    reference_s = table.clock("refTime", 0.0)
    found: dict[float, str] = {}
    for element in table.all("wautSwitch"):
        time_s = reference_s + element.clock("time")
        if time_s < 0:
            raise InputError(f"{element.where}: time", f"{time_s:g} s", "a time after midnight", "correct the time")
        if time_s >= DAY_S:
            ledger.note("ignored", "switch of signal programs after 24 h", element.where, level="warning")
            continue
        found[time_s] = element.text("to")
        ledger.note("read", "switch of signal programs", element.where)
    found.setdefault(0.0, table.get("startProg") or next(iter(found.values()), ""))
    for name in found.values():
        if name not in programs:
            raise InputError(f"{table.where}: program {quoted(name)} of signal {quoted(signal)}", "no such program",
                             f"one of {', '.join(list(programs)[:8])}",
                             "correct the name, or give the file that holds the program")
    return tuple(ProgramSwitch(time_s=time_s, program=name) for time_s, name in sorted(found.items()))
