"""The assignment matrix against vehicles that are followed one by one, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

import trafficsim as ts
from trafficsim.plan.assignment_matrix import (
    MOMENTS,
    Place,
    Streams,
    Times,
    assignment_matrix,
    departures,
    free_times,
    route_shares,
)
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.routes import RouteTable

EDGES = np.array([0.0, 900.0, 1800.0])
PAIRS = (("w0_r0c0", "r2c2_e2"), ("s1_r0c1", "r2c0_w2"), ("n0_r2c0", "r0c2_e0"))


@pytest.fixture(scope="module")
def town() -> Prepared:
    flows = tuple(ts.Flow(id=f"f{number}", origin=origin, destination=destination, volume_veh_h=100.0 * (number + 1),
                          profile=((0.0, 1.0), (900.0, 2.0)))
                  for number, (origin, destination) in enumerate(PAIRS))
    trips = (ts.Trip(id="t", depart_s=1000.0, origin="w0_r0c0", destination="r0c2_e0"),)
    scenario = ts.Scenario(name="town", network=ts.grid(3, 3, offsets="zero"), time=ts.Time(analysis_s=1800),
                           demand=ts.Demand(flows=flows, trips=trips, routes="free_flow"))
    return prepare(ts.build(scenario))


def streams_of(town: Prepared) -> Streams:
    requests, permission = np.nonzero(town.routes.of >= 0)
    cell = np.arange(len(requests) * 2).reshape(-1, 2)
    return Streams(requests, permission, np.ones(len(requests)), cell, cell.size)


def followed(town: Prepared, times: Times, streams: Streams, place: Place) -> dict[int, float]:
    """Share of every cell at a place: the reference model."""
    network, expected, found = town.network, departures(town, EDGES), defaultdict[int, float](float)
    turns = {(a, b): number for number, (a, b) in
             enumerate(zip(network.turns.from_link.tolist(), network.turns.to_link.tolist(), strict=True))}
    for stream, request in enumerate(streams.request.tolist()):
        row = int(town.routes.of[request, streams.permission[stream]])
        links = town.routes.link[town.routes.start[row]:town.routes.start[row + 1]].tolist()
        for part in range(2):
            if expected[request, part] <= 0:
                continue
            for moment in range(MOMENTS):
                clock_s = EDGES[part] + 900.0 * (moment + 0.5) / MOMENTS
                for number, link in enumerate(links):
                    before = links[number - 1] if number else -1
                    if number:
                        row = min(int((clock_s - times.begin_s) // times.interval_s), len(times.turn_s) - 1)
                        clock_s += times.turn_s[row, turns[before, link]]
                    here = (link == place.link if place.to_link < 0 else (before, link) == (place.link, place.to_link))
                    if here and place.begin_s <= clock_s < place.end_s:
                        found[int(streams.cell[stream, part])] += 1.0 / MOMENTS
    return found


@pytest.mark.parametrize("measured", [False, True])
def test_shares_are_those_of_vehicles_followed_one_by_one(town: Prepared, measured: bool) -> None:
    times = free_times(town.network, 0.0)
    if measured:
        slower = np.vstack([times.turn_s, times.turn_s * 3.0, times.turn_s * 5.0])
        times = replace(times, interval_s=600.0, turn_s=slower, wait_s=np.zeros((3, len(town.network.link_id))))
    streams = streams_of(town)
    places = [Place(link, -1, begin_s, begin_s + 450.0) for link in range(len(town.network.link_id))
              for begin_s in (0.0, 450.0, 900.0, 1800.0)]
    places += [Place(a, b, 0.0, 4000.0) for a, b in zip(town.network.turns.from_link.tolist(),
                                                        town.network.turns.to_link.tolist(), strict=True)]
    found = assignment_matrix(town, town.routes, times, streams, EDGES, places).toarray()
    for row, place in enumerate(places):
        wanted = followed(town, times, streams, place)
        assert found[row] == pytest.approx([wanted.get(cell, 0.0) for cell in range(streams.cells)])


def test_departures_follow_the_profile_and_the_trips(town: Prepared) -> None:
    found = departures(town, EDGES)
    assert found[:3] == pytest.approx(np.array([[25.0, 50.0], [50.0, 100.0], [75.0, 150.0]]))
    assert found[3].tolist() == [0.0, 1.0]


def test_a_wait_for_entry_moves_vehicles_into_later_intervals(town: Prepared) -> None:
    times = free_times(town.network, 0.0)
    late = replace(times, wait_s=np.full_like(times.wait_s, 900.0))
    first = Place(town.network.link_index["w0_r0c0"], -1, 0.0, 900.0)
    both = [assignment_matrix(town, town.routes, one, streams_of(town), EDGES, [first]).sum() for one in (times, late)]
    assert both[0] > 0.0
    assert both[1] == 0.0


def test_shares_of_routes_are_those_of_who_switched_last() -> None:
    """Two rounds of successive averages leave a third on every route."""
    table = RouteTable(*np.zeros((4, 1, 1), np.int32), np.array([[[3]], [[4]]], np.int32))
    assert route_shares(table, 0, 0, 7) == pytest.approx({7: 1 / 3, 3: 1 / 3, 4: 1 / 3})
