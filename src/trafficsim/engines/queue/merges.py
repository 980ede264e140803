"""Shares of approaches where they merge: by capacity, or by the priorities that the network gives."""

from __future__ import annotations

import numpy as np

from trafficsim.engines.queue.diagram import diagram_of, full_lanes
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.kernels.queue.tables import Merges, Net
from trafficsim.plan.arrays import Plan

WHOLE = 1_000_000
"""Stride of an approach of priority 1; capacities are in milliseconds of headway."""


def compile_merges(plan: Plan, settings: QueueSettings, net: Net) -> Merges:
    """Return the merges at the begin of a run: everybody has had the same.

    The stride of a lane is its headway with the first class, so that shares are in proportion to capacities. At a node
    where a link has a ``merge_priority``, strides are 1 over those, which the lanes of a link share.
    """
    diagram, links = diagram_of(plan, settings), len(plan.link_id)
    headway = np.rint(diagram.headway_s(diagram.outflow)[:, 0] * 1000.0).astype(np.int64)
    own = np.concatenate([headway[net.link_of], headway // full_lanes(plan)])
    given = plan.diagrams.merge_priority
    if len(given):
        node = net.node_of[np.concatenate([net.link_of, np.arange(links) + links])]
        priority = np.concatenate([given[net.link_of], np.full(links, np.nan)])
        lanes = np.concatenate([np.diff(net.lane_start)[net.link_of], np.ones(links, np.int64)])
        known = np.zeros(len(net.member_start) - 1, np.bool_)
        known[node[~np.isnan(priority)]] = True
        share = np.where(np.isnan(priority), 1.0, priority) / lanes
        own = np.where(known[node], np.rint(WHOLE / share).astype(np.int64), own)
    return Merges(stride=np.maximum(own, 1), charged=np.zeros(len(own), np.int64),
                  shift=np.zeros(len(net.turn) + links, np.int64), clock=np.zeros(links, np.int64),
                  passes=np.zeros(len(net.node_headway), np.int64))
