"""Demand of SUMO: vehicle types, trips, flows, stops and detectors, on a small network made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.io.sumo_files import imported, priority_net
from trafficsim.base.errors import InputError
from trafficsim.io.sumo import SumoImport
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.scenario import DriversOf
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass

ROUTE = '<route edges="w_in e_out"/>'


def read(folder: Path, routes: str, additional: str = "", drivers: DriversOf = "file") -> SumoImport:
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
    assert {thing for thing in found.counts()["ignored"] if thing.startswith("attribute")} == {
        "attribute emergencyDecel of another car-following model", "attribute color of a vehicle type",
    }
    default, made = found.vehicle_classes
    assert made.acceleration_ms2 < default.acceleration_ms2
    assert made.headway_s > default.headway_s
    assert made.dawdling_ms == pytest.approx(1.5 * 0.5 / 2)


def test_own_drivers_leave_the_parameters_of_the_file_and_count_them(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" accel="9" tau="0.5" color="red"/>', drivers="own")
    assert found.counts()["ignored"] | {
        "attribute accel of another car-following model": 1, "attribute tau of another car-following model": 1,
        "attribute color of a vehicle type": 1,
    } == found.counts()["ignored"]
    car = DEFAULT_CLASSES[0]
    for made in found.vehicle_classes:
        assert (made.acceleration_ms2, made.headway_s, made.deceleration_ms2, made.dawdling_ms) == (
            car.acceleration_ms2, car.headway_s, car.deceleration_ms2, 0.0)


def test_a_driver_beyond_what_the_engine_holds_is_brought_within_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" decel="9" tau="4"/>')
    assert found.vehicle_classes[-1].deceleration_ms2 == 6.0
    assert found.vehicle_classes[-1].headway_s == 4.0
    assert sum("that the engine cannot hold" in thing for thing in found.counts()["repaired"]) == 2


def test_another_car_following_model_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, '<vType id="x" carFollowModel="IDM"/><vType id="y" carFollowModel="Krauss"/>')
    assert [thing for thing in found.counts()["repaired"] if "car-following model IDM" in thing]
    assert not [thing for things in found.counts().values() for thing in things if "model Krauss" in thing]


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
    ignored = found.counts()["ignored"]
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
             '<stop lane="e_out_0" duration="0"/><stop containerStop="c" duration="5"/>')
    found = read(tmp_path, f'<vehicle id="a" depart="0">{ROUTE}{stops}</vehicle>')
    assert found.demand.trips[0].stops == ()
    assert {key for key in found.counts()["ignored"] if key.startswith("stop")} == {
        "stop beside the lane (parking)", "stop without a duration", "stop of no duration",
        "stop that is neither at a bus stop nor on a lane",
    }


def test_trip_without_a_route_is_reported(tmp_path: Path) -> None:
    found = read(tmp_path, '<trip id="a" depart="0" from="s_in" to="w_out"/>')
    (trip,) = found.demand.trips
    assert (trip.route, trip.origin, trip.destination) == ((), "s_in", "w_out")
    assert found.counts()["inferred"]["trip or flow without a route: takes the fastest free-flow path, frozen"] == 1


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
                  '<e1Detector id="n" lane="nowhere_0" pos="0" freq="60" file="x"/>')
    found = read(tmp_path, "", additional)
    assert {(each.id, each.link, each.lane, each.position_m) for each in found.detectors} == {
        ("d", "w_in", 0, 180.0), ("i", "e_in", 1, 199.0),
    }
    assert found.counts()["ignored"]["detector on a lane that is not in the network"] == 1


BROKEN = {
    "gap": ('<vehicle id="a" depart="0"><route edges="w_in s_out"/></vehicle>', "a gap", "'w_in' to 's_out'"),
    "unknown edge": ('<vehicle id="a" depart="0"><route edges="w_in e_ut"/></vehicle>', "'e_ut'", "e_out"),
    "cycle path": ('<vehicle id="a" depart="0"><route edges="path"/></vehicle>', "'path'", "may use"),
    "no way": ('<trip id="a" depart="0" from="w_in"/>', "neither a route", "trip 'a'"),
    "unknown origin": ('<trip id="a" depart="0" from="x" to="e_out"/>', "'x'", "network"),
    "unknown type": (f'<vehicle id="a" type="lorry" depart="0">{ROUTE}</vehicle>', "'lorry'", "type"),
    "unknown route": ('<vehicle id="a" route="R" depart="0"/>', "'R'", "route"),
    "no departure": (f'<vehicle id="a">{ROUTE}</vehicle>', "'depart'", "vehicle 'a'"),
    "departure now": (f'<vehicle id="a" depart="now">{ROUTE}</vehicle>', "'now'", "depart"),
    "departure NaN": (f'<vehicle id="a" depart="nan">{ROUTE}</vehicle>', "'nan'", "finite"),
    "same id": (f'<vehicle id="a" depart="0">{ROUTE}</vehicle>' * 2, "second time", "line 2"),
    "lane": (f'<vehicle id="a" depart="0" departLane="4">{ROUTE}</vehicle>', "departLane", "0 to 0"),
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
    "bus stop": (f'<vehicle id="a" depart="0">{ROUTE}<stop busStop="B" duration="2"/></vehicle>', "'B'", "busStop"),
    "stop lane": (f'<vehicle id="a" depart="0">{ROUTE}<stop lane="e_out_5" duration="2"/></vehicle>', "e_out_5",
                  "lane of the network"),
    "incomplete via": ('<trip id="a" depart="0" from="w_in" via="s_in" to="w_out"/>', "via", "duarouter"),
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


def test_bus_lane_is_closed_to_cars_but_not_to_buses(tmp_path: Path) -> None:
    net = priority_net().replace('<lane id="w_in_0" index="0" speed', '<lane id="w_in_0" index="0" allow="bus" speed')
    bus = f'<vType id="bus" vClass="bus"/><vehicle id="b" type="bus" depart="0">{ROUTE}</vehicle>'
    assert len(imported(tmp_path, net, bus).demand.trips) == 1
    free = bus.replace('vClass="bus"', 'vClass="ignoring"')
    assert len(imported(tmp_path, net, free).demand.trips) == 1
    with pytest.raises(InputError, match="no lane that a car may use"):
        imported(tmp_path, net, bus.replace('vClass="bus"', 'vClass="passenger"'))
