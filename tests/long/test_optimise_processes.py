"""Optimisation over several processes: the same bits as in one."""

from __future__ import annotations

import pytest

import trafficsim as ts

pytestmark = pytest.mark.long


def test_two_processes_give_the_same_bits() -> None:
    network = ts.corridor((200, 400, 200), signals=(1, 2), side_streets=(1, 2), cycle_s=60)
    flow = ts.Flow(id="f", origin="east1", destination="east3", volume_veh_h=500)
    town = ts.Scenario(name="town", time=ts.Time(warmup_s=120.0, analysis_s=600.0), network=network,
                       demand=ts.Demand(flows=(flow,)))
    alone, several = (ts.optimise_signals(town, days=2, judged_on=3, budget=25, futures=(0.9, 1.1), workers=workers)
                      for workers in (1, 2))
    assert several.runs == alone.runs > 100
    assert several.as_json() == alone.as_json()
    assert several.history.equals(alone.history)
