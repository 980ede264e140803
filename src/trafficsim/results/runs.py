"""The runs table: one row per run with its vehicles, status, digest and performance."""

from __future__ import annotations

import pandas as pd

from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record
from trafficsim.results.digest import digest
from trafficsim.results.frames import Labels, frame, nullable, strings

VEHICLE_COUNTS = ("demanded", "waiting", "en_route", "completed")


def runs_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row: ``status`` is ``ok``, ``gridlock``, or ``unfinished`` when vehicles were left at the end."""
    counts = {name: getattr(record, name) for name in VEHICLE_COUNTS}
    left = record.waiting + record.en_route > 0
    status = "gridlock" if record.gridlock else "unfinished" if left else "ok"
    return _row(labels, counts, status, None, digest(plan, record), record.end_s, record.performance)


def failed_run_table(labels: Labels, reason: str) -> pd.DataFrame:
    """One row of a run that broke off: status ``failed`` and the reason, everything else null."""
    return _row(labels, {}, "failed", reason, None, None, None)


def _row(
    labels: Labels, counts: dict[str, int], status: str, reason: str | None, fingerprint: str | None,
    end_s: float | None, performance: Performance | None,
) -> pd.DataFrame:
    ran = performance is not None
    speed = performance or Performance()
    return frame(labels, {
        **{name: nullable([counts.get(name, 0)], name in counts) for name in VEHICLE_COUNTS},
        "status": strings([status]),
        "reason": strings([reason]),
        "end_s": nullable([end_s or 0.0], end_s is not None),
        "digest": strings([fingerprint]),
        "vehicle_updates": nullable([speed.vehicle_updates], ran),
        "loop_s": nullable([float(speed.loop_s)], ran),
        "compile_s": nullable([float(speed.compile_s)], ran),
        "setup_s": nullable([float(speed.setup_s)], ran),
        "peak_mb": nullable([float(speed.peak_mb)], ran),
    })
