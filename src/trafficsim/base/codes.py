"""Codes that plan, kernels, engines and tables share: each is defined here once, beside the names that tables give it.

They are plain numbers, so that compiled kernels take them as constants. Kinds of vehicles are numbered by their place
in :data:`trafficsim.spec.vehicles.KINDS`.
"""

from __future__ import annotations

RED, YELLOW, GREEN, PERMITTED, STOP_ARROW, RED_AMBER = 0, 1, 2, 3, 4, 5
"""What a signal shows: green is protected, permitted green gives way, a stop arrow lets turn on red after a stop."""
NOT_SHOWN = 255
"""State of a signal before the first tick."""
STATE_CODES = {"r": RED, "y": YELLOW, "G": GREEN, "g": PERMITTED, "u": RED_AMBER, "s": STOP_ARROW,
               "o": PERMITTED, "O": GREEN}
"""Codes of the letters of a phase: those of SUMO (``o`` off and giving way, ``O`` off with priority)."""

WAITING, EN_ROUTE, COMPLETED = 0, 1, 2
"""Status of a trip: not yet on the road, on it, at its end."""

EVENT_RED_RUN, EVENT_WRONG_LANE, EVENT_GRIDLOCK, EVENT_GRIDLOCK_END, EVENT_LEFT = 0, 1, 2, 3, 4
EVENT_RED_RUN_INATTENTION, EVENT_ENCROACHMENT, EVENT_ENCROACHMENT_INATTENTION = 5, 6, 7
EVENT_NAMES = ("red_run", "wrong_lane_turn", "gridlock", "gridlock_end", "left", "red_run", "encroachment",
               "encroachment")
"""Names of the events, by code."""
RED_RUNS = (EVENT_RED_RUN, EVENT_RED_RUN_INATTENTION)
ENCROACHMENTS = (EVENT_ENCROACHMENT, EVENT_ENCROACHMENT_INATTENTION)
LATE, INATTENTION = "late", "inattention"
PROCESS_OF_EVENT = {EVENT_RED_RUN: LATE, EVENT_RED_RUN_INATTENTION: INATTENTION,
                    EVENT_ENCROACHMENT: LATE, EVENT_ENCROACHMENT_INATTENTION: INATTENTION}
"""Why a driver ran red: decided late at yellow, or did not see the signal."""

(CAUSE_NOBODY, CAUSE_MOVING, CAUSE_STOP, CAUSE_RED, CAUSE_NO_ROOM, CAUSE_GIVES_WAY, CAUSE_WRONG_LANE, CAUSE_INSIDE,
 CAUSE_ENTRY, CAUSE_CLOSED) = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
LEFT_CAUSES = ("nobody", "moving", "stop", "red", "no_room", "gives_way", "wrong_lane", "inside", "entry", "closed")
"""Why vehicles are where they are, by code: nobody is, they move, the first one stands at a stop of its own, at a red
signal, without room beyond the line, giving way, or in a lane that does not lead on; they wait inside a junction, or to
enter the network, or before a movement that is closed and have no other route."""

DETECTOR, PATH, CAMERA, SECTION, TRAVEL_TIME, POINT, HISTOGRAM, FREE_SPEED, CHECKPOINT = 0, 1, 2, 3, 4, 5, 6, 7, 8
ROLE_NAMES = ("detector", "path", "camera", "section", "travel_time", "point", "histogram", "free_speed", "checkpoint")
"""What a pair of points is for, by code. A point is one without length that notes when vehicles pass; one of a
histogram lies in the middle of its link; those of free speeds lie along links that an alternative acts on."""
