"""What an engine gives back: engine-neutral arrays in SI units, from which all tables are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from trafficsim.plan.arrays import F8, I4, U1
from trafficsim.plan.emergency_record import EmergencyRecord, no_response
from trafficsim.plan.roadside_arrays import RoadsideArrays

WAIT_SPEED_MS, MOVE_SPEED_MS = 1.4, 2.8
"""Below walking pace (5 km/h) a vehicle waits; only from twice that on it moves again, so that a queue which moves up
counts as one stop."""


class TripRecord(NamedTuple):
    """One row per trip of the plan, in its order. Times are clock times; -1 where it did not happen."""

    status: U1
    entry_s: F8
    exit_s: F8
    distance_m: F8
    waiting_s: F8
    """Time at less than 5 km/h (1.4 m/s)."""
    stops: I4
    """Number of times the speed fell below 5 km/h, after having been above 10 km/h (or after entry)."""
    dwell_s: F8


class LinkRecord(NamedTuple):
    """Edie counters by interval and link, arrays of shape (intervals, links).

    A traversal of a link is the way along it with the connector that led to it, whose length differs from movement to
    movement: from stop line to stop line, so that every second and metre of a trip belongs to one link.
    """

    entered: F8
    left: F8
    vehicle_s: F8
    vehicle_m: F8
    waiting_s: F8
    """Vehicle-seconds below 5 km/h."""
    traversed: F8
    """Traversals, each weighted by the share of its way that was covered in the interval."""
    free_s: F8 | None = None
    """Sum over the vehicles that left of the time their way along the link, with the connector that led to it, takes at
    the driver's own desired speed."""


class TurnRecord(NamedTuple):
    """Per movement, vehicles that crossed the stop line in the analysis period."""

    volume: F8
    travel_s: F8
    """Sum of times from entering the link to crossing its stop line."""
    delay_s: F8
    """Sum of control delays: that time less the time at the vehicle's desired speed, plus the time lost in speeding
    up again from the speed at which the line was crossed."""
    green_s: F8
    """Time in which the movement had green in the analysis period (all of it without a signal)."""


class QueueRecord(NamedTuple):
    """Queues by link, from its stop line back to the last standing vehicle, through junctions and links before it.

    A queue goes on behind a lane that it fills, in every lane whose first vehicle stands at its line and finds no room
    beyond.
    """

    bin_m: float
    count: F8  # type: ignore[assignment]  # shadows tuple.count, which nobody calls
    """Histogram of the longest queue per cycle, shape (links, bins); bin b holds maxima in ``[b * bin_m, (b + 1) *
    bin_m)``, the last one all that are longer."""
    longest_m: F8
    tail: I4
    """Link in which the longest queue ended, -1 without one."""
    spilled_s: F8
    """Time of the analysis period in which the queue reached beyond the approach of the link
    (:mod:`trafficsim.plan.approaches`)."""


class BlockingRecord(NamedTuple):
    """Time of the analysis period in which first vehicles might go, but stood because there was no room beyond."""

    lane_s: F8
    """By lane of the plan."""
    lane: I4
    """One row per pair of a lane and the link at whose stop line the queue began that was the reason."""
    link: I4
    pair_s: F8


def no_blocking() -> BlockingRecord:
    """Return what an engine gives that does not look for it."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return BlockingRecord(real, whole, whole, real)


class DetectorRecord(NamedTuple):
    """Shape (intervals, detector rows)."""

    count: F8  # type: ignore[assignment]  # shadows tuple.count, which nobody calls
    speed_sum_ms: F8
    inverse_speed_sum_s_m: F8


class AreaRecord(NamedTuple):
    """Shape (intervals, area rows)."""

    vehicle_s: F8
    vehicle_m: F8
    taken_m_s: F8
    """Sum over vehicles of their time in the area times the length that they take with their standing gap."""
    waiting_s: F8
    """Vehicle-seconds below 5 km/h."""
    most_waiting: F8
    """Most vehicles below 5 km/h at once."""
    longest_queue_m: F8
    """Longest queue from the end of the area back to the rear of the last vehicle below 5 km/h."""
    length_m: F8
    """Length of the stretch that the engine measured, shape (area rows)."""


def no_areas() -> AreaRecord:
    """Return the areas of an engine that measures none."""
    none = np.zeros((0, 0))
    return AreaRecord(none, none, none, none, none, none, np.zeros(0))


class EventRecord(NamedTuple):
    """One row per event; ``trip`` and ``link`` are indices, -1 for none."""

    time_s: F8
    code: I4
    trip: I4
    link: I4
    value_s: F8
    """Of a crossing at red: time since the onset of red. Of an encroachment: time between the two vehicles. Else 0."""


class GridlockRecord(NamedTuple):
    """One row per lane of every cycle of lanes whose heads wait for each other, in the order in which they wait."""

    number: I4
    """Of the gridlock, from 1 in the order of being found."""
    begin_s: F8
    """Clock time since which all heads of the cycle stand."""
    end_s: F8
    """Clock time by which one of them had moved; -1 while the gridlock lasts."""
    trip: I4
    """The head of the lane."""
    link: I4


def no_gridlocks() -> GridlockRecord:
    """Return the gridlocks of a run without any."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return GridlockRecord(whole, real, real, whole, whole)


class LeftRecord(NamedTuple):
    """Where vehicles were at the end of a run that left some; one row per lane, way inside a junction, and entry."""

    link: I4
    vehicles: I4
    trip: I4
    """The first of them."""
    since_s: F8
    """Clock time since which it stands, or wants to enter; -1 for who moves or is not known to stand."""
    cause: I4
    """Position in :data:`trafficsim.base.codes.LEFT_CAUSES`."""
    behind: I4
    """Link whose vehicles leave it no room; -1 for any other cause."""


def nothing_left() -> LeftRecord:
    """Return the vehicles left of a run that brought all to their end."""
    whole = np.zeros(0, np.int32)
    return LeftRecord(whole, whole, whole, np.zeros(0), whole, whole)


class TraversalRecord(NamedTuple):
    """One row per vehicle that crossed both points of a section of the plan.

    In the order of time of each section's lane.
    """

    section: I4
    trip: I4
    lane: I4
    """Lane of the plan at the second point."""
    time_s: F8
    """Clock time at the second point."""
    speed_ms: F8
    """Mean speed between the points."""


def no_traversals() -> TraversalRecord:
    """Return the traversals of an engine that measures none."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return TraversalRecord(whole, whole, whole, real, real)


class SignalRecord(NamedTuple):
    """What signals showed: one row per change of a group, in order of time; the first rows are those of the start.

    Groups that always show the same have the rows of one of them.
    """

    program: I4
    group: I4
    """Group of the plan."""
    state: U1
    since_s: F8
    """Clock time from which on it was shown."""
    shown_by: I4
    """By group of the plan, the group whose rows are its own."""


def no_signals_shown() -> SignalRecord:
    """Return what an engine gives that does not say what signals showed: readers take the programs of the plan."""
    whole = np.zeros(0, np.int32)
    return SignalRecord(whole, whole, np.zeros(0, np.uint8), np.zeros(0), whole)


class ControlRecord(NamedTuple):
    """One row per event of a signal that reacts, in order of time."""

    time_s: F8
    controller: I4
    """Row of :class:`trafficsim.plan.control_arrays.ControllerArrays`."""
    code: I4
    """A key of :data:`trafficsim.base.codes.CONTROL_EVENTS`."""
    parameter: I4
    """Number of the phase, detector or plan that the event is about."""


def no_control_events() -> ControlRecord:
    """Return the events of a run in which no signal reacts."""
    whole = np.zeros(0, np.int32)
    return ControlRecord(np.zeros(0), whole, whole, whole)


class RouteRecord(NamedTuple):
    """Routes as they were driven and, for who is on the way, as they were meant to go on; one row per trip."""

    route_start: I4
    route_link: I4
    changes: I4
    """How often the route was changed on the way."""


class TrajectoryRecord(NamedTuple):
    """One row per sampled vehicle and tick."""

    time_s: F8
    trip: I4
    link: I4
    lane: I4
    """Lane of the plan."""
    position_m: F8
    speed_ms: F8


@dataclass(frozen=True)
class Performance:
    """How fast the run was. ``loop_s`` is the loop alone, without compiling and setting up."""

    vehicle_updates: int = 0
    loop_s: float = 0.0
    compile_s: float = 0.0
    setup_s: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True)
class Record:
    """All that a run gives back.

    Attributes
    ----------
    end_s : clock time at which the run stopped
    demanded, waiting, en_route, completed : vehicles; demanded is always the sum of the other three
    gridlocks : cycles of lanes whose heads wait for each other
    blocking : who was kept from going on by a queue beyond the junction
    left : where vehicles were at the end, and why
    signals : what signals showed, and since when
    control : what signals that react did, and why
    state : bytes of the engine's final state, for the digest
    lane_changes : number of them in the whole run
    routes : routes as they were driven; ``None`` where none could change
    roadside : what signs and meters showed that react to traffic; ``None`` where nothing does
    emergency : what was needed for each response to a crash
    """

    engine: str
    end_s: float
    trips: TripRecord
    links: LinkRecord
    turns: TurnRecord
    queues: QueueRecord
    detectors: DetectorRecord
    events: EventRecord
    trajectories: TrajectoryRecord
    demanded: int
    waiting: int
    en_route: int
    completed: int
    state: bytes
    lane_changes: int = 0
    traversals: TraversalRecord = field(default_factory=no_traversals)
    areas: AreaRecord = field(default_factory=no_areas)
    gridlocks: GridlockRecord = field(default_factory=no_gridlocks)
    blocking: BlockingRecord = field(default_factory=no_blocking)
    left: LeftRecord = field(default_factory=nothing_left)
    signals: SignalRecord = field(default_factory=no_signals_shown)
    control: ControlRecord = field(default_factory=no_control_events)
    routes: RouteRecord | None = None
    roadside: RoadsideArrays | None = None
    emergency: EmergencyRecord = field(default_factory=no_response)
    performance: Performance = field(default_factory=Performance)

    @property
    def gridlock(self) -> bool:
        """Whether a gridlock lasted to the end."""
        return bool((self.gridlocks.end_s < 0.0).any())
