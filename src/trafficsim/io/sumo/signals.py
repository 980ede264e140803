"""Signal programs from SUMO's ``tlLogic`` elements; of several for one controller the last loaded wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trafficsim.base.errors import NetworkError
from trafficsim.io.sumo.ledger import Ledger
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.network import Connection
from trafficsim.spec.signals import Phase, SignalProgram

RAIL = ("rail_signal", "rail_crossing", "railSignal", "railCrossing")


def read_signals(elements: Iterable[Element], ledger: Ledger) -> dict[str, SignalProgram]:
    """Read programs in loading order.

    Phase p of the program shows at time t when ``(t - offset) mod cycle`` falls into it, as in SUMO.

    Raises
    ------
    InputError
        If a program has no phase, or a state letter or duration that is not allowed.
    """
    programs: dict[str, SignalProgram] = {}
    for element in elements:
        if element.get("type") in RAIL:
            ledger.note("ignored", "signal program of a railway", element.where)
            continue
        name = element.text("id")
        if name in programs:
            ledger.note("read", "signal program that replaces an earlier one", element.where)
        else:
            ledger.note("read", "signal controller", element.where)
        programs[name] = _program(element, ledger)
    return programs


def _program(element: Element, ledger: Ledger) -> SignalProgram:
    kind = element.get("type", "static")
    if kind != "static":
        ledger.warn("signal-taken-as-fixed", element.where, f"a program of type {kind!r} runs with its fixed durations",
                    "give a static program in an additional file if it should run otherwise")
    phases = []
    for phase in element.all("phase"):
        duration = phase.clock("duration")
        if duration == 0:
            ledger.note("repaired", "signal phase of 0 s left out", f"{phase.file}, line {phase.line}")
            continue
        phases.append(make(Phase, phase, duration_s=duration, state=phase.text("state")))
        if phase.get("next"):
            ledger.note("ignored", "order of phases given by next", element.where, level="warning")
    return make(SignalProgram, element, id=element.get("id"), phases=tuple(phases),
                offset_s=_offset(element), name=element.get("programID", "0"))


def _offset(element: Element) -> float:
    return 0.0 if element.get("offset") == "begin" else element.clock("offset", 0.0)


def attach_signals(connections: Sequence[Connection], programs: dict[str, SignalProgram], rail: set[str],
                   ledger: Ledger) -> tuple[tuple[Connection, ...], tuple[SignalProgram, ...]]:
    """Check that every signal a connection names has a program that is wide enough; keep the programs in use.

    Raises
    ------
    NetworkError
        If a program is missing or too narrow.
    """
    checked = tuple(_attached(connection, programs, rail, ledger) for connection in connections)
    used = {connection.signal for connection in checked}
    for name in programs:
        if name not in used:
            ledger.note("ignored", "signal controller without a connection for vehicles", f"tlLogic {name!r}")
    return checked, tuple(program for name, program in programs.items() if name in used)


def _attached(connection: Connection, programs: dict[str, SignalProgram], rail: set[str],
              ledger: Ledger) -> Connection:
    signal, index = connection.signal, connection.signal_index
    if signal is None or index is None:
        return connection
    where = f"connection from {connection.from_link!r} to {connection.to_link!r}"
    if signal not in programs:
        if signal in rail:
            ledger.note("ignored", "railway signal of a connection", where, level="warning")
            return connection.model_copy(update={"signal": None, "signal_index": None})
        raise NetworkError(f"{where}: tl", f"signal {signal!r} without a program", "a tlLogic with this id",
                           "give the additional file that holds the signal programs")
    width = len(programs[signal].phases[0].state)
    if index >= width:
        raise NetworkError(f"{where}: linkIndex", str(index), f"an index below {width}, the state letters of "
                           f"signal {signal!r}", "give the program that belongs to this network")
    return connection
