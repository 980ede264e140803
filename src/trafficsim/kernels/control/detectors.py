"""What detectors tell a controller: calls and extensions, with faults laid over what they see.

A detector that is missing, or that reports the same for too long, is known to have failed: it neither calls nor extends
any more, and its phases are called for their minimum or maximum instead. So is a phase that nothing can call at all.
"""

from __future__ import annotations

from trafficsim.base.codes import (
    CONTROL_DETECTOR_FAULT,
    CONTROL_DETECTOR_OFF,
    CONTROL_DETECTOR_ON,
    CONTROL_DETECTOR_RESTORED,
)
from trafficsim.kernels.control.log import note
from trafficsim.kernels.control.tables import SHOWS_GREEN
from trafficsim.kernels.jit import part

STUCK_ON, STUCK_OFF, MISSING = 1, 2, 3
NO_RECALL, MIN_RECALL, MAX_RECALL = 0, 1, 2


@part
def sense(control, number, detector, tick):
    """Bring a detector up to date."""
    row, sensors = control.detector[detector], control.sensors
    seen = sensors.occupied[detector] != 0 or sensors.passed[detector] != row.passed
    row.passed = sensors.passed[detector]
    if row.fault != 0:
        seen = row.fault == STUCK_ON
    channel = detector - control.controller[number].detector + 1
    if seen != (row.active != 0):
        row.active = 1 if seen else 0
        row.since = tick
        note(control, tick, number, CONTROL_DETECTOR_ON if seen else CONTROL_DETECTOR_OFF, channel)
    most = control.controller[number].presence if seen else control.controller[number].silence
    failed = row.fault == MISSING or tick - row.since >= most
    if failed != (row.failed != 0):
        row.failed = 1 if failed else 0
        note(control, tick, number, CONTROL_DETECTOR_FAULT if failed else CONTROL_DETECTOR_RESTORED, channel)


@part
def recall_of(control, number, phase):
    """The recall of a phase; that of a fault where a detector has failed or there is none."""
    row = control.phase[phase]
    nothing_calls = row.recall == NO_RECALL and row.actuated == 0 and row.ped_chance == 0
    if row.fault or nothing_calls:
        return MAX_RECALL if control.controller[number].fault_max else max(row.recall, MIN_RECALL)
    return row.recall


@part
def look(control, number, tick):
    """Bring all detectors up to date, and what they mean for the phases."""
    first = control.controller[number].phase
    calls, extends, failed = 0, 0, 0
    for detector in range(control.controller[number].detector, control.controller[number + 1].detector):
        sense(control, number, detector, tick)
        row = control.detector[detector]
        if row.failed:
            failed |= row.calls | row.extends
        elif row.active:
            calls |= row.calls
            extends |= row.extends
    for phase in range(first, control.controller[number + 1].phase):
        row, bit = control.phase[phase], phase - first
        row.fault = failed >> bit & 1
        recall = recall_of(control, number, phase)
        if extends >> bit & 1 or recall == MAX_RECALL:
            row.actuation = tick
        seen = calls >> bit & 1 and row.state != SHOWS_GREEN
        if seen and row.locking:
            row.kept_call = 1
        row.call = 1 if seen or row.kept_call or row.ped_call or recall == MIN_RECALL or recall == MAX_RECALL else 0
