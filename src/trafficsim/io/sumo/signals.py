"""Signal programs from SUMO's ``tlLogic`` elements; of several for one controller the last loaded wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.logics import NEMA, REACTING, STATIC
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.nema import nema_logic
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.model import bounds
from trafficsim.spec.network import Connection
from trafficsim.spec.signals import Phase, SignalProgram

PHASE_S, MOST_PHASE_S = bounds(Phase, "duration_s")[1], 86400.0
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
        programs[name] = program_of(element, ledger)
    return programs


def program_of(element: Element, ledger: Ledger) -> SignalProgram:
    """Return the program of a ``tlLogic`` element.

    Raises
    ------
    InputError
        If it has no phase, or a state letter or duration that is not allowed.
    """
    kind = element.get("type") or STATIC
    if kind == NEMA:
        return nema_logic(element, Ledger("sumo")).program(element)
    if kind not in (STATIC, *REACTING):
        ledger.repair("signal-taken-as-fixed", f"{element.where} (type {kind})")
    rows = list(element.all("phase"))
    durations = [phase.clock("duration") for phase in rows]
    order, offset_s = list(range(len(rows))), _offset(element)
    if any(phase.get("next") for phase in rows) and sum(durations) > 0:
        order, offset_s = _following_next(rows, durations, offset_s)
    for place in sorted(set(range(len(rows))) - set(order)):
        ledger.repair("signal-phase-unreachable", f"{element.where}, phase {place}")
    phases: list[Phase] = []
    for place in order:
        if durations[place] == 0:
            ledger.repair("signal-phase-empty", f"{element.where}, line {rows[place].line}")
            continue
        phases += _phases(rows[place], durations[place], ledger)
    return make(SignalProgram, element, id=element.get("id"), phases=tuple(phases), offset_s=offset_s,
                name=element.get("programID", "0"))


def _phases(row: Element, duration_s: float, ledger: Ledger) -> Iterator[Phase]:
    """A phase; a long one is several alike, for one of ours lasts an hour at most."""
    if duration_s > MOST_PHASE_S:
        ledger.repair("value-capped", f"{row.file}, line {row.line}: duration {duration_s:g} s")
        duration_s = MOST_PHASE_S
    parts = max(ceil(duration_s / PHASE_S), 1)
    state = row.text("state").replace("Y", "y")  # SUMO tells yellow with priority apart, which changes nothing
    for _ in range(parts):
        yield make(Phase, row, duration_s=duration_s / parts, state=state)


def _following_next(rows: Sequence[Element], durations: Sequence[float], offset_s: float) -> tuple[list[int], float]:
    """Phases that come round again and again, lowest first, and the offset at which they do.

    As in SUMO, the phase at time 0 is the one that would show there in the order of the file; ``next`` leads on.
    What is shown only once, before the phases repeat, is not run; the offset lets the others be on time.
    """
    place, left_s = 0, (-offset_s) % sum(durations)
    while left_s >= durations[place]:
        left_s -= durations[place]
        place += 1
    chain, time_s = [place], durations[place] - left_s
    while (place := _next(rows, place)) not in chain:
        chain.append(place)
        time_s += durations[place]
    loop = chain[chain.index(place):]
    first = loop.index(min(loop))
    order = loop[first:] + loop[:first]
    # Now, at time_s, the loop begins once more with the phase that closed it.
    begins_s = time_s - sum(durations[each] for each in order[:order.index(place)])
    return order, begins_s % max(sum(durations[each] for each in order), 1e-9)


def _next(rows: Sequence[Element], place: int) -> int:
    """Phase that follows: the first that ``next`` names, else the next in the file."""
    named = rows[place].get("next").split()
    given = int(named[0]) if named and len(named[0]) < 10 and named[0].isascii() and named[0].isdigit() else len(rows)
    return given if given < len(rows) else (place + 1) % len(rows)


def _offset(element: Element) -> float:
    return 0.0 if element.get("offset") == "begin" else element.clock("offset", 0.0)


def attach_signals(connections: Sequence[Connection], programs: dict[str, SignalProgram], rail: set[str],
                   ledger: Ledger) -> tuple[tuple[Connection, ...], tuple[SignalProgram, ...]]:
    """Give every connection the signal that it names, if there is one; keep the programs in use."""
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
    off = connection.model_copy(update={"signal": None, "signal_index": None})
    if signal not in programs:
        if signal in rail:
            ledger.note("ignored", "railway signal of a connection", where, level="warning")
        else:
            ledger.repair("signal-off", f"{where}: signal {signal!r} has no program")
        return off
    width = len(programs[signal].phases[0].state)
    if index >= width:
        ledger.repair("signal-off", f"{where}: signal {signal!r} has {width} letters, none for index {index}")
        return off
    return connection
