"""Waiting is counted in 16 bits and brought to account: nothing is lost, however long somebody stands."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

from tests.support.worlds import link, make_network, make_program, make_world, through
from trafficsim.engines.ca.loop import advance, simulate
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.measurement.counters import close_interval
from trafficsim.plan.lower import lower
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

ARRIVED = 30
HOURS = 10


def before_a_red_light(**more: float) -> World:
    rows = [link("in", 100.0), link("out", 100.0)]
    phases = [Phase(duration_s=3.0, state="G"), *[Phase(duration_s=3600.0, state="r")] * HOURS]
    signal = SignalProgram(id="s", phases=tuple(phases))
    network = make_network(rows, through("in", "out", signal="s", signal_index=0), [signal])
    trips = [Trip(id="t", depart_s=5.0, route=("in", "out"))]
    return make_world(network, trips=trips, time=Time(analysis_s=600.0, **more))


def waited(program: Program, tick: int) -> tuple[int, float]:
    close_interval(program.road, program.counters, float(tick))
    return int(program.trips.row.waiting[0]), float(program.counters.link.waiting_ticks.sum())


@pytest.mark.parametrize("counted", [32_760, 65_530])
def test_no_waiting_is_lost_when_the_counter_begins_anew(counted: int) -> None:
    program = make_program(before_a_red_light())
    advance(program, 0, ARRIVED)
    before = waited(program, ARRIVED)
    program.vehicles.W[0] = np.uint32((counted << 16) | (int(program.vehicles.W[0]) & 0xFFFF)).astype(np.int32)
    program.trips.row.wait_in[0] = counted
    advance(program, ARRIVED, ARRIVED + 20)
    assert waited(program, ARRIVED + 20) == (before[0] + 20, before[1] + 20.0)


@pytest.mark.skipif(config.DISABLE_JIT, reason="ten hours take a minute without the compiler; it runs the test above")
def test_who_stands_for_ten_hours_has_waited_for_ten_hours() -> None:
    world = before_a_red_light(clear_s=3600.0 * HOURS)
    plan, settings = lower(world, (), 1).plan, CellularAutomaton()
    program = compile_plan(plan, settings)
    tick, _ = simulate(plan, settings, program)
    row, end = program.trips.row[0], program.trips.end[0]
    assert row.status == 2
    assert tick > 3600 * HOURS
    free = 200.0 / (50.0 / 3.6)
    assert row.waiting == pytest.approx(end.exit_time - end.entry_time - free, abs=10.0)  # braking and starting
