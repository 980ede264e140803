"""The step of the cellular automaton, and the loop over ticks."""

from __future__ import annotations

from numba import njit

from trafficsim.kernels.ca.busy import find_busy
from trafficsim.kernels.ca.connectors import clear_connectors
from trafficsim.kernels.ca.insertion import insert_trips
from trafficsim.kernels.ca.inside import look_inside
from trafficsim.kernels.ca.lanes import change_lanes
from trafficsim.kernels.ca.leaders import apply_bounds, guard, leader_states
from trafficsim.kernels.ca.look import look_ahead
from trafficsim.kernels.ca.overhang import keep_behind
from trafficsim.kernels.ca.overtaking import stay_behind
from trafficsim.kernels.ca.repack import repack
from trafficsim.kernels.ca.rules import BRAKE_LIGHT, CLASSIC, follow_brake_light, follow_classic, follow_default
from trafficsim.kernels.ca.sensing import sense_detectors, sense_links
from trafficsim.kernels.ca.signal_control import control_signals
from trafficsim.kernels.ca.signal_tables import update_signals
from trafficsim.kernels.ca.state import Road
from trafficsim.kernels.ca.steering import steer_clear, stop_before_closed
from trafficsim.kernels.ca.stops import serve_stops
from trafficsim.kernels.ca.transfer import transfer
from trafficsim.kernels.ca.zones import apply_zones
from trafficsim.kernels.jit import kernel, part
from trafficsim.kernels.measurement.counters import count_detectors, count_road, count_waiting
from trafficsim.kernels.measurement.sections import count_sections
from trafficsim.kernels.rng import Stream, tick_key

DITHER = int(Stream.DITHER)
LANE_CHANGE = int(Stream.LANE_CHANGE)


@part
def follow(vehicles, work, rule, n, draw):
    """One flat pass over all vehicles: speeds and positions after the tick."""
    if rule.code == CLASSIC:
        follow_classic(vehicles, work.leader, draw, rule, n, work.moved)
    elif rule.code == BRAKE_LIGHT:
        follow_brake_light(vehicles, work.leader, draw, rule, n, work.moved)
    else:
        follow_default(vehicles, work.leader, draw, rule, n, work.moved)


@njit(inline="always")  # into the loop: a module of its own would be optimised twice
def step(world, vehicles, start, tick):
    """Advance the world by one tick.

    Busy lanes are listed before the first tick, and for the next one at the end of each.
    """
    net, trips, work, counters, clock = world.net, world.trips, world.work, world.counters, world.clock
    road = Road(net, world.signals, trips, work, vehicles, start)
    update_signals(world.signals, tick)
    if world.sensing.active:
        control_signals(world.control, world.sensing, road, world.queues, tick)
    if net.closing[0] > 0:
        steer_clear(road)
    if net.widest > 1:
        change_lanes(road, tick_key(clock.seed, LANE_CHANGE, tick), tick)
    apply_zones(world.zones, net, vehicles, start, trips)
    n = start[net.lanes]
    leader_states(vehicles, work, n)
    look_ahead(road, tick)
    look_inside(road, tick)
    stay_behind(road)
    serve_stops(net, vehicles, start, trips, work)
    if net.closing[0] > 0:
        stop_before_closed(road)
    follow(vehicles, work, world.rule, n, tick_key(clock.seed, DITHER, tick))
    apply_bounds(vehicles, work, n, world.rule.light)
    guard(vehicles, start, work, net.lanes)
    count_waiting(vehicles, work.moved, n, clock, work)
    transfer(road, counters, clock, tick)
    keep_behind(road)
    insert_trips(road, world.queues, counters, tick)
    count_detectors(vehicles, start, work, counters)
    count_sections(world.sections, road, tick)
    if world.sensing.active:
        sense_detectors(world.sensing, world.control.sensors, vehicles, start, work)
    repack(vehicles, start, work, net.lanes)
    find_busy(start, work, net.lanes)
    clear_connectors(road, tick)
    count_road(road, counters, clock, tick)


@kernel
def run(world, vehicles, start, begin, end):
    """Run ticks ``begin`` to ``end - 1``."""
    find_busy(start, world.work, world.net.lanes)
    for tick in range(begin, end):
        step(world, vehicles, start, tick)
    if world.sensing.active and world.control.sensors.wanted[0]:
        road = Road(world.net, world.signals, world.trips, world.work, vehicles, start)
        sense_links(world.sensing, world.control.sensors, road, world.queues, end)
