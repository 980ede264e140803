"""Yellow and all-red by formula: values by hand, what stays, what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.change_formulas import Change, ite_yellow_s, rilsa_all_red_s
from trafficsim.plan.lower import lower
from trafficsim.policies.change_times import ChangeTimes
from trafficsim.results.timing import timings_of
from trafficsim.spec.signals import Phase, SignalProgram


def at(speed_ms: float) -> Change:
    return Change(speed_ms, speed_ms, 20.0)


@pytest.mark.parametrize(("speed_kmh", "yellow_s"), [(30, 3.0), (40, 3.0), (50, 4.0), (65, 4.0), (70, 5.0), (120, 6.0)])
def test_yellow_by_hand(speed_kmh: float, yellow_s: float) -> None:
    # 1 + v / 6.1: 2.37 (at least 3), 2.82 (at least 3), 3.28, 3.96, 4.19, 6.46 (at most 6); rounded up
    assert ChangeTimes().yellow_of(at(speed_kmh / 3.6)) == yellow_s


def test_all_red_by_hand() -> None:
    # (20 + 6.1) / 16 = 1.63 s straight on; (20 + 6.1) / 7 = 3.73 s for a turn
    assert ChangeTimes().all_red_of(Change(16.0, 16.0, 20.0), 3.0) == 2.0
    assert ChangeTimes().all_red_of(Change(16.0, 7.0, 20.0), 3.0) == 4.0


def test_cycle_offset_and_states_stay_and_greens_give_the_time() -> None:
    lowered = lower(prepared(main_road()), [ChangeTimes(on=("j1",))])
    before, after = lowered.baseline.signals, lowered.plan.signals
    np.testing.assert_array_equal(before.state, after.state)
    np.testing.assert_array_equal(before.offset_s, after.offset_s)
    old, new = timings_of(before), timings_of(after)
    assert new["j2"] == old["j2"]
    assert sum(new["j1"].phase_s) == sum(old["j1"].phase_s) == 80.0
    # 85th percentile of N(50, 7.5) is 57.8 km/h: 3.63 s, 4 s in place of 3
    assert (old["j1"].phase_s[1], new["j1"].phase_s[1]) == (3.0, 4.0)
    assert new["j1"].phase_s[0] + sum(new["j1"].phase_s[1:3]) == old["j1"].phase_s[0] + sum(old["j1"].phase_s[1:3])


def test_a_slower_reaction_never_shortens_yellow() -> None:
    speeds = np.linspace(1.0, 40.0, 79)
    quick, slow = ChangeTimes(), ChangeTimes(reaction_s=1.5)
    assert all(quick.yellow_of(at(v)) <= slow.yellow_of(at(v)) for v in speeds)
    assert all(quick.yellow_of(at(a)) <= quick.yellow_of(at(b)) for a, b in pairwise(speeds))


def test_a_green_that_would_vanish_is_refused() -> None:
    with pytest.raises(PolicyError, match="s of green left"):
        lower(prepared(main_road(cycle_s=24)), [ChangeTimes()])


def test_a_change_without_all_red_is_refused() -> None:
    network = main_road()
    width = len(network.signals[0].phases[0].state)
    half = width // 2
    phases = tuple(Phase(duration_s=duration, state=first * half + second * (width - half))
                   for duration, first, second in ((30, "G", "r"), (3, "y", "r"), (30, "r", "G"), (3, "r", "y")))
    own = SignalProgram(id=network.signals[0].id, phases=phases)
    with pytest.raises(PolicyError, match="1 phases of yellow and 0 of all-red"):
        lower(prepared(replace(network, signals=(own, *network.signals[1:]))), [ChangeTimes()])


@settings(max_examples=200)
@given(design_ms=st.floats(5.0, 30.0), share=st.floats(0.1, 1.0), distance_m=st.floats(0.0, 250.0),
       reaction_s=st.floats(0.0, 1.0), deceleration_ms2=st.floats(3.05, 9.0))
def test_nobody_up_to_the_design_driver_is_forced_to_run_red(
    design_ms: float, share: float, distance_m: float, reaction_s: float, deceleration_ms2: float
) -> None:
    # t <= 1 s, a >= 3.05 m/s2, v <= design speed: who cannot stop before the line reaches it in yellow. Design speeds
    # up to 30 m/s, beyond which the longest yellow allowed (6 s) cuts the formula.
    speed_ms = share * design_ms
    yellow_s = ite_yellow_s(design_ms, 1.0, 3.05)
    stops = speed_ms * reaction_s + speed_ms**2 / (2.0 * deceleration_ms2) <= distance_m
    assert stops or distance_m <= speed_ms * yellow_s + 1e-9


def test_rilsa_by_hand() -> None:
    # straight on: 3 + (10 + 6) / 10 - 8 / 11.1 = 3.88 s of intergreen; turning: 2 + 16 / 7 - 8 / 11.1 = 3.57 s
    straight, turning = (Change(15.0, 15.0, 20.0, turns=turns, entering_m=(16.0, 30.0)) for turns in (False, True))
    assert rilsa_all_red_s(straight, 3.0) == pytest.approx(0.879, abs=1e-3)
    assert rilsa_all_red_s(turning, 3.0) == pytest.approx(0.565, abs=1e-3)
    assert rilsa_all_red_s(straight, 5.0) == rilsa_all_red_s(straight._replace(entering_m=()), 3.0) == 0.0
    rilsa = ChangeTimes(formula="rilsa")
    assert [rilsa.yellow_of(Change(20.0, 20.0, 20.0, limit)) for limit in (50.0, 60.0, 70.0)] == [3.0, 4.0, 5.0]
    assert rilsa.all_red_of(straight, 3.0) == 1.0


def test_given_times_and_those_that_are_kept() -> None:
    policy = ChangeTimes(on=("j1",), yellow_s=5, all_red_s="keep")
    given_s = timings_of(lower(prepared(main_road()), [policy]).plan.signals)
    before = timings_of(lower(prepared(main_road())).plan.signals)
    phases, old = given_s["j1"].phase_s, before["j1"].phase_s
    assert (phases[1], phases[2], phases[0]) == (5.0, old[2], old[0] - 5.0 + old[1])


@pytest.mark.parametrize("wrong", [{"yellow_s": 0}, {"yellow_s": -1}, {"all_red_s": "none"}, {"formula": "hcm"},
                                   {"grade_percent": -30}])
def test_times_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ChangeTimes.model_validate(wrong)
