"""Demand of SUMO: vehicle types, trips, flows, stops and detectors, on a small network made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.sumo_files import imported, priority_net
from trafficsim.base.errors import InputError
from trafficsim.base.repairs import repairs_by_code
from trafficsim.io.imported import Imported
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.network_source import DriversOf
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass

ROUTE = '<route edges="w_in e_out"/>'


def read(folder: Path, routes: str, additional: str = "", drivers: DriversOf = "file") -> Imported:
    return imported(folder, priority_net(), routes, additional, drivers)


def one_trip(folder: Path, routes: str, additional: str = "") -> Trip:
    (trip,) = read(folder, routes, additional).demand.trips
    return trip


def one_flow(folder: Path, routes: str) -> Flow:
    (flow,) = read(folder, routes).demand.flows
    return flow


def made_class(folder: Path, attributes: str) -> VehicleClass:
    return {each.name: each for each in read(folder, f'<vType id="x" {attributes}/>').vehicle_classes}["x"]


def test_default_type_is_sumos_passenger_car(tmp_path: Path) -> None:
    found = read(tmp_path, f'<vehicle id="a" depart="5">{ROUTE}</vehicle>')
    (car,) = found.vehicle_classes
    assert (car.name, car.kind, car.length_m, car.min_gap_m) == ("DEFAULT_VEHTYPE", "car", 5.0, 2.5)
    assert (car.speed_factor_mean, car.speed_factor_sd) == (1.0, 0.1)
    (trip,) = found.demand.trips
    assert (trip.depart_s, trip.route, trip.vehicle_class) == (5.0, ("w_in", "e_out"), "DEFAULT_VEHTYPE")


@pytest.mark.parametrize(
    ("attributes", "kind", "length_m", "max_speed_kmh", "mean", "spread"),
    [
        ('vClass="truck"', "truck", 7.1, 130.0, 1.0, 0.05),
        ('vClass="trailer" length="18"', "truck", 18.0, 130.0, 1.0, 0.05),
        ('vClass="delivery" speedFactor="1.1"', "van", 6.5, 200.0, 1.1, 0.05),
        ('vClass="bus" maxSpeed="20"', "bus", 12.0, 72.0, 1.0, 0.0),
        ('vClass="coach"', "bus", 14.0, 100.0, 1.0, 0.05),
        ('vClass="motorcycle"', "motorcycle", 2.2, 200.0, 1.0, 0.1),
        ('vClass="moped"', "motorcycle", 2.1, 60.0, 1.0, 0.1),
        ('vClass="taxi"', "car", 5.0, 200.0, 1.0, 0.05),
        ('speedFactor="normc(1.2,0.15,0.2,2)"', "car", 5.0, 200.0, 1.2, 0.15),
        ('speedFactor="norm(1.2,0.15)" speedDev="0.3"', "car", 5.0, 200.0, 1.2, 0.3),
        ('speedDev="0"', "car", 5.0, 200.0, 1.0, 0.0),
        ('maxSpeed="200"', "car", 5.0, 400.0, 1.0, 0.1),
    ],
)
def test_vehicle_types(tmp_path: Path, attributes: str, kind: str, length_m: float, max_speed_kmh: float,
                       mean: float, spread: float) -> None:
    made = made_class(tmp_path, attributes)
    assert (made.kind, made.length_m, made.speed_factor_mean, made.speed_factor_sd) == (kind, length_m, mean, spread)
    assert made.max_speed_kmh == pytest.approx(max_speed_kmh)


def test_drivers_of_the_file_are_mapped_and_what_is_not_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" accel="1.5" tau="1.6" emergencyDecel="9" color="red"/>')
    assert {thing for thing in found.counts["ignored"] if thing.startswith("attribute")} == {
        "attribute emergencyDecel of another car-following model", "attribute color of a vehicle type",
    }
    default, made = found.vehicle_classes
    assert made.acceleration_ms2 < default.acceleration_ms2
    assert made.headway_s > default.headway_s
    assert made.dawdling_ms == pytest.approx(1.5 * 0.5 / 2)


def test_own_drivers_leave_the_parameters_of_the_file_and_count_them(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" accel="9" tau="0.5" color="red"/>', drivers="own")
    assert found.counts["ignored"] | {
        "attribute accel of another car-following model": 1, "attribute tau of another car-following model": 1,
        "attribute color of a vehicle type": 1,
    } == found.counts["ignored"]
    car = DEFAULT_CLASSES[0]
    for made in found.vehicle_classes:
        assert (made.acceleration_ms2, made.headway_s, made.deceleration_ms2, made.dawdling_ms) == (
            car.acceleration_ms2, car.headway_s, car.deceleration_ms2, 0.0)


def test_a_driver_beyond_what_the_engine_holds_is_brought_within_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" decel="9" tau="4"/>')
    assert found.vehicle_classes[-1].deceleration_ms2 == 6.0
    assert found.vehicle_classes[-1].headway_s == 4.0
    assert sum("that the engine cannot hold" in thing for thing in found.counts["repaired"]) == 2


def test_another_car_following_model_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" carFollowModel="IDM"/><vType id="y" carFollowModel="Krauss"/>')
    assert [thing for thing in found.counts["repaired"] if "car-following model IDM" in thing]
    assert not [thing for things in found.counts.values() for thing in things if "model Krauss" in thing]


def test_ignoring_type_uses_lanes_of_others(tmp_path: Path) -> None:
    assert made_class(tmp_path, 'vClass="ignoring"').ignores_permissions
    assert not made_class(tmp_path, 'vClass="bus"').ignores_permissions


def test_distribution_becomes_a_mix(tmp_path: Path) -> None:
    types = """<vType id="b" length="9"/>
    <vTypeDistribution id="inside"><vType id="a" length="4" probability="3"/><vType id="t" vClass="truck"/>
    </vTypeDistribution>
    <vTypeDistribution id="named" vTypes="a b" probabilities="0.25 0.75"/>"""
    found = read(tmp_path, f'<vehicle id="v" type="named" depart="0">{ROUTE}</vehicle>', types)
    assert found.demand.mixes == {"inside": {"a": 3.0, "t": 1.0}, "named": {"a": 0.25, "b": 0.75}}
    assert found.demand.trips[0].depart_position_m == pytest.approx(0.25 * 4 + 0.75 * 9 + 0.1)


def test_vehicles_that_are_not_simulated_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="bike" vClass="bicycle"/>'
                 '<vehicle id="a" type="bike" depart="0"><route edges="path"/></vehicle>'
                 f'<vehicle id="b" depart="triggered">{ROUTE}</vehicle><person id="p" depart="0"/>')
    assert found.demand.trips == ()
    ignored = found.counts["ignored"]
    assert [ignored[each] for each in ("vehicle of class bicycle", "vehicle that departs when triggered",
                                       "element person")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("attribute", "position_m"),
    [("", 5.1), ('departPos="base"', 5.1), ('departPos="0"', 0.0), ('departPos="12.5"', 12.5),
     ('departPos="-50"', 150.0), ('departPos="random"', 5.1), ('departPos="900"', 200.0)],
)
def test_departure_position(tmp_path: Path, attribute: str, position_m: float) -> None:
    trip = one_trip(tmp_path, f'<vehicle id="a" depart="0" {attribute}>{ROUTE}</vehicle>')
    assert trip.depart_position_m == pytest.approx(position_m)


def test_departure_lane_and_time(tmp_path: Path) -> None:
    text = '<vehicle id="a" depart="0:01:10" departLane="{}"><route edges="e_in w_out"/></vehicle>'
    assert one_trip(tmp_path, text.format("1")).depart_lane == 1
    best = one_trip(tmp_path, text.format("best"))
    assert best.depart_lane is None
    assert best.depart_s == 70.0


def test_named_route_and_its_stops(tmp_path: Path) -> None:
    additional = '<busStop id="B" lane="e_out_0" startPos="20" endPos="40"/>'
    routes = """<route id="R" edges="w_in e_out"><stop busStop="B" duration="20"/></route>
    <vehicle id="a" route="R" depart="0"><stop lane="e_out_0" endPos="-10" duration="5" until="90"/></vehicle>"""
    trip = one_trip(tmp_path, routes, additional)
    assert trip.route == ("w_in", "e_out")
    assert [(stop.link, stop.lane, stop.position_m, stop.dwell_s) for stop in trip.stops] == [
        ("e_out", 0, 40.0, 20.0), ("e_out", 0, 190.0, 5.0),
    ]


def test_stops_that_cannot_be_represented_are_counted(tmp_path: Path) -> None:
    stops = ('<stop lane="e_out_0" duration="5" parking="true"/><stop lane="e_out_0" until="50"/>'
             '<stop lane="e_out_0" duration="0"/><stop duration="5"/>')
    found = read(tmp_path, f'<vehicle id="a" depart="0">{ROUTE}{stops}</vehicle>')
    assert found.demand.trips[0].stops == ()
    assert {key for key in found.counts["ignored"] if key.startswith("stop")} == {
        "stop without a duration", "stop of no duration",
        "stop that is neither at a bus stop nor on a lane",
    }
    assert found.counts["repaired"] == {"stop-parking": 1}


@pytest.mark.parametrize("stop", ['parkingArea="P"', 'lane="s_in_0" parking="true"', 'edge="s_in" parking="1"'])
def test_a_trip_without_a_route_is_led_past_the_place_where_it_parks(stop: str, tmp_path: Path) -> None:
    found = read(tmp_path, f'<trip id="a" depart="0" from="w_in" to="e_out"><stop {stop} duration="5"/></trip>',
                 '<parkingArea id="P" lane="s_in_0" startPos="20" endPos="40"/>')
    (trip,) = found.demand.trips
    assert (trip.via, trip.stops) == (("s_in",), ())
    assert found.counts["repaired"] == {"stop-parking": 1}


def test_stops_off_the_route_are_left_out_and_long_ones_cut(tmp_path: Path) -> None:
    stops = '<stop lane="s_in_0" duration="5"/><stop lane="e_out_0" endPos="20" duration="90000"/>'
    found = read(tmp_path, f'<vehicle id="a" depart="0">{ROUTE}{stops}</vehicle>')
    assert [(stop.link, stop.dwell_s) for stop in found.demand.trips[0].stops] == [("e_out", 7200.0)]
    assert found.counts["repaired"] == {"stop-left-out": 1, "value-capped": 1}


def test_trip_without_a_route_is_reported(tmp_path: Path) -> None:
    found = read(tmp_path, '<trip id="a" depart="0" from="s_in" to="w_out"/>')
    (trip,) = found.demand.trips
    assert (trip.route, trip.origin, trip.destination) == ((), "s_in", "w_out")
    assert found.counts["inferred"]["trip or flow without a route: one is found and frozen"] == 1


@pytest.mark.parametrize(
    ("attributes", "volume_veh_h", "end_s", "departures"),
    [
        ('vehsPerHour="720" end="600"', 720.0, 600.0, "scheduled"),
        ('period="5" end="600"', 720.0, 600.0, "scheduled"),
        ('period="exp(0.2)" end="600"', 720.0, 600.0, "poisson"),
        ('probability="0.2" end="600"', 720.0, 600.0, "poisson"),
        ('number="100" end="600"', 720.0, 600.0, "scheduled"),
        ('number="100" vehsPerHour="720"', 720.0, 600.0, "scheduled"),
        ('vehsPerHour="720"', 720.0, None, "scheduled"),
    ],
)
def test_flows(tmp_path: Path, attributes: str, volume_veh_h: float, end_s: float | None, departures: str) -> None:
    flow = one_flow(tmp_path, f'<flow id="f" begin="100" from="w_in" to="e_out" {attributes}/>')
    assert flow.volume_veh_h == pytest.approx(volume_veh_h)
    assert flow.end_s == (None if end_s is None else pytest.approx(end_s))
    assert (flow.begin_s, flow.departures) == (100.0, departures)


def test_detectors(tmp_path: Path) -> None:
    additional = ('<e1Detector id="d" lane="w_in_0" pos="-20" freq="60" file="x"/>'
                  '<inductionLoop id="i" lane="e_in_1" pos="500" friendlyPos="1" freq="60" file="x"/>'
                  '<e1Detector id="n" lane="nowhere_0" pos="0" freq="60" file="x"/>'
                  '<e1Detector id="k" lane="e_in_0" pos="199.5" freq="60" file="x"/>')
    found = read(tmp_path, "", additional)
    assert {(each.id, each.link, each.lane, each.position_m) for each in found.detectors} == {
        ("d", "w_in", 0, 180.0), ("i", "e_in", 1, 199.0), ("k", "e_in", 0, 199.0),
    }, "the footway is longer than the link that vehicles drive on"
    assert found.counts["repaired"] == {"place-moved": 2, "detector-left-out": 1}


BROKEN = {
    "no departure": (f'<vehicle id="a">{ROUTE}</vehicle>', "'depart'", "vehicle 'a'"),
    "departure now": (f'<vehicle id="a" depart="now">{ROUTE}</vehicle>', "'now'", "depart"),
    "departure NaN": (f'<vehicle id="a" depart="nan">{ROUTE}</vehicle>', "'nan'", "finite"),
    "same id": (f'<vehicle id="a" depart="0">{ROUTE}</vehicle>' * 2, "second time", "line 2"),
    "length": ('<vType id="x" length="-4"/>', "length_m", "vType 'x'"),
    "length in words": ('<vType id="x" length="long"/>', "'long'", "length"),
    "negative tau": ('<vType id="x" tau="-1"/>', "tau", "vType 'x'", "-1 s", "0.1 to 10 s"),
    "sigma above 1": ('<vType id="x" sigma="1.5"/>', "sigma", "1.5", "0 to 1"),
    "accel of nothing": ('<vType id="x" accel="0"/>', "accel", "0.1 to 20 m/s2"),
    "decel in words": ('<vType id="x" decel="hard"/>', "decel", "'hard'"),
    "accel NaN": ('<vType id="x" accel="nan"/>', "accel", "finite"),
    "speed factor": ('<vType id="x" speedFactor="normal"/>', "speedFactor", "'normal'"),
    "distribution": ('<vTypeDistribution id="d" vTypes="y"/>', "'y'", "vTypeDistribution 'd'"),
    "empty distribution": ('<vTypeDistribution id="d"/>', "probabilities", "vTypeDistribution 'd'"),
    "flow of nothing": ('<flow id="f" from="w_in" to="e_out" end="9"/>', "no number", "flow 'f'"),
    "flow backwards": ('<flow id="f" from="w_in" to="e_out" begin="9" end="3" number="2"/>', "end", "after"),
    "flow of negative volume": ('<flow id="f" from="w_in" to="e_out" end="9" vehsPerHour="-1"/>', "vehsPerHour", "-1"),
    "flow of period 0": ('<flow id="f" from="w_in" to="e_out" end="9" period="0"/>', "period", "above 0"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_demand(case: str, tmp_path: Path) -> None:
    text, *said = BROKEN[case]
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert all(each in message for each in said), message
    assert "r0.rou.xml, line 2" in message or case == "same id"
    assert caught.value.remedy


UNSERVED = {
    "unknown edge": ('<vehicle id="a" depart="0"><route edges="w_in e_ut"/></vehicle>', "'e_ut'", "e_out"),
    "cycle path": ('<vehicle id="a" depart="0"><route edges="path"/></vehicle>', "'path'", "may use"),
    "no way": ('<trip id="a" depart="0" from="w_in"/>', "neither a route", "trip 'a'"),
    "unknown origin": ('<trip id="a" depart="0" from="x" to="e_out"/>', "'x'", "network"),
    "unknown type": (f'<vehicle id="a" type="lorry" depart="0">{ROUTE}</vehicle>', "'lorry'", "type"),
    "unknown route": ('<vehicle id="a" route="R" depart="0"/>', "'R'", "route"),
}


@pytest.mark.parametrize("case", UNSERVED)
def test_what_cannot_be_served_is_kept_with_its_reason(case: str, tmp_path: Path) -> None:
    text, *said = UNSERVED[case]
    found = read(tmp_path, f'{text}<vehicle id="b" depart="1">{ROUTE}</vehicle>')
    assert [trip.id for trip in found.demand.trips] == ["b"]
    (lost,) = found.unserved
    assert (lost.name, lost.kind, lost.depart_s) == ("a", "trip", 0.0)
    assert all(part in lost.reason for part in said)
    assert found.counts["repaired"] == {"trip-unserved": 1}


def test_a_flow_that_cannot_be_served_says_how_many_vehicles_it_would_bring(tmp_path: Path) -> None:
    found = read(tmp_path, '<flow id="f" type="t" from="w_in" to="e_out" begin="100" end="600" number="40"/>'
                 '<flow id="g" type="t" from="w_in" to="e_out" vehsPerHour="40"/>')
    assert [(one.name, one.depart_s, one.vehicles) for one in found.unserved] == [("f", 100.0, 40.0), ("g", None, None)]


def test_edges_of_a_route_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, '<vehicle id="a" depart="0"><route edges="w_in gone gone_too e_out"/></vehicle>'
                 '<trip id="b" depart="0" from="w_in" via="gone" to="e_out"/>')
    assert [trip.route for trip in found.demand.trips] == [("w_in", "e_out"), ()]
    assert found.demand.trips[1].via == ()
    assert found.counts["repaired"] == {"route-edge-left-out": 3}


def test_a_departure_lane_that_is_not_there_is_replaced_by_the_best(tmp_path: Path) -> None:
    found = read(tmp_path, f'<vehicle id="a" depart="0" departLane="4">{ROUTE}</vehicle>')
    assert found.demand.trips[0].depart_lane is None
    assert found.counts["repaired"] == {"depart-lane-free": 1}


@pytest.mark.parametrize("stop", ['busStop="B"', 'lane="e_out_5"', 'lane="gone_0"', 'edge="gone"'])
def test_a_stop_at_no_place_of_the_network_is_left_out(stop: str, tmp_path: Path) -> None:
    found = read(tmp_path, f'<vehicle id="a" depart="0">{ROUTE}<stop {stop} duration="2"/></vehicle>')
    assert found.demand.trips[0].stops == ()
    assert found.counts["repaired"] == {"stop-left-out": 1}


def test_who_departs_with_the_simulation_departs_with_the_first(tmp_path: Path) -> None:
    found = read(tmp_path, f'<vehicle id="a" depart="begin">{ROUTE}</vehicle>'
                 f'<vehicle id="b" depart="70">{ROUTE}</vehicle>')
    assert [trip.depart_s for trip in found.demand.trips] == [70.0, 70.0]


def test_via_is_kept_for_routing(tmp_path: Path) -> None:
    found = read(tmp_path, '<trip id="a" depart="0" from="w_in" via="s_in e_in" to="w_out"/>'
                 '<flow id="f" from="w_in" via="s_in" to="w_out" end="9" number="2"/>')
    assert found.demand.trips[0].via == ("s_in", "e_in")
    assert found.demand.flows[0].via == ("s_in",)


def test_a_value_of_a_type_that_is_set_to_its_limit_is_a_repair(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="rocket" maxSpeed="300"/>')
    assert found.vehicle_classes[-1].max_speed_kmh == 400.0
    assert repairs_by_code(found.findings) == {"sumo-repaired": 1}
