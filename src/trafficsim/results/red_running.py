"""Red running by process, and whom those who run red meet: indicators of a run."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import (
    EVENT_ENCROACHMENT,
    EVENT_ENCROACHMENT_INATTENTION,
    EVENT_RED_RUN,
    EVENT_RED_RUN_INATTENTION,
)
from trafficsim.plan.arrays import BOOL
from trafficsim.results.indicator import Indicator, Observation

ALL, NO_SIGNAL = "all vehicles in the analysis period", "the network has no signal"
LATE, UNSEEN = "whose drivers decided to go at yellow or could not stop", "whose drivers did not see the signal"
MET = "vehicles crossing at red, {}, that pass the middle of the junction less than 5 s from one with right of way"


def _violations(seen: Observation, *codes: int) -> float | None:
    if not seen.plan.signals.program_id:
        return None
    return float(_judged(seen, codes).sum())


def _encroachments(seen: Observation, code: int) -> float | None:
    """Vehicles that ran red and met somebody, each counted once for every approach."""
    if not seen.plan.signals.program_id:
        return None
    events, chosen = seen.record.events, _judged(seen, (code,))
    return float(len(np.unique(np.column_stack([events.trip[chosen], events.link[chosen]]), axis=0)))


def _judged(seen: Observation, codes: tuple[int, ...]) -> BOOL:
    events, plan = seen.record.events, seen.plan
    judged: BOOL = (events.time_s >= plan.analysis_begin_s) & (events.time_s < plan.analysis_end_s)
    return judged & np.isin(events.code, codes)


RED_RUNNING = (
    Indicator("red_violations", "vehicles crossing the stop line at red, by late decisions or by inattention", "1",
              "lower", ALL, "input", lambda seen: _violations(seen, EVENT_RED_RUN, EVENT_RED_RUN_INATTENTION),
              NO_SIGNAL, needs=("events",), scale="events"),
    Indicator("red_violations_late", f"vehicles crossing the stop line at red, {LATE}", "1", "lower", ALL, "input",
              lambda seen: _violations(seen, EVENT_RED_RUN), NO_SIGNAL, needs=("events",), scale="events"),
    Indicator("red_violations_inattention", f"vehicles crossing the stop line at red, {UNSEEN}", "1", "lower", ALL,
              "input", lambda seen: _violations(seen, EVENT_RED_RUN_INATTENTION), NO_SIGNAL, needs=("events",),
              scale="events"),
    Indicator("encroachments_late", MET.format(LATE), "1", "lower", ALL, "emergent",
              lambda seen: _encroachments(seen, EVENT_ENCROACHMENT), NO_SIGNAL, needs=("events",), scale="events"),
    Indicator("encroachments_inattention", MET.format(UNSEEN), "1", "lower", ALL, "emergent",
              lambda seen: _encroachments(seen, EVENT_ENCROACHMENT_INATTENTION), NO_SIGNAL, needs=("events",),
              scale="events"),
)
