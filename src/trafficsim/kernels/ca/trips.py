"""Travellers: what kernels read about them, what happened to them, and who waits to enter."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.tables import Array

TRIP_FIELDS = {  # what a vehicle needs at every link: one cache line
    "enter_time": "f8",  # when it crossed its last stop line
    "since_time": "f8",  # since when, and from where, its time and distance are not yet in the counters
    "since_cell": "i4",
    "route_position": "u4",  # current route position (index into route)
    "connection": "i4",  # by which it entered its link
    "distance": "i4",
    "next_stop": "i4",  # index into stops, -1 when none is left
    "z": "f4",
    "factor": "f4",  # speed factor; 0 follows the link's speed choice
    "free_time": "f4",  # time that its present link takes at the desired speed
    "brake": "f4",  # braking towards a stop line that the driver finds comfortable (cells/tick2)
    "waiting": "i4",  # ticks spent waiting, up to where its time is in the counters
    "depart_cell": "i2",  # front position from the start of the first lane, -1 at its start
    "wait_in": "u2",  # ticks spent waiting that packed state W counted when ``waiting`` was brought up to date
    "stops": "u1",
    "status": "u1",
    "kind": "u1",  # vehicle class
    "depart_lane": "i1",
}
END_FIELDS = {  # what is read or written only where a trip begins and ends
    "depart": "f8",  # ticks since the start
    "entry_time": "f8",
    "exit_time": "f8",
    "key": "u4",
    "packed": "i4",  # packed state Z without turn
}
KIND_FIELDS = {
    "top_speed": "f4",  # cells per tick
    "bit": "i2",  # kinds whose permissions it has
    "cells": "i2",  # length with standing gap
    "dawdling": "i4",  # what a free driver lacks of the desired speed, on average (1/256 cell per tick)
}
MANOEUVRE_FIELDS = {
    "turn": "u1",  # at the end of the link, EXIT at the last one of a route
    "wanted": "u1",  # bit s: lane s of the link leads on without another lane change soon
    "feasible": "u1",  # bit s: from lane s the route can be followed at all
}
STOP_FIELDS = {
    "route_position": "i8",  # index into route of the link that it is on
    "cell": "i4",
    "left": "i4",  # ticks that the vehicle still has to stand
    "lane": "i4",
    "next": "i4",  # stop that the trip serves after it, -1 after the last
}
ENTRY_FIELDS = {"link": "i4", "start": "i8", "next": "i8", "due": "f8"}  # due: departure of the next one


class Trips(NamedTuple):
    """Travellers: constants and what happened to them, their stops, and all routes."""

    row: Array
    end: Array
    """By trip: how it enters and leaves the network."""
    kind: Array
    """By vehicle class."""
    stop: Array
    route: Array
    """uint16: the links of all routes, one after the other, as rows of ``manoeuvre``."""
    manoeuvre: Array
    """All different ways to leave a link: the turn at its end, and the lanes from which it is made."""
    held: int
    """Travellers who are held to the limit; where there are none, nobody looks at the next."""
    limit_factor: Array
    """float32 by trip: the desired speed is at most the limit times this, and infinite without a hold."""


class Queues(NamedTuple):
    """Trips waiting to enter, by first link in order of departure."""

    entries: int
    entry: Array
    trip: Array
