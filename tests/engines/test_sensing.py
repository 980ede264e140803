"""Detectors and queues that controllers see, in every tick of a run, against an obvious model of the same road."""

from __future__ import annotations

from typing import Any

import numpy as np

import trafficsim as ts
from tests.oracles.sensing import Coming, Move, Standing, beyond_point, over_in_tick
from tests.support.reacting_junctions import crossing, reacting
from trafficsim.engines.reacting import places_of
from trafficsim.kernels.queue.tables import NOBODY

TICKS = 100
SCENARIO = crossing(500.0, 300.0, reacting(ts.junction()))


def on_lane(program: Any, lane: int) -> dict[int, tuple[int, int, int]]:
    """Front, speed and length of the vehicles on a lane, by trip."""
    slots = slice(int(program.start[lane]), int(program.start[lane + 1]))
    words, lengths = program.vehicles.X[slots], program.vehicles.Y[slots]
    rows = zip(program.vehicles.ID[slots].tolist(), words.tolist(), lengths.tolist(), strict=True)
    return {trip: (x >> 16, x & 0xFFF, y >> 8 & 0xFF) for trip, x, y in rows}


def test_detectors_of_the_automaton() -> None:
    run = ts.open_run(SCENARIO, engine="ca")
    program = run._run.running.program  # type: ignore[attr-defined]
    place, sensors = program.sensing.place, program.control.sensors
    passed = np.zeros(len(sensors.passed), np.int64)
    seen = 0
    for tick in range(1, TICKS):
        before = [on_lane(program, int(place.lane[row])) for row in range(program.sensing.places)]
        run.advance(float(tick))
        for row in range(program.sensing.places):
            after, was = on_lane(program, int(place.lane[row])), before[row]
            moves = [Move(was[trip][0], after[trip][0] if trip in after else 1 << 20, was[trip][2]) for trip in was]
            moves += [Move(now[0] - now[1], now[0], now[2]) for trip, now in after.items() if trip not in was]
            over, came = over_in_tick(moves, int(place.begin[row]), int(place.end[row]))
            detector = int(place.detector[row])
            passed[detector] += came
            assert (bool(sensors.occupied[detector]), int(sensors.passed[detector])) == (over, passed[detector])
            seen += over
    assert seen > TICKS


def test_detectors_before_queues() -> None:
    run = ts.open_run(SCENARIO, engine="queue")
    running = run._run.running  # type: ignore[attr-defined]
    places, most = places_of(run.plan), np.zeros(8, np.int64)
    seen = 0
    for tick in range(1, TICKS):
        run.advance(float(tick))
        world = running.world
        sensors, vehicles, trips = world.control.sensors, world.vehicles, world.trips
        for row, lane in enumerate(places.lane.tolist()):
            link = int(world.net.link_of[lane])
            queue, coming = [], []
            for first, found in ((int(world.lanes.head[lane]), queue), (int(world.links.first[link]), coming)):
                vehicle = first
                while vehicle != NOBODY:
                    cursor = vehicles.cursor[vehicle]
                    found.append(Standing(int(world.net.spacing[trips.kind[vehicle]])) if found is queue else Coming(
                        int(vehicles.planned[vehicle]), int(vehicles.ready[vehicle]),
                        float(trips.length[cursor] / trips.free[cursor] * 1000.0)))
                    vehicle = int(vehicles.after[vehicle])
            left = int(np.count_nonzero(world.log.lane[: int(world.counts.total[4])] == lane))
            far, near = round(places.far_m[row] * 100.0), round(places.near_m[row] * 100.0)
            came = max(left + beyond_point(queue, coming, lane, far, tick * 1000), int(most[row]))
            ends = np.cumsum([one.room for one in queue])
            over = bool(((ends > near) & (ends - [one.room for one in queue] < far)).any()) or came > most[row]
            most[row] = came
            detector = int(places.detector[row])
            assert (bool(sensors.occupied[detector]), int(sensors.passed[detector])) == (over, came)
            seen += over
    assert seen > TICKS


def test_queues_are_seen_in_both_engines() -> None:
    for engine in ("ca", "queue"):
        run = ts.open_run(SCENARIO, engine=engine)
        run.advance(60.0)
        seen = run.observe()["centre"]
        straight = [row for row, (one, other) in enumerate(seen.movements) if int(one[2:]) == (int(other[3:]) + 2) % 4]
        assert seen.waiting[straight].sum() == seen.waiting.sum() > 0
        assert (seen.on_link_before[straight] == seen.waiting[straight]).all()
        assert seen.neighbours == ()
        assert not seen.waiting.flags.writeable
