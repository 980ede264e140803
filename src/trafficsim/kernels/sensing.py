"""What both engines keep for controllers of signals: which links they look at, and what reactive signals showed."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.tables import Array

SHOWN_FIELDS = {"tick": "i8", "group": "i4", "state": "i4"}
"""A group of the plan, what it shows, and since which control tick."""


class Surroundings(NamedTuple):
    """Links at controlled junctions, and vehicles that have priority there."""

    link: Array
    """Links that lead to or away from one, those of approaches of several links included."""
    turn: Array
    """Movements at the ends of those links."""
    onward: Array
    """By link: the movement to the next link of its approach, -1 at the end of one."""
    following: Array
    """By link: that link."""
    after_m: Array
    """By link: length of the links of its approach that follow."""
    first: Array
    """By link: the first link of its approach."""
    last: Array
    """By link: the last one."""
    transit: Array
    """By vehicle class: whether it is public transport, which signals may let go first."""
    special: int
    """Whether there is any."""
    transit_m: Array
    """By movement: from there on to the line it is known of; 0: not at all."""
    reach_m: Array
    """By movement: vehicles so far before the line count as its queue; infinite where all on the link do."""
    entry: Array
    """Entries at which those who wait to enter count as the queue of their movement."""
    most: Array
    """By such an entry: how many of them do."""


class Shown(NamedTuple):
    """What reactive signals showed since it was last taken away."""

    row: Array
    count: Array
    """Rows, shape (1,)."""


@per_vehicle
def note_shown(shown, tick, group, state):
    """Append a row; what does not fit is counted only."""
    count = shown.count[0]
    if count < len(shown.row):
        shown.row[count].tick, shown.row[count].group, shown.row[count].state = tick, group, state
    shown.count[0] = count + 1


@per_vehicle
def clear_links(around, sensors):
    """Forget who was on the links around controlled junctions."""
    for turn in around.turn:
        sensors.waiting[turn], sensors.transit[turn] = 0, 0
    for link in around.link:
        sensors.on_link[link] = 0


@per_vehicle
def count_approach(around, sensors, link, count):
    """Count those on a link there, and at both ends of its approach, which stand for all of it."""
    sensors.on_link[link] += count
    first, last = around.first[link], around.last[link]
    if first != link:
        sensors.on_link[first] += count
    if last != link and last != first:
        sensors.on_link[last] += count
