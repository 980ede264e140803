"""The chain from a crash to the cleared road: who is sent, when, and when the road is open again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from trafficsim.engines.emergency.driving import Driving, Unit, way_of
from trafficsim.engines.emergency.traffic import RoadUsers
from trafficsim.plan.arrays import Plan
from trafficsim.plan.emergency_arrays import EmergencyPlan
from trafficsim.plan.emergency_record import NO_RESPONSE, EmergencyRecord

NEVER = 1 << 60


@dataclass
class _Case:
    """A crash and what has happened since; clock times, -1 where not yet."""

    row: int
    notified_s: float
    handled_s: float
    ecall: bool
    station: int = -1
    number: int = -1
    dispatched_s: float = -1.0
    departed_s: float = -1.0
    arrived_s: float = -1.0
    unit: Unit | None = None


@dataclass
class _Pool:
    """Units of a station: when each is free."""

    free_s: list[float] = field(default_factory=list)


class Response:
    """The emergency response in the time steps of an engine; nothing, at no cost, where nobody is needed.

    Parameters
    ----------
    plan
        Of the run.
    users
        The engine's side.
    steps_per_s
        Time steps of the engine in a second.
    tick
        Steps between two moves of a unit.
    """

    def __init__(self, plan: Plan, users: RoadUsers, steps_per_s: float, tick: int) -> None:
        self._plan, self._users, self._steps_per_s, self._tick = plan, users, steps_per_s, tick
        response = plan.emergency
        self._cases = [] if response is None else _cases(response)
        self._pools = [] if response is None else [_Pool([-math.inf] * int(count)) for count in response.stations.units]
        self._waiting = sorted((case for case in self._cases if self._can_be_reached(case)),
                               key=lambda case: (case.handled_s, case.row))
        self._setting_out: list[_Case] = []
        self._driving: list[_Case] = []
        self._drive = None if response is None else Driving(response.setting, users, tick / steps_per_s)

    @property
    def active(self) -> bool:
        """Whether somebody is on the way, or will be."""
        return bool(self._waiting or self._setting_out or self._driving)

    def next_look(self, step: int) -> int:
        """Return the step at which something happens next: the next tick while a unit drives."""
        if self._driving:
            return step + self._tick
        times = [self._dispatch_s(case) for case in self._waiting]
        times += [case.departed_s for case in self._setting_out]
        return max(min((self._step_of(time) for time in times), default=NEVER), step + 1)

    def apply(self, step: int) -> None:
        """Dispatch whoever is due by a step, move those who drive from the step before, note who has arrived."""
        if not self.active:
            return
        now_s = self._plan.start_s + step / self._steps_per_s
        for case in list(self._waiting):
            if self._dispatch_s(case) <= now_s:
                self._waiting.remove(case)
                self._dispatch(case)
        if self._driving and self._drive is not None:
            self._drive.advance([case.unit for case in self._driving if case.unit is not None])
            self._note_arrivals(now_s)
        for case in [case for case in self._setting_out if case.departed_s <= now_s]:
            self._setting_out.remove(case)
            self._set_out(case)

    def record(self) -> EmergencyRecord:
        """Return what was needed for each response."""
        response = self._plan.emergency
        return NO_RESPONSE if response is None else _record(response, self._cases)

    def _can_be_reached(self, case: _Case) -> bool:
        return bool(np.isfinite(self._response.drive_s[:, case.row]).any())

    def _step_of(self, time_s: float) -> int:
        return math.ceil((time_s - self._plan.start_s) * self._steps_per_s - 1e-6) if math.isfinite(time_s) else NEVER

    def _dispatch_s(self, case: _Case) -> float:
        """Return when a call is handled and a unit that can come there is free."""
        free = [time for station, pool in enumerate(self._pools) for time in pool.free_s
                if math.isfinite(self._response.drive_s[station, case.row])]
        return max(case.handled_s, min(free))

    def _dispatch(self, case: _Case) -> None:
        """Send the free unit that the rule names; it is back when the road is clear and it has driven home."""
        response, crashes = self._response, self._response.crashes
        case.dispatched_s = self._dispatch_s(case)
        able = [station for station, pool in enumerate(self._pools) if min(pool.free_s) <= case.dispatched_s
                and math.isfinite(response.drive_s[station, case.row])]
        case.station = able[0] if response.setting.dispatch == "in_order" else min(
            able, key=lambda station: (float(response.drive_s[station, case.row]), station))
        pool = self._pools[case.station]
        case.number = pool.free_s.index(min(pool.free_s))
        pool.free_s[case.number] = math.inf
        case.departed_s = case.dispatched_s + float(crashes.turnout_s[case.row])
        self._setting_out.append(case)

    def _set_out(self, case: _Case) -> None:
        response = self._response
        route = response.routes[case.station][case.row]
        name = f"{response.stations.name[case.station]} {case.number + 1}"
        case.unit = Unit(name, self._plan.seed_key & (2**63 - 1), way_of(self._plan, route),
                         float(response.crashes.position_m[case.row]),
                         float(response.stations.position_m[case.station]))
        self._driving.append(case)

    def _note_arrivals(self, now_s: float) -> None:
        response = self._response
        for case in [case for case in self._driving if case.unit is not None and case.unit.arrived]:
            self._driving.remove(case)
            case.arrived_s = now_s
            cared_s = now_s + float(response.crashes.care_s[case.row])
            self._pools[case.station].free_s[case.number] = cared_s + float(response.drive_s[case.station, case.row])
        if not self._driving and self._drive is not None:
            self._drive.advance([])

    @property
    def _response(self) -> EmergencyPlan:
        assert self._plan.emergency is not None  # there are cases only where there is a response
        return self._plan.emergency


def _cases(response: EmergencyPlan) -> list[_Case]:
    crashes, share = response.crashes, response.setting.chain.ecall_share
    found = []
    for row in range(len(crashes.name)):
        ecall = bool(crashes.ecall_draw[row] < share)
        notified_s = float(crashes.begin_s[row]) + float((crashes.ecall_s if ecall else crashes.witness_s)[row])
        found.append(_Case(row, notified_s, notified_s + float(crashes.handling_s[row]), ecall))
    return found


def _record(response: EmergencyPlan, cases: list[_Case]) -> EmergencyRecord:
    crashes = response.crashes
    arrived = np.array([case.arrived_s for case in cases], np.float64)
    there = arrived >= 0.0
    cared = np.where(there, arrived + crashes.care_s, -1.0)
    units = [case.unit for case in cases]
    return EmergencyRecord(
        station=np.array([case.station for case in cases], np.int32),
        unit=np.array([case.number for case in cases], np.int32),
        ecall=np.array([case.ecall for case in cases], np.bool_),
        notified_s=np.array([case.notified_s for case in cases], np.float64),
        handled_s=np.array([case.handled_s for case in cases], np.float64),
        dispatched_s=np.array([case.dispatched_s for case in cases], np.float64),
        departed_s=np.array([case.departed_s for case in cases], np.float64),
        arrived_s=arrived, cared_s=cared, cleared_s=np.where(there, cared + crashes.clearance_s, -1.0),
        driven_m=np.array([unit.driven_m if unit else 0.0 for unit in units], np.float64),
        held_s=np.array([unit.held_s if unit else 0.0 for unit in units], np.float64),
        red_crossings=np.array([unit.red_crossings if unit else 0 for unit in units], np.int32),
    )
