"""Signals that react, for all engines: where detectors lie, which links are looked at, and what is kept of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import SimulationError
from trafficsim.control.controller import Switches, joined
from trafficsim.kernels.control.tables import Control
from trafficsim.kernels.sensing import SHOWN_FIELDS, Shown, Surroundings
from trafficsim.kernels.tables import rows
from trafficsim.plan.approaches import Approaches, approaches_of
from trafficsim.plan.arrays import BOOL, F8, Plan
from trafficsim.plan.control_arrays import I8
from trafficsim.plan.control_turns import JAM_SPACING_M
from trafficsim.plan.network import turn_of
from trafficsim.plan.record import ControlRecord
from trafficsim.spec.vehicles import KINDS

MOST_TICKS = 60
"""Control ticks between two times at which what was shown is taken away, at most."""
TRANSIT = ("bus",)
"""Kinds of vehicles that are public transport."""


class Places(NamedTuple):
    """Detectors of signals, a row for every lane that one lies across."""

    detector: I8
    lane: I8
    near_m: F8
    """From the stop line to the downstream end."""
    far_m: F8


def places_of(plan: Plan) -> Places:
    """Return where the detectors of signals lie."""
    found = plan.controls.detectors
    first, lanes = np.asarray(found.lane_start, np.int64), np.diff([found.lane_start, found.lane_end], axis=0)[0]
    detector = np.repeat(np.arange(len(lanes)), lanes)
    begin = np.cumsum(lanes) - lanes
    lane = np.arange(len(detector)) - begin[detector] + first[detector]
    length_m = plan.links.length_m[found.link]
    near_m, far_m = (np.maximum(length_m - end, 0.0) for end in (found.end_m, found.begin_m))
    return Places(detector, lane, near_m[detector], far_m[detector])


def surroundings_of(plan: Plan) -> Surroundings:
    """Return the links that lead to junctions with signals that react, and away from them."""
    turns, known = plan.turns, plan.controls.turns
    own = np.flatnonzero(known.controller >= 0) if plan.controls.any else np.zeros(0, np.int64)
    chains = approaches_of(plan)
    around = np.isin(chains.last, chains.last[np.concatenate([turns.from_link[own], turns.to_link[own]])])
    links, following = np.flatnonzero(around).astype(np.int64), chains.following
    transit = np.array([KINDS[kind] in TRANSIT for kind in plan.classes.kind.tolist()] or [False], np.uint8)
    special = bool((known.transit_m > 0).any()) and bool(transit[plan.trips.vehicle_class].any())
    after_m = np.asarray(chains.storage_m[chains.last] - chains.storage_m, np.float64)
    entry, most = _entries(plan, chains, after_m)
    onward = np.where(following >= 0, turn_of(turns, np.arange(len(following)), following), -1)
    return Surroundings(
        links, np.flatnonzero(around[turns.from_link]).astype(np.int64), onward.astype(np.int64),
        following.astype(np.int64), after_m, chains.first.astype(np.int64), chains.last.astype(np.int64),
        transit, int(special), np.append(known.transit_m, 0.0).astype(np.float64),
        np.append(known.reach_m, 0.0).astype(np.float64), entry, most)


def _entries(plan: Plan, chains: Approaches, after_m: F8) -> tuple[I8, I8]:
    """Links on which trips begin and those who wait count as a queue, and how many do: as far as a detector would see.

    The queue would stand on the road before the link.
    """
    turns, known, none = plan.turns, plan.controls.turns, np.zeros(0, np.int64)
    if not plan.controls.any or not known.outside.any():
        return none, none
    reach_m = np.zeros(len(plan.link_id))
    np.maximum.at(reach_m, turns.from_link[known.outside], known.reach_m[known.outside])
    entry = np.unique(plan.trips.route_link[plan.trips.route_start[:-1]]).astype(np.int64)
    lanes = np.diff(plan.links.lane_start)[entry]
    begin_m = plan.links.length_m[entry] + after_m[entry]
    rows = np.floor(np.maximum(reach_m[chains.last[entry]] - begin_m, 0.0) / JAM_SPACING_M) * lanes
    most = np.minimum(rows, len(plan.trips.name)).astype(np.int64)
    return entry[most > 0], most[most > 0]


def shown_rows(plan: Plan) -> Shown:
    """Return the empty table of what signals that react show."""
    groups = int(np.count_nonzero(reacting_groups(plan)))
    return Shown(rows((MOST_TICKS + 1) * groups, SHOWN_FIELDS), np.zeros(1, np.int64))


def reacting_groups(plan: Plan) -> BOOL:
    """Whether each signal group of the plan is one of a signal that reacts."""
    groups = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
    return plan.controls.groups.controller >= 0 if plan.controls.any else np.zeros(groups, np.bool_)


@dataclass
class ReactingRecord:
    """What signals that react have shown and done, as it is taken out of the loop."""

    control: Control
    shown: Shown
    states: list[Switches] = field(default_factory=list)
    events: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look at the tables as plain arrays: records of them are slow to come by."""
        self._row = self.shown.row.view(np.ndarray)
        self._log = self.control.log.view(np.ndarray)

    def take(self) -> None:
        """Take away what has happened since the last time.

        Raises
        ------
        SimulationError
            If it was more than the tables hold.
        """
        count = int(self.shown.count[0])
        if count > len(self.shown.row):
            raise SimulationError("signals", f"{count} changes at once", f"at most {len(self.shown.row)}",
                                  "report this as a defect")
        if count:
            taken = self._row[:count]
            self.states.append(Switches(taken["tick"].astype(np.int64), taken["group"].astype(np.int64),
                                        taken["state"].astype(np.uint8)))
            self.shown.count[0] = 0
        self._take_events()

    def _take_events(self) -> None:
        count = int(self.control.logged[0])
        if count:
            self.events.append(self._log[:count].copy())
            self.control.logged[0] = 0

    def switches(self) -> Switches:
        """Return what was shown, in the order of time."""
        return joined(self.states)

    def record(self, start_s: float, tick_s: float) -> ControlRecord:
        """Return what was done."""
        found = np.concatenate([self._log[:0], *self.events])
        return ControlRecord(np.asarray(start_s + found["tick"] * tick_s, np.float64), found["controller"].copy(),
                             found["code"].copy(), found["parameter"].copy())
