"""Yellow and all-red by formula: values by hand, what stays, what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.errors import PolicyError
from trafficsim.plan.lower import lower
from trafficsim.policies.change_times import Change, ChangeTimes
from trafficsim.results.timing import timings_of
from trafficsim.spec.signals import Phase, SignalProgram


@pytest.mark.parametrize(("speed_kmh", "yellow_s"), [(30, 3.0), (40, 3.0), (50, 4.0), (65, 4.0), (70, 5.0), (120, 6.0)])
def test_yellow_by_hand(speed_kmh: float, yellow_s: float) -> None:
    # 1 + v / 6.1: 2.37 (at least 3), 2.82 (at least 3), 3.28, 3.96, 4.19, 6.46 (at most 6); rounded up
    assert ChangeTimes().yellow_s(speed_kmh / 3.6) == yellow_s


def test_all_red_by_hand() -> None:
    # (20 + 6.1) / 16 = 1.63 s straight on; (20 + 6.1) / 7 = 3.73 s for a turn
    assert ChangeTimes().all_red_s(Change(16.0, 16.0, 20.0)) == 2.0
    assert ChangeTimes().all_red_s(Change(16.0, 7.0, 20.0)) == 4.0


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
    assert all(quick.yellow_s(v) <= slow.yellow_s(v) for v in speeds)
    assert all(quick.yellow_s(a) <= quick.yellow_s(b) for a, b in pairwise(speeds))


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
