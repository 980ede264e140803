"""The engine asks its controller, shows what it commands, and tells what was shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.report.studies import world
from trafficsim.base.codes import GREEN, RED
from trafficsim.control.controller import Switches
from trafficsim.control.fixed_time import FixedTime
from trafficsim.engines.ca.loop import simulate, warm_up
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.io.load import load_world
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Performance, Record
from trafficsim.plan.shown import pictures_of
from trafficsim.results.digest import digest

SETTINGS = CellularAutomaton()


class TickByTick(FixedTime):
    """Can be asked for one control tick only, like a controller that looks at traffic."""

    ahead = 1  # type: ignore[assignment]
    asked = 0

    def switches(self, begin: int, end: int) -> Switches:
        assert end == begin + 1
        self.asked += 1
        return super().switches(begin, end)


class Stuck(FixedTime):
    """Shows green to the first group and red to all others, for ever."""

    def states(self, tick: int) -> NDArray[np.uint8]:
        states = np.full_like(super().states(tick), RED)
        states[0] = GREEN
        return states

    def switches(self, begin: int, end: int) -> Switches:
        none = np.zeros(0, np.int64)
        return Switches(none, none, none.astype(np.uint8))


def ready() -> tuple[Plan, Program]:
    plan = lower(load_world(world())).plan
    program = compile_plan(plan, SETTINGS)
    warm_up(program)
    return plan, program


def run(plan: Plan, program: Program) -> Record:
    with np.errstate(over="ignore"):
        tick, collected = simulate(plan, SETTINGS, program)
    return make_record(plan, SETTINGS, program, collected, tick, Performance())


def test_asked_tick_by_tick_fixed_programs_give_the_same_run() -> None:
    plan, program = ready()
    at_once = run(plan, program)
    _, again = ready()
    again.commanded.controller = stepped = TickByTick(plan.signals, plan.start_s, SETTINGS.tick_s)
    step_by_step = run(plan, again)
    assert stepped.asked > 1000
    assert digest(plan, step_by_step) == digest(plan, at_once)
    for one, other in zip(step_by_step.signals, at_once.signals, strict=True):
        assert one.tolist() == other.tolist()


def test_greens_are_those_that_were_shown_and_not_those_of_the_plan() -> None:
    plan, program = ready()
    program.commanded.controller = Stuck(plan.signals, plan.start_s, SETTINGS.tick_s)
    record = run(plan, program)
    period_s = plan.analysis_end_s - plan.analysis_begin_s
    served = {int(turn) for turn, group in zip(plan.connections.turn, plan.connections.signal_group, strict=True)
              if group < 0 or record.signals.shown_by[group] == record.signals.shown_by[0]}
    expected = [period_s if turn in served else 0.0 for turn in range(len(plan.turns.from_link))]
    assert record.turns.green_s.tolist() == expected
    assert [float(one.seconds.sum()) for one in pictures_of(plan, record.signals)] == [period_s, period_s]
    assert record.completed < record.demanded
