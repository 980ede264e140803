"""The queues table: by approach, how long queues are, where they end, how often they outgrow it, who blocks it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from trafficsim.plan.approaches import approaches_of
from trafficsim.plan.arrays import BOOL, F8, I4, Plan
from trafficsim.plan.record import BlockingRecord, QueueRecord, Record
from trafficsim.results.frames import Labels, frame, names_of, nullable, ratio, strings
from trafficsim.results.period import analysis_length_s

QUEUE_SHARE = 0.95


class Blocked(NamedTuple):
    """Share of the analysis period in which somebody stood before a full road, of groups of lanes.

    Attributes
    ----------
    share : mean over the lanes of the group
    by : link at whose stop line the queue began that was the reason for longest, -1 without
    by_share : part of the time for which it was
    """

    share: F8
    by: I4
    by_share: F8


def queue_percentiles_m(queues: QueueRecord, share: float = QUEUE_SHARE) -> tuple[F8, BOOL]:
    """Percentile over cycles of the longest queue per cycle, by link, linear inside a bin of the histogram.

    The last bin reaches to the longest queue seen.

    Returns
    -------
    Queue in m, shape (links,), never more than the longest seen, and where a cycle was observed.

    Examples
    --------
    >>> queues = QueueRecord(10.0, np.array([[0.0, 20.0], [0.0, 0.0]]), np.array([19.8, 0.0]), np.array([0, -1]),
    ...                      np.zeros(2))
    >>> queue_m, seen = queue_percentiles_m(queues)
    >>> queue_m.round(9).tolist(), seen.tolist()
    ([19.31, 0.0], [True, False])
    """
    total = queues.count.sum(axis=1)
    reached = np.cumsum(queues.count, axis=1)
    target = share * total
    bins = np.argmax(reached >= target[:, None], axis=1)
    rows = np.arange(len(total))
    inside, _ = ratio(target - (reached - queues.count)[rows, bins], queues.count[rows, bins])
    begin = bins * queues.bin_m
    last = bins == queues.count.shape[1] - 1
    width = np.where(last, np.maximum(queues.longest_m - begin, 0.0), queues.bin_m)
    return np.minimum(begin + inside * width, queues.longest_m), total > 0


def share_of_period(seconds: F8, duration_s: float) -> F8:
    """Time as a share of the analysis period, at most 1: it is looked at every few seconds only."""
    share, _ = ratio(seconds, duration_s)
    return np.minimum(share, 1.0)


def blocked_by_group(blocking: BlockingRecord, members: np.ndarray, groups: int, duration_s: float) -> Blocked:
    """Add up who was blocked by whom for groups of lanes; ``members`` has rows (group, lane), each once.

    Of two links that blocked a group for equally long the first in the plan's order is named.
    """
    group, lane = members[:, 0], members[:, 1]
    lanes = np.bincount(group, minlength=groups)
    seconds = np.bincount(group, blocking.lane_s[lane], groups) if len(blocking.lane_s) else np.zeros(groups)
    mean_s, _ = ratio(seconds, lanes)
    by, by_s = np.full(groups, -1, np.int32), np.zeros(groups)
    pairs = pd.DataFrame({"lane": lane, "group": group}).merge(
        pd.DataFrame({"lane": blocking.lane, "link": blocking.link, "seconds": blocking.pair_s}), on="lane")
    sums = pairs.groupby(["group", "link"])[["seconds"]].sum().reset_index()
    worst = sums.sort_values(["group", "seconds", "link"], ascending=[True, False, True]).drop_duplicates("group")
    by[worst["group"]], by_s[worst["group"]] = worst["link"], worst["seconds"]
    by_share, _ = ratio(by_s, seconds)
    return Blocked(share_of_period(mean_s, duration_s), by, by_share)


def lanes_of_links(plan: Plan) -> np.ndarray:
    """Rows (link, lane)."""
    return np.column_stack([plan.lanes.link, np.arange(len(plan.lanes.link))])


def queues_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per approach with a way on at its end, in the analysis period.

    An approach is called by its last link; ``links`` are all of it, in driving order: those that lead up to the
    junction without another one between them. ``storage_m`` is their length. Queues begin at its stop line and are
    followed through junctions and short links to their real tail: ``longest_queue_m`` is the longest, ``tail_link`` the
    link in which that one ended, ``queue_95_m`` the 95th percentile over cycles of the longest per cycle.
    ``spillback_share`` is the share of the period in which the queue reached into links before the approach;
    ``blocked_share`` that in which the first vehicles of its lanes might go but found no room beyond, on average over
    lanes, and ``blocked_by`` the link at whose stop line the queue began that was the reason for most of it
    (``blocked_by_share``).
    """
    approaches, duration_s = approaches_of(plan), analysis_length_s(plan, record)
    onward = np.bincount(plan.lanes.link[plan.connections.from_lane], minlength=len(plan.link_id)) > 0
    rows = np.flatnonzero((approaches.last == np.arange(len(plan.link_id))) & onward)
    queue_m, any_cycle = queue_percentiles_m(record.queues)
    blocked = blocked_by_group(record.blocking, lanes_of_links(plan), len(plan.link_id), duration_s)
    observed, by = duration_s > 0.0, blocked.by[rows]
    return frame(labels, {
        "approach": names_of(plan.link_id, rows),
        "links": strings(" ".join(plan.link_id[one] for one in approaches.links(int(link))) for link in rows),
        "storage_m": nullable(approaches.storage_m[rows]),
        "queue_95_m": nullable(queue_m[rows], any_cycle[rows]),
        "longest_queue_m": nullable(record.queues.longest_m[rows]),
        "tail_link": names_of(plan.link_id, record.queues.tail[rows]),
        "spillback_share": nullable(share_of_period(record.queues.spilled_s[rows], duration_s), observed),
        "blocked_share": nullable(blocked.share[rows], observed),
        "blocked_by": names_of(plan.link_id, by),
        "blocked_by_share": nullable(blocked.by_share[rows], by >= 0),
    })
