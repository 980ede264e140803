"""Fuel and emissions of the tiny run: expanded from traces, or null with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.results.tiny import LABELS, i4, tiny_plan, tiny_record, tiny_reference
from trafficsim.outcomes.emissions.int_panis import rate_g_s
from trafficsim.outcomes.emissions.vt_micro import fuel_rate_l_s
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import TrajectoryRecord
from trafficsim.results.emissions import NO_TRACES, NOBODY, NOT_EVERYWHERE
from trafficsim.results.indicators import indicators_table

SECONDS = 100


def emissions(plan: Plan, speed_kmh: float = 50.0, trip: int = 1) -> dict[str, tuple[Any, Any]]:
    """Value and reason by indicator, where one trip left a trace at a steady speed."""
    zeros = np.zeros(SECONDS)
    trace = TrajectoryRecord(100.0 + np.arange(SECONDS), np.full(SECONDS, trip, np.int32), zeros.astype(np.int32),
                             zeros.astype(np.int32), zeros, np.full(SECONDS, speed_kmh / 3.6))
    table = indicators_table(plan, replace(tiny_record(), trajectories=trace), LABELS, tiny_reference())
    rows = table.set_index("indicator").loc[["fuel_l", "co2_kg", "nox_g"]]
    return {name: (row["value"], row["reason"]) for name, row in rows.iterrows()}


def test_sums_are_expanded_by_distance() -> None:
    found = emissions(replace(tiny_plan(), trajectory_share=0.5))
    # trips one, two and three are due and have entered: 4,500 m, of which trip one left a trace of 2,000 m
    litres = SECONDS * float(fuel_rate_l_s(50.0, 0.0)) * 4500.0 / 2000.0
    assert found["fuel_l"][0] == pytest.approx(litres)
    assert found["co2_kg"][0] == pytest.approx(2.31 * litres)
    assert found["nox_g"][0] == pytest.approx(SECONDS * float(rate_g_s(50.0, 0.0, "petrol", "nox")) * 2.25)
    assert {reason for _, reason in found.values()} == {"expanded from the traces of some vehicles by distance"}


def test_heavy_vehicles_are_left_out_and_named() -> None:
    plan = replace(tiny_plan(), trajectory_share=1.0)
    trips = plan.trips._replace(vehicle_class=i4(0, 0, 1, 0, 0))
    classes = plan.classes._replace(**{
        name: np.concatenate([column, column]) for name, column in plan.classes._asdict().items()
        if isinstance(column, np.ndarray)} | {"name": ("car", "truck"), "kind": i4(0, 2)})
    found = emissions(replace(plan, trips=trips, classes=classes))
    # of the light ones one (2,000 m) and three (500 m) are due
    assert found["fuel_l"][0] == pytest.approx(SECONDS * float(fuel_rate_l_s(50.0, 0.0)) * 2500.0 / 2000.0)
    assert "without heavy vehicles" in str(found["fuel_l"][1])


@pytest.mark.parametrize(("change", "reason"), [
    ({"trajectory_share": 0.0}, NO_TRACES), ({"trace_link": (0,)}, NOT_EVERYWHERE),
    ({"trace_begin_s": 200.0}, NOT_EVERYWHERE), ({"trace_end_s": 300.0}, NOT_EVERYWHERE)])
def test_without_full_traces_there_is_a_reason(change: dict[str, Any], reason: str) -> None:
    found = emissions(replace(tiny_plan(), **{"trajectory_share": 1.0, **change}))
    assert [text for _, text in found.values()] == [reason] * 3


def test_outside_the_range_of_a_model_there_is_a_reason() -> None:
    plan = replace(tiny_plan(), trajectory_share=1.0)
    fast = emissions(plan, 90.0)
    assert fast["fuel_l"][1] == "expanded from the traces of some vehicles by distance"
    assert "Int Panis covers 0 to 70 km/h" in str(fast["nox_g"][1])
    faster = emissions(plan, 130.0)
    assert all("VT-Micro covers 0 to 121 km/h" in str(faster[name][1]) for name in ("fuel_l", "co2_kg"))
    assert [reason for _, reason in emissions(plan, trip=0).values()] == [NOBODY] * 3  # early, not due


def test_what_was_traced_decides_not_what_was_asked_for() -> None:
    one, other = (emissions(replace(tiny_plan(), trajectory_share=share))["fuel_l"][0] for share in (0.3, 0.9))
    assert one == other
