"""No survivor bias: whoever is left in a gridlock counts with the time so far, and so does who never entered."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.test_gridlock import ring_world
from tests.support.worlds import make_plan
from trafficsim.base.codes import COMPLETED, EN_ROUTE, WAITING
from trafficsim.engines.ca import run
from trafficsim.results.frames import Labels
from trafficsim.results.indicators import indicators_table
from trafficsim.run.jobs import reference_of


def test_indicators_of_a_locked_ring_hold_everybody() -> None:
    plan = make_plan(ring_world(250.0))  # some get through before it locks
    record, reference = run(plan), reference_of(plan)
    trips, end_s = record.trips, record.end_s
    left, never = trips.status == EN_ROUTE, trips.status == WAITING
    assert left.sum() > 10
    assert never.any()
    assert (trips.status == COMPLETED).sum() > 10
    table = indicators_table(plan, record, Labels("ring", "do nothing", 1, "ca"), reference).set_index("indicator")
    value = table["value"].astype(float)

    travel_s = np.where(left, end_s - trips.entry_s, trips.exit_s - trips.entry_s)[~never]
    assert value["mean_travel_time_s"] == pytest.approx(travel_s.mean())
    wait_s = np.where(never, end_s, trips.entry_s) - plan.trips.depart_s
    assert value["mean_entry_wait_s"] == pytest.approx(wait_s.mean())
    assert value["completed_share"] == pytest.approx(float((trips.status == COMPLETED).mean()))
    # Against those who got through alone the mean delay would be a fraction of it.
    done = trips.status == COMPLETED
    survivors_s = (trips.exit_s - plan.trips.depart_s - reference.free_flow.total_s)[done].mean()
    assert value["mean_delay_s"] > 3.0 * survivors_s
    free_s = reference.free_flow.until(np.where(done, np.inf, np.where(left, trips.distance_m, 0.0)))
    spent_s = wait_s + np.where(never, 0.0, np.where(left, end_s - trips.entry_s, trips.exit_s - trips.entry_s))
    assert value["mean_delay_s"] == pytest.approx((spent_s - free_s).mean())
