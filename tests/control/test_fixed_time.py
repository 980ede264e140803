"""The fixed-time controller against a walk through the phases, and the record of what was shown."""

from __future__ import annotations

import numpy as np
import pytest

from tests.kernels.test_signals import random_program
from tests.oracles.signal_indications import indications
from trafficsim.control.fixed_time import FixedTime
from trafficsim.plan.arrays import SignalArrays
from trafficsim.plan.record import SignalRecord
from trafficsim.plan.shown import green_s
from trafficsim.plan.signals import lower_signals

PROGRAMS = [random_program(seed) for seed in range(30)]


def shown_at(tick: int, start_s: int) -> list[int]:
    return [code for program in PROGRAMS for code in indications(program, tick + start_s)]


@pytest.mark.parametrize("start_s", [0, 3607])
def test_states_are_those_of_a_walk_through_the_phases(start_s: int) -> None:
    control = FixedTime(lower_signals(PROGRAMS), float(start_s), 1.0)
    for tick in range(120):
        assert control.states(tick).tolist() == shown_at(tick, start_s)


@pytest.mark.parametrize("stretches", [(300,), (1, 2, 50, 51, 300)], ids=["at once", "in stretches"])
def test_switches_are_the_changes_and_no_more(stretches: tuple[int, ...]) -> None:
    control = FixedTime(lower_signals(PROGRAMS), 7.0, 1.0)
    now = control.states(0)
    for begin, end in zip((1, *stretches), stretches, strict=False):
        asked = control.switches(begin, end)
        for tick in range(begin, end):
            due = asked.picked(asked.tick == tick)
            assert (now[due.group] != due.state).all()
            now[due.group] = due.state
            assert now.tolist() == shown_at(tick, 7)


def test_programs_without_phases_ask_for_nothing() -> None:
    none = np.zeros(0, np.int32)
    start = np.zeros(1, np.int32)
    empty = SignalArrays((), start, start, np.zeros(0), none, none.astype(np.uint8), np.zeros(0))
    assert len(FixedTime(empty, 0.0, 1.0).switches(0, 100).tick) == 0


def test_greens_are_cut_to_the_period_and_shared_by_groups_that_show_the_same() -> None:
    columns = ([0, 0, 0, 0], [0, 2, 0, 2], [2, 0, 0, 3], [0.0, 0.0, 30.0, 35.0], [0, 0, 2])
    shown = SignalRecord(*(np.array(column) for column in columns))
    assert green_s(shown, 10.0, 60.0).tolist() == [20.0, 20.0, 25.0]
