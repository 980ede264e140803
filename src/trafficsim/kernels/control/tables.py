"""Tables of signals that react. Times are control ticks; sets of phases are bits of a 64-bit number.

What never changes in a run stands first in every row, what the kernels keep comes after.
"""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.tables import Array

OFF, SHOWS_GREEN, SHOWS_YELLOW, RED_CLEARANCE = 0, 1, 2, 3
"""States of a phase."""
NEVER = -(1 << 24)
"""A tick long before the run."""
EVENTS_PER_PHASE = 8
"""Most events that one phase or detector has in a tick."""

CONTROLLER_FIELDS = {
    "phase": "i4",  # first phase; rows of all tables end where those of the next controller begin
    "ring": "i4",
    "detector": "i4",
    "pattern": "i4",
    "group": "i4",  # first signal group (of the plan), and the one after the last
    "group_end": "i4",
    "program": "i4",  # program of the plan that it replaces
    "method": "i4",
    "barriers": "i4",
    "simultaneous": "u1",
    "floating": "u1",
    "fault_max": "u1",
    "cyclic": "u1",
    "capacity_aware": "u1",
    "early_green": "u1",
    "transition": "i4",
    "interval": "i4",  # between decisions by queues
    "threshold": "i4",  # vehicle ticks at red that ask for green
    "platoon": "i4",
    "extension": "i4",  # of transit priority; negative: none
    "lockout": "i4",
    "preempt": "i4",  # longest pre-emption; 0: none
    "presence": "i4",  # ticks after which a detector that reports a vehicle, or none, is taken for failed
    "silence": "i4",
    "steady": "u1",  # all groups show what is requested, and no phase is on its way
    "fallback": "u1",  # whoever decides has failed: the plan runs by the clock
    "failing": "u1",  # fallback has been noted
    "request": "i8",  # phases that whoever decides outside asks for; -1: nobody has yet
    "asked": "i8",  # phases asked for in this tick
    "accepted": "i8",  # phases asked for last that may be green together
    "refused": "i8",  # the last request that was not accepted
    "now": "i4",  # pattern that runs
    "shift": "i4",  # ticks by which its clock is behind the one that it should show
    "clock": "i4",  # tick in its cycle
    "barrier": "i4",  # before which the rings are
    "decide": "i8",  # tick of the next decision by queues
    "place": "i4",  # of the stage in a cyclic sequence
    "preempted": "i8",  # phases for an emergency vehicle; 0: none
    "preempt_since": "i8",
    "preempt_turn": "i4",
    "preempt_cut": "i4",  # turn of a pre-emption that lasted too long; -1: none
    "dwells": "u1",  # its phases are green
    "priority": "i8",  # phases for which transit is being served
    "early": "u1",  # greens are being cut for transit
    "priority_until": "i8",  # tick from which priority may be given again
}
RING_FIELDS = {
    "phase": "i4",  # the phase that it serves; -1: none
    "ready": "i4",  # why that may end: code of an event; 0: it may not
    "next": "i4",  # phase that follows it before the barrier; -1: none
}
PHASE_FIELDS = {
    "letter": "i4",
    "serve": "i4",
    "number": "i4",
    "ring": "i4",
    "barrier": "i4",
    "position": "i4",
    "min_green": "i4",
    "max_green": "i4",
    "gap": "i4",
    "before_reduction": "i4",
    "to_reduce": "i4",
    "min_gap": "i4",
    "recall": "i4",
    "walk": "i4",
    "ped_clearance": "i4",
    "clearance": "i4",
    "red_clearance": "i4",
    "ped_chance": "u4",  # of a pedestrian's call in a tick, in 2**-32
    "locking": "u1",
    "coordinated": "u1",
    "dual_entry": "u1",
    "actuated": "u1",  # a detector works for it
    "compatible": "i8",
    "state": "i4",
    "on": "u1",  # requested by the plant's last accepted request
    "call": "u1",
    "kept_call": "u1",  # remembered: by a locking detector, or because green ended with vehicles in it
    "ped_call": "u1",
    "fault": "u1",  # a detector of it is known to have failed
    "walking": "u1",  # 1 walk, 2 pedestrian clearance
    "extended": "u1",  # transit has made this green longer (1) or shorter (2)
    "extended_since": "i8",
    "share": "i4",  # green of a stage in a cycle shared out by pressure
    "begin": "i8",  # of its green, or of the state that it is in
    "actuation": "i8",  # last tick with a vehicle that extends it
    "conflict": "i8",  # since when a conflicting phase is called; NEVER: none
    "walk_begin": "i8",
    "want": "i8",  # pressure, or vehicle ticks at red
}
GROUP_FIELDS = {
    "pair": "i4",
    "controller": "i4",
    "min_green": "i4",
    "yellow": "i4",
    "red_amber": "i4",
    "shown": "i4",  # code of what it shows
    "mode": "i4",  # RED, RED_AMBER, GREEN (protected or permitted) or YELLOW
    "want": "i4",  # code that is requested
    "code": "i4",  # GREEN or PERMITTED: what it shows in green, or will after red-amber
    "since": "i8",  # tick at which this mode began
    "ended": "i8",  # tick at which its last green ended
    "protected_end": "i8",  # tick at which its last protected green ended
    "hold": "i8",  # tick until which pedestrians keep it green
}
PAIR_FIELDS = {"other": "i4", "kind": "i4", "intergreen": "i4"}
DETECTOR_FIELDS = {
    "calls": "i8",
    "extends": "i8",
    "fault": "i4",
    "active": "u1",
    "failed": "u1",
    "passed": "i4",
    "since": "i8",  # tick of its last change
}
PATTERN_FIELDS = {"begin": "i8", "cycle": "i4", "zero": "i4", "yields": "i4", "time": "i4"}
TIME_FIELDS = {"begin": "i4", "force_off": "i4", "green": "i4"}
SERVE_FIELDS = {"turn": "i4", "lanes": "i4", "protected": "i4"}
TURN_FIELDS = {"controller": "i4", "beyond": "i4", "to_link": "i4", "storage_in": "i4", "storage_out": "i4",
               "preempts": "i8"}
BEYOND_FIELDS = {"turn": "i4", "share": "i4"}  # share in 1/1024
LOG_FIELDS = {"tick": "i8", "controller": "i4", "code": "i4", "parameter": "i4"}
SHARE_UNIT = 1024
BY_CONTROLLERS, BY_OTHERS = 1, 2
"""Bits of ``Sensors.wanted``."""


class Sensors(NamedTuple):
    """What controllers see. Engines write it before each control tick, nobody else does."""

    occupied: Array
    """By detector (u1): a vehicle is on it."""
    passed: Array
    """By detector (i4): vehicles that have left it since the begin of the run."""
    waiting: Array
    """By turn of the plan (i4): vehicles before it; only where ``wanted`` is not 0."""
    on_link: Array
    """By link (i4): vehicles on it; only where ``wanted`` is not 0."""
    transit: Array
    """By turn (i4): buses and trams within the check-in distance."""
    emergency: Array
    """By turn (i4): emergency vehicles within theirs."""
    wanted: Array
    """Shape (1,): who needs queues, as bits: controllers in every tick, others when the loop stops."""


class Control(NamedTuple):
    """All that the kernels of control read and write."""

    controller: Array
    """One row more than controllers, for the ends of their rows."""
    ring: Array
    phase: Array
    group: Array
    pair: Array
    detector: Array
    pattern: Array
    time: Array
    letter: Array
    serve: Array
    turn: Array
    beyond: Array
    sensors: Sensors
    log: Array
    logged: Array
    """Rows of the log in use, and events that found no room in it. Whoever reads the log sets the first to 0."""
    changed: Array
    """Groups that changed in this tick: the first ``changes[0]``."""
    changes: Array
    counts: Array
    """Number of controllers, and the run's 32-bit seed."""
