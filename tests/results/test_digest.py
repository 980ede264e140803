"""The digest sees every bit of a result, and nothing but the result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.results.tiny import f8, tiny_plan, tiny_record
from trafficsim.plan.record import Performance, Record
from trafficsim.results.digest import digest


def changed(part: str, field: str, index: tuple[int, ...], by: float) -> Record:
    record = tiny_record()
    rows = getattr(record, part)
    values = getattr(rows, field).copy()
    values[index] += by
    return replace(record, **{part: rows._replace(**{field: values})})


def test_same_result_same_digest_whatever_the_run_times() -> None:
    slow = replace(tiny_record(), performance=Performance(1, 99.0, 9.0, 9.0, 9.0), engine="other")
    assert digest(tiny_plan(), tiny_record()) == digest(tiny_plan(), slow)


@pytest.mark.parametrize("record", [
    replace(tiny_record(), state=b"Final"),
    changed("trips", "exit_s", (1,), 1e-9),
    changed("trips", "stops", (0,), 1),
    changed("links", "vehicle_m", (0, 1), 1e-9),
    changed("detectors", "count", (1, 0), 1),
    changed("events", "time_s", (0,), 1.0),
], ids=["state", "trips", "stops", "links", "detectors", "events"])
def test_the_smallest_change_of_a_result_changes_the_digest(record: Record) -> None:
    assert digest(tiny_plan(), record) != digest(tiny_plan(), tiny_record())


def test_row_order_does_not_matter() -> None:
    plan, record = tiny_plan(), tiny_record()
    order = np.array([3, 0, 4, 2, 1])
    back = np.argsort(order)
    trips = plan.trips._replace(name=tuple(plan.trips.name[row] for row in order), depart_s=plan.trips.depart_s[order])
    events = record.events._replace(
        time_s=record.events.time_s[::-1], code=record.events.code[::-1], link=record.events.link[::-1],
        trip=np.array([back[row] if row >= 0 else -1 for row in record.events.trip[::-1]], np.int32))
    shuffled = replace(record, events=events, trips=type(record.trips)(*(part[order] for part in record.trips)))
    assert digest(replace(plan, trips=trips), shuffled) == digest(plan, record)


def test_minus_zero_is_zero() -> None:
    record = tiny_record()
    signed = record.trips._replace(dwell_s=f8(-0.0, -0.0, 20, 0, 0))
    assert digest(tiny_plan(), replace(record, trips=signed)) == digest(tiny_plan(), record)
