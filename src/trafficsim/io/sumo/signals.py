"""Signal programs from SUMO's ``tlLogic`` elements; of several for one controller the last loaded wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        ledger.repair("signal-taken-as-fixed", f"{element.where} (type {kind})")
    rows = list(element.all("phase"))
    first, order = _order([_following(phase, place, len(rows)) for place, phase in enumerate(rows)])
    for place in sorted(set(range(len(rows))) - set(order)):
        ledger.repair("signal-phase-unreachable", f"{element.where}, phase {place}")
    phases = []
    for phase in (rows[place] for place in order):
        duration = phase.clock("duration")
        if duration == 0:
            ledger.repair("signal-phase-empty", f"{element.where}, line {phase.line}")
            continue
        phases.append(make(Phase, phase, duration_s=duration, state=phase.text("state")))
    before_s = sum(rows[place].clock("duration") for place in first)
    return make(SignalProgram, element, id=element.get("id"), phases=tuple(phases),
                offset_s=_offset(element) + before_s, name=element.get("programID", "0"))


def _following(phase: Element, place: int, phases: int) -> int:
    """Phase that follows: the first that ``next`` names, else the next in the file."""
    named = phase.get("next").split()
    given = int(named[0]) if named and named[0].isascii() and named[0].isdigit() else phases
    return given if given < phases else (place + 1) % phases


def _order(following: Sequence[int]) -> tuple[list[int], list[int]]:
    """Phases that are shown once, from phase 0 on, and then those that come round again and again.

    Examples
    --------
    >>> _order([2, 0, 1]), _order([1, 2, 1])
    (([], [0, 2, 1]), ([0], [1, 2]))
    """
    way: list[int] = []
    place = 0
    while following and place not in way:
        way.append(place)
        place = following[place]
    start = way.index(place) if way else 0
    return way[:start], way[start:]


def _offset(element: Element) -> float:
    return 0.0 if element.get("offset") == "begin" else element.clock("offset", 0.0)


def attach_signals(connections: Sequence[Connection], programs: dict[str, SignalProgram], rail: set[str],
                   ledger: Ledger) -> tuple[tuple[Connection, ...], tuple[SignalProgram, ...]]:
    """Give every connection the lamp that it names, if there is one; keep the programs in use."""
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
