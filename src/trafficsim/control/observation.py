"""What a controller outside the engine sees of its signals, once in a while; it cannot change anything by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.control.tables import SHOWS_GREEN, Control
from trafficsim.plan.approaches import approaches_of
from trafficsim.plan.arrays import Plan

A = TypeVar("A", bound=NDArray[Any])


class Snapshot(NamedTuple):
    """What sensors and phases said at one time."""

    occupied: NDArray[np.uint8]
    passed: NDArray[np.int32]
    waiting: NDArray[np.int32]
    on_link: NDArray[np.int32]
    state: NDArray[np.int32]
    begin: NDArray[np.int64]


@dataclass(frozen=True)
class SignalView:
    """What never changes of a signal that reacts.

    Attributes
    ----------
    id : name of the signal
    number : row of its controller
    stages : names of its stages, or of the phases of its rings
    detectors : names of its detectors
    movements : links that the movements which it controls come from and lead to
    neighbours : signals that react and lie at the other end of a road to or from here
    serves : by stage, places of the movements that it serves in ``movements``
    """

    id: str
    number: int
    stages: tuple[str, ...]
    detectors: tuple[str, ...]
    movements: tuple[tuple[str, str], ...]
    neighbours: tuple[str, ...]
    serves: tuple[NDArray[np.int64], ...]
    phase: slice
    detector: slice
    turn: NDArray[np.int64]
    from_link: NDArray[np.int64]
    to_link: NDArray[np.int64]


class SignalObservation:
    """What is seen of one signal. Arrays are copies, and read only.

    Parameters
    ----------
    view
        What never changes of it.
    seen
        What sensors and phases say.
    tick, control_tick_s
        Control tick, and its length.
    """

    __slots__ = ("_control_tick_s", "_seen", "_tick", "view")

    def __init__(self, view: SignalView, seen: Snapshot, tick: int, control_tick_s: float) -> None:
        self.view, self._seen, self._tick, self._control_tick_s = view, seen, tick, control_tick_s

    def __getattr__(self, name: str) -> Any:
        """Return what never changes: ``id``, ``stages``, ``detectors``, ``movements``, ``neighbours``, ``serves``."""
        if name in ("id", "stages", "detectors", "movements", "neighbours", "serves"):
            return getattr(self.view, name)
        raise AttributeError(f"an observation of a signal has no {name!r}")

    @property
    def green(self) -> tuple[int, ...]:
        """Numbers, from 0, of the stages that are green; none while the signal changes."""
        return tuple(np.flatnonzero(self._seen.state[self.view.phase] == SHOWS_GREEN).tolist())

    @property
    def stage(self) -> int:
        """The stage that is green; -1 while the signal changes, and the first of several where it has rings."""
        states = self._seen.state[self.view.phase].tolist()
        return states.index(SHOWS_GREEN) if SHOWS_GREEN in states else -1

    @property
    def since_s(self) -> float:
        """How long the stage has been green; 0 while the signal changes."""
        stage = self.stage
        if stage < 0:
            return 0.0
        return float(self._tick - self._seen.begin[self.view.phase][stage]) * self._control_tick_s

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """Whether a vehicle was on each detector within the last control tick."""
        return _locked(self._seen.occupied[self.view.detector] > 0)

    @property
    def passed(self) -> NDArray[np.int32]:
        """Vehicles that have come to each detector since the start of the run."""
        return _locked(self._seen.passed[self.view.detector].copy())

    @property
    def waiting(self) -> NDArray[np.int32]:
        """Vehicles on the approach of each movement that are going to make it, back to the junction before."""
        return _locked(self._seen.waiting[self.view.turn])

    @property
    def on_link_before(self) -> NDArray[np.int32]:
        """Vehicles on the approach of each movement, whatever they are going to do."""
        return _locked(self._seen.on_link[self.view.from_link])

    @property
    def on_link_beyond(self) -> NDArray[np.int32]:
        """Vehicles on the road beyond each movement, as far as the next junction."""
        return _locked(self._seen.on_link[self.view.to_link])


@dataclass(frozen=True)
class Observation:
    """What is seen at one time.

    Attributes
    ----------
    time_s : clock time
    signals : by name
    """

    time_s: float
    signals: Mapping[str, SignalObservation]

    def __getitem__(self, name: str) -> SignalObservation:
        """Return what is seen of a signal."""
        return self.signals[name]


def _locked(values: A) -> A:
    values.flags.writeable = False
    return values


def sights_of(control: Control) -> Snapshot:
    """Return the arrays themselves of what sensors and phases say: they change as the run goes on."""
    sensors, phase = control.sensors, control.phase
    return Snapshot(sensors.occupied, sensors.passed, sensors.waiting, sensors.on_link, phase["state"], phase["begin"])


def snapshot(sights: Snapshot) -> Snapshot:
    """Copy what sensors and phases say now."""
    return Snapshot(sights.occupied.copy(), sights.passed.copy(), sights.waiting.copy(), sights.on_link.copy(),
                    sights.state.copy(), sights.begin.copy())


def views_of(plan: Plan) -> dict[str, SignalView]:
    """Return what never changes of all signals of a plan that react, by name."""
    controls, turns = plan.controls, plan.turns
    own = controls.turns.controller
    last = approaches_of(plan).last
    ends = {number: (set(turns.from_link[own == number].tolist()), set(last[turns.to_link[own == number]].tolist()))
            for number in range(len(controls.controllers.id))}
    return {name: _view(plan, number, ends) for number, name in enumerate(controls.controllers.id)}


def _view(plan: Plan, number: int, ends: Mapping[int, tuple[set[int], set[int]]]) -> SignalView:
    controls, turns, rows = plan.controls, plan.turns, plan.controls.controllers
    phase = slice(int(rows.phase_start[number]), int(rows.phase_start[number + 1]))
    detector = slice(int(rows.detector_start[number]), int(rows.detector_start[number + 1]))
    turn = np.flatnonzero(controls.turns.controller == number).astype(np.int64)
    before, beyond = turns.from_link[turn].astype(np.int64), turns.to_link[turn].astype(np.int64)
    names = [name or str(own) for name, own in zip(controls.phases.name[phase],
                                                   controls.phases.number[phase].tolist(), strict=True)]
    near = [rows.id[other] for other, (comes, leads) in ends.items()
            if other != number and (leads & ends[number][0] or comes & ends[number][1])]
    pairs = zip(before.tolist(), beyond.tolist(), strict=True)
    serves = tuple(_served(plan, row, turn) for row in range(phase.start, phase.stop))
    return SignalView(rows.id[number], number, tuple(names), controls.detectors.name[detector],
                      tuple((plan.link_id[one], plan.link_id[other]) for one, other in pairs), tuple(near), serves,
                      phase, detector, turn, before, beyond)


def _served(plan: Plan, phase: int, turn: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the turns that a phase serves among those of its signal."""
    first, last = plan.controls.phases.serve_start[phase : phase + 2]
    return np.flatnonzero(np.isin(turn, plan.controls.serves.turn[first:last])).astype(np.int64)
