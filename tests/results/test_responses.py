"""The table of responses and its indicators: parts add up, and deaths follow their formula."""

from __future__ import annotations

import math
from functools import cache

import pandas as pd
import pytest

from tests.support.emergency_worlds import CRASH, prepared, response
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.emergency import Chain

PARTS = ["notification_s", "handling_s", "unit_wait_s", "turnout_s", "travel_s"]


@cache
def tables() -> dict[str, pd.DataFrame]:
    later = CRASH.model_copy(update={"id": "later", "begin_s": 320.0, "injured": 1})
    world = prepared(response(chain=Chain(), survival={"p0": 0.1}), 100.0, incidents=(CRASH, later))
    return simulate(world, Job(Labels("town", "x", 1, "queue"), ()))


def test_the_parts_of_the_chain_add_up() -> None:
    table = tables()["responses"].dropna(subset=["response_s"])
    assert len(table)
    assert (table[PARTS].sum(axis=1) - table["response_s"]).abs().max() < 1e-6


def test_deaths_follow_the_formula() -> None:
    row = tables()["responses"].dropna(subset=["response_s"]).iloc[0]
    expected = row["injured"] * 0.1 * math.exp(0.0405 * (row["response_s"] / 60.0 - 25.0))
    assert float(row["deaths"]) == pytest.approx(expected)


def test_indicators_are_those_of_the_table() -> None:
    table, found = tables()["responses"], tables()["indicators"].set_index("indicator")["value"]
    assert found["response_time_s"] == pytest.approx(table["response_s"].mean())
    assert found["response_deaths"] == pytest.approx(table["deaths"].sum())
    assert found["response_within_15_min"] == pytest.approx((table["response_s"] <= 900.0).sum() / len(table))


def test_nobody_is_told_of_responses_without_any() -> None:
    found = simulate(prepared(None, 50.0), Job(Labels("town", "x", 1, "queue"), ()))
    assert "responses" not in found
    assert "response_time_s" not in set(found["indicators"]["indicator"])
