"""Merged signal groups show what the plan's groups show, and lanes know when all of their connections have red."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.signal_indications import indications
from tests.support.worlds import link, make_network, make_plan, make_program, make_world, through
from trafficsim.base.codes import RED, RED_AMBER
from trafficsim.engines.ca.merged_groups import merge_groups
from trafficsim.kernels.ca.signal_tables import update_signals
from trafficsim.spec.demand import Trip
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

REDS = (RED, RED_AMBER)
LANES = 3


def drawn_programs(seed: int) -> list[SignalProgram]:
    """Return three programs of six signals drawn from few, so that many are alike."""
    draw, programs = np.random.default_rng(seed), []
    for number in range(3):
        columns = draw.choice(list("rrGgu"), (int(draw.integers(1, 4)), 4))[:, draw.integers(0, 4, 2 * LANES)]
        phases = tuple(Phase(duration_s=float(draw.integers(2, 9)), state="".join(row)) for row in columns)
        programs.append(SignalProgram(id=f"s{number}", phases=phases))
    return programs


def crossings(programs: list[SignalProgram]) -> World:
    """Return a crossing for each program: three lanes that lead to two links."""
    rows = [link(f"{side}{at}", 80.0, lanes=LANES) for at in range(len(programs)) for side in "abc"]
    joints = [
        connection.model_copy(update={"signal": program.id, "signal_index": turn * LANES + lane})
        for at, program in enumerate(programs) for turn, target in enumerate("bc")
        for lane, connection in enumerate(through(f"a{at}", f"{target}{at}", LANES))
    ]
    trips = [Trip(id="t", depart_s=0.0, route=("a0", "b0"))]
    return make_world(make_network(rows, joints, programs), trips=trips)


@pytest.mark.parametrize("seed", range(6))
def test_every_connection_sees_its_own_signal(seed: int) -> None:
    programs = drawn_programs(seed)
    world = crossings(programs)
    plan, program = make_plan(world), make_program(world)
    groups = np.asarray(plan.connections.signal_group)
    assert len(merge_groups(plan).name) < len(programs) * 2 * LANES  # something was merged
    program.signals = program.commanded.command(program.signals, 0, 60)
    for tick in range(60):
        update_signals(program.signals, tick)
        shown = np.array([code for one in programs for code in indications(one, tick)])
        state = program.signals.group.state[program.net.conn.group[: len(groups)]]
        assert state.tolist() == shown[groups].tolist()
        closed = np.isin(state, REDS)
        for lane in np.flatnonzero(program.net.lane.group >= 0):
            if program.signals.group.state[program.net.lane.group[lane]] in REDS:
                assert closed[plan.connections.from_lane == lane].all()


def test_a_lane_knows_the_signal_that_is_green_whenever_one_of_its_connections_is() -> None:
    plan = make_plan(crossings(drawn_programs(0)))
    merged = merge_groups(plan)
    signalised = np.unique(plan.connections.from_lane)
    assert (merged.of_lane[signalised] >= 0).any()
    assert (np.delete(merged.of_lane, signalised) == -1).all()


def test_names_are_those_of_the_first_group_and_do_not_move_with_other_programs() -> None:
    programs = drawn_programs(1)
    one = merge_groups(make_plan(crossings(programs)))
    assert one.name.tolist() == sorted(one.name.tolist())
    alike = SignalProgram(id="s0", phases=(Phase(duration_s=30.0, state="G" * 2 * LANES),))
    other = merge_groups(make_plan(crossings([alike, *programs[1:]])))
    assert len(other.name) < len(one.name)
    assert one.name[one.start[1] :].tolist() == other.name[other.start[1] :].tolist()
