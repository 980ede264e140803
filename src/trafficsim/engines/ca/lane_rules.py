"""Which lanes end, from where on drivers merge alternately, and where nobody overtakes on the nearside."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import Plan
from trafficsim.plan.network import LANE_CHANGE_M

MERGE_ZONE_M, MERGE_ZONE_OUTSIDE_M = 150.0, 300.0
"""Length before the end of a lane in which drivers let those in who must leave it: in towns and outside them (modelling
assumptions: the law asks for it just before a narrowing, StVO section 7 (4))."""
MERGE_AREA_M = 450.0
"""Links outside towns up to this length are merge zones all along: merging fills 1,500 ft (HCM 2016 ch. 14)."""


def lane_columns(plan: Plan, cell_m: float, shut: NDArray[np.int32] | None = None) -> dict[str, Any]:
    """Return the columns ``ends`` and ``merge_zone`` of the lanes; a lane too short for a change is none that ends.

    Nothing leads onto lanes that are ``shut``.
    """
    length_m = np.asarray(plan.lanes.length_m)
    ends = ending_lanes(plan, shut) & (length_m >= LANE_CHANGE_M)
    outside = plan.links.keep_right[plan.lanes.link]
    merging_m = np.where(length_m <= MERGE_AREA_M, length_m, MERGE_ZONE_OUTSIDE_M)
    metres = np.where(outside, np.maximum(ends * MERGE_ZONE_M, merging_m), MERGE_ZONE_M)
    return {"ends": ends, "merge_zone": np.rint(metres / cell_m)}


def ending_lanes(plan: Plan, shut: NDArray[np.int32] | None = None) -> np.ndarray:
    """Return by lane whether it ends while lanes beside it go on.

    No movement leads out of such a lane, or only movements that give way to a neighbour with the same target lane.
    """
    lanes, conns = plan.lanes, plan.connections
    connections = np.arange(len(conns.turn))
    of = np.repeat(connections, np.diff(conns.yield_start))
    conflicting = np.asarray(conns.yields_to)
    link = lanes.link[conns.from_lane]
    merges = np.zeros(len(connections), np.bool_)
    merges[of[(link[of] == link[conflicting]) & (conns.to_lane[of] == conns.to_lane[conflicting])]] = True
    if shut is not None:
        merges |= np.isin(conns.to_lane, shut)
    leads = np.zeros(len(lanes.link), np.bool_)
    leads[conns.from_lane[~merges]] = True
    goes_on = np.zeros(len(plan.link_id), np.bool_)
    goes_on[lanes.link[leads]] = True
    return np.asarray(~leads & goes_on[lanes.link])


def nearside_lanes(plan: Plan) -> np.ndarray:
    """Return the lanes from which nobody may overtake in the next lane towards the offside.

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
