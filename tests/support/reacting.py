"""Signals that react without any traffic engine: a junction of given conflicts, and vehicles at detectors by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from trafficsim.base.codes import CONTROL_EVENTS, NOT_SHOWN, STATE_CODES
from trafficsim.engines.controlling import control_tables
from trafficsim.kernels.control.tables import Control
from trafficsim.kernels.control.tick import control_tick
from trafficsim.plan.control import lower_controls
from trafficsim.plan.network import starts
from trafficsim.plan.signals import lower_signals
from trafficsim.spec.control import ControlPhase, SignalControl, SignalDetector
from trafficsim.spec.signals import Phase, SignalProgram

LETTERS = {code: letter for letter, code in reversed(STATE_CODES.items())}


class Conflicts(NamedTuple):
    """Signal indices whose paths cross, and pairs (one, other) of them of which one gives way to the other."""

    crossing: Sequence[tuple[int, int]]
    yielding: Sequence[tuple[int, int]] = ()


NEMA = Conflicts(
    # Indices 0 to 7 are the movements of phases 1 to 8: odd phases are left turns, even ones go straight on.
    [(0, 1), (0, 2), (0, 3), (0, 6), (0, 7), (1, 2), (1, 3), (1, 6), (1, 7), (2, 3), (2, 4), (2, 5), (3, 4), (3, 5),
     (4, 5), (4, 6), (4, 7), (5, 6), (5, 7), (6, 7)])


def plan_of(controls: Sequence[SignalControl], conflicts: Conflicts, start_s: float = 0.0, seed: int = 1) -> Any:
    """A plan with what controllers read: one lane, link and turn for every signal index, at every signal."""
    width = len(controls[0].phases[0].green)
    ids = list(dict.fromkeys(control.id for control in controls))
    signals = lower_signals([SignalProgram(id=name, phases=(Phase(duration_s=10, state="r" * width),))
                             for name in ids])
    total = width * len(ids)
    yields: list[list[int]] = [[] for _ in range(total)]
    crosses: list[list[int]] = [[] for _ in range(total)]
    for first in range(0, total, width):
        for one, other in conflicts.crossing:
            crosses[first + one].append(first + other)
            crosses[first + other].append(first + one)
        for one, other in conflicts.yielding:
            yields[first + one].append(first + other)
    whole = np.arange(total, dtype=np.int32)
    none, nothing = np.zeros(total, np.bool_), np.zeros(total)
    plan = SimpleNamespace(
        signals=signals, link_id=tuple(f"{side}{n}" for side in ("in", "out") for n in range(total)),
        start_s=start_s, seed_key=seed,
        connections=SimpleNamespace(signal_group=whole, turn=whole, from_lane=whole, to_lane=whole + np.int32(total),
                                    direction=nothing, length_m=nothing, must_stop=none, first_come=none,
                                    **_ragged("yield", "yields_to", yields), **_ragged("cross", "crosses", crosses)),
        turns=SimpleNamespace(from_link=whole, to_link=whole + np.int32(total)),
        lanes=SimpleNamespace(link=np.arange(2 * total, dtype=np.int32), length_m=np.full(2 * total, 200.0)),
        links=SimpleNamespace(lane_start=np.arange(2 * total + 1, dtype=np.int32), length_m=np.full(2 * total, 200.0),
                              turn_start=np.minimum(np.arange(2 * total + 1), total).astype(np.int32)),
        trips=SimpleNamespace(key=np.zeros(0), route_start=np.zeros(1, np.int32), route_link=np.zeros(0, np.int32)))
    plan.controls = lower_controls(list(controls), plan)
    return plan


def _ragged(start: str, name: str, rows: list[list[int]]) -> dict[str, Any]:
    return {f"{start}_start": starts([len(row) for row in rows]),
            name: np.array([one for row in rows for one in row], np.int32)}


def tables_of(controls: Sequence[SignalControl], conflicts: Conflicts, start_s: float = 0.0, seed: int = 1) -> Control:
    """Tables of controllers at a junction, in ticks of a second."""
    return control_tables(plan_of(controls, conflicts, start_s, seed), 1.0)


def run(control: Control, ticks: int, drive: Callable[[Control, int], None] = lambda *_: None, start: int = 0,
        ) -> list[str]:
    """What all signals show in every tick; ``drive`` writes what sensors see before each."""
    shown = []
    for tick in range(start, ticks):
        drive(control, tick)
        control_tick(control, tick)
        shown.append("".join("-" if code == NOT_SHOWN else LETTERS[code] for code in control.group.shown[:-1].tolist()))
    return shown


def events(control: Control, *codes: int) -> list[tuple[int, str, int]]:
    """Events so far: tick, name and phase; of some codes only when any is given."""
    rows = control.log[: int(control.logged[0])]
    return [(int(row.tick), CONTROL_EVENTS[int(row.code)], int(row.parameter)) for row in rows
            if not codes or row.code in codes]


def greens(shown: Sequence[str], index: int) -> list[tuple[int, int]]:
    """Begin and end of the greens of a signal index."""
    found, begin = [], None
    for tick, letters in enumerate([*shown, "r" * len(shown[0])]):
        green = letters[index] in "Gg"
        if green and begin is None:
            begin = tick
        elif not green and begin is not None:
            found.append((begin, tick))
            begin = None
    return found


def vehicles(at: dict[int, Iterable[tuple[int, int]]]) -> Callable[[Control, int], None]:
    """A driver of sensors: by detector, the spans of ticks in which it is occupied."""
    def drive(control: Control, tick: int) -> None:
        for detector, spans in at.items():
            control.sensors.occupied[detector] = any(begin <= tick < end for begin, end in spans)
    return drive


def two_stages(**more: Any) -> SignalControl:
    """Two stages that conflict, with a detector each."""
    phases = (ControlPhase(number=1, green="Gr", **more), ControlPhase(number=2, green="rG", position=1, **more))
    detectors = tuple(SignalDetector(id=f"d{n}", link=f"in{n}", distance_m=40.0) for n in (0, 1))
    return SignalControl(id="j", phases=phases, detectors=detectors)


def nema(method: str = "actuated", numbers: Sequence[int] = range(1, 9), **more: Any) -> SignalControl:
    """Eight phases in two rings before two barriers; left turns lead. ``more`` by phase number changes a phase."""
    phases = []
    for number in numbers:
        within = (number - 1) % 4
        letters = "".join("G" if number == index + 1 else "r" for index in range(8))
        given: dict[str, Any] = {"min_green_s": 5, "max_green_s": 30, "extension_s": 3, "yellow_s": 3,
                                 "red_clearance_s": 1}
        phases.append(ControlPhase(number=number, green=letters, ring=1 + (number > 4), barrier=1 + within // 2,
                                   position=within % 2, **given | more.pop(f"p{number}", {})))
    detectors = tuple(SignalDetector(id=f"d{number}", link=f"in{number - 1}", distance_m=0.0, length_m=10.0,
                                     phases=(number,)) for number in numbers)
    return SignalControl(id="j", method=method, phases=tuple(phases), detectors=detectors, **more)  # type: ignore[arg-type]

