"""Signals whose plan follows traffic: splits, offsets and the cycle move in small steps between slices of a run.

The kernels run the plan by the clock as ever; what moves are the ends of its greens, its zero and its cycle. Whoever
counts are detectors: nothing else of traffic is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import CONTROL_CYCLE, CONTROL_OFFSET, CONTROL_SPLIT
from trafficsim.control.split_offset_cycle import (
    KEPT_STEP_S,
    OFFSET_STEP_S,
    SLICE_S,
    SPLIT_STEP_S,
    Approach,
    Junction,
    Stream,
    better_cycle_s,
    better_offset,
    moved,
    scaled,
)
from trafficsim.kernels.control.tables import Control
from trafficsim.plan.approaches import approaches_of
from trafficsim.plan.arrays import Plan
from trafficsim.plan.retimings import Retiming

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
SECONDS_PER_H = 3600.0
CYCLE_EVERY_S = 300.0
"""Time from one choice of the cycle to the next (LR1014: five minutes)."""
SMOOTHING = 0.25
"""Weight of the last cycle in the mean of arrivals (modelling assumption)."""
FIRST_CYCLES = 2
"""Cycles that are only counted (modelling assumption)."""
FAR_M = 50.0
"""A standing vehicle so far before the line is one of a long queue; nearer ones wait at red (modelling assumption)."""
CONGESTED = 1.0
"""Degrees of saturation that a detector adds which a queue covers all the time (modelling assumption)."""


@dataclass
class _Signal:
    """A signal with what has been counted; times in ticks.

    Attributes
    ----------
    number, id : controller and its row
    stages : its phases
    base : greens that stay, by stage
    detectors, served, delay, far : its detectors; by each the stages that serve its lane, slices from there to the
        line, and whether a queue does not reach it at every red
    counted : vehicles by detector and slice of this cycle
    profile : mean vehicles by detector and slice
    covered, looks : slices in which a queue covered each detector in this cycle, and all slices
    congestion : mean share of them
    """

    number: int
    stages: range
    base: F8
    detectors: I8
    served: list[tuple[int, ...]]
    delay: I8
    far: NDArray[np.bool_]
    passed: I8
    counted: F8
    profile: F8
    covered: F8
    congestion: F8
    looks: int = 0
    cycles: int = 0
    clock: int = 0
    feeds: list[tuple[int, int]] = field(default_factory=list)


class Retimed:
    """The signals of one policy, which are one region where they have the same cycle.

    Parameters
    ----------
    plan
        Of the run.
    control
        Its tables.
    retiming
        What is adjusted, and between which limits.
    control_tick_s
        Length of a control tick.
    """

    def __init__(self, plan: Plan, control: Control, retiming: Retiming, control_tick_s: float) -> None:
        self._control, self._options, self._tick_s = control, retiming, control_tick_s
        self._slice = max(1, round(SLICE_S / control_tick_s))
        numbers = [plan.controls.controllers.id.index(one) for one in retiming.signals]
        self._signals = [_signal(plan, control, number, self._slice * control_tick_s) for number in numbers]
        self._cycle_at = round(CYCLE_EVERY_S / control_tick_s)
        self._next = 0
        _find_feeds(plan, self._signals)

    def next_tick(self, tick: float) -> int:
        """Return the first control tick after this one at which counters are read."""
        return self._next if self._next > tick else (int(tick) // self._slice + 1) * self._slice

    def apply(self, tick: float) -> None:
        """Read counters, and move what is due by a control tick."""
        if tick < self._next:
            return
        now = int(tick)
        self._next = (now // self._slice + 1) * self._slice
        for one in self._signals:
            self._count(one)
            if self._begins_cycle(one):
                self._end_cycle(one)
                if one.cycles > FIRST_CYCLES:
                    self._adjust(one, now)
        if self._options.cycle and now > 0 and now % self._cycle_at < self._slice:
            self._change_cycles(now)

    def _row(self, one: _Signal) -> Any:
        return self._control.controller[one.number]

    def _cycle(self, one: _Signal) -> int:
        return int(self._control.pattern["cycle"][self._row(one).now])

    def _count(self, one: _Signal) -> None:
        passed = self._control.sensors.passed[one.detectors].astype(np.int64)
        place = min(one.clock // self._slice, one.counted.shape[1] - 1)
        new = passed - one.passed
        one.counted[:, place] += new
        one.covered += one.far & (self._control.sensors.occupied[one.detectors] > 0) & (new == 0)
        one.looks += 1
        one.passed = passed

    def _begins_cycle(self, one: _Signal) -> bool:
        before, one.clock = one.clock, int(self._row(one).clock)
        return one.clock < before

    def _end_cycle(self, one: _Signal) -> None:
        """Take the cycle that has ended into the means."""
        weight = 1.0 if one.cycles == 0 else max(SMOOTHING, 1.0 / (one.cycles + 1))
        one.profile += weight * (one.counted - one.profile)
        one.congestion += weight * (one.covered / max(one.looks, 1) - one.congestion)
        one.counted[:] = 0.0
        one.covered[:] = 0.0
        one.looks, one.cycles = 0, one.cycles + 1

    def _streams(self, one: _Signal) -> tuple[Stream, ...]:
        per_s = self._options.saturation_veh_h / SECONDS_PER_H
        greens_s = (one.base * self._tick_s).tolist()
        found = []
        for row, stages in enumerate(one.served):
            least = one.congestion[row] * CONGESTED * per_s * sum(greens_s[stage] for stage in stages)
            found.append(Stream(stages, float(one.profile[row].sum()) + least, per_s))
        return tuple(found)

    def _least(self, one: _Signal) -> F8:
        return np.asarray(self._control.phase["min_green"][one.stages.start : one.stages.stop], np.float64)

    def _lost(self, one: _Signal) -> F8:
        return np.asarray(self._control.phase["clearance"][one.stages.start : one.stages.stop], np.float64)

    def _adjust(self, one: _Signal, tick: int) -> None:
        if self._options.splits:
            streams, least = self._streams(one), self._least(one) * self._tick_s
            moves = moved((one.base * self._tick_s).tolist(), streams, least.tolist(), SPLIT_STEP_S)
            shown = self._with(one, moves, SPLIT_STEP_S)
            one.base = self._with(one, moves, KEPT_STEP_S)
            self._show(one, shown, tick)
        if self._options.offsets:
            self._move_offset(one, tick)

    def _with(self, one: _Signal, moves: list[int], step_s: float) -> F8:
        """Greens whose changes have moved."""
        greens, step = one.base.copy(), round(step_s / self._tick_s)
        for stage, move in enumerate(moves):
            greens[stage] += move * step
            greens[(stage + 1) % len(greens)] -= move * step
        return greens

    def _show(self, one: _Signal, greens: F8, tick: int) -> None:
        """Write greens, in ticks, into the plan that runs, and say which of them have changed."""
        time = int(self._control.pattern["time"][self._row(one).now])
        rows = slice(time, time + len(one.stages))
        table = self._control.time
        before = table["green"][rows].copy()
        ends = np.cumsum(greens + self._lost(one)) - self._lost(one)
        table["green"][rows] = greens
        table["force_off"][rows] = ends % self._cycle(one)
        table["begin"][rows] = np.roll(table["force_off"][rows], 1)
        for stage in np.flatnonzero(table["green"][rows] != before).tolist():
            self._say(one, tick, CONTROL_SPLIT + stage, int(table["green"][rows][stage] + self._lost(one)[stage]))
        self._control.pattern["yields"][self._row(one).now] = table["force_off"][rows][-1]

    def _say(self, one: _Signal, tick: int, code: int, ticks: int) -> None:
        log, used = self._control.log, int(self._control.logged[0])
        if used >= len(log) - 1:
            self._control.logged[1] += 1
            return
        log[used] = (tick, one.number, code, round(ticks * self._tick_s))
        self._control.logged[0] = used + 1

    def _move_offset(self, one: _Signal, tick: int) -> None:
        row, cycle = self._row(one), self._cycle(one)
        beyond = [self._approach(self._signals[other], place) for other, place in one.feeds
                  if self._cycle(self._signals[other]) == cycle]
        move = better_offset([self._approach(one, place) for place in range(len(one.detectors))], beyond)
        if move:
            step = move * round(OFFSET_STEP_S / self._tick_s)
            self._control.pattern["zero"][row.now] += step
            row.shift = (row.shift - step) % cycle
            self._say(one, tick, CONTROL_OFFSET, int(self._control.pattern["zero"][row.now]) % cycle)

    def _approach(self, one: _Signal, place: int) -> Approach:
        """A lane in slices of the cycle: what comes to its line, and what its greens let go."""
        slices = -(-self._cycle(one) // self._slice)
        arrivals = np.roll(one.profile[place, :slices], int(one.delay[place]))
        per_tick = self._options.saturation_veh_h / SECONDS_PER_H * self._tick_s
        begins = np.cumsum(one.base + self._lost(one)) - one.base - self._lost(one)
        edges = np.arange(slices) * self._slice
        discharge = np.zeros(slices)
        for stage in one.served[place]:
            inside = np.minimum(edges + self._slice, begins[stage] + one.base[stage]) - np.maximum(edges, begins[stage])
            discharge += np.maximum(inside, 0.0) * per_tick
        return Approach(arrivals, discharge)

    def _change_cycles(self, tick: int) -> None:
        """Choose the cycle of every region."""
        regions: dict[int, list[_Signal]] = {}
        for one in self._signals:
            regions.setdefault(self._cycle(one), []).append(one)
        for cycle, signals in sorted(regions.items()):
            if min(one.cycles for one in signals) <= FIRST_CYCLES:
                continue
            now_s = cycle * self._tick_s
            new_s = better_cycle_s(now_s, [self._junction(one) for one in signals], self._options.cycle_limits_s)
            if new_s != now_s:
                self._set_cycle(signals, cycle, round(new_s / self._tick_s), tick)

    def _junction(self, one: _Signal) -> Junction:
        least, lost = self._least(one) * self._tick_s, float(self._lost(one).sum()) * self._tick_s
        return Junction(tuple((one.base * self._tick_s).tolist()), tuple(least.tolist()), lost, self._streams(one))

    def _set_cycle(self, signals: list[_Signal], before: int, cycle: int, tick: int) -> None:
        """Give a region another cycle: every clock goes on at the same part of it, and offsets stay as they are."""
        first = int(self._control.pattern["zero"][self._row(signals[0]).now])
        ahead = {one.number: (int(self._control.pattern["zero"][self._row(one).now]) - first + before // 2) % before
                 - before // 2 for one in signals}
        base = tick - _part_of(int(self._row(signals[0]).clock) + 1, before, cycle)
        for one in signals:
            row = self._row(one)
            place = _part_of(int(row.clock) + 1, before, cycle)
            zero = base + ahead[one.number]
            self._control.pattern["cycle"][row.now], self._control.pattern["zero"][row.now] = cycle, zero
            row.shift = (tick - zero - place) % cycle
            least, lost = self._least(one), float(self._lost(one).sum())
            greens = np.diff(np.rint(np.cumsum([0.0, *scaled(one.base.tolist(), least.tolist(), cycle, lost)])))
            one.base = greens
            self._resample(one, before, cycle)
            self._say(one, tick, CONTROL_CYCLE, cycle)
            self._show(one, greens, tick)

    def _resample(self, one: _Signal, before: int, cycle: int) -> None:
        """Stretch what has been counted to another cycle; as many vehicles come in a second."""
        old, new = -(-before // self._slice), -(-cycle // self._slice)
        place = np.minimum(np.arange(new) * old // new, old - 1)
        for table in (one.profile, one.counted):
            table[:, :new] = table[:, place]
            table[:, new:] = 0.0
        one.clock = min(_part_of(one.clock, before, cycle), cycle - 1)


def _part_of(clock: int, before: int, cycle: int) -> int:
    return (clock % before) * cycle // before


def _signal(plan: Plan, control: Control, number: int, slice_s: float) -> _Signal:
    rows, detectors = plan.controls.controllers, plan.controls.detectors
    stages = range(int(rows.phase_start[number]), int(rows.phase_start[number + 1]))
    own = np.arange(int(rows.detector_start[number]), int(rows.detector_start[number + 1]), dtype=np.int64)
    masks = (np.asarray(detectors.calls) | np.asarray(detectors.extends))[own].tolist()
    served = [tuple(place for place in range(len(stages)) if mask >> place & 1) for mask in masks]
    link = np.asarray(detectors.link)[own]
    to_line_m = plan.links.length_m[link] - np.asarray(detectors.begin_m)[own]
    delay = np.rint(to_line_m / plan.links.free_speed_mean_ms[link] / slice_s).astype(np.int64)
    time = int(control.pattern["time"][rows.pattern_start[number]])
    greens = control.time["green"][time : time + len(stages)].astype(np.float64)
    table = np.zeros((len(own), MOST_CYCLE_S // int(SLICE_S) + 1))
    return _Signal(number, stages, greens, own, served, delay, to_line_m >= FAR_M, np.zeros(len(own), np.int64),
                   table.copy(), table, np.zeros(len(own)), np.zeros(len(own)))


MOST_CYCLE_S = 3600
"""No plan of a signal has a longer cycle (:class:`trafficsim.spec.control.ControlPlan`)."""


def _find_feeds(plan: Plan, signals: list[_Signal]) -> None:
    """Note which lanes of which other signals every signal sends vehicles to."""
    turns, chains = plan.turns, approaches_of(plan)
    link = np.asarray(plan.controls.detectors.link)
    for one in signals:
        leads = set(chains.last[turns.to_link[plan.controls.turns.controller == one.number]].tolist())
        for other, neighbour in enumerate(signals):
            if neighbour is not one:
                one.feeds += [(other, place) for place, detector in enumerate(neighbour.detectors.tolist())
                              if int(chains.last[link[detector]]) in leads]
