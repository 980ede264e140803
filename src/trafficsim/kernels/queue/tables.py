"""What the kernels of the queue engine read and write: arrays by link, lane, connection, group and vehicle.

All times are whole milliseconds since the start of the run, all lengths of vehicles and lanes whole centimetres.
Vehicles are the trips of the plan, by number; -1 stands for nobody.
"""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.control.tables import Control
from trafficsim.kernels.sensing import Shown as ShownRows
from trafficsim.kernels.sensing import Surroundings
from trafficsim.kernels.tables import Array

NEVER = 1 << 30
"""A time that does not come; who has it is woken by what it waits for."""
NO_LIMIT = 1 << 30
"""Storage of a link that never fills (cm)."""
NOBODY = -1
EXIT = -1
"""Instead of a turn: the trip ends with the link."""
MOST_LANES = 16
"""Of a link, that are used: so many bits stand for its lanes."""
MUST_STOP, FIRST_COME, SHUT = 1, 2, 4
"""Bits of ``Net.manner``."""


class Net(NamedTuple):
    """The network: constants. ``n`` links have the waiting places 0..n-1 (stop lines) and n..2n-1 (entries)."""

    lane_start: Array
    link_of: Array
    """By lane."""
    lane_room: Array
    """Length of a lane, cm."""
    lane_share: Array
    """What is planned for a lane at most, cm: an equal share of the storage of its link."""
    allowed: Array
    wide: Array
    """By link: lanes over its whole length; so many turns may wait for room in their lane before nobody passes."""
    changes: Array
    """By link: changes of lane for which it is long enough."""
    room: Array
    """By link: storage, cm."""
    back: Array
    """By link: time until room that is freed at the stop line has come back to its start."""
    conn_start: Array
    """By lane."""
    target: Array
    """By turn: the link that it leads to."""
    turn: Array
    """By connection, as all of the following."""
    origin: Array
    to: Array
    group: Array
    manner: Array
    gap: Array
    follow_up: Array
    inside: Array
    """Vehicles that may wait inside the junction, and leave when green ends."""
    yield_start: Array
    yields: Array
    cross_start: Array
    crosses: Array
    headway: Array
    """By connection and class: time after the vehicle before."""
    own_headway: Array
    """By link and class: the same where it begins."""
    exit_headway: Array
    """By link and class: the same where trips end."""
    spacing: Array
    """By class: room that a standing vehicle takes."""
    reaction: Array
    """By link and class: time after which it repeats what its leader did."""
    stretch: Array
    """By link: room of a vehicle over ``spacing``."""
    bit: Array
    """By class: of ``allowed``."""
    acceleration: Array
    """By class: as if constant, m/s2."""
    node_of: Array
    """By waiting place."""
    member_start: Array
    """By node: its waiting places."""
    member: Array
    row_of: Array
    """By waiting place: its row in ``member``."""
    node_headway: Array
    """By node: time between any two who pass it."""
    group_start: Array
    """By signal group: its connections."""
    of_group: Array
    line_speed: Array
    """By connection: greatest speed at the stop line, m/s."""
    middle: Array
    """By connection: way from the stop line to the middle of it, m."""
    mean_speed: Array
    """By link: mean free speed, m/s."""
    stop_probability: Array
    """By link: chance to stop at yellow in 1/65536, by the time to the line in eighths of a second."""
    start_lag: Array
    """By place in a queue that stood at red: time that it needs more than its headway."""
    impatience: float


class Trips(NamedTuple):
    """Constants of trips, and of the places of their routes."""

    route_start: Array
    link: Array
    turn: Array
    lanes: Array
    """By place: bits of the lanes of its link that lead on, nearside first."""
    free: Array
    """Time that the connector before and the link take at the own desired speed."""
    length: Array
    """Length of both, m."""
    kind: Array
    slower: Array
    """Time that the driver needs more for a way than at the mean speed, as a share; not below 0."""
    key: Array
    depart: Array
    entry_start: Array
    """By link: trips that begin there, in order of departure."""
    entry: Array
    stop_count: int
    """Number of stops on the way of all trips."""
    stop_start: Array
    """By trip: its stops, in their order."""
    stop_place: Array
    """By stop: place of the routes."""
    stop_ms: Array
    """Time that it takes with braking and speeding up; ``dwell_ms`` is what the vehicle stands."""
    dwell_ms: Array


class Vehicles(NamedTuple):
    """State of vehicles."""

    cursor: Array
    """Place in the routes."""
    since: Array
    """When it crossed the stop line into its link."""
    ready: Array
    """When it is at the stop line, but for those before it."""
    before: Array
    after: Array
    planned: Array
    """Lane that it was to join when it came."""
    ahead: Array
    """Room of those before it in its queue when it joined: it stands that far from the line."""
    covered: Array
    """Share of its link that earlier intervals have counted."""
    waiting: Array
    stops: Array
    begun: Array
    ended: Array
    distance: Array


class Lanes(NamedTuple):
    """Queues at stop lines."""

    head: Array
    tail: Array
    queued: Array
    planned: Array
    """Room of those in the queue and of those on the running section who were to join it when they came."""
    left: Array
    """When the last one left."""
    due: Array
    """When the head is to be looked at next."""
    blocked: Array
    """Link without room for the head; -1: none."""
    since: Array
    """When the head became the first."""
    gives_way: Array
    may_clear: Array
    """Vehicles that may still leave after the end of green: they wait inside the junction."""
    admits: Array
    """When the next one may come into the lane."""
    stood: Array
    """Whether the last one that left was of a queue that stood."""
    place: Array
    """Vehicles that have left a queue that stood at red since green: the place of its head in it. No less than the
    length of ``Net.start_lag`` where the head is not hindered by the start."""
    pace: Array
    """When the last one would have crossed in a queue of drivers of the mean speed."""
    gone: Array
    """Room of those vehicles: the head stood so far before the line; much where it did not stand."""


class Links(NamedTuple):
    """Running sections: vehicles in the order in which they reach the stop line, and the room that they take."""

    first: Array
    last: Array
    arrival: Array
    taken: Array
    waited: Array
    held: Array
    """Whether somebody waits on the running section who has reached its end."""
    served: Array
    entered: Array
    """Trips that have begun here: a position in ``Trips.entry``."""
    ring_start: Array
    ring_time: Array
    ring_room: Array
    ring_lane: Array
    """Lane that the leaver was in."""
    ring_first: Array
    ring_count: Array


class Shown(NamedTuple):
    """What signals show, by group of the plan, and since when; and when a connection was last used."""

    state: Array
    since: Array
    opened: Array
    """When it went to green."""
    passed: Array


class Commands(NamedTuple):
    """What signals are told to show: changes of one cycle, again and again, for every length of cycle."""

    first: Array
    """By group: what it shows at the begin of the run."""
    cycle: Array
    """Lengths of cycles, in control ticks."""
    tick_start: Array
    """By length of cycle: where its control ticks begin."""
    start: Array
    """By control tick of a cycle: its changes."""
    group: Array
    state: Array
    tick_ms: float


class Agenda(NamedTuple):
    """When something may happen: at every waiting place, in the order of ``Net.member``, and at every node."""

    due: Array
    node: Array
    seen: Array
    """What is being fetched ahead: links; vehicles; and of which lane they are the head, -1: of none."""


class Counts(NamedTuple):
    """What is measured: by link of the present interval, by movement of the analysis period."""

    entered: Array
    left: Array
    vehicle_ms: Array
    vehicle_m: Array
    waiting_ms: Array
    traversed: Array
    free_ms: Array
    volume: Array
    travel_ms: Array
    delay_ms: Array
    analysis: Array
    total: Array
    """Entered, completed, crossings at red, lines crossed, rows of the log."""


class Log(NamedTuple):
    """Who left a lane of a link on which something is measured, in the order of leaving: a row each."""

    watched: Array
    """By lane."""
    place: Array
    """Of the routes."""
    lane: Array
    since: Array
    ready: Array
    left: Array


class Merges(NamedTuple):
    """Whose turn it is: by approach, which are the lanes, then the entries of links; see :mod:`.merges`."""

    stride: Array
    """What a vehicle takes of the share of its approach."""
    charged: Array
    """What all vehicles of the approach took."""
    shift: Array
    """By connection, then by entry: its turn at the link beyond, less ``charged``."""
    clock: Array
    """By link: the turn of the last who entered it."""
    passes: Array
    """By node: when the next one may pass it."""


class Sensing(NamedTuple):
    """Where detectors lie, which links are looked at, and what has been shown."""

    active: int
    """Whether any signal reacts."""
    places: int
    """Detectors, each as often as it has lanes."""
    detector: Array
    """By place, as all of the following up to ``passed``."""
    lane: Array
    near: Array
    """From the line to the downstream end, cm."""
    far: Array
    """From the line to the upstream end, cm."""
    passed: Array
    left: Array
    """By lane: vehicles that have left it, as far as the log has been read."""
    read: Array
    """Rows of the log that have been read, shape (1,)."""
    around: Surroundings
    shown: ShownRows


class World(NamedTuple):
    """All of it."""

    net: Net
    trips: Trips
    vehicles: Vehicles
    lanes: Lanes
    links: Links
    shown: Shown
    agenda: Agenda
    counts: Counts
    log: Log
    merges: Merges
    control: Control
    sensing: Sensing
