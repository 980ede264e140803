"""Variables of signal plans: whatever they are, the plan keeps cycles, intergreens, minimum greens and crossings."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.signal_worlds import main_road
from trafficsim.base.errors import InputError
from trafficsim.design.synthetic import ring
from trafficsim.design.timing.audit import audit_program
from trafficsim.design.timing.design import junction_of
from trafficsim.design.timing.plan_variables import PlanVariables, kept_greens_s, plan_variables
from trafficsim.design.timing.stages import stages_of
from trafficsim.design.timing.webster import Bounds
from trafficsim.spec.network import Network


@lru_cache
def road() -> tuple[Network, PlanVariables]:
    network = main_road(left_green_s=10, turn_lane_m=60)
    return network, plan_variables(network)


VALUES = st.lists(st.floats(-40.0, 40.0), min_size=8, max_size=8)


def test_a_point_of_zeros_is_the_start_plan() -> None:
    network, variables = road()
    assert variables.number == 8  # two shares of three stages at three signals, and two offsets
    assert variables.plan(np.zeros(8)) == network.signals


@settings(max_examples=60, deadline=None)
@given(values=VALUES)
def test_every_point_is_a_plan_that_keeps_what_the_start_plan_keeps(values: list[float]) -> None:
    network, variables = road()
    for start, found in zip(network.signals, variables.plan(np.array(values)), strict=True):
        assert found.cycle_s == start.cycle_s
        assert 0.0 <= found.offset_s < found.cycle_s
        assert found.offset_s == int(found.offset_s)
        stages, other = stages_of(start), stages_of(found)
        durations = [[phase.duration_s for phase in one.phases] for one in (start, found)]
        assert [phase.state for phase in found.phases] == [phase.state for phase in start.phases]
        assert other.intergreens(durations[1]) == stages.intergreens(durations[0])
        bounds = junction_of(network, start.id, {}, durations[0]).bounds
        greens = other.greens(durations[1])
        assert bounds.runs, "nobody crosses on foot: the test shows nothing"
        assert all(green >= least for green, least in zip(greens, bounds.least_s, strict=True))
        assert all(sum(greens[stage] for stage in run) >= need for run, need in bounds.runs)
        assert audit_program(network, found) == audit_program(network, start) == []


def test_the_first_offset_stays_and_offsets_go_round() -> None:
    network = main_road()
    variables = plan_variables(network, ("offsets",))
    plans = [variables.plan(np.array([value, 0.0])) for value in (1.0, 6.0)]
    assert [one.offset_s for one in plans[0]] == [0.0, 16.0, 0.0]
    assert plans[0] == plans[1]  # five steps of a fifth of the cycle further


def test_present_greens_below_a_bound_are_what_is_kept() -> None:
    assert kept_greens_s([4.0, 30.0], Bounds((5.0, 5.0), (((0,), 20.0),))) == [4.0, 5.0]
    assert kept_greens_s([20.0, 9.5, 8.0], Bounds((5.0,) * 3, (((0, 1), 28.5), ((2,), 7.0)))) == [19.5, 9.0, 7.0]


def test_what_cannot_change_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to change"):
        plan_variables(ring(1000))
    with pytest.raises(InputError, match="'cycle'; expected some of offsets, splits"):
        plan_variables(main_road(), ("cycle",))
