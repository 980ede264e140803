"""The runs table: one row per run with its vehicles, status, digest and performance."""

from __future__ import annotations

import pandas as pd

from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record
from trafficsim.plan.rehearsals import NEVER, Rehearsals
from trafficsim.results.digest import digest
from trafficsim.results.frames import Labels, frame, nullable, strings

VEHICLE_COUNTS = ("demanded", "waiting", "en_route", "completed")
STATUSES = ("complete", "incomplete", "gridlock", "failed")
"""How runs end, from best to worst: all arrived, some did not, some stood in a cycle at the end, the run failed."""
RUN_TIMES = ("loop_s", "compile_s", "setup_s", "peak_mb")
"""Columns that tell of the machine; all other columns of all tables are the same whenever and wherever a run is."""


def runs_table(plan: Plan, record: Record, labels: Labels, rehearsals: Rehearsals = NEVER) -> pd.DataFrame:
    """One row per run: how many vehicles did what, how it ended, how long it took.

    ``status`` is ``complete``, ``incomplete`` when vehicles were left at the end, or ``gridlock`` when a gridlock
    lasted to the end. ``rehearsals`` of the design day came before, in which drivers learnt the routes that they take;
    ``relative_gap`` is what all of them together could still gain by other routes, as a share of the least time. Times
    are those of the machine; a failed run is ``failed`` and has its reason alone.
    """
    left = record.waiting + record.en_route > 0
    status = "gridlock" if record.gridlock else "incomplete" if left else "complete"
    return _row(labels, status, None, record, digest(plan, record)).assign(
        rehearsals=nullable([rehearsals.number]),
        relative_gap=nullable([rehearsals.relative_gap or 0.0], rehearsals.relative_gap is not None),
    )


def failed_run_table(labels: Labels, reason: str) -> pd.DataFrame:
    """One row of a failed run: status ``failed`` and the reason, everything else null."""
    return _row(labels, "failed", reason, None, None).assign(
        rehearsals=nullable([0], False), relative_gap=nullable([0.0], False))


def _row(labels: Labels, status: str, reason: str | None, record: Record | None, sha: str | None) -> pd.DataFrame:
    ran = record is not None
    speed = record.performance if record is not None else Performance()
    return frame(labels, {
        **{name: nullable([getattr(record, name, 0)], ran) for name in VEHICLE_COUNTS},
        "status": strings([status]),
        "reason": strings([reason]),
        "lane_changes": nullable([getattr(record, "lane_changes", 0)], ran),
        "end_s": nullable([record.end_s if record is not None else 0.0], ran),
        "digest": strings([sha]),
        "vehicle_updates": nullable([speed.vehicle_updates], ran),
        "loop_s": nullable([float(speed.loop_s)], ran),
        "compile_s": nullable([float(speed.compile_s)], ran),
        "setup_s": nullable([float(speed.setup_s)], ran),
        "peak_mb": nullable([float(speed.peak_mb)], ran),
    })
