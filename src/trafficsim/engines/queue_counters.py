"""Counters of queues as all engines fill them: by link and lane, in the engine's own whole units of length and time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from trafficsim.control.controller import Controller
from trafficsim.kernels.measurement.tables import BLOCKED_FIELDS, LANE_QUEUE_FIELDS, QUEUE_FIELDS
from trafficsim.kernels.tables import rows
from trafficsim.plan.approaches import approaches_of
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import BlockingRecord, QueueRecord

QUEUE_BINS, QUEUE_BIN_M = 256, 7.0
BLOCKED_PER_LANE = 2
"""Pairs of a lane and the link that blocks it that can be told apart, per lane."""
QUEUE_EVERY_S, CYCLE_DEFAULT_S = 5.0, 60.0
"""Queues are looked at every 5 s; without a signal the longest of every minute counts as a cycle's."""


class Units(NamedTuple):
    """What one unit of length, and the time between two looks, stand for; length of a bin in units."""

    unit_m: float
    look_s: float
    bin_units: int


def queue_rows(plan: Plan, controller: Controller, per_control_tick: int, default: int, every: int) -> np.recarray:
    """Return the queues of all links, in cycles of their controller; where there is no signal one takes ``default``.

    Times are in units of which a control tick has ``per_control_tick``; queues are looked at once in ``every``.
    """
    program = _program_of_link(plan)
    cycle = np.where(program >= 0, np.append(controller.cycle, 0)[program] * per_control_tick, default)
    offset = np.where(program >= 0, np.append(controller.offset, 0)[program] * per_control_tick, 0)
    since = -offset % cycle
    table = rows(len(program), QUEUE_FIELDS)
    for name, values in (("cycle", cycle), ("approach", approaches_of(plan).last), ("seen", np.full(len(program), -1)),
                         ("close", np.where(since < every, -since, cycle - since))):
        table[name][: len(program)] = values
    return table


def lane_rows(lanes: int) -> np.recarray:
    """Return the queues of lanes, none of them joined to another."""
    table = rows(lanes, LANE_QUEUE_FIELDS)
    table.into[:], table.tail[:] = -1, np.arange(len(table))
    return table


def blocked_rows(lanes: int) -> np.recarray:
    """Return the empty table of who was blocked by whom."""
    return rows(max(BLOCKED_PER_LANE * lanes, 64), BLOCKED_FIELDS)


def cycle_counts(links: int) -> np.ndarray:
    """Return the empty histogram of the longest queue per cycle."""
    return np.zeros((links, QUEUE_BINS), np.uint16)


def queue_record(counters: Any, links: int, units: Units) -> QueueRecord:
    """Return the record of the queues of links; ``counters`` holds ``queue`` and ``queue_count``."""
    queue = counters.queue[:links]
    return QueueRecord(
        bin_m=units.bin_units * units.unit_m, count=counters.queue_count.astype(np.float64),
        longest_m=queue.longest * units.unit_m, tail=np.where(queue.longest > 0, queue.tail, -1).astype(np.int32),
        spilled_s=queue.spilled * units.look_s,
    )


def blocking_record(counters: Any, lanes: int, units: Units) -> BlockingRecord:
    """Return the record of who was kept from going on; ``counters`` holds ``lane`` and ``blocked``."""
    pairs = counters.blocked[counters.blocked.times > 0]
    pairs = pairs[np.lexsort((pairs.link, pairs.lane))]
    return BlockingRecord(
        lane_s=counters.lane.blocked[:lanes] * units.look_s, lane=pairs.lane.astype(np.int32),
        link=pairs.link.astype(np.int32), pair_s=pairs.times * units.look_s,
    )


def _program_of_link(plan: Plan) -> np.ndarray:
    program = np.full(len(plan.link_id), -1, np.int32)
    conns = plan.connections
    signalised = np.flatnonzero(np.asarray(conns.signal_group) >= 0)[::-1]
    of_group = np.searchsorted(plan.signals.group_start, conns.signal_group[signalised], side="right") - 1
    program[plan.lanes.link[conns.from_lane[signalised]]] = of_group
    return program
