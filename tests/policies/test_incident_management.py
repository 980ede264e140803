"""Incidents in results: what was drawn, measured and extrapolated; and policies that shorten them."""

from __future__ import annotations

import numpy as np
import pytest

import trafficsim as ts
from trafficsim.outcomes.secondary_crashes import secondary_probability
from trafficsim.plan.lower import lower

DRAWN = ts.Duration(median_s=600.0, p85_s=900.0)


def road(*incidents: ts.Incident) -> ts.Scenario:
    """Two lanes of a motorway with 70 % of its capacity, over an hour."""
    network = ts.corridor([1500.0, 1500.0], lanes=2, speed_limit_kmh=100.0, road_class="motorway")
    return ts.Scenario(name="road", network=network, incidents=incidents,
                       demand=ts.Demand(flows=(ts.Flow(id="f", route=("east1", "east2"), volume_veh_h=2800.0),)),
                       time=ts.Time(analysis_s=3600.0, clear_s=3600.0, interval_s=60.0))


def crash(**more: object) -> ts.Incident:
    return ts.Incident(**{"id": "crash", "link": "east2", "position_m": 800.0, "lanes": (0,), "begin_s": 600.0,
                          "duration_s": 900.0} | more)


@pytest.mark.parametrize("engine", ["ca", "queue"])
def test_an_incident_says_what_capacity_it_left_and_what_it_cost(engine: str) -> None:
    without, result = (ts.run(road(*some), engine=engine) for some in ((), (crash(),)))
    assert "incidents" not in without.tables
    row = result.incidents.iloc[0]
    assert (row.incident, row.link, row.duration_s, row.lanes_blocked, row.lanes) == ("crash", "east2", 900.0, 1, 2)
    assert 1100.0 < row.capacity_reduced_veh_h < 2200.0
    assert 3400.0 < row.capacity_full_veh_h < 4800.0
    assert row.recovered_s > 1500.0
    assert (row.secondary_low, row.secondary_high) == (pytest.approx(0.0495), pytest.approx(0.075))
    hours = [float((one.trips.exit_s - one.trips.depart_s).sum()) / 3600.0 for one in (without, result)]
    during = row.delay_veh_h - (hours[1] - hours[0])  # what they lose without it too is part of the delay
    assert 0.0 <= during < 0.15 * row.delay_veh_h
    curves = result.incident_curves
    assert (curves.arrived - curves.departed - curves.queued).abs().max() < 1e-6
    area_s = (curves.queued * (curves.end_s - curves.begin_s)).where(curves.begin_s < row.recovered_s).sum()
    assert float(area_s) / 3600.0 == pytest.approx(row.delay_veh_h)


def test_policies_shorten_incidents_where_they_act_and_only_there() -> None:
    world = ts.build(road(crash(duration_s=None, duration=DRAWN), crash(id="other", link="east1", position_m=500.0)))
    clear = ts.policies.QuickClearance(factor=0.75)
    here = ts.policies.ServicePatrol(on=ts.links("east1"), found_earlier_s=300.0, clearance_factor=0.5)
    before, cleared, found = (lower(world, policies).plan.incidents.duration_s for policies in ([], [clear], [here]))
    np.testing.assert_allclose(cleared, 0.75 * before)
    np.testing.assert_allclose(found, [before[0], 300.0])
    soon = ts.policies.ServicePatrol(on=ts.links("east1"), found_earlier_s=7200.0)
    assert lower(world, [soon]).plan.incidents.duration_s[1] == 60.0
    both = lower(world, [clear, here]).plan
    np.testing.assert_allclose(both.incidents.duration_s, [0.75 * before[0], 225.0])
    assert both.lane_closures.end_s.max() == pytest.approx(600.0 + max(0.75 * before[0], 225.0))


def test_nothing_happens_to_a_scenario_without_incidents() -> None:
    plans = [lower(ts.build(road()), policies).plan for policies in ([], [ts.policies.QuickClearance(factor=0.5)])]
    assert plans[0].lane_closures.lane.tolist() == plans[1].lane_closures.lane.tolist() == []


def test_the_probability_of_a_secondary_crash_grows_with_the_time_on_scene() -> None:
    assert secondary_probability(60.0, 0.02) == pytest.approx(0.272)
    assert secondary_probability(1e6) == 1.0
