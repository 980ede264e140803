"""Links of the queue engine with a fundamental diagram that the network gives: that of the published cases."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest

from tests.support.queues import looked_at
from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.base.errors import NetworkError
from trafficsim.engines.queue.diagram import diagram_of
from trafficsim.engines.queue.loop import run
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.plan.arrays import Plan
from trafficsim.spec.check import check
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.scenario import Time

SETTINGS = QueueSettings(start_loss_s=0.0, bounded_acceleration=False)
GIVEN = {"capacity_veh_h": 2880.0, "jam_density_veh_km_lane": 200.0}
"""0.8 veh/s and 0.2 veh/m at 20 m/s: waves of 5 m/s."""


def road(*own: dict[str, Any], flow: float, lanes: int = 1, length_m: float = 1000.0, until_s: float = 500.0) -> Plan:
    """A road of links with these attributes, and cars on all of it at even intervals from time 0."""
    names = [f"l{number}" for number in range(len(own))]
    rows = [link(name, length_m, lanes=lanes, speed_limit_kmh=72.0, **more)
            for name, more in zip(names, own, strict=True)]
    conns = [one for pair in pairwise(names) for one in through(*pair, lanes)]
    trips = [Trip(id=f"t{row:05d}", depart_s=row / flow, route=tuple(names), vehicle_class="car")
             for row in range(round(flow * until_s))]
    return make_plan(make_world(make_network(rows, conns), trips=trips,
                                time=Time(analysis_s=2 * until_s, clear_s=7200.0, interval_s=100.0)))


@pytest.mark.parametrize("given", [
    GIVEN, {"capacity_veh_h": 2880.0, "backward_wave_kmh": 18.0},
    {"jam_density_veh_km_lane": 200.0, "backward_wave_kmh": 18.0},
])
def test_two_of_three_numbers_make_the_triangle(given: dict[str, float]) -> None:
    plan = road(given, flow=0.1)
    car = plan.classes.name.index("car")
    diagram = diagram_of(plan, SETTINGS)
    net = compile_plan(plan, SETTINGS).net
    assert diagram.headway_s(diagram.along)[0, car] == pytest.approx(1.25)
    assert diagram.spacing_m[car] * diagram.room[0] == pytest.approx(5.0)
    assert diagram.reaction_s[0, car] == pytest.approx(1.0)  # waves of 5 m/s
    assert (net.room[0] // net.spacing[car], net.back[0]) == (200, 200_000)


def test_all_three_numbers_are_one_too_many() -> None:
    with pytest.raises(NetworkError, match="leave one of them out"):
        road({**GIVEN, "backward_wave_kmh": 20.0}, flow=0.1)


def test_capacity_is_that_of_all_lanes_and_in_passenger_cars() -> None:
    plan = road({"capacity_veh_h": 3000.0}, flow=0.1, lanes=2)
    diagram = diagram_of(plan, SETTINGS)
    headway_s, own_s = diagram.headway_s(diagram.along)[0], diagram.headway_s(np.ones(1))[0]
    car, truck = plan.classes.name.index("car"), plan.classes.name.index("truck")
    assert headway_s[car] == pytest.approx(2.4)
    assert headway_s[truck] / headway_s[car] == pytest.approx(own_s[truck] / own_s[car])


@pytest.mark.parametrize(("own", "wanted_veh_s"), [
    (({}, {}), 0.8), (({}, {"capacity_veh_h": 1440.0}), 0.4), (({}, {"inflow_capacity_veh_h": 1440.0}), 0.4),
    (({"outflow_capacity_veh_h": 1440.0}, {}), 0.4), (({"inflow_capacity_veh_h": 1440.0}, {}), 0.4),
    (({}, {"outflow_capacity_veh_h": 1440.0}), 0.4),
])
def test_flow_is_no_more_than_the_least_capacity(own: tuple[dict[str, float], ...], wanted_veh_s: float) -> None:
    record = run(road(*({**GIVEN, **one} for one in own), flow=1.0), SETTINGS)
    left = np.sort(record.trips.exit_s)
    assert 1.0 / np.diff(left) == pytest.approx(np.full(len(left) - 1, wanted_veh_s), rel=1e-3)


def test_a_queue_on_a_link_without_limit_never_spills_back() -> None:
    held = {**GIVEN, "outflow_capacity_veh_h": 360.0}
    most = []
    for storage in ("limited", "unlimited"):
        seen = looked_at(road(GIVEN, {**held, "storage": storage}, flow=0.7, length_m=200.0), lambda world, now: None,
                         SETTINGS)
        most.append(int(seen.vehicles.begun.max()))
    assert most[0] > 2_000_000, "a queue of limited storage holds up who wants to begin"
    assert most[1] == 349 / 0.7 * 1000.0 // 1


def test_the_capacity_of_a_node_is_that_of_all_its_movements() -> None:
    rows = [link(name, 500.0, speed_limit_kmh=72.0, **GIVEN) for name in ("a", "b", "c", "d")]
    network = make_network(rows, [*through("a", "c"), *through("b", "d")])
    graph = nx.relabel_nodes(network.graph, {"end of b": "end of a"})
    graph.nodes["end of a"]["capacity_veh_h"] = 1440.0
    flows = [Flow(id=pair, volume_veh_h=2000.0, route=tuple(pair), vehicle_classes={"car": 1.0})
             for pair in ("ac", "bd")]
    plan = make_plan(make_world(replace(network, graph=graph), flows, time=Time(analysis_s=3600.0, clear_s=0.0)))
    volume = run(plan, SETTINGS).turns.volume
    assert volume.sum() == pytest.approx(1440.0 - 10.0, abs=1.0)  # the first one is there after 25 s
    assert volume[0] == pytest.approx(volume[1], abs=1.0)


def test_a_link_that_cannot_hold_its_capacity_is_repaired_and_reported() -> None:
    contrary = {"capacity_veh_h": 2000.0, "jam_density_veh_km_lane": 20.0}  # 28 veh/km on their way at 72 km/h
    plan = road(contrary, flow=0.5)
    net = compile_plan(plan, SETTINGS).net
    assert net.room[0] // net.spacing[plan.classes.name.index("car")] == 28
    record = run(plan, SETTINGS)
    assert record.completed == 250
    network = make_network([link("l0", 1000.0, speed_limit_kmh=72.0, **contrary)])
    assert [one.code for one in check(network) if one.level == "warning"] == ["storage-raised"]


@pytest.mark.parametrize(("name", "value"), [("capacity_veh_h", 0.0), ("outflow_capacity_veh_h", -5.0),
                                             ("jam_density_veh_km_lane", 1e6), ("merge_priority", 0.0)])
def test_numbers_that_no_road_has_are_refused(name: str, value: float) -> None:
    with pytest.raises(NetworkError, match=f"link 'l0': {name}"):
        road({name: value}, flow=0.1)
