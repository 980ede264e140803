"""Who is left before a stretch of road whose lanes are all closed, as both engines tell of it."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import CAUSE_CLOSED, CAUSE_MOVING
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import LeftRecord


def name_closed(plan: Plan, left: LeftRecord, end_s: float) -> LeftRecord:
    """Name the closure as the cause where vehicles are left on a link all of whose lanes are closed somewhere.

    Engines know why the first vehicle at a stop line stands. One that stands further back, before a closed stretch, is
    to them on its way.

    Parameters
    ----------
    end_s
        Clock time of the end of the run.
    """
    closures, start = plan.lane_closures, plan.links.lane_start
    lasts = (closures.begin_s <= end_s) & (end_s < closures.end_s)
    shut = np.zeros(int(start[-1]), np.bool_)
    shut[closures.lane[lasts]] = True
    rows = [bool(shut[start[link]:start[link + 1]].all()) for link in left.link.tolist()]
    there = np.array(rows, np.bool_) & (left.cause == CAUSE_MOVING)
    return left._replace(cause=np.where(there, CAUSE_CLOSED, left.cause).astype(np.int32))
