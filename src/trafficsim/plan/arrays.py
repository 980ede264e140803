"""The plan: everything an engine needs, as arrays in SI units, and nothing about how vehicles move.

Ragged data are stored as ``start`` arrays of length n + 1 beside a flat array. ``-1`` in an index means "none".
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.control_arrays import ControlArrays as ControlArrays
from trafficsim.plan.control_arrays import no_controls as no_controls
from trafficsim.plan.crossing_arrays import CrossingArrays as CrossingArrays
from trafficsim.plan.crossing_arrays import no_crossings as no_crossings
from trafficsim.plan.deciders import Decider as Decider
from trafficsim.plan.diagram_arrays import DiagramArrays as DiagramArrays
from trafficsim.plan.diagram_arrays import no_diagrams as no_diagrams
from trafficsim.plan.emergency_arrays import EmergencyPlan as EmergencyPlan
from trafficsim.plan.incident_arrays import IncidentArrays as IncidentArrays
from trafficsim.plan.incident_arrays import LaneClosureArrays as LaneClosureArrays
from trafficsim.plan.incident_arrays import ShutLaneArrays as ShutLaneArrays
from trafficsim.plan.incident_arrays import no_incidents, no_lane_closures, no_shut_lanes
from trafficsim.plan.measuring_arrays import AreaArrays as AreaArrays
from trafficsim.plan.measuring_arrays import DetectorArrays as DetectorArrays
from trafficsim.plan.measuring_arrays import no_areas as no_areas
from trafficsim.plan.people_arrays import PeopleArrays as PeopleArrays
from trafficsim.plan.people_arrays import TripDriverArrays as TripDriverArrays
from trafficsim.plan.people_arrays import no_drivers as no_drivers
from trafficsim.plan.people_arrays import no_people as no_people
from trafficsim.plan.retimings import Retiming as Retiming
from trafficsim.plan.roadside_arrays import RoadsideArrays, no_roadside
from trafficsim.plan.route_arrays import (
    ClosureArrays,
    EnRouteArrays,
    TollArrays,
    no_closures,
    no_tolls,
    nobody_en_route,
)
from trafficsim.plan.timeline_arrays import TimelineArrays, no_timeline

F8 = NDArray[np.float64]
I4 = NDArray[np.int32]
U1 = NDArray[np.uint8]
U8 = NDArray[np.uint64]
BOOL = NDArray[np.bool_]


class LinkArrays(NamedTuple):
    """Links; the desired speed of a driver with normal score z is ``free_speed_mean_ms * (1 + free_speed_cv * z)``."""

    length_m: F8
    speed_limit_ms: F8
    free_speed_mean_ms: F8
    free_speed_cv: F8
    lane_start: I4
    """Lanes ``lane_start[i]:lane_start[i + 1]`` belong to link i, the nearside lane first."""
    turn_start: I4
    """Turns ``turn_start[i]:turn_start[i + 1]`` leave link i."""
    road_class: I4
    """0 urban, 1 rural, 2 motorway."""
    factor_speed_ms: F8
    """Speed that a class with a speed factor of its own multiplies: the limit unless a policy moved it."""
    keep_right: BOOL
    """Drivers keep to the nearside lane but to overtake, and do not overtake on its side while traffic flows."""
    capacity_factor: F8
    """Capacity of a lane over what it has usually: less in bad weather, and where drivers look at an incident."""


class LaneArrays(NamedTuple):
    """Lanes, in link order, the nearside lane of each link first."""

    link: I4
    length_m: F8
    allowed: U1
    """Bit k: vehicles of kind ``KINDS[k]`` may use the lane."""


class TurnArrays(NamedTuple):
    """Movements: one per (link in, link out), in link order."""

    from_link: I4
    to_link: I4


class ConnectionArrays(NamedTuple):
    """Lane-to-lane paths through junctions, sorted by (from lane, turn)."""

    from_lane: I4
    to_lane: I4
    turn: I4
    length_m: F8
    speed_ms: F8
    signal_group: I4
    """Index into the signal groups, -1 without a signal."""
    yield_start: I4
    yields_to: I4
    cross_start: I4
    crosses: I4
    critical_gap_s: F8
    follow_up_s: F8
    must_stop: BOOL
    keep_clear: BOOL
    first_come: BOOL
    """All-way stop: vehicles go in the order in which they came."""
    direction: U1
    """0 through, 1 left, 2 right, 3 u-turn."""
    waiting_area_m: F8
    """How far beyond its stop line a vehicle that gives way may wait inside the junction; 0: at the line."""


class SignalArrays(NamedTuple):
    """Fixed-time programs. Group g of program p is ``group_start[p] + signal_index``."""

    program_id: tuple[str, ...]
    group_start: I4
    phase_start: I4
    duration_s: F8
    """Of every phase."""
    state_start: I4
    """Of every phase: where the codes of the groups of its program begin in ``state``."""
    state: U1
    offset_s: F8
    """The first phase begins at clock times ``offset_s + n * cycle``."""


class ApproachArrays(NamedTuple):
    """Approaches of signals: links from which a signal is met, in link order.

    At yellow a driver who can stop does so with a chance ``1 / (1 + exp(-(tau - tau50_s) / spread_s))`` of the time
    ``tau`` to the stop line; a spread of 0 makes it a threshold.
    """

    link: I4
    tau50_s: F8
    spread_s: F8
    inattention: F8
    """Share of drivers who do not see the signal when they arrive."""
    hard_stop_share: F8
    """Share of those who stop at yellow that brake late, and as hard as drivers accept."""


class ClassArrays(NamedTuple):
    """Vehicle classes."""

    name: tuple[str, ...]
    kind: I4
    length_m: F8
    min_gap_m: F8
    max_speed_ms: F8
    acceleration_ms2: F8
    acceleration_fade_per_s: F8
    headway_s: F8
    deceleration_ms2: F8
    """Braking that a driver counts on, for itself and its leader."""
    speed_factor_mean: F8
    """0 where the class follows the link's speed choice."""
    speed_factor_sd: F8
    ignores_permissions: BOOL
    dawdling_ms: F8
    """What is missing from the desired speed on a free road, on average; 0 where dawdling is given back."""


class TripArrays(NamedTuple):
    """Realised trips, sorted by departure time, then by name; a vehicle's row is its index here."""

    name: tuple[str, ...]
    key: U8
    """Hash of the name, the seed and the replication: the vehicle's random key."""
    vehicle_class: I4
    z: F8
    """Normal score of the driver's desired speed, cut at +-3: the person's where the scenario has a population."""
    depart_s: F8
    route_start: I4
    route_link: I4
    depart_lane: I4
    """Counted from the nearside on the first link; -1: the best one."""
    depart_position_m: F8
    """-1: at the start of the link."""
    stop_start: I4
    stop_position: I4
    """Position of the stop in the route."""
    stop_position_m: F8
    stop_dwell_s: F8
    stop_lane: I4
    """Counted from the nearside on the link of the stop; -1: any."""
    person: NDArray[np.int64]
    """Number of the person who makes the trip; -1 without a population."""
    limit_factor: F8
    """The desired speed is nowhere above the limit times this factor; infinite for those whom nothing holds to it."""
    wish: I4 = np.zeros(0, np.int32)
    """Number of the wish for a route, which is chosen among several; -1 where it is kept. Empty: all routes are."""




class SectionArrays(NamedTuple):
    """Speeds and times between two points: every vehicle that crosses the first and then the second is a traversal."""

    name: tuple[str, ...]
    role: I4
    """What it is for: a position in :data:`trafficsim.base.codes.ROLE_NAMES`."""
    from_link: I4
    from_m: F8
    to_link: I4
    to_m: F8
    lane_start: I4
    lane_end: I4
    """Traversals count in the lanes ``lane_start[i]:lane_end[i]`` of the plan at the second point."""
    length_m: F8
    """Way between the points."""
    citation_ms: F8
    """Speed above which a traversal is cited; 0: nobody is."""
    links: tuple[tuple[int, ...], ...]
    """Links from the first point to the second: only trips whose route has all of them in this order are judged; empty
    where both points are on one link."""
    hours_s: tuple[tuple[tuple[float, float], ...], ...]
    """Clock times between which traversals are cited; empty: always."""


class BehaviourArrays(NamedTuple):
    """How drivers respond to what they meet: rules by driver, and where on the road they hold.

    In a zone of strength K the desired speed is ``v0 - K max(0, v0 - L f)`` with the driver's own desired speed v0, the
    limit L of the rule's link and the driver's ``factor`` f. Where several rules hold, the lowest counts.
    """

    rule_name: tuple[str, ...]
    rule_link: I4
    """Link whose limit the rule is about."""
    factor: F8
    """Shape (rules, trips): accepted speed over the limit; :data:`UNAFFECTED` for those whom the rule leaves alone."""
    zone_rule: I4
    zone_link: I4
    zone_begin_m: F8
    zone_end_m: F8
    zone_strength: F8
    rule_begin_s: F8
    """Clock times between which a rule holds."""
    rule_end_s: F8


class EnforcementArrays(NamedTuple):
    """Enforcement of an alternative: one row per deployment, in force during the run or not, by name."""

    name: tuple[str, ...]
    kind: tuple[str, ...]
    offence: tuple[str, ...]
    detection: F8
    """Probability that an offence is detected; ``sanctioned``: that a detected one is sanctioned."""
    sanctioned: F8
    fine_eur: F8
    points: I4
    legal_gap_s: F8
    offending_share: F8
    red_tolerance_s: F8
    links: tuple[tuple[int, ...], ...]
    """Links of the place."""
    hours_s: tuple[tuple[tuple[float, float], ...], ...]
    """Clock times between which it is in force; empty: always; one period without length: never."""
    checks: tuple[tuple[str, ...], ...]
    """Names of its measurement sections."""
    officers: F8
    """Officers while it is in force."""
    devices: I4


UNAFFECTED = 1.0e3
"""Factor that no desired speed reaches."""


def no_approaches() -> ApproachArrays:
    """Return the approaches of a plan without any signal."""
    real = np.zeros(0)
    return ApproachArrays(np.zeros(0, np.int32), real, real, real, real)




def no_sections() -> SectionArrays:
    """Return measurement sections of a plan without any."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return SectionArrays((), whole, whole, real, whole, real, whole, whole, real, real, (), ())


def no_enforcement() -> EnforcementArrays:
    """Return the enforcement of a plan without any."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return EnforcementArrays((), (), (), real, real, real, whole, real, real, real, (), (), (), real, whole)


def no_behaviour(trips: int = 0) -> BehaviourArrays:
    """Return the behaviour of a plan without any rule."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return BehaviourArrays((), whole, np.zeros((0, trips)), whole, whole, real, real, real, real, real)


@dataclass(frozen=True)
class Plan:
    """One replication of one alternative of one scenario, ready for an engine.

    Attributes
    ----------
    link_id, node_id : names by index
    seed_key : 64-bit key from the scenario's seed and the replication
    start_s, analysis_begin_s, analysis_end_s, end_s : clock times; the run stops at ``end_s`` or when it is empty
    interval_s : length of the intervals of the tables
    trajectory_share : share of vehicles that leave a trace
    trace_link : links on which traces are kept; all when empty
    trace_begin_s, trace_end_s : clock times between which traces are kept
    areas : stretches of lanes whose density, occupancy and queue are measured
    sections : where speeds and times between two points are measured
    behaviour : responses of drivers to policies
    timeline : values of links that change within the run
    roadside : signs and meters that react to traffic, and what they showed
    enforcement : what follows offences
    kept_gap_s : time gap that the driver of each trip keeps at least, 0 for one's own; empty: everybody the own
    keep_clear_share : share of drivers who do not enter a junction unless they will fit beyond it
    approaches : what drivers do on the approaches of signals
    people : groups of people, and sanctions
    drivers : attributes of the person who makes each trip
    diagrams : fundamental diagrams that the network gives
    tolls : charges that are part of the generalised cost of routes
    closures : movements that nobody may make for a time
    en_route : drivers who change their route on the way
    incidents : what blocks lanes within the run, with durations as drawn
    lane_closures : stretches of lanes that vehicles keep off for a time
    shut_lanes : lanes that nobody chooses for a time: drivers know that they are closed
    emergency : stations, crashes with injured people and how units drive; ``None`` where nobody comes
    controls : signals that react
    deciders : controllers in Python
    retimings : signals whose plan follows traffic
    crossings : where pedestrians cross at signals
    """

    link_id: tuple[str, ...]
    links: LinkArrays
    lanes: LaneArrays
    turns: TurnArrays
    connections: ConnectionArrays
    signals: SignalArrays
    classes: ClassArrays
    trips: TripArrays
    detectors: DetectorArrays
    seed_key: int
    start_s: float
    analysis_begin_s: float
    analysis_end_s: float
    end_s: float
    interval_s: float
    trajectory_share: float = 0.0
    trace_link: tuple[int, ...] = ()
    trace_begin_s: float = -np.inf
    trace_end_s: float = np.inf
    areas: AreaArrays = dataclass_field(default_factory=no_areas)
    sections: SectionArrays = dataclass_field(default_factory=no_sections)
    behaviour: BehaviourArrays = dataclass_field(default_factory=no_behaviour)
    timeline: TimelineArrays = dataclass_field(default_factory=no_timeline)
    roadside: RoadsideArrays = dataclass_field(default_factory=no_roadside)
    enforcement: EnforcementArrays = dataclass_field(default_factory=no_enforcement)
    kept_gap_s: F8 = dataclass_field(default_factory=lambda: np.zeros(0))
    keep_clear_share: float = 1.0
    approaches: ApproachArrays = dataclass_field(default_factory=no_approaches)
    people: PeopleArrays = dataclass_field(default_factory=no_people)
    drivers: TripDriverArrays = dataclass_field(default_factory=no_drivers)
    diagrams: DiagramArrays = dataclass_field(default_factory=no_diagrams)
    tolls: TollArrays = dataclass_field(default_factory=no_tolls)
    closures: ClosureArrays = dataclass_field(default_factory=no_closures)
    en_route: EnRouteArrays = dataclass_field(default_factory=nobody_en_route)
    incidents: IncidentArrays = dataclass_field(default_factory=no_incidents)
    lane_closures: LaneClosureArrays = dataclass_field(default_factory=no_lane_closures)
    shut_lanes: ShutLaneArrays = dataclass_field(default_factory=no_shut_lanes)
    emergency: EmergencyPlan | None = None
    controls: ControlArrays = dataclass_field(default_factory=no_controls)
    deciders: tuple[Decider, ...] = ()
    retimings: tuple[Retiming, ...] = ()
    crossings: CrossingArrays = dataclass_field(default_factory=no_crossings)
