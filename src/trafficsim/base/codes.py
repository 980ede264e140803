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
STATE_NAMES = "ryGgsu"
"""The letter of every code of a signal state: o and O show as g and G."""

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

REQUESTED, ACTUATED, COORDINATED, MAX_PRESSURE, SOTL = 0, 1, 2, 3, 4
CONTROL_METHODS = ("requested", "actuated", "coordinated", "max_pressure", "sotl")
"""Who decides at a signal that reacts, by code."""
(CONTROL_PHASE_ON, CONTROL_GREEN, CONTROL_GAP_OUT, CONTROL_MAX_OUT, CONTROL_FORCE_OFF, CONTROL_GREEN_END,
 CONTROL_YELLOW, CONTROL_YELLOW_END, CONTROL_RED_CLEARANCE, CONTROL_RED_CLEARANCE_END) = 0, 1, 4, 5, 6, 7, 8, 9, 10, 11
CONTROL_WALK, CONTROL_PED_CLEARANCE, CONTROL_BARRIER, CONTROL_PED_CALL, CONTROL_CALL = 21, 22, 31, 45, 43
CONTROL_DETECTOR_OFF, CONTROL_DETECTOR_ON, CONTROL_DETECTOR_RESTORED, CONTROL_DETECTOR_FAULT = 81, 82, 83, 84
(CONTROL_PREEMPT_ON, CONTROL_PREEMPT_OFF, CONTROL_PREEMPT_ENTRY, CONTROL_PREEMPT_DWELL,
 CONTROL_PREEMPT_EXIT) = 102, 104, 105, 107, 111
CONTROL_PRIORITY_IN, CONTROL_PRIORITY_EARLY, CONTROL_PRIORITY_EXTENDED, CONTROL_PRIORITY_OUT = 112, 113, 114, 115
CONTROL_PLAN, CONTROL_CYCLE, CONTROL_OFFSET, CONTROL_SPLIT = 131, 132, 133, 134
MOST_SPLITS = 16
"""Phases whose splits have codes, from :data:`CONTROL_SPLIT` on."""
CONTROL_REFUSED, CONTROL_FALLBACK, CONTROL_RESUMED, CONTROL_PREEMPT_CUT = 200, 201, 202, 203
CONTROL_EVENTS = {
    CONTROL_PHASE_ON: "phase_on", CONTROL_GREEN: "begin_green", CONTROL_GAP_OUT: "gap_out",
    CONTROL_MAX_OUT: "max_out", CONTROL_FORCE_OFF: "force_off", CONTROL_GREEN_END: "end_green",
    CONTROL_YELLOW: "begin_yellow", CONTROL_YELLOW_END: "end_yellow",
    CONTROL_RED_CLEARANCE: "begin_red_clearance", CONTROL_RED_CLEARANCE_END: "end_red_clearance",
    CONTROL_WALK: "walk", CONTROL_PED_CLEARANCE: "ped_clearance", CONTROL_BARRIER: "barrier",
    CONTROL_CALL: "phase_call", CONTROL_PED_CALL: "ped_call", CONTROL_DETECTOR_OFF: "detector_off",
    CONTROL_DETECTOR_ON: "detector_on", CONTROL_DETECTOR_RESTORED: "detector_restored",
    CONTROL_DETECTOR_FAULT: "detector_fault", CONTROL_PREEMPT_ON: "preempt_call",
    CONTROL_PREEMPT_OFF: "preempt_call_off",
    CONTROL_PREEMPT_ENTRY: "preempt_entry", CONTROL_PREEMPT_DWELL: "preempt_dwell",
    CONTROL_PREEMPT_EXIT: "preempt_exit",
    CONTROL_PRIORITY_IN: "priority_check_in", CONTROL_PRIORITY_EARLY: "priority_early_green",
    CONTROL_PRIORITY_EXTENDED: "priority_extension", CONTROL_PRIORITY_OUT: "priority_check_out",
    CONTROL_PLAN: "plan_change", CONTROL_CYCLE: "cycle_begin", CONTROL_REFUSED: "request_refused",
    CONTROL_FALLBACK: "fallback", CONTROL_RESUMED: "fallback_end", CONTROL_PREEMPT_CUT: "preempt_cut",
    CONTROL_OFFSET: "offset_change",
    **{CONTROL_SPLIT + phase: f"split_{phase + 1}_change" for phase in range(MOST_SPLITS)},
}
"""Events of signals that react, by code: those under 200 are of the Indiana enumeration (Sturdevant et al. 2012,
doi:10.4231/K4RN35SH); from 200 on, what no controller in the field knows: a request that was refused, a controller from
outside that failed, a pre-emption that lasted too long."""
