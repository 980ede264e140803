"""The parts of a record that an engine leaves empty when it does not measure them."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import (
    DetectorRecord,
    EventRecord,
    LinkRecord,
    QueueRecord,
    TrajectoryRecord,
    TurnRecord,
)


class Unmeasured(TypedDict):
    """Arguments of :class:`~trafficsim.plan.record.Record` that have no default."""

    links: LinkRecord
    turns: TurnRecord
    queues: QueueRecord
    detectors: DetectorRecord
    events: EventRecord
    trajectories: TrajectoryRecord


def unmeasured(plan: Plan) -> Unmeasured:
    """Return empty parts of the right shape. What an engine does not offer is left out of all tables.

    Parameters
    ----------
    plan
        What was run.
    """
    links, turns, places = len(plan.link_id), len(plan.turns.from_link), len(plan.detectors.name)
    real, whole = np.zeros(0), np.zeros(0, np.int32)
    by_link = np.zeros((0, links))
    return Unmeasured(
        links=LinkRecord(by_link, by_link, by_link, by_link, by_link, by_link),
        turns=TurnRecord(*(np.zeros(turns) for _ in range(4))),
        queues=QueueRecord(1.0, np.zeros((links, 1)), np.zeros(links), np.full(links, -1, np.int32), np.zeros(links)),
        detectors=DetectorRecord(*(np.zeros((0, places)) for _ in range(3))),
        events=EventRecord(real, whole, whole, whole, real),
        trajectories=TrajectoryRecord(real, whole, whole, whole, real, real),
    )
