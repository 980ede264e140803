"""Lowering of networks, signals, detectors and classes: hand-computed cases, and errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.plan.small import Demand, Detector, diamond, flow, join, link, network, trip, world
from trafficsim.base.codes import GREEN, RED
from trafficsim.base.errors import DemandError, InputError, NetworkError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.vehicles import VehicleClass


def flat(plan: Plan) -> list[bytes | object]:
    """Every array of a plan as bytes, and everything else as it is."""
    return list(_values(vars(plan).values()))


def _values(parts: Iterable[Any]) -> Iterator[bytes | object]:
    for part in parts:
        if hasattr(part, "_fields"):
            yield from _values(part)
        else:
            yield part.tobytes() if isinstance(part, np.ndarray) else part


@pytest.fixture(scope="module")
def plan() -> Plan:
    return lower(world(Demand(flows=(flow(),)), detectors=(Detector(id="all", link="b", position_m=50.0),
                                                           Detector(id="one", link="a", position_m=9.0, lane=1)))).plan


def test_links_and_lanes_follow_the_graph(plan: Plan) -> None:
    assert plan.link_id == ("a", "b", "c", "d")
    assert plan.links.lane_start.tolist() == [0, 2, 4, 5, 6]
    assert plan.lanes.link.tolist() == [0, 0, 1, 1, 2, 3]
    assert plan.lanes.allowed.tolist() == [31, 31, 31, 31, 8, 31]
    assert plan.links.road_class.tolist() == [0, 0, 0, 1]
    np.testing.assert_allclose(plan.links.speed_limit_ms, [50 / 3.6, 20.0, 10.0, 10.0])


def test_turns_are_unique_and_sorted(plan: Plan) -> None:
    pairs = list(zip(plan.turns.from_link.tolist(), plan.turns.to_link.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert plan.links.turn_start.tolist() == [0, 2, 3, 4, 4]


def test_connections_are_sorted_by_lane_and_turn_and_conflicts_move_along(plan: Plan) -> None:
    rows = plan.connections
    assert rows.from_lane.tolist() == [0, 0, 1, 2, 3, 4]
    assert rows.to_lane.tolist() == [2, 4, 3, 5, 5, 5]
    assert rows.turn.tolist() == [0, 1, 0, 2, 2, 3]
    assert rows.direction.tolist() == [0, 2, 1, 0, 0, 0]
    assert rows.signal_group.tolist() == [0, 1, 0, -1, -1, -1]
    assert rows.yield_start.tolist() == [0, 0, 0, 0, 0, 0, 2]
    assert rows.yields_to.tolist() == [3, 4]
    assert rows.crosses.tolist() == [5, 5, 3, 4]
    assert rows.cross_start.tolist() == [0, 0, 0, 0, 1, 2, 4]


def test_signals_are_flattened(plan: Plan) -> None:
    signals = plan.signals
    assert signals.group_start.tolist() == [0, 2]
    assert signals.phase_start.tolist() == [0, 2]
    assert signals.state_start.tolist() == [0, 2, 4]
    assert signals.state.tolist() == [GREEN, RED, RED, GREEN]
    assert signals.offset_s.tolist() == [7.0]


def test_detectors_have_a_row_per_lane(plan: Plan) -> None:
    assert plan.detectors.name == ("all", "all", "one")
    assert plan.detectors.lane.tolist() == [2, 3, 1]
    assert plan.detectors.position_m.tolist() == [50.0, 50.0, 9.0]


def test_times_come_from_the_scenario(plan: Plan) -> None:
    assert (plan.start_s, plan.analysis_begin_s, plan.analysis_end_s, plan.end_s) == (0.0, 600.0, 3600.0, 5400.0)


def test_free_speed_from_share_over_limit_and_its_overrides() -> None:
    # 45 km/h is the 90 % quantile of N(mean, 0.1 mean): mean = 45 / (1 + 0.1 * 1.2815516).
    road = network([
        link("plain", "1", "2", speed_limit_kmh=45.0),
        link("mean", "2", "3", free_speed_mean_kmh=92.0),
        link("both", "3", "4", free_speed_mean_kmh=92.0, free_speed_sd_kmh=10.0),
    ], [join("plain", "mean"), join("mean", "both")])
    drivers = Drivers(urban=SpeedChoice(share_over_limit=0.1, cv=0.1))
    links = lower(world(Demand(trips=(trip(route=("plain",)),)), road, drivers=drivers)).plan.links
    np.testing.assert_allclose(links.free_speed_mean_ms * 3.6, [45 / 1.12815516, 92.0, 92.0], rtol=1e-8)
    np.testing.assert_allclose(links.free_speed_cv, [0.1, 0.1, 10 / 92], rtol=1e-12)
    np.testing.assert_array_equal(links.factor_speed_ms, links.speed_limit_ms)


def test_a_class_of_the_scenario_replaces_the_default() -> None:
    classes = lower(world(Demand(flows=(flow(),)), classes=(VehicleClass(name="car", length_m=5.0),))).plan.classes
    assert classes.name == ("car", "van", "truck", "bus", "motorcycle")
    assert classes.length_m[0] == 5.0
    assert classes.speed_factor_mean.tolist() == [0.0] * 5


def test_lowering_twice_gives_the_same_plan_bit_for_bit() -> None:
    demand = Demand(flows=(flow(), flow("g", 500.0, vehicle_classes={"car": 2, "truck": 1})), trips=(trip(),))
    prepared = prepare(world(demand))
    assert flat(lower(prepared, replication=3).plan) == flat(lower(world(demand), replication=3).plan)
    assert flat(lower(prepared, replication=3).plan) != flat(lower(prepared, replication=4).plan)


def test_no_connections_is_a_network_of_single_links() -> None:
    road = network([link("a", "1", "2")], [])
    plan = lower(world(Demand(trips=(trip(route=("a",)),)), road)).plan
    assert plan.links.turn_start.tolist() == [0, 0]
    assert len(plan.connections.turn) == 0


@pytest.mark.parametrize(("attributes", "key"), [
    ({"length_m": -5.0}, "length_m"), ({"length_m": None}, "length_m"), ({"length_m": float("nan")}, "length_m"),
    ({"lanes": 0}, "lanes"), ({"road_class": "forest"}, "road_class"), ({"allow": (("cars",),)}, "allow"),
])
def test_unusable_attributes_are_named(attributes: dict[str, object], key: str) -> None:
    road = network([link("a", "1", "2", **attributes)], [])
    with pytest.raises(NetworkError, match=f"link 'a': {key}"):
        prepare(world(Demand(trips=(trip(route=("a",)),)), road))


@pytest.mark.parametrize(("values", "found"), [
    ({"to_link": "zz"}, "no link 'zz'"), ({"to_lane": 4}, "lane 4"), ({"yields_to": (9,)}, "found 9"),
    ({"signal": "k", "signal_index": 0}, "no signal program 'k'"), ({"signal": "j", "signal_index": 2}, "index 2"),
    ({"signal": "j"}, "index None"),
])
def test_broken_connections_are_named(values: dict[str, object], found: str) -> None:
    good = diamond()
    broken = good.connections[0].model_copy(update=values)
    road = type(good)(good.graph, (broken, *good.connections[1:]), good.signals)
    with pytest.raises(NetworkError, match=found):
        prepare(world(Demand(flows=(flow(),)), road))


def test_impossible_speed_choice_is_refused() -> None:
    drivers = Drivers(urban=SpeedChoice(share_over_limit=0.99, cv=0.5))
    with pytest.raises(InputError, match=r"drivers\.urban"):
        prepare(world(Demand(flows=(flow(),)), drivers=drivers))


def test_detector_beyond_its_link_is_refused() -> None:
    with pytest.raises(DemandError, match=r"detector 'x'.*200 m"):
        prepare(world(Demand(flows=(flow(),)), detectors=(Detector(id="x", link="a", position_m=200.0),)))


def test_speed_factor_spread_without_mean_is_refused() -> None:
    with pytest.raises(InputError, match="speed_factor_sd"):
        prepare(world(Demand(flows=(flow(),)), classes=(VehicleClass(name="x", speed_factor_sd=0.1),)))


def test_a_network_without_links_is_refused() -> None:
    with pytest.raises(NetworkError, match="no links"):
        prepare(world(Demand(flows=(flow(),)), network([], [])))


def test_two_programs_of_one_signal_are_refused() -> None:
    road = network([link("a", "1", "2")], [], signals=diamond().signals * 2)
    with pytest.raises(NetworkError, match="signal 'j': found two programs"):
        prepare(world(Demand(trips=(trip(route=("a",)),)), road))


def test_two_links_with_one_id_are_refused() -> None:
    road = network([link("a", "1", "2"), link("a", "2", "3")], [])
    with pytest.raises(NetworkError, match="two edges"):
        prepare(world(Demand(trips=(trip(route=("a",)),)), road))
