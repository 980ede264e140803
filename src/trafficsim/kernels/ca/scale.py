"""How drivers behave near junctions and at lane changes, in cells and ticks.

The engine's theory page names the sources.
"""

from __future__ import annotations

MOST_LINKS = 4
"""So many links ahead a driver looks for room beyond a junction (modelling assumption)."""

SCALE_FIELDS = {
    "hard": "f4",  # braking (cells/tick2) that drivers accept at yellow
    "commit": "f4",  # who would have to brake harder than this is committed to enter
    "comfort": "f4",  # braking towards a slower connector
    "safe": "f4",  # braking that the safe-distance rule counts on
    "slack": "i4",  # a vehicle this close (cells) to its line stands at it
    "near": "i4",  # added to two ticks of travel: distance within which a driver judges gaps
    "overhang": "i4",  # length of the longest vehicle: so far may a rear reach back over a stop line
    "clear": "i4",  # added to the braking distance: how far a driver looks for the stop line
    "horizon": "i4",  # ticks for which a driver who goes back to the nearside wants to keep the own speed
    "ahead": "i4",  # where lanes are kept: cells before the end of a link at which drivers change for their route
    "queueing": "i4",  # speed up to which a lane is a queue that may be passed on the nearside
    "stagger": "f4",  # headway (ticks) kept behind one in the next lane who must not be passed
    "closing": "i4",  # ticks over which a driver closes up to that headway
    "gain": "i4",  # room that a discretionary lane change must win
    "queue_gap": "i4",  # vehicles no further than this behind the leader are in one queue
    "queue_speed": "i4",  # speed below which a vehicle is taken as queueing
    "approach": "i4",  # lowest speed at which an approaching vehicle is expected to arrive
    "soft": "i4",  # braking that a discretionary lane change may impose
    "firm": "i4",  # the same for a mandatory one
    "urgent": "i4",  # the same at the end of the lane
    "impatience_time": "f8",  # wait (ticks) after which drivers accept 30 % shorter gaps (bounded impatience)
    "stuck": "i4",  # a vehicle this long on its connector blocks those whose path it crosses
    "headways": "i4",  # whether the headways of drivers differ by link, somewhere and at some time
    "anticipates": "i4",  # followers count on what their leader can do at most, not on its present speed
    # what one step of these codes in packed state Z stands for (cells/tick2, ticks, cells/tick2)
    "acceleration_unit": "f4",
    "headway_unit": "f4",
    "braking_unit": "f4",
    "resolve": "f8",  # ticks for which a driver who has decided to enter stays with it
    "move_up": "f8",  # ticks more than the follow-up time in which the next one of a queue has moved up to the line
    "keep_clear": "i4",  # share of drivers who keep junctions clear, in 1/65536
    "inattentive": "i4",  # whether there are drivers anywhere who may not see a signal
    "hard_stops": "i4",  # whether there are approaches on which drivers stop late and hard
    "encroachment": "f8",  # ticks between two vehicles at the point where their ways cross: less is an encroachment
    "stranded": "i4",  # ticks at the line after which a driver turns from a lane that does not serve the turn
}
