"""Speed limits: the measured response, zero effect, conflicts, and the registry."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import numpy as np
import pytest
from pydantic import ValidationError

import trafficsim.base.packages as packages
import trafficsim.policies as policies
from tests.plan.small import Demand, flow, link, network, trip, world
from tests.plan.test_lower import flat
from trafficsim.base.errors import PolicyError
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.lower import explain, lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.spec.selectors import Links
from trafficsim.spec.vehicles import VehicleClass

MPH = 1.609344


def test_wales_2023_mean_speed() -> None:
    # 30 to 20 mph moved the mean from 28.7 to 24.9 mph.
    road = network([link("street", "1", "2", speed_limit_kmh=30 * MPH, free_speed_mean_kmh=28.7 * MPH)], [])
    lowered = lower(world(Demand(trips=(trip(route=("street",)),)), road),
                    [SpeedLimit(on=Links(ids=("street",)), limit_kmh=20 * MPH)])
    np.testing.assert_allclose(lowered.plan.links.free_speed_mean_ms * 3.6 / MPH, 24.9, rtol=1e-12)
    np.testing.assert_allclose(lowered.plan.links.speed_limit_ms * 3.6 / MPH, 20.0, rtol=1e-12)
    np.testing.assert_array_equal(lowered.plan.links.free_speed_cv, lowered.baseline.links.free_speed_cv)


def test_the_present_limit_changes_nothing_bit_for_bit() -> None:
    prepared = prepare(world(Demand(flows=(flow(),))))
    idle = [SpeedLimit(on=Links(ids=("a",)), limit_kmh=50.0), SpeedLimit(on=Links(ids=("b",)), limit_kmh=72.0)]
    assert flat(lower(prepared, idle).plan) == flat(lower(prepared).plan)


def test_lowering_with_a_policy_leaves_the_prepared_world() -> None:
    prepared = prepare(world(Demand(flows=(flow(),))))
    before = flat(lower(prepared).plan)
    lowered = lower(prepared, [SpeedLimit(on=Links(group="middle"), limit_kmh=30.0)])
    assert flat(lowered.plan) != before
    assert flat(lower(prepared).plan) == before == flat(lowered.baseline)


def test_people_are_the_same_under_a_policy() -> None:
    prepared = prepare(world(Demand(flows=(flow(),))))
    lowered = lower(prepared, [SpeedLimit(on=Links(group="middle"), limit_kmh=30.0)])
    assert lowered.plan.trips is lowered.baseline.trips


def test_classes_with_a_speed_factor_respond_alike() -> None:
    # 72 -> 54 km/h is 5 m/s less; the mean and the reference of the factor fall by 0.38 * 5 = 1.9 m/s.
    own = VehicleClass(name="own", speed_factor_mean=1.2, speed_factor_sd=0.0)
    demand = Demand(trips=(trip(vehicle_class="own"),))
    plan = lower(world(demand, classes=(own,)), [SpeedLimit(on=Links(ids=("b",)), limit_kmh=54.0)]).plan
    speeds = desired_speed_ms(plan.links, plan.classes, plan.trips, np.zeros(2, np.int32), np.array([0, 1]))
    np.testing.assert_allclose(speeds, [1.2 * 50 / 3.6, 1.2 * 18.1], rtol=1e-12)


def test_routes_stay_those_of_the_world_without_policies() -> None:
    prepared = prepare(world(Demand(flows=(flow(),))))
    slow = lower(prepared, [SpeedLimit(on=Links(ids=("b",)), limit_kmh=1.0, mean_response=0.0)]).plan
    np.testing.assert_array_equal(slow.trips.route_link, lower(prepared).plan.trips.route_link)


def test_two_limits_on_one_link_are_in_conflict() -> None:
    both = [SpeedLimit(on=Links(group="middle"), limit_kmh=30.0), SpeedLimit(on=Links(ids=("b",)), limit_kmh=40.0)]
    with pytest.raises(PolicyError, match=r"speed_limit #1 and speed_limit #2: link.speed_limit_ms of 'b'"):
        lower(world(Demand(flows=(flow(),))), both)


def test_explain_lists_every_cell() -> None:
    table = explain(world(Demand(flows=(flow(),))), [SpeedLimit(on=Links(group="middle"), limit_kmh=30.0)])
    limits = table[table.field == "link.speed_limit_ms"]
    assert limits.cell.tolist() == ["b", "c"]
    np.testing.assert_allclose(limits.before, [20.0, 10.0])
    np.testing.assert_allclose(limits.after, 30 / 3.6)
    assert sorted(set(table.field)) == ["link.factor_speed_ms", "link.free_speed_mean_ms", "link.speed_limit_ms"]


def test_unknown_links_are_refused() -> None:
    with pytest.raises(PolicyError, match="link 'q'"):
        lower(world(Demand(flows=(flow(),))), [SpeedLimit(on=Links(ids=("q",)), limit_kmh=30.0)])


@pytest.mark.parametrize("values", [{"limit_kmh": 0.0}, {"limit_kmh": 30.0, "mean_response": 1.5}, {"limit": 30.0}])
def test_impossible_limits_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="SpeedLimit"):
        SpeedLimit(on=Links(ids=("a",)), **values)


def test_load_policies_fills_the_registry() -> None:
    registry = policies.load_policies()
    assert registry["speed_limit"] is SpeedLimit
    assert (SpeedLimit.grade, bool(SpeedLimit.source), bool(SpeedLimit.limits)) == ("C", True, True)


def test_a_policy_of_a_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = EntryPoint(name="limit", value="trafficsim.policies.speed_limit:SpeedLimit", group="trafficsim.policies")
    monkeypatch.setattr(packages, "entry_points", lambda group: [extra] if group == "trafficsim.policies" else [])
    assert policies.load_policies()["speed_limit"] is SpeedLimit


def test_a_broken_entry_point_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint(name="bad", value="no_such_package.policy", group=policies.ENTRY_POINT_GROUP)
    monkeypatch.setattr(packages, "entry_points", lambda group: [broken])
    with pytest.raises(PolicyError, match=r"entry point 'bad'.*no_such_package"):
        policies.load_policies()
