"""Controllers in Python: asked for stages at control ticks; where one fails the fixed program stands in.

The plant keeps what no controller may break: minimum greens, intergreens, pedestrians. A controller only says which
stages should be green.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Protocol

import numpy as np

from trafficsim.base.codes import REQUESTED
from trafficsim.base.errors import InputError, quoted
from trafficsim.control.observation import Observation, SignalObservation, SignalView, sights_of, snapshot, views_of
from trafficsim.control.retiming import Retimed
from trafficsim.control.time_of_day import MethodsByTime
from trafficsim.kernels.control.tables import BY_OTHERS, Control
from trafficsim.plan.arrays import Plan
from trafficsim.plan.deciders import Decider

LOG = logging.getLogger("trafficsim")
RAISED, NONSENSE, LATE = 1, 2, 3
REASONS = {RAISED: "it raised an error", NONSENSE: "its answer was no stage", LATE: "its answer came too late"}
"""Why the fixed program stands in."""
NEVER = 1 << 62

Stage = int | str | tuple[int | str, ...]
"""A stage by its place, from 0, or by its name; several phases where a signal has rings."""


class StageController(Protocol):
    """Whoever decides about signals.

    Examples
    --------
    >>> class LongestQueue:
    ...     def decide(self, observation):
    ...         return {name: seen.stage for name, seen in observation.signals.items()}
    """

    def decide(self, observation: Observation) -> Mapping[str, Stage] | Stage | None:
        """Return the stage that each signal should show; the stage alone where there is one signal.

        Signals that are not named keep what was asked for before; ``None`` names none.
        """


class Requests:
    """What is asked of the signals of a run, and what is seen of them.

    Parameters
    ----------
    plan
        Of the run.
    control
        Its tables.
    control_tick_s
        Length of a control tick.

    Attributes
    ----------
    views : what never changes of the signals, by name
    sights : what sensors and phases say, as it changes
    control_tick_s : length of a control tick
    """

    def __init__(self, plan: Plan, control: Control, control_tick_s: float) -> None:
        self.control, self._start_s, self.control_tick_s = control, plan.start_s, control_tick_s
        self.views = views_of(plan)
        self._request, self._fallback = control.controller["request"], control.controller["fallback"]
        self.sights = sights_of(control)
        if any(plan.controls.controllers.method == REQUESTED):
            control.sensors.wanted[0] |= BY_OTHERS  # whoever asks sees queues

    def observe(self, tick: int, names: tuple[str, ...] | None = None) -> Observation:
        """Return what is seen of signals, all without names."""
        seen = snapshot(self.sights)
        return Observation(self._start_s + tick * self.control_tick_s, {
            name: SignalObservation(self.views[name], seen, tick, self.control_tick_s)
            for name in (self.views if names is None else names)})

    def observe_at(self, time_s: float) -> Observation:
        """Return what is seen of all signals at a clock time."""
        return self.observe(round((time_s - self._start_s) / self.control_tick_s))

    def ask(self, name: str, stage: Stage) -> None:
        """Ask a signal for a stage.

        Raises
        ------
        InputError
            If there is no such signal or stage.
        """
        view = self.views.get(name)
        if view is None:
            raise InputError(f"signal {name!r}", "no signal that takes requests",
                             f"one of {', '.join(sorted(self.views)) or '(there is none)'}", "correct the name")
        if self.control.controller["method"][view.number] != REQUESTED:
            raise InputError(f"signal {name!r}", "one that decides for itself", "one whose stages are asked for",
                             "let the policy trafficsim.policies.Controlled act on it")
        self.set(view, bits_of(view, stage))

    def set(self, view: SignalView, bits: int) -> None:
        """Ask a signal for phases, as bits; whoever stood in steps back."""
        self._request[view.number], self._fallback[view.number] = bits, 0

    def fall_back(self, name: str, reason: int) -> None:
        """Let the fixed program of a signal stand in."""
        self._fallback[self.views[name].number] = reason


def bits_of(view: SignalView, stage: Any) -> int:
    """Return the phases of a stage as bits.

    Raises
    ------
    InputError
        If it is none of the signal's stages.
    """
    if isinstance(stage, tuple | list) and len(stage):
        bits = 0
        for one in stage:
            bits |= bits_of(view, one)
        return bits
    if isinstance(stage, str) and stage in view.stages:
        return 1 << view.stages.index(stage)
    if isinstance(stage, int | np.integer) and not isinstance(stage, bool) and 0 <= stage < len(view.stages):
        return 1 << int(stage)
    raise InputError(f"signal {quoted(view.id)}: stage {stage!r}", "no stage of this signal",
                     f"0 to {len(view.stages) - 1}, or one of {', '.join(map(repr, view.stages))}", "correct it")


def _copied(one: Decider) -> Any:
    """Every run works on a copy, so that runs do not depend on each other."""
    try:
        return deepcopy(one.by)
    except Exception as error:
        raise InputError(f"controller {type(one.by).__name__}", f"one that cannot be copied ({error})", "a controller "
                         "of which every run gets a copy of its own", "open files and connections within decide, or "
                         "give the class a method __deepcopy__") from error


class Deciding:
    """The controllers in Python of a run.

    Parameters
    ----------
    plan
        Of the run.
    requests
        Where they ask.
    control_tick_s
        Length of a control tick.
    """

    def __init__(self, plan: Plan, requests: Requests, control_tick_s: float) -> None:
        self._requests = requests
        self._deciders = plan.deciders
        self._by = [_copied(one) for one in plan.deciders]
        self._next = [0] * len(plan.deciders)
        self._every = [max(1, round(one.every_s / control_tick_s)) for one in plan.deciders]
        self._told: set[tuple[str, int]] = set()
        self._methods = MethodsByTime(plan, requests.control)
        self._retimed = [Retimed(plan, requests.control, one, control_tick_s) for one in plan.retimings]

    def next_tick(self, tick: float) -> int:
        """Return the first control tick after this one at which somebody is asked, or a plan begins or may change."""
        others = (self._methods.next_tick(tick), *(one.next_tick(tick) for one in self._retimed), NEVER)
        return min(one for one in (*self._next, *others) if one > tick)

    def apply(self, tick: float) -> None:
        """Ask whoever is to be asked by a control tick, after the plan of the day has said how signals react."""
        self._methods.apply(tick)
        for retimed in self._retimed:
            retimed.apply(tick)
        for row, one in enumerate(self._deciders):
            if self._next[row] <= tick:
                self._next[row] = (int(tick) // self._every[row] + 1) * self._every[row]
                self._ask(one, self._by[row], self._requests.observe(int(tick), one.signals))

    def _ask(self, one: Decider, by: Any, observation: Observation) -> None:
        began = time.perf_counter()
        try:
            answer = by.decide(observation)
        except Exception as error:  # noqa: BLE001 - whatever somebody's controller does, the run goes on
            self._fail(one, one.signals, RAISED, f"{type(error).__name__}: {error}")
            return
        took_s = time.perf_counter() - began
        if took_s > one.within_s:
            self._fail(one, one.signals, LATE, f"after {took_s:.3g} s")
            return
        if answer is not None:
            self._take(one, answer)

    def _take(self, one: Decider, answer: Any) -> None:
        if not isinstance(answer, Mapping):
            answer = {one.signals[0]: answer} if len(one.signals) == 1 else {"": answer}
        strangers = [name for name in answer if name not in one.signals]
        if strangers:
            self._fail(one, one.signals, NONSENSE, f"no signal {strangers[0]!r} of its own")
            return
        for name, stage in answer.items():
            view = self._requests.views[name]
            try:
                bits = bits_of(view, stage)
            except (InputError, TypeError, ValueError):
                self._fail(one, (name,), NONSENSE, repr(stage))
            else:
                self._requests.set(view, bits)

    def _fail(self, one: Decider, signals: tuple[str, ...], reason: int, said: str) -> None:
        for name in signals:
            self._requests.fall_back(name, reason)
            if (name, reason) not in self._told:
                self._told.add((name, reason))
                LOG.warning("signal %r: controller %s: %s (%s); its fixed program stands in", name,
                            type(one.by).__name__, REASONS[reason], said)
