"""The roadside: signs and meters look at the traffic of the last interval, and show something else from now on.

A reaction is asked at fixed times, between two stretches of simulated time. It sees flow, density and speed of links
since its last look, by Edie's definitions, and says what its devices show from then on and why. It has no other access:
what an engine does with the values is the engine's, and what was shown is kept with its time and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.units import KMH_PER_MS
from trafficsim.control.harmonising import Harmonising
from trafficsim.control.measured import LinkTotals, Measured, Site
from trafficsim.control.moving_jam import MovingJam
from trafficsim.control.ramp_meter import Alinea
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.roadside_arrays import SIGN, RoadsideArrays, shown_more, values_at
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.roadside import HarmonisingSigns, MovingJamSigns, RampMeter

NEVER = 1 << 60


class Reaction(Protocol):
    """Decides what the devices of one reaction show; it belongs to one run and may remember what it saw."""

    def decide(self, time_s: float, traffic: Measured) -> Mapping[int, tuple[float, str]]:
        """Return what changes.

        Parameters
        ----------
        time_s
            Clock time.
        traffic
            Of the links of its site since the last look.

        Returns
        -------
        By number of the device within the reaction: the value (km/h or veh/h; NaN: nothing) and why.
        """


MAKERS: Mapping[type, Callable[..., Reaction]] = {
    HarmonisingSigns: Harmonising, MovingJamSigns: MovingJam, RampMeter: Alinea,
}


@dataclass
class _Asked:
    """A reaction of the plan: where it looks, its devices, and what it knew at its last look."""

    decides: Reaction
    every_s: float
    links: NDArray[np.int64]
    devices: NDArray[np.int64]
    before: LinkTotals
    last_s: float


class Roadside:
    """All reactions of a run, at no cost where there are none.

    Parameters
    ----------
    plan
        With what stands at its roadside.
    steps_per_s
        Time steps of the engine in a second; a look takes place at the nearest one.

    Attributes
    ----------
    shown : the roadside of the plan, with all that was shown so far
    """

    def __init__(self, plan: Plan, steps_per_s: float) -> None:
        self._steps_per_s, self._start_s = steps_per_s, plan.start_s
        self.shown: RoadsideArrays = plan.roadside
        self._length_m = _lengths_m(plan) if plan.roadside.reactions else np.zeros(0)
        self._asked = [_asked(plan, number, self._length_m) for number in range(len(plan.roadside.reactions))]
        self._coming = [self._step(one.last_s + one.every_s) for one in self._asked]

    def next_look(self) -> int:
        """Return the step of the next look, :data:`NEVER` without one."""
        return min(self._coming, default=NEVER)

    def look(self, step: int, totals: Callable[[], LinkTotals]) -> bool:
        """Ask all reactions that are due by a step; say whether anything shows something else.

        Parameters
        ----------
        step
            Step of the engine.
        totals
            Gives what was measured up to it.
        """
        if step < self.next_look():
            return False
        now, changed = totals(), False
        for number, one in enumerate(self._asked):
            if self._coming[number] <= step:
                time_s = one.last_s + one.every_s
                changes = one.decides.decide(time_s, self._measured(one, now, time_s))
                one.before, one.last_s = now, time_s
                self._coming[number] = self._step(time_s + one.every_s)
                changed = self._show(one, time_s, changes) or changed
        return changed

    def on(self, plan: Plan) -> Plan:
        """Return a plan with what has been shown so far."""
        return replace(plan, roadside=self.shown)

    def record(self) -> RoadsideArrays | None:
        """Return what was shown; ``None`` where nothing reacts."""
        return self.shown if self._asked else None

    def _step(self, time_s: float) -> int:
        return round((time_s - self._start_s) * self._steps_per_s)

    def _show(self, one: _Asked, time_s: float, changes: Mapping[int, tuple[float, str]]) -> bool:
        rows: dict[int, tuple[float, str]] = {}
        present = values_at(self.shown, time_s)
        for number, (value, reason) in changes.items():
            device = int(one.devices[number])
            unit = KMH_PER_MS if self.shown.kind[device] == SIGN else 1.0
            if not _same(value / unit, present[device]):
                rows[device] = value / unit, reason
        if rows:
            self.shown = shown_more(self.shown, time_s, rows)
        return bool(rows)

    def _measured(self, one: _Asked, now: LinkTotals, time_s: float) -> Measured:
        hours = (time_s - one.last_s) / 3600.0
        vehicle_h, traversed = (
            (after - before)[one.links] for after, before in zip(now, one.before, strict=True))
        vehicle_h = np.maximum(vehicle_h, 0.0) / 3600.0
        km = self._length_m[one.links] / 1000.0
        flow, density = np.maximum(traversed, 0.0) / hours, vehicle_h / (km * hours)
        speed = np.divide(flow, density, out=np.full(len(km), np.nan), where=density > 0.0)
        return Measured(flow, density, speed)


def _same(one: float, other: float) -> bool:
    return one == other or (np.isnan(one) and np.isnan(other))


def _asked(plan: Plan, number: int, length_m: F8) -> _Asked:
    roadside, reaction = plan.roadside, plan.roadside.reactions[number]
    index = {link: row for row, link in enumerate(plan.link_id)}
    names = (reaction.measured, reaction.ramp) if isinstance(reaction, RampMeter) else reaction.links
    links = np.array([index[link] for link in names], np.int64)
    lanes = np.diff(plan.links.lane_start)[links].astype(np.float64)
    limits = np.asarray(plan.links.speed_limit_ms, np.float64)[links] * KMH_PER_MS
    free = np.asarray(plan.links.free_speed_mean_ms, np.float64)[links] * KMH_PER_MS
    site = Site(length_m[links], lanes, limits, free, _vehicle_m(plan))
    nothing = np.zeros(len(plan.link_id))
    return _Asked(MAKERS[type(reaction)](reaction, site), reaction.every_s, links,
                  np.flatnonzero(roadside.reaction == number), LinkTotals(nothing, nothing), plan.start_s)


def _vehicle_m(plan: Plan) -> float:
    """Room that a vehicle takes in a queue, mean over the trips; of the first class where there are none."""
    room = np.asarray(plan.classes.length_m + plan.classes.min_gap_m, np.float64)
    return float(room[plan.trips.vehicle_class].mean()) if len(plan.trips.key) else float(room[0])


def _lengths_m(plan: Plan) -> F8:
    """Length of every link with the mean of the connectors that lead to it: what a traversal of it is."""
    length_m, _ = turn_means(plan.connections, len(plan.turns.from_link))
    count = len(plan.link_id)
    into = np.maximum(np.bincount(plan.turns.to_link, minlength=count), 1)
    return np.asarray(plan.links.length_m + np.bincount(plan.turns.to_link, length_m, count) / into)
