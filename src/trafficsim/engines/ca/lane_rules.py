"""Which lanes end, from where on drivers zip, and where nobody overtakes on the kerb side."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.engines.ca.scales import LANE_CHANGE_M
from trafficsim.plan.arrays import Plan

ZIP_M, ZIP_OUTSIDE_M = 150.0, 300.0
"""Length before the end of a lane in which drivers let those in who must leave it: in towns and outside them (modelling
assumptions: the law asks for it just before a narrowing, StVO section 7 (4))."""
MERGE_AREA_M = 450.0
"""Links outside towns up to this length are zipped all along: merging fills 1,500 ft (HCM 2016 ch. 14)."""


def lane_columns(plan: Plan, cell_m: float) -> dict[str, Any]:
    """Return the columns ``ends`` and ``zip`` of the lanes; a lane too short for a change is none that ends."""
    length_m = np.asarray(plan.lanes.length_m)
    ends = ending_lanes(plan) & (length_m >= LANE_CHANGE_M)
    outside = plan.links.keep_right[plan.lanes.link]
    merging_m = np.where(length_m <= MERGE_AREA_M, length_m, ZIP_OUTSIDE_M)
    metres = np.where(outside, np.maximum(ends * ZIP_M, merging_m), ZIP_M)
    return {"ends": ends, "zip": np.rint(metres / cell_m)}


def ending_lanes(plan: Plan) -> np.ndarray:
    """Return by lane whether it ends while lanes beside it go on.

    No way leads out of such a lane, or only ways that give way to a neighbour with the same target lane.
    """
    lanes, conns = plan.lanes, plan.connections
    ways = np.arange(len(conns.turn))
    of = np.repeat(ways, np.diff(conns.yield_start))
    foe = np.asarray(conns.yields_to)
    link = lanes.link[conns.from_lane]
    merges = np.zeros(len(ways), np.bool_)
    merges[of[(link[of] == link[foe]) & (conns.to_lane[of] == conns.to_lane[foe])]] = True
    leads = np.zeros(len(lanes.link), np.bool_)
    leads[conns.from_lane[~merges]] = True
    goes_on = np.zeros(len(plan.link_id), np.bool_)
    goes_on[lanes.link[leads]] = True
    return np.asarray(~leads & goes_on[lanes.link])


def kerb_side_lanes(plan: Plan) -> np.ndarray:
    """Return the lanes from which nobody may overtake in the next lane away from the kerb.

    Who drives in a lane that ends, or that leads elsewhere than the one beside it, may be faster (StVO section 7a).
    """
    lanes, conns = plan.lanes, plan.connections
    lane = np.arange(len(lanes.link) - 1)
    ends = ending_lanes(plan)
    target = np.asarray(lanes.link, np.int64)[conns.to_lane]
    keys = np.asarray(conns.from_lane, np.int64) * len(plan.link_id) + target
    together = np.unique(keys[np.isin(keys + len(plan.link_id), keys)] // len(plan.link_id))
    leads = np.isin(lane, conns.from_lane), np.isin(lane + 1, conns.from_lane)
    alike = np.isin(lane, together) | (~leads[0] & ~leads[1])
    inside = lanes.link[:-1] == lanes.link[1:]
    return np.flatnonzero(inside & plan.links.keep_right[lanes.link[:-1]] & ~ends[:-1] & alike).astype(np.int32)
