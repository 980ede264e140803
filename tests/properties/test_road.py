"""Whatever the network and the demand: nobody overlaps, overtakes in a lane, jumps, vanishes or runs a red light."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from tests.oracles.road_state import Road, faults, overhang_faults, route_starts, unpack
from tests.properties.junctions import drawn_worlds
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_program
from trafficsim.base.codes import RED, RED_AMBER
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.measurement.counters import close_interval
from trafficsim.spec.world import World

TICKS = 200


@settings(phases=NO_SHRINKING)
@given(worlds())
def test_every_tick_leaves_the_road_in_order(world: World) -> None:
    drive_in_order(world)


@settings(phases=NO_SHRINKING)
@given(drawn_worlds())
def test_every_tick_leaves_a_network_with_inferred_junctions_in_order(world: World) -> None:
    """Of any control, at demand up to far beyond capacity; and the same bits again when it is run in one go."""
    stepwise, at_once = drive_in_order(world), make_program(world)
    advance(at_once, 0, TICKS)
    n = int(stepwise.start[-1])
    assert all((one[:n] == other[:n]).all() for one, other in zip(stepwise.vehicles, at_once.vehicles, strict=True))
    assert stepwise.trips.row.tobytes() == at_once.trips.row.tobytes()
    assert stepwise.counters.link.tobytes() == at_once.counters.link.tobytes()


def drive_in_order(world: World) -> Program:
    """Run tick by tick and look at everything after each."""
    program = make_program(world)
    before: Road | None = None
    for tick in range(TICKS):
        route_positions = program.trips.row.route_position.copy()
        advance(program, tick, tick + 1)
        found = faults(program) + overhang_faults(program)
        road = unpack(program)
        if before is not None:
            found += motion_faults(program, before, road, route_positions)
        assert not found, f"after tick {tick}: {found}"
        before = road
    return program


@settings(phases=NO_SHRINKING)
@given(worlds())
def test_time_and_distance_are_all_accounted_for(world: World) -> None:
    program = make_program(world)
    advance(program, 0, TICKS)
    close_interval(program.road, program.counters, float(TICKS))
    trips, ends = program.trips.row[:-1], program.trips.end[:-1]
    entered, times = trips[trips.status > 0], ends[trips.status > 0]
    ended = np.where(entered.status == 2, times.exit_time, float(TICKS))
    assert np.isclose((ended - times.entry_time).sum(), program.counters.link.vehicle_ticks.sum(), atol=1e-6)
    assert entered.distance.sum() == program.counters.link.vehicle_cells.sum()
    assert (times.entry_time >= times.depart - 1e-9).all()
    completed = ends[trips.status == 2]
    assert (completed.exit_time > completed.entry_time).all()
    assert (program.counters.link.entered >= program.counters.link.left).all()


def indication_of(program: Program, trip: int) -> int:
    """Return what the signal of the connection by which a trip entered its link shows; -1 without a signal."""
    group = int(program.net.conn.group[program.trips.row.connection[trip]])
    return int(program.signals.group.state[group]) if group >= 0 else -1


def motion_faults(program: Program, before: Road, after: Road, route_positions: np.ndarray) -> list[str]:
    """What is wrong with the way vehicles moved in one tick: jumps, driving backwards, driving faster than desired."""
    found = []
    was = {int(trip): slot for slot, trip in enumerate(before.trip)}
    starts = route_starts(program)
    comfort = float(program.rule.comfort)
    dither = 1.0 + float(program.rule.give_back)
    for slot, trip in enumerate(after.trip.tolist()):
        if trip not in was:
            continue
        old = was[trip]
        speed, desired = int(after.speed[slot]), float(after.desired[slot])
        if speed > max(desired, before.desired[old], before.speed[old] - comfort) + dither:
            found.append(f"trip {trip} at {speed} cells/tick, desires {desired:.2f}, was at {before.speed[old]}")
        crossed = int(program.trips.row.route_position[trip] - route_positions[trip])
        # who has just entered is looked at in test_red.py
        on_its_way = program.trips.row.route_position[trip] - starts[trip] > crossed
        if crossed >= 2 and on_its_way and indication_of(program, trip) in (RED, RED_AMBER):
            found.append(f"trip {trip} crossed {crossed} lines in a tick, the last at red")
        moved = after.front[slot] - before.front[old]
        if crossed == 1:
            conn = program.trips.row.connection[trip]
            moved += program.net.conn.length[conn] + program.net.lane.length[after.lane[slot]]
            # who waits inside a junction is booked at its waiting area, and leaves the stop line for it at once
            place = program.net.conn.waiting_distance[conn] + 2 if program.net.conn.waiting_area[conn] >= 0 else 0
            if not 0 <= moved <= max(speed, before.speed[old] + 8, place - before.front[old]):
                found.append(f"trip {trip} moved {moved} cells at {speed} cells/tick over a stop line")
        elif crossed == 0 and moved != speed:
            found.append(f"trip {trip} moved {moved} cells at {speed} cells/tick")
    return found
