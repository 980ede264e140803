"""A plan and a record small enough to check every number by hand.

Two links of 1,000 m: ``a`` (two lanes) leads to ``b`` (one lane) over a signal, and back to itself by a priority turn.
Four cars, one after another: done, done, on the way, waiting; a fifth is due before the analysis period.
"""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import CAMERA, COMPLETED, DETECTOR, EN_ROUTE, PATH, WAITING
from trafficsim.plan.arrays import (
    F8,
    ClassArrays,
    ConnectionArrays,
    DetectorArrays,
    LaneArrays,
    LinkArrays,
    Plan,
    SectionArrays,
    SignalArrays,
    TripArrays,
    TurnArrays,
)
from trafficsim.plan.free_flow_paths import FreeFlow
from trafficsim.plan.record import (
    DetectorRecord,
    EventRecord,
    LinkRecord,
    Performance,
    QueueRecord,
    Record,
    SignalRecord,
    TrajectoryRecord,
    TraversalRecord,
    TripRecord,
    TurnRecord,
)
from trafficsim.results.frames import Labels
from trafficsim.results.reference import Reference

LABELS = Labels("tiny", "do nothing", 1, "ca")


def f8(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


def i4(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


def tiny_plan() -> Plan:
    return Plan(
        link_id=("a", "b"),
        links=LinkArrays(f8(1000, 1000), f8(15, 15), f8(20, 10), f8(0.1, 0.1), i4(0, 2, 3), i4(0, 2, 2), i4(0, 0),
                         f8(15, 15), np.zeros(2, np.bool_), f8(1, 1)),
        lanes=LaneArrays(i4(0, 0, 1), f8(1000, 1000, 1000), np.array([15, 15, 15], np.uint8)),
        turns=TurnArrays(i4(0, 0), i4(1, 0)),
        # Lane 0 of a: to b (signal); lane 1 of a: to b (signal) and back to a (no signal, gives way).
        connections=ConnectionArrays(
            i4(0, 1, 1), i4(2, 2, 0), i4(0, 0, 1), f8(0, 0, 0), f8(10, 10, 10), i4(0, 0, -1), i4(0, 0, 0, 1), i4(0),
            i4(0, 0, 0, 0), i4(), f8(6, 6, 6), f8(3, 3, 3), *(np.zeros(3, np.bool_) for _ in range(3)),
            np.array([0, 0, 3], np.uint8), f8(0, 0, 0)),
        signals=SignalArrays(("s",), i4(0, 1), i4(0, 2), f8(30, 30), i4(0, 1), np.array([2, 0], np.uint8), f8(0)),
        classes=ClassArrays(("car",), i4(0), f8(4.5), f8(2.5), f8(50), f8(1.8), f8(0.015), f8(1.2), f8(4), f8(0), f8(0),
                            np.zeros(1, np.bool_), f8(0)),
        trips=TripArrays(
            ("early", "one", "two", "three", "four"), np.arange(5, dtype=np.uint64), i4(0, 0, 0, 0, 0),
            f8(0, 0, 0, 0, 0), f8(50, 100, 200, 300, 400), i4(0, 2, 4, 6, 8, 10), i4(0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
            i4(-1, -1, -1, -1, -1), f8(-1, -1, -1, -1, -1), i4(0, 0, 0, 0, 0, 0), i4(), f8(), f8(), i4(),
            np.full(5, -1), np.full(5, np.inf)),
        detectors=DetectorArrays(("d", "d"), i4(0, 1), f8(500, 500)),
        seed_key=7, start_s=0.0, analysis_begin_s=100.0, analysis_end_s=500.0, end_s=600.0, interval_s=300.0,
        # A detector on both lanes of a, the path a to b, and a camera on b that cites above 16 m/s.
        sections=SectionArrays(("d", "p", "c"), i4(DETECTOR, PATH, CAMERA), i4(0, 0, 1), f8(475, 0, 475), i4(0, 1, 1),
                               f8(525, 1000, 525), i4(0, 2, 2), i4(2, 3, 3), f8(50, 2000, 50), f8(0, 0, 16),
                               ((), (0, 1), ()), ((), (), ())),
    )


def tiny_record() -> Record:
    return Record(
        engine="ca", end_s=600.0,
        trips=TripRecord(
            status=np.array([COMPLETED, COMPLETED, COMPLETED, EN_ROUTE, WAITING], np.uint8),
            entry_s=f8(50, 100, 210, 300, -1), exit_s=f8(200, 300, 460, -1, -1),
            distance_m=f8(2000, 2000, 2000, 500, 0), waiting_s=f8(0, 10, 20, 30, 0), stops=i4(0, 1, 2, 3, 0),
            dwell_s=f8(0, 0, 20, 0, 0)),
        links=LinkRecord(
            entered=np.array([[3.0, 2.0], [1.0, 1.0]]), left=np.array([[2.0, 1.0], [1.0, 2.0]]),
            vehicle_s=np.array([[200.0, 100.0], [300.0, 0.0]]), vehicle_m=np.array([[3000.0, 1000.0], [600.0, 0.0]]),
            waiting_s=np.zeros((2, 2)), traversed=np.array([[2.5, 1.25], [0.75, 0.0]])),
        turns=TurnRecord(f8(40, 0), f8(4000, 0), f8(1400, 0), f8(160, 400)),
        queues=QueueRecord(10.0, np.array([[0.0, 20.0, 0.0], [0.0, 0.0, 0.0]]), f8(19.8, 0), i4(0, -1),
                           f8(100, 0)),
        detectors=DetectorRecord(np.array([[2.0, 0.0], [1.0, 0.0]]), np.array([[30.0, 0.0], [10.0, 0.0]]),
                                 np.array([[0.15, 0.0], [0.1, 0.0]])),
        events=EventRecord(f8(150, 150), i4(0, 1), i4(1, -1), i4(0, 1), f8(0.5, 0)),
        trajectories=TrajectoryRecord(f8(1), i4(0), i4(0), i4(1), f8(10), f8(5)),
        traversals=TraversalRecord(
            section=i4(0, 0, 0, 0, 1, 1, 2, 2), trip=i4(0, 1, 2, 3, 1, 2, 1, 2), lane=i4(0, 0, 0, 1, 2, 2, 2, 2),
            time_s=f8(90, 150, 153, 310, 300, 460, 250, 400), speed_ms=f8(12, 14, 16, 17, 10, 8, 17, 15)),
        signals=SignalRecord(np.zeros(20, np.int32), np.zeros(20, np.int32), np.tile(np.array([2, 0], np.uint8), 10),
                             30.0 * np.arange(20), i4(0)),
        demanded=5, waiting=1, en_route=1, completed=3, state=b"final",
        performance=Performance(1000, 0.5, 0.1, 0.2, 100.0),
    )


def even_speeds(time_s: F8, length_m: F8) -> FreeFlow:
    """Ways of one piece each."""
    return FreeFlow(np.arange(len(time_s) + 1), length_m, time_s)


def tiny_reference() -> Reference:
    return Reference(even_speeds(f8(150, 150, 150, 150, 150), f8(2000, 2000, 2000, 2000, 2000)), f8(20, 10))
