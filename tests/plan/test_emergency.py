"""Emergency response in the plan: what is drawn, where stations lie, the ways of units, what policies change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.unit_speed import slowest_within
from tests.support.emergency_worlds import CRASH, prepared, response
from trafficsim.base.errors import InputError, PolicyError
from trafficsim.engines.emergency.driving import Driving
from trafficsim.plan.crashes import drawn_crashes, poisson
from trafficsim.plan.emergency import drawn_s
from trafficsim.plan.emergency_arrays import EmergencyPlan
from trafficsim.plan.lower import lower
from trafficsim.policies import AddStation, ECall, RescueLane
from trafficsim.spec.emergency import Chain, Delay, Station
from trafficsim.spec.policy import Policy


def lowered(*policies: Policy, replication: int = 1, **given: object) -> EmergencyPlan:
    found = lower(prepared(response(**given), 10.0), policies, replication).plan.emergency
    assert found is not None
    return found


@given(st.floats(0.0, 300.0), st.floats(0.0, 25.0), st.floats(1.0, 6.0), st.sampled_from([0.5, 1.0]))
def test_speeds_towards_a_stop_are_those_found_by_trying(
    distance_m: float, then_ms: float, brake_ms2: float, tick_s: float,
) -> None:
    setting = response(vehicle={"braking_ms2": brake_ms2})
    found = Driving(setting, None, tick_s).slowest_within(distance_m, then_ms)  # type: ignore[arg-type]
    assert found == pytest.approx(slowest_within(distance_m, then_ms, brake_ms2, tick_s), abs=0.02)


def test_durations_belong_to_crash_and_replication_whatever_the_policies() -> None:
    chain = Chain()
    one, other = (lowered(*policies, chain=chain).crashes for policies in ((), (ECall(share=1.0),)))
    for name in ("ecall_s", "witness_s", "handling_s", "turnout_s", "care_s", "clearance_s"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert lowered(chain=chain, replication=2).crashes.care_s[0] != one.care_s[0]


@given(st.floats(0.0, 5000.0), st.floats(0.0, 2.0), st.floats(1e-6, 1.0 - 1e-6))
def test_durations_rise_with_their_draw_and_half_are_below_the_median(median: float, spread: float, at: float) -> None:
    delay = Delay(median_s=median, log_sd=spread)
    found = float(drawn_s(delay, np.array([at]))[0])
    assert (found <= median) if at <= 0.5 else (found >= median)


def test_a_larger_share_has_the_crashes_of_a_smaller_one() -> None:
    draws = lowered().crashes.ecall_draw
    assert ((draws < 0.3) <= (draws < 0.6)).all()


def test_the_way_is_the_fastest_and_takes_what_the_links_take() -> None:
    plan = lower(prepared(response(), 10.0)).plan
    found = plan.emergency
    assert found is not None
    assert [plan.link_id[link] for link in found.routes[0][0]] == ["east1", "east2", "east3", "east4"]
    speed = 50.0 / 3.6 * 1.4
    links_m = plan.links.length_m[list(found.routes[0][0])]
    assert found.drive_s[0, 0] > (links_m[:3].sum() + CRASH.position_m) / speed


def test_a_station_without_a_way_is_named() -> None:
    behind = Station(id="behind", link="east4", position_m=250.0)
    with pytest.raises(InputError, match=r"station 'behind'.*no way to incident 'crash'"):
        lowered(stations=(Station(id="west", link="east1"), behind))


def test_policies_leave_rows_in_the_ledger() -> None:
    add = AddStation(station=Station(id="near", link="east3", units=2))
    rows = lower(prepared(response(), 10.0), [ECall(share=0.5), RescueLane(share=0.9), add]).ledger
    assert [(row.field, row.operation, row.cells, row.after) for row in rows] == [
        ("emergency.chain.ecall_share", "set", ("all",), (0.5,)),
        ("emergency.rescue_lane.share", "set", ("all",), (0.9,)),
        ("emergency.station.units", "add", ("near",), (2.0,))]


def test_units_are_added_to_a_station_that_there_is() -> None:
    found = lowered(AddStation(station=Station(id="west", link="east1", units=2)))
    assert (found.stations.name, found.stations.units.tolist()) == (("west",), [3])


def test_two_policies_that_set_one_share_are_refused() -> None:
    with pytest.raises(PolicyError, match="both set it"):
        lowered(ECall(share=0.5), ECall(share=0.6))


@pytest.mark.parametrize("mean", [0.1, 1.0, 7.0])
def test_numbers_of_crashes_have_their_mean(mean: float) -> None:
    uniform = (np.arange(2000) + 0.5) / 2000
    numbers = [poisson(mean, float(one)) for one in uniform]
    assert np.mean(numbers) == pytest.approx(mean, rel=0.02)
    assert np.var(numbers) == pytest.approx(mean, rel=0.05)


def test_drawn_crashes_are_the_same_in_every_alternative_and_on_links_that_are_driven() -> None:
    plan = lower(prepared(response(), 400.0)).plan
    first, second = (drawn_crashes(50000.0, plan) for _ in range(2))
    assert first == second
    assert len(first) > 0
    driven = {plan.link_id[link] for link in np.unique(plan.trips.route_link).tolist()}
    assert {one.link for one in first} <= driven
